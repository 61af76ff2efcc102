"""The rows of the table as expressions of PyTorch and JAX, whose own gradients are then taken.

A row whose expression there has fewer than 12 digits is left out: such programs are refused.

{0}, {1}, ... are the operands, and {m} the module with the elementwise functions, {s} that with special functions.
"""

from __future__ import annotations

from typing import Final

COMMON: Final[dict[str, str]] = {
    "abs": "{m}.abs({0})",
    "sign": "{m}.sign({0})",
    "square": "{m}.square({0})",
    "one_minus_square": "((1.0 - {0}) * (1.0 + {0}))",
    "reciprocal": "(1.0 / {0})",
    "rsqrt": "(1.0 / {m}.sqrt({0}))",
    **{
        name: f"{{m}}.{name}({{0}})"
        for name in ("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "floor", "ceil", "trunc", "sin")
    },
    **{name: f"{{m}}.{name}({{0}})" for name in ("cos", "tan", "sinh", "cosh", "tanh", "sinc")},
    **{name: f"{{m}}.{name}({{0}}, {{1}})" for name in ("maximum", "minimum", "fmax", "fmin", "hypot", "copysign")},
    **{name: f"{{m}}.{name}({{0}}, {{1}})" for name in ("fmod", "remainder", "logaddexp")},
    "floordiv": "{m}.floor({0} / {1})",
    "degrees": "{m}.rad2deg({0})",
    "radians": "{m}.deg2rad({0})",
    "heaviside": "{m}.where({0} > 0.0, 1.0, {m}.where({0} == 0.0, {1}, 0.0 * {0}))",
    "direction": "({0} / {m}.hypot({0}, {1}))",
    "sech": "(1.0 / {m}.cosh({0}))",
    "gaussian": "{m}.exp(-{0} * {0})",
    "normal_pdf": "(0.3989422804014327 * {m}.exp(-0.5 * {0} * {0}))",
    "normal_cdf": "{s}.ndtr({0})",
    "erf": "{s}.erf({0})",
    "erfc": "{s}.erfc({0})",
    "erfinv": "{s}.erfinv({0})",
    "lgamma": "{s}.gammaln({0})",
    "xlogy": "{s}.xlogy({0}, {1})",
    "logit": "{s}.logit({0})",
    "softplus": "({m}.logaddexp({1} * {0}, 0.0 * {0}) / {1})",
    "logit_entropy": "({sigmoid}({0}) * {softplus}(-{0}) + {sigmoid}(-{0}) * {softplus}({0}))",
    "sigmoid": "{sigmoid}({0})",
    "log_sigmoid": "-{softplus}(-{0})",
    "relu": "{relu}({0})",
    "leaky_relu": "{m}.where({0} > 0.0, {0}, {1} * {0})",
    "elu": "{m}.where({0} > 0.0, {0}, {1} * {m}.expm1(-{relu}(-{0})))",
    "celu": "{m}.where({0} > 0.0, {0}, {1} * {m}.expm1(-{relu}(-{0}) / {1}))",
    "selu": "(1.0507009873554805 * {m}.where({0} > 0.0, {0}, 1.6732632423543772 * {m}.expm1(-{relu}(-{0}))))",
    "gelu": "({0} * {s}.ndtr({0}))",
    "gelu_tanh": "({0} * {sigmoid}(1.5957691216057308 * ({0} + 0.044715 * {0} * {0} * {0})))",
    "silu": "({0} * {sigmoid}({0}))",
    "mish": "({0} * {m}.tanh({softplus}({0})))",
    "relu6": "{m}.clip({0}, 0.0, 6.0)",
    "hardtanh": "{m}.minimum({m}.maximum({0}, {1}), {2})",
    "hardsigmoid": "{m}.clip(({0} + 3.0) / 6.0, 0.0, 1.0)",
    "hardswish": "({0} * {m}.clip(({0} + 3.0) / 6.0, 0.0, 1.0))",
    "softsign": "({0} / (1.0 + {m}.abs({0})))",
    "tanhshrink": "({0} - {m}.tanh({0}))",
    "softshrink": "({0} - {m}.minimum({m}.maximum({0}, -{1}), {1}))",
    "hardshrink": "{m}.where({m}.abs({0}) > {1}, {0}, 0.0 * {0})",
    "threshold": "{m}.where({0} > {1}, {0}, {2} + 0.0 * {0})",
    "clamp": "{m}.minimum({m}.maximum({0}, {1}), {2})",
    "where": "{m}.where({0} != 0.0, {1}, {2})",
    "lerp": "({0} + {2} * ({1} - {0}))",
    "binary_cross_entropy": (
        "-({1} * {m}.clip({m}.log({0}), -100.0) + (1.0 - {1}) * {m}.clip({m}.log1p(-{0}), -100.0))"
    ),
    "binary_cross_entropy_with_logits": "({1} * {softplus}(-{0}) + (1.0 - {1}) * {softplus}({0}))",
}

TORCH: Final[dict[str, str]] = {
    **COMMON,
    **{name: f"torch.{name}({{0}})" for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
    "atan2": "torch.atan2({0}, {1})",
    "cbrt": "(torch.sign({0}) * torch.abs({0}) ** (1.0 / 3.0))",
    "round": "torch.round({0})",
    "gamma": "(torch.where(({0} < 0.0) & (torch.floor({0}) % 2.0 != 0.0), -1.0, 1.0) * torch.exp(torch.lgamma({0})))",
}

JAX: Final[dict[str, str]] = {
    **COMMON,
    "asin": "jnp.arcsin({0})", "acos": "jnp.arccos({0})", "atan": "jnp.arctan({0})", "asinh": "jnp.arcsinh({0})",
    "acosh": "jnp.arccosh({0})", "atanh": "jnp.arctanh({0})", "atan2": "jnp.arctan2({0}, {1})",
    "cbrt": "jnp.cbrt({0})", "round": "jnp.round({0})", "gamma": "jsp.gamma({0})",
    "digamma": "jsp.digamma({0})", "polygamma": "jsp.polygamma({n0}, {1})",
}  # fmt: skip

PARTS_OF_TORCH: Final = {
    "m": "torch",
    "s": "torch.special",
    "relu": "torch.relu",
    "sigmoid": "torch.sigmoid",
    "softplus": "softplus",
}
PARTS_OF_JAX: Final = {
    "m": "jnp",
    "s": "jsp",
    "relu": "jax.nn.relu",
    "sigmoid": "jax.nn.sigmoid",
    "softplus": "jax.nn.softplus",
}

TORCH_FUNCTIONS: Final[dict[str, str]] = {
    "softplus": '''\
def softplus(x):
    """Return log(1 + exp(x)); that of torch.nn is x from x = 20 on."""
    return torch.logaddexp(x, torch.zeros_like(x))
''',
    "places_of": '''\
def places_of(xs, index, first=0):
    """Return the positions of elements along the last axis."""
    places = torch.broadcast_to(torch.as_tensor(index, dtype=xs.dtype), xs.shape[:-1])
    if not ((places % 1.0 == 0.0) & (places >= first) & (places < xs.shape[-1])).all():
        raise IndexError(f"an index is not a whole number from {first} to {xs.shape[-1] - 1}")
    return (places.long() % xs.shape[-1])[..., None]
''',
    "element_at": '''\
def element_at(xs, index):
    """Return an element of each list, from its end for a negative index."""
    return torch.gather(xs, -1, places_of(xs, index, -xs.shape[-1]))[..., 0]
''',
    "log_softmax_at": '''\
def log_softmax_at(xs, index):
    """Return an element of log_softmax of each list."""
    return torch.gather(torch.log_softmax(xs, -1), -1, places_of(xs, index))[..., 0]
''',
    "softmax_at": '''\
def softmax_at(xs, index):
    """Return an element of softmax of each list."""
    return torch.gather(torch.softmax(xs, -1), -1, places_of(xs, index))[..., 0]
''',
    "cross_entropy": '''\
def cross_entropy(xs, index):
    """Return -log of the softmax of a class."""
    return -log_softmax_at(xs, index)
''',
}

JAX_FUNCTIONS: Final[dict[str, str]] = {
    "places_of": '''\
def places_of(xs, index, first=0):
    """Return the positions of elements along the last axis; one that is not there gives nan."""
    places = jnp.broadcast_to(jnp.asarray(index), xs.shape[:-1])
    is_there = (places % 1.0 == 0.0) & (places >= first) & (places < xs.shape[-1])
    return jnp.where(is_there, places % xs.shape[-1], xs.shape[-1]).astype(int)[..., None]
''',
    "element_at": '''\
def element_at(xs, index):
    """Return an element of each list, from its end for a negative index."""
    return jnp.take_along_axis(xs, places_of(xs, index, -xs.shape[-1]), -1, mode="fill")[..., 0]
''',
    "log_softmax_at": '''\
def log_softmax_at(xs, index):
    """Return an element of log_softmax of each list."""
    return jnp.take_along_axis(jax.nn.log_softmax(xs), places_of(xs, index), -1, mode="fill")[..., 0]
''',
    "softmax_at": '''\
def softmax_at(xs, index):
    """Return an element of softmax of each list."""
    return jnp.take_along_axis(jax.nn.softmax(xs), places_of(xs, index), -1, mode="fill")[..., 0]
''',
    "cross_entropy": '''\
def cross_entropy(xs, index):
    """Return -log of the softmax of a class."""
    return -log_softmax_at(xs, index)
''',
}

LISTS_OF_TORCH: Final = {
    "max": "torch.amax({0}, -1)",
    "min": "torch.amin({0}, -1)",
    "prod": "torch.prod({0}, -1)",
    "norm": "torch.linalg.vector_norm({0}, dim=-1)",
    "logsumexp": "torch.logsumexp({0}, -1)",
}
LISTS_OF_JAX: Final = {
    "max": "jnp.max({0}, -1)",
    "min": "jnp.min({0}, -1)",
    "prod": "jnp.prod({0}, -1)",
    "norm": "jnp.linalg.norm({0}, axis=-1)",
    "logsumexp": "jax.nn.logsumexp({0}, -1)",
}
CALLS: Final = {
    "cross_entropy": ("places_of", "log_softmax_at", "cross_entropy"),
    "softmax_at": ("places_of", "softmax_at"),
    "log_softmax_at": ("places_of", "log_softmax_at"),
    "element_at": ("places_of", "element_at"),
}
"""The functions that rows of lists need."""
