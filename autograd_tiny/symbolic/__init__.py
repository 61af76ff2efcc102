"""Write numbers and graphs as text, LaTeX and source; parse expressions; name nodes; translate the table."""
