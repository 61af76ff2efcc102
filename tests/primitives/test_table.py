"""Every row of the table, checked by its own fields against mpmath and differences."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

import autograd_tiny
from autograd_tiny import Value, primitive
from autograd_tiny.errors import LengthError, PositionError
from autograd_tiny.primitives import arrays
from autograd_tiny.primitives import table as primitives
from autograd_tiny.primitives.primitive import TABLE, Primitive
from tests.data import stored
from tests.references import DIGITS, MANY_DIGITS, Reference, exact, fixed, reference_of, ulps

ROWS = list(TABLE.values())
FUNCTIONS = {name: getattr(primitives, name) for name in [*TABLE, "softmax", "log_softmax"]}
DRAWS, LENGTH = 12, 3
VALUE_ULPS, SLOPE_ULPS, CURVATURE_ULPS = 6.0, 12.0, 64.0
PYTORCH = stored("edge-cases")

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


# ── checks of a row ───────────────────────────────────────────────────────────────────────────────────────────


def draws(row: Primitive) -> Iterator[list[Any]]:
    """Yield reproducible random operands of a row, each operand once in each part of its interval."""
    generator = random.Random(row.name)

    def column(low: float, high: float) -> list[float]:
        parts = generator.sample(range(DRAWS), DRAWS)
        return [low + (high - low) * (part + generator.random()) / DRAWS for part in parts]

    columns = [
        list(zip(*(column(*interval) for _ in range(LENGTH)), strict=True)) if many else column(*interval)
        for interval, many in zip(row.domain, row.takes_list, strict=True)
    ]
    for args in zip(*columns, strict=True):
        yield [list(arg) if isinstance(arg, tuple) else arg for arg in args]


def check_value(row: Primitive, reference: Reference) -> None:
    for args in draws(row):
        error = ulps(row(*args), exact(row, reference, args), reference.terms)
        assert error <= VALUE_ULPS, f"the value at {args} is {error:.1f} ulp off"


def check_slopes(row: Primitive, reference: Reference) -> None:
    for args in draws(row):
        for position, partial in enumerate(row.flatten(row.linearize(*args)[1])):
            error = ulps(partial, exact(row, reference, args, position), reference.terms)
            assert error <= SLOPE_ULPS, f"partial {position} at {args} is {error:.1f} ulp off"


def check_slopes_by_differences(row: Primitive, reference: Reference | None = None) -> None:
    """Compare with central differences of the row's own value, which needs no reference."""
    for args in draws(row):
        still = fixed(row, reference or Reference(row.compute), args)
        flat, partials = row.flatten(args), row.flatten(row.linearize(*args)[1])
        for position, partial in enumerate(partials):
            if position in still:
                assert partial == 0.0
                continue
            width = 1e-5 * max(abs(flat[position]), 1e-2)
            ends = [[x + side * (i == position) for i, x in enumerate(flat)] for side in (width, -width)]
            above, below = (row(*row.group(end)) for end in ends)
            difference = (above - below) / (ends[0][position] - ends[1][position])
            scale = abs(partial) + abs(above) + 1.0
            assert abs(difference - partial) <= 1e-6 * scale, f"partial {position} at {args}: {difference}"


def check_curvatures(row: Primitive, reference: Reference) -> None:
    """Compute second derivatives with Values and `backward()`, and compare them."""
    for args in draws(row):
        still = fixed(row, reference, args)
        leaves = [Value(x) for x in row.flatten(args)]
        inputs = row.group([leaf.data if i in still else leaf for i, leaf in enumerate(leaves)])
        partials = row.flatten(row.partials(*inputs, row(*inputs)))
        for i, partial in enumerate(partials):
            for leaf in leaves:
                leaf.grad = 0.0
            if isinstance(partial, Value):
                partial.backward()
            for j, leaf in enumerate(leaves):
                true = exact(row, reference, args, i, j)
                size = max(abs(float(true)), reference.terms)
                error = ulps(leaf.grad, true, size)
                assert error <= CURVATURE_ULPS, f"∂²/∂{i}∂{j} at {args} is {error:.1f} ulp off: {leaf.grad}"


@pytest.fixture
def plant() -> Iterator[Callable[..., Primitive]]:
    """Add rows to the table during one test."""
    before = set(TABLE)

    def add(*columns: Any, **named: Any) -> Primitive:
        return primitive(*columns, **named).primitive

    yield add
    for name in set(TABLE) - before:
        del TABLE[name]


# ── every row ─────────────────────────────────────────────────────────────────────────────────────────────────


@every_row
def test_value_agrees_with_mpmath(row: Primitive) -> None:
    check_value(row, reference_of(row))


@pytest.mark.no_cover
@every_row
def test_partials_agree_with_mpmath(row: Primitive) -> None:
    check_slopes(row, reference_of(row))


@every_row
def test_partials_agree_with_differences(row: Primitive) -> None:
    check_slopes_by_differences(row, reference_of(row))


@pytest.mark.no_cover
@every_row
def test_second_derivatives_agree_with_mpmath(row: Primitive) -> None:
    check_curvatures(row, reference_of(row))


@every_row
def test_every_field_is_filled_in(row: Primitive) -> None:
    assert row.symbol
    assert row.source
    assert len(row.domain) == row.arity
    assert all(low <= high for low, high in row.domain)
    assert set(row.defaults) <= set(row.operands)
    assert all(len(inputs) == len(partials) == row.arity for inputs, partials in row.kinks.items())


@every_row
def test_row_is_a_documented_public_function(row: Primitive) -> None:
    function = getattr(primitives, row.name)
    assert function.primitive is row
    assert all(operand in function.__doc__ for operand in row.operands)
    if not row.name.endswith("_at") and "constant" not in row.name:  # these serve softmax, log_softmax and **
        assert callable(getattr(autograd_tiny, row.name))


@every_row
def test_results_are_floats_and_reproducible(row: Primitive) -> None:
    for args in draws(row):
        z, partials = row.linearize(*args)
        assert type(z) is float
        assert all(type(partial) is float for partial in row.flatten(partials))
        assert repr(row.linearize(*args)) == repr((z, partials))


@every_row
def test_kinks_give_the_stated_partials(row: Primitive) -> None:
    for inputs, chosen in row.kinks.items():
        args = [list(x) if many else x for x, many in zip(inputs, row.takes_list, strict=True)]
        expected = [list(x) if many else x for x, many in zip(chosen, row.takes_list, strict=True)]
        assert repr(list(row.linearize(*args)[1])).replace("-0.0", "0.0") == repr(expected)


def is_smooth(row: Primitive, point: list[float]) -> bool:
    """Return whether value and partials are finite and continuous at a point, and so are the slopes of these."""
    width = 1e-6

    def at(step: int, direction: tuple[float, ...]) -> list[float]:
        z, partials = row.linearize(*row.group([x + step * width * d for x, d in zip(point, direction, strict=True)]))
        return [z, *row.flatten(partials)]

    for direction in product((0.0, 1.0, -1.0), repeat=len(point)):
        for a, b, middle, c, d in zip(*(at(step, direction) for step in range(-2, 3)), strict=True):
            jumps = [abs(c - middle), abs(middle - b), abs((d - c) - (b - a)) / width]
            if not all(jump <= 1e-3 * (1.0 + abs(middle)) for jump in jumps):
                return False
    return True


KINK_FREE = {"sinc": "a removable singularity", "prod": "a product without the factor 0, which a quotient would lose"}


@every_row
def test_kinks_are_where_derivatives_jump_or_do_not_exist(row: Primitive) -> None:
    for inputs in row.kinks if row.name not in KINK_FREE else ():
        assert not is_smooth(row, row.flatten([list(x) if isinstance(x, tuple) else x for x in inputs]))


@pytest.mark.parametrize(("name", "point", "smooth"), [("celu", [1.0, 2.0], True), ("celu", [0.0, 2.0], False)])
def test_planted_kink_is_found(name: str, point: list[float], smooth: bool) -> None:
    assert is_smooth(TABLE[name], point) is smooth


@every_row
def test_text_is_python_source(row: Primitive) -> None:
    for args in draws(row):
        names = {operand: [f"{operand}_{i}" for i in range(LENGTH)] for operand in row.operands}
        fields = {
            ("*" if many else "") + operand: f"[{', '.join(names[operand])}]" if many else f"{operand}_"
            for operand, many in zip(row.operands, row.takes_list, strict=True)
        }
        source = row.text
        for field, written in fields.items():
            source = source.replace(f"{{{field}}}", written)
        numbers: dict[str, Any] = {}
        for operand, arg, many in zip(row.operands, args, row.takes_list, strict=True):
            numbers.update(zip(names[operand], arg, strict=True) if many else [(f"{operand}_", arg)])
        tree = ast.parse(source, mode="eval")
        assert set(numbers) <= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if "index_" in numbers:
            numbers["index_"] = int(numbers["index_"])
        result = eval(compile(tree, row.name, "eval"), FUNCTIONS | numbers)
        assert result == pytest.approx(row(*args), rel=1e-14)
        called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert called <= {row.name, row.name.removesuffix("_at")}


class ListWithShares(list[float]):
    """A list that has, as a row's textbook form expects, the probabilities of its elements."""

    @property
    def shares(self) -> list[float]:
        exponentials = [math.exp(x) for x in self]
        return [e / math.fsum(exponentials) for e in exponentials]


@every_row
def test_textbook_gives_the_partials(row: Primitive) -> None:
    for args in draws(row) if row.textbook else ():
        z, partials = row.linearize(*args)
        shown = row.textbook(*(ListWithShares(arg) if isinstance(arg, list) else arg for arg in args), z)
        assert row.flatten(shown) == pytest.approx(row.flatten(partials), rel=1e-12)


@every_row
def test_latex_in_terms_of_others_gives_the_value(row: Primitive) -> None:
    for args in draws(row) if callable(row.latex) else ():
        assert row.latex(*args) == pytest.approx(row(*args), rel=1e-12)


@every_row
def test_node_records_value_inputs_and_partials(row: Primitive) -> None:
    for args in draws(row):
        inputs = row.map(Value, args)
        z, partials = row.linearize(*args)
        node = row(*inputs)
        node.backward()
        leaves = row.flatten(inputs)
        assert node.data == z
        assert node.primitive is row
        assert node.inputs == tuple(leaves)
        assert list(node.partials) == row.flatten(partials)
        assert [leaf.grad for leaf in leaves] == [1.0 * partial for partial in row.flatten(partials)]


@every_row
def test_any_operand_may_be_constant(row: Primitive) -> None:
    for args in draws(row):
        z, partials = row.linearize(*args)
        flat = row.flatten(args)
        for constant in range(len(flat)) if len(flat) > 1 else ():
            mixed = [x if i == constant else Value(x) for i, x in enumerate(flat)]
            node = row(*row.group(mixed))
            node.backward()
            gradients = [x.grad for i, x in enumerate(mixed) if i != constant]
            expected = [partial for i, partial in enumerate(row.flatten(partials)) if i != constant]
            assert node.data == pytest.approx(z, rel=1e-15)
            assert gradients == pytest.approx(expected, rel=1e-14)


def over_arrays(row: Primitive, z: float) -> Any:
    """Return what the row may give over arrays: the same, or where that is other code, a number within 8 ulp."""
    return pytest.approx(z, rel=8 * 2.0**-52, abs=0.0) if row.name in arrays.FUNCTIONS else z


@every_row
def test_arrays_flow_through_partials(row: Primitive) -> None:
    columns = [list(column) for column in zip(*map(row.flatten, draws(row)), strict=True)]
    arrays = row.group([np.array(column) for column in columns])
    z = row(*arrays)
    assert z.dtype == np.float64
    partials = [np.broadcast_to(partial, z.shape) for partial in row.flatten(row.partials(*arrays, z))]
    for i, args in enumerate(draws(row)):
        floats_z, floats_partials = row.linearize(*args)
        assert z[i] == over_arrays(row, floats_z)
        assert [partial[i] for partial in partials] == pytest.approx(row.flatten(floats_partials), rel=1e-13)


@every_row
def test_arrays_are_broadcast(row: Primitive) -> None:
    first, second = (row.flatten(args) for _, args in zip(range(2), draws(row), strict=False))
    columns = [
        np.array([[a], [b]]) if i == 0 else np.array([a, b])
        for i, (a, b) in enumerate(zip(first, second, strict=True))
    ]
    z = row(*row.group(columns))
    spread = np.broadcast_arrays(*columns)
    assert z.shape == spread[0].shape
    for place in np.ndindex(z.shape):
        assert z[place] == over_arrays(row, row(*row.group([float(column[place]) for column in spread])))


@every_row
def test_arrays_of_values_keep_their_graphs(row: Primitive) -> None:
    first, second = (row.flatten(args) for _, args in zip(range(2), draws(row), strict=False))
    leaves = [[Value(a), Value(b)] for a, b in zip(first, second, strict=True)]
    nodes = row(*row.group([np.array(pair, dtype=object) for pair in leaves]))
    for i, numbers in enumerate((first, second)):
        nodes[i].backward()
        expected = row.flatten(row.linearize(*row.group(numbers))[1])
        assert [pair[i].grad for pair in leaves] == expected


DEFAULTS = {
    "round": [0.0],
    "softplus": [1.0],
    "leaky_relu": [0.01],
    "elu": [1.0],
    "celu": [1.0],
    "hardtanh": [-1.0, 1.0],
    "softshrink": [0.5],
    "hardshrink": [0.5],
    "clamp": [-math.inf, math.inf],
    "dot": [0.0],
}
"""Those of PyTorch."""


def test_defaults_are_those_of_pytorch() -> None:
    assert {row.name: list(row.defaults.values()) for row in ROWS if row.defaults} == DEFAULTS


# ── conventions ───────────────────────────────────────────────────────────────────────────────────────────────


def number(text: Any) -> Any:
    return [number(x) for x in text] if isinstance(text, list) else float(text)


RECORDS = {
    (record["op"], repr(number(record["args"]))): number(record["grads"])
    for record in PYTORCH
    if record["grads"] is not None
}
NAMES = {"norm": "norm2", "clamp": "clamp_tensor", "where": "where"}


@every_row
def test_kinks_follow_pytorch(row: Primitive) -> None:
    for inputs, chosen in row.kinks.items():
        args = [list(x) if isinstance(x, tuple) else x for x in inputs]
        measured = RECORDS.get((NAMES.get(row.name, row.name), repr(args)))
        if row.name == "hypot":
            assert np.isnan(measured).all()  # ours is the subgradient of smallest norm, as of the norm
        elif measured is not None:
            measured = [0.0, *measured] if row.name == "where" else measured
            flat = np.hstack([np.ravel(partial) for partial in chosen])
            measured = np.hstack([np.ravel(partial) for partial in measured])
            smallest = np.where(np.isnan(measured), 0.0, measured)  # of the subgradients, where PyTorch has none
            np.testing.assert_array_equal(flat, smallest)


@pytest.mark.parametrize(
    ("name", "inputs", "partials"),
    [
        ("relu", (0.0,), [0.0]),
        ("hypot", (0.0, 0.0), [0.0, 0.0]),
        ("logsumexp", ([-math.inf, -math.inf],), [[0.0, 0.0]]),
        ("logsumexp", ([-math.inf],), [[0.0]]),
        ("logaddexp", (-math.inf, -math.inf), [0.0, 0.0]),
        ("abs", (0.0,), [0.0]),
        ("relu6", (6.0,), [0.0]),
        ("leaky_relu", (0.0, 0.2), [0.2, 0.0]),
        ("elu", (0.0, 2.0), [2.0, 0.0]),
        ("hardtanh", (1.0, -1.0, 1.0), [0.0, 0.0, 0.0]),
        ("hardtanh", (-1.0, -1.0, 1.0), [0.0, 0.0, 0.0]),
        ("hardsigmoid", (-3.0,), [0.0]),
        ("gelu_tanh", (1e3,), [1.0]),
        ("gelu_tanh", (-1e3,), [0.0]),
        ("hardswish", (0.0,), [0.5]),
        ("hardswish", (-3.0,), [-0.5]),
        ("hardswish", (3.0,), [1.5]),
        ("softshrink", (0.5, 0.5), [0.0, 0.0]),
        ("hardshrink", (-0.5, 0.5), [0.0, 0.0]),
        ("threshold", (1.0, 1.0, 5.0), [0.0, 0.0, 1.0]),
        ("clamp", (1.0, -1.0, 1.0), [1.0, 0.0, 0.0]),
        ("clamp", (-1.0, -1.0, 1.0), [1.0, 0.0, 0.0]),
        ("clamp", (0.0, 1.0, -1.0), [0.0, 0.0, 1.0]),
        ("maximum", (2.0, 2.0), [0.5, 0.5]),
        ("fmax", (2.0, math.nan), [1.0, 0.0]),
        ("fmax", (math.nan, 2.0), [0.0, 1.0]),
        ("fmin", (2.0, math.nan), [1.0, 0.0]),
        ("fmin", (math.nan, 2.0), [0.0, 1.0]),
        ("max", ([1.0, 2.0, 2.0, 2.0],), [[0.0, 1 / 3, 1 / 3, 1 / 3]]),
        ("norm", ([0.0, 0.0],), [[0.0, 0.0]]),
        ("atan2", (0.0, 0.0), [0.0, 0.0]),
        ("sqrt", (0.0,), [math.inf]),
        ("pow", (0.0, 2.0), [0.0, 0.0]),
        ("pow_constant_base", (0.0, 2.0), [0.0, 0.0]),
        ("xlogy", (0.0, 0.0), [0.0, math.nan]),
        ("prod", ([0.0, 0.0, 3.0],), [[0.0, 0.0, 0.0]]),
    ],
)
def test_convention_of_pytorch_holds(name: str, inputs: tuple[Any, ...], partials: list[Any]) -> None:
    assert repr(list(TABLE[name].linearize(*inputs)[1])).replace("-0.0", "0.0") == repr(partials)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("erfinv(1.0)", math.inf),
        ("erfinv(-1.0)", -math.inf),
        ("erfinv(1.5)", math.nan),
        ("erfinv(nan)", math.nan),
        ("erfinv(-0.0)", -0.0),
        ("erfinv(5e-324)", 5e-324),
        ("heaviside(-2.0, 0.5)", 0.0),
        ("heaviside(-0.0, 0.5)", 0.5),
        ("heaviside(inf, 0.5)", 1.0),
        ("heaviside(nan, 0.5)", 0.0),
        ("fmod(-7.0, 3.0)", -1.0),
        ("fmod(7.0, -3.0)", 1.0),
        ("remainder(-7.0, 3.0)", 2.0),
        ("remainder(7.0, -3.0)", -2.0),
        ("remainder(1.0, -inf)", -math.inf),
        ("floordiv(-7.0, 2.0)", -4.0),
        ("floordiv(1.0, -inf)", -1.0),
        ("floordiv(inf, 2.0)", math.nan),
        ("floordiv(1.0, 0.0)", math.inf),
        ("copysign(3.0, -0.0)", -3.0),
        ("round(2.5)", 2.0),
        ("round(-0.4)", -0.0),
        ("round(1234.5678, ndigits=2)", 1234.57),
        ("round(1234.5678, ndigits=-2)", 1200.0),
        ("round(1234.5, ndigits=1000)", 1234.5),
        ("round(1234.5, ndigits=-1000)", 0.0),
        ("round(1234.5, ndigits=inf)", 1234.5),
        ("round(1.7e308, ndigits=-308)", math.inf),
        ("round(inf, ndigits=2)", math.inf),
        ("round(1.5, ndigits=nan)", math.nan),
        ("hypot(inf, nan)", math.inf),
        ("hypot(3e300, 4e300)", 5e300),
        ("logaddexp(inf, inf)", math.inf),
        ("logaddexp(-inf, -inf)", -math.inf),
        ("logsumexp([inf, -inf])", math.inf),
        ("logsumexp([inf, nan])", math.nan),
        ("logsumexp([-inf, -inf])", -math.inf),
        ("softmax([inf, 1.0])", [math.nan, math.nan]),
        ("softmax([-inf, 1.0])", [0.0, 1.0]),
        ("softmax([nan, 1.0])", [math.nan, math.nan]),
        ("log_softmax([1000.0, 0.0])", [0.0, -1000.0]),
        ("xlogy(0.0, 0.0)", 0.0),
        ("xlogy(0.0, inf)", 0.0),
        ("xlogy(0.0, nan)", math.nan),
        ("xlogy(2.0, 0.0)", -math.inf),
        ("softsign(inf)", 1.0),
        ("softsign(-inf)", -1.0),
        ("softsign(nan)", math.nan),
        ("sinh(-1000.0)", -math.inf),
        ("cosh(-1000.0)", math.inf),
        ("expm1(-1000.0)", -1.0),
        ("expm1(1000.0)", math.inf),
        ("exp2(2000.0)", math.inf),
        ("cbrt(-27.0)", -3.0),
        ("lgamma(-3.0)", math.inf),
        ("gamma(-1e-310)", -math.inf),
        ("gamma(-0.0)", -math.inf),
        ("gamma(-2.0)", math.nan),
        ("logit(0.0)", -math.inf),
        ("logit(1.0)", math.inf),
        ("mean([1.0, 2.0])", 1.5),
        ("sum([])", 0.0),
        ("prod([])", 1.0),
        ("norm([])", 0.0),
        ("binary_cross_entropy_with_logits(1000.0, 1.0)", 0.0),
        ("binary_cross_entropy_with_logits(-1000.0, 1.0)", 1000.0),
        ("binary_cross_entropy(0.0, 1.0)", 100.0),
        ("cross_entropy([1000.0, -1000.0], 1)", 2000.0),
    ],
)
def test_values_at_edges(text: str, result: Any) -> None:
    assert repr(eval(text, FUNCTIONS | {"inf": math.inf, "nan": math.nan})) == repr(result)


@pytest.mark.parametrize("name", ["mean", "max", "min", "logsumexp", "softmax", "log_softmax"])
def test_empty_lists_are_refused(name: str) -> None:
    with pytest.raises(LengthError, match=f"{name} got a list of length 0; it takes at least one element"):
        getattr(primitives, name)([])


@pytest.mark.parametrize("target", [3, -1, 0.5, math.nan, math.inf])
def test_unknown_class_is_refused(target: float) -> None:
    with pytest.raises(PositionError, match="it takes a whole number from 0 to 2"):
        primitives.cross_entropy([1.0, 2.0, 3.0], target)


def test_class_among_no_logits_is_refused() -> None:
    with pytest.raises(PositionError):
        primitives.cross_entropy([], 0)


def test_dot_names_both_lengths() -> None:
    with pytest.raises(LengthError, match="dot got ws of length 2 and xs of length 1"):
        primitives.dot([1.0, 2.0], [1.0])


def test_class_may_be_a_value() -> None:
    logits, target = [Value(1.0), Value(2.0)], Value(1.0)
    partials, _ = primitives.cross_entropy.primitive.partials(logits, target, primitives.cross_entropy(logits, 1.0))
    assert [p.data for p in partials] == primitives.cross_entropy.primitive.linearize([1.0, 2.0], 1.0)[1][0]


def test_softmax_is_one_node_an_output() -> None:
    xs = [Value(1.0), Value(2.0), Value(4.0)]
    outputs = primitives.softmax(xs)
    assert [output.inputs for output in outputs] == [tuple(xs)] * 3
    assert math.fsum(output.data for output in outputs) == pytest.approx(1.0)


# ── far from the domain: the tails ────────────────────────────────────────────────────────────────────────────

EVERYWHERE = [1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 0.3, 1.7, 6.0, 19.0, 36.0, 100.0, 700.0, 1e5, 1e15, 1e100, 1e150]
TAILS = {
    "sigmoid log_sigmoid silu mish exp exp2 expm1": [s * x for x in EVERYWHERE[:12] for s in (1.0, -1.0)],
    "tanh sinh cosh": [s * x for x in EVERYWHERE[:12] for s in (0.5, -0.5)],
    "erf erfc gaussian": [s * x for x in [*EVERYWHERE[:8], 11.3, 19.0, 26.0] for s in (1.0, -1.0)],
    "normal_cdf normal_pdf gelu": [s * x for x in [*EVERYWHERE[:8], 11.3, 19.0, 37.0] for s in (1.0, -1.0)],
    "asinh atan": [s * x for x in EVERYWHERE for s in (1.0, -1.0)],
    "acosh log log2 log10 log1p sqrt rsqrt cbrt": EVERYWHERE[6:],
    "log sqrt cbrt reciprocal log2 log10 log1p": EVERYWHERE,
    "asin acos atanh logit": [1e-100, 1e-8, 0.1, 0.5, 0.9, 0.9999999, 1.0 - 2.0**-53],
    "lgamma digamma": [1e-100, 1e-8, 0.9, 1.0 - 2.0**-53, 1.0 + 2.0**-52, 1.25, 1.75, 2.0 + 2.0**-51, 2.9, 40.0, 1e9],
    "gamma": [1e-100, 1e-8, 0.9, 1.0 + 2.0**-52, 2.9, 40.0, 170.0],
}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", sorted({name for names in TAILS for name in names.split()}))
def test_tails_are_accurate(name: str) -> None:
    row, reference = TABLE[name], Reference(reference_of(TABLE[name]).function)
    digits = DIGITS if name in {"lgamma", "digamma", "gamma"} else MANY_DIGITS  # these are slow, and vary slowly
    for x in (x for names, xs in TAILS.items() if name in names.split() for x in xs):
        z, (dx,) = row.linearize(x)
        assert ulps(z, exact(row, reference, [x], digits=digits)) <= VALUE_ULPS, f"the value at {x!r}"
        assert ulps(dx, exact(row, reference, [x], 0, digits=digits)) <= SLOPE_ULPS, f"the slope at {x!r}"


@pytest.mark.parametrize("x", [1e-300, 1e-20, 1e-8, 0.3, 5.0, 40.0, 700.0])
@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_cross_entropy_with_logits_is_accurate(x: float, target: float, side: float) -> None:
    row = TABLE["binary_cross_entropy_with_logits"]
    reference = Reference(reference_of(row).function)
    z, (dx, _) = row.linearize(side * x, target)
    assert ulps(z, exact(row, reference, [side * x, target], digits=MANY_DIGITS)) <= VALUE_ULPS
    assert ulps(dx, exact(row, reference, [side * x, target], 0, digits=MANY_DIGITS)) <= SLOPE_ULPS


LEADS = [([0.0, 37.0], 1), ([3.0, 40.0, 2.0], 1), ([0.0, 30.0], 1), ([1e5, 1e5 - 20.0], 0), ([0.0, 100.0, 99.0], 1)]


@pytest.mark.no_cover
@pytest.mark.parametrize(("logits", "leader"), [*LEADS, ([0.0, 700.0], 1), ([2.0, 2.0, -5.0], 0), ([1.0, 2.0], 0)])
@pytest.mark.parametrize("name", ["softmax_at", "log_softmax_at", "cross_entropy"])
def test_softmax_is_accurate_for_a_dominant_logit(name: str, logits: list[float], leader: int) -> None:
    row = TABLE[name]
    reference = Reference(reference_of(row).function, constants=(1,))
    z, (slopes, _) = row.linearize(logits, float(leader))
    assert ulps(z, exact(row, reference, [logits, leader], digits=MANY_DIGITS)) <= VALUE_ULPS
    for i, slope in enumerate(slopes):
        assert ulps(slope, exact(row, reference, [logits, leader], i, digits=MANY_DIGITS)) <= SLOPE_ULPS


def test_logsumexp_is_accurate_near_maximum_zero() -> None:
    assert primitives.logsumexp([0.0, -37.0]) == math.log1p(math.exp(-37.0))


@pytest.mark.no_cover
@pytest.mark.parametrize("n", range(5))
@pytest.mark.parametrize("x", [1e-10, 0.3, 1.4, 1.5, 2.0, 7.7, 30.0, 1e6, -0.3, -0.5, -1.7, -20.25, -700.1])
def test_polygamma_is_accurate_for_all_orders(n: int, x: float) -> None:
    row = TABLE["polygamma"]
    z, (_, dx) = row.linearize(float(n), x)
    reference = reference_of(row)
    terms = (
        4.0 * 10.0**n if x < 0.0 else 1.0 if n == 0 else 0.0
    )  # the terms of the reflection cancel, and ψ has a zero
    assert ulps(z, exact(row, reference, [float(n), x]), terms) <= VALUE_ULPS
    assert ulps(dx, exact(row, Reference(reference.function), [float(n), x], 1), 10.0 * terms) <= SLOPE_ULPS


@pytest.mark.no_cover
@pytest.mark.parametrize("x", [1e-300, 1e-8, 0.3, 0.4999999, 0.5, 0.97, 0.9999999, 1.0 - 1e-12, 1.0 - 2.0**-53])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_erfinv_is_accurate_near_its_poles(x: float, side: float) -> None:
    row = TABLE["erfinv"]
    z, (dx,) = row.linearize(side * x)
    digits = MANY_DIGITS if x < 1e-100 else 2 * DIGITS
    magnified = max(1.0, 2.0 * z * z)  # what the rounding of z makes of an ulp of the slope exp(z²)·√π/2
    assert ulps(z, exact(row, reference_of(row), [side * x], digits=digits)) <= VALUE_ULPS
    assert ulps(dx, exact(row, reference_of(row), [side * x], 0, digits=digits)) <= SLOPE_ULPS * magnified


@pytest.mark.parametrize("x", [-0.25, -0.5, -1.5, -2.5, -3.3, -20.25, -100.7])
def test_lgamma_is_accurate_for_negative_numbers(x: float) -> None:
    with np.errstate(all="ignore"):
        true = exact(TABLE["lgamma"], Reference(lambda x: reference_of(TABLE["lgamma"]).function(x).real), [x])
    assert ulps(primitives.lgamma(x), true, 1.0) <= VALUE_ULPS


# ── planted mistakes ──────────────────────────────────────────────────────────────────────────────────────────

CUBE = Reference(lambda x: x**3)
CHECKS = [check_value, check_slopes, check_slopes_by_differences, check_curvatures]


def fails(check: Callable[[Primitive, Reference], None], row: Primitive) -> bool:
    try:
        check(row, CUBE)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize(
    ("compute", "partials", "found"),
    [
        (lambda x: x * x * x, lambda x, z: (3.0 * x * x,), []),
        (lambda x: x * x * x * (1.0 + 1e-14), lambda x, z: (3.0 * x * x,), ["check_value"]),
        (lambda x: x * x * x + 1.0, lambda x, z: (3.0 * x * x,), ["check_value"]),
        (
            lambda x: x * x * x,
            lambda x, z: (2.0 * x * x,),
            ["check_slopes", "check_slopes_by_differences", "check_curvatures"],
        ),
        (lambda x: x * x * x, lambda x, z: (3.0 * x * x * (1.0 + 5e-15),), ["check_slopes"]),
        (lambda x: x * x * x, lambda x, z: (3.0 * x * getattr(x, "data", x),), ["check_curvatures"]),
    ],
    ids=["right", "value a little off", "value far off", "slope off", "slope a little off", "curvature off"],
)
def test_planted_mistake_is_found(
    plant: Callable[..., Primitive], compute: Any, partials: Any, found: list[str]
) -> None:
    row = plant("planted_cube", "planted_cube({x})", compute, partials, domain=[(0.5, 2.0)])
    assert [check.__name__ for check in CHECKS if fails(check, row)] == found


def test_row_without_reference_is_reported(plant: Callable[..., Primitive]) -> None:
    row = plant("planted", "planted({x})", lambda x: x, lambda x, z: (1.0,))
    with pytest.raises(AssertionError, match=r"planted has no reference: add its function in mpmath to REFERENCES"):
        reference_of(row)


def test_planted_rows_are_removed() -> None:
    assert [row for row in TABLE.values() if "planted" in row.name] == []
