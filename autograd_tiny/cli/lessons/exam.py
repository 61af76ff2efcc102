"""Lesson 3: the exam. Hours of study and of sleep, passed or not; every gradient by hand and by the engine.

Two inputs, three hidden neurons with relu, one output with sigmoid, for each student:

    z = W x + b        h = relu(z)        ŷ = sigmoid(w·h + c)

    mean squared error      L = (ŷ − y)²                             δ_out = 2(ŷ − y)·ŷ(1 − ŷ)
    binary cross-entropy    L = −(y log ŷ + (1 − y) log(1 − ŷ))      δ_out = ŷ − y

    δ_hidden,i = δ_out·w_i·relu′(z_i)
    ∂L/∂w_i = δ_out·h_i      ∂L/∂c = δ_out      ∂L/∂W_ij = δ_hidden,i·x_j      ∂L/∂b_i = δ_hidden,i

Over all students these are averaged. Descent takes all of them in each step.

>>> students = exam_students()
>>> students.inputs.shape, int(students.passed.sum())
((60, 2), 27)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny import Value, mean, no_gc
from autograd_tiny.cli.lessons.arrays import data_of, gradient_of, largest_difference
from autograd_tiny.cli.lessons.exam_pictures import draw_descents, draw_film, draw_student
from autograd_tiny.cli.lessons.exam_students import BCE, MSE, Descent, Students, exam_students, predict, short_name
from autograd_tiny.cli.lessons.screen import apart, compare, digits, heading, say, table
from nn import MLP
from nn.losses import binary_cross_entropy, squared_error

SEED: Final = 1
EPOCHS: Final = 500
RATES: Final = (0.001, 0.01, 0.1, 0.3)
NEAR_ZERO: Final = 0.05
"""A gradient is near zero when no more than this share is left of its first size."""

Gradients = dict[str, Any]
"""Arrays by the names of the formulas above."""


LOSSES: Final[Mapping[str, Callable[[Any, Any], Any]]] = {MSE: squared_error, BCE: binary_cross_entropy}

OUTPUT_DELTAS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    MSE: lambda output, y: 2.0 * (output - y) * output * (1.0 - output),
    BCE: lambda output, y: output - y,
}
"""δ_out for each loss."""


def new_network(seed: int) -> MLP:
    """Return the network 2-3-1 with its first weights."""
    return MLP(2, [3, 1], hidden="relu", output="sigmoid", initializer="he_uniform", seed=seed)


def parameters_of(network: MLP, read: Callable[[Any], Any] = data_of) -> dict[str, Any]:
    """Return what is read of W, b, w and c, by these names."""
    hidden, (out,) = network.layers[0].neurons, network.layers[1].neurons
    values = {"W": [neuron.w for neuron in hidden], "b": [neuron.b for neuron in hidden], "w": out.w, "c": out.b}
    return {name: read(value) for name, value in values.items()}


def by_hand(parameters: Mapping[str, Any], inputs: Any, y: Any, loss: str) -> Gradients:
    """Return every gradient by the formulas above, averaged over the rows of the inputs."""
    z, h, output = predict(parameters, inputs)
    delta_out = OUTPUT_DELTAS[loss](output, y)
    delta_hidden = delta_out[:, None] * parameters["w"] * (z > 0.0)
    return {
        "δ_out": delta_out.mean(),
        "∂L/∂w": (delta_out[:, None] * h).mean(axis=0),
        "∂L/∂c": delta_out.mean(),
        "δ_hidden": delta_hidden.mean(axis=0),
        "∂L/∂W": (delta_hidden[:, :, None] * inputs[:, None, :]).mean(axis=0),
        "∂L/∂b": delta_hidden.mean(axis=0),
    }


def by_engine(network: MLP, inputs: Any, y: Any, loss: str) -> tuple[Value, Gradients]:
    """Return the mean loss, and the gradients of the parameters that one backward pass gives."""
    network.zero_grad()
    rows = zip(inputs.tolist(), y.tolist(), strict=True)
    cost: Value = mean([LOSSES[loss](network(x), target) for x, target in rows])
    cost.backward()
    return cost, {f"∂L/∂{name}": gradient for name, gradient in parameters_of(network, gradient_of).items()}


def deltas_by_engine(network: MLP, x: Any, y: float, loss: str) -> Gradients:
    """Return δ_out and δ_hidden of one student: the gradients of the pre-activations in the graph."""
    hidden = network.layers[0](x)
    output = network.layers[1](hidden)
    LOSSES[loss](output, y).backward()
    (before_sigmoid,) = output.inputs
    return {"δ_out": gradient_of(before_sigmoid), "δ_hidden": gradient_of([neuron.inputs[0] for neuron in hidden])}


def descend(students: Students, loss: str, rate: float, *, epochs: int, seed: int) -> Descent:
    """Take one step for each epoch, every time with the gradient over all students."""
    network, descent = new_network(seed), Descent(loss, rate)
    with no_gc():
        for epoch in range(epochs + 1):
            cost, gradients = by_engine(network, students.inputs, students.passed, loss)
            descent.losses.append(cost.data)
            descent.sizes.append(size_of(gradients))
            descent.networks.append(parameters_of(network))
            if epoch < epochs:
                for parameter in network.parameters():
                    parameter.data -= rate * parameter.grad
    _, _, output = predict(descent.networks[-1], students.inputs)
    descent.accuracy = float(((output > 0.5) == students.passed).mean())
    return descent


def size_of(gradients: Gradients) -> float:
    """Return √(Σ (∂L/∂p)²) over all parameters.

    >>> size_of({"∂L/∂w": np.array([3.0]), "∂L/∂c": np.array(4.0)})
    5.0
    """
    return math.hypot(*np.concatenate([np.ravel(gradient) for gradient in gradients.values()]))


def teach(
    *, seed: int = SEED, folder: Path | None = None, epochs: int = EPOCHS, rates: Sequence[float] = RATES
) -> None:
    """Show every gradient by hand and by the engine, then descend with several steps, and draw the boundary."""
    students = exam_students()
    heading("The exam: hours of study and of sleep, passed or not")
    say(f"{len(students.passed)} students, {int(students.passed.sum())} passed; the network is 2-3-1: relu, sigmoid")
    show_one_student(students, seed)
    descents = [descend(students, BCE, rate, epochs=epochs, seed=seed) for rate in rates]
    best = min(descents, key=lambda descent: descent.losses[-1])
    descents.append(descend(students, MSE, best.rate, epochs=epochs, seed=seed))
    show_descents(descents, epochs)
    show_the_end(students, best)
    if folder is not None:
        draw_descents(students, descents, best, folder / "exam.png")
        draw_film(students, best, folder / "exam.gif")
        first, (x, y) = parameters_of(new_network(seed)), (students.inputs[:1], students.passed[:1])
        draw_student(first, by_hand(first, x, y, BCE), x, folder / "exam-student.png")


def show_one_student(students: Students, seed: int) -> None:
    """Print every gradient for the first student, by hand and by the engine, for both losses."""
    x, y = students.inputs[:1], students.passed[:1]
    network = new_network(seed)
    z, h, output = predict(parameters_of(network), x)
    study, sleep = students.hours[0]
    heading(f"One student: {study:g} hours of study, {sleep:g} of sleep, {'passed' if y[0] else 'not passed'}")
    say(f"x = ({digits(x[0], '.3f')})    y = {digits(y[0])}    (x: how far from the average, in deviations)")
    say(f"z = ({digits(z[0], '.3f')})    h = ({digits(h[0], '.3f')})    ŷ = {digits(output[0], '.3f')}")
    say(
        "δ_hidden = δ_out·w ⊙ relu′(z)    ∂L/∂W = δ_hidden xᵀ    ∂L/∂b = δ_hidden    ∂L/∂w = δ_out·h    ∂L/∂c = δ_out"
    )
    for loss, rule in ((BCE, "ŷ − y"), (MSE, "2(ŷ − y)·ŷ(1 − ŷ)")):
        heading(f"{loss}: δ_out = {rule}")
        hand = by_hand(parameters_of(network), x, y, loss)
        engine = deltas_by_engine(network, x[0].tolist(), y[0], loss) | by_engine(network, x, y, loss)[1]
        rows = [(name, *compare(hand[name], engine[name], ".4f")) for name in hand]
        table(("gradient", "by hand", "by the engine", "apart"), [rows])


def show_descents(descents: Sequence[Descent], epochs: int) -> None:
    """Print where each descent began and ended."""
    heading(f"{epochs} steps, each with the gradient over all students")
    rows = [
        (
            short_name(descent.loss),
            f"{descent.rate:g}",
            *ends(descent.losses),
            *ends(descent.sizes),
            f"{100.0 * descent.accuracy:.0f} %",
        )
        for descent in descents
    ]
    table(("loss", "step", "loss at first", "at last", "gradient at first", "at last", "correct"), [rows])


def ends(curve: Sequence[float]) -> tuple[str, str]:
    """Return the first and the last number of a curve."""
    return f"{curve[0]:.4f}", f"{curve[-1]:.4f}"


def show_the_end(students: Students, descent: Descent) -> None:
    """Print the gradients at the end of a descent, by hand and by the engine, and whether they are near zero."""
    network = network_of(descent.networks[-1])
    _, engine = by_engine(network, students.inputs, students.passed, descent.loss)
    by_formula = by_hand(descent.networks[-1], students.inputs, students.passed, descent.loss)
    hand = {name: by_formula[name] for name in engine}
    there = "near zero" if size_of(hand) <= NEAR_ZERO * descent.sizes[0] else "not near zero"
    heading(f"The gradients at the end, with step {descent.rate:g}: {there}")
    rows = [(name, *compare(hand[name], engine[name], ".4f")) for name in engine]
    table(("gradient", "by hand", "by the engine", "apart"), [rows])
    say(f"Hand and engine are at most {apart(largest_difference(engine, hand))} apart.")
    _, _, output = predict(descent.networks[-1], students.inputs)
    if np.any(np.abs(output - students.passed) == 1.0):
        say(
            "The steps were too large: ŷ is exactly 0 or 1 for some student, and wrong.",
            "There floats see no slope of sigmoid. The engine multiplies ∂L/∂ŷ by it, and gets 0;",
            "in ŷ − y the two are multiplied beforehand.",
        )


def network_of(parameters: Mapping[str, Any]) -> MLP:
    """Return a network with these parameters."""
    network = new_network(0)
    for values, numbers in zip(parameters_of(network, list_of).values(), parameters.values(), strict=True):
        for value, number in zip(values, np.ravel(numbers), strict=True):
            value.data = number
    return network


def list_of(values: Any) -> list[Value]:
    """Return a Value, or Values in lists, as one list."""
    return np.array(values, dtype=object).ravel().tolist()
