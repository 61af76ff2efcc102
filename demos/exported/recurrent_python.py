"""Compute the loss and gradient of a recorded program in plain Python; exported by autograd_tiny.

Inputs of an example and their columns in a CSV file, 25 in all:

    rows_ (12, 2), 'rows' of the program: columns 1 to 24
    target, a number: column 25

Parameters, 32 numbers in all:

    inner (4, 4)
    outer (4, 2)
    bias (4,)
    readout (4,)
"""

import math
import sys

COLUMNS = 25

parameters = {
    # inner (4, 4)
    "inner": [
        [0.471, -0.698, -0.34, 0.185],
        [-0.508, -0.036, 0.09, -0.416],
        [-0.655, 0.097, 0.497, -0.323],
        [-0.167, 0.823, -0.279, -0.257],
    ],
    # outer (4, 2)
    "outer": [
        [1.202, -0.766],
        [0.398, -1.002],
        [-0.298, 0.752],
        [0.611, -0.451],
    ],
    # bias (4,)
    "bias": [0.0, 0.0, 0.0, 0.0],
    # readout (4,)
    "readout": [-0.454, 0.08, -1.258, 0.552],
}


def zeros(size, *sizes):
    """Return nested lists of 0."""
    return [zeros(*sizes) if sizes else 0.0 for _ in range(size)]


def sech(x):
    """Return 1 / cosh(x), as 2·e^-|x| where cosh(x) overflows."""
    return 1.0 / math.cosh(x) if not abs(x) > 710.0 else 2.0 * math.exp(-abs(x))


def square(x):
    return x * x


def loss_and_gradient(parameters, rows_, target):
    """Return the loss, and its gradient with respect to the parameters."""
    inner = parameters["inner"]
    outer = parameters["outer"]
    bias = parameters["bias"]
    readout = parameters["readout"]

    u1 = [sum(inner[i][n] * 0.0 for n in range(4)) for i in range(4)]
    v2 = [outer[i][0] * rows_[0][0] + outer[i][1] * rows_[0][1] + u1[i] + bias[i] for i in range(4)]
    v3 = [0.0] * 11
    v4 = [0.0] * 12
    v4[0] = [v2[i] for i in range(4)]
    for k in range(11):
        v3[k] = [math.tanh(v4[k][i]) for i in range(4)]
        v4[k + 1] = (
            [sum(inner[i][n] * v3[k][n] for n in range(4)) + sum(outer[i][n] * rows_[k + 1][n] for n in range(2)) +
            bias[i] for i in range(4)]
        )
    v5 = [math.tanh(v4[11][i]) for i in range(4)]
    v6 = sum(readout[n] * v5[n] for n in range(4))
    v7 = v6 - target
    loss = v7 * v7

    # backward: g_v1 is the gradient of v1
    g_inner = zeros(4, 4)
    g_outer = zeros(4, 2)
    g_bias = zeros(4)
    g_readout = zeros(4)
    g_u1 = zeros(4)
    g_v2 = zeros(4)
    g_v3 = zeros(11, 4)
    g_v4 = zeros(12, 4)
    g_v5 = zeros(4)
    g_v6 = 0.0
    g_v7 = 0.0
    g_loss = 0.0
    g_loss += 1.0
    g_v7 += 2.0 * v7 * g_loss
    g_v6 += g_v7
    for n in range(4):
        g_readout[n] += v5[n] * g_v6
        g_v5[n] += readout[n] * g_v6
    for i in range(4):
        g_v4[11][i] += square(sech(v4[11][i])) * g_v5[i]
    for k in reversed(range(11)):
        for i in range(4):
            for n in range(4):
                g_inner[i][n] += v3[k][n] * g_v4[k + 1][i]
                g_v3[k][n] += inner[i][n] * g_v4[k + 1][i]
            for n in range(2):
                g_outer[i][n] += rows_[k + 1][n] * g_v4[k + 1][i]
            g_bias[i] += g_v4[k + 1][i]
        for i in range(4):
            g_v4[k][i] += square(sech(v4[k][i])) * g_v3[k][i]
    for i in range(4):
        g_v2[i] += g_v4[0][i]
    for i in range(4):
        g_outer[i][0] += rows_[0][0] * g_v2[i]
        g_outer[i][1] += rows_[0][1] * g_v2[i]
        g_u1[i] += g_v2[i]
        g_bias[i] += g_v2[i]
    for i in range(4):
        for n in range(4):
            g_inner[i][n] += 0.0 * g_u1[i]

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


def inputs_of(row):
    """Return the inputs in a row of a CSV file."""
    return [row[2 * i : 2 * i + 2] for i in range(12)], row[24]


def moved(x, scale, y):
    """Return x + scale * y for numbers and nested lists."""
    return [moved(*pair) for pair in zip(x, [scale] * len(x), y)] if isinstance(x, list) else x + scale * y


def train(parameters, rows, epochs=100, rate=0.1, batch_size=32):
    """Descend along the gradient, batch by batch in the order of the rows; return the mean loss of each epoch."""
    history = []
    for _ in range(epochs):
        total = 0.0
        for first in range(0, len(rows), batch_size):
            batch, start = rows[first : first + batch_size], dict(parameters)
            for row in batch:
                loss, gradient = loss_and_gradient(start, *inputs_of(row))
                total += loss
                for name in parameters:
                    parameters[name] = moved(parameters[name], -rate / len(batch), gradient[name])
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
        print(name, "=", numbers)


if __name__ == "__main__":
    main(sys.argv[1:])
