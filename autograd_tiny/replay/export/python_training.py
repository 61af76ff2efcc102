"""Write how the files in Python, NumPy, PyTorch and JAX read a CSV file and train: all that follows the gradient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, Final

from autograd_tiny.replay.export.arrays import Array, Standalone
from autograd_tiny.replay.export.library_text import torch_training

if TYPE_CHECKING:
    from autograd_tiny.replay.export.python_text import Pieces


def columns(standalone: Standalone) -> int:
    """Return the number of columns of a CSV file."""
    return sum(prod(array.shape) for array in standalone.inputs)


READ_ROWS: Final = '''\
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
'''

TRAIN_BATCHES: Final = '''\
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
'''

TRAIN_ROWS: Final = '''\
def moved(x, scale, y):
    """Return x + scale * y for numbers{arrays} and nested lists."""
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
'''


def training(pieces: Pieces) -> Iterator[Sequence[str]]:
    """Yield the functions that read a file and train."""
    standalone = pieces.standalone
    if columns(standalone):
        yield READ_ROWS.rstrip("\n").split("\n")
    yield list(_inputs_of(pieces))
    trains = standalone.outputs is None and standalone.parameters
    if trains:
        text = TRAIN_BATCHES if pieces.whole else TRAIN_ROWS.replace("{arrays}", ", arrays" * bool(pieces.array))
        if pieces.library == "torch":
            text = torch_training(whole=pieces.whole)
        yield text.rstrip("\n").split("\n")
    yield list(_main(pieces, trains=bool(trains)))
    yield ['if __name__ == "__main__":', "    main(sys.argv[1:])"]


def _inputs_of(pieces: Pieces) -> Iterator[str]:
    many = pieces.whole
    yield f"def inputs_of({'rows' if many else 'row'}):"
    yield f'    """Return the inputs in {"rows" if many else "a row"} of a CSV file."""'
    texts, first = [], 0
    for array in pieces.standalone.inputs:
        texts.append(_input_text(array, first, pieces))
        first += array.size
    if many and texts:
        yield f"    rows = {pieces.as_array('rows')}"
    elif pieces.array and texts:
        yield f"    row = {pieces.as_array('row')}"
    yield f"    return {', '.join(texts) if texts else ''}{',' * (len(texts) == 1)}" if texts else "    return ()"


def _input_text(array: Array, first: int, pieces: Pieces) -> str:
    """Return one input as the columns of a row, or of rows."""
    stop, shape = first + array.size, array.shape
    name = "rows[:, " if pieces.whole else "row["
    if not shape:
        return f"{name}{first}]"
    text = f"{name}{first}:{stop}]"
    if len(shape) == 1:
        return text
    if pieces.array:
        sizes = ", ".join(map(str, [*([-1] * pieces.whole), *shape]))
        return f"{text}.reshape({sizes})"
    start, variables = f"{first}" * bool(first), "ijmnabcd"
    for axis, variable in enumerate(variables[: len(shape) - 1]):
        start += f"{' + ' * bool(start)}{prod(shape[axis + 1 :])} * {variable}"
    text = f"row[{start} : {start} + {shape[-1]}]"
    for axis in reversed(range(len(shape) - 1)):
        text = f"[{text} for {variables[axis]} in range({shape[axis]})]"
    return text


def _main(pieces: Pieces, *, trains: bool) -> Iterator[str]:
    """Yield the lines of the function that runs the file."""
    has_rows = bool(columns(pieces.standalone))
    usage = " ".join(["data.csv"] * has_rows + ["[epochs [rate]]"] * trains)
    yield "def main(arguments):"
    what = (
        "Train on the rows of a file, and print the mean loss of each epoch, then the parameters."
        if trains
        else "Print what is computed."
    )
    yield f'    """{what}"""'
    first = int(has_rows)
    yield f"    if not {first} <= len(arguments) <= {first + 2 * trains}:"
    yield f'        raise SystemExit("usage: python {{}} {usage}".format(sys.argv[0]))'.replace("{}", "{}")
    if trains:
        yield "    try:"
        yield f"        epochs = int(arguments[{first}]) if len(arguments) > {first} else 100"
        yield f"        rate = float(arguments[{first + 1}]) if len(arguments) > {first + 1} else 0.1"
        yield "    except ValueError as error:"
        yield '        raise SystemExit(f"epochs is a whole number, and rate a number: {error}") from None'
    yield f"    rows = {'read_rows(arguments[0])' if has_rows else '[[]]'}"
    if trains:
        yield "    for epoch in range(epochs):"
        if pieces.guards or "raise " in pieces.helpers:
            yield "        try:"
            yield "            (loss,) = train(parameters, rows, 1, rate)"
            yield "        except (ValueError, IndexError) as error:"
            yield f'            raise SystemExit(f"{"{arguments[0]}: " * has_rows}{{error}}") from None'
        else:
            yield "        (loss,) = train(parameters, rows, 1, rate)"
        yield '        print(f"epoch {epoch + 1}: mean loss {loss!r}")'
        yield "    for name, numbers in parameters.items():"
        numbers = f"{pieces.module}.asarray(numbers).tolist()" if pieces.array else "numbers"
        numbers = "numbers.tolist()" if pieces.library == "torch" else numbers
        yield f'        print(name, "=", {numbers})'
    elif pieces.whole:
        yield f"    print({pieces.name}(parameters, *inputs_of(rows)))"
    else:
        yield "    for row in rows:"
        yield f"        print({pieces.name}(parameters, *inputs_of(row)))"
