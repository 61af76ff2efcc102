"""Model graphs in exact fractions: the behaviour of `Value`, written as simply as it can be.

A node knows its operands, its partials, its gradient, and for the gradient the sum of the sizes of its contributions,
relative to which floats may differ.

>>> x = Model(Fraction(3))
>>> y = Model.of("mul", [x, x])
>>> y.backward(Fraction(1))
>>> y.data, x.grad
(Fraction(9, 1), Fraction(6, 1))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Numbers = list[Fraction]
Hook = Callable[[Fraction, Fraction], Any]
ONE, ZERO, HALF = Fraction(1), Fraction(0), Fraction(1, 2)


def share(hits: Sequence[bool]) -> Numbers:
    return [Fraction(hit, sum(hits)) for hit in hits]


def halves(xs: Numbers) -> tuple[Numbers, Numbers]:
    return xs[: len(xs) // 2], xs[len(xs) // 2 : -1]


def product_sum(xs: Numbers) -> Fraction:
    return sum((w * x for w, x in zip(*halves(xs), strict=True)), xs[-1])


RULES: dict[str, tuple[Callable[[Numbers], Fraction], Callable[[Numbers, Fraction], Numbers]]] = {
    "neg": (lambda xs: -xs[0], lambda xs, z: [-ONE]),
    "relu": (lambda xs: max(xs[0], ZERO), lambda xs, z: [Fraction(xs[0] > 0)]),
    "abs": (lambda xs: abs(xs[0]), lambda xs, z: [Fraction((xs[0] > 0) - (xs[0] < 0))]),
    "square": (lambda xs: xs[0] ** 2, lambda xs, z: [2 * xs[0]]),
    "cube": (lambda xs: xs[0] ** 3, lambda xs, z: [3 * xs[0] ** 2, ZERO]),
    "add": (lambda xs: xs[0] + xs[1], lambda xs, z: [ONE, ONE]),
    "sub": (lambda xs: xs[0] - xs[1], lambda xs, z: [ONE, -ONE]),
    "mul": (lambda xs: xs[0] * xs[1], lambda xs, z: [xs[1], xs[0]]),
    "div": (lambda xs: xs[0] / xs[1], lambda xs, z: [1 / xs[1], -z / xs[1]]),
    "maximum": (max, lambda xs, z: share([xs[0] >= xs[1], xs[1] >= xs[0]])),
    "minimum": (min, lambda xs, z: share([xs[0] <= xs[1], xs[1] <= xs[0]])),
    "sum": (sum, lambda xs, z: [ONE] * len(xs)),  # type: ignore[dict-item]  # of fractions
    "dot": (product_sum, lambda xs, z: [*halves(xs)[1], *halves(xs)[0], ONE]),
    "max": (max, lambda xs, z: share([x >= z for x in xs])),
}
"""For each operation its value, and its partials as a function of operands and value."""


@dataclass(eq=False, slots=True)
class Model:
    """A node."""

    data: Fraction
    label: str = ""
    operation: str = ""
    operands: list[Any] = field(default_factory=list)
    partials: Numbers = field(default_factory=list)
    recorded: bool = True
    grad: Fraction = ZERO
    size: Fraction = ZERO
    hooks: dict[object, Hook] = field(default_factory=dict)

    @classmethod
    def of(cls, operation: str, operands: Sequence[Any], *, recorded: bool = True) -> Model:
        """Return the node of an operation; a leaf that is not recorded inside `no_grad`."""
        numbers = [x.data if isinstance(x, Model) else Fraction(x) for x in operands]
        value, partials = RULES[operation]
        z = value(numbers)
        if not recorded:
            return cls(z, recorded=False)
        return cls(z, operation=operation, operands=list(operands), partials=partials(numbers, z))

    @property
    def edges(self) -> list[tuple[Model, Fraction]]:
        """The inputs with their partials."""
        return [(x, dx) for x, dx in zip(self.operands, self.partials, strict=True) if isinstance(x, Model)]

    @property
    def is_stale(self) -> bool:
        """True if the recorded partials are not those of today's numbers."""
        numbers = [x.data if isinstance(x, Model) else Fraction(x) for x in self.operands]
        try:
            today = RULES[self.operation][1](numbers, self.data)
        except ZeroDivisionError:
            return True
        inputs = [isinstance(x, Model) for x in self.operands]
        return any(x != y and node for x, y, node in zip(today, self.partials, inputs, strict=True))

    def below(self) -> list[Model]:
        """Return this node and all below it, consumers before inputs."""
        order: list[Model] = []
        seen: set[int] = set()

        def visit(node: Model) -> None:
            if id(node) not in seen:
                seen.add(id(node))
                for x, _ in node.edges:
                    visit(x)
                order.append(node)

        visit(self)
        return order[::-1]

    def backward(self, seed: Fraction) -> None:
        """Accumulate gradients; hooks may replace them, or raise before anything is changed."""
        order = self.below()
        found = dict.fromkeys(map(id, order), (ZERO, ZERO))
        found[id(self)] = seed, abs(seed)
        for node in order:
            grad, size = found[id(node)]
            for hook in list(node.hooks.values()):
                replacement = hook(grad, size)
                if replacement is not None:
                    grad, size = replacement, max(abs(replacement), size)
            found[id(node)] = grad, size
            for x, partial in node.edges:
                found[id(x)] = found[id(x)][0] + partial * grad, found[id(x)][1] + abs(partial) * size
        for node in order:
            grad, size = found[id(node)]
            if node.edges:
                node.grad, node.size = grad, size
            else:
                node.grad, node.size = node.grad + grad, node.size + size + abs(node.grad)

    def derivatives(self, inputs: Sequence[Model]) -> list[tuple[Fraction, Fraction] | None]:
        """Return the derivative by each input with its size, None where there is none.

        Raises:
            ValueError: the number of a node in between was changed.
        """
        order, needed = self.below(), set(map(id, inputs))
        for node in reversed(order):
            if any(id(x) in needed for x, _ in node.edges):
                needed.add(id(node))
        found: dict[int, tuple[Fraction, Fraction]] = {id(self): (ONE, ONE)}
        for node in order:
            if node.edges and id(node) in needed:
                if node.is_stale:
                    raise ValueError(node.operation)
                grad, size = found[id(node)]
                for x, partial in node.edges:
                    if id(x) in needed:
                        before = found.get(id(x), (ZERO, ZERO))
                        found[id(x)] = before[0] + partial * grad, before[1] + abs(partial) * size
        return [found.get(id(x)) for x in inputs]

    def copy(self) -> Model:
        """Return a node with the same operands, and no hooks."""
        operands, partials = list(self.operands), list(self.partials)
        return Model(self.data, self.label, self.operation, operands, partials, self.recorded, self.grad, self.size)

    def deepcopy(self) -> Model:
        """Return the root of a separate graph."""
        twins: dict[int, Model] = {}
        for node in reversed(self.below()):
            twin = twins[id(node)] = node.copy()
            twin.operands = [twins[id(x)] if isinstance(x, Model) else x for x in node.operands]
        return twins[id(self)]
