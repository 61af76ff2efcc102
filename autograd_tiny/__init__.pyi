# mypy: disable-error-code="overload-overlap"
"""The public names and their types; made by `python -m tests.annotations.stub`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from autograd_tiny.diagrams.render import draw as draw
from autograd_tiny.diagrams.render import to_dot as to_dot
from autograd_tiny.diagrams.render import to_json as to_json
from autograd_tiny.diagrams.render import to_latex as to_latex
from autograd_tiny.diagrams.render import to_mermaid as to_mermaid
from autograd_tiny.diagrams.render import to_svg as to_svg
from autograd_tiny.distributed.sharded import Sharded as Sharded
from autograd_tiny.engine.derivatives import grad as grad
from autograd_tiny.engine.derivatives import hessian as hessian
from autograd_tiny.engine.derivatives import jacobian as jacobian
from autograd_tiny.engine.grad_mode import no_gc as no_gc
from autograd_tiny.engine.grad_mode import no_grad as no_grad
from autograd_tiny.engine.gradient_check import check_gradients as check_gradients
from autograd_tiny.engine.gradient_verdicts import GradientCheck as GradientCheck
from autograd_tiny.engine.gradient_verdicts import GradientError as GradientError
from autograd_tiny.engine.gradient_verdicts import KinkError as KinkError
from autograd_tiny.engine.graph import leaves as leaves
from autograd_tiny.engine.graph import topological_order as topological_order
from autograd_tiny.engine.source_lines import record_lines as record_lines
from autograd_tiny.engine.transforms import derivative as derivative
from autograd_tiny.engine.transforms import hessian_vector_product as hessian_vector_product
from autograd_tiny.engine.transforms import jvp as jvp
from autograd_tiny.engine.transforms import taylor as taylor
from autograd_tiny.engine.transforms import value_and_grad as value_and_grad
from autograd_tiny.engine.value import Value as Value
from autograd_tiny.errors import AnomalyError as AnomalyError
from autograd_tiny.errors import AutogradError as AutogradError
from autograd_tiny.errors import LengthError as LengthError
from autograd_tiny.errors import RecordError as RecordError
from autograd_tiny.errors import ReplayMismatch as ReplayMismatch
from autograd_tiny.primitives.primitive import Primitive as Primitive
from autograd_tiny.primitives.primitive import primitive as primitive
from autograd_tiny.replay.record_program import record as record
from autograd_tiny.symbolic.node_names import name_values as name_values
from autograd_tiny.symbolic.symbol import Symbol as Symbol
from autograd_tiny.trace.anomalies import detect_anomaly as detect_anomaly
from autograd_tiny.trace.errors import ChangedNumbersError as ChangedNumbersError
from autograd_tiny.trace.errors import InnerNodeError as InnerNodeError
from autograd_tiny.trace.errors import ProfileError as ProfileError
from autograd_tiny.trace.errors import UnknownNodeError as UnknownNodeError
from autograd_tiny.trace.trace import Trace as Trace

_Number: TypeAlias = float | np.floating[Any] | np.integer[Any] | np.bool_
_Array: TypeAlias = NDArray[Any]
_T = TypeVar("_T")
_D = TypeVar("_D")

__version__: str

@overload
def abs(x: int) -> int:
    """Return |x|; of an int it is an int, as Python's own `abs`.

    >>> abs(-3), abs(-3.0)
    (3, 3.0)
    """
@overload
def abs(x: Value) -> Value: ...
@overload
def abs(x: Symbol) -> Symbol: ...
@overload
def abs(x: _Array) -> _Array: ...
@overload
def abs(x: _Number) -> float: ...

@overload
def acos(x: Value) -> Value:
    """Return acos(x): a Value, recorded in the graph, if an operand is one.

    Formula: DLMF §4.24.

    x: a number
    """
@overload
def acos(x: Symbol) -> Symbol: ...
@overload
def acos(x: _Array) -> _Array: ...
@overload
def acos(x: _Number) -> float: ...

@overload
def acosh(x: Value) -> Value:
    """Return acosh(x): a Value, recorded in the graph, if an operand is one.

    Formula: DLMF §4.38.

    x: a number
    At x = 1.0 the partial is inf.
    """
@overload
def acosh(x: Symbol) -> Symbol: ...
@overload
def acosh(x: _Array) -> _Array: ...
@overload
def acosh(x: _Number) -> float: ...

@overload
def add(x: Value, y: Value | _Number) -> Value:
    """Return x + y: a Value, recorded in the graph, if an operand is one.

    Formula: sum rule.

    x: a number
    y: a number
    """
@overload
def add(x: _Number, y: Value) -> Value: ...
@overload
def add(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def add(x: _Number, y: Symbol) -> Symbol: ...
@overload
def add(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def add(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def add(x: _Number, y: _Number) -> float: ...

@overload
def affine(
    weights: Sequence[Sequence[_Number]], xs: Sequence[_Number], biases: Sequence[_Number]
) -> list[float]: ...
@overload
def affine(
    weights: Sequence[Sequence[Value | _Number]], xs: Sequence[Value | _Number], biases: Sequence[Value | _Number]
) -> list[Value]: ...

@overload
def asin(x: Value) -> Value:
    """Return asin(x): a Value, recorded in the graph, if an operand is one.

    Formula: DLMF §4.24.

    x: a number
    """
@overload
def asin(x: Symbol) -> Symbol: ...
@overload
def asin(x: _Array) -> _Array: ...
@overload
def asin(x: _Number) -> float: ...

@overload
def asinh(x: Value) -> Value:
    """Return asinh(x): a Value, recorded in the graph, if an operand is one.

    Formula: DLMF §4.38.

    x: a number
    """
@overload
def asinh(x: Symbol) -> Symbol: ...
@overload
def asinh(x: _Array) -> _Array: ...
@overload
def asinh(x: _Number) -> float: ...

@overload
def atan(x: Value) -> Value:
    """Return atan(x): a Value, recorded in the graph, if an operand is one.

    Formula: DLMF §4.24.

    x: a number
    """
@overload
def atan(x: Symbol) -> Symbol: ...
@overload
def atan(x: _Array) -> _Array: ...
@overload
def atan(x: _Number) -> float: ...

@overload
def atan2(y: Value, x: Value | _Number) -> Value:
    """Return atan2(y, x): a Value, recorded in the graph, if an operand is one.

    Formula: the angle of the point (x, y); torch.atan2.

    y: a number
    x: a number
    At y = 0.0, x = 0.0 the partials are 0.0, 0.0.
    """
@overload
def atan2(y: _Number, x: Value) -> Value: ...
@overload
def atan2(y: Symbol, x: Symbol | _Number) -> Symbol: ...
@overload
def atan2(y: _Number, x: Symbol) -> Symbol: ...
@overload
def atan2(y: _Array, x: _Array | Value | _Number) -> _Array: ...
@overload
def atan2(y: Value | _Number, x: _Array) -> _Array: ...
@overload
def atan2(y: _Number, x: _Number) -> float: ...

@overload
def atanh(x: Value) -> Value:
    """Return atanh(x): a Value, recorded in the graph, if an operand is one.

    Formula: DLMF §4.38.

    x: a number
    """
@overload
def atanh(x: Symbol) -> Symbol: ...
@overload
def atanh(x: _Array) -> _Array: ...
@overload
def atanh(x: _Number) -> float: ...

@overload
def binary_cross_entropy(p: Value, target: Value | _Number) -> Value:
    """Return binary_cross_entropy(p, target): a Value, recorded in the graph, if an operand is one.

    Formula: -target·ln p - (1 - target)·ln(1 - p), each ln at least -100, so 100 at p = 0, target = 1; p·(1 - p) in the partial for p is at least 1e-12; torch.nn.functional.binary_cross_entropy.

    p: a number
    target: a number
    """
@overload
def binary_cross_entropy(p: _Number, target: Value) -> Value: ...
@overload
def binary_cross_entropy(p: Symbol, target: Symbol | _Number) -> Symbol: ...
@overload
def binary_cross_entropy(p: _Number, target: Symbol) -> Symbol: ...
@overload
def binary_cross_entropy(p: _Array, target: _Array | Value | _Number) -> _Array: ...
@overload
def binary_cross_entropy(p: Value | _Number, target: _Array) -> _Array: ...
@overload
def binary_cross_entropy(p: _Number, target: _Number) -> float: ...

@overload
def binary_cross_entropy_with_logits(x: Value, target: Value | _Number) -> Value:
    """Return binary_cross_entropy_with_logits(x, target): a Value, recorded in the graph, if an operand is one.

    Formula: ln(1 + eˣ) - target·x; torch.nn.functional.binary_cross_entropy_with_logits.

    x: a number
    target: a number
    """
@overload
def binary_cross_entropy_with_logits(x: _Number, target: Value) -> Value: ...
@overload
def binary_cross_entropy_with_logits(x: Symbol, target: Symbol | _Number) -> Symbol: ...
@overload
def binary_cross_entropy_with_logits(x: _Number, target: Symbol) -> Symbol: ...
@overload
def binary_cross_entropy_with_logits(x: _Array, target: _Array | Value | _Number) -> _Array: ...
@overload
def binary_cross_entropy_with_logits(x: Value | _Number, target: _Array) -> _Array: ...
@overload
def binary_cross_entropy_with_logits(x: _Number, target: _Number) -> float: ...

@overload
def cbrt(x: Value) -> Value:
    """Return cbrt(x): a Value, recorded in the graph, if an operand is one.

    Formula: ∛x; power rule.

    x: a number
    At x = 0.0 the partial is inf.
    """
@overload
def cbrt(x: Symbol) -> Symbol: ...
@overload
def cbrt(x: _Array) -> _Array: ...
@overload
def cbrt(x: _Number) -> float: ...

@overload
def ceil(x: Value) -> Value:
    """Return ceil(x): a Value, recorded in the graph, if an operand is one.

    Formula: the smallest integer ≥ x; torch.ceil.

    x: a number
    At x = 1.0 the partial is 0.0.
    """
@overload
def ceil(x: Symbol) -> Symbol: ...
@overload
def ceil(x: _Array) -> _Array: ...
@overload
def ceil(x: _Number) -> float: ...

@overload
def celu(x: Value, alpha: Value | _Number = ...) -> Value:
    """Return celu(x, alpha): a Value, recorded in the graph, if an operand is one.

    Formula: x, or alpha·(exp(x / alpha) - 1) for x < 0; arXiv:1704.07483, torch.nn.functional.celu.

    x: a number
    alpha: a number (default 1.0)
    At x = 0.0, alpha = 2.0 the partials are 1.0, 0.0.
    """
@overload
def celu(x: _Number, alpha: Value) -> Value: ...
@overload
def celu(x: Symbol, alpha: Symbol | _Number = ...) -> Symbol: ...
@overload
def celu(x: _Number, alpha: Symbol) -> Symbol: ...
@overload
def celu(x: _Array, alpha: _Array | Value | _Number = ...) -> _Array: ...
@overload
def celu(x: Value | _Number, alpha: _Array) -> _Array: ...
@overload
def celu(x: _Number, alpha: _Number = ...) -> float: ...

@overload
def clamp(x: Value, min: Value | _Number = ..., max: Value | _Number = ...) -> Value:
    """Return clamp(x, min, max): a Value, recorded in the graph, if an operand is one.

    Formula: min(max(x, min), max); torch.clamp.

    x: a number
    min: a number (default -inf)
    max: a number (default inf)
    At x = 1.0, min = -1.0, max = 1.0 the partials are 1.0, 0.0, 0.0.
    """
@overload
def clamp(x: _Number, min: Value, max: Value | _Number = ...) -> Value: ...
@overload
def clamp(x: _Number, min: _Number = ..., *, max: Value) -> Value: ...
@overload
def clamp(x: _Number, min: _Number, max: Value) -> Value: ...
@overload
def clamp(x: Symbol, min: Symbol | _Number = ..., max: Symbol | _Number = ...) -> Symbol: ...
@overload
def clamp(x: _Number, min: Symbol, max: Symbol | _Number = ...) -> Symbol: ...
@overload
def clamp(x: _Number, min: _Number = ..., *, max: Symbol) -> Symbol: ...
@overload
def clamp(x: _Number, min: _Number, max: Symbol) -> Symbol: ...
@overload
def clamp(x: _Array, min: _Array | Value | _Number = ..., max: _Array | Value | _Number = ...) -> _Array: ...
@overload
def clamp(x: Value | _Number, min: _Array, max: _Array | Value | _Number = ...) -> _Array: ...
@overload
def clamp(x: Value | _Number, min: Value | _Number = ..., *, max: _Array) -> _Array: ...
@overload
def clamp(x: Value | _Number, min: Value | _Number, max: _Array) -> _Array: ...
@overload
def clamp(x: _Number, min: _Number = ..., max: _Number = ...) -> float: ...

@overload
def copysign(x: Value, y: Value | _Number) -> Value:
    """Return copysign(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: |x| with the sign of y; torch.copysign.

    x: a number
    y: a number
    At x = 0.0, y = 1.0 the partials are 0.0, 0.0.
    """
@overload
def copysign(x: _Number, y: Value) -> Value: ...
@overload
def copysign(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def copysign(x: _Number, y: Symbol) -> Symbol: ...
@overload
def copysign(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def copysign(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def copysign(x: _Number, y: _Number) -> float: ...

@overload
def cos(x: Value) -> Value:
    """Return cos(x): a Value, recorded in the graph, if an operand is one.

    Formula: DLMF §4.20.

    x: a number
    """
@overload
def cos(x: Symbol) -> Symbol: ...
@overload
def cos(x: _Array) -> _Array: ...
@overload
def cos(x: _Number) -> float: ...

@overload
def cosh(x: Value) -> Value:
    """Return cosh(x): a Value, recorded in the graph, if an operand is one.

    Formula: (eˣ + e⁻ˣ) / 2; DLMF §4.34.

    x: a number
    """
@overload
def cosh(x: Symbol) -> Symbol: ...
@overload
def cosh(x: _Array) -> _Array: ...
@overload
def cosh(x: _Number) -> float: ...

@overload
def cross_entropy(logits: _Array, target: Value | Symbol | _Number) -> Any:
    """Return cross_entropy(logits, target): a Value, recorded in the graph, if an operand is one.

    Formula: ln Σᵢ exp(xᵢ) - xₜ for the logits x and the position t of the target; torch.nn.functional.cross_entropy.

    logits: a list of numbers
    target: a number
    """
@overload
def cross_entropy(logits: Iterable[_Number], target: _Number) -> float: ...
@overload
def cross_entropy(logits: Iterable[Value | _Number], target: Value | _Number) -> Value: ...
@overload
def cross_entropy(logits: Iterable[Symbol | _Number], target: Symbol | _Number) -> Symbol: ...

@overload
def degrees(x: Value) -> Value:
    """Return degrees(x): a Value, recorded in the graph, if an operand is one.

    Formula: x·180 / π; definition.

    x: a number
    """
@overload
def degrees(x: Symbol) -> Symbol: ...
@overload
def degrees(x: _Array) -> _Array: ...
@overload
def degrees(x: _Number) -> float: ...

@overload
def digamma(x: Value) -> Value:
    """Return digamma(x): a Value, recorded in the graph, if an operand is one.

    Formula: the derivative of ln Γ(x); DLMF §5.15.

    x: a number
    """
@overload
def digamma(x: Symbol) -> Symbol: ...
@overload
def digamma(x: _Array) -> _Array: ...
@overload
def digamma(x: _Number) -> float: ...

@overload
def dist(p: _Array, q: _Array) -> Any:
    """Return the distance of two points, √Σ (pᵢ - qᵢ)², as `math.dist`.

    Args:
        p: the coordinates of one point, a list of Values and numbers.
        q: those of another, a list of the same length.

    Raises:
        LengthError: the lists differ in length.

    >>> dist([1.0, 1.0], [4.0, 5.0])
    5.0
    """
@overload
def dist(p: Iterable[_Number], q: Iterable[_Number]) -> float: ...
@overload
def dist(p: Iterable[Value | _Number], q: Iterable[Value | _Number]) -> Value: ...
@overload
def dist(p: Iterable[Symbol | _Number], q: Iterable[Symbol | _Number]) -> Symbol: ...

@overload
def direction(x: Value, y: Value | _Number) -> Value:
    """Return direction(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: x / √(x² + y²), the cosine of the angle of the point (x, y).

    x: a number
    y: a number
    """
@overload
def direction(x: _Number, y: Value) -> Value: ...
@overload
def direction(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def direction(x: _Number, y: Symbol) -> Symbol: ...
@overload
def direction(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def direction(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def direction(x: _Number, y: _Number) -> float: ...

@overload
def div(x: Value, y: Value | _Number) -> Value:
    """Return x / y: a Value, recorded in the graph, if an operand is one.

    Formula: quotient rule.

    x: a number
    y: a number
    """
@overload
def div(x: _Number, y: Value) -> Value: ...
@overload
def div(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def div(x: _Number, y: Symbol) -> Symbol: ...
@overload
def div(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def div(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def div(x: _Number, y: _Number) -> float: ...

@overload
def dot(ws: _Array, xs: _Array, bias: Value | Symbol | _Number = ...) -> Any:
    """Return bias + Σ wᵢ·xᵢ, from left to right: one node for a whole neuron (the row `dot` of the table).

    Written out for lists of Values, and for Values times floats. Tuples are kept without a copy. The type of the
    first element decides which case applies; if another element differs, the table computes the general case.

    Args:
        ws: a list of Values and real numbers.
        xs: a list of Values and real numbers, of the same length.
        bias: a Value or a number.

    Raises:
        LengthError: the lists differ in length.

    >>> from autograd_tiny import Value
    >>> dot([Value(1.0), Value(2.0)], [3.0, 4.0], Value(0.5)).data
    11.5
    """
@overload
def dot(ws: Iterable[_Number], xs: Iterable[_Number], bias: _Number = ...) -> float: ...
@overload
def dot(ws: Iterable[Value | _Number], xs: Iterable[Value | _Number], bias: Value | _Number = ...) -> Value: ...
@overload
def dot(ws: Iterable[Symbol | _Number], xs: Iterable[Symbol | _Number], bias: Symbol | _Number = ...) -> Symbol: ...

@overload
def elu(x: Value, alpha: Value | _Number = ...) -> Value:
    """Return elu(x, alpha): a Value, recorded in the graph, if an operand is one.

    Formula: x, or alpha·(eˣ - 1) for x < 0; arXiv:1511.07289, torch.nn.functional.elu.

    x: a number
    alpha: a number (default 1.0)
    At x = 0.0, alpha = 1.5 the partials are 1.5, 0.0.
    """
@overload
def elu(x: _Number, alpha: Value) -> Value: ...
@overload
def elu(x: Symbol, alpha: Symbol | _Number = ...) -> Symbol: ...
@overload
def elu(x: _Number, alpha: Symbol) -> Symbol: ...
@overload
def elu(x: _Array, alpha: _Array | Value | _Number = ...) -> _Array: ...
@overload
def elu(x: Value | _Number, alpha: _Array) -> _Array: ...
@overload
def elu(x: _Number, alpha: _Number = ...) -> float: ...

@overload
def erf(x: Value) -> Value:
    """Return erf(x): a Value, recorded in the graph, if an operand is one.

    Formula: 2/√π · ∫₀ˣ exp(-t²) dt; DLMF §7.10.

    x: a number
    """
@overload
def erf(x: Symbol) -> Symbol: ...
@overload
def erf(x: _Array) -> _Array: ...
@overload
def erf(x: _Number) -> float: ...

@overload
def erfc(x: Value) -> Value:
    """Return erfc(x): a Value, recorded in the graph, if an operand is one.

    Formula: 1 - erf x; DLMF §7.10.

    x: a number
    """
@overload
def erfc(x: Symbol) -> Symbol: ...
@overload
def erfc(x: _Array) -> _Array: ...
@overload
def erfc(x: _Number) -> float: ...

@overload
def erfinv(x: Value) -> Value:
    """Return erfinv(x): a Value, recorded in the graph, if an operand is one.

    Formula: the inverse of erf; torch.special.erfinv, DLMF §7.17.

    x: a number
    """
@overload
def erfinv(x: Symbol) -> Symbol: ...
@overload
def erfinv(x: _Array) -> _Array: ...
@overload
def erfinv(x: _Number) -> float: ...

@overload
def exp(x: Value) -> Value:
    """Return exp(x): a Value, recorded in the graph, if an operand is one.

    Formula: eˣ; DLMF §4.7.

    x: a number
    """
@overload
def exp(x: Symbol) -> Symbol: ...
@overload
def exp(x: _Array) -> _Array: ...
@overload
def exp(x: _Number) -> float: ...

@overload
def exp2(x: Value) -> Value:
    """Return exp2(x): a Value, recorded in the graph, if an operand is one.

    Formula: 2ˣ; DLMF §4.7.

    x: a number
    """
@overload
def exp2(x: Symbol) -> Symbol: ...
@overload
def exp2(x: _Array) -> _Array: ...
@overload
def exp2(x: _Number) -> float: ...

@overload
def expm1(x: Value) -> Value:
    """Return expm1(x): a Value, recorded in the graph, if an operand is one.

    Formula: eˣ - 1; DLMF §4.7.

    x: a number
    """
@overload
def expm1(x: Symbol) -> Symbol: ...
@overload
def expm1(x: _Array) -> _Array: ...
@overload
def expm1(x: _Number) -> float: ...

@overload
def fabs(x: Value) -> Value:
    """Return abs(x): a Value, recorded in the graph, if an operand is one.

    Formula: |x|; torch.abs.

    x: a number
    At x = 0.0 the partial is 0.0.
    """
@overload
def fabs(x: Symbol) -> Symbol: ...
@overload
def fabs(x: _Array) -> _Array: ...
@overload
def fabs(x: _Number) -> float: ...

@overload
def expm1_minus_xexp(x: Value) -> Value:
    """Return expm1_minus_xexp(x): a Value, recorded in the graph, if an operand is one.

    Formula: eˣ - 1 - x·eˣ.

    x: a number
    """
@overload
def expm1_minus_xexp(x: Symbol) -> Symbol: ...
@overload
def expm1_minus_xexp(x: _Array) -> _Array: ...
@overload
def expm1_minus_xexp(x: _Number) -> float: ...

@overload
def floor(x: Value) -> Value:
    """Return floor(x): a Value, recorded in the graph, if an operand is one.

    Formula: the largest integer ≤ x; torch.floor.

    x: a number
    At x = 1.0 the partial is 0.0.
    """
@overload
def floor(x: Symbol) -> Symbol: ...
@overload
def floor(x: _Array) -> _Array: ...
@overload
def floor(x: _Number) -> float: ...

@overload
def floordiv(x: Value, y: Value | _Number) -> Value:
    """Return x // y: a Value, recorded in the graph, if an operand is one.

    Formula: floor(x / y); torch.floor_divide.

    x: a number
    y: a number
    At x = 2.0, y = 1.0 the partials are 0.0, 0.0.
    """
@overload
def floordiv(x: _Number, y: Value) -> Value: ...
@overload
def floordiv(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def floordiv(x: _Number, y: Symbol) -> Symbol: ...
@overload
def floordiv(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def floordiv(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def floordiv(x: _Number, y: _Number) -> float: ...

@overload
def fmax(x: Value, y: Value | _Number) -> Value:
    """Return fmax(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: the larger number; of nan and a number the number; torch.fmax.

    x: a number
    y: a number
    At x = 1.0, y = 1.0 the partials are 1.0, 0.0.
    """
@overload
def fmax(x: _Number, y: Value) -> Value: ...
@overload
def fmax(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def fmax(x: _Number, y: Symbol) -> Symbol: ...
@overload
def fmax(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def fmax(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def fmax(x: _Number, y: _Number) -> float: ...

@overload
def fmin(x: Value, y: Value | _Number) -> Value:
    """Return fmin(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: the smaller number; of nan and a number the number; torch.fmin.

    x: a number
    y: a number
    At x = 1.0, y = 1.0 the partials are 1.0, 0.0.
    """
@overload
def fmin(x: _Number, y: Value) -> Value: ...
@overload
def fmin(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def fmin(x: _Number, y: Symbol) -> Symbol: ...
@overload
def fmin(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def fmin(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def fmin(x: _Number, y: _Number) -> float: ...

@overload
def fmod(x: Value, y: Value | _Number) -> Value:
    """Return fmod(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: x - y·trunc(x / y), with the sign of x; torch.fmod.

    x: a number
    y: a number
    At x = 2.0, y = 1.0 the partials are 1.0, -2.0.
    """
@overload
def fmod(x: _Number, y: Value) -> Value: ...
@overload
def fmod(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def fmod(x: _Number, y: Symbol) -> Symbol: ...
@overload
def fmod(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def fmod(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def fmod(x: _Number, y: _Number) -> float: ...

@overload
def gamma(x: Value) -> Value:
    """Return gamma(x): a Value, recorded in the graph, if an operand is one.

    Formula: ∫₀^∞ t^(x - 1)·e⁻ᵗ dt; DLMF §5.2.

    x: a number
    """
@overload
def gamma(x: Symbol) -> Symbol: ...
@overload
def gamma(x: _Array) -> _Array: ...
@overload
def gamma(x: _Number) -> float: ...

@overload
def gaussian(x: Value) -> Value:
    """Return gaussian(x): a Value, recorded in the graph, if an operand is one.

    Formula: exp(-x²).

    x: a number
    """
@overload
def gaussian(x: Symbol) -> Symbol: ...
@overload
def gaussian(x: _Array) -> _Array: ...
@overload
def gaussian(x: _Number) -> float: ...

@overload
def gelu(x: Value, approximate: str = ...) -> Value:
    """Return x·Φ(x), or its approximation by tanh (the row `gelu_tanh`), as `torch.nn.functional.gelu`.

    Args:
        x: a Value or a number.
        approximate: "none" or "tanh".

    Raises:
        SignatureError: `approximate` is something else.

    >>> gelu(1.0) - gelu(1.0, approximate="tanh") < 0.001
    True
    """
@overload
def gelu(x: Symbol, approximate: str = ...) -> Symbol: ...
@overload
def gelu(x: _Array, approximate: str = ...) -> _Array: ...
@overload
def gelu(x: _Number, approximate: str = ...) -> float: ...

@overload
def gelu_tanh(x: Value) -> Value:
    """Return gelu_tanh(x): a Value, recorded in the graph, if an operand is one.

    Formula: x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2; arXiv:1606.08415, torch.nn.functional.gelu(approximate="tanh").

    x: a number
    """
@overload
def gelu_tanh(x: Symbol) -> Symbol: ...
@overload
def gelu_tanh(x: _Array) -> _Array: ...
@overload
def gelu_tanh(x: _Number) -> float: ...

@overload
def hardshrink(x: Value, lambd: Value | _Number = ...) -> Value:
    """Return hardshrink(x, lambd): a Value, recorded in the graph, if an operand is one.

    Formula: x outside of ±lambd, 0 inside; torch.nn.functional.hardshrink.

    x: a number
    lambd: a number (default 0.5)
    At x = 0.5, lambd = 0.5 the partials are 0.0, 0.0.
    """
@overload
def hardshrink(x: _Number, lambd: Value) -> Value: ...
@overload
def hardshrink(x: Symbol, lambd: Symbol | _Number = ...) -> Symbol: ...
@overload
def hardshrink(x: _Number, lambd: Symbol) -> Symbol: ...
@overload
def hardshrink(x: _Array, lambd: _Array | Value | _Number = ...) -> _Array: ...
@overload
def hardshrink(x: Value | _Number, lambd: _Array) -> _Array: ...
@overload
def hardshrink(x: _Number, lambd: _Number = ...) -> float: ...

@overload
def hardsigmoid(x: Value) -> Value:
    """Return hardsigmoid(x): a Value, recorded in the graph, if an operand is one.

    Formula: min(max(x + 3, 0), 6) / 6; torch.nn.functional.hardsigmoid.

    x: a number
    At x = 3.0 the partial is 0.0.
    """
@overload
def hardsigmoid(x: Symbol) -> Symbol: ...
@overload
def hardsigmoid(x: _Array) -> _Array: ...
@overload
def hardsigmoid(x: _Number) -> float: ...

@overload
def hardswish(x: Value) -> Value:
    """Return hardswish(x): a Value, recorded in the graph, if an operand is one.

    Formula: x·hardsigmoid(x); arXiv:1905.02244, torch.nn.functional.hardswish.

    x: a number
    """
@overload
def hardswish(x: Symbol) -> Symbol: ...
@overload
def hardswish(x: _Array) -> _Array: ...
@overload
def hardswish(x: _Number) -> float: ...

@overload
def hardtanh(x: Value, min_val: Value | _Number = ..., max_val: Value | _Number = ...) -> Value:
    """Return hardtanh(x, min_val, max_val): a Value, recorded in the graph, if an operand is one.

    Formula: min(max(x, min_val), max_val); torch.nn.functional.hardtanh.

    x: a number
    min_val: a number (default -1.0)
    max_val: a number (default 1.0)
    At x = 1.0, min_val = -1.0, max_val = 1.0 the partials are 0.0, 0.0, 0.0.
    """
@overload
def hardtanh(x: _Number, min_val: Value, max_val: Value | _Number = ...) -> Value: ...
@overload
def hardtanh(x: _Number, min_val: _Number = ..., *, max_val: Value) -> Value: ...
@overload
def hardtanh(x: _Number, min_val: _Number, max_val: Value) -> Value: ...
@overload
def hardtanh(x: Symbol, min_val: Symbol | _Number = ..., max_val: Symbol | _Number = ...) -> Symbol: ...
@overload
def hardtanh(x: _Number, min_val: Symbol, max_val: Symbol | _Number = ...) -> Symbol: ...
@overload
def hardtanh(x: _Number, min_val: _Number = ..., *, max_val: Symbol) -> Symbol: ...
@overload
def hardtanh(x: _Number, min_val: _Number, max_val: Symbol) -> Symbol: ...
@overload
def hardtanh(x: _Array, min_val: _Array | Value | _Number = ..., max_val: _Array | Value | _Number = ...) -> _Array: ...
@overload
def hardtanh(x: Value | _Number, min_val: _Array, max_val: _Array | Value | _Number = ...) -> _Array: ...
@overload
def hardtanh(x: Value | _Number, min_val: Value | _Number = ..., *, max_val: _Array) -> _Array: ...
@overload
def hardtanh(x: Value | _Number, min_val: Value | _Number, max_val: _Array) -> _Array: ...
@overload
def hardtanh(x: _Number, min_val: _Number = ..., max_val: _Number = ...) -> float: ...

@overload
def heaviside(x: Value, values: Value | _Number) -> Value:
    """Return heaviside(x, values): a Value, recorded in the graph, if an operand is one.

    Formula: 0 for x < 0, values at 0, 1 for x > 0; torch.heaviside.

    x: a number
    values: a number
    At x = 0.0, values = 0.5 the partials are 0.0, 1.0.
    """
@overload
def heaviside(x: _Number, values: Value) -> Value: ...
@overload
def heaviside(x: Symbol, values: Symbol | _Number) -> Symbol: ...
@overload
def heaviside(x: _Number, values: Symbol) -> Symbol: ...
@overload
def heaviside(x: _Array, values: _Array | Value | _Number) -> _Array: ...
@overload
def heaviside(x: Value | _Number, values: _Array) -> _Array: ...
@overload
def heaviside(x: _Number, values: _Number) -> float: ...

@overload
def hypot(x: Value, y: Value | _Number) -> Value:
    """Return hypot(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: √(x² + y²); torch.hypot.

    x: a number
    y: a number
    At x = 0.0, y = 0.0 the partials are 0.0, 0.0.
    """
@overload
def hypot(x: _Number, y: Value) -> Value: ...
@overload
def hypot(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def hypot(x: _Number, y: Symbol) -> Symbol: ...
@overload
def hypot(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def hypot(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def hypot(x: _Number, y: _Number) -> float: ...

@overload
def leaky_relu(x: Value, negative_slope: Value | _Number = ...) -> Value:
    """Return leaky_relu(x, negative_slope): a Value, recorded in the graph, if an operand is one.

    Formula: x, or negative_slope·x for x < 0; torch.nn.functional.leaky_relu.

    x: a number
    negative_slope: a number (default 0.01)
    At x = 0.0, negative_slope = 0.01 the partials are 0.01, 0.0.
    """
@overload
def leaky_relu(x: _Number, negative_slope: Value) -> Value: ...
@overload
def leaky_relu(x: Symbol, negative_slope: Symbol | _Number = ...) -> Symbol: ...
@overload
def leaky_relu(x: _Number, negative_slope: Symbol) -> Symbol: ...
@overload
def leaky_relu(x: _Array, negative_slope: _Array | Value | _Number = ...) -> _Array: ...
@overload
def leaky_relu(x: Value | _Number, negative_slope: _Array) -> _Array: ...
@overload
def leaky_relu(x: _Number, negative_slope: _Number = ...) -> float: ...

@overload
def lerp(x: Value, y: Value | _Number, weight: Value | _Number) -> Value:
    """Return lerp(x, y, weight): a Value, recorded in the graph, if an operand is one.

    Formula: x + weight·(y - x); torch.lerp.

    x: a number
    y: a number
    weight: a number
    """
@overload
def lerp(x: _Number, y: Value, weight: Value | _Number) -> Value: ...
@overload
def lerp(x: _Number, y: _Number, weight: Value) -> Value: ...
@overload
def lerp(x: Symbol, y: Symbol | _Number, weight: Symbol | _Number) -> Symbol: ...
@overload
def lerp(x: _Number, y: Symbol, weight: Symbol | _Number) -> Symbol: ...
@overload
def lerp(x: _Number, y: _Number, weight: Symbol) -> Symbol: ...
@overload
def lerp(x: _Array, y: _Array | Value | _Number, weight: _Array | Value | _Number) -> _Array: ...
@overload
def lerp(x: Value | _Number, y: _Array, weight: _Array | Value | _Number) -> _Array: ...
@overload
def lerp(x: Value | _Number, y: Value | _Number, weight: _Array) -> _Array: ...
@overload
def lerp(x: _Number, y: _Number, weight: _Number) -> float: ...

@overload
def lgamma(x: Value) -> Value:
    """Return lgamma(x): a Value, recorded in the graph, if an operand is one.

    Formula: ln |Γ(x)|; DLMF §5.2.

    x: a number
    """
@overload
def lgamma(x: Symbol) -> Symbol: ...
@overload
def lgamma(x: _Array) -> _Array: ...
@overload
def lgamma(x: _Number) -> float: ...

@overload
def log(x: Value, base: Value | _Number | None = None) -> Value:
    """Return the natural logarithm, or the logarithm to a base as a quotient of two, as `math.log`.

    Args:
        x: a Value or a number.
        base: a Value or a number; e by default.

    >>> log(8.0, 2.0)
    3.0
    """
@overload
def log(x: _Number, base: Value) -> Value: ...
@overload
def log(x: Symbol, base: Symbol | _Number | None = None) -> Symbol: ...
@overload
def log(x: _Number, base: Symbol) -> Symbol: ...
@overload
def log(x: _Array, base: _Array | Value | _Number | None = None) -> _Array: ...
@overload
def log(x: Value | _Number, base: _Array) -> _Array: ...
@overload
def log(x: _Number, base: _Number | None = None) -> float: ...

@overload
def log10(x: Value) -> Value:
    """Return log10(x): a Value, recorded in the graph, if an operand is one.

    Formula: ln x / ln 10; DLMF §4.7.

    x: a number
    """
@overload
def log10(x: Symbol) -> Symbol: ...
@overload
def log10(x: _Array) -> _Array: ...
@overload
def log10(x: _Number) -> float: ...

@overload
def log1p(x: Value) -> Value:
    """Return log1p(x): a Value, recorded in the graph, if an operand is one.

    Formula: ln(1 + x); DLMF §4.7.

    x: a number
    """
@overload
def log1p(x: Symbol) -> Symbol: ...
@overload
def log1p(x: _Array) -> _Array: ...
@overload
def log1p(x: _Number) -> float: ...

@overload
def log2(x: Value) -> Value:
    """Return log2(x): a Value, recorded in the graph, if an operand is one.

    Formula: ln x / ln 2; DLMF §4.7.

    x: a number
    """
@overload
def log2(x: Symbol) -> Symbol: ...
@overload
def log2(x: _Array) -> _Array: ...
@overload
def log2(x: _Number) -> float: ...

@overload
def log_sigmoid(x: Value) -> Value:
    """Return log_sigmoid(x): a Value, recorded in the graph, if an operand is one.

    Formula: ln(1 / (1 + e⁻ˣ)); torch.nn.functional.logsigmoid.

    x: a number
    """
@overload
def log_sigmoid(x: Symbol) -> Symbol: ...
@overload
def log_sigmoid(x: _Array) -> _Array: ...
@overload
def log_sigmoid(x: _Number) -> float: ...

@overload
def log_softmax(xs: _Array) -> Any:
    """Return log softmax(xs) for every i, accurate where the softmax itself is rounded to 0 or 1.

    One node an output (the row `log_softmax_at` of the table), each with all of `xs` as inputs.

    Args:
        xs: a list of Values and real numbers; floats alone give floats.

    Raises:
        LengthError: the list is empty.
        OperandError: `xs` is not a list of numbers; pass the rows of an array one at a time.

    >>> log_softmax([1000.0, 0.0])
    [0.0, -1000.0]
    """
@overload
def log_softmax(xs: Iterable[_Number]) -> list[float]: ...
@overload
def log_softmax(xs: Iterable[Value | _Number]) -> list[Value]: ...
@overload
def log_softmax(xs: Iterable[Symbol | _Number]) -> list[Symbol]: ...

@overload
def logaddexp(x: Value, y: Value | _Number) -> Value:
    """Return logaddexp(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: ln(eˣ + eʸ); torch.logaddexp.

    x: a number
    y: a number
    At x = -inf, y = -inf the partials are 0.0, 0.0.
    """
@overload
def logaddexp(x: _Number, y: Value) -> Value: ...
@overload
def logaddexp(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def logaddexp(x: _Number, y: Symbol) -> Symbol: ...
@overload
def logaddexp(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def logaddexp(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def logaddexp(x: _Number, y: _Number) -> float: ...

@overload
def logit(x: Value) -> Value:
    """Return logit(x): a Value, recorded in the graph, if an operand is one.

    Formula: ln(x / (1 - x)); torch.logit.

    x: a number
    """
@overload
def logit(x: Symbol) -> Symbol: ...
@overload
def logit(x: _Array) -> _Array: ...
@overload
def logit(x: _Number) -> float: ...

@overload
def logsigmoid(x: Value) -> Value:
    """Return log_sigmoid(x): a Value, recorded in the graph, if an operand is one.

    Formula: ln(1 / (1 + e⁻ˣ)); torch.nn.functional.logsigmoid.

    x: a number
    """
@overload
def logsigmoid(x: Symbol) -> Symbol: ...
@overload
def logsigmoid(x: _Array) -> _Array: ...
@overload
def logsigmoid(x: _Number) -> float: ...

@overload
def logit_entropy(x: Value) -> Value:
    """Return logit_entropy(x): a Value, recorded in the graph, if an operand is one.

    Formula: log(1 + eˣ) - x·σ(x), the entropy of a class of that logit.

    x: a number
    """
@overload
def logit_entropy(x: Symbol) -> Symbol: ...
@overload
def logit_entropy(x: _Array) -> _Array: ...
@overload
def logit_entropy(x: _Number) -> float: ...

@overload
def logsumexp(xs: _Array) -> Any:
    """Return logsumexp(xs): a Value, recorded in the graph, if an operand is one.

    Formula: ln Σᵢ exp(xᵢ); torch.logsumexp.

    xs: a list of numbers
    At xs = (-inf, -inf) the partial is (0.0, 0.0).
    """
@overload
def logsumexp(xs: Iterable[_Number]) -> float: ...
@overload
def logsumexp(xs: Iterable[Value | _Number]) -> Value: ...
@overload
def logsumexp(xs: Iterable[Symbol | _Number]) -> Symbol: ...

@overload
def max(x: Value, y: Value | _Number, /, *xs: Value | _Number) -> Value: ...
@overload
def max(x: _Number, y: Value, /, *xs: Value | _Number) -> Value: ...
@overload
def max(x: _T, y: _T, /, *xs: _T, key: Callable[[_T], Any] | None = ...) -> _T: ...
@overload
def max(xs: Iterable[_T], /, *, key: Callable[[_T], Any] | None = ...) -> _T: ...
@overload
def max(xs: Iterable[_T], /, *, key: Callable[[_T], Any] | None = ..., default: _D) -> _T | _D: ...

@overload
def maximum(x: Value, y: Value | _Number) -> Value:
    """Return maximum(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: the larger number, nan if one is nan; torch.maximum.

    x: a number
    y: a number
    At x = 1.0, y = 1.0 the partials are 0.5, 0.5.
    """
@overload
def maximum(x: _Number, y: Value) -> Value: ...
@overload
def maximum(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def maximum(x: _Number, y: Symbol) -> Symbol: ...
@overload
def maximum(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def maximum(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def maximum(x: _Number, y: _Number) -> float: ...

@overload
def mean(xs: _Array) -> Any:
    """Return mean(xs): a Value, recorded in the graph, if an operand is one.

    Formula: Σᵢ xᵢ / n; sum and constant-factor rule.

    xs: a list of numbers
    """
@overload
def mean(xs: Iterable[_Number]) -> float: ...
@overload
def mean(xs: Iterable[Value | _Number]) -> Value: ...
@overload
def mean(xs: Iterable[Symbol | _Number]) -> Symbol: ...

@overload
def min(x: Value, y: Value | _Number, /, *xs: Value | _Number) -> Value: ...
@overload
def min(x: _Number, y: Value, /, *xs: Value | _Number) -> Value: ...
@overload
def min(x: _T, y: _T, /, *xs: _T, key: Callable[[_T], Any] | None = ...) -> _T: ...
@overload
def min(xs: Iterable[_T], /, *, key: Callable[[_T], Any] | None = ...) -> _T: ...
@overload
def min(xs: Iterable[_T], /, *, key: Callable[[_T], Any] | None = ..., default: _D) -> _T | _D: ...

@overload
def minimum(x: Value, y: Value | _Number) -> Value:
    """Return minimum(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: the smaller number, nan if one is nan; torch.minimum.

    x: a number
    y: a number
    At x = 1.0, y = 1.0 the partials are 0.5, 0.5.
    """
@overload
def minimum(x: _Number, y: Value) -> Value: ...
@overload
def minimum(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def minimum(x: _Number, y: Symbol) -> Symbol: ...
@overload
def minimum(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def minimum(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def minimum(x: _Number, y: _Number) -> float: ...

@overload
def mish(x: Value) -> Value:
    """Return mish(x): a Value, recorded in the graph, if an operand is one.

    Formula: x·tanh(softplus(x)); arXiv:1908.08681, torch.nn.functional.mish.

    x: a number
    """
@overload
def mish(x: Symbol) -> Symbol: ...
@overload
def mish(x: _Array) -> _Array: ...
@overload
def mish(x: _Number) -> float: ...

@overload
def mul(x: Value, y: Value | _Number) -> Value:
    """Return x * y: a Value, recorded in the graph, if an operand is one.

    Formula: product rule.

    x: a number
    y: a number
    """
@overload
def mul(x: _Number, y: Value) -> Value: ...
@overload
def mul(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def mul(x: _Number, y: Symbol) -> Symbol: ...
@overload
def mul(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def mul(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def mul(x: _Number, y: _Number) -> float: ...

@overload
def neg(x: Value) -> Value:
    """Return -x: a Value, recorded in the graph, if an operand is one.

    Formula: constant-factor rule.

    x: a number
    """
@overload
def neg(x: Symbol) -> Symbol: ...
@overload
def neg(x: _Array) -> _Array: ...
@overload
def neg(x: _Number) -> float: ...

@overload
def norm(xs: _Array) -> Any:
    """Return norm(xs): a Value, recorded in the graph, if an operand is one.

    Formula: √(Σᵢ xᵢ²); torch.linalg.norm.

    xs: a list of numbers
    At xs = (0.0, 0.0) the partial is (0.0, 0.0).
    """
@overload
def norm(xs: Iterable[_Number]) -> float: ...
@overload
def norm(xs: Iterable[Value | _Number]) -> Value: ...
@overload
def norm(xs: Iterable[Symbol | _Number]) -> Symbol: ...

@overload
def normal_cdf(x: Value) -> Value:
    """Return normal_cdf(x): a Value, recorded in the graph, if an operand is one.

    Formula: (1 + erf(x / √2)) / 2; torch.special.ndtr.

    x: a number
    """
@overload
def normal_cdf(x: Symbol) -> Symbol: ...
@overload
def normal_cdf(x: _Array) -> _Array: ...
@overload
def normal_cdf(x: _Number) -> float: ...

@overload
def normal_pdf(x: Value) -> Value:
    """Return normal_pdf(x): a Value, recorded in the graph, if an operand is one.

    Formula: exp(-x²/2) / √(2π), the density of the normal distribution.

    x: a number
    """
@overload
def normal_pdf(x: Symbol) -> Symbol: ...
@overload
def normal_pdf(x: _Array) -> _Array: ...
@overload
def normal_pdf(x: _Number) -> float: ...

@overload
def one_minus_square(x: Value) -> Value:
    """Return one_minus_square(x): a Value, recorded in the graph, if an operand is one.

    Formula: 1 - x²; power rule.

    x: a number
    """
@overload
def one_minus_square(x: Symbol) -> Symbol: ...
@overload
def one_minus_square(x: _Array) -> _Array: ...
@overload
def one_minus_square(x: _Number) -> float: ...

@overload
def polygamma(n: Value, x: Value | _Number) -> Value:
    """Return polygamma(n, x): a Value, recorded in the graph, if an operand is one.

    Formula: the derivative of order n of digamma(x); DLMF §5.15.

    n: a number
    x: a number
    """
@overload
def polygamma(n: _Number, x: Value) -> Value: ...
@overload
def polygamma(n: Symbol, x: Symbol | _Number) -> Symbol: ...
@overload
def polygamma(n: _Number, x: Symbol) -> Symbol: ...
@overload
def polygamma(n: _Array, x: _Array | Value | _Number) -> _Array: ...
@overload
def polygamma(n: Value | _Number, x: _Array) -> _Array: ...
@overload
def polygamma(n: _Number, x: _Number) -> float: ...

@overload
def pow(x: int, y: int, mod: int | None = ...) -> Any:
    """Return x to the power y; of ints as Python's own `pow`, which also takes a modulus.

    >>> pow(2, 3), pow(2.0, 3), pow(2, 3, 5)
    (8, 8.0, 3)
    """
@overload
def pow(x: Value, y: Value | _Number) -> Value: ...
@overload
def pow(x: _Number, y: Value) -> Value: ...
@overload
def pow(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def pow(x: _Number, y: Symbol) -> Symbol: ...
@overload
def pow(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def pow(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def pow(x: _Number, y: _Number) -> float: ...

@overload
def prelu(x: Value, weight: Value | _Number) -> Value:
    """Return x for x > 0, else weight·x: the `leaky_relu` whose slope is a parameter, as `torch.nn.functional.prelu`.

    >>> prelu(-2.0, 0.25)
    -0.5
    """
@overload
def prelu(x: _Number, weight: Value) -> Value: ...
@overload
def prelu(x: Symbol, weight: Symbol | _Number) -> Symbol: ...
@overload
def prelu(x: _Number, weight: Symbol) -> Symbol: ...
@overload
def prelu(x: _Array, weight: _Array | Value | _Number) -> _Array: ...
@overload
def prelu(x: Value | _Number, weight: _Array) -> _Array: ...
@overload
def prelu(x: _Number, weight: _Number) -> float: ...

@overload
def prod(xs: _Array) -> Any:
    """Return prod(xs): a Value, recorded in the graph, if an operand is one.

    Formula: ∏ᵢ xᵢ; product rule.

    xs: a list of numbers
    At xs = (2.0, 0.0, 3.0) the partial is (0.0, 6.0, 0.0).
    """
@overload
def prod(xs: Iterable[_Number]) -> float: ...
@overload
def prod(xs: Iterable[Value | _Number]) -> Value: ...
@overload
def prod(xs: Iterable[Symbol | _Number]) -> Symbol: ...

@overload
def radians(x: Value) -> Value:
    """Return radians(x): a Value, recorded in the graph, if an operand is one.

    Formula: x·π / 180; definition.

    x: a number
    """
@overload
def radians(x: Symbol) -> Symbol: ...
@overload
def radians(x: _Array) -> _Array: ...
@overload
def radians(x: _Number) -> float: ...

@overload
def reciprocal(x: Value) -> Value:
    """Return reciprocal(x): a Value, recorded in the graph, if an operand is one.

    Formula: 1 / x; power rule.

    x: a number
    """
@overload
def reciprocal(x: Symbol) -> Symbol: ...
@overload
def reciprocal(x: _Array) -> _Array: ...
@overload
def reciprocal(x: _Number) -> float: ...

@overload
def relu(x: Value) -> Value:
    """Return relu(x): a Value, recorded in the graph, if an operand is one.

    Formula: max(x, 0); torch.nn.functional.relu.

    x: a number
    At x = 0.0 the partial is 0.0.
    """
@overload
def relu(x: Symbol) -> Symbol: ...
@overload
def relu(x: _Array) -> _Array: ...
@overload
def relu(x: _Number) -> float: ...

@overload
def relu6(x: Value) -> Value:
    """Return relu6(x): a Value, recorded in the graph, if an operand is one.

    Formula: min(max(x, 0), 6); torch.nn.functional.relu6.

    x: a number
    At x = 0.0 the partial is 0.0.
    At x = 6.0 the partial is 0.0.
    """
@overload
def relu6(x: Symbol) -> Symbol: ...
@overload
def relu6(x: _Array) -> _Array: ...
@overload
def relu6(x: _Number) -> float: ...

@overload
def remainder(x: Value, y: Value | _Number) -> Value:
    """Return x % y: a Value, recorded in the graph, if an operand is one.

    Formula: x - y·floor(x / y), with the sign of y; torch.remainder.

    x: a number
    y: a number
    At x = 2.0, y = 1.0 the partials are 1.0, -2.0.
    """
@overload
def remainder(x: _Number, y: Value) -> Value: ...
@overload
def remainder(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def remainder(x: _Number, y: Symbol) -> Symbol: ...
@overload
def remainder(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def remainder(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def remainder(x: _Number, y: _Number) -> float: ...

@overload
def round(x: float, ndigits: None = ...) -> int:
    """Return x rounded to `ndigits` decimals, ties to even; of ints and floats as Python's own `round`.

    >>> from autograd_tiny import Value
    >>> round(2.5), round(2.567, 1), round(Value(2.567), 1).data
    (2, 2.6, 2.6)
    """
@overload
def round(x: Value, ndigits: Value | _Number = ...) -> Value: ...
@overload
def round(x: _Number, ndigits: Value) -> Value: ...
@overload
def round(x: Symbol, ndigits: Symbol | _Number = ...) -> Symbol: ...
@overload
def round(x: _Number, ndigits: Symbol) -> Symbol: ...
@overload
def round(x: _Array, ndigits: _Array | Value | _Number = ...) -> _Array: ...
@overload
def round(x: Value | _Number, ndigits: _Array) -> _Array: ...
@overload
def round(x: _Number, ndigits: _Number = ...) -> float: ...

@overload
def rsqrt(x: Value) -> Value:
    """Return rsqrt(x): a Value, recorded in the graph, if an operand is one.

    Formula: 1 / √x; power rule.

    x: a number
    """
@overload
def rsqrt(x: Symbol) -> Symbol: ...
@overload
def rsqrt(x: _Array) -> _Array: ...
@overload
def rsqrt(x: _Number) -> float: ...

@overload
def sech(x: Value) -> Value:
    """Return sech(x): a Value, recorded in the graph, if an operand is one.

    Formula: 1 / cosh x; DLMF §4.34.

    x: a number
    """
@overload
def sech(x: Symbol) -> Symbol: ...
@overload
def sech(x: _Array) -> _Array: ...
@overload
def sech(x: _Number) -> float: ...

@overload
def selu(x: Value) -> Value:
    """Return selu(x): a Value, recorded in the graph, if an operand is one.

    Formula: scale·elu(x, alpha), with its two constants; arXiv:1706.02515, torch.nn.functional.selu.

    x: a number
    At x = 0.0 the partial is 1.7580993408473766.
    """
@overload
def selu(x: Symbol) -> Symbol: ...
@overload
def selu(x: _Array) -> _Array: ...
@overload
def selu(x: _Number) -> float: ...

@overload
def sigmoid(x: Value) -> Value:
    """Return sigmoid(x): a Value, recorded in the graph, if an operand is one.

    Formula: 1 / (1 + e⁻ˣ); torch.nn.functional.sigmoid.

    x: a number
    """
@overload
def sigmoid(x: Symbol) -> Symbol: ...
@overload
def sigmoid(x: _Array) -> _Array: ...
@overload
def sigmoid(x: _Number) -> float: ...

@overload
def sign(x: Value) -> Value:
    """Return sign(x): a Value, recorded in the graph, if an operand is one.

    Formula: -1, 0 or 1; torch.sign.

    x: a number
    At x = 0.0 the partial is 0.0.
    """
@overload
def sign(x: Symbol) -> Symbol: ...
@overload
def sign(x: _Array) -> _Array: ...
@overload
def sign(x: _Number) -> float: ...

@overload
def silu(x: Value) -> Value:
    """Return silu(x): a Value, recorded in the graph, if an operand is one.

    Formula: x·sigmoid(x); arXiv:1702.03118, torch.nn.functional.silu.

    x: a number
    """
@overload
def silu(x: Symbol) -> Symbol: ...
@overload
def silu(x: _Array) -> _Array: ...
@overload
def silu(x: _Number) -> float: ...

@overload
def sin(x: Value) -> Value:
    """Return sin(x): a Value, recorded in the graph, if an operand is one.

    Formula: DLMF §4.20.

    x: a number
    """
@overload
def sin(x: Symbol) -> Symbol: ...
@overload
def sin(x: _Array) -> _Array: ...
@overload
def sin(x: _Number) -> float: ...

@overload
def sinc(x: Value) -> Value:
    """Return sinc(x): a Value, recorded in the graph, if an operand is one.

    Formula: sin(πx) / (πx); numpy.sinc.

    x: a number
    At x = 0.0 the partial is 0.0.
    """
@overload
def sinc(x: Symbol) -> Symbol: ...
@overload
def sinc(x: _Array) -> _Array: ...
@overload
def sinc(x: _Number) -> float: ...

@overload
def sinc_derivative(n: Value, x: Value | _Number) -> Value:
    """Return sinc_derivative(n, x): a Value, recorded in the graph, if an operand is one.

    Formula: the derivative of order n of sinc, from x·sinc x = sin(πx) / π.

    n: a number
    x: a number
    """
@overload
def sinc_derivative(n: _Number, x: Value) -> Value: ...
@overload
def sinc_derivative(n: Symbol, x: Symbol | _Number) -> Symbol: ...
@overload
def sinc_derivative(n: _Number, x: Symbol) -> Symbol: ...
@overload
def sinc_derivative(n: _Array, x: _Array | Value | _Number) -> _Array: ...
@overload
def sinc_derivative(n: Value | _Number, x: _Array) -> _Array: ...
@overload
def sinc_derivative(n: _Number, x: _Number) -> float: ...

@overload
def sinh(x: Value) -> Value:
    """Return sinh(x): a Value, recorded in the graph, if an operand is one.

    Formula: (eˣ - e⁻ˣ) / 2; DLMF §4.34.

    x: a number
    """
@overload
def sinh(x: Symbol) -> Symbol: ...
@overload
def sinh(x: _Array) -> _Array: ...
@overload
def sinh(x: _Number) -> float: ...

@overload
def softmax(xs: _Array) -> Any:
    """Return e^xᵢ / Σ e^xⱼ for every i, shifted by the maximum: positive numbers whose sum is 1.

    One node an output (the row `softmax_at` of the table), each with all of `xs` as inputs.

    Args:
        xs: a list of Values and real numbers; floats alone give floats.

    Raises:
        LengthError: the list is empty.
        OperandError: `xs` is not a list of numbers; pass the rows of an array one at a time.

    >>> softmax([0.0, 0.0, 0.0, 0.0])
    [0.25, 0.25, 0.25, 0.25]
    """
@overload
def softmax(xs: Iterable[_Number]) -> list[float]: ...
@overload
def softmax(xs: Iterable[Value | _Number]) -> list[Value]: ...
@overload
def softmax(xs: Iterable[Symbol | _Number]) -> list[Symbol]: ...

@overload
def softmin(xs: _Array) -> Any:
    """Return softmax of the negative numbers: the smallest has the largest share, as `torch.nn.functional.softmin`.

    Args:
        xs: a list of Values and real numbers; floats alone give floats.

    Raises:
        LengthError: the list is empty.
        OperandError: `xs` is not a list of numbers; pass the rows of an array one at a time.

    >>> softmin([0.0, 1000.0])
    [1.0, 0.0]
    """
@overload
def softmin(xs: Iterable[_Number]) -> list[float]: ...
@overload
def softmin(xs: Iterable[Value | _Number]) -> list[Value]: ...
@overload
def softmin(xs: Iterable[Symbol | _Number]) -> list[Symbol]: ...

@overload
def softplus(x: Value, beta: Value | _Number = ...) -> Value:
    """Return softplus(x, beta): a Value, recorded in the graph, if an operand is one.

    Formula: ln(1 + exp(beta·x)) / beta; torch.nn.functional.softplus, without its threshold.

    x: a number
    beta: a number (default 1.0)
    """
@overload
def softplus(x: _Number, beta: Value) -> Value: ...
@overload
def softplus(x: Symbol, beta: Symbol | _Number = ...) -> Symbol: ...
@overload
def softplus(x: _Number, beta: Symbol) -> Symbol: ...
@overload
def softplus(x: _Array, beta: _Array | Value | _Number = ...) -> _Array: ...
@overload
def softplus(x: Value | _Number, beta: _Array) -> _Array: ...
@overload
def softplus(x: _Number, beta: _Number = ...) -> float: ...

@overload
def softshrink(x: Value, lambd: Value | _Number = ...) -> Value:
    """Return softshrink(x, lambd): a Value, recorded in the graph, if an operand is one.

    Formula: x ∓ lambd outside of ±lambd, 0 inside; torch.nn.functional.softshrink.

    x: a number
    lambd: a number (default 0.5)
    At x = 0.5, lambd = 0.5 the partials are 0.0, 0.0.
    """
@overload
def softshrink(x: _Number, lambd: Value) -> Value: ...
@overload
def softshrink(x: Symbol, lambd: Symbol | _Number = ...) -> Symbol: ...
@overload
def softshrink(x: _Number, lambd: Symbol) -> Symbol: ...
@overload
def softshrink(x: _Array, lambd: _Array | Value | _Number = ...) -> _Array: ...
@overload
def softshrink(x: Value | _Number, lambd: _Array) -> _Array: ...
@overload
def softshrink(x: _Number, lambd: _Number = ...) -> float: ...

@overload
def softsign(x: Value) -> Value:
    """Return softsign(x): a Value, recorded in the graph, if an operand is one.

    Formula: x / (1 + |x|); torch.nn.functional.softsign.

    x: a number
    """
@overload
def softsign(x: Symbol) -> Symbol: ...
@overload
def softsign(x: _Array) -> _Array: ...
@overload
def softsign(x: _Number) -> float: ...

@overload
def sqrt(x: Value) -> Value:
    """Return sqrt(x): a Value, recorded in the graph, if an operand is one.

    Formula: √x; power rule.

    x: a number
    At x = 0.0 the partial is inf.
    """
@overload
def sqrt(x: Symbol) -> Symbol: ...
@overload
def sqrt(x: _Array) -> _Array: ...
@overload
def sqrt(x: _Number) -> float: ...

@overload
def square(x: Value) -> Value:
    """Return square(x): a Value, recorded in the graph, if an operand is one.

    Formula: x²; power rule.

    x: a number
    """
@overload
def square(x: Symbol) -> Symbol: ...
@overload
def square(x: _Array) -> _Array: ...
@overload
def square(x: _Number) -> float: ...

@overload
def std(xs: _Array, correction: float = ...) -> Any:
    """Return the standard deviation, the square root of `var`, as `torch.std`; where all are equal its slope is 0.

    Args:
        xs: a list of n Values and numbers.
        correction: 1 for a sample (Bessel's correction), 0 for a whole population, as NumPy's `ddof`.

    Raises:
        LengthError: the list is empty.

    >>> std([1.0, 3.0, 5.0])
    2.0
    """
@overload
def std(xs: Iterable[_Number], correction: float = ...) -> float: ...
@overload
def std(xs: Iterable[Value | _Number], correction: float = ...) -> Value: ...
@overload
def std(xs: Iterable[Symbol | _Number], correction: float = ...) -> Symbol: ...

@overload
def sub(x: Value, y: Value | _Number) -> Value:
    """Return x - y: a Value, recorded in the graph, if an operand is one.

    Formula: sum rule.

    x: a number
    y: a number
    """
@overload
def sub(x: _Number, y: Value) -> Value: ...
@overload
def sub(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def sub(x: _Number, y: Symbol) -> Symbol: ...
@overload
def sub(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def sub(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def sub(x: _Number, y: _Number) -> float: ...

@overload
def sum(xs: Iterable[int], start: int = ...) -> int:
    """Return the sum from left to right: one node for any number of inputs (the row `sum` of the table).

    Of ints, and from a list or a tuple on, it is Python's own `sum`.

    Args:
        xs: Values and real numbers; floats give a float, an empty list gives 0.0.
        start: a Value or a number to start from, as for the builtin `sum`.

    >>> from autograd_tiny import Value
    >>> total = sum([Value(1.0), Value(2.0), 3.0])
    >>> total.data, len(total.inputs)
    (6.0, 2)
    """
@overload
def sum(xs: Iterable[list[_T]], start: list[_T]) -> list[_T]: ...
@overload
def sum(xs: _Array, start: Value | Symbol | _Number = ...) -> Any: ...
@overload
def sum(xs: Iterable[_Number], start: _Number = ...) -> float: ...
@overload
def sum(xs: Iterable[Value | _Number], start: Value | _Number = ...) -> Value: ...
@overload
def sum(xs: Iterable[Symbol | _Number], start: Symbol | _Number = ...) -> Symbol: ...

@overload
def tan(x: Value) -> Value:
    """Return tan(x): a Value, recorded in the graph, if an operand is one.

    Formula: DLMF §4.20.

    x: a number
    """
@overload
def tan(x: Symbol) -> Symbol: ...
@overload
def tan(x: _Array) -> _Array: ...
@overload
def tan(x: _Number) -> float: ...

@overload
def tanh(x: Value) -> Value:
    """Return tanh(x): a Value, recorded in the graph, if an operand is one.

    Formula: sinh x / cosh x; DLMF §4.34.

    x: a number
    """
@overload
def tanh(x: Symbol) -> Symbol: ...
@overload
def tanh(x: _Array) -> _Array: ...
@overload
def tanh(x: _Number) -> float: ...

@overload
def tanhshrink(x: Value) -> Value:
    """Return tanhshrink(x): a Value, recorded in the graph, if an operand is one.

    Formula: x - tanh x; torch.nn.functional.tanhshrink.

    x: a number
    """
@overload
def tanhshrink(x: Symbol) -> Symbol: ...
@overload
def tanhshrink(x: _Array) -> _Array: ...
@overload
def tanhshrink(x: _Number) -> float: ...

@overload
def threshold(x: Value, threshold: Value | _Number, value: Value | _Number) -> Value:
    """Return threshold(x, threshold, value): a Value, recorded in the graph, if an operand is one.

    Formula: x where x > threshold, else value; torch.nn.functional.threshold.

    x: a number
    threshold: a number
    value: a number
    At x = 1.0, threshold = 1.0, value = 5.0 the partials are 0.0, 0.0, 1.0.
    """
@overload
def threshold(x: _Number, threshold: Value, value: Value | _Number) -> Value: ...
@overload
def threshold(x: _Number, threshold: _Number, value: Value) -> Value: ...
@overload
def threshold(x: Symbol, threshold: Symbol | _Number, value: Symbol | _Number) -> Symbol: ...
@overload
def threshold(x: _Number, threshold: Symbol, value: Symbol | _Number) -> Symbol: ...
@overload
def threshold(x: _Number, threshold: _Number, value: Symbol) -> Symbol: ...
@overload
def threshold(x: _Array, threshold: _Array | Value | _Number, value: _Array | Value | _Number) -> _Array: ...
@overload
def threshold(x: Value | _Number, threshold: _Array, value: _Array | Value | _Number) -> _Array: ...
@overload
def threshold(x: Value | _Number, threshold: Value | _Number, value: _Array) -> _Array: ...
@overload
def threshold(x: _Number, threshold: _Number, value: _Number) -> float: ...

@overload
def trunc(x: Value) -> Value:
    """Return trunc(x): a Value, recorded in the graph, if an operand is one.

    Formula: the integer part of x; torch.trunc.

    x: a number
    At x = 1.0 the partial is 0.0.
    """
@overload
def trunc(x: Symbol) -> Symbol: ...
@overload
def trunc(x: _Array) -> _Array: ...
@overload
def trunc(x: _Number) -> float: ...

@overload
def var(xs: _Array, correction: float = ...) -> Any:
    """Return the variance, Σ (xᵢ - mean)² / (n - correction), as `torch.var`.

    Args:
        xs: a list of n Values and numbers.
        correction: 1 for a sample (Bessel's correction), 0 for a whole population, as NumPy's `ddof`.

    Raises:
        LengthError: the list is empty.

    >>> var([1.0, 3.0]), var([1.0, 3.0], correction=0)
    (2.0, 1.0)
    """
@overload
def var(xs: Iterable[_Number], correction: float = ...) -> float: ...
@overload
def var(xs: Iterable[Value | _Number], correction: float = ...) -> Value: ...
@overload
def var(xs: Iterable[Symbol | _Number], correction: float = ...) -> Symbol: ...

@overload
def where(condition: Value, x: Value | _Number, y: Value | _Number) -> Value:
    """Return where(condition, x, y): a Value, recorded in the graph, if an operand is one.

    Formula: x where the condition is not 0, else y; torch.where.

    condition: a number
    x: a number
    y: a number
    At condition = 0.0, x = 2.0, y = 3.0 the partials are 0.0, 0.0, 1.0.
    """
@overload
def where(condition: _Number, x: Value, y: Value | _Number) -> Value: ...
@overload
def where(condition: _Number, x: _Number, y: Value) -> Value: ...
@overload
def where(condition: Symbol, x: Symbol | _Number, y: Symbol | _Number) -> Symbol: ...
@overload
def where(condition: _Number, x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def where(condition: _Number, x: _Number, y: Symbol) -> Symbol: ...
@overload
def where(condition: _Array, x: _Array | Value | _Number, y: _Array | Value | _Number) -> _Array: ...
@overload
def where(condition: Value | _Number, x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def where(condition: Value | _Number, x: Value | _Number, y: _Array) -> _Array: ...
@overload
def where(condition: _Number, x: _Number, y: _Number) -> float: ...

@overload
def xlogy(x: Value, y: Value | _Number) -> Value:
    """Return xlogy(x, y): a Value, recorded in the graph, if an operand is one.

    Formula: x·ln y, 0 where x is 0; torch.special.xlogy.

    x: a number
    y: a number
    """
@overload
def xlogy(x: _Number, y: Value) -> Value: ...
@overload
def xlogy(x: Symbol, y: Symbol | _Number) -> Symbol: ...
@overload
def xlogy(x: _Number, y: Symbol) -> Symbol: ...
@overload
def xlogy(x: _Array, y: _Array | Value | _Number) -> _Array: ...
@overload
def xlogy(x: Value | _Number, y: _Array) -> _Array: ...
@overload
def xlogy(x: _Number, y: _Number) -> float: ...

__all__ = [
    "AnomalyError",
    "AutogradError",
    "ChangedNumbersError",
    "GradientCheck",
    "GradientError",
    "InnerNodeError",
    "KinkError",
    "LengthError",
    "Primitive",
    "ProfileError",
    "RecordError",
    "ReplayMismatch",
    "Sharded",
    "Symbol",
    "Trace",
    "UnknownNodeError",
    "Value",
    "abs",
    "acos",
    "acosh",
    "add",
    "affine",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cbrt",
    "ceil",
    "celu",
    "check_gradients",
    "clamp",
    "copysign",
    "cos",
    "cosh",
    "cross_entropy",
    "degrees",
    "derivative",
    "detect_anomaly",
    "digamma",
    "dist",
    "direction",
    "div",
    "dot",
    "draw",
    "elu",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "expm1_minus_xexp",
    "floor",
    "floordiv",
    "fmax",
    "fmin",
    "fmod",
    "gamma",
    "gaussian",
    "gelu",
    "gelu_tanh",
    "grad",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "heaviside",
    "hessian",
    "hessian_vector_product",
    "hypot",
    "jacobian",
    "jvp",
    "leaky_relu",
    "leaves",
    "lerp",
    "lgamma",
    "log",
    "log10",
    "log1p",
    "log2",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "logit",
    "logsigmoid",
    "logit_entropy",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mish",
    "mul",
    "name_values",
    "neg",
    "no_gc",
    "no_grad",
    "norm",
    "normal_cdf",
    "normal_pdf",
    "one_minus_square",
    "polygamma",
    "pow",
    "prelu",
    "primitive",
    "prod",
    "radians",
    "reciprocal",
    "record",
    "record_lines",
    "relu",
    "relu6",
    "remainder",
    "round",
    "rsqrt",
    "sech",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinc_derivative",
    "sinh",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "sqrt",
    "square",
    "std",
    "sub",
    "sum",
    "tan",
    "tanh",
    "tanhshrink",
    "taylor",
    "threshold",
    "to_dot",
    "to_json",
    "to_latex",
    "to_mermaid",
    "to_svg",
    "topological_order",
    "trunc",
    "value_and_grad",
    "var",
    "where",
    "xlogy",
]
