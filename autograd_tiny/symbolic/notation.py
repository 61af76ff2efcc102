r"""Write the numbers and the names of formulas: as text, as Python source, and as LaTeX.

A label may hold any text. As a name it must neither end a string nor break out of the formula that it is part of.

>>> print(format_number(1 / 3), source_number(1 / 3), latex_number(1.5e-7), sep="   ")
0.33333   0.3333333333333333   1.5 \times 10^{-7}
>>> source_name("w[0]"), source_name("lambda"), source_name("a b")
('w[0]', 'lambda_', 'a_x20_b')
>>> print(latex_name("w1"), latex_name("alpha"), latex_name("layers[0].w[1]"), latex_name(r"50% \end"))
w_{1} \alpha \mathrm{layers}_{0}.w_{1} {\text{“}\mathrm{50\%\ {\backslash}end}\text{”}}
>>> print(text_name("w[0]"), text_name("x + y"), text_name("7"))
w[0] "x + y" "7"

Greek letters and those of Latin alphabets compile with pdflatex, others, such as Chinese, with LuaLaTeX and a font
that has them.
"""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from typing import Final

from autograd_tiny.primitives.primitive import TABLE

# ── numbers ──

FEWEST_DIGITS: Final = 5
"""The digits of a number in a formula, unless more are needed."""


def format_number(number: float, digits: int = FEWEST_DIGITS) -> str:
    """Return a number with at most so many digits, -0.0 as 0.

    >>> format_number(2.0), format_number(1 / 3), format_number(-0.0), format_number(1e300)
    ('2', '0.33333', '0', '1e+300')
    """
    return f"{number + 0.0:.{digits}g}"


def exact_number(number: float) -> str:
    """Return a number with all its digits, an integer as `format_number` writes it.

    >>> exact_number(6.0), exact_number(1 / 3), exact_number(-0.0), exact_number(1e300)
    ('6', '0.3333333333333333', '0', '1e+300')
    """
    return repr(number + 0.0).removesuffix(".0")


def source_number(number: float) -> str:
    """Return a number as Python source, with all its digits; infinities and nan are calls of `float`.

    >>> source_number(0.1 + 0.2), source_number(-0.0), source_number(math.inf)
    ('0.30000000000000004', '-0.0', "float('inf')")
    """
    return repr(number) if math.isfinite(number) else f"float({str(number)!r})"


def latex_number(number: float, digits: int = FEWEST_DIGITS) -> str:
    r"""Return a number as LaTeX, with at most so many digits.

    >>> print(latex_number(-0.5), latex_number(-math.inf), latex_number(math.nan), latex_number(1e300))
    -0.5 -\infty \mathrm{nan} 10^{300}
    """
    if math.isnan(number):
        return r"\mathrm{nan}"
    written, _, exponent = format_number(number, digits).replace("inf", r"\infty").partition("e")
    if not exponent:
        return written
    power = f"10^{{{int(exponent)}}}"
    return power if written == "1" else f"-{power}" if written == "-1" else rf"{written} \times {power}"


# ── names in text ──

WORDS: Final = re.compile(r"[^\W\d]\w*(?: \w+)+")
"""Several words, as titles have them."""
ONE_NAME: Final = re.compile(r"…?[^\W\d]\w*(?:\.[^\W\d]\w*|\[(?:\d+(?:, ?\d+)*|'[\w.]+')\]|…(?:\w+|(?=[.\[])))*")
"""A name with attributes and elements: layers[0].w[1], p['bias']; … is for a part that is left out."""
NUMBER_OF_NODE: Final = re.compile(r".*\.(?:grad|value|data|tangent)")
"""A name that reads as a number of another node: a.grad."""
WORDS_OF_FORMULAS: Final = frozenset(
    {"inf", "nan", "pi", "π", "softmax", "log_softmax", *keyword.kwlist} - {"lambda"}
)
"""Names that formulas and conditions use, besides those of the table; lambda is a letter."""
QUOTED_NAME: Final = r'"(?:[^"\\]|\\+(?=[^"\\])|(?:\\\\)*\\"|(?:\\\\)+(?="))+"'
"""A label in quotes, as `quoted_name` writes it."""
BACKSLASHES: Final = re.compile(r"\\+(?=\"|$)")


def text_name(label: str) -> str:
    """Return a label as formulas write it: in quotes, as the prompt accepts it, if it could be read otherwise.

    A name keeps its attributes, elements and subscripts. In quotes are a number, an operation, several words, the
    name of a function or of a constant, and a name with a prime, which looks like a tangent. So a formula can be read
    in one way only.

    >>> print(*map(text_name, ["h_1", "layers[0].w[2]", "p₁", "x'", "m - n", "tanh", "7", "hidden layer", "a.grad"]))
    h_1 layers[0].w[2] p₁ "x'" "m - n" "tanh" "7" "hidden layer" "a.grad"
    """
    return label if _is_one_name(label) else quoted_name(label)


def title_name(label: str) -> str:
    """Return a label as the title of a row: several words have no quotes there.

    >>> title_name("hidden layer"), title_name("x + y")
    ('hidden layer', '"x + y"')
    """
    return label if WORDS.fullmatch(label) else text_name(label)


def quoted_name(label: str) -> str:
    r"""Return a label in quotes; in it a quote has a backslash, and a backslash before a quote another one.

    >>> print(quoted_name('say "x"'), unquoted_name(quoted_name('say "x"')[1:-1]))
    "say \"x\"" say "x"
    """
    doubled = BACKSLASHES.sub(lambda match: 2 * match.group(), label)
    return '"' + doubled.replace('"', '\\"') + '"'


def unquoted_name(text: str) -> str:
    """Return the label of a text between quotes."""
    return BACKSLASHES.sub(lambda match: match.group()[: len(match.group()) // 2], text)


def _is_one_name(label: str) -> bool:
    if label in TABLE or label in WORDS_OF_FORMULAS:
        return False
    if label.isascii() and label.isidentifier():
        return True
    if not ONE_NAME.fullmatch(label) or NUMBER_OF_NODE.fullmatch(label):
        return False
    return label.isascii() or _has_letters_and_digits(label)


def _has_letters_and_digits(label: str) -> bool:
    """Return whether the characters of a name are letters, digits and subscripts, not such as ² or ½."""
    kinds = {
        unicodedata.category(character) for character in label if not (character in "…′" or "₀" <= character <= "₉")
    }
    return "No" not in kinds and "Nl" not in kinds


# ── names in source ──

ATTRIBUTE_OR_ELEMENT: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*|\[\d+\])*", re.ASCII)
"""A name, or an attribute or element of it: layers[0].w[1]."""
ESCAPE: Final = re.compile(r"_x[0-9a-f]+_")
RESERVED: Final = frozenset({"softmax", "log_softmax", "float", "int"})
"""Names that generated source uses, besides those of the table."""


def source_name(label: str) -> str:
    """Return a label as a Python name; different labels give different names.

    Names, and elements such as `w[0]`, are kept. Keywords and names of the table get a `_` at the end. In other
    labels each character that no name may contain is replaced by its code.
    """
    if ATTRIBUTE_OR_ELEMENT.fullmatch(label) and not ESCAPE.search(label):
        return re.sub(r"[^\W\d]\w*", _unreserved, label)
    return re.sub(r"^\d|[^a-zA-Z0-9]", lambda match: f"_x{ord(match.group()):x}_", label)


def _unreserved(match: re.Match[str]) -> str:
    name = match.group()
    stem = name.rstrip("_")
    return f"{name}_" if keyword.iskeyword(stem) or stem in TABLE or stem in RESERVED else name


# ── names in LaTeX ──

GREEK_NAMES: Final = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
LATEX_ESCAPES: Final = {
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
STEM_AND_SUBSCRIPTS: Final = re.compile(r"([^\W\d_]+)(?:_?(\d+)|_([a-zA-Z]+))?((?:\[\d+\])*)")
LOW_DIGITS: Final = re.compile("(?<=[a-zA-Z])[₀-₉]+$")
"""The digits of p₁, which are a subscript as those of p1 are."""


def _plain_digits(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match.group())


def _greek_commands() -> dict[str, str]:
    """Return the command of each Greek letter, by its name and by itself."""
    commands = {}
    for name in GREEK_NAMES.split():
        size = "CAPITAL" if name[0].isupper() else "SMALL"
        character = unicodedata.lookup(f"GREEK {size} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")
        commands[name] = commands[character] = f"\\{name}"
    return commands


GREEK: Final = {
    **_greek_commands(),
    "ϵ": r"\epsilon",
    "ϑ": r"\vartheta",
    "ϕ": r"\phi",
    "ϖ": r"\varpi",
    "\N{GREEK RHO SYMBOL}": r"\varrho",
    "ς": r"\varsigma",
}
SHIFTS: Final = {"<super>": "^", "<sub>": "_"}
"""LaTeX for the decompositions of characters such as ² and ₁."""


def latex_name(label: str) -> str:
    r"""Return a label as LaTeX for math mode, in quotes where `text_name` puts it into quotes.

    >>> print(latex_name("m - n"))
    {\text{“}\mathrm{m\ {-}\ n}\text{”}}
    """
    if text_name(label) == label:
        return latex_symbol(label)
    return rf"{{\text{{“}}{latex_symbol(label)}\text{{”}}}}"


def latex_symbol(label: str) -> str:
    """Return a symbol as LaTeX for math mode.

    Trailing digits, a word after `_`, and indices become subscripts. Names of Greek letters become these letters.
    A stem of several letters is upright. Every other character is escaped.
    """
    if label == "…":
        return r"\dots"
    upper, line, lower = label.partition("/∂")
    if line and upper.startswith("∂"):
        return rf"\frac{{\partial {latex_symbol(upper[1:])}}}{{\partial {latex_symbol(lower)}}}"
    parts = [_latex_part(part) for part in label.split(".")]
    return ".".join(part for part in parts if part is not None) if all(parts) else latex_text(label)


def _latex_part(text: str) -> str | None:
    """Return a part of a label between dots, or None if it is not a name with subscripts."""
    match = STEM_AND_SUBSCRIPTS.fullmatch(LOW_DIGITS.sub(_plain_digits, text))
    if match is None:
        return None
    stem, digits, letters, positions = match.groups()
    letter = GREEK.get(stem, _latex_character(stem) if len(stem) == 1 else None)
    subscripts = [digits, letters and (letters if len(letters) == 1 else rf"\mathrm{{{letters}}}")]
    subscripts += re.findall(r"\d+", positions)
    below = ",".join(filter(None, subscripts))
    return (letter or latex_text(stem)) + (f"_{{{below}}}" if below else "")


def latex_text(text: str) -> str:
    r"""Return text in upright letters for math mode, each special character escaped.

    >>> print(latex_text("a$b"))
    \mathrm{a\$b}
    """
    return rf"\mathrm{{{''.join(map(_latex_character, text))}}}"


def _latex_character(character: str) -> str:
    if not character.isprintable():
        return "{?}"
    if character in LATEX_ESCAPES:
        return LATEX_ESCAPES[character]
    if not character.isascii():
        return _beyond_ascii(character)
    return character if character.isalnum() or character in "[]()." else f"{{{character}}}"


def _beyond_ascii(character: str) -> str:
    if character in GREEK:
        return f"{{{GREEK[character]}}}"
    kind, _, code = unicodedata.decomposition(character).partition(" ")
    if kind in SHIFTS and " " not in code:
        return f"{{{{}}{SHIFTS[kind]}{{{_latex_character(chr(int(code, 16)))}}}}}"
    return rf"\text{{{character}}}"  # pdflatex has no accented letters in math mode
