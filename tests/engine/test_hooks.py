"""Hooks get finished gradients and may replace them; errors change nothing; replay refuses them, copies have none."""

from __future__ import annotations

import copy
import gc
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import RecordError, Value, grad, record
from autograd_tiny.engine.hooks import HOOKS
from autograd_tiny.errors import NestedPassError, OperandError


@pytest.fixture(autouse=True)
def no_hook_is_left() -> Any:
    yield
    gc.collect()
    assert HOOKS == {}


def diamond() -> tuple[Value, Value, Value, Value]:
    """Return x = 3, a = x², b = 2a, and the root a·b = 2x⁴."""
    x = Value(3.0)
    a = x * x
    b = 2.0 * a
    return x, a, b, a * b


@pytest.mark.parametrize("name", ["x", "a", "b", "root"])
def test_hook_gets_finished_gradient_once(name: str) -> None:
    nodes = diamond()
    seen: list[float] = []
    nodes[["x", "a", "b", "root"].index(name)].register_hook(seen.append)
    nodes[-1].backward()
    assert seen == [{"x": 216.0, "a": 36.0, "b": 9.0, "root": 1.0}[name]]
    assert [node.grad for node in nodes] == [216.0, 36.0, 9.0, 1.0]


def test_hook_of_leaf_gets_gradient_of_this_pass() -> None:
    x, _, _, root = diamond()
    seen: list[float] = []
    x.register_hook(lambda gradient: seen.append(gradient) or 1.0)
    root.backward()
    root.backward()
    assert (seen, x.grad) == ([216.0, 216.0], 2.0)


def test_replaced_gradient_is_passed_on() -> None:
    x, a, b, root = diamond()
    b.register_hook(lambda gradient: 0)
    root.backward()
    assert (root.grad, b.grad, a.grad, x.grad) == (1.0, 0.0, 18.0, 108.0)


def test_hooks_run_in_order_of_registration() -> None:
    x, _, _, root = diamond()
    x.register_hook(lambda gradient: gradient + 1.0)
    x.register_hook(lambda gradient: None)
    x.register_hook(lambda gradient: 2.0 * gradient)
    root.backward()
    assert x.grad == 434.0


def test_hooks_run_consumers_first() -> None:
    nodes, seen = diamond(), []
    for name, node in zip("xabr", nodes, strict=True):
        node.register_hook(lambda gradient, name=name: seen.append(name))
    nodes[-1].backward()
    assert "".join(seen) == "rbax"


@pytest.mark.parametrize(
    "kind", [lambda x: at.sum([x, x]), lambda x: at.dot([x], [x]), lambda x: at.softmax([x, x])[0]]
)
def test_hook_of_n_ary_node(kind: Callable[[Value], Value]) -> None:
    node = kind(Value(2.0))
    node.register_hook(lambda gradient: 0.0)
    (3.0 * node).backward()
    assert (node.grad, node.inputs[0].grad) == (0.0, 0.0)


def test_hook_of_lone_leaf() -> None:
    x = Value(2.0)
    x.register_hook(lambda gradient: 5.0)
    x.backward()
    assert x.grad == 5.0


def test_hook_of_another_graph_is_not_called() -> None:
    other, (x, *_, root) = Value(1.0), diamond()
    other.register_hook(lambda gradient: pytest.fail("called"))
    root.backward()
    assert x.grad == 216.0


def test_removed_hook_is_not_called() -> None:
    x, _, _, root = diamond()
    first, second = x.register_hook(lambda g: 1.0), x.register_hook(lambda g: g + 1.0)
    first.remove()
    first.remove()
    root.backward()
    assert x.grad == 217.0
    second.remove()
    assert HOOKS == {}
    x.register_hook(lambda g: 7.0)
    second.remove()
    x.grad = 0.0
    root.backward()
    assert x.grad == 7.0


def test_handle_is_a_context_manager() -> None:
    x, _, _, root = diamond()
    with x.register_hook(lambda g: 1.0) as handle:
        root.backward()
    assert (x.grad, HOOKS) == (1.0, {})
    handle.remove()


def test_hook_may_remove_itself_and_others() -> None:
    x, a, b, root = diamond()
    handles = [x.register_hook(lambda g: handles[0].remove()), x.register_hook(lambda g: 5.0)]
    other = a.register_hook(lambda g: pytest.fail("called"))
    b.register_hook(lambda g: other.remove())
    root.backward()
    root.backward()
    assert x.grad == 10.0


def test_hooks_end_with_their_node() -> None:
    x = Value(2.0)
    x.register_hook(print)
    handle = (x * x).register_hook(print)
    assert len(HOOKS) == 1  # of x
    handle.remove()
    del x
    assert HOOKS == {}


def test_hooks_leave_no_cycle() -> None:
    gc.collect()
    gc.disable()
    try:
        x, _, _, root = diamond()
        handle = x.register_hook(abs)
        root.register_hook(abs)
        root.backward()
        handle.remove()
        del x, root, handle
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("name", range(4))
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, StopIteration])
def test_exception_in_hook_changes_no_gradient(name: int, error: type[BaseException]) -> None:
    nodes = diamond()
    for node in nodes:
        node.grad = 7.0

    def fail(gradient: float) -> None:
        raise error

    with nodes[name].register_hook(fail), pytest.raises(error):
        nodes[-1].backward()
    assert [node.grad for node in nodes] == [7.0] * 4
    nodes[-1].backward()
    assert nodes[0].grad == 223.0


@pytest.mark.parametrize("result", ["1", [1.0], Value(1.0), 1j])
def test_hook_that_returns_no_number_raises(result: Any) -> None:
    x, _, _, root = diamond()
    x.register_hook(lambda gradient: result)
    with pytest.raises(
        OperandError, match=r"the gradient that a hook returns got .*; it takes a real number or None"
    ):
        root.backward()
    assert x.grad == 0.0


def test_backward_in_hook_raises() -> None:
    x, a, _, root = diamond()
    with a.register_hook(lambda gradient: root.backward()), pytest.raises(NestedPassError):
        root.backward()
    assert x.grad == 0.0


@pytest.mark.parametrize("hook", [None, 1.0, "f"])
def test_hook_that_is_no_function_raises(hook: Any) -> None:
    with pytest.raises(OperandError, match=r"register_hook got .*; it takes a function"):
        Value(1.0).register_hook(hook)


def test_derivatives_call_no_hook() -> None:
    x, _, _, root = diamond()
    x.register_hook(lambda gradient: pytest.fail("called"))
    assert grad(root, x).data == 216.0


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda node: pickle.loads(pickle.dumps(node))])
def test_copies_have_no_hooks(duplicate: Callable[[Value], Value]) -> None:
    x, _, b, root = diamond()
    handles = [node.register_hook(abs) for node in (x, b, root)]
    twin = duplicate(root)
    for handle in handles[1:]:
        handle.remove()
    assert len(HOOKS) == 1
    handles[0].remove()
    twin.backward()
    assert twin.inputs[1].grad == 9.0


def test_replay_refuses_hooks() -> None:
    w = Value(3.0)

    def hooked(x: Any) -> Any:
        (w * x).register_hook(abs)
        return w * x

    with pytest.raises(RecordError, match=r"register_hook\(\) was called"):
        record(hooked, inputs=(1.0,), parameters=[w])
    program = record(lambda x: w * x, inputs=(1.0,), parameters=[w])
    handle = w.register_hook(abs)
    for call in (lambda: program.backward([1.0]), lambda: record(lambda x: w * x, inputs=(1.0,), parameters=[w])):
        with pytest.raises(RecordError, match=r"a node had a hook: .* remove it, or call the function"):
            call()
    assert w.grad == 0.0
    handle.remove()
    program.backward([2.0])
    assert w.grad == 2.0


def test_replay_takes_no_notice_of_hooks_elsewhere() -> None:
    w, unused = Value(3.0), Value(2.0)
    with unused.register_hook(abs):
        record(lambda x: w * x, inputs=(1.0,), parameters=[w]).backward([2.0])
    assert w.grad == 2.0


@pytest.mark.parametrize("of_inner", [False, True])
def test_replay_refuses_hooks_of_other_nodes(of_inner: bool) -> None:
    w, other = Value(3.0), Value(2.0)
    inner = other * 2.0
    hooked = inner if of_inner else other
    program = record(lambda x: w * x * inner, inputs=(1.0,), parameters=[w])
    with hooked.register_hook(abs):
        for call in (
            lambda: program.backward([1.0]),
            lambda: record(lambda x: w * x * inner, inputs=(1.0,), parameters=[w]),
        ):
            with pytest.raises(RecordError, match="a node had a hook"):
                call()
    program.backward([1.0])
    assert w.grad == 4.0
