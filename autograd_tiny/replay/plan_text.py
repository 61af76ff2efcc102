"""Print a plan: its groups as statements, forwards and backwards; a repetition is printed once, as a loop.

>>> from autograd_tiny import Value, tanh
>>> from autograd_tiny.replay.plan import plan_of
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = Value(0.5), Value(0.5)
>>> h = x
>>> for _ in range(50):
...     h = tanh(w * h)
>>> print(plan_text(plan_of(tape_of(h, inputs=[x], parameters=[w]))))
100 operations in 100 groups
x: 1 input, p: 1 parameter, v: 100 numbers of each example
v1' is v1 of the repetition before, gv1 is the gradient of v1
forward
  50 ×
    at first v2' = x
    v1 = p * v2'; v2 = tanh(v1)
  loss v2
backward
  gv2 = seed
  50 ×, backwards
    gv1 += sech(v1) ** 2 * gv2; gp += v2' * gv1; gv2' += p * gv1

The names: x inputs, p parameters, c other leaves, v numbers that vary with the example, u those that all examples
share, g before a name its gradient, `seed` that of each loss. A name holds all numbers of a group, of the size in
parentheses. [:, None] and [None, :] repeat numbers, […] gathers them by their positions, and (a, b) joins them. `+=`
adds up what belongs to one number: of repeated or gathered ones, and of all examples for p and u.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from autograd_tiny.replay.plan import Plan
from autograd_tiny.replay.plan_loops import Leaf, Loop, StatementTree, leaf_within
from autograd_tiny.replay.plan_references import (
    CONSTANTS,
    GATHERED,
    INPUTS,
    LETTERS,
    LISTED,
    PARAMETERS,
    Reference,
    References,
    indexed,
    position_text,
)
from autograd_tiny.replay.plan_statements import SIZE, statements_of, targets_of
from autograd_tiny.replay.rerolling import HOLE
from autograd_tiny.symbolic.notation import format_number

WIDTH: Final = 96
"""The most characters of a line of several statements."""
VARIABLES: Final = "kjihm"
"""The numbers of the repetitions of nested loops."""
BREAK: Final = "\n"
"""Before a statement that begins a line."""
LINES: Final = 100
"""The most lines of a pass; of more, the first and last."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A run of a reference in loops.

    Attributes:
        base: the run in the second repetition of each loop.
        sources, starts: for each loop how much its source and start grow from one repetition to the next.
    """

    base: Reference
    sources: Sequence[int]
    starts: Sequence[float]

    def at(self, repetitions: Sequence[int]) -> Reference:
        """Return the run in one repetition of each loop."""
        source = self.base.source + sum((k - 1) * step for k, step in zip(repetitions, self.sources, strict=True))
        start = self.base.start + sum((k - 1) * step for k, step in zip(repetitions, self.starts, strict=True))
        return replace(self.base, source=source, start=start)


@dataclass(frozen=True, slots=True)
class Runs:
    """A reference in loops.

    Attributes:
        patterns: of its runs; none if it does not grow evenly.
        first: what it is in the first repetition, if it grows evenly afterwards only.
    """

    patterns: Sequence[Pattern]
    first: Sequence[Reference] | None


def plan_text(plan: Plan) -> str:
    """Return a plan as text."""
    return "\n".join(_PlanText(plan).lines())


class _PlanText:
    """Prints one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.statements = plan, statements_of(plan)
        self.references = References(plan)
        self.sizes = self.references.sizes
        tree = StatementTree(self.statements)
        self.parts, self.leaf_of = tree.parts, tree.leaf_of
        tape = plan.tape
        self.has_gradient = plan.stores.flows[tape.root] and len(tape.guarded) == len(tape.guards)
        self.patterns: dict[tuple[int, int], Runs] = {}
        self.counted: set[Loop] = set()

    # ── references ──

    def runs(self, leaf: Leaf, hole: int) -> Runs:
        """Return how the runs of a reference change from repetition to repetition."""
        key = leaf.group, hole
        if key not in self.patterns:
            self.patterns[key] = self._runs(leaf, hole)
        return self.patterns[key]

    def _runs(self, leaf: Leaf, hole: int) -> Runs:
        """Return the runs of a reference if they grow evenly; else, if their sources do, as gathers of these."""
        repetitions = list(leaf.all())
        references = [self.statements[leaf.at(k)].references[hole] for k in repetitions]
        for gathered in (False, True):
            if gathered:
                references = [tuple(replace(x, start=0, form=GATHERED) for x in runs) for runs in references]
            runs = self._even(leaf, dict(zip(repetitions, references, strict=True)))
            if runs is not None:
                return runs
        return Runs([], None)

    def _even(self, leaf: Leaf, references: Mapping[tuple[int, ...], tuple[Reference, ...]]) -> Runs | None:
        """Return the runs of a reference, given for each repetition, or None if they do not grow evenly."""
        loops = range(len(leaf.loops))
        second = references[tuple(1 for _ in loops)]
        nexts = [references[tuple(1 + (i == j) for j in loops)] for i in loops]
        if not all(self._is_like(second, following) for following in nexts):
            return None
        patterns = []
        for i, base in enumerate(second):
            steps = [(runs[i].source - base.source, runs[i].start - base.start) for runs in nexts]
            patterns.append(Pattern(base, [source for source, _ in steps], [start for _, start in steps]))
        first = None
        for repetitions, found in references.items():
            if self._is_like(second, found) and found == tuple(pattern.at(repetitions) for pattern in patterns):
                continue
            if 0 in repetitions:
                first = first or found
            elif not self._is_less(leaf, repetitions):
                return None
        return Runs(patterns, first)

    def _is_like(self, runs: Sequence[Reference], others: Sequence[Reference]) -> bool:
        """Return whether references are to the same sources, or to the same statements in other repetitions."""
        pairs = [(run.source, other.source) for run, other in zip(runs, others, strict=False)]
        return len(runs) == len(others) and all(
            x == y or (min(x, y) >= 0 and self.leaf_of[x] is self.leaf_of[y]) for x, y in pairs
        )

    @staticmethod
    def _is_less(leaf: Leaf, repetitions: Sequence[int]) -> bool:
        """Return whether a repetition computes fewer numbers."""
        return any(loop.last_is_less and k == loop.count - 1 for loop, k in zip(leaf.loops, repetitions, strict=True))

    def text_of(self, leaf: Leaf, runs: Runs, prefix: str = "") -> str:
        """Return a reference as text."""
        patterns = runs.patterns
        if len(patterns) > 1 and patterns[0].base.form == GATHERED:
            sources = [pattern.base.source for pattern in patterns]
            names = list(dict.fromkeys(prefix + self._source(x) for x in sources if not prefix or self._takes(x)))
            text = f"({', '.join(names[:LISTED])}{', …' * (len(names) > LISTED)})"
            return f"{names[0] if len(names) == 1 else text}[…]"
        texts = [self._text(leaf, pattern, prefix) for pattern in patterns] or [f"{prefix}…"]
        return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"

    def _first_text(self, leaf: Leaf, runs: Runs) -> str:
        """Return a reference of the first repetition as text."""
        zeros = [0] * len(leaf.loops)
        texts = [self._text(leaf, Pattern(run, zeros, zeros), "", 0) for run in runs.first or ()]
        return self.text_of(leaf, runs) if not texts else texts[0] if len(texts) == 1 else f"({', '.join(texts)})"

    def _source(self, source: int) -> str:
        """Return the name of a source, of whatever repetition."""
        return self.leaf_of[source].name if source >= 0 else LETTERS.get(source, "constants")

    def _takes(self, source: int) -> bool:
        """Return whether gradients flow to a source."""
        if source >= 0:
            return self.statements[source].differentiated
        return source == (INPUTS if self.plan.of_inputs else PARAMETERS)

    def _text(self, leaf: Leaf, pattern: Pattern, prefix: str, now: int = 1) -> str:
        base = pattern.base
        if prefix and not self._takes(base.source):
            return "_"
        if base.source == CONSTANTS:
            return format_number(base.start) if base.form == ("number",) and not any(pattern.starts) else "constants"
        name = prefix + self._name(leaf, base.source, pattern.sources, now)
        start = self._term(leaf, pattern.starts), int(base.start - sum(pattern.starts))
        return indexed(name, start, base.form, size=self.sizes[base.source])

    def _term(self, leaf: Leaf, steps: Sequence[float]) -> str:
        """Return a sum of multiples of the numbers of repetitions."""
        terms = []
        for loop, variable, step in zip(leaf.loops, VARIABLES, steps, strict=False):
            if step:
                self.counted.add(loop)
                terms.append({1: variable, -1: f"-{variable}"}.get(int(step), f"{int(step)}{variable}"))
        return " + ".join(terms).replace("+ -", "- ")

    def _name(self, leaf: Leaf, source: int, steps: Sequence[int], now: int) -> str:
        """Return the name of a source: of the same repetition, of the one before, or of a numbered one.

        Args:
            leaf: the statement that reads it.
            source: in one repetition.
            steps: how much it grows with the repetitions of each loop.
            now: the number of that repetition.
        """
        if source < 0:
            return LETTERS[source]
        of = self.leaf_of[source]
        marks, numbers = "", []
        for depth, (loop, k) in enumerate(zip(of.loops, of.repetitions(source), strict=True)):
            step = steps[depth] if depth < len(steps) else 0
            is_around = depth < len(leaf.loops) and leaf.loops[depth] is loop
            if is_around and (step == loop.size or not now) and now >= k:
                marks += "'" * (now - k)
            elif step % loop.size == 0 and step:
                factor = step // loop.size
                self.counted.add(leaf.loops[depth])
                text = {1: "", -1: "-"}.get(factor, str(factor)) + VARIABLES[depth]
                numbers.append(position_text((text, k - factor)))
            elif step or is_around or k != loop.count - 1:
                numbers.append("…" if step else str(k))
        return of.name + marks + f"({', '.join(numbers)})" * bool(numbers)

    # ── lines ──

    def lines(self) -> Iterator[str]:
        """Yield the lines of the plan."""
        yield from self._head()
        yield "forward"
        yield from _shortened([*self._indented(self._forward(self.parts)), *self._results()])
        if self.has_gradient:
            yield "backward"
            seed = f"  {self._names([self.plan.tape.root], 'g')} = seed"
            yield from _shortened([seed, *self._indented(self._backward(self.parts))])

    def _head(self) -> Iterator[str]:
        tape = self.plan.tape
        sizes = {varying: sum(x.count for x in self.statements if x.varying == varying) for varying in (False, True)}
        yield f"{_counted(len(tape.operations), 'operation')} in {_counted(len(self.plan.groups), 'group')}"
        parts = {
            "x": _counted(tape.inputs, "input"),
            "p": _counted(tape.parameters, "parameter"),
            "c": _counted(len(tape.others), "other Value"),
            "u": f"{_counted(sizes[False], 'number')} that all examples share",
            "v": f"{_counted(sizes[True], 'number')} of each example",
        }
        yield ", ".join(f"{letter}: {text}" for letter, text in parts.items() if not text.startswith("0 "))
        names = ["v1' is v1 of the repetition before"] * any(isinstance(part, Loop) for part in self.parts)
        names += ["gv1 is the gradient of v1"] * self.has_gradient
        yield ", ".join(names) or "no gradients"

    def _forward(self, tree: Sequence[Leaf | Loop]) -> Iterator[str]:
        for part in tree:
            if isinstance(part, Loop):
                yield from self._loop(part, list(self._forward(part.body)), "")
            else:
                yield BREAK * (not self.statements[part.group].is_elementwise) + self._statement(part)

    def _backward(self, tree: Sequence[Leaf | Loop]) -> Iterator[str]:
        for part in reversed(tree):
            if isinstance(part, Loop):
                yield from self._loop(part, list(self._backward(part.body)), ", backwards")
            elif self.statements[part.group].differentiated:
                yield from self._contributions(part)

    def _loop(self, loop: Loop, body: Sequence[str], direction: str) -> Iterator[str]:
        """Yield the lines of a loop, given those of its body."""
        if not body:
            return
        variable = VARIABLES[leaf_within(loop).loops.index(loop)]
        counted = f", {variable} = 0, …, {loop.count - 1}" if loop in self.counted else ""
        last = ", the last for fewer numbers" * loop.last_is_less
        yield f"{loop.count:,} ×{counted}{direction}{last}"
        yield from (f"  {line}" for line in ([] if direction else self._starts(loop)))
        yield from self._indented(body)

    def _starts(self, loop: Loop) -> list[str]:
        """Return what the first repetition reads instead of the results of one before it, as lines."""
        known: dict[str, str] = {}
        texts = []
        for leaf in (part for part in loop.body if isinstance(part, Leaf)):
            operands = [self.runs(leaf, hole) for hole in range(len(self.statements[leaf.group].references))]
            names = self._renamed(leaf, operands)
            if names is None or any(known.get(name, text) != text for name, text in names.items()):
                texts.append(self._statement(leaf, is_first=True))
            else:
                texts += [f"{name} = {text}" for name, text in names.items() if name not in known]
                known |= names
        return [f"at first {line}" for line in _filled(texts)]

    def _renamed(self, leaf: Leaf, operands: Sequence[Runs]) -> dict[str, str] | None:
        """Return what the names in a statement are in the first repetition; None if its positions differ too."""
        names = {}
        zeros = [0] * len(leaf.loops)
        for runs in operands:
            if runs.first is not None and len(runs.first) != len(runs.patterns):
                return None
            for pattern, run in zip(runs.patterns, runs.first or (), strict=False):
                x, y = self._text(leaf, pattern, ""), self._text(leaf, Pattern(run, zeros, zeros), "", 0)
                (name, _, places), (first, _, others) = x.partition("["), y.partition("[")
                if x != y and places and places != others:
                    return None
                if x != y:
                    size = self.sizes.get(pattern.base.source, 1)
                    is_whole = places or (size > 1 and others == f"0:{size}]")
                    names[name] = first if is_whole else y
        return names

    def _statement(self, leaf: Leaf, *, is_first: bool = False) -> str:
        """Return the statement of every repetition, or that of the first."""
        statement = self.statements[leaf.group if is_first else leaf.at([1] * len(leaf.loops))]
        operands = [self.runs(leaf, hole) for hole in range(len(statement.references))]
        texts = [self._first_text(leaf, x) if is_first else self.text_of(leaf, x) for x in operands]
        formula = HOLE.sub(lambda hole: texts[int(hole[1])], statement.formula)
        sizes = iter(map(str, statement.sizes) if is_first else self._sizes_of(leaf))
        whole = f"{leaf.name}{' ' * bool(statement.shape)}{statement.shape} = {formula}"
        return SIZE.sub(lambda _: next(sizes), whole)

    def _sizes_of(self, leaf: Leaf) -> list[str]:
        """Return the sizes in a statement as text: numbers, or sums with the number of the repetition."""
        loops = range(len(leaf.loops))
        sizes = self.statements[leaf.at([1 for _ in loops])].sizes
        nexts = [self.statements[leaf.at([1 + (i == j) for j in loops])].sizes for i in loops]
        texts = []
        for k, size in enumerate(sizes):
            steps = [others[k] - size if len(others) == len(sizes) else 0 for others in nexts]
            texts.append(position_text((self._term(leaf, steps), size - sum(steps))))
        return texts

    def _contributions(self, leaf: Leaf) -> Iterator[str]:
        """Yield the contributions of a statement to the gradients of what it reads."""
        statement = self.statements[leaf.at([1] * len(leaf.loops))]
        operands = [self.runs(leaf, hole) for hole in range(len(statement.references))]
        texts = [self.text_of(leaf, runs) for runs in operands]
        sums: dict[str, list[str]] = {}
        for formula, holes in targets_of(statement):
            filled = HOLE.sub(lambda hole: texts[int(hole[1])], formula)
            filled = filled.replace("@g", f"g{leaf.name}").replace("@z", leaf.name)
            targets = dict.fromkeys(self.text_of(leaf, operands[hole], "g") for hole in holes)
            sums.setdefault(", ".join(targets), []).append(filled)
        start = BREAK * (not statement.is_elementwise)
        for target, terms in sums.items():
            yield f"{start}{target} {_sum_of(terms, f'g{leaf.name}')}"
            start = ""

    def _results(self) -> Iterator[str]:
        """Yield the loss, or the numbers that are computed, and the guards."""
        tape = self.plan.tape
        outputs = tape.guarded[len(tape.guards) :]
        yield f"  {f'results {self._names(outputs)}' if outputs else f'loss {self._names([tape.root])}'}"
        for guard, node in zip(tape.guards, tape.guarded, strict=False):
            place = f"line {guard.line} of {Path(guard.file).name}" + (f": {guard.code}" if guard.code else "")
            yield f"  guard {self._names([node])} is {guard.recorded}, {place}"

    def _names(self, nodes: Sequence[int], prefix: str = "") -> str:
        """Return the text of numbers of the program, as it is after all statements."""
        runs = Runs([Pattern(run, [], []) for run in self.references.to(nodes)], None)
        return self.text_of(Leaf(len(self.statements), (), ""), runs, prefix)

    @staticmethod
    def _indented(lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
        return (f"  {line}" for line in _filled(lines))


def _sum_of(terms: Sequence[str], upstream: str) -> str:
    """Return the rest of a statement that adds contributions to a gradient."""
    if list(terms) == [f"-{upstream}"]:
        return f"-= {upstream}"
    counts = Counter(terms)
    if "…" not in terms[0]:  # these may differ
        terms = [term if count == 1 else f"{count} * {term}" for term, count in counts.items()]
    return f"+= {' + '.join(terms)}"


def _filled(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with as many statements each as fit."""
    line = ""
    for text in lines:
        is_statement = "= " in text and not text.startswith(" ") and " ×" not in text
        if line and (not is_statement or text.startswith(BREAK) or len(line) + len(text) + 2 > WIDTH):
            yield line
            line = ""
        if is_statement:
            line += "; " * bool(line) + text.removeprefix(BREAK)
        else:
            yield text
    if line:
        yield line


def _shortened(lines: Sequence[str]) -> Iterator[str]:
    """Yield the first and last lines of many."""
    yield from lines[: LINES - 20] if len(lines) > LINES else lines
    if len(lines) > LINES:
        yield f"  … {len(lines) - LINES:,} lines"
        yield from lines[-20:]


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name if count == 1 else f'{name}s'}"
