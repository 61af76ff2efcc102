"""The label of a node in text, LaTeX and Python source, where it can do no harm.

>>> latex_name("w1"), latex_name("alpha"), source_name("a b")
('w_{1}', '\\\\alpha', 'a_b')
"""

from __future__ import annotations

import keyword
import re
from typing import Final

GREEK: Final = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Upsilon",
        "Phi",
        "Psi",
        "Omega",
    ]
)
ESCAPES: Final = {
    "\\": r"\backslash ",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "%": r"\%",
    "#": r"\#",
    "&": r"\&",
    "_": r"\_",
    "~": r"\sim ",
    "^": r"\wedge ",
}
PLACE: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*|\[\d+\])*")


def text_name(label: str) -> str:
    """Return a label in one printable line."""
    return "".join(c if c.isprintable() else "?" for c in label)


def source_name(label: str) -> str:
    """Return a label as Python source: as it is where it is a name or a place such as w[0], else a name made of it."""
    if PLACE.fullmatch(label) and not any(keyword.iskeyword(part) for part in re.findall(r"\w+", label)):
        return label
    name = re.sub(r"\W", "_", label)
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"_{name}"


def latex_name(label: str) -> str:
    """Return a label as LaTeX: w1 as w with the subscript 1, Greek letters by their names, all else upright."""
    match = re.fullmatch(r"([A-Za-z]+?)_?(\d+)?", label)
    if match:
        stem, digits = match.groups()
        letter = f"\\{stem}" if stem in GREEK else stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
        return f"{letter}_{{{digits}}}" if digits else letter
    return rf"\mathrm{{{''.join(ESCAPES.get(c, c if c.isprintable() else '?') for c in label)}}}"
