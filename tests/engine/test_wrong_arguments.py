"""Every public function refuses every wrong kind of argument: its error, its sentence, and a remedy that works."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_tiny
from autograd_tiny import Value
from autograd_tiny.errors import NumberTooLargeError, OperandError, PrimitiveError, SignatureError
from autograd_tiny.primitives.primitive import TABLE, Primitive


class Named(Value):
    """A subclass."""

    __slots__ = ()


class Plain:
    """No number."""


def two() -> list[Value]:
    return [Value(1.0), Value(2.0)]


NUMBERS: dict[str, Callable[[], Any]] = {
    "int": lambda: 1,
    "bool": lambda: True,
    "nan": lambda: math.nan,
    "infinity": lambda: math.inf,
    "numpy scalar": lambda: np.float32(0.5),
    "0-d array": lambda: np.array(0.5),
    "subclass of Value": lambda: Named(0.5),
}
ARRAYS: dict[str, Callable[[], Any]] = {
    "array of floats": lambda: np.array([0.25, 0.5]),
    "array of bools": lambda: np.array([True, False]),
    "array of Values": lambda: np.array(two()),
}
LISTS: dict[str, Callable[[], Any]] = {
    "list of Values": two,
    "list of floats": lambda: [0.25, 0.5],
    "tuple": lambda: tuple(two()),
    "range": lambda: range(2),
    "deque": lambda: collections.deque([0.25, 0.5]),
    "generator": lambda: (x for x in two()),
}
COLLECTIONS: dict[str, Callable[[], Any]] = {"dict": lambda: {"a": Value(0.5)}, "set": lambda: {0.25, 0.5}}
OTHERS: dict[str, tuple[Callable[[], Any], str]] = {
    "None": (lambda: None, "pass a number"),
    "text": (lambda: "no", "pass a number"),
    "text of a number": (lambda: "0.5", "convert it with float(...) first"),
    "bytes": (lambda: b"0.5", "convert it with float(...) first"),
    "complex": (lambda: 0.5 + 1j, "take its .real part"),
    "numpy complex": (lambda: np.complex128(0.5), "take its .real part"),
    "0-d array of text": (lambda: np.array("no"), "pass a number"),
    "0-d array of a Value": (lambda: np.array(Value(0.5)), "take its element with .item()"),
    "Decimal": (lambda: decimal.Decimal("0.5"), "convert it with float(...) first"),
    "Fraction": (lambda: fractions.Fraction(1, 2), "convert it with float(...) first"),
    "date": (lambda: datetime.date(2020, 1, 1), "pass a number"),
    "object": (Plain, "pass a number"),
    "module": (lambda: math, "pass a number"),
    "class": (lambda: float, "pass a number"),
    "class of nodes": (lambda: Value, "pass a number"),
    "function": (lambda: two, "pass a number"),
    "ellipsis": (lambda: ..., "pass a number"),
}
BAD_ARRAYS: dict[str, Callable[[], Any]] = {
    "array of text": lambda: np.array(["no", "a"]),
    "array of complex": lambda: np.array([1j, 0.5]),
    "array of None": lambda: np.array([None, 0.5]),
}
FUNCTIONS = {name: TABLE[name] for name in autograd_tiny.__all__ if name in TABLE and name != "cross_entropy"}
OF_INTS = {"abs", "max", "min", "pow", "round", "sum"}
"""Functions that compute with ints as Python's own of that name."""
each_function = pytest.mark.parametrize("row", FUNCTIONS.values(), ids=FUNCTIONS)


def calls(row: Primitive, *, many: bool) -> Iterator[tuple[Callable[[Any], Any], str, list[Any]]]:
    """Yield a call with one operand left open, for each operand that is a list or not, among floats and Values."""
    function = getattr(autograd_tiny, row.name)
    for number in (lambda: 0.5, lambda: Value(0.5)):
        others = [[number(), number()] if is_list else number() for is_list in row.takes_list]
        for position, is_list in enumerate(row.takes_list):
            if is_list == many:

                def call(operand: Any, position: int = position, others: list[Any] = others) -> Any:
                    return function(*others[:position], operand, *others[position + 1 :])

                yield call, row.operands[position], others


def refused(call: Callable[[Any], Any], operand: Any, others: list[Any], kind: type[Exception]) -> str:
    """Return the sentence by which a call refuses an operand; nothing has changed."""
    nodes = [x for other in others for x in (other if isinstance(other, list) else [other]) if isinstance(x, Value)]
    before = repr(operand)
    with pytest.raises(kind) as caught:
        call(operand)
    assert type(caught.value) is kind
    assert repr(operand) == before
    assert [(x.data, x.grad, x.inputs) for x in nodes] == [(0.5, 0.0, ())] * len(nodes)
    return str(caught.value)


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")  # of NumPy, outside of a domain
@each_function
def test_function_takes_every_number(row: Primitive) -> None:
    for call, _, _ in calls(row, many=False):
        for make in (NUMBERS | ARRAYS).values():
            kinds = float | Value | np.ndarray | (int if row.name in OF_INTS else float)
            assert isinstance(call(make()), kinds)


@each_function
def test_number_refuses_other_kinds_with_remedy(row: Primitive) -> None:
    for call, _, others in calls(row, many=False):
        for name, (make, remedy) in OTHERS.items():
            operand = make()
            if row.name in {"add", "div", "mul", "pow", "sub"} and name in {"0-d array of a Value", "Fraction"}:
                continue  # NumPy and Fraction compute the operator, with the whole graph
            if operand is None and row.name == "round":
                continue  # the default of its digits, as in Python's own
            sentence = refused(call, operand, others, OperandError)
            assert re.match(
                rf"{row.name}(_constant_\w+)? got '.*'(?s:.*); it takes Values and real numbers; ", sentence
            ), sentence
            assert sentence.endswith(f"; {remedy}"), sentence
            mended = {"conv": float, "take its .r": lambda x: x.real, "take its e": lambda x: x.item()}
            for start, mend in mended.items():
                if remedy.startswith(start):
                    call(mend(operand))


@each_function
def test_number_refuses_list_and_names_comprehension(row: Primitive) -> None:
    for call, name, others in calls(row, many=False):
        for make in (LISTS | COLLECTIONS).values():
            operand = make()
            sentence = refused(call, operand, others, OperandError)
            assert sentence.startswith(f"{row.name} got '{type(operand).__name__}' ("), sentence
            comprehension = sentence.partition("; call it for each element: ")[2]
            elements = comprehension.removesuffix(".values()]").removesuffix("]").rpartition(" in ")[2]
            names = {**dict(zip(row.operands, others, strict=True)), elements: operand}
            assert comprehension.startswith(f"[{row.name}(")
            code = comprehension.replace(f"[{row.name}(", "[function(")  # one operand of `threshold` is `threshold`
            results = eval(code, {"function": getattr(autograd_tiny, row.name), **names})
            assert f" for {name} in {elements}" in comprehension
            assert len(results) == 1 if isinstance(operand, dict) else 2


@each_function
def test_number_refuses_array_of_other_kinds(row: Primitive) -> None:
    for call, _, others in calls(row, many=False):
        for make in BAD_ARRAYS.values():
            assert "; it takes Values and real numbers; " in refused(call, make(), others, OperandError)


@each_function
def test_number_refuses_huge_integer(row: Primitive) -> None:
    for call, name, others in calls(row, many=False):
        if row.name == "abs" or (name == "ndigits" and others[0] == 0.5 and type(others[0]) is float):
            assert call(10**400) in {10**400, 0.5}
            continue
        sentence = refused(call, 10**400, others, NumberTooLargeError)
        assert "too large" in sentence


@each_function
def test_list_takes_every_iterable(row: Primitive) -> None:
    for call, _, _ in calls(row, many=True):
        for make in (LISTS | ARRAYS).values():
            assert isinstance(call(make()), float | Value | (int if row.name in OF_INTS else float))


@each_function
def test_list_refuses_other_kinds_with_remedy(row: Primitive) -> None:
    for call, _, others in calls(row, many=True):
        for make in [*NUMBERS.values(), *COLLECTIONS.values(), *(make for make, _ in OTHERS.values())]:
            operand = make()
            sentence = refused(call, operand, others, OperandError)
            assert re.match(rf"{row.name} got '.*'(?s:.*); it takes a list of numbers; ", sentence), sentence
            remedy = sentence.rpartition("; ")[2]
            if remedy != "pass a list":
                mended = eval(remedy.partition(": ")[2], {"x": operand, "xs": operand})
                assert isinstance(mended, list)
                if len(mended) == 2 or len(row.list_positions) == 1:
                    call(mended)


@each_function
def test_list_refuses_elements_of_other_kinds(row: Primitive) -> None:
    for call, _, others in calls(row, many=True):
        for name, make in {"list": two, **{name: make for name, (make, _) in OTHERS.items()}}.items():
            if row.name == "dot" and name == "Fraction":
                continue  # multiplied with a float, it is one
            for elements in ([0.5, make()], [Value(0.5), make()], [make(), 0.5]):
                sentence = refused(call, elements, others, OperandError)
                assert "; it takes Values and real numbers; " in sentence, sentence


# ── functions of graphs and of functions ──────────────────────────────────────────────────────────────────────


def square(x: Any) -> Any:
    return x * x


def of_root(function: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda operand: function(operand, [Value(1.0)])


def grad(root: Any, inputs: Any) -> Any:
    return autograd_tiny.grad(root, inputs, allow_unused=True)


ROOTS = {
    "grad": of_root(grad),
    "hessian": of_root(autograd_tiny.hessian),
    "grad of inputs": lambda x: grad(Value(2.0) * 2.0, [x]),
    "hessian of inputs": lambda x: autograd_tiny.hessian(Value(2.0) * 2.0, [x]),
    "jacobian": lambda x: autograd_tiny.jacobian([x], []),
    "jacobian of inputs": lambda x: autograd_tiny.jacobian([Value(2.0) * 2.0], [x]),
    "topological_order": autograd_tiny.topological_order,
    "leaves": autograd_tiny.leaves,
}
LISTS_OF_VALUES = {
    "grad": lambda xs: grad(Value(2.0) * 2.0, xs),
    "hessian": lambda xs: autograd_tiny.hessian(Value(2.0) * 2.0, xs),
    "jacobian": lambda xs: autograd_tiny.jacobian(xs, []),
    "jacobian of inputs": lambda xs: autograd_tiny.jacobian([Value(2.0) * 2.0], xs),
}
STEPS: dict[str, Callable[[Any], Any]] = {
    "step": lambda x: autograd_tiny.check_gradients(square, [1.0], step=x),
    "tolerance": lambda x: autograd_tiny.check_gradients(square, [1.0], tolerance=x),
}
CALLED: dict[str, Callable[[Any], Any]] = {
    "check_gradients": lambda x: autograd_tiny.check_gradients(x, [1.0]),
    "max": lambda x: autograd_tiny.max([1.0, 2.0], key=x),
    "min": lambda x: autograd_tiny.min([1.0, 2.0], key=x),
}


@pytest.mark.parametrize("call", ROOTS.values(), ids=ROOTS)
def test_root_refuses_other_kinds(call: Callable[[Any], Any]) -> None:
    for make in [*(make for make, _ in OTHERS.values()), *LISTS.values(), *COLLECTIONS.values(), *ARRAYS.values()]:
        sentence = refused(call, make(), [], OperandError)
        assert "; it takes Values; pass " in sentence or "as argnums of a function; write 0 for" in sentence


@pytest.mark.parametrize(
    "call", [call for name, call in ROOTS.items() if name not in {"leaves", "topological_order"}]
)
def test_root_refuses_number_with_remedy(call: Callable[[Any], Any]) -> None:
    for name, make in NUMBERS.items():
        if name == "subclass of Value":
            call(make())
        elif name == "bool":
            assert refused(call, make(), [], OperandError).endswith("; pass a Value")
        else:
            assert refused(call, make(), [], OperandError).endswith("; it takes Values; wrap the number: Value(...)")
            call(Value(make()))


@pytest.mark.parametrize("call", LISTS_OF_VALUES.values(), ids=LISTS_OF_VALUES)
def test_list_of_values_refuses_other_kinds(call: Callable[[Any], Any]) -> None:
    for make in [*(make for make, _ in OTHERS.values()), *NUMBERS.values(), *COLLECTIONS.values()]:
        if call is LISTS_OF_VALUES["grad"] and isinstance(make(), Value):
            assert call(make()) is None  # a single input
            continue
        sentence = refused(call, make(), [], OperandError)
        assert "; it takes a list of Values; p" in sentence or "as argnums of a function; write 0 for" in sentence
    for name in ("list of floats", "range"):
        assert refused(call, LISTS[name](), [], OperandError).endswith("; wrap the number: Value(...)")


def test_derivatives_by_generator_are_those_by_list() -> None:
    x, y = two()
    root = x * x * y
    by_list, by_generator = autograd_tiny.hessian(root, [x, y]), autograd_tiny.hessian(root, (v for v in (x, y)))
    assert [[v.data for v in row] for row in by_generator] == [[v.data for v in row] for row in by_list]
    rows = autograd_tiny.jacobian((v for v in (root, root)), (v for v in (x, y)))
    assert [[v.data for v in row] for row in rows] == [[4.0, 1.0]] * 2


@pytest.mark.parametrize("call", STEPS.values(), ids=STEPS)
def test_step_refuses_other_kinds(call: Callable[[Any], Any]) -> None:
    for make, remedy in OTHERS.values():
        assert refused(call, make(), [], OperandError).endswith(f"; it takes a real number; {remedy}")


@pytest.mark.parametrize("call", CALLED.values(), ids=CALLED)
def test_function_refuses_other_kinds(call: Callable[[Any], Any]) -> None:
    for name, (make, _) in OTHERS.items():
        if name not in {"None", "class", "class of nodes", "function"}:
            assert refused(call, make(), [], OperandError).endswith(
                "; it takes a function; pass one, such as a lambda"
            )


@pytest.mark.parametrize(
    "kind", [None, 1, b"none", ["none"], {"none": 1}, np.array(["none", "tanh"]), "tan"], ids=str
)
def test_gelu_refuses_other_approximations(kind: Any) -> None:
    assert 'write "none" or "tanh"' in refused(lambda x: autograd_tiny.gelu(0.5, x), kind, [], SignatureError)


@pytest.mark.parametrize("name", [None, 1, b"name", ["name"], "a b", ""], ids=str)
def test_primitive_refuses_other_names(name: Any) -> None:
    size = len(TABLE)
    with pytest.raises(PrimitiveError, match="the name is not an identifier"):
        autograd_tiny.primitive(name, "f({x})", lambda x: x, lambda x, z: (1.0,))
    assert len(TABLE) == size


LEAVES: dict[str, Callable[[Any], Any]] = {
    "the data of a Value": Value,
    "the grad of a Value": lambda x: setattr(Value(1.0), "grad", x),
    "the seed of backward": (Value(2.0) * 2.0).backward,
}


@pytest.mark.parametrize(("place", "call"), LEAVES.items(), ids=LEAVES)
def test_number_of_node_refuses_other_kinds(place: str, call: Callable[[Any], Any]) -> None:
    for make, remedy in OTHERS.values():
        sentence = refused(call, make(), [], OperandError)
        assert sentence.startswith(f"{place} got ")
        assert sentence.endswith(f"; it takes a real number; {remedy}")
    for make in (LISTS | COLLECTIONS | ARRAYS).values():
        assert "; take its elements one by one" in refused(call, make(), [], OperandError)
    assert "too large" in refused(call, 10**400, [], NumberTooLargeError)
