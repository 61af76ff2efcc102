"""Promise: whatever is done with nodes, in any order, their numbers are those of a simple model.

Hypothesis draws sequences of public operations and shrinks one that fails. After each step every node that can be
reached is compared with `graph_model`, so an operation that fails must have changed nothing.
"""

from __future__ import annotations

import copy
import math
import operator
import pickle
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import autograd_tiny as at
from autograd_tiny import Value, no_grad
from autograd_tiny.engine import grad_mode, hooks, passes, value
from autograd_tiny.engine.node import Node
from autograd_tiny.errors import NotRecordedError, StaleDataError
from tests.promises.graph_model import ZERO, Model
from tests.sampling import sizes

pytestmark = pytest.mark.no_cover  # other tests cover these lines, and tracing would take minutes

BOUND = Fraction(1, 10**12)
MOST_NODES, LARGEST = 20, 1000

OURS: dict[str, Callable[..., Any]] = {
    "neg": operator.neg,
    "relu": at.relu,
    "abs": abs,
    "square": at.square,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "maximum": at.maximum,
    "minimum": at.minimum,
}
UNARY = ["neg", "relu", "abs", "square"]
BINARY = ["add", "sub", "mul", "div", "maximum", "minimum"]
MISTAKES: list[Callable[[Value], object]] = [
    *(lambda x: x + "2", lambda x: None * x, lambda x: x ** [2.0], lambda x: x < "2", lambda x: at.relu([x, x])),
    *(lambda x: at.dot([x], [x, x]), lambda x: at.sum([x, None]), lambda x: x.backward("1"), float, Value),
    *(lambda x: at.grad(x, [1.0]), lambda x: x.register_hook("print"), lambda x: at.max([]), at.softmax),
    *(lambda x: setattr(x, "data", "3"), lambda x: setattr(x, "grad", None), lambda x: setattr(x, "label", 3)),
    *(lambda x: setattr(x, "data", True), lambda x: setattr(x, "data", [x]), lambda x: x.sin(1)),
]

which = st.integers(0, MOST_NODES - 1)
recent = st.integers(1, 5)
numbers = st.sampled_from([0.0, 1, -1, 2, 0.5, -3, 4.0, -0.25, np.float64(1.5), np.int64(2), np.float32(0.75)])


def is_exact(node: Model) -> bool:
    """Return True if the number of a node is a float of moderate size."""
    return abs(node.data) <= LARGEST and Fraction(float(node.data)) == node.data


class HookError(Exception):
    """Raised by a hook."""


def fail(*gradient: Any) -> None:
    raise HookError


class Graphs(RuleBasedStateMachine):
    """Nodes beside their models."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[Value, Model]] = []
        self.paused: list[AbstractContextManager[object]] = []
        self.handles: list[tuple[Any, Model, object]] = []
        self.others = set(hooks.HOOKS)
        self.seen: list[tuple[int, float]] = []
        self.seen_by_model: list[tuple[int, Fraction, Fraction]] = []

    @initialize(data=st.lists(numbers, min_size=2, max_size=4))
    def make_leaves(self, data: list[Any]) -> None:
        for number in data:
            self.make_leaf(number, "")

    def pair(self, k: int) -> tuple[Value, Model]:
        return self.pairs[k % len(self.pairs)]

    def pair_below(self, k: int, j: int) -> tuple[Value, Model]:
        """Return one of the nodes that a node was computed from, or itself."""
        below = set(map(id, self.pair(k)[1].below()))
        pairs = [pair for pair in self.pairs if id(pair[1]) in below]
        return pairs[j % len(pairs)]

    def compute(self, operation: str, operands: Sequence[Any], ours: Callable[[], Any]) -> None:
        """Add the node of an operation, where the model computes a number that is exact."""
        try:
            model = Model.of(operation, operands, recorded=not self.paused)
        except ZeroDivisionError:
            return
        if is_exact(model):
            self.pairs.append((ours(), model))

    # ── making nodes ──

    def has_room(self) -> bool:
        return len(self.pairs) < MOST_NODES

    @precondition(has_room)
    @rule(number=numbers, label=st.sampled_from(["", "a", "w[0]"]))
    def make_leaf(self, number: Any, label: str) -> None:
        self.pairs.append((Value(number, label=label), Model(Fraction(float(number)), label)))

    @precondition(has_room)
    @rule(steps=st.lists(st.tuples(st.sampled_from([*UNARY, *BINARY]), recent, recent), min_size=1, max_size=8))
    def operate(self, steps: list[tuple[str, int, int]]) -> None:
        for name, k, j in steps:
            (x, x_model), (y, y_model) = self.pairs[-k % len(self.pairs)], self.pairs[-j % len(self.pairs)]
            if name in UNARY:
                self.compute(name, [x_model], lambda name=name, x=x: OURS[name](x))
            else:
                self.compute(name, [x_model, y_model], lambda name=name, x=x, y=y: OURS[name](x, y))

    @precondition(has_room)
    @rule(name=st.sampled_from([*BINARY, "cube"]), k=which, number=numbers, left=st.booleans())
    def with_a_number(self, name: str, k: int, number: Any, left: bool) -> None:
        node, model = self.pair(k)
        if name == "cube":
            self.compute(name, [model, 3.0], lambda: node**3)
        elif left:
            self.compute(name, [float(number), model], lambda: OURS[name](number, node))
        else:
            self.compute(name, [model, float(number)], lambda: OURS[name](node, number))

    @precondition(has_room)
    @rule(name=st.sampled_from(["add", "sub", "mul"]), k=which, j=which, number=numbers)
    def with_an_array(self, name: str, k: int, j: int, number: Any) -> None:
        (x, x_model), (y, y_model) = self.pair(k), self.pair(j)
        results = OURS[name](np.array([x, float(number)], dtype=object), y)
        for result, operand in zip(results, (x_model, float(number)), strict=True):
            self.compute(name, [operand, y_model], lambda result=result: result)

    @precondition(has_room)
    @rule(
        name=st.sampled_from(["sum", "max"]),
        ks=st.lists(which, min_size=1, max_size=4),
        more=st.lists(numbers, max_size=1),
    )
    def reduction(self, name: str, ks: list[int], more: list[Any]) -> None:
        pairs = [self.pair(k) for k in ks]
        self.compute(
            name,
            [*(model for _, model in pairs), *map(float, more)],
            lambda: getattr(at, name)([*(node for node, _ in pairs), *more]),
        )

    @precondition(has_room)
    @rule(
        ks=st.lists(which, min_size=1, max_size=3),
        ws=st.lists(which | numbers.map(float), min_size=3, max_size=3),
        b=which,
    )
    def dot_product(self, ks: list[int], ws: list[Any], b: int) -> None:
        xs = [self.pair(k) for k in ks]
        weights = [(w, w) if isinstance(w, float) else self.pair(w) for w in ws[: len(ks)]]
        bias, bias_model = self.pair(b)
        self.compute(
            "dot",
            [*(model for _, model in weights), *(model for _, model in xs), bias_model],
            lambda: at.dot([w for w, _ in weights], [x for x, _ in xs], bias),
        )

    @precondition(has_room)
    @rule(k=which, way=st.sampled_from(["detach", "copy", "deepcopy", "pickle"]))
    def copied(self, k: int, way: str) -> None:
        node, model = self.pair(k)
        ways: dict[str, tuple[Callable[[], Value], Callable[[], Model]]] = {
            "detach": (node.detach, lambda: Model(model.data, model.label)),
            "copy": (lambda: copy.copy(node), model.copy),
            "deepcopy": (lambda: copy.deepcopy(node), model.deepcopy),
            "pickle": (lambda: pickle.loads(pickle.dumps(node)), model.deepcopy),
        }
        ours, theirs = ways[way]
        self.pairs.append((ours(), theirs()))

    @precondition(lambda self: len(self.pairs) > 12)
    @rule(k=which)
    def drop(self, k: int) -> None:
        del self.pairs[k % len(self.pairs)]

    # ── assigning ──

    @rule(k=which, number=numbers)
    def set_data(self, k: int, number: Any) -> None:
        node, model = self.pair(k)
        node.data, model.data = number, Fraction(float(number))

    @rule(k=which, number=numbers, label=st.text(max_size=3))
    def set_gradient_and_label(self, k: int, number: Any, label: str) -> None:
        node, model = self.pair(k)
        node.grad, model.grad, model.size = number, Fraction(float(number)), ZERO
        node.label = model.label = label

    @rule(k=which, mistake=st.sampled_from(MISTAKES))
    def make_a_mistake(self, k: int, mistake: Callable[[Value], object]) -> None:
        with pytest.raises((TypeError, ValueError)):
            mistake(self.pair(k)[0])

    # ── differentiating ──

    @rule(k=which, seed=numbers)
    def backward(self, k: int, seed: Any) -> None:
        node, model = self.pair(k)
        seen, seen_by_model = len(self.seen), len(self.seen_by_model)
        if not model.recorded:
            with pytest.raises(NotRecordedError):
                node.backward(seed)
            return
        try:
            model.backward(Fraction(float(seed)))
        except HookError:
            with pytest.raises(HookError):
                node.backward(seed)
            del self.seen[seen:], self.seen_by_model[seen_by_model:]  # which hooks ran before it is free
            return
        node.backward(seed)

    @rule(k=which)
    def zero_gradients(self, k: int) -> None:
        node, model = self.pair(k)
        node.zero_grad()
        for below in model.below():
            below.grad = below.size = ZERO

    @rule(k=which, inputs=st.lists(which, min_size=1, max_size=2), other=which)
    def gradients_by_grad(self, k: int, inputs: list[int], other: int) -> None:
        node, model = self.pair(k)
        pairs = [self.pair(other), *(self.pair_below(k, j) for j in inputs)]
        leaves = [leaf for leaf, _ in pairs]
        if not model.recorded:
            with pytest.raises(NotRecordedError):
                at.grad(node, leaves, allow_unused=True)
            return
        try:
            expected = model.derivatives([leaf for _, leaf in pairs])
        except ValueError:
            with pytest.raises(StaleDataError):
                at.grad(node, leaves, allow_unused=True)
            return
        if self.paused:
            return
        for slope, found in zip(at.grad(node, leaves, allow_unused=True), expected, strict=True):
            assert (slope is None) == (found is None)
            if slope is not None and found is not None:
                assert_close(slope.data, *found)

    @rule(k=which, j=which, number=numbers, inputs=st.lists(which, min_size=1, max_size=2))
    def gradients_after_a_change(self, k: int, j: int, number: Any, inputs: list[int]) -> None:
        node, model = self.pair_below(k, j)
        node.data, model.data = number, Fraction(float(number))
        self.gradients_by_grad(k, inputs, j)

    @rule(k=which, j=which, kind=st.sampled_from(["see", "double", "replace", "fail"]), seed=numbers)
    def backward_with_a_hook(self, k: int, j: int, kind: str, seed: Any) -> None:
        self.add_hook(self.pair_below(k, j), kind)
        self.backward(k, seed)

    def add_hook(self, pair: tuple[Value, Model], kind: str) -> None:
        node, model = pair
        token = len(self.seen_by_model), len(self.handles), object()
        ours: dict[str, Callable[[float], Any]] = {
            "see": lambda gradient: self.seen.append((hash(token), gradient)),
            "double": lambda gradient: 2 * gradient,
            "replace": lambda gradient: 3,
            "fail": fail,
        }
        theirs: dict[str, Callable[[Fraction, Fraction], Any]] = {
            "see": lambda gradient, size: self.seen_by_model.append((hash(token), gradient, size)),
            "double": lambda gradient, size: 2 * gradient,
            "replace": lambda gradient, size: Fraction(3),
            "fail": fail,
        }
        self.handles.append((node.register_hook(ours[kind]), model, token))
        model.hooks[token] = theirs[kind]

    @precondition(lambda self: self.handles)
    @rule(k=which)
    def remove_a_hook(self, k: int) -> None:
        handle, model, token = self.handles.pop(k % len(self.handles))
        handle.remove()
        handle.remove()
        del model.hooks[token]

    # ── switches ──

    @rule(on=st.booleans())
    def switch(self, on: bool) -> None:
        if on and len(self.paused) < 3:
            self.paused.append(no_grad())
            self.paused[-1].__enter__()
        elif self.paused:
            self.paused.pop().__exit__(None, None, None)

    # ── comparing ──

    @rule(k=which, j=which, number=numbers)
    def compare(self, k: int, j: int, number: Any) -> None:
        (x, x_model), (y, y_model) = self.pair(k), self.pair(j)
        for comparison in (operator.lt, operator.le, operator.gt, operator.ge):
            assert comparison(x, y) == comparison(x_model.data, y_model.data)
            assert comparison(x, number) == comparison(x_model.data, Fraction(float(number)))
        assert (x == y, x != y) == (x is y, x is not y)
        assert (x == number, x != number) == (x_model.data == float(number), x_model.data != float(number))
        assert {x: 1}.get(y) == (1 if x is y else None)

    @invariant()
    def every_node_is_as_its_model(self) -> None:
        twins: dict[int, Model] = {}
        stack: list[tuple[Any, Any]] = list(self.pairs)
        while stack:
            node, model = stack.pop()
            if not isinstance(model, Model):
                assert type(node) is float
                assert node == model
            elif id(node) in twins:
                assert twins[id(node)] is model
            else:
                twins[id(node)] = model
                self.check(node, model)
                stack += zip(node.operands, model.operands, strict=True)
        assert len({id(model) for model in twins.values()}) == len(twins)

    def check(self, node: Value, model: Model) -> None:
        assert (type(node.data), type(node.grad)) == (float, float)
        assert node.data == model.data
        assert node.label == model.label
        assert_close(node.grad, model.grad, model.size)
        slopes = [partial for _, partial in model.edges]
        assert len(node.partials) == len(slopes)
        assert all(math.isclose(x, y, rel_tol=1e-15) for x, y in zip(node.partials, slopes, strict=True))

    @invariant()
    def hooks_saw_the_same(self) -> None:
        for (hook, gradient), (other, true, size) in zip(
            sorted(self.seen), sorted(self.seen_by_model), strict=True
        ):  # the order of nodes that do not depend on each other is free
            assert hook == other
            assert_close(gradient, true, size)
        type(self).steps += 1

    def teardown(self) -> None:
        while self.paused:
            self.switch(on=False)
        for handle, _, _ in self.handles:
            handle.remove()
        assert hooks.HOOKS.keys() <= self.others


def assert_close(ours: float, true: Fraction, size: Fraction) -> None:
    assert abs(Fraction(ours) - true) <= BOUND * size, f"{ours} instead of {float(true)}"


def run(examples: int, **others: Any) -> None:
    """Run sequences of up to 30 steps, at most 500 at once: Hypothesis keeps all of these in memory."""
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    for done in range(0, examples, 500):
        most = min(500, examples - done)
        chosen = settings(max_examples=most, stateful_step_count=30, suppress_health_check=checks, **others)
        run_state_machine_as_test(Graphs, settings=chosen)


@sizes("examples", 60, 10_000)
def test_any_sequence_is_as_in_the_model(examples: int, report_figure: Callable[[str], None]) -> None:
    before = Graphs.steps
    run(examples)
    report_figure(f"{examples:,} sequences, {Graphs.steps - before:,} steps: no difference from the model")


# ── planted mistakes ──────────────────────────────────────────────────────────────────────────────────────────


def overwrite(order: list[Value]) -> None:
    for node in order:
        for x, partial in zip(node.inputs, node.partials, strict=True):
            x._grad = partial * node._grad


def without_second_operand(x: Value, y: Any, right: Callable[..., Any] = Value.__mul__) -> Any:
    node = right(x, y)
    if isinstance(y, Value):
        node._dy = 0.0
    return node


def assign_and_check(node: Any, data: Any, right: Any = Node.data.fset) -> None:
    node._number = data
    right(node, data)


def forget_leaves(x: Value, seed: Any = 1.0, right: Callable[..., None] = Value.backward) -> None:
    if x._dx is not None:
        x.zero_grad()
    right(x, seed)


PLANTED: dict[str, tuple[Any, str, Any]] = {
    "gradients are overwritten": (value, "accumulate_gradients", overwrite),
    "product rule of one operand": (Value, "__mul__", without_second_operand),
    "no restored gradients after an error": (value, "setattr", lambda *arguments: None),
    "leaves that do not accumulate": (Value, "backward", forget_leaves),
    "zero_grad of one node": (Value, "zero_grad", lambda x: setattr(x, "grad", 0.0)),
    "data that is checked too late": (Node, "data", property(Node.data.fget, assign_and_check)),
    "copy of one node": (Value, "__deepcopy__", lambda x, memo: copy.copy(x)),
    "nested no_grad that records": (grad_mode, "is_paused", lambda: len(value.OPEN) == 1),
    "remove() of all hooks": (hooks.HookHandle, "remove", lambda handle: handle._hooks.clear()),
    "hooks that replace nothing": (hooks, "as_float", lambda x, *place, **expected: 0.0),
    "comparison by identity": (Value, "__eq__", lambda x, y: x is y),
    "old numbers of grad": (passes, "_is_stale", lambda *arguments: False),
}


@pytest.mark.parametrize(("place", "name", "wrong"), PLANTED.values(), ids=PLANTED.keys())
def test_planted_mistake_is_found(place: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, name, wrong, raising=False)
    with pytest.raises((AssertionError, TypeError, pytest.fail.Exception)):
        run(300, database=None, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)
