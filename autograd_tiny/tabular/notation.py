"""Decide in which notation a column has its numbers, before anything is read as one.

>>> survey = Survey.of(["1.455,00 €", "12,5 €"])
>>> survey.units, survey.decimals, survey.thousands
({'€': '1.455,00 €'}, {',': '1.455,00 €'}, {'.': '1.455,00 €'})
>>> notation = decide(survey, Evidence(), TableOptions())
>>> notation.number("1.455,00 €"), notation.text
(1455.0, 'numbers in € with a decimal comma and a point between thousands')

A cell proves a sign to be the decimal one, or to separate thousands, or leaves it open: `1,455` may be either. An
open sign is decided by the other columns of the file if they prove it, otherwise by the user.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from autograd_tiny.errors import shorten
from autograd_tiny.tabular.dialect import NUMBER
from autograd_tiny.tabular.options import TableOptions

SPACES: Final = "\u00a0\u2007\u2009\u202f"
"""The spaces that separate thousands where the line must not break."""
PLAIN_SIGNS: Final = str.maketrans({**dict.fromkeys(SPACES, " "), "−": "-", "–": "-", "\u2019": "'"})
CURRENCY: Final = r"[€$£¥₹₽₩₺₪฿¢]|US\$|EUR|USD|GBP|CHF|JPY|CNY|INR|CAD|AUD|SEK|NOK|DKK|PLN|CZK|kr|Fr\."
NUMBER_WITH_UNIT: Final = re.compile(
    rf"""(?P<open>\()?
    (?P<before>[+-])?\s*(?P<prefix>{CURRENCY})?\s*(?P<after>[+-])?
    (?P<body>\d[\d.,'_ ]*|[.,]\d+)
    (?P<exponent>e[+-]?\d+)?
    \s*(?P<suffix>{CURRENCY}|[%‰°]|[^\W\d_]{{1,6}}[²³]?|°\s?[CFK]|[^\W\d_]{{1,4}}/[^\W\d_]{{1,4}}[²³]?)?
    (?P<close>\))?""",
    re.VERBOSE | re.IGNORECASE,
)
GROUPS: Final = {sign: re.compile(rf"\d{{1,3}}({re.escape(sign)}\d{{3}})+") for sign in ",.' _"}
PLAIN: Final = {
    ".": NUMBER,
    ",": re.compile(NUMBER.pattern.replace(r"\.", ","), NUMBER.flags),
}
"""Numbers as `float` reads them, with either decimal sign."""
EITHER: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
KNOWN_UNITS: Final = frozenset(
    {
        "",
        "%",
        "‰",
        "°",
        "°C",
        "°F",
        "kg",
        "g",
        "mg",
        "t",
        "lb",
        "oz",
        "mm",
        "cm",
        "m",
        "km",
        "in",
        "ft",
        "mi",
        "l",
        "ml",
    }
    | {"s", "ms", "min", "h", "d", "k", "K", "M", "m/s", "km/h", "mph", "kW", "W", "V", "A", "Hz", "Pa", "hPa", "bar"}
)
"""Units that a column may mix by mistake; other endings, such as those of 1st and 2nd, make texts of numbers."""
SIGN_NAMES: Final = {",": "a comma", ".": "a point", "'": "an apostrophe", " ": "a space", "_": "an underscore"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a cell that may be a number: its sign, its digits with their separators, its unit."""

    sign: str
    body: str
    exponent: str
    unit: str


def parts_of(cell: str) -> Parts | None:
    """Return the parts of a cell, or None if it is not a number in any notation.

    >>> parts_of("($ 1,234)")
    Parts(sign='-', body='1,234', exponent='', unit='$')
    >>> parts_of("−3 °C").unit, parts_of("0x1F"), parts_of("192.168.0.1"), parts_of("(3")
    ('°C', None, None, None)
    """
    match = NUMBER_WITH_UNIT.fullmatch(cell.translate(PLAIN_SIGNS))
    if match is None:
        return None
    signs = [sign for sign in (match["before"], match["after"], "-" if match["open"] else "") if sign]
    units = [unit for unit in (match["prefix"], match["suffix"]) if unit]
    if bool(match["open"]) != bool(match["close"]) or len(signs) > 1 or len(units) > 1:
        return None
    body = match["body"].strip()
    used = {sign for sign in GROUPS if sign in body}
    if not all(body.count(sign) == 1 and sign in ",." for sign in used) and roles_of(body) is None:
        return None
    return Parts("".join(signs), body, match["exponent"] or "", "".join(units).replace(" ", ""))


def roles_of(body: str) -> tuple[str, str] | None:
    """Return the decimal sign and the sign between thousands that the digits of a number prove, "" for none.

    >>> roles_of("1.455,00"), roles_of("1,455,000"), roles_of("0,455"), roles_of("1,455"), roles_of("1.2.3")
    ((',', '.'), ('', ','), (',', ''), ('', ''), None)
    """
    used = [sign for sign in body if sign in GROUPS]
    if len(used) == 1 and used[0] in ",.":
        return ("", "") if EITHER.fullmatch(body) else (used[0], "")
    if not used:
        return "", ""
    group, last = used[0], used[-1]
    if used.count(last) == 1 and last != group and last in ",.":
        whole, _, _ = body.partition(last)
        return (last, group) if GROUPS[group].fullmatch(whole) else None
    return ("", group) if len(set(used)) == 1 and GROUPS[group].fullmatch(body) else None


@dataclass(slots=True)
class Survey:
    """Facts about the notation of a column; each with the first cell that proves it.

    Attributes:
        numbers: how many cells are numbers in some notation.
        others: the cells that are not.
        units: the units, "" for none.
        decimals, thousands: the signs that are proved to be decimal, or to separate thousands.
        open: the signs of which a cell leaves open what they are.
        plain: the decimal sign, if all cells are numbers as `float` reads them but for it; otherwise "".
    """

    numbers: int = 0
    others: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)
    thousands: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    plain: str = ""

    @classmethod
    def of(cls, cells: Iterable[str]) -> Survey:
        """Return what some cells tell; none of them is missing."""
        survey = cls()
        cells = list(cells)
        for sign, pattern in PLAIN.items():
            if all(map(pattern.fullmatch, cells)):
                return survey.of_plain(cells, sign)
        for cell in cells:
            parts = parts_of(cell)
            roles = None if parts is None else roles_of(parts.body)
            if parts is None or roles is None:
                survey.others.append(cell)
                continue
            survey.numbers += 1
            survey.units.setdefault(parts.unit, cell)
            decimal, thousands = roles
            if decimal:
                survey.decimals.setdefault(decimal, cell)
            if thousands:
                survey.thousands.setdefault(thousands, cell)
            if EITHER.fullmatch(parts.body):
                survey.open.setdefault("," if "," in parts.body else ".", cell)
        return survey

    def of_plain(self, cells: list[str], sign: str) -> Survey:
        """Add numbers without units and thousands, many at once, with this decimal sign or an open one."""
        self.numbers, self.plain = len(cells), sign
        self.units = {"": cells[0]} if cells else {}
        pointed = [cell for cell in cells if sign in cell]
        opened = next((cell for cell in pointed if EITHER.fullmatch(cell.lstrip("+-").partition("e")[0])), None)
        proof = next((cell for cell in pointed if not EITHER.fullmatch(cell.lstrip("+-").partition("e")[0])), None)
        self.open = {} if opened is None else {sign: opened}
        self.decimals = {} if proof is None else {sign: proof}
        return self

    @property
    def is_numeric(self) -> bool:
        """True if all cells are numbers, with the same unit or known ones."""
        units = self.units.keys()
        is_known = all(unit in KNOWN_UNITS or re.fullmatch(CURRENCY, unit, re.IGNORECASE) for unit in units)
        return bool(self.numbers) and not self.others and (is_known or len(units) == 1)


@dataclass(slots=True)
class Evidence:
    """The signs that the columns of a file prove together.

    Attributes:
        decimals, thousands: the signs that some column proves.
        semicolons: whether the cells are separated by semicolons, as where the comma is the decimal sign.
    """

    decimals: set[str] = field(default_factory=set)
    thousands: set[str] = field(default_factory=set)
    semicolons: bool = False

    def add(self, survey: Survey) -> None:
        """Add what a column of numbers proves."""
        self.decimals |= survey.decimals.keys()
        self.thousands |= survey.thousands.keys()


@dataclass(frozen=True, slots=True)
class Notation:
    """How a column writes its numbers.

    Attributes:
        decimal: the decimal sign.
        thousands: the sign between groups of three digits, "" for none.
        unit: the text before or behind each number, "" for nothing.
    """

    decimal: str = "."
    thousands: str = ""
    unit: str = ""

    @property
    def text(self) -> str:
        """The notation in words."""
        signs = ["a decimal comma"] * (self.decimal == ",")
        if self.thousands:
            signs.append(f"{SIGN_NAMES[self.thousands]} between thousands")
        return f"numbers{f' in {self.unit}' * bool(self.unit)}{' with ' * bool(signs)}{' and '.join(signs)}"

    def number(self, cell: str) -> float:
        """Return a cell of the column as a float; infinite where it is too large, nan where it is not a number.

        >>> Notation(decimal=",", thousands=" ").number("−1 455,5")
        -1455.5
        >>> Notation().number("red")
        nan
        """
        parts = parts_of(cell)
        if parts is None:
            return math.nan
        body = parts.body.replace(self.thousands, "") if self.thousands else parts.body
        return float(f"{parts.sign}{body.replace(self.decimal, '.')}{parts.exponent}")


class NotationError(ValueError):
    """The notation of a column is contradictory, or needs an option; the message tells which.

    Attributes:
        cell: the first cell at fault.
    """

    def __init__(self, problem: str, cell: str) -> None:
        self.cell = cell
        super().__init__(problem)


def decide(survey: Survey, evidence: Evidence, options: TableOptions) -> Notation:
    """Return the notation of a column of numbers.

    Args:
        survey: what its cells tell.
        evidence: what all columns of the file prove.
        options: what the user says.

    Raises:
        NotationError: two cells contradict each other, or nothing decides.
    """
    if len(survey.units) > 1:
        (_, one), (_, other), *_ = survey.units.items()
        problem = f"has numbers of several units, such as {shorten(one)} and {shorten(other)}; use one unit"
        raise NotationError(problem, other)
    (unit,) = survey.units
    decimals, thousands = dict(survey.decimals), dict(survey.thousands)
    for sign, cell in survey.open.items():
        if sign not in decimals and sign not in thousands:
            decides = thousands if separates_thousands(sign, cell, survey, evidence, options) else decimals
            decides[sign] = cell
    clash = [(decimals[sign], thousands[sign]) for sign in decimals if sign in thousands]
    for one, other, *_ in (list(found.values()) for found in (decimals, thousands) if len(found) > 1):
        clash.append((one, other))
    if clash:
        one, other = clash[0]
        remedy = "write all numbers of a column in one notation"
        raise NotationError(
            f"mixes notations of numbers, such as {shorten(one)} and {shorten(other)}; {remedy}", other
        )
    return Notation(next(iter(decimals), "."), next(iter(thousands), ""), unit)


def separates_thousands(sign: str, cell: str, survey: Survey, evidence: Evidence, options: TableOptions) -> bool:
    """Return whether a comma or point separates thousands in a column that leaves it open.

    Raises:
        NotationError: nothing decides it.
    """
    other = "." if sign == "," else ","
    if other in survey.decimals or other in survey.thousands:
        return other in survey.decimals
    if any(group in survey.thousands for group in "' _"):
        return False
    if sign in {options.decimal, options.thousands} or other in {options.decimal, options.thousands}:
        return options.thousands == sign or options.decimal == other
    if sign in evidence.decimals and sign not in evidence.thousands:
        return False
    if sign in evidence.thousands and sign not in evidence.decimals:
        return True
    if sign == "." and "," not in evidence.decimals and not evidence.semicolons:
        return False
    whole = cell.translate(PLAIN_SIGNS)
    raise NotationError(
        f"has {shorten(whole)}, which may be {reading_of(whole, thousands=True)} or "
        f"{reading_of(whole, thousands=False)}; say --thousands {sign} or --decimal {sign}",
        cell,
    )


def reading_of(cell: str, *, thousands: bool) -> str:
    """Return how a cell such as 1,455 reads if its sign separates thousands, or is the decimal one."""
    parts = parts_of(cell)
    body = "" if parts is None else parts.body
    return re.sub("[.,]", "" if thousands else ".", body)
