"""Name the numbers that only a rule has, such as p = softmax(xs), so that no node of the graph has the same name.

>>> helpers = HelperNames(["p", "k", "alpha"])
>>> helpers.free("p"), helpers.free("α"), helpers.free("λ"), helpers.written("p₁")
('s', 'slope', 'λ', 's₁')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import Final

from autograd_tiny.support.terminal_text import to_ascii

CANDIDATES: Final = {
    "p": ("p", "s", "q", "share"),
    "λ": ("λ", "c", "scale"),
    "α": ("α", "k", "slope"),
    "n": ("n", "m", "count"),
    "h": ("h", "d", "η"),
}
"""For each helper the names that it may have: no name is in two rows."""
STEM: Final = re.compile(r"[^\W\d]*")
"""A name without its digits and indices."""
HELPER: Final = re.compile(r"(.+?)([₀-₉]*)")


class HelperNames:
    """Names of the helpers in the rules of one graph.

    A name is taken if a node has it, with or without digits and an index, also as ASCII writes it: `p1` looks like
    p₁, and `alpha` like α.

    Args:
        names: of the nodes of the graph.
    """

    __slots__ = ("_names", "_stems")

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names
        self._stems: set[str] | None = None

    def free(self, helper: str) -> str:
        """Return the name of a helper: its usual one if no node has it."""
        if self._stems is None:  # most graphs have no helpers
            self._stems = set(map(stem, self._names))
        return next(name for name in _candidates(helper) if to_ascii(name) not in self._stems)

    def written(self, name: str) -> str:
        """Return the name of a helper with its digits; a constant that is not a name, such as 0.5, as it is."""
        match = HELPER.fullmatch(name)
        return f"{self.free(match[1])}{match[2]}" if match and match[1] in CANDIDATES else name


def stem(name: str) -> str:
    """Return a name in ASCII without digits, indices, attributes, and what follows them.

    >>> stem("p₁"), stem("p[0]"), stem("p_2"), stem("α"), stem("price")
    ('p', 'p', 'p', 'alpha', 'price')
    """
    match = STEM.match(to_ascii(name))
    return match.group().rstrip("_") if match else ""


def _candidates(helper: str) -> Iterator[str]:
    """Yield the names that a helper may have; after those of the table, its last one with letters added."""
    *_, last = names = CANDIDATES.get(helper, (helper,))
    return chain(names, (last + "x" * times for times in count(1)))
