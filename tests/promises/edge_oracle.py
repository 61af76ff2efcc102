"""Compare the public functions with PyTorch at the edges of their domains: the records of data/edge-cases.json.

A record holds an operation, its operands, and the value and gradients of PyTorch, or its error. Some also hold the
exact ones, which count where they differ from PyTorch's by more than 64 ulp. Where we differ from a record, it is a
departure: a row of `departures.md`, with its reason.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import AutogradError
from tests.data import stored

Record = dict[str, Any]
ULPS = 64.0
RECORDS: dict[str, list[Record]] = defaultdict(list)
for entry in stored("edge-cases"):
    RECORDS[entry["op"]].append(entry)


# ── the operations ────────────────────────────────────────────────────────────────────────────────────────────


def naive_log_of_softmax(x: Value) -> Value:
    power = at.exp(x)
    return at.log(power / (power + 1.0))


COMPOSED: dict[str, Callable[..., Any]] = {
    "gelu_erf": at.gelu,
    "bce": at.binary_cross_entropy,
    "bce_logits": at.binary_cross_entropy_with_logits,
    "norm2": at.norm,
    "clamp_tensor": at.clamp,
    "clamp_const": at.clamp,
    "clamp_m1_1": lambda x: at.clamp(x, -1.0, 1.0),
    "clamp_min_0": lambda x: at.clamp(x, min=0.0),
    "clamp_max_0": lambda x: at.clamp(x, max=0.0),
    "pow": lambda x, y: x**y,
    "pow_const_exp": lambda x, c: x**c,
    "pow_const_base": lambda c, x: c**x,
    "softmax0": lambda xs: at.softmax(xs)[0],
    "log_softmax0": lambda xs: at.log_softmax(xs)[0],
    "log_softmax_01": lambda x: at.log_softmax([x, 0.0])[0],
    "cross_entropy0": lambda xs: at.cross_entropy(xs, 0),
    "x_mul_x": lambda x: x * x,
    "x_div_x": lambda x: x / x,
    "x_sub_x": lambda x: x - x,
    "x_add_x": lambda x: x + x,
    "pow_x_x": lambda x: x**x,
    "max_x_x": lambda x: at.maximum(x, x),
    "hypot_x_x": lambda x: at.hypot(x, x),
    "where_log": lambda x: at.where(x > 0.0, at.log(x), 0.0),
    "where_sqrt": lambda x: at.where(x > 0.0, at.sqrt(x), 0.0),
    "where_exp": lambda x: at.where(x < 0.0, at.exp(x), 1.0),
    "double_where_log": lambda x: at.where(x > 0.0, at.log(at.where(x > 0.0, x, 1.0)), 0.0),
    "double_where_sqrt": lambda x: at.where(x > 0.0, at.sqrt(at.where(x > 0.0, x, 1.0)), 0.0),
    "abs_via_sqrt_sq": lambda x: at.sqrt(x * x),
    "sqrt_of_square": lambda x: at.sqrt(at.square(x)),
    "relu_sub_relu_neg": lambda x: at.relu(x) - at.relu(-x),
    "log_of_exp": lambda x: at.log(at.exp(x)),
    "log_of_sigmoid": lambda x: at.log(at.sigmoid(x)),
    "log_of_softmax_naive": naive_log_of_softmax,
}
CONSTANTS = {"clamp_const": {1, 2}, "pow_const_exp": {1}, "pow_const_base": {0}, "where": {0}}
"""The positions of the operands that a record holds constant; it has gradients for the others only."""


def run(op: str, args: Sequence[Any], constants: set[int]) -> tuple[float, list[Any]]:
    """Return the value and the gradients of all operands that are not constant, one for each number."""
    operands = [
        arg if i in constants else [Value(x) for x in arg] if isinstance(arg, list) else Value(arg)
        for i, arg in enumerate(args)
    ]
    node = COMPOSED[op](*operands) if op in COMPOSED else getattr(at, op)(*operands)
    if isinstance(node, float):  # nothing to differentiate: the norm of no numbers
        return node, []
    node.backward()
    return node.data, [leaf.grad for leaf in numbers_in(operands) if isinstance(leaf, Value)]


def numbers_in(items: Any) -> Iterator[Any]:
    for item in items:
        if isinstance(item, list):
            yield from numbers_in(item)
        else:
            yield item


def as_number(item: Any) -> Any:
    """Return an item of a record as numbers: some are stored as text, and nan as null."""
    if isinstance(item, list):
        return [as_number(x) for x in item]
    return item if isinstance(item, bool) else math.nan if item is None else float(item)


# ── comparison with a record ──────────────────────────────────────────────────────────────────────────────────


def distance(x: float, y: float) -> float:
    """Return how far two floats are apart, in ulp of the larger."""
    if x == y or (x != x and y != y):
        return 0.0
    if not (math.isfinite(x) and math.isfinite(y)):
        return math.inf
    return abs(x / 2.0 - y / 2.0) / max(math.ulp(max(abs(x), abs(y)) / 2.0), 5e-324)


def expected_of(record: Record) -> list[float]:
    """Return the value that a record expects, and then the gradients."""
    measured = [as_number(record["value"]), *numbers_in(as_number(record["grads"]))]
    if "exact_value" not in record:
        return measured
    exact = [as_number(record["exact_value"]), *numbers_in(as_number(record["exact_grads"]))]
    if record["op"] == "mish" and record["exact_grads"] == [None]:
        exact[1] = measured[1]  # the exact gradients of mish were not computed
    return [e if distance(m, e) > ULPS else m for m, e in zip(measured, exact, strict=True)]


def agree(ours: Sequence[float], expected: Sequence[float]) -> bool:
    """Return whether a value, with the sign of a zero, and gradients agree with the expected ones."""
    x, y = ours[0], expected[0]
    same_zero = not x == y == 0.0 or math.copysign(1.0, x) == math.copysign(1.0, y)
    return same_zero and all(distance(x, y) <= ULPS for x, y in zip(ours, expected, strict=True))


def outcome(op: str, args: Sequence[Any], constants: set[int] | None = None) -> list[float] | str:
    """Return our value and gradients, or the name of our error."""
    try:
        value, gradients = run(op, args, CONSTANTS.get(op, set()) if constants is None else constants)
    except AutogradError as error:
        return type(error).__name__
    return [value, *gradients]


def departs(record: Record) -> bool:
    """Return whether our outcome differs from a record: in a number, or in that one raises and the other does not."""
    ours = outcome(record["op"], as_number(record["args"]))
    if "error" in record or isinstance(ours, str):
        return not ("error" in record and isinstance(ours, str))
    return not agree(ours, expected_of(record))
