"""NumPy with Values: operators with arrays, ufuncs and conversions keep the graph and its gradients."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import CutGraphError, OperandError
from autograd_tiny.replay import record
from tests.operands import OPERATORS, REAL_SCALARS
from tests.replay.backends import BACKENDS

Operator = Callable[[Any, Any], Any]
every_operator = pytest.mark.parametrize("operate", OPERATORS, ids=lambda operate: operate.__name__)

W = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
X = np.array([0.5, -0.25, 1.5])
B = np.array([0.1, -0.2])


def values(array: Any) -> Any:
    """Return an array of Values."""
    return np.vectorize(Value, otypes=[object])(array)


def data(array: Any) -> Any:
    """Return the numbers of an array of Values."""
    return np.vectorize(lambda node: node.data, otypes=[float])(array)


def gradients(array: Any) -> Any:
    return np.vectorize(lambda node: node.grad, otypes=[float])(array)


def slopes(function: Callable[..., Any], arrays: list[Any], position: int) -> Any:
    """Return central differences of a function of arrays of floats, for each element of one of them."""
    result = np.zeros_like(arrays[position])
    for index in np.ndindex(result.shape):
        ends = []
        for step in (1e-6, -1e-6):
            moved = [array.copy() for array in arrays]
            moved[position][index] += step
            ends.append(float(function(*moved)))
        result[index] = (ends[0] - ends[1]) / 2e-6
    return result


def check_gradients_of(function: Callable[..., Any], *arrays: Any) -> None:
    """Compare the gradients of every element with differences of the same program on floats."""
    arrays_of_values = [values(array) for array in arrays]
    root = function(*arrays_of_values)
    assert isinstance(root, Value)
    assert root.data == pytest.approx(float(function(*arrays)), rel=1e-12)
    root.backward()
    for position, nodes in enumerate(arrays_of_values):
        expected = slopes(function, list(arrays), position)
        np.testing.assert_allclose(gradients(nodes), expected, rtol=1e-6, atol=1e-7)


# ── operators ─────────────────────────────────────────────────────────────────────────────────────────────────


@every_operator
@pytest.mark.parametrize("shape", [(3,), (1, 3), (2, 3), (0,), (1, 1, 1)])
def test_operator_with_array_gives_array_of_nodes(operate: Operator, shape: tuple[int, ...]) -> None:
    numbers, x = np.resize(np.array([1.5, 2.0, 2.5, 3.0, 3.5, 4.0]), shape), Value(2.25)
    for result, expected in (
        (operate(x, numbers), operate(2.25, numbers)),
        (operate(numbers, x), operate(numbers, 2.25)),
    ):
        assert result.dtype == object
        assert result.shape == shape
        assert all(isinstance(node, Value) and node.inputs == (x,) for node in result.flat)
        np.testing.assert_allclose(data(result) if result.size else np.zeros(shape), expected, rtol=1e-15)


@every_operator
def test_operator_of_node_arrays_is_elementwise(operate: Operator) -> None:
    xs, ys = values(np.array([1.5, 2.5])), values(np.array([[2.0], [3.0]]))
    result = operate(xs, ys)
    assert result.shape == (2, 2)
    assert all(result[i, j].inputs == (xs[j], ys[i, 0]) for i, j in np.ndindex(2, 2))


@every_operator
@pytest.mark.parametrize("scalar", REAL_SCALARS, ids=lambda scalar: scalar.__name__)
@pytest.mark.parametrize("wrap", [lambda number: number, np.array], ids=["scalar", "0-d array"])
def test_numpy_scalar_is_a_constant_operand(operate: Operator, scalar: Any, wrap: Any) -> None:
    x, number = Value(2.25), wrap(scalar(1))
    for node, expected in ((operate(x, number), operate(2.25, 1.0)), (operate(number, x), operate(1.0, 2.25))):
        assert isinstance(node, Value)
        assert node.inputs == (x,)
        assert node.data == expected
        assert type(node.data) is float
        assert 1.0 in node.operands


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
def test_comparison_with_array_is_elementwise(compare: Operator) -> None:
    numbers, x = np.array([1.0, 2.0, 3.0]), Value(2.0)
    assert compare(x, numbers).tolist() == compare(2.0, numbers).tolist()
    assert compare(numbers, x).tolist() == compare(numbers, 2.0).tolist()
    assert compare(values(numbers), x).tolist() == compare(numbers, 2.0).tolist()
    assert compare(values(numbers), 2.0).tolist() == compare(numbers, 2.0).tolist()


def test_equality_in_array_is_identity() -> None:
    x = Value(1.0)
    assert (np.array([x, Value(1.0)]) == x).tolist() == [True, False]


def test_integer_and_bool_arrays_are_operands() -> None:
    x = Value(2.0)
    assert data(x * np.array([1, 2])).tolist() == [2.0, 4.0]
    assert data(np.array([True, False]) * x).tolist() == [2.0, 0.0]
    assert data(np.arange(3, dtype=np.uint8) - x).tolist() == [-2.0, -1.0, 0.0]


@pytest.mark.parametrize(
    "array", [np.array(["1"]), np.array([1j]), np.array([None]), np.array(["2020"], "datetime64")]
)
@pytest.mark.parametrize("operate", OPERATORS[:5], ids=lambda operate: operate.__name__)
def test_array_of_other_type_raises(operate: Operator, array: Any) -> None:
    with pytest.raises(TypeError):
        operate(Value(1.0), array)


# ── gradients ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "function",
    [
        lambda w, x, b: (w @ x + b).sum(),
        lambda w, x, b: np.tanh(w @ x + b).sum(),
        lambda w, x, b: np.exp(np.dot(w, x)).mean(),
        lambda w, x, b: (x @ w.T * b).sum(),
        lambda w, x, b: (w * x).sum(axis=1).prod(),
        lambda w, x, b: (w / (2.0 + x) - b[:, None]).mean(),
        lambda w, x, b: ((w**2).sum(axis=0) ** 0.5 @ x) * b[0],
        lambda w, x, b: np.sum(2.0 ** (w[:, 1:] * b.reshape(2, 1))) + x.max(),
        lambda w, x, b: np.maximum(w @ x, 0.0).sum() + np.minimum(b, 0.0).sum(),
        lambda w, x, b: np.linalg.norm(x) + np.cumsum(w).sum(),
        lambda w, x, b: np.outer(x, b).T.ravel() @ w.ravel(),
        lambda w, x, b: np.einsum("ij,j,i->", w, x, b),
        lambda w, x, b: np.where(W > 0.0, w, -w).sum(),
        lambda w, x, b: np.clip(w, -0.8, 0.8).sum() + np.abs(x).sum() - np.square(b).sum(),
        lambda w, x, b: np.concatenate([x, b]).sum() * np.stack([x, x]).mean(),
        lambda w, x, b: np.sqrt(np.mean((w - w.mean()) ** 2)),
        lambda w, x, b: np.arctan2(x, 2.0).sum() + np.hypot(b, 1.0).sum() + np.fmod(w, 0.7).sum(),
        lambda w, x, b: np.trace(w[:, :2] @ w[:, 1:]) + np.diff(x).prod(),
    ],
)
def test_gradient_of_program_agrees_with_differences(function: Callable[..., Any]) -> None:
    check_gradients_of(function, W, X, B)


def test_planted_cut_is_found() -> None:
    def cut(w: Any, x: Any) -> Any:
        product = w @ x
        return (product * (data(product) if product.dtype == object else product)).sum()

    with pytest.raises(AssertionError, match="Not equal"):
        check_gradients_of(cut, W, X)


def test_arrays_of_floats_are_constants() -> None:
    x = values(X)
    (W @ x).sum().backward()
    np.testing.assert_allclose(gradients(x), W.sum(axis=0))
    w = values(W)
    (w @ X).sum().backward()
    np.testing.assert_allclose(gradients(w), np.stack([X, X]))


UNARY = sorted(
    {
        function
        for function in vars(np).values()
        if isinstance(function, np.ufunc) and "O->O" in function.types and hasattr(Value, function.__name__)
        if function is not np.sign  # computed by comparisons: returns plain integers
    },
    key=lambda function: function.__name__,
)


def test_ufuncs_that_call_methods_are_found() -> None:
    names = {function.__name__ for function in UNARY}
    trigonometric = {"sin", "cos", "tan", "arcsin", "arccos", "arctan"}
    hyperbolic = {"sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"}
    others = {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "degrees", "radians", "rint"}
    assert names >= trigonometric | hyperbolic | others | {"floor", "ceil", "trunc", "rad2deg", "deg2rad"}


@pytest.mark.parametrize("function", UNARY, ids=lambda function: function.__name__)
def test_ufunc_keeps_graph_and_gradient(function: Any) -> None:
    points = np.array([1.25, 1.75]) if function is np.arccosh else np.array([0.3, 0.7])
    check_gradients_of(lambda x: function(x).sum(), points)
    assert isinstance(function(Value(points[0])), Value)


@pytest.mark.parametrize("function", [np.negative, np.positive, np.absolute, np.square, np.reciprocal])
def test_ufunc_made_of_operators_keeps_graph(function: Any) -> None:
    check_gradients_of(lambda x: function(x).sum(), np.array([0.3, -0.7]))


@pytest.mark.parametrize("function", [np.isnan, np.isfinite, np.signbit, np.spacing, np.logical_xor.outer, np.gcd])
def test_ufunc_without_method_raises(function: Any) -> None:
    arguments = [values(X)] * (2 if function in {np.gcd, np.logical_xor.outer} else 1)
    with pytest.raises((TypeError, AttributeError)):
        function(*arguments)


def test_functions_take_arrays_of_nodes() -> None:
    x = values(X)
    nodes = at.softplus(x)
    assert nodes.shape == X.shape
    assert [node.inputs for node in nodes] == [(leaf,) for leaf in x]
    assert at.exp(X).dtype == float


def test_reductions_take_arrays_of_nodes() -> None:
    x = values(X)
    for function in (at.sum, at.mean, at.logsumexp, at.max):
        assert function(x).inputs == tuple(x)
    assert at.dot(x, X, Value(0.0)).data == pytest.approx(float(X @ X))


# ── conversion to arrays ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "make", [np.asarray, np.array, lambda v: np.array([v])[0:1], lambda v: np.full(1, v, object)]
)
def test_array_of_nodes_has_object_dtype(make: Callable[[Value], Any]) -> None:
    x = Value(1.0)
    array = make(x)
    assert array.dtype == object
    assert array.item() is x


def test_nested_lists_become_a_matrix() -> None:
    assert np.array([[Value(1.0)] * 3] * 2).shape == (2, 3)


@pytest.mark.parametrize("dtype", [float, np.float32, int, complex])
def test_node_in_numeric_array_raises(dtype: Any) -> None:
    with pytest.raises(CutGraphError, match=r"v\.data"):
        np.array([Value(1.0)], dtype=dtype)


@pytest.mark.parametrize("operate", [operator.iadd, operator.isub, operator.imul, operator.itruediv])
def test_in_place_operator_on_float_array_raises(operate: Operator) -> None:
    array = np.array([1.0, 2.0])
    with pytest.raises(TypeError, match="Cannot cast"):
        operate(array, Value(3.0))
    assert array.tolist() == [1.0, 2.0]


def test_in_place_operator_on_node_array_keeps_graph() -> None:
    x = Value(3.0)
    array = values(np.array([1.0, 2.0]))
    array += x
    array.sum().backward()
    assert x.grad == 2.0


def test_node_is_scalar_for_numpy() -> None:
    assert np.ndim(Value(1.0)) == 0
    assert np.shape(Value(1.0)) == ()
    assert np.size(Value(1.0)) == 1


def test_numpy_numbers_become_python_floats() -> None:
    x = Value(np.float64(2.0))
    node = np.float32(0.5) * x + np.int64(3)
    node.backward(np.float64(2.0))
    assert (node.data, x.grad) == (4.0, 1.0)
    assert {type(number) for number in (x.data, node.data, x.grad, *node.partials, *node.operands[1:])} == {float}


def test_mean_agrees_with_numpy() -> None:
    x = values(X)
    mean = x.mean()
    mean.backward()
    assert mean.data == pytest.approx(X.mean())
    assert math.isclose(gradients(x).sum(), 1.0)


# ── masked arrays ──

MASKED = np.ma.masked_array([0.5, 2.0, 1.5], mask=[False, True, False])

ELEMENTWISE: dict[str, Callable[[Any, Value], Any]] = {
    "operator": operator.mul,
    "reflected operator": lambda m, v: m - v,
    "remainder": lambda m, v: v % m,
    "comparison": lambda m, v: v < m,
    "equality": lambda m, v: v == m,
    "function of numbers": lambda m, v: at.exp(m),
    "function of Values": lambda m, v: at.exp(m * v),
    "function of both": at.maximum,
    "three operands": lambda m, v: at.where(m > 1.0, v, m),
    "ufunc": np.ma.multiply,
    "ufunc of Values": lambda m, v: np.exp(np.multiply(m, v)),
}
OF_A_LIST: dict[str, Callable[[Any], Any]] = {
    "sum": at.sum,
    "mean": at.mean,
    "norm": at.norm,
    "softmax": at.softmax,
    "logsumexp": at.logsumexp,
    "dot": lambda m: at.dot(m, [1.0, 2.0, 3.0]),
    "cross_entropy": lambda m: at.cross_entropy(m, 0),
    "check_gradients": lambda m: at.check_gradients(lambda a, b, c: a * b * c, m),
}
OF_A_NUMBER: dict[str, Callable[[Any], Any]] = {
    "Value": Value,
    "data": lambda m: setattr(Value(1.0), "data", m),
    "grad": lambda m: setattr(Value(1.0), "grad", m),
    "operator": lambda m: Value(1.0) * m,
    "function": at.relu,
    "element": lambda m: at.sum([Value(1.0), m]),
}


@pytest.mark.parametrize("compute", ELEMENTWISE.values(), ids=ELEMENTWISE.keys())
def test_elementwise_result_keeps_the_mask(compute: Callable[[Any, Value], Any]) -> None:
    assert compute(MASKED, Value(2.0)).mask.tolist() == [False, True, False]


def test_reduction_by_numpy_leaves_out_masked_values() -> None:
    v = Value(2.0)
    total = (v * MASKED).sum()
    total.backward()
    assert (total.data, v.grad) == (4.0, 2.0)


@pytest.mark.parametrize("compute", OF_A_LIST.values(), ids=OF_A_LIST.keys())
def test_masked_array_is_no_list_of_numbers(compute: Callable[[Any], Any]) -> None:
    for masked in (MASKED, MASKED * Value(1.0)) if compute is not OF_A_LIST["check_gradients"] else (MASKED,):
        with pytest.raises(OperandError, match=r"numbers that are not masked; leave it out with .compressed\(\)"):
            compute(masked)
    compute(np.ma.masked_array([0.5, 2.0, 1.5]))


@pytest.mark.parametrize("masked", [np.ma.masked, np.ma.masked_array(2.0, mask=True)], ids=["constant", "0-d"])
@pytest.mark.parametrize("compute", OF_A_NUMBER.values(), ids=OF_A_NUMBER.keys())
def test_masked_element_is_no_number(compute: Callable[[Any], Any], masked: Any) -> None:
    with pytest.raises(OperandError, match="takes numbers that are not masked"):
        compute(masked)
    compute(np.ma.masked_array(2.0))


@pytest.mark.filterwarnings("ignore:.*converting a masked element to nan")  # NumPy warns of what is refused
@pytest.mark.parametrize("backend", BACKENDS)
def test_program_refuses_masked_numbers(backend: str) -> None:
    program = record(lambda x: at.sum(list(x)), inputs=[[1.0, 2.0, 3.0]], backend=backend)
    for masked in ([MASKED], np.ma.masked_array([MASKED]), np.ma.vstack([MASKED]), [[1.0, np.ma.masked, 2.0]]):
        with pytest.raises(OperandError, match="takes numbers that are not masked"):
            program(masked)
    with pytest.raises(OperandError, match="takes numbers that are not masked"):
        record(lambda x: at.sum(list(x)), inputs=[MASKED], backend=backend)


# ── masked arrays ──


@every_operator
@pytest.mark.parametrize(
    "elements", [[1.0, 2.0, 3.0], [Value(1.0), Value(2.0), Value(3.0)]], ids=["floats", "Values"]
)
def test_operator_of_a_value_keeps_the_mask(operate: Operator, elements: list[Any]) -> None:
    result = operate(Value(2.0), np.ma.array(elements, mask=[False, True, False]))
    assert result.mask.tolist() == [False, True, False]
    assert [z.data for z in result.compressed()] == [operate(2.0, 1.0), operate(2.0, 3.0)]


def test_masked_array_gives_gradients_of_what_is_not_masked() -> None:
    x = Value(2.0)
    powers = x ** np.ma.array([3.0, 100.0], mask=[False, True])
    at.sum(powers.compressed()).backward()
    assert x.grad == 12.0
    quotient, rest = divmod(x, np.ma.array([3.0, 1.5], mask=[True, False]))
    assert [z.data for z in (*quotient.compressed(), *rest.compressed())] == [1.0, 0.5]


def test_masked_element_alone_is_refused() -> None:
    with pytest.raises(OperandError, match="numbers that are not masked"):
        Value(2.0) * np.ma.masked
