"""Write straight-line Python: the forward lines of an example (see `forward_lines`), then the backward lines.

A backward line adds up all contributions to one gradient, partial times upstream; a gradient that is passed unchanged
gets no line. So each number is bit for bit that of eager code.

Many numbers of a network are 0: the outputs of relu, the background of an image. Lines that would only add 0 · finite
are skipped for that example by an `if`, unless a factor is not finite (`odd`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.contributions import Name, contribution_sources
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.python_backend.forward_lines import DOT, MEAN, RELU, SUM, ForwardLines, arguments, text_of
from autograd_tiny.replay.python_backend.line_repeats import period_of
from autograd_tiny.replay.python_backend.loop_lines import LISTS, IrregularError, RolledLines
from autograd_tiny.replay.tape import Tape

AFTER_RELU: Final = "(0.0"
"""The beginning of a contribution of relu."""

TERMS: Final = 100
"""The most contributions of a line: the compiler refuses deeply nested expressions."""

FEWEST: Final = 4
"""The fewest lines that are worth an `if`."""

NEAR: Final = 250
"""The number of local names, the first ones, that the interpreter loads by one instruction; others take two."""

A_PRODUCT: Final = re.compile(r"(?:(\w+) \* )?(\w+)")
A_NAME: Final = re.compile(r"\bg?[vx]\d+\b")
A_LOCAL: Final = re.compile(r"\b(?:[dgt]?[vxpc]|[ria])\d+\w*\b")
A_VALUE: Final = re.compile(r"\bv\d+\b")


def python_source_of(tape: Tape, *, of_inputs: bool = False) -> str:
    """Return the function that replays a tape, as Python source."""
    period = period_of(tape)
    if period:
        spread = _Lines(tape, of_inputs=of_inputs, in_turn=False, spread=2 * period)
        rolled = spread.rolled() if spread.keeps_the_order else []
        if rolled:
            return "\n".join(rolled)
    lines = _Lines(tape, of_inputs=of_inputs, in_turn=False)
    if not lines.keeps_the_order:
        lines = _Lines(tape, of_inputs=of_inputs, in_turn=True)
    return "\n".join(lines.all())


class _Lines:
    """Writes a tape line by line.

    Args:
        tape: the program.
        of_inputs: whether to compute the gradient of the inputs rather than that of the parameters.
        spread: if not 0, the lines are for loops: a gradient whose contributions are farther apart than that is
            added up line by line, and forward lines half as far apart are not inlined.
        in_turn: whether numbers that do not vary pass their gradient with every example, rather than once after all.

    Attributes:
        keeps_the_order: whether contributions are added in the order of eager code for one example.
    """

    def __init__(self, tape: Tape, *, of_inputs: bool, in_turn: bool, spread: int = 0) -> None:
        self.tape, self.of_inputs, self.in_turn, self.spread = tape, of_inputs, in_turn, spread
        self.inputs = [f"x{i}" for i in range(tape.inputs)]
        self.parameters = [f"p{i}" for i in range(tape.parameters)]
        self.others = [f"c{i}" for i in range(len(tape.others))]
        values = [f"v{i}" for i in range(len(tape.operations))]
        self.names = [*self.inputs, *self.parameters, *self.others, *values]
        self.varying = tape.depends_on(0, tape.inputs)
        first = 0 if of_inputs else tape.inputs
        self.wanted = range(first, first + (tape.inputs if of_inputs else tape.parameters))
        self.differentiated = tape.is_differentiated(self.wanted.start, self.wanted.stop)
        self.gradients = [f"g{self.names[position]}" for position in self.wanted]
        self.keeps_the_order = True
        self._parts: dict[int, list[tuple[str, bool]]] = {}
        self._often_0: set[str] = set()
        self._skipped: dict[str, list[tuple[str, str | None]]] = {}
        self._begun = [] if of_inputs else list(self.gradients)
        self._backward: list[str] = []
        self._after: list[str] = []
        self._spread: dict[int, int] = {}
        self._totals: list[str] = []
        self._seen: dict[int, bool] = {}
        if spread:
            self._spread = self._used_far_apart()
        self._write_backward()

    def all(self) -> Iterable[str]:
        """Yield the lines of the function."""
        before, loop = self._forward()
        loop.append(f"append(losses, {self.names[self.tape.root]})")
        if self.tape.guarded:
            loop.append(f"append(truths, {_list(self.names[position] for position in self.tape.guarded)})")
        loop += self._backward
        slopes = f"append(slopes, {_list(self.gradients)})"
        if self.of_inputs:
            loop.append(slopes)
        yield "def replay(examples, parameters, others, seed):"
        yield from _indented(_most_used_first(loop, len(self.names)))
        for names, leaves in ((self.parameters, "parameters"), (self.others, "others")):
            if names:
                yield f"    {_tuple(names)} = {leaves}"
        if self._begun:
            yield f"    {' = '.join([*self._begun, '0.0'])}"
        yield from _indented([*before, "losses, truths, slopes = [], [], []"])
        yield f"    for {_tuple(self.inputs)} in examples:"
        yield from _indented(loop, depth=2)
        yield from _indented(self._after if self.of_inputs else [*self._after, slopes])
        yield "    return losses, truths, slopes"

    def rolled(self) -> list[str]:
        """Return the lines of the function with loops; none if its numbers are not in an even order."""
        if [*self.tape.guarded] != sorted({x for x in self.tape.guarded if self.varying[x]}):
            return []
        before, loop = self._forward()
        guarded = [self.names[position] for position in self.tape.guarded]
        for name in guarded:
            at = next(i + 1 for i, line in enumerate(loop) if line.startswith(f"{name} = "))
            loop.insert(at, f"append(truth, {name})")
        begun = [*self.gradients] * self.of_inputs
        each = self._backward[bool(begun) :]
        begun += [f"t{name}" for name in self._totals]
        sections = [before, [*loop, f"append(losses, {self.names[self.tape.root]})", *each], self._after]
        try:
            lines = RolledLines(sections, [*self._begun, *begun])
        except IrregularError:
            return []
        before, loop, after = lines.sections
        if 2 * len(loop) > len(sections[1]):
            return []
        slopes = f"append(slopes, {lines.all_of(self.gradients)})"
        own = {
            family: [f"{x} = {many}[{k}]" for x, k in lines.leaves.items() if x[0] == family[0]]
            for family, many in LISTS.items()
        }
        each = [*own["x#"], *lines.begin(begun), *["truth = []"] * bool(guarded), *loop]
        each += ["append(truths, truth)"] * bool(guarded) + [slopes] * self.of_inputs
        body = [*own["p#"], *own["c#"], *lines.begin(self._begun), *before]
        body += ["losses, truths, slopes = [], [], []", "for x in examples:", *_indented(each), *after]
        body += [*[slopes] * (not self.of_inputs), "return losses, truths, slopes"]
        return ["def replay(examples, parameters, others, seed):", *_indented([*_nearest(each), *body])]

    def _forward(self) -> tuple[list[str], list[str]]:
        """Return the forward lines before all examples, and those of an example."""
        named = {int(name[1:]) for line in (*self._backward, *self._after) for name in A_VALUE.findall(line)}
        forward = ForwardLines(self.tape, self.names, [self.tape.leaves + k for k in named], self.spread // 2)
        return list(forward.lines(varying=False)), list(forward.lines(varying=True))

    # ── backward ──

    def _write_backward(self) -> None:
        """Write the backward lines of an example, and those after all examples."""
        if self.of_inputs and self.gradients:
            self._backward.append(" = ".join([*self.gradients, "0.0"]))
        if self.differentiated[self.tape.root]:
            self._parts[self.tape.root] = [("seed", False)]
        for position in range(self.tape.size - 1, self.tape.leaves - 1, -1):
            if self.differentiated[position]:
                self._contributions(position, self._upstream(position))
        for position in self.wanted:
            if position not in self._spread:
                self._add_up(position)
        self._write_skipped()
        self._backward += [f"g{name} += t{name}" for name in self._totals]

    def _is_late(self, position: int) -> bool:
        """Return whether an operation passes its gradient after all examples."""
        return not (self.varying[position] or self.in_turn)

    def _upstream(self, position: int) -> str:
        """Write the gradient of an operation, and return its name."""
        if position in self._spread:
            if self._is_late(position):
                self._begun.append(f"g{self.names[position]}")
            return f"g{self.names[position]}"
        if self._is_late(position):
            self._begun.append(f"g{self.names[position]}")
            self._add_up(position)
            return self._begun[-1]
        parts = [text for text, _ in self._parts.pop(position)]
        if len(parts) == 1 and parts[0].isidentifier():
            return parts[0]
        upstream = f"g{self.names[position]}"
        self._backward += _sum_lines(upstream, parts)
        if any(part.startswith(AFTER_RELU) for part in parts):
            self._often_0.add(upstream)
        return upstream

    def _add_up(self, position: int) -> None:
        """Write the contributions to a gradient: those of every example, and those after all examples."""
        gradient, parts = f"g{self.names[position]}", self._parts.pop(position, [])
        early, late = ([text for text, is_late in parts if is_late == kind] for kind in (False, True))
        if len(early) > TERMS:
            self._backward += _sum_lines("total", early)
            self._backward.append(f"{gradient} += total")
        elif early:
            self._add_unless_0(gradient, early)
        kinds = [is_late for _, is_late in parts]
        if late and kinds == sorted(kinds):  # early contributions first, then late ones
            self._after += _sum_lines(gradient, [gradient, *late] if early else late)
        elif late:
            self.keeps_the_order &= len(early) == 1 and not kinds[-1]
            self._after += _sum_lines(gradient, [*late, gradient])

    def _add_unless_0(self, gradient: str, parts: Sequence[str]) -> None:
        """Write the contributions of every example, or keep them for the examples whose factor is not 0."""
        line = f"{gradient} += {' + '.join(parts)}"
        match = A_PRODUCT.fullmatch(parts[0]) if len(parts) == 1 else None
        factor, upstream = match.groups() if match else (None, "")
        if upstream in self._often_0:
            self._skipped.setdefault(upstream, []).append((line, factor))
        elif factor is not None and factor.startswith("x"):
            self._skipped.setdefault(factor, []).append((line, upstream))
        else:
            self._backward.append(line)

    def _write_skipped(self) -> None:
        """Write the lines that are skipped for an example if a factor of all of them is 0."""
        worth = {factor: lines for factor, lines in self._skipped.items() if len(lines) >= FEWEST}
        others = dict.fromkeys(other for lines in worth.values() for _, other in lines if other is not None)
        if others:
            self._backward += [*_sum_lines("total", list(others)), "odd = total - total != 0.0"]
        for factor, lines in self._skipped.items():
            if factor in worth:
                self._backward.append(f"if {factor} or odd:" if others else f"if {factor}:")
            self._backward += _indented((line for line, _ in lines), depth=int(factor in worth))

    def _contributions(self, position: int, upstream: str) -> None:
        """Collect the contributions of an operation, and write the lines that they need before."""
        operation = self.tape.operations[position - self.tape.leaves]
        operands = [self.names[x] if type(x) is int else x for x in operation.operands]
        row, output = operation.primitive, self.names[position]
        texts = _contributions_of_our_own(row, operands, upstream) or contribution_sources(
            row, operands, output, upstream
        )
        is_late = self._is_late(position)
        if row is ELEMENT_AT:
            texts = [f"d{output}_{i}" for i in range(len(operands))]
            line = f"{_tuple(texts)} = contributions_to_elements({arguments(row, operands)}, {upstream})"
            (self._after if is_late else self._backward).append(line)
        elif texts is None:
            partials = [f"d{output}_{i}" for i in range(len(operands))]
            line = f"{_tuple(partials)} = partials_of_{row.name}({arguments(row, operands)}, {output})"
            (self._after if is_late else self._backward).append(line)
            texts = [f"{partial} * {upstream}" for partial in partials]
        for x, text in zip(operation.operands, texts, strict=True):
            if type(x) is int and self.differentiated[x]:
                if x in self._spread:
                    self._add_now(x, text, is_late=is_late)
                else:
                    self._parts.setdefault(x, []).append((text, is_late))

    def _used_far_apart(self) -> dict[int, int]:
        """Return the numbers whose gradient is added up line by line, and how many contributions an example has."""
        uses: dict[int, list[int]] = {}
        for position, operation in enumerate(self.tape.operations, start=self.tape.leaves):
            if self.differentiated[position]:
                for x in operation.inputs:
                    if self.differentiated[x]:
                        uses.setdefault(x, []).append(position)
        return {
            x: sum(not self._is_late(position) for position in positions)
            for x, positions in uses.items()
            if x < self.tape.leaves or self._is_late(x) or positions[-1] - positions[0] > self.spread
        }

    def _add_now(self, x: int, text: str, *, is_late: bool) -> None:
        """Write one contribution to a gradient that is added up line by line."""
        name, was_late = self.names[x], self._seen.get(x)
        self._seen[x] = is_late
        self.keeps_the_order &= is_late or not was_late
        if is_late:
            self._after.append(f"g{name} += {text}")
        elif x >= self.tape.leaves and not self._is_late(x):
            self._backward.append(f"g{name} {'=' if was_late is None else '+='} {text}")
        elif self._spread[x] == 1 or self.of_inputs:
            self._backward.append(f"g{name} += {text}")
        else:
            if was_late is None:
                self._totals.append(name)
            self._backward.append(f"t{name} += {text}")


def _contributions_of_our_own(row: Primitive, operands: Sequence[Name], upstream: str) -> list[str] | None:
    """Return the contributions of relu and of the linear rows of lists, which are shorter here; None for others."""
    if row is RELU:
        return [f"{AFTER_RELU} * {upstream} if {operands[0]} <= 0.0 else {upstream})"]
    if row is SUM:
        return [upstream] * len(operands)
    if row is MEAN:
        return [f"{1.0 / len(operands)!r} * {upstream}"] * len(operands)
    if row is DOT:
        ws, xs, _ = row.group(operands)
        return [*(f"{text_of(x)} * {upstream}" for x in xs), *(f"{text_of(w)} * {upstream}" for w in ws), upstream]
    return None


def _nearest(lines: Sequence[str]) -> Iterable[str]:
    """Yield a line that assigns the most used names first, if loops have many names; those in loops count more."""
    uses: Counter[str] = Counter()
    for line in lines:
        for name in A_LOCAL.findall(line):
            uses[name] += len(lines) if line.startswith(" ") else 1
    if len(uses) > NEAR // 2:
        yield " = ".join([*(name for name, _ in uses.most_common(NEAR)), "0.0"])


def _most_used_first(lines: Sequence[str], count: int) -> Iterable[str]:
    """Yield a line that assigns the most used names first, if there are many names."""
    if count > NEAR:
        uses = Counter(name for line in lines for name in A_NAME.findall(line))
        yield " = ".join([*(name for name, _ in uses.most_common(NEAR)), "0.0"])


def _sum_lines(name: str, parts: Sequence[str]) -> Iterable[str]:
    """Yield the lines that add up parts in their order."""
    total = "total" if name in parts[TERMS:] else name
    yield f"{total} = {' + '.join(parts[:TERMS])}"
    for start in range(TERMS, len(parts), TERMS):
        yield f"{total} = {' + '.join([total, *parts[start : start + TERMS]])}"
    if total != name:
        yield f"{name} = total"


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * bool(names)})"


def _indented(lines: Iterable[str], depth: int = 1) -> Iterable[str]:
    return (" " * 4 * depth + line for line in lines)
