"""Compute the loss and gradient of a recorded program in NumPy; exported by autograd_tiny.

Inputs of an example and their columns in a CSV file, 25 in all:

    rows_ (12, 2), 'rows' of the program: columns 1 to 24
    target, a number: column 25

Parameters, 32 numbers in all:

    inner (4, 4)
    outer (4, 2)
    bias (4,)
    readout (4,)
"""

import sys

import numpy as np

COLUMNS = 25

parameters = {
    # inner (4, 4)
    "inner": np.array([
        [0.471, -0.698, -0.34, 0.185],
        [-0.508, -0.036, 0.09, -0.416],
        [-0.655, 0.097, 0.497, -0.323],
        [-0.167, 0.823, -0.279, -0.257],
    ]),
    # outer (4, 2)
    "outer": np.array([
        [1.202, -0.766],
        [0.398, -1.002],
        [-0.298, 0.752],
        [0.611, -0.451],
    ]),
    # bias (4,)
    "bias": np.array([0.0, 0.0, 0.0, 0.0]),
    # readout (4,)
    "readout": np.array([-0.454, 0.08, -1.258, 0.552]),
}


def sech(x):
    return np.where(np.logical_not(np.abs(x) > 710.0), 1.0 / np.cosh(x), 2.0 * np.exp(-np.abs(x)))


def losses_and_gradient(parameters, rows_, target):
    """Return the losses, and the gradient of their mean with respect to the parameters."""
    inner = parameters["inner"]
    outer = parameters["outer"]
    bias = parameters["bias"]
    readout = parameters["readout"]
    rows_ = np.asarray(rows_, float)
    target = np.asarray(target, float)
    batch = len(rows_)

    u1 = np.zeros(4) @ inner.T
    v2 = outer[:, 0] * rows_[:, 0, 0, None] + outer[:, 1] * rows_[:, 0, 1, None] + u1 + bias
    v3 = np.empty((batch, 11, 4))
    v4 = np.empty((batch, 12, 4))
    v4[:, 0] = v2
    for k in range(11):
        v3[:, k] = np.tanh(v4[:, k])
        v4[:, k + 1] = v3[:, k] @ inner.T + rows_[:, k + 1] @ outer.T + bias
    v5 = np.tanh(v4[:, 11])
    v6 = v5 @ readout
    v7 = v6 - target
    loss = v7**2

    # backward: g_v1 is the gradient of v1
    g_loss = np.full(batch, 1.0 / batch)
    g_v7 = 2.0 * v7 * g_loss
    g_v6 = g_v7.copy()
    g_readout = g_v6 @ v5
    g_v5 = g_v6[:, None] * readout
    g_v4 = np.zeros_like(v4)
    g_v4[:, 11] += sech(v4[:, 11])**2 * g_v5
    g_bias = np.zeros_like(bias)
    g_outer = np.zeros_like(outer)
    g_v3 = np.zeros_like(v3)
    g_inner = np.zeros_like(inner)
    for k in reversed(range(11)):
        g_inner += g_v4[:, k + 1].T @ v3[:, k]
        g_v3[:, k] += g_v4[:, k + 1] @ inner
        g_outer += g_v4[:, k + 1].T @ rows_[:, k + 1]
        g_bias += g_v4[:, k + 1].sum(axis=0)
        g_v4[:, k] += sech(v4[:, k])**2 * g_v3[:, k]
    g_v2 = g_v4[:, 0].copy()
    g_outer[:, 0] += (rows_[:, 0, 0, None] * g_v2).sum(axis=0)
    g_outer[:, 1] += (rows_[:, 0, 1, None] * g_v2).sum(axis=0)
    g_u1 = g_v2.sum(axis=0)
    g_bias += g_v2.sum(axis=0)
    g_inner += np.outer(g_u1, np.zeros(4))

    return loss, {"inner": g_inner, "outer": g_outer, "bias": g_bias, "readout": g_readout}


def number_in(text):
    """Return the finite number in a text, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") and "_" not in text else None


def read_rows(path):
    """Return the rows of a CSV file of finite numbers; a first line without any number is a header."""
    rows, may_be_header = [], True
    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"{path}: {error}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        fields = line.split(",")
        row = [number_in(field) for field in fields]
        is_header, may_be_header = may_be_header and row == [None] * len(row), False
        if is_header:
            continue
        if len(row) != COLUMNS:
            raise SystemExit(f"{path}, line {number}: {len(row)} columns instead of {COLUMNS}")
        if None in row:
            raise SystemExit(f"{path}, line {number}: {fields[row.index(None)]!r} is not a finite number")
        rows.append(row)
    if not rows:
        raise SystemExit(f"{path}: there are no rows of numbers")
    return rows


def inputs_of(rows):
    """Return the inputs in rows of a CSV file."""
    rows = np.asarray(rows, float)
    return rows[:, 0:24].reshape(-1, 12, 2), rows[:, 24]


def train(parameters, rows, epochs=100, rate=0.1, batch_size=32):
    """Descend along the gradient, batch by batch in the order of the rows; return the mean loss of each epoch."""
    history = []
    for _ in range(epochs):
        total = 0.0
        for first in range(0, len(rows), batch_size):
            losses, gradient = losses_and_gradient(parameters, *inputs_of(rows[first : first + batch_size]))
            total += losses.sum()
            for name in parameters:
                parameters[name] = parameters[name] - rate * gradient[name]
        history.append(float(total) / len(rows))
    return history


def main(arguments):
    """Train on the rows of a file, and print the mean loss of each epoch, then the parameters."""
    if not 1 <= len(arguments) <= 3:
        raise SystemExit("usage: python {} data.csv [epochs [rate]]".format(sys.argv[0]))
    try:
        epochs = int(arguments[1]) if len(arguments) > 1 else 100
        rate = float(arguments[2]) if len(arguments) > 2 else 0.1
    except ValueError as error:
        raise SystemExit(f"epochs is a whole number, and rate a number: {error}") from None
    rows = read_rows(arguments[0])
    for epoch in range(epochs):
        (loss,) = train(parameters, rows, 1, rate)
        print(f"epoch {epoch + 1}: mean loss {loss!r}")
    for name, numbers in parameters.items():
        print(name, "=", np.asarray(numbers).tolist())


if __name__ == "__main__":
    main(sys.argv[1:])
