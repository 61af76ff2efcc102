"""Find another formula for nodes that overflow, or lose all digits: logsumexp for the logarithm of a sum of exp.

It is told where it has a finite value and finite slopes at the numbers of the graph, and equals what it replaces at
others.

>>> from autograd_tiny import Value
>>> x = Value(800.0, label="x")
>>> details = replacement(Stepper((1.0 + x.exp()).log()), 1)
>>> details["instead"], details["gives"]
(<symbol softplus(x, 1)>, 800.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Any, Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.symbol import Symbol
from autograd_tiny.trace.facts import Detail
from autograd_tiny.trace.passes import primitive_of
from autograd_tiny.trace.stepper import Stepper

MOST: Final = 8
"""The most consumers of a node, and terms of a sum, that are looked at."""
STEP: Final = 1e-6
"""The relative step of the quotients by which a slope is finite."""

Identity = tuple[Callable[..., Any], Sequence[Value]]
"""A function of floats or symbols, and the nodes that it takes."""


def replacement(trace: Stepper, z: int) -> dict[str, Detail]:
    """Return a formula that may replace a node, or one that uses it: `whole`, `instead`, and what it `gives`.

    Args:
        trace: of the graph.
        z: the position of a node that is not finite, or makes such gradients.

    Returns:
        Nothing where none is known, or none is finite here.
    """
    users = list(_consumers(trace, trace.nodes[z]))
    further = chain.from_iterable(_consumers(trace, user) for user in users)
    for whole in dict.fromkeys([trace.nodes[z], *users, *further]):
        for function, inputs in _identities(whole):
            numbers = [trace.events.numbers.values[trace.position(x)] for x in inputs]
            with suppress(ArithmeticError, AutogradError, ValueError):
                if _is_finite(function, numbers) and _is_identity(trace, whole, function, inputs):
                    names = [Symbol(trace.names[x]) for x in inputs]
                    return {"whole": whole, "instead": function(*names), "gives": float(function(*numbers))}
    return {}


def _consumers(trace: Stepper, node: Value) -> Iterator[Value]:
    edges = islice(trace.edges.into(trace.position(node)), MOST)
    return (trace.nodes[trace.edges.source[edge]] for edge in edges)


def _is_finite(function: Callable[..., Any], numbers: Sequence[float]) -> bool:
    """Return whether a function, and its difference quotients, are finite."""
    steps = [STEP * (abs(x) or 1.0) for x in numbers]
    beside = (
        [*numbers[:k], numbers[k] + side * steps[k], *numbers[k + 1 :]]
        for k in range(len(numbers))
        for side in (-1, 1)
    )
    return all(math.isfinite(function(*point)) for point in (numbers, *beside))


def _is_identity(trace: Stepper, whole: Value, function: Callable[..., Any], inputs: Sequence[Value]) -> bool:
    """Return whether a node has the value of a function at other numbers, of moderate size, of these inputs."""
    known = {x: 0.25 + 0.125 * k for k, x in enumerate(dict.fromkeys(inputs))}
    others = 0.5625  # it does not depend on them, or another number for them shows it
    expected = function(*map(known.__getitem__, inputs))
    todo, between = [whole], []
    while todo:
        node = todo.pop()
        if node not in known and node.primitive is not None:
            between.append(node)
            todo += node.inputs
    for node in sorted(set(between), key=trace.position):
        numbers = [known.get(x, others) if isinstance(x, Value) else x for x in node.operands]
        known[node] = primitive_of(node).evaluate(*primitive_of(node).group(numbers))
    return math.isclose(known[whole], expected, rel_tol=1e-9)


# ── identities ──


def _identities(whole: Value) -> Iterator[Identity]:
    """Yield functions that are mathematically equal to a node."""
    name, operands = _name(whole), whole.operands
    if name == "log" and isinstance(operands[0], Value):
        yield from _of_logarithm(operands[0])
    elif name == "div" and isinstance(operands[1], Value):
        yield from _of_quotient(*operands)
    elif name == "sqrt" or (name == "pow_constant_exponent" and operands[1] == 0.5):
        squares = [_square_of(term) for term in _terms(operands[0])]
        roots = [x for x in squares if x is not None]
        if len(roots) == len(squares) > 1:
            yield lambda *xs: TABLE["norm"](list(xs)), roots


def _of_logarithm(p: Value) -> Iterator[Identity]:
    """Yield functions that are equal to the logarithm of a node."""
    name, operands = _name(p), p.operands
    if name == "exp":
        yield lambda x: x, operands
    elif name == "gamma":
        yield TABLE["lgamma"], operands
    elif name == "sigmoid":
        yield TABLE["log_sigmoid"], operands
    elif name == "softmax_at" and len(p.inputs) == len(operands) - 1:
        yield lambda *xs: TABLE["log_softmax_at"](list(xs), int(operands[-1])), p.inputs
    elif name == "mul" and len(p.inputs) == 2:
        yield lambda x, y: TABLE["log"](x) + TABLE["log"](y), operands
    elif name == "sub" and _is_one(operands[0]) and _name(operands[1]) == "sigmoid":
        yield lambda x: TABLE["log_sigmoid"](-x), operands[1].operands
    exponents = [_exponent(term) for term in _terms(p)]
    known = [x for x in exponents if x is not None]
    if len(known) == len(exponents) > 1:
        yield lambda *xs: TABLE["logsumexp"](list(xs)), known
    elif len(known) == 1 and len(exponents) == 2 and any(map(_is_one, _terms(p))):
        yield lambda x: TABLE["softplus"](x, 1.0), known


def _of_quotient(numerator: Any, divisor: Value) -> Iterator[Identity]:
    """Yield functions that are equal to the quotient of an exponential, or of 1, and a sum of exponentials."""
    terms = _terms(divisor)
    exponents = [x for x in map(_exponent, terms) if x is not None]
    exponent = _exponent(numerator)
    if len(exponents) == len(terms) > 1 and exponent is not None and exponent in exponents:
        index = exponents.index(exponent)
        yield lambda *xs: TABLE["softmax_at"](list(xs), index), exponents
    elif len(exponents) == 1 and len(terms) == 2 and any(map(_is_one, terms)):
        (x,) = exponents
        yield TABLE["sigmoid"], x.operands if _name(x) == "neg" else [x]
        yield lambda x: TABLE["sigmoid"](-x), [x]


def _is_one(x: Any) -> bool:
    """Return whether an operand is the constant 1."""
    return isinstance(x, float) and x == 1.0


def _name(x: Any) -> str:
    """Return the name of the primitive of a recorded node, else an empty text."""
    return x.primitive.name if isinstance(x, Value) and x.primitive is not None else ""


def _terms(x: Any) -> list[Any]:
    """Return the terms of a sum; a node that is no sum is one term."""
    terms = [x]
    while len(terms) < MOST:
        place = next((k for k, term in enumerate(terms) if _name(term) in {"add", "sum"}), None)
        if place is None:
            break
        terms[place : place + 1] = terms[place].operands
    return terms


def _exponent(x: Any) -> Value | None:
    """Return the exponent of a node that is an exponential."""
    return x.operands[0] if _name(x) == "exp" else None


def _square_of(x: Any) -> Value | None:
    """Return the node that a node is the square of."""
    name = _name(x)
    is_square = name == "square" or (name == "pow_constant_exponent" and x.operands[1] == 2.0)
    is_square = is_square or (name == "mul" and x.operands[0] is x.operands[1])
    return x.operands[0] if is_square else None
