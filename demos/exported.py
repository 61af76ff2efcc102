"""Record a recurrent net, and write it as a file of its own in five languages: `python demos/exported.py [FOLDER]`.

The files need nothing of autograd_tiny. Each has the loss, its gradient, the parameters by name, and a training on
the rows of a CSV file: `python exported/recurrent_numpy.py data.csv`, or
`cc -std=c99 -O2 exported/recurrent.c -lm && ./a.out data.csv`.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograd_tiny import Value, record, tanh

STEPS, INPUTS, HIDDEN = 12, 2, 4
FILES = {
    "python": "recurrent_python.py",
    "numpy": "recurrent_numpy.py",
    "c": "recurrent.c",
    "torch": "recurrent_torch.py",
    "jax": "recurrent_jax.py",
}

draw = random.Random(0)
inner = [[Value(round(draw.gauss(0.0, 0.5), 3)) for _ in range(HIDDEN)] for _ in range(HIDDEN)]
outer = [[Value(round(draw.gauss(0.0, 0.5), 3)) for _ in range(INPUTS)] for _ in range(HIDDEN)]
bias = [Value(0.0) for _ in range(HIDDEN)]
readout = [Value(round(draw.gauss(0.0, 1.0), 3)) for _ in range(HIDDEN)]


def dot(ws: Sequence[Value], xs: Sequence[Any]) -> Any:
    """Return the sum of products."""
    return sum(w * x for w, x in zip(ws, xs, strict=True))


def loss(rows: Any, target: Any) -> Any:
    """Return the squared error of the prediction after all rows: h = tanh(inner h + outer x + bias)."""
    h: list[Any] = [0.0] * HIDDEN
    for x in rows:
        h = [tanh(dot(inner[i], h) + dot(outer[i], x) + bias[i]) for i in range(HIDDEN)]
    return (dot(readout, h) - target) ** 2


def main() -> None:
    """Write the five files."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "exported")
    folder.mkdir(exist_ok=True)
    parameters = [w for row in (*inner, *outer, bias, readout) for w in row]
    program = record(loss, inputs=([[0.0] * INPUTS] * STEPS, 0.0), parameters=parameters)
    for language, name in FILES.items():
        path = program.export(language, folder / name)
        print(f"{path}: {len(path.read_text(encoding='utf-8').splitlines())} lines")


if __name__ == "__main__":
    main()
