"""Find the repetitions in the statements of a plan: a tree of statements and loops.

>>> from autograd_tiny import Value, tanh
>>> from autograd_tiny.replay.plan import plan_of
>>> from autograd_tiny.replay.plan_statements import statements_of
>>> from autograd_tiny.replay.tape import tape_of
>>> x = Value(0.5)
>>> h = x
>>> for _ in range(5):
...     h = tanh(h)
>>> (loop,) = StatementTree(statements_of(plan_of(tape_of(h, inputs=[x], parameters=[])))).parts
>>> loop.count, [leaf.name for leaf in loop.body]
(5, ['v1'])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice, product

from autograd_tiny.replay.plan_statements import SIZE, Statement
from autograd_tiny.replay.rerolling import Item, Shape, arity, rerolled


@dataclass(slots=True, eq=False)
class Loop:
    """A repetition.

    Attributes:
        count: of repetitions.
        size: the number of groups of one.
        last_is_less: whether the last repetition computes fewer numbers.
        body: of the first repetition.
    """

    count: int
    size: int
    last_is_less: bool = False
    body: list[Leaf | Loop] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A statement that is printed.

    Attributes:
        group: its index; in loops that of the first repetition.
        loops: around it, the outermost first.
        name: of the result.
    """

    group: int
    loops: tuple[Loop, ...]
    name: str

    def at(self, repetitions: Sequence[int]) -> int:
        """Return the group that it is in one repetition of each loop."""
        return self.group + sum(k * loop.size for k, loop in zip(repetitions, self.loops, strict=True))

    def all(self) -> Iterator[tuple[int, ...]]:
        """Yield all repetitions, each as a number for every loop."""
        return product(*(range(loop.count) for loop in self.loops))

    def repetitions(self, group: int) -> list[int]:
        """Return the repetition in which it is a group."""
        rest, numbers = group - self.group, []
        for loop in self.loops:
            k, rest = divmod(rest, loop.size)
            numbers.append(k)
        return numbers


class StatementTree:
    """The statements of a plan as a tree.

    Two statements repeat one another if they have the same formula, whatever they read; sizes may grow evenly.

    Args:
        statements: of a plan, in order.

    Attributes:
        parts: statements and loops, in order.
        leaf_of: the statement in the tree of each of the statements.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        kinds: dict[object, int] = {}
        items: list[Item] = []
        for x in statements:
            sizes = (x.count, *map(int, SIZE.findall(x.formula)))
            key = SIZE.sub("#", x.formula), x.varying, x.differentiated
            holes = " ".join(f"@{k}" for k in range(len(sizes)))
            items.append((f"{kinds.setdefault(key, len(kinds))}: {holes}", sizes))
        self.leaf_of: dict[int, Leaf] = {}
        self._count = 0
        self.parts = self._tree(rerolled(items), 0, ())

    def _tree(self, items: Sequence[Item], first: int, loops: tuple[Loop, ...]) -> list[Leaf | Loop]:
        """Return items as statements and loops; a loop whose inner loops grow is written out."""
        tree: list[Leaf | Loop] = []
        following = iter(range(len(items)))
        for i in following:
            shape, numbers = items[i]
            if isinstance(shape, str):
                tree.append(self._leaf(first, loops))
                first += 1
                continue
            bodies = list(_bodies(shape, numbers))
            if len(bodies) > 1:
                tree += self._tree([item for body in bodies for item in body], first, loops)
                first += sum(map(_groups_of, bodies))
                continue
            loop = Loop(numbers[0], _groups_of(bodies[0]))
            if self._goes_on(items[i + 1 : i + 1 + loop.size], first, loop):
                loop.count, loop.last_is_less = loop.count + 1, True
                list(islice(following, loop.size))
            loop.body.extend(self._tree(bodies[0], first, (*loops, loop)))
            tree.append(loop)
            first += loop.count * loop.size
        return tree

    def _goes_on(self, items: Sequence[Item], first: int, loop: Loop) -> bool:
        """Return whether items after a loop are one more repetition, with fewer numbers."""
        if len(items) < loop.size or not all(isinstance(shape, str) for shape, _ in items):
            return False
        last = first + loop.count * loop.size
        pairs = [(self.statements[first + k], self.statements[last + k]) for k in range(loop.size)]
        return all(
            SIZE.sub("#", x.formula) == SIZE.sub("#", y.formula) and x.varying == y.varying and x.count >= y.count
            for x, y in pairs
        )

    def _leaf(self, group: int, loops: tuple[Loop, ...]) -> Leaf:
        self._count += 1
        leaf = Leaf(group, loops, f"{'uv'[self.statements[group].varying]}{self._count}")
        for repetitions in leaf.all():
            self.leaf_of[leaf.at(repetitions)] = leaf
        return leaf


def leaf_within(loop: Loop) -> Leaf:
    """Return the first statement of a loop."""
    first = loop.body[0]
    return leaf_within(first) if isinstance(first, Loop) else first


def _body(shape: Sequence[Shape], numbers: Sequence[int]) -> list[Item]:
    """Return the items of one repetition of a loop."""
    ends = list(accumulate(map(arity, shape), initial=0))
    return [(part, tuple(numbers[start:end])) for part, start, end in zip(shape, ends[:-1], ends[1:], strict=True)]


def _bodies(shape: Sequence[Shape], numbers: Sequence[int]) -> Iterator[list[Item]]:
    """Yield the repetitions of a loop, or only the first if all are alike but for sizes that grow evenly."""
    half = len(numbers) // 2
    firsts, steps = numbers[1 : half + 1], numbers[half + 1 :]
    is_alike = all(map(_grows_evenly, *zip(*_body(shape, steps), strict=True)))
    for k in range(1 if is_alike else numbers[0]):
        yield _body(shape, [x + k * step for x, step in zip(firsts, steps, strict=True)])


def _grows_evenly(shape: Shape, steps: Sequence[int]) -> bool:
    """Return whether a part of a loop differs by sizes only from one repetition to the next, given their steps."""
    if isinstance(shape, str):
        return True
    half = len(steps) // 2
    inner = all(map(_grows_evenly, *zip(*_body(shape, steps[1 : half + 1]), strict=True)))
    return steps[0] == 0 and not any(steps[half + 1 :]) and inner


def _groups_of(items: Sequence[Item]) -> int:
    """Return how many groups items are."""
    total = 0
    for shape, numbers in items:
        sizes = [1] if isinstance(shape, str) else list(map(_groups_of, _bodies(shape, numbers)))
        total += sum(sizes) if len(sizes) > 1 or isinstance(shape, str) else sizes[0] * numbers[0]
    return total
