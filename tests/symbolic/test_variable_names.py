"""Names of nodes from the variables of the program."""

from __future__ import annotations

import argparse
import io
from collections import OrderedDict, deque, namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, draw, topological_order
from autograd_tiny.debugger import debug
from autograd_tiny.explanation import explain
from autograd_tiny.symbolic import variable_names
from autograd_tiny.symbolic.variable_names import VariableNames, names_of_variables
from autograd_tiny.trace import Trace, UnknownNodeError
from nn import Neuron

pytestmark = pytest.mark.usefixtures("names_of_variables")


def found(root: Value) -> VariableNames:
    return names_of_variables(topological_order(root))


def shown(root: Value) -> list[str]:
    """Return the names from variables of a graph; a variable that holds the root here would be in all of them."""
    return sorted(name for name in found(root).shown.values() if name != "root")


class Cell:
    def __init__(self) -> None:
        self.w, self._b = [Value(1.0), Value(2.0)], Value(3.0)
        self.__dict__["a b"] = Value(4.0)

    def names(self, x: Value) -> list[str]:
        return shown(self.w[0] * x + self._b * self.w[1] + self.__dict__["a b"])


# ── where names are ──


def test_local_variables_are_names() -> None:
    a, b = Value(1.0), Value(2.0)
    c = a * b
    assert shown(c + a) == ["a", "b", "c"]


def test_label_is_kept_and_no_variable_takes_it() -> None:
    a = Value(1.0, label="b")
    b = Value(2.0)
    trace = Trace(a * b)
    assert (trace.names[a], trace.names[b]) == ("b", "v1")
    assert trace.find("b") is a
    assert b.label == ""


@dataclass(slots=True)
class Slots:
    w: Value
    b: Value

    @property
    def worse(self) -> Value:
        raise AssertionError


class Hostile:
    """An object that intervenes wherever a class can."""

    def __init__(self, w: Value) -> None:
        object.__getattribute__(self, "__dict__").update({"w": w, "not a name": w, 3: w, "__hidden": w})

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError

    __getattr__ = __eq__ = __hash__ = __repr__ = __len__ = __iter__ = __getitem__ = __getattribute__  # type: ignore[assignment]


class HostileList(list[Any]):
    __len__ = __iter__ = __getitem__ = __repr__ = Hostile.__getattribute__  # type: ignore[assignment]


Point = namedtuple("Point", "x y")
CASES: list[tuple[Callable[[Value, Value], Any], list[str]]] = [
    (lambda a, b: [a, b], ["thing[0]", "thing[1]"]),
    (lambda a, b: (a, [[b]]), ["thing[0]", "thing[1][0][0]"]),
    (lambda a, b: deque([a, 1.0, b]), ["thing[0]", "thing[2]"]),
    (lambda a, b: {"k": a, 3: b}, ["thing['k']", "thing[3]"]),
    (lambda a, b: OrderedDict({(0, "i"): a, None: b}), ["thing[(0, 'i')]", "thing[None]"]),
    (lambda a, b: {"\x1b[31m": a, "é": b}, [r"thing['\x1b[31m']", "thing['é']"]),
    (lambda a, b: {a: a, "x" * 99: b, ((1,),): b}, []),
    (lambda a, b: np.array([[a, b]]), ["thing[0][0]", "thing[0][1]"]),
    (lambda a, b: [np.array([1.0, 2.0]), b], ["thing[1]"]),
    (Point, ["thing.x", "thing.y"]),
    (Slots, ["thing.b", "thing.w"]),
    (lambda a, b: SimpleNamespace(w=a, layers=[SimpleNamespace(b=b)]), ["thing.layers[0].b", "thing.w"]),
    (lambda a, b: argparse.Namespace(w=a, b=b), ["thing.b", "thing.w"]),
    (lambda a, b: Hostile(a), ["thing.w"]),
    (lambda a, b: HostileList([a, b]), ["thing[0]", "thing[1]"]),
    (lambda a, b: argparse.Action([], "w", default=a), []),
    (lambda a, b: Trace(a * b), []),
    (lambda a, b: {a, b}, []),
    (lambda a, b: [[[[[[[[[a]]]]]]]], b], ["thing[1]"]),
    (lambda a, b: [a, *[0.0] * 200_000], []),
]


@pytest.mark.parametrize(("build", "names"), CASES, ids=map(str, range(len(CASES))))
def test_elements_and_attributes_are_names(build: Callable[[Value, Value], Any], names: list[str]) -> None:
    _a, _b = Value(1.0), Value(2.0)
    thing = build(_a, _b)
    assert shown(_a + _b) == names
    assert thing is not None


def test_slot_that_is_not_assigned_is_no_name() -> None:
    _w = Value(1.0)
    thing = object.__new__(Slots)
    thing.w = _w
    assert shown(-_w) == ["thing.w"]


def test_attributes_of_self_are_names() -> None:
    assert Cell().names(Value(1.0)) == ["self._b", "self.w[0]", "self.w[1]", "x"]


def test_parameters_of_a_model_without_labels_are_names() -> None:
    model = Neuron(1, initializer="zeros")
    model.w[0].label = model.b.label = ""
    _root = model([Value(1.0)])
    assert shown(_root) == ["model.b", "model.w[0]"]


def test_container_in_itself_ends() -> None:
    _a = Value(1.0)
    loop: list[Any] = [_a]
    loop.append(loop)
    assert shown(-_a) == ["loop[0]"]


def test_hidden_variables_are_no_names() -> None:
    _a, __ = Value(1.0), Value(2.0)
    Out, In = {1: _a}, [__]
    assert shown(_a + __) == []
    assert (Out[1], In[0]) == (_a, __)


# ── frames ──


def test_variables_of_outer_frames_are_names() -> None:
    def show(node: Value) -> dict[Value, str]:
        return Trace(node).names

    weight, x = Value(1.0), Value(2.0)
    assert list(show(weight * x).values()) == ["weight", "x", "node"]


def test_variable_comes_before_elements_of_a_nearer_frame() -> None:
    def show(*nodes: Value) -> list[str]:
        return list(found(nodes[0]).shown.values())

    loss = -Value(1.0)
    assert show(loss) == ["root"]  # in the frame of `found`
    assert list(Trace(loss).names.values())[-1] == "loss"


def test_name_is_that_of_the_nearest_frame() -> None:
    def inner(x: Value) -> VariableNames:
        return found(x)

    x = Value(1.0)
    _y = x * 2.0
    names = inner(_y)
    assert (names.known["x"], names.known["root"]) == (_y, _y)
    assert x not in names.shown


@pytest.mark.parametrize(
    "source",
    [
        "w = Value(1.0)\ndef f(x): return shown(w * x)\nnames = f(Value(2.0))",
        "w, x = Value(1.0), Value(2.0)\nnames = [shown(w * x) for _ in '1'][0]",
        "w = Value(1.0)\nnames = [shown(w * x) for x in [Value(2.0)]][0]",
        "def f():\n    w = Value(1.0)\n    return [shown(w * x) for x in [Value(2.0)]][0]\nnames = f()",
        "def f():\n    w = Value(1.0)\n    yield (lambda x: shown(w * x))(Value(2.0))\nnames = next(f())",
        "class C:\n    w, x = Value(1.0), Value(2.0)\n    names = shown(w * x)\nnames = C.names",
        "def f(w, x): names.extend(shown(w * x))\nnames = []\nglobals()[3] = 'no name'\nf(Value(1.0), Value(2.0))",
    ],
)
def test_names_in_every_kind_of_frame(source: str) -> None:
    variables = {"Value": Value, "shown": shown}
    exec(compile(source, "<cell 1>", "exec"), variables)
    assert variables["names"] == ["w", "x"]


# ── names that are left out ──


def test_equal_names_of_a_node_are_left_out_but_found() -> None:
    a = Value(1.0)
    b = a
    trace = (b * 2.0).trace()
    assert list(trace.names.values()) == ["v1", "L"]
    assert trace.find("a") is trace.find("b") is a


def test_variable_comes_before_element() -> None:
    w = [Value(1.0), Value(2.0)]
    first, pair = w[0], [w[0], w[1]]
    assert shown(w[0] * w[1]) == ["first"]  # the second is w[1] and pair[1]
    assert found(w[0] * w[1]).known["pair[1]"] is w[1]
    assert first is pair[0]


def test_names_like_automatic_ones_are_not_used_twice() -> None:
    v1, v2, L = Value(1.0), Value(2.0), Value(3.0)
    _root = -(v1 * v2) * L
    assert list(Trace(_root).names.values()) == ["v1", "v2", "u1", "u2", "L", "loss"]
    a_2 = Value(1.0)
    _root = Value(1.0, label="a") * Value(1.0, label="a") * a_2
    assert list(Trace(_root).names.values()) == ["a", "a_3", "v1", "a_2", "L"]


def test_graph_with_labels_alone_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop() -> Iterator[Any]:
        raise AssertionError

    monkeypatch.setattr(variable_names, "user_frames", stop)
    assert found(Value(1.0, label="a")) == VariableNames()


def test_cost_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variable_names, "MOST_LOOKED_AT", 3)
    one = two = three = 0
    _w = Value(1.0)
    w = _w
    assert "w" not in found(-_w).known
    assert [one, two, three, w] == [0, 0, 0, _w]


# ── the tools ──


def test_prompt_knows_variables() -> None:
    w, x = [Value(2.0)], Value(3.0)
    loss = (w[0] * x).exp()
    output = io.StringIO()
    loss.debug(stdin=io.StringIO("p w[0]\np x * 2\nw[0].value * x"), stdout=output)
    lines = output.getvalue().splitlines()
    assert lines[0].startswith("loss = exp(v1) = 403.43: 4 nodes")
    assert lines[lines.index("(backward) p w[0]") + 1].startswith("w[0] = 2")
    assert lines[lines.index("(backward) p x * 2") + 1] == "6"
    assert [node.label for node in topological_order(loss)] == [""] * 4


def test_solution_and_picture_have_variables() -> None:
    a, b = Value(2.0), Value(3.0)
    c = a * b
    loss = c * c
    assert str(explain(loss)).splitlines()[0] == "Given: a = 2, b = 3."
    assert "∂loss/∂c" in loss.explain()
    assert '"c = a * b' in draw(loss, formulas=True).source


def test_variables_are_switched_off() -> None:
    a = Value(2.0)
    c = a * a
    output = io.StringIO()
    c.debug(stdin=io.StringIO(), stdout=output, variable_names=False)
    debug(c, stdin=io.StringIO(), stdout=output, variable_names=False)
    texts = [
        output.getvalue(),
        c.explain(variable_names=False),
        c.draw(variable_names=False).source,
        str(list(c.trace(variable_names=False).names.values())),
    ]
    assert [("L" in text, "v1" in text, "c" in text.split()) for text in texts] == [(True, True, False)] * 4
    with pytest.raises(UnknownNodeError):
        c.trace(variable_names=False).find("a")
