"""Lab 5, neurons and layers: weighted sums with an activation, and the gradient of a hidden neuron.

>>> neuron(lambda w, x, b: relu(dot(w, x)))
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: neuron([1, -2], [3, 0.5], 0.25) gives {output: 2, ...
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_tiny.engine.reductions import dot, sum
from autograd_tiny.engine.value import Value
from autograd_tiny.labs import hints
from autograd_tiny.labs.calls import Call
from autograd_tiny.labs.exercise import Exercise, prediction
from autograd_tiny.labs.kinds import NUMBERS, VALUE, VALUES
from autograd_tiny.primitives.table import relu, tanh

Numbers = Sequence[float]


def engine_slope(w: float, x: float, b: float) -> float:
    """Return the gradient of w in relu(w·x + b), by the engine.

    >>> engine_slope(2.0, 3.0, 1.0)
    3.0
    """
    weight = Value(w)
    relu(weight * x + b).backward()
    return weight.grad


hint = hints.hint

predict_relu = prediction(
    "predict_relu",
    lambda: engine_slope(2.0, -3.0, 1.0),
    mistakes={
        "-3 is x, what w would get through the sum; but relu is flat at -5 and passes 0 down": -3.0,
        "-5 is the pre-activation; ask what the output does if w changes a little": -5.0,
        "1 is relu's slope where its input is positive; here it is -5": 1.0,
        "3 has the sign turned round; relu does not turn signs, it lets through or it does not": 3.0,
        "2 is w itself; ask what the output does if w changes a little": 2.0,
    },
    hint="If w moves by 0.01, by how much does the pre-activation move, and by how much relu of it?",
)


# ── one neuron ───────────────────────────────────────────────────────────────────────────────────────────────


def calls_of_neuron(w: Numbers, x: Numbers, b: float) -> list[Call]:
    """Return two calls with the same weights and bias."""
    arguments = ([Value(number) for number in w], x, Value(b))
    return [Call(arguments), Call(arguments, ", called again with the same weights,")]


def neuron_seen(output: Value, w: list[Value], x: Numbers, b: Value) -> dict[str, Any]:
    """Return the output of a neuron, and the gradients of its parameters, which grow from call to call."""
    output.backward()
    return {"output": output.data, "w.grad": [weight.grad for weight in w], "b.grad": b.grad}


neuron = Exercise(
    "neuron",
    lambda w, x, b: relu(dot(w, x, b)),
    samples=[
        ([1.0, -2.0], [3.0, 0.5], 0.25),
        ([0.5, 2.0], [-4.0, 0.25], 1.0),
        ([-1.0, 1.5, 1.0], [1.0, 2.0, -1.0], -0.5),
        ([2.0, -1.0], [1, 3], 0.5),
        ([3.0], [2], -1.0),
    ],
    kind=VALUE,
    mistakes={
        "the bias is missing": lambda w, x, b: relu(dot(w, x)),
        "the activation is missing: the output is relu of the weighted sum": dot,
        "the weights are missing: each input is multiplied by its weight": lambda w, x, b: relu(sum(x) + b),
        "the activation of this neuron is relu, not tanh": lambda w, x, b: tanh(dot(w, x, b)),
        "the bias is added after relu; it belongs into the sum": lambda w, x, b: relu(dot(w, x)) + b,
        "relu is applied to each product; apply it once, to the sum": lambda w, x, b: (
            sum([relu(weight * number) for weight, number in zip(w, x, strict=True)]) + b
        ),
        "the value is right and nothing can learn: .data cuts the graph, so no gradient reaches w and b": (
            lambda w, x, b: relu(dot([weight.data for weight in w], x, b.data))
        ),
        "weights and inputs are added; multiply each input by its weight": lambda w, x, b: relu(sum([*w, *x]) + b),
    },
    hint="Add up the products and the bias first. What happens to the sum, once, at the end?",
    calls=calls_of_neuron,
    seen=neuron_seen,
)

# ── a layer ──────────────────────────────────────────────────────────────────────────────────────────────────


def calls_of_layer(weights: Sequence[Numbers], biases: Numbers, x: Numbers) -> list[Call]:
    """Return two calls with the same weights: the inputs are plain numbers, and then Values of a layer before."""
    parameters = [[Value(w) for w in row] for row in weights], [Value(b) for b in biases]
    return [Call((*parameters, x)), Call((*parameters, [Value(number) for number in x]), " where x holds Values")]


def layer_seen(outputs: Any, weights: list[list[Value]], biases: list[Value], x: list[Any]) -> dict[str, Any]:
    """Return the outputs of a layer, and the gradients of their weighted sum."""
    if outputs:
        dot(range(1, len(outputs) + 1), outputs).backward()
    inputs = {"x.grad": [number.grad for number in x]} if isinstance(x[0], Value) else {}
    gradients = {"weights.grad": [[w.grad for w in row] for row in weights], "biases.grad": [b.grad for b in biases]}
    return {"outputs": outputs, **gradients, **inputs}


def engine_layer(weights: Sequence[Any], biases: Sequence[Any], x: Sequence[Any]) -> list[Any]:
    """Return relu(W·x + b), one output a row.

    >>> engine_layer([[1.0, 2.0]], [0.5], [1.0, 1.0])
    [3.5]
    """
    return [relu(dot(row, x, b)) for row, b in zip(weights, biases, strict=True)]


def columns_as_rows(columns: Sequence[Any], biases: Sequence[Any], x: Sequence[Any]) -> list[Any]:
    """Return the outputs of neurons that take as many inputs as they have weights."""
    sums = [
        sum([w * number for w, number in zip(column, x, strict=False)]) + b
        for column, b in zip(columns, biases, strict=False)
    ]
    return [relu(total) for total in sums]


layer = Exercise(
    "layer",
    engine_layer,
    samples=[
        ([[1.0, -2.0], [0.5, 1.0]], [0.25, 0.75], [3.0, 0.5]),
        ([[0.5, 2.0], [1.0, -1.0]], [1.0, 0.5], [2.0, 1.0]),
        ([[1.0, 0.5], [2.0, 1.5]], [0.5, -0.5], [1.0, 3.0]),
        ([[1.0, -2.0], [0.5, 1.0], [-1.0, 2.0]], [-3.0, 0.25, 1.0], [2, 1]),
        ([[0.5, -1.5, 1.0]], [0.25], [1.0, 2.0, 4.0]),
        ([[1.0, 1.0], [1.0, -2.0]], [0.5, -0.5], [1.0, 2.0]),
    ],
    kind=VALUES,
    mistakes={
        "the weights are read column by column: each row of the weights is one neuron": (
            lambda weights, biases, x: columns_as_rows(list(zip(*weights, strict=True)), biases, x),
            lambda weights, biases, x: columns_as_rows(
                [[row[k] for row in weights] for k in range(len(biases))], biases, x
            ),
        ),
        "every neuron has the bias of the first; each has its own": lambda weights, biases, x: engine_layer(
            weights, [biases[0]] * len(biases), x
        ),
        "the biases are missing": lambda weights, biases, x: engine_layer(weights, [0.0] * len(biases), x),
        "the outputs are added up; a layer returns a list with one output a neuron": lambda weights, biases, x: sum(
            engine_layer(weights, biases, x)
        ),
        "only the first neuron answers: does your function return inside the loop?": lambda weights, biases, x: (
            engine_layer(weights[:1], biases[:1], x)
        ),
        "only the last neuron answers: is the list made anew in each turn of the loop?": lambda weights, biases, x: (
            engine_layer(weights[-1:], biases[-1:], x)
        ),
        "the activation is missing: each output is relu of a weighted sum": lambda weights, biases, x: [
            dot(row, x, b) for row, b in zip(weights, biases, strict=True)
        ],
        "the outputs are in reversed order": lambda weights, biases, x: engine_layer(weights, biases, x)[::-1],
    },
    hint="What does the first neuron need of the weights and biases, and what does the second one?",
    calls=calls_of_layer,
    seen=layer_seen,
    needs=(neuron,),
)

# ── backwards through a layer, by hand ───────────────────────────────────────────────────────────────────────


def engine_deltas(delta: float, w: Numbers, z: Numbers) -> list[float]:
    """Return the gradient of each hidden pre-activation z, where ∂L/∂output is delta, by the engine.

    >>> engine_deltas(0.5, [3.0, 4.0], [1.0, -1.0])
    [1.5, 0.0]
    """
    pre_activations = [Value(number) for number in z]
    dot(w, [relu(number) for number in pre_activations]).backward(delta)
    return [number.grad for number in pre_activations]


hidden_deltas = Exercise(
    "hidden_deltas",
    engine_deltas,
    samples=[
        (0.5, [3.0, -2.0, 1.0], [1.5, -0.5, 0.0]),
        (-2.0, [0.5, 1.5], [-1.0, 2.5]),
        (0.25, [4.0, -1.0, 2.0], [0.75, 3.0, -2.0]),
        (-3, [2, -1, 5, 4], [1, -2, 3, 0]),
    ],
    kind=NUMBERS,
    mistakes={
        "relu' is missing: a neuron with z below 0 was switched off, and is not to blame": lambda delta, w, z: [
            delta * weight for weight in w
        ],
        "the upstream factor delta is missing": lambda delta, w, z: [
            weight * (number > 0.0) for weight, number in zip(w, z, strict=True)
        ],
        "the factor is relu(z), the activation; it should be relu'(z), its slope": lambda delta, w, z: [
            delta * weight * relu(number) for weight, number in zip(w, z, strict=True)
        ],
        "relu' asks whether z is above 0, not whether the weight is": lambda delta, w, z: [
            delta * weight * (weight > 0.0) for weight in w
        ],
        "relu'(0) is 0 by convention: a neuron is on only where z > 0": lambda delta, w, z: [
            delta * weight * (number >= 0.0) for weight, number in zip(w, z, strict=True)
        ],
        "the weight is missing: each hidden neuron is blamed as much as its weight passes on": lambda delta, w, z: [
            delta * (number > 0.0) for number in z
        ],
    },
    hint="For one hidden neuron: what arrives at the output, what is on the way to it, and is the neuron on?",
)
