"""Shorten names and formulas so that two nodes never bear the same name, and no index or number is broken.

The prompt, the page and diagrams write the same short names, and `Trace.find` accepts them.

>>> short_names(["layers[0].neurons[1].w[12]", "layers[0].neurons[1].bias", "layers[0].neurons[0].bias"])
{'layers[0].neurons[1].w[12]': '…w[12]', 'layers[0].neurons[1].bias': '…neurons[1].bias', ...}
>>> truncate("tanh(w[0][12] * x)", 12), shorten_middle("dot([w[0], w[1]], [0.25, 0.5], bias)", 24)
('tanh(…', 'dot([w[0],…0.5], bias)')
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from autograd_tiny.support.display_width import cut_to, display_width
from autograd_tiny.symbolic.module_names import split_module
from autograd_tiny.symbolic.notation import QUOTED_NAME

LONGEST: Final = 16
"""The longest name, in columns of a terminal, that is written in full although a shorter one would do."""
WIDEST: Final = 28
"""The longest name that is written in full where no ending of it will do."""
WIDEST_FORMULA: Final = 60
"""The largest width of a formula in a sentence."""

DIGITS: Final = r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
INDEX: Final = r"\[[^\[\]]*\]"
ATOM: Final = re.compile(rf"{QUOTED_NAME}|{DIGITS}|…?[^\W\d]\w*(?:\.[^\W\d]\w*|{INDEX})*|.", re.DOTALL)
"""A name in quotes, a number, a name with its indices, or another character."""
OPENING: Final = frozenset("+-*/%@([,")
"""Characters behind which a part of a formula is still to come."""
PART: Final = re.compile(rf"(?<=[\w\]]){INDEX}|\d+|.", re.DOTALL)
"""A part of a name: an index, a number, or another character."""


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Return a short form of each long name, by which it differs from all names and their short forms.

    - A long dotted name has its last parts, as many as tell it from all others.
    - Where these are long too, a name is cut in its middle.
    """
    names = list(dict.fromkeys(names))
    taken = set(names)
    endings = {name: list(_endings(name)) for name in names if display_width(name) > LONGEST and " " not in name}
    counts = Counter(ending for several in endings.values() for ending in several)
    short = {}
    for name in names:
        candidates = (ending for ending in endings.get(name, ()) if counts[ending] == 1 and ending not in taken)
        form = next((f"…{ending}" for ending in candidates if display_width(ending) < WIDEST), name)
        length = WIDEST
        while display_width(form) > length or (form is not name and form in taken):
            form, length = shorten_middle(name, length), 2 * length
        if form is not name:
            taken.add(form)
            short[name] = form
    return short


def _endings(name: str) -> Iterator[str]:
    """Yield the last part of a name, its last two parts and so on, but for the whole name."""
    parts = split_module(name)
    return (".".join(parts[-count:]) for count in range(1, len(parts)))


def truncate(text: str, width: int = WIDEST_FORMULA) -> str:
    """Return a text cut to a width, never within a number or a name, if something is left then.

    >>> truncate("a * b", 5), truncate("tanh(w * x + b)", 10), truncate("tanh(1.2345 * x)", 10)
    ('a * b', 'tanh(w * …', 'tanh(…')
    """
    if display_width(text) <= width:
        return text
    return f"{_fitting(ATOM.findall(text), width - 1) or cut_to(text, width - 1)}…"


def truncate_formula(text: str, width: int = WIDEST_FORMULA) -> str:
    """Return a formula cut to a width behind an operator or a bracket, so that … is the rest of the formula.

    >>> truncate_formula("w * x + b", 7), truncate_formula("w * x + b", 6), truncate_formula("weight * x", 9)
    ('w * …', 'w * …', '…')
    >>> truncate_formula("tanh(w * x + b)", 12), truncate_formula("dot([w[0], w[1]], [2, 3])", 16)
    ('tanh(w * …', 'dot([w[0], …')
    """
    if display_width(text) <= width:
        return text
    atoms = ATOM.findall(text)
    fitting = len(ATOM.findall(_fitting(atoms, width - 1)))
    ends = [place + 1 + (atoms[place + 1] == " ") for place in range(fitting) if atoms[place] in OPENING]
    return f"{''.join(atoms[: max((end for end in ends if end <= fitting), default=0)])}…"


def shorten_middle(text: str, width: int) -> str:
    """Return a text whose middle is replaced by … to fit a width, never within a number or an index.

    >>> shorten_middle("layers[0].neurons[11].w[3]", 15)
    'layers[0]….w[3]'
    """
    if display_width(text) <= width:
        return text
    end = (width - 1) // 2
    names = ([atom] if display_width(atom) <= end else PART.findall(atom) for atom in ATOM.findall(text))
    parts = [part for name in names for part in name]
    tail = _fitting(parts[::-1], end, is_reversed=True)
    head = _fitting(parts, width - 1 - display_width(tail))
    if not head and not tail:  # one index or number that is wider
        head, tail = cut_to(text, width - 1 - end), cut_to(text[::-1], end)[::-1]
    return f"{head.rstrip(' ')}…{tail.lstrip(' ')}"


def _fitting(parts: Sequence[str], width: int, *, is_reversed: bool = False) -> str:
    """Return as many parts as fit a width."""
    fitting = parts[: bisect_right(list(accumulate(map(display_width, parts))), width)]
    return "".join(reversed(fitting) if is_reversed else fitting)
