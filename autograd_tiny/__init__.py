"""autograd_tiny: reverse-mode automatic differentiation of scalars, with every step open to view.

>>> from autograd_tiny import Value, tanh
>>> x, w, b = Value(2.0, label="x"), Value(-3.0, label="w"), Value(6.5, label="b")
>>> y = tanh(x * w + b)
>>> y.backward()
>>> print(f"y = {y:.4f}, ∂y/∂w = {w.grad:.4f}")
y = 0.4621, ∂y/∂w = 1.5729

The primitives (`exp`, `dot`, `relu`, ...) are functions of floats and Values. Four have no name here: those of
`x ** 2.0` and `2.0 ** x`, and of one element of `softmax` and `log_softmax`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd_tiny.engine.composed_functions import (
    abs,
    dist,
    fabs,
    gelu,
    log,
    log_softmax,
    logsigmoid,
    max,
    min,
    pow,
    prelu,
    round,
    softmax,
    softmin,
    std,
    var,
)
from autograd_tiny.engine.derivatives import grad, hessian, jacobian
from autograd_tiny.engine.grad_mode import no_gc, no_grad
from autograd_tiny.engine.gradient_check import check_gradients
from autograd_tiny.engine.gradient_verdicts import GradientCheck, GradientError, KinkError
from autograd_tiny.engine.graph import leaves, topological_order
from autograd_tiny.engine.old_pickles import MOVED, RENAMED
from autograd_tiny.engine.reductions import affine, dot, sum
from autograd_tiny.engine.source_lines import record_lines
from autograd_tiny.engine.transforms import derivative, hessian_vector_product, jvp, taylor, value_and_grad
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError, LengthError, RecordError, ReplayMismatch
from autograd_tiny.primitives.primitive import Primitive, primitive
from autograd_tiny.primitives.table import (
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cbrt,
    ceil,
    celu,
    clamp,
    copysign,
    cos,
    cosh,
    cross_entropy,
    degrees,
    digamma,
    direction,
    div,
    elu,
    erf,
    erfc,
    erfinv,
    exp,
    exp2,
    expm1,
    expm1_minus_xexp,
    floor,
    floordiv,
    fmax,
    fmin,
    fmod,
    gamma,
    gaussian,
    gelu_tanh,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    heaviside,
    hypot,
    leaky_relu,
    lerp,
    lgamma,
    log1p,
    log2,
    log10,
    log_sigmoid,
    logaddexp,
    logit,
    logit_entropy,
    logsumexp,
    maximum,
    mean,
    minimum,
    mish,
    mul,
    neg,
    norm,
    normal_cdf,
    normal_pdf,
    one_minus_square,
    polygamma,
    prod,
    radians,
    reciprocal,
    relu,
    relu6,
    remainder,
    rsqrt,
    sech,
    selu,
    sigmoid,
    sign,
    silu,
    sin,
    sinc,
    sinc_derivative,
    sinh,
    softplus,
    softshrink,
    softsign,
    sqrt,
    square,
    sub,
    tan,
    tanh,
    tanhshrink,
    threshold,
    trunc,
    where,
    xlogy,
)
from autograd_tiny.support.moved_modules import register
from autograd_tiny.symbolic.node_names import name_values

register(MOVED, RENAMED)

if TYPE_CHECKING:
    from autograd_tiny.diagrams import draw, to_dot, to_json, to_latex, to_mermaid, to_svg
    from autograd_tiny.distributed import Sharded
    from autograd_tiny.replay import record
    from autograd_tiny.symbolic.symbol import Symbol
    from autograd_tiny.trace import (
        AnomalyError,
        ChangedNumbersError,
        InnerNodeError,
        ProfileError,
        Trace,
        UnknownNodeError,
        detect_anomaly,
    )

    __version__: str

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


_ROOMS = {
    **dict.fromkeys(("draw", "to_dot", "to_json", "to_latex", "to_mermaid", "to_svg"), "diagrams"),
    "record": "replay",
    "Sharded": "distributed",
    "Symbol": "symbolic.symbol",
    **dict.fromkeys(("Trace", "detect_anomaly"), "trace"),
    **dict.fromkeys(("AnomalyError", "ChangedNumbersError", "InnerNodeError"), "trace"),
    **dict.fromkeys(("ProfileError", "UnknownNodeError"), "trace"),
}
"""The public names of the rooms that open at their first use, so that importing the package stays quick."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)


def _version() -> str:
    """Return the version that is installed; `importlib.metadata` is slow to import."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("autograd_tiny")
    except PackageNotFoundError:
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS, "__version__"})
