"""Numbers and graphs as text, LaTeX and Python source: symbols, formulas, names, and the parser of expressions."""
