"""Lesson 5, by hand: backpropagation in eleven steps, with small integers; the engine checks every number.

Run it: `python demos/by_hand.py`. Once installed, `autograd-tiny lesson by-hand` runs it with options.
`--worksheet` writes the eleven steps with blanks to fill in, and their solution; `--seed 7` gives other numbers.

Three layers: relu, relu, softmax with cross-entropy. Each is one matrix A = [W | b], the biases in its last column,
and takes [a | 1]: the bias is the weight of the 1. A layer forward is A·[a | 1]; its gradient is the outer product of
∂L/∂z with that same [a | 1].
"""

from pathlib import Path
from typing import Any

import numpy as np

from autograd_tiny import cross_entropy, relu, softmax
from autograd_tiny.lessons import as_values, data_of, gradient_of, picture_folder
from autograd_tiny.lessons.by_hand import draw_steps, show_eleven_steps, write_worksheet
from autograd_tiny.lessons.exercises import RATE, HandExercise, draw_exercise, given_exercise, updated

Numbers = dict[str, Any]
"""Scalars, vectors, and matrices [W | b], by their names."""


def with_one(vector: Any) -> Any:
    """Return [a | 1]."""
    return np.append(vector, 1.0)


@np.errstate(divide="ignore")  # −log 0 is inf
def by_hand(exercise: HandExercise) -> Numbers:
    """Return the results of all eleven steps, by the formulas for pencil and paper."""
    x, y, A1, A2, A3 = exercise.x, exercise.y, exercise.A1, exercise.A2, exercise.A3
    n: Numbers = {}

    # 1: forward through the layers
    n["z1"] = A1 @ with_one(x)
    n["a1"] = np.maximum(n["z1"], 0.0)
    n["z2"] = A2 @ with_one(n["a1"])
    n["a2"] = np.maximum(n["z2"], 0.0)
    n["z3"] = A3 @ with_one(n["a2"])

    # 2: prediction and loss; by hand a probability of 1e-19 is 0
    powers = np.exp(n["z3"] - n["z3"].max())
    n["ŷ"] = (powers / powers.sum()).round(15)
    n["L"] = 0.0 - np.log(n["ŷ"] @ y)

    # 3, 4: the error of layer 3, its weights and biases
    n["∂L/∂z3"] = n["ŷ"] - y
    n["∂L/∂W3 | ∂L/∂b3"] = np.outer(n["∂L/∂z3"], with_one(n["a2"]))

    # 5, 6, 7: back to layer 2, through relu, its weights and biases
    n["∂L/∂a2"] = A3[:, :-1].T @ n["∂L/∂z3"]
    n["∂L/∂z2"] = n["∂L/∂a2"] * (n["z2"] > 0.0)
    n["∂L/∂W2 | ∂L/∂b2"] = np.outer(n["∂L/∂z2"], with_one(n["a1"]))

    # 8, 9, 10: back to layer 1, through relu, its weights and biases
    n["∂L/∂a1"] = A2[:, :-1].T @ n["∂L/∂z2"]
    n["∂L/∂z1"] = n["∂L/∂a1"] * (n["z1"] > 0.0)
    n["∂L/∂W1 | ∂L/∂b1"] = np.outer(n["∂L/∂z1"], with_one(x))

    # 11: the update
    for layer, A in enumerate((A1, A2, A3), start=1):
        n[f"new W{layer} | b{layer}"] = A - RATE * n[f"∂L/∂W{layer} | ∂L/∂b{layer}"]
    return n


def by_engine(exercise: HandExercise) -> Numbers:
    """Return the same by the engine: one forward pass, one backward pass, one update."""
    A1, A2, A3 = (as_values(getattr(exercise, name), name) for name in ("A1", "A2", "A3"))
    z1 = A1 @ with_one(exercise.x)
    a1 = relu(z1)
    z2 = A2 @ with_one(a1)
    a2 = relu(z2)
    z3 = A3 @ with_one(a2)
    loss = cross_entropy(list(z3), exercise.target)
    values = {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "z3": z3, "ŷ": softmax(list(z3)), "L": loss}
    n = {name: data_of(value) for name, value in values.items()}
    loss.backward()
    n |= {f"∂L/∂{name}": gradient_of(values[name]) for name in ("z3", "a2", "z2", "a1", "z1")}
    for layer, A in enumerate((A1, A2, A3), start=1):
        n[f"∂L/∂W{layer} | ∂L/∂b{layer}"] = gradient_of(A)
        for p in A.flat:
            p.data -= RATE * p.grad
        n[f"new W{layer} | b{layer}"] = data_of(A)
    return n


def teach(*, seed: int | None = None, folder: Path | None = None, worksheet: Path | None = None) -> None:
    """Show the eleven steps, each number beside the engine's; or write the worksheet and its solution."""
    exercise = given_exercise() if seed is None else draw_exercise(seed, by_hand)
    hand = by_hand(exercise)
    if worksheet is not None:
        write_worksheet(exercise, hand, worksheet)
        return
    show_eleven_steps(exercise, hand, by_engine(exercise), loss_after=by_hand(updated(exercise, hand))["L"])
    if folder is not None:
        draw_steps(exercise, hand, folder / "by-hand.png")


if __name__ == "__main__":
    teach(folder=picture_folder("lesson-by-hand"))
