r"""Roll a list of statements into loops: repetitions whose numbers grow evenly become one loop over one copy.

A statement is a text with holes and the numbers of the holes. Where p statements are followed by the same p texts
again and again, and each number grows by the same step from one repetition to the next, all of them are one loop. A
loop has a text and numbers too (its count, the first numbers and the steps of its body), so loops roll into loops:
the layers of a network, the filters of a convolution, the steps of a recurrence become the nested loops that a person
would write, whether the program was written with loops or not.

>>> squares = [("v[@0] = v[@1] * v[@1];", (10 + k, 2 * k)) for k in range(4)]
>>> print("\n".join(written(rerolled(squares))))
for (int a = 0; a < 4; a++) v[10 + a] = v[2 * a] * v[2 * a];

The search is that for repeats in a string: sequences of 2, 4, 8, ... texts get classes by doubling (Karp, Miller and
Rosenberg 1972), so two sequences are compared in constant time; a pass takes n log n.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any, Final

Shape = Any
"""A text with holes @0, @1, ...; or a tuple of shapes, the body of a loop."""

Item = tuple[Shape, tuple[int, ...]]
"""A shape and its numbers: of a text those of its holes; of a loop its count, then the first numbers of all its body,
then their steps."""

HOLE: Final = re.compile(r"@(\d+)")
FEWEST: Final = 3
"""The fewest repetitions that become a loop; the numbers of any two grow evenly."""
MULTIPLES: Final = 4
"""The most repetitions of the same texts that are one repetition of a loop, if only their numbers differ."""
WIDTH: Final = 116
"""The most characters of a line of several statements."""
DECLARED: Final = "double "
"""The beginning of a declaration."""
VARIABLES: Final = "abcefghjklmpq"
"""The names of the variables of nested loops."""


def rerolled(items: Sequence[Item]) -> list[Item]:
    """Return the same statements with all repetitions as loops: first those of short bodies, the inner loops."""
    items, shortest, longest = list(items), 1, 1
    repeats = _Repeats(items)
    while 2 * longest <= len(items):
        rolled = _rolled(items, repeats.periods(shortest, longest))
        if len(rolled) < len(items):
            items, shortest = rolled, 1
            repeats = _Repeats(items)
        else:
            shortest, longest = longest + 1, 2 * longest
    return items


def _rolled(items: Sequence[Item], periods: Mapping[int, list[int]]) -> list[Item]:
    """Return the items with the repetitions of some periods as loops, the earliest first, then the shortest."""
    rolled: list[Item] = []
    done = 0
    for i, candidates in periods.items():
        for period in candidates if i >= done else ():
            count = _count(items, i, period)
            if count >= FEWEST:
                rolled += items[done:i]
                rolled.append(_loop(items[i : i + 2 * period], period, count))
                done = i + period * count
                break
    return rolled + list(items[done:])


def _count(items: Sequence[Item], i: int, period: int) -> int:
    """Return how often the items of a period occur one after another with numbers that grow evenly."""
    for x, y, z in zip(items[i][1], items[i + period][1], items[i + 2 * period][1], strict=True):
        if x + z != 2 * y:  # most candidates fail here
            return 2
    steps = [_steps(items[k][1], items[k + period][1]) for k in range(i, i + period)]
    count, start = 2, i + 2 * period
    while start + period <= len(items) and all(
        items[k][0] == items[k - period][0] and _steps(items[k - period][1], items[k][1]) == steps[k - start]
        for k in range(start, start + period)
    ):
        count, start = count + 1, start + period
    return count


def _steps(first: Sequence[int], second: Sequence[int]) -> list[int]:
    return [y - x for x, y in zip(first, second, strict=True)]


def _loop(twice: Sequence[Item], period: int, count: int) -> Item:
    """Return a loop, given its first two repetitions."""
    first = [number for _, numbers in twice[:period] for number in numbers]
    second = [number for _, numbers in twice[period:] for number in numbers]
    steps = [y - x for x, y in zip(first, second, strict=True)]
    return tuple(shape for shape, _ in twice[:period]), (count, *first, *steps)


def texts_of(shape: Shape) -> Iterator[str]:
    """Yield the texts in a shape."""
    if isinstance(shape, str):
        yield shape
        return
    for part in shape:
        yield from texts_of(part)


def executed(item: Item) -> int:
    """Return how many statements an item executes, if inner loops have the number of repetitions of the first."""
    shape, numbers = item
    if isinstance(shape, str):
        return 1
    ends = accumulate(map(arity, shape), initial=1)
    return numbers[0] * sum(executed((part, numbers[start:])) for part, start in zip(shape, ends, strict=False))


class _Repeats:
    """Finds the repetitions of texts in a list of items."""

    def __init__(self, items: Sequence[Item]) -> None:
        import numpy as np

        known: dict[Shape, int] = {}
        self.classes = [np.array([known.setdefault(shape, len(known)) for shape, _ in items], dtype=np.int64)]
        self.following = [_next_of_same(self.classes[0])]

    def periods(self, shortest: int, longest: int) -> dict[int, list[int]]:
        """Return for each place, in order, the periods after which the same texts follow, in some range."""
        import numpy as np

        found: list[Any] = []
        for m in range(longest.bit_length()):
            if not self._has_level(m):
                break
            following = self.following[m]
            i = np.flatnonzero(following >= 0)
            period = following[i] - i
            goes_on = following[i + period] == i + 2 * period
            several = np.outer(np.arange(2, MULTIPLES + 1), period[goes_on]).ravel()
            i, period = np.concatenate([i, np.tile(i[goes_on], MULTIPLES - 1)]), np.concatenate([period, several])
            within = (period >= shortest) & (period <= longest)
            i, period = i[within], period[within]
            repeated = self._is_same(i, i + period, period)
            repeated &= self._is_same(i, i + 2 * period, period)
            found.append(np.stack([i[repeated], period[repeated]]))
        periods: dict[int, list[int]] = {}
        for i, period in np.unique(np.concatenate(found, axis=1), axis=1).T.tolist():
            periods.setdefault(i, []).append(period)
        return periods

    def _has_level(self, m: int) -> bool:
        """Return whether sequences of 2ᵐ texts occur twice, after giving them their classes."""
        import numpy as np

        while len(self.classes) <= m:
            classes, length = self.classes[-1], 1 << (len(self.classes) - 1)
            if len(classes) <= length or not (self.following[-1] >= 0).any():
                return False
            pairs = classes[:-length] * (classes.max() + 1) + classes[length:]
            self.classes.append(np.unique(pairs, return_inverse=True)[1].reshape(-1))
            self.following.append(_next_of_same(self.classes[-1]))
        return True

    def _is_same(self, i: Any, j: Any, length: Any) -> Any:
        """Return whether pairs of sequences have the same texts: both their first and their last 2ᵐ have."""
        import numpy as np

        same = np.zeros(len(i), bool)
        for m in range(int(length.max(initial=0)).bit_length()):
            chosen = np.flatnonzero((length >> m == 1) & self._has_level(m))
            if len(chosen):
                classes, last = self.classes[m], length[chosen] - (1 << m)
                chosen, last = (x[j[chosen] + last < len(classes)] for x in (chosen, last))
                same[chosen] = (classes[i[chosen]] == classes[j[chosen]]) & (
                    classes[i[chosen] + last] == classes[j[chosen] + last]
                )
        return same


def _next_of_same(classes: Any) -> Any:
    """Return for each place the next one of the same class, or -1."""
    import numpy as np

    order = np.argsort(classes, kind="stable")
    following = np.full(len(classes), -1)
    same = classes[order[:-1]] == classes[order[1:]]
    following[order[:-1][same]] = order[1:][same]
    return following


# ── writing ───────────────────────────────────────────────────────────────────────────────────


def written(items: Sequence[Item]) -> Iterator[str]:
    """Yield the lines of items in C; short statements share lines."""
    lines = (line for shape, numbers in items for line in lines_of(shape, [str(number) for number in numbers]))
    yield from filled(lines)


def lines_of(shape: Shape, numbers: Sequence[str], depth: int = 0) -> Iterator[str]:
    """Yield the lines of an item whose numbers are expressions."""
    if isinstance(shape, str):
        lines = HOLE.sub(lambda hole: numbers[int(hole[1])], shape).split("\n")
        if lines[-1] == "}" and lines[0].endswith("{"):
            lines[1:-1] = [f"    {line}" for line in filled(_declared_together(lines[1:-1]))]
        yield from lines
        return
    half = len(numbers) // 2
    head, unit = _head(VARIABLES[depth], numbers[0], numbers[half + 1 :])
    pairs = zip(numbers[1 : half + 1], numbers[half + 1 :], strict=True)
    now = [
        _sum(first, _product(step, VARIABLES[depth]) if unit is None or step == "0" else VARIABLES[depth])
        for first, step in pairs
    ]
    ends = list(accumulate(map(arity, shape), initial=0))
    body = [
        line
        for part, start, end in zip(shape, ends[:-1], ends[1:], strict=True)
        for line in lines_of(part, now[start:end], depth + 1)
    ]
    if len(body) == 1:
        yield f"{head} {body[0]}"
        return
    yield f"{head} {{"
    yield from (f"    {line}" for line in filled(body))
    yield "}"


def _head(variable: str, count: str, steps: Sequence[str]) -> tuple[str, str | None]:
    """Return the head of a loop; and the step that its variable takes, if all numbers take it or stay."""
    units = {step for step in steps if step != "0"}
    unit = units.pop() if len(units) == 1 else None
    if unit in {None, "1", "-1"} or not (count.isdigit() and unit.lstrip("-").isdigit()):
        return f"for (int {variable} = 0; {variable} < {count}; {variable}++)", None
    end, size = int(count) * int(unit), abs(int(unit))
    sign, step = ("<", f"{variable} += {size}") if end > 0 else (">", f"{variable} -= {size}")
    return f"for (int {variable} = 0; {variable} {sign} {end}; {step})", unit


def filled(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with as many whole statements each as fit."""
    filled = ""
    for line in lines:
        joins = line.endswith(";") and not line.startswith((" ", "for"))
        if filled and (not joins or len(filled) + len(line) >= WIDTH):
            yield filled
            filled = ""
        if joins:
            filled += " " * bool(filled) + line
        else:
            yield line
    if filled:
        yield filled


def _declared_together(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines with as many successive declarations in one as fit."""
    together = ""
    for line in lines:
        more = f"{together[:-1]}, {line.removeprefix(DECLARED)}"
        if together.startswith(DECLARED) and line.startswith(DECLARED) and len(more) < WIDTH:
            together = more
            continue
        if together:
            yield together
        together = line
    yield together


def statement(text: str, *numbers: int) -> Item:
    """Return a statement; numbers beyond the last hole of the text are left out."""
    return text, numbers[: arity(text)]


@cache
def arity(shape: Shape) -> int:
    """Return how many numbers a shape has."""
    if isinstance(shape, str):
        return 1 + max((int(hole) for hole in HOLE.findall(shape)), default=-1)
    return 1 + 2 * sum(map(arity, shape))


def _sum(x: str, y: str) -> str:
    if y == "0":
        return x
    if x == "0":
        return y
    return f"{x} - {y[1:]}" if y.startswith("-") else f"{x} + {y}"


def _product(step: str, variable: str) -> str:
    if step in {"0", "1", "-1"}:
        return {"0": "0", "1": variable, "-1": f"-{variable}"}[step]
    return f"{step} * {variable}" if step.lstrip("-").isdigit() else f"({step}) * {variable}"
