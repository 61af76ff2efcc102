r"""Write repeated lines of straight-line Python as loops, which compute the same numbers in the same order.

In a loop a name ends in k, and the one of the repetition before in j. Numbers that later loops read are saved, a
tuple for each repetition, in a list r; gradients that a loop adds to one after another are a list a.

>>> lines = [["v0 = x0 * p0", *(f"v{k + 1} = v{k} * p0" for k in range(20))], ["gp0 += v20"]]
>>> rolled = RolledLines(lines, [])
>>> print("\n".join(rolled.sections[0]))
v0 = x0 * p0
v1j = v0
for _ in range(20):
    v1k = v1j * p0
    v1j = v1k
v20 = v1k
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from autograd_tiny.replay.python_backend.line_repeats import FEWEST, NAME, Line, Repeat, repeats_of

LISTS: Final = {"x#": "x", "p#": "parameters", "c#": "others"}
"""The lists of the leaves."""

EDGES: Final = 2
"""The most numbers of a loop that are from outside of the loop that computes the others."""

SHARE: Final = 20
"""A loop of fewer lines than this part of its section is left written out."""


class IrregularError(Exception):
    """A loop would have to read numbers in an uneven order."""


@dataclass(slots=True)
class _Row:
    """Numbers of one loop that a loop reads in one order: its names for them, and all numbers."""

    producer: int
    pieces: tuple[int, int, int, int]
    own: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Loop:
    """A loop: its lines, what it iterates over, what it carries to the next repetition, and what it saves."""

    repeat: Repeat
    lines: list[str] = field(default_factory=list)
    streams: dict[str, str] = field(default_factory=dict)
    rows: dict[tuple[int, ...], _Row] = field(default_factory=dict)
    carried: dict[str, str] = field(default_factory=dict)
    saved: dict[str, list[str]] = field(default_factory=dict)
    read_after: dict[str, int] = field(default_factory=dict)


class RolledLines:
    """Lines of a function with loops.

    Args:
        sections: of lines; a loop is within one of them.
        begun: names of gradients that begin as 0.0 and are added to.

    Attributes:
        sections: with loops.
        leaves: that are read by name.

    Raises:
        IrregularError: a loop would have to read numbers in an uneven order.
    """

    def __init__(self, sections: Sequence[Sequence[str]], begun: Sequence[str]) -> None:
        self._lines = [Line(text) for section in sections for text in section]
        self._loops: list[_Loop] = []
        self._ends = [0]
        for section in sections:
            start, stop = self._ends[-1], self._ends[-1] + len(section)
            fewest = max(len(section) // SHARE, 2 * FEWEST)
            self._loops += map(_Loop, repeats_of(self._lines, start, stop, fewest))
            self._ends.append(stop)
        self.leaves: dict[str, int] = {}
        self._places: dict[str, tuple[int, int, str]] = {}
        self._slots: dict[str, tuple[int, int]] = {}
        self._sizes: list[int] = []
        self._find_places(begun)
        for index in range(len(self._loops)):
            self._write_body(index)
        self.sections = self._written()

    # ── where numbers are ──

    def _holes(self, repeat: Repeat, j: int) -> Iterator[tuple[str, int, int]]:
        """Yield the family of each name of a line, its first number, and its step."""
        line, after = (self._lines[repeat.start + i] for i in (j, j + repeat.period))
        for family, first, second in zip(line.families, line.numbers, after.numbers, strict=True):
            yield family, first, second - first

    def _find_places(self, begun: Sequence[str]) -> None:
        """Find the loop, the repetition and the local name of each number; and the lists of gradients."""
        lists: dict[tuple[str, int, int], str] = {}
        for index, loop in enumerate(self._loops):
            for j in range(loop.repeat.period):
                line = self._lines[loop.repeat.start + j]
                for family, first, step in list(self._holes(loop.repeat, j))[: line.targets]:
                    name = _name(family, first)
                    if line.adds and step:
                        lists[family, abs(step), first % abs(step)] = name
                    for k in range(0 if line.adds else loop.repeat.count):
                        self._places[_name(family, first + k * step)] = index, k, f"{name}k"
        leaders = [Line(name) for name in begun]
        for array, ((family, step, rest), name) in enumerate(lists.items()):
            numbers = [x.numbers[0] for x in leaders if x.families[0] == family and x.numbers[0] % step == rest]
            names = {_name(family, k): (array, (k - min(numbers)) // step) for k in numbers}
            _require(name in names and not names.keys() & self._slots.keys())
            self._slots.update(names)
            self._sizes.append((max(numbers) - min(numbers)) // step + 1)

    # ── loops ──

    def _write_body(self, index: int) -> None:
        loop = self._loops[index]
        for j in range(loop.repeat.period):
            line = self._lines[loop.repeat.start + j]
            holes = [
                f"{_name(*x[:2])}k" if h < line.targets and not line.adds else self._within(index, *x)
                for h, x in enumerate(self._holes(loop.repeat, j))
            ]
            pieces = NAME.split(line.text)[:: 1 + NAME.groups]
            loop.lines.append("".join(x for pair in zip(pieces, [*holes, ""], strict=True) for x in pair))

    def _within(self, index: int, family: str, first: int, step: int) -> str:
        """Return a name as it is read or added to in a loop."""
        loop, name = self._loops[index], _name(family, first)
        count, own = loop.repeat.count, f"{name}k"
        if step == 0:
            _require(self._places.get(name, (-1,))[0] != index)
            return self._outside(name)
        names = [_name(family, first + k * step) for k in range(count)]
        if name in self._slots:
            return self._slot(loop, names)
        last = self._places.get(names[-1], (-1, 0, ""))
        if last[0] == index:
            distance = count - 1 - last[1]
            expected = [(index, k, last[2]) for k in range(count - distance)]
            _require(distance in {0, 1} and [self._places.get(x) for x in names[distance:]] == expected)
            loop.carried.update({last[2]: name} if distance else {})
            return f"{last[2][:-1]}{'kj'[distance]}"
        if family in LISTS:
            loop.streams[own] = f"{LISTS[family]}{_slice(first, step, count)}"
        else:
            self._add_row(index, own, names)
        return own

    def _slot(self, loop: _Loop, names: Sequence[str]) -> str:
        """Return the element of a list of gradients that a loop adds to or reads."""
        (array, first), (_, second) = self._slots[names[0]], self._slots.get(names[1], (0, 0))
        step = second - first
        _require([self._slots.get(x) for x in names] == [(array, first + k * step) for k in range(len(names))])
        own = f"i{first}{'k' if step > 0 else 'j'}"
        loop.streams[own] = f"range({first}, {first + step * len(names)}, {step})"
        return f"a{array}[{own}]"

    def _add_row(self, index: int, own: str, names: list[str]) -> None:
        """Let a loop read numbers that another one saves."""
        places = [self._places.get(x) for x in names]
        known = [k for k, place in enumerate(places) if place]
        _require(len(names) - len(known) <= EDGES)
        left = known[0]
        producer, first, local = places[left]  # type: ignore[misc]  # known: not None
        step = places[known[1]][1] - first  # type: ignore[index]  # known: not None
        expected = [(producer, first + k * step, local) for k in range(len(known))]
        _require(producer != index and places[left : left + len(known)] == expected)
        pieces = first, step, left, len(known)
        row = self._loops[index].rows.setdefault((producer, *pieces), _Row(producer, pieces))
        row.own[own] = names

    # ── lines ──

    def _outside(self, name: str) -> str:
        """Return a name as it is outside of the loop that computes it."""
        if name in self._slots:
            array, k = self._slots[name]
            return f"a{array}[{k}]"
        if name in self._places:
            self._loops[self._places[name][0]].read_after[name] = self._places[name][1]
        elif f"{name[0]}#" in LISTS:
            self.leaves[name] = int(name[1:])
        return name

    def _written(self) -> list[list[str]]:
        """Return the sections with loops, each after all is known that others read of it."""
        heads = [self._head(loop) for loop in self._loops]
        starts = {loop.repeat.start: k for k, loop in enumerate(self._loops)}
        order: list[list[str | int]] = []
        for start, stop in zip(self._ends[:-1], self._ends[1:], strict=True):
            section: list[str | int] = []
            at = start
            while at < stop:
                if at in starts:
                    section.append(starts[at])
                    at += self._loops[starts[at]].repeat.period * self._loops[starts[at]].repeat.count
                else:
                    section.append(NAME.sub(lambda match: self._outside(match[0]), self._lines[at].text))
                    at += 1
            order.append(section)
        loops = [self._whole(loop, head) for loop, head in zip(self._loops, heads, strict=True)]
        return [[line for x in section for line in ([x] if isinstance(x, str) else loops[x])] for section in order]

    def _head(self, loop: _Loop) -> list[str]:
        """Return the lines that begin a loop."""
        lines = [f"{local[:-1]}j = {self._outside(name)}" for local, name in loop.carried.items()]
        targets, sources = [*loop.streams], [*loop.streams.values()]
        for row in loop.rows.values():
            first, step, left, count = row.pieces
            all_names = list(row.own.values())
            before, after = (
                [_tuple([self._outside(x[k]) for x in all_names]) for k in range(*ends)]
                for ends in ((0, left), (left + count, loop.repeat.count))
            )
            saved = self._loops[row.producer].saved
            name = f"r{row.producer}_{len(saved)}"
            saved[name] = [self._places[x[left]][2] for x in all_names]
            parts = [_list(before), f"{name}{_slice(first, step, count)}", _list(after)]
            targets.append(_tuple(list(row.own)))
            sources.append(" + ".join(part for part in parts if part != "[]"))
        if len(targets) < 2:
            ((target, source),) = [*zip(targets, sources, strict=True)] or [("_", f"range({loop.repeat.count})")]
            return [*lines, f"for {target} in {source}:"]
        return [*lines, f"for {', '.join(targets)} in zip({', '.join(sources)}):"]

    def _whole(self, loop: _Loop, head: Sequence[str]) -> list[str]:
        """Return all lines of a loop, and those that name the numbers that are read after it."""
        last, after = loop.repeat.count - 1, []
        for name, k in loop.read_after.items():
            local = self._places[name][2]
            if k < last and not any(local in names for names in loop.saved.values()):
                loop.saved[f"r{self._loops.index(loop)}_{len(loop.saved)}"] = [local]
            kept = next((f"{row}[{k}][{x.index(local)}]" for row, x in loop.saved.items() if local in x), "")
            after.append(f"{name} = {local if k == last else kept}")
        body = [
            *loop.lines,
            *(f"append({row}, {_tuple(names)})" for row, names in loop.saved.items()),
            *(f"{local[:-1]}j = {local}" for local in loop.carried),
        ]
        return [*(f"{row} = []" for row in loop.saved), *head, *(f"    {line}" for line in body), *after]

    def begin(self, names: Sequence[str]) -> list[str]:
        """Return the lines that begin gradients as 0.0."""
        plain = [name for name in names if name not in self._slots]
        arrays = dict.fromkeys(self._slots[name][0] for name in names if name in self._slots)
        lists = [f"a{array} = [0.0] * {self._sizes[array]}" for array in arrays]
        return [*([" = ".join([*plain, "0.0"])] if plain else []), *lists]

    def all_of(self, names: Sequence[str]) -> str:
        """Return a list of gradients."""
        parts: list[list[str]] = []
        for name in names:
            slot = self._slots.get(name)
            if parts and self._slots.get(parts[-1][-1]) == (slot and (slot[0], slot[1] - 1)):
                parts[-1].append(name)
            else:
                parts.append([name])
        return " + ".join(map(self._part, parts)) or "[]"

    def _part(self, names: Sequence[str]) -> str:
        if names[0] not in self._slots:
            return _list(names)
        array, k = self._slots[names[0]]
        return f"a{array}{_slice(k, 1, len(names))}"


def _require(regular: object) -> None:
    if not regular:
        raise IrregularError


def _name(family: str, number: int) -> str:
    return family.replace("#", str(number))


def _slice(first: int, step: int, count: int) -> str:
    """Return the slice of some elements."""
    stop = first + step * count
    return f"[{first}:{stop if stop >= 0 else ''}:{step}]"


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(names)}]"


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"
