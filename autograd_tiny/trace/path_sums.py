"""Add up all paths from the root to a node beyond the range of floats, where the pass underflows and loses some.

>>> from autograd_tiny import Value
>>> from autograd_tiny.trace.best_paths import BestPaths
>>> x = Value(1.0, label="x")
>>> trace = (x * 1e200 * 1e-200 * 1e-200).trace()
>>> tree = BestPaths(trace, {}, 0, most=1, done=len(trace.edges))
>>> tree.gradient, loses_digits(tree, 0.0, logarithm=0.0), str(sum_of_paths(tree))
(0.0, True, '1e-200')
"""

from __future__ import annotations

import math
import sys
from typing import Final

from autograd_tiny.trace.best_paths import BestPaths
from autograd_tiny.trace.path_sizes import Number, product_of_size

SMALLEST: Final = sys.float_info.min
"""The smallest float with all its digits."""
NEGLIGIBLE: Final = 60.0
"""Bits of a number that many below its first do not show."""


def loses_digits(tree: BestPaths, gradient: float, *, logarithm: float) -> bool:
    """Return whether contributions too small for a float, or for all its digits, may show in a gradient.

    Args:
        tree: of the node.
        gradient: of it.
        logarithm: of the number of paths, to base 10.
    """
    if gradient and tree.source:
        # each of them loses less than 2**-1074 times a path that goes on from there
        m, e = product_of_size(max(size for size in tree.size if size is not None))
        lost = e - 1074.0 + math.log2(len(tree.source)) + logarithm * math.log2(10.0)
        if math.isfinite(m) and lost < math.frexp(gradient)[1] - NEGLIGIBLE:
            return False
    gradients, partials, size = tree.trace.events.numbers.gradients, tree.trace.events.numbers.partials, tree.size
    upstreams = map(gradients.__getitem__, tree.source)
    edges = zip(upstreams, partials, tree.target, strict=False)
    return any(g and p and -SMALLEST < g * p < SMALLEST and size[y] is not None for g, p, y in edges)


def sum_of_paths(tree: BestPaths) -> Number:
    """Return the sum of the products along all paths, as far as the cursor has come; all partials are finite.

    It is a backward pass with numbers m·2ᵉ.
    """
    size, partials = tree.size, tree.trace.events.numbers.partials
    sums, exponents = [0.0] * (len(size) - 1) + [0.5], [0] * (len(size) - 1) + [1]
    current, upstream, exponent = -1, 0.0, 0
    for z, y, partial in zip(tree.source, tree.target, partials, strict=False):
        if size[y] is None:
            continue
        if z != current:
            current = z
            upstream, exponent = math.frexp(sums[z])
            exponent += exponents[z]
        if not upstream or not partial:
            continue
        m, e = math.frexp(partial)
        shift = exponent + e - exponents[y]
        if not sums[y]:
            sums[y], exponents[y] = upstream * m, exponent + e
        elif shift <= 0:
            sums[y] += math.ldexp(upstream * m, shift)
        else:
            sums[y], exponents[y] = math.ldexp(sums[y], -shift) + upstream * m, exponent + e
    m, e = math.frexp(sums[tree.x])
    return Number(m, e + exponents[tree.x])
