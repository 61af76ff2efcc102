r"""The label of a node as LaTeX, where nothing in it can break out of the formula.

>>> print(latex_name("w1"), latex_name("alpha"), latex_name("layers[0].w[1]"), latex_name(r"50% \end"))
w_{1} \alpha \mathrm{layers}_{0}.w_{1} \mathrm{50\%\ {\backslash}end}

Greek letters and those of Latin alphabets compile with pdflatex, others, such as Chinese, with LuaLaTeX and a font
that has them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LETTERS: Final = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
CODES: Final = {
    "\\": r"{\backslash}",
    "{": r"\lbrace ",
    "}": r"\rbrace ",
    "~": r"{\sim}",
    "^": r"{\wedge}",
    " ": r"\ ",
    "'": "{'}",
    "`": "{'}",
    '"': "{''}",
    "ℓ": r"\ell ",
    **{character: f"\\{character}" for character in "$%#&_"},
}
PART: Final = re.compile(r"([^\W\d_]+)(?:_?(\d+)|_([a-zA-Z]+))?((?:\[\d+\])*)")
"""A part of a label: a stem, a subscript, positions."""


def _greek() -> dict[str, str]:
    """Return the command of each Greek letter, by its name and by itself."""
    commands = {}
    for name in LETTERS.split():
        size = "CAPITAL" if name[0].isupper() else "SMALL"
        character = unicodedata.lookup(f"GREEK {size} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")
        commands[name] = commands[character] = f"\\{name}"
    return commands


GREEK: Final = {
    **_greek(),
    "ϵ": r"\epsilon",
    "ϑ": r"\vartheta",
    "ϕ": r"\phi",
    "ϖ": r"\varpi",
    "\N{GREEK RHO SYMBOL}": r"\varrho",
    "ς": r"\varsigma",
}
SHIFTS: Final = {"<super>": "^", "<sub>": "_"}
"""How LaTeX moves what Unicode has as a letter of its own, such as ² and ₁."""


def latex_name(label: str) -> str:
    """Return a label as LaTeX.

    Digits at the end, a letter behind `_`, and positions are subscripts; Greek letters are what their names say; what
    is longer than a letter is upright. Every other sign is escaped.
    """
    if label == "…":
        return r"\dots"
    upper, line, lower = label.partition("/∂")
    if line and upper.startswith("∂"):
        return rf"\frac{{\partial {latex_name(upper[1:])}}}{{\partial {latex_name(lower)}}}"
    parts = [_part(part) for part in label.split(".")]
    return ".".join(part for part in parts if part is not None) if all(parts) else escaped(label)


def _part(text: str) -> str | None:
    """Return a part of a label between dots, or None where it is no name with subscripts."""
    match = PART.fullmatch(text)
    if match is None:
        return None
    stem, digits, letters, positions = match.groups()
    letter = GREEK.get(stem, _character(stem) if len(stem) == 1 else None)
    subscripts = [digits, letters and (letters if len(letters) == 1 else rf"\mathrm{{{letters}}}")]
    subscripts += re.findall(r"\d+", positions)
    below = ",".join(filter(None, subscripts))
    return (letter or escaped(stem)) + (f"_{{{below}}}" if below else "")


def escaped(label: str) -> str:
    r"""Return a label upright, character by character, for math mode.

    >>> print(escaped("a$b"))
    \mathrm{a\$b}
    """
    return rf"\mathrm{{{''.join(map(_character, label))}}}"


def _character(character: str) -> str:
    if not character.isprintable():
        return "{?}"
    if character in CODES:
        return CODES[character]
    if not character.isascii():
        return _foreign(character)
    return character if character.isalnum() or character in "[]()." else f"{{{character}}}"


def _foreign(character: str) -> str:
    """Return a printable character that ASCII does not have."""
    if character in GREEK:
        return f"{{{GREEK[character]}}}"
    kind, _, code = unicodedata.decomposition(character).partition(" ")
    if kind in SHIFTS and " " not in code:
        return f"{{{{}}{SHIFTS[kind]}{{{_character(chr(int(code, 16)))}}}}}"
    return rf"\text{{{character}}}"  # pdflatex has no letters with accents among its mathematics
