"""Lesson 3, the exam: hours of study and of sleep, passed or not; every gradient by hand and by the engine.

Run it: `python demos/exam.py`. Once installed, `autograd-tiny lesson exam` runs it with options.

Two inputs, three hidden neurons with relu, one output with sigmoid, for each student:

    z = W x + b        h = relu(z)        ŷ = sigmoid(w·h + c)

    mean squared error      L = (ŷ − y)²                             δ_out = 2(ŷ − y)·ŷ(1 − ŷ)
    binary cross-entropy    L = −(y log ŷ + (1 − y) log(1 − ŷ))      δ_out = ŷ − y

    δ_hidden,i = δ_out·w_i·relu′(z_i)
    ∂L/∂w_i = δ_out·h_i      ∂L/∂c = δ_out      ∂L/∂W_ij = δ_hidden,i·x_j      ∂L/∂b_i = δ_hidden,i

These are averaged over all students, and each step of the descent takes all of them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from autograd_tiny import mean, no_gc
from autograd_tiny.lessons import data_of, gradient_of, heading, picture_folder, say, weights_and_biases
from autograd_tiny.lessons.exam import (
    Descent,
    Students,
    draw_descents,
    draw_film,
    draw_student,
    exam_students,
    show_descents,
    show_one_student,
    show_the_end,
    size_of,
)
from nn import MLP
from nn.losses import binary_cross_entropy, squared_error


class Loss(NamedTuple):
    """A loss, and its δ_out: the gradient of the pre-activation of the output."""

    name: str
    of: Callable[[Any, Any], Any]
    delta: Callable[[Any, Any], Any]


BCE = Loss("binary cross-entropy", binary_cross_entropy, lambda output, y: output - y)
MSE = Loss("mean squared error", squared_error, lambda output, y: 2.0 * (output - y) * output * (1.0 - output))

Numbers = dict[str, Any]
"""Arrays by the names of the formulas above."""


def new_network(seed: int) -> MLP:
    """Return the network 2-3-1 with its first weights."""
    return MLP(2, [3, 1], hidden="relu", output="sigmoid", initializer="he_uniform", seed=seed)


def read(network: MLP, what: Callable[[Any], Any]) -> Numbers:
    """Return the data or the gradients of W, b, w and c."""
    (W, b), (w, c) = (weights_and_biases(layer, what) for layer in network.layers)
    return {"W": W, "b": b, "w": w[0], "c": c[0]}


@np.errstate(over="ignore")  # exp(1000) is inf, and 1 / (1 + inf) is 0, as it should be
def forward(parameters: Numbers, inputs: Any) -> tuple[Any, Any, Any]:
    """Return z, h and ŷ for each row of the inputs, in NumPy."""
    z = inputs @ parameters["W"].T + parameters["b"]
    h = np.maximum(z, 0.0)
    return z, h, 1.0 / (1.0 + np.exp(-(h @ parameters["w"] + parameters["c"])))


def by_hand(parameters: Numbers, inputs: Any, y: Any, loss: Loss) -> Numbers:
    """Return every gradient by the formulas above, averaged over the rows of the inputs."""
    z, h, output = forward(parameters, inputs)
    delta_out = loss.delta(output, y)
    delta_hidden = delta_out[:, None] * parameters["w"] * (z > 0.0)
    return {
        "δ_out": delta_out.mean(),
        "∂L/∂w": (delta_out[:, None] * h).mean(axis=0),
        "∂L/∂c": delta_out.mean(),
        "δ_hidden": delta_hidden.mean(axis=0),
        "∂L/∂W": (delta_hidden[:, :, None] * inputs[:, None, :]).mean(axis=0),
        "∂L/∂b": delta_hidden.mean(axis=0),
    }


def by_engine(network: MLP, inputs: Any, y: Any, loss: Loss) -> tuple[float, Numbers]:
    """Return the mean loss and the same gradients: one backward pass computes those of all nodes."""
    network.zero_grad()
    hidden = [network.layers[0](x) for x in inputs.tolist()]
    outputs = [network.layers[1](h) for h in hidden]
    cost = mean([loss.of(output, target) for output, target in zip(outputs, y.tolist(), strict=True)])
    cost.backward()
    before_sigmoid, before_relu = (
        gradient_of([[a.inputs[0] for a in row] for row in rows]) for rows in ([outputs], hidden)
    )
    deltas = {"δ_out": before_sigmoid.sum(), "δ_hidden": before_relu.sum(axis=0)}
    return cost.data, deltas | {f"∂L/∂{name}": gradient for name, gradient in read(network, gradient_of).items()}


@no_gc()
def descend(students: Students, loss: Loss, rate: float, *, epochs: int, seed: int) -> Descent:
    """Take one step for each epoch, every time with the gradient over all students."""
    network = new_network(seed)
    descent = Descent(loss.name, rate, network)
    for epoch in range(epochs + 1):
        cost, gradients = by_engine(network, students.inputs, students.passed, loss)
        descent.losses.append(cost)
        descent.sizes.append(size_of(gradients))
        descent.parameters.append(read(network, data_of))
        if epoch < epochs:
            for p in network.parameters():
                p.data -= rate * p.grad
    _, _, descent.outputs = forward(descent.parameters[-1], students.inputs)
    return descent


def teach(
    *, seed: int = 1, folder: Path | None = None, epochs: int = 500, rates: Sequence[float] = (0.001, 0.01, 0.1, 0.3)
) -> None:
    """Show every gradient by hand and by the engine, descend with several rates, and draw the boundary."""
    students = exam_students()
    heading("The exam: hours of study and of sleep, passed or not")
    say(f"{len(students.passed)} students, {int(students.passed.sum())} passed; the network is 2-3-1: relu, sigmoid")
    one, network = (students.inputs[:1], students.passed[:1]), new_network(seed)
    first = read(network, data_of)
    results = {loss: (by_hand(first, *one, loss), by_engine(network, *one, loss)[1]) for loss in (BCE, MSE)}
    show_one_student(students, forward(first, one[0]), [(loss.name, *both) for loss, both in results.items()])
    descents = [descend(students, BCE, rate, epochs=epochs, seed=seed) for rate in rates]
    best = min(descents, key=lambda descent: descent.losses[-1])
    descents.append(descend(students, MSE, best.rate, epochs=epochs, seed=seed))
    show_descents(students, descents)
    everyone = (students.inputs, students.passed, BCE)
    show_the_end(students, best, by_hand(best.parameters[-1], *everyone), by_engine(best.network, *everyone)[1])
    if folder is not None:
        draw_descents(students, descents, best, forward, folder / "exam.png")
        draw_film(students, best, forward, folder / "exam.gif")
        draw_student(first, forward(first, one[0]), results[BCE][0], one[0], folder / "exam-student.png")


if __name__ == "__main__":
    teach(folder=picture_folder("lesson-exam"))
