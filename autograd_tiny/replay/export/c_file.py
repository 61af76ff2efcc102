r"""Write a program as one standalone file in C99: loss, gradient, training, and a `main` that reads a CSV file.

>>> from autograd_tiny import Value, record
>>> from autograd_tiny.replay.export.standalone import standalone_of
>>> w = Value(0.5, label="w")
>>> text = source(standalone_of(record(lambda x, y: (w * x - y) ** 2, inputs=(1.0, 0.0), parameters=[w]), RESERVED))
>>> print(text[text.index("struct inputs {") : text.index("struct parameters {")].strip())
struct inputs {
    double x;
    double y;
};
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from math import prod
from pathlib import PurePath

from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.c_backend.c_rows import RowError
from autograd_tiny.replay.export.arrays import Array, Standalone
from autograd_tiny.replay.export.c_functions import with_functions
from autograd_tiny.replay.export.c_main import main_lines, usage
from autograd_tiny.replay.export.c_passes import Passes
from autograd_tiny.replay.export.c_texts import RESERVED, WIDTH, comment, initializer, literal
from autograd_tiny.replay.export.helpers import refused
from autograd_tiny.replay.recorder import Guard
from autograd_tiny.support.console import counted

__all__ = ["RESERVED", "source"]


def source(standalone: Standalone) -> str:
    """Return a program as the text of a file in C.

    Raises:
        BackendError: C lacks a row of the program.
    """
    try:
        passes = Passes(standalone)
    except RowError as error:
        raise refused(TABLE[error.name], "C") from None
    definitions, lines = with_functions(passes.lines)
    parts = [
        _title(standalone),
        [f"#include <{name}.h>" for name in ("errno", "math", "stdio", "stdlib", "string")],
        *_data(standalone),
        *_constants(standalone, passes),
        *(definition.splitlines() for definition in definitions),
        _function(standalone, passes, lines),
        _problems([*(_of_guard(guard) for guard, _ in standalone.guards), *passes.writer.notes.faults]),
    ]
    return "\n\n".join(["\n".join(part) for part in parts] + list(main_lines(standalone, passes))) + "\n"


# ── the comment at the top ──


def _title(standalone: Standalone) -> Iterator[str]:
    """Yield the comment: what the file computes, how it is compiled and called, its files and its names."""
    yield "/*"
    for sentence in _sentences(standalone):
        indent = " " * (len(sentence) - len(sentence.lstrip()) + 4)
        lines = textwrap.wrap(sentence, WIDTH - 3, subsequent_indent=indent if sentence.startswith(" ") else "")
        yield from (f" * {line}".rstrip() for line in lines or ("",))
    yield " */"


def _sentences(standalone: Standalone) -> Iterator[str]:
    columns = sum(array.size for array in standalone.inputs)
    numbers = sum(array.size for array in standalone.parameters)
    sizes = f"{counted(columns, 'input')}, {counted(numbers, 'parameter')}"
    if standalone.outputs is not None:
        yield f"A function of several numbers ({sizes}, {counted(prod(standalone.outputs.shape), 'output')})."
    elif standalone.of_inputs:
        yield f"A function and the gradient of its inputs ({sizes})."
    else:
        yield f"A loss, its gradient, and training by gradient descent ({sizes})."
    yield from ("", "    cc -std=c99 -O2 -o program FILE.c -lm", f"    {usage(standalone)}", "")
    if standalone.inputs:
        names = ", ".join(_columns(array) for array in standalone.inputs)
        yield f"Each line of data.csv is an example, {counted(columns, 'number')} with commas between them: {names}."
    yield _output(standalone)
    yield ""
    yield (
        "in->x is an input x, p.w a parameter w, c.a a constant a; v1, v2, ... are results, u1, u2, ... those which "
        "no input changes; g->w is the gradient of w, g_v1 that of v1."
    )
    mended = [(array.title, array.name) for array in (*standalone.inputs, *standalone.parameters) if array.title]
    if mended:
        yield from ("", "Names that were changed:")
        yield from (f"    {name} was {comment(title)}" for title, name in mended)
    if standalone.guards:
        yield ""
        yield "The recorded function has branches. The file has the one of the recorded example; others are refused."


def _output(standalone: Standalone) -> str:
    if standalone.outputs is not None:
        return "It prints a line for each example: its outputs."
    if standalone.of_inputs:
        return "It prints a line for each example: its value, and its gradient in the order of the inputs."
    return (
        "It prints the mean loss of each epoch, and at the end the parameters as JSON, to the file if one is named. "
        "Without numbers: 100 epochs at the rate 0.1."
    )


def _columns(array: Array) -> str:
    """Return the columns of an input."""
    name = comment(array.title or array.name)
    if not array.shape:
        return name
    first = "".join("[0]" for _ in array.shape)
    last = "".join(f"[{size - 1}]" for size in array.shape)
    return f"{name}{first}" if array.size == 1 else f"{name}{first} to {name}{last}"


# ── data ──


def _data(standalone: Standalone) -> Iterator[list[str]]:
    """Yield the sizes, the inputs and the parameters."""
    sizes = {
        "COLUMNS": sum(array.size for array in standalone.inputs),
        "PARAMETERS": sum(array.size for array in standalone.parameters),
        "ARRAYS": len(standalone.parameters),
        "BATCH": 32 * bool(standalone.parameters),
    }
    yield [f"enum {{ {', '.join(f'{name} = {size}' for name, size in sizes.items() if size)} }};"]
    if standalone.inputs:
        yield ["struct inputs {", *_members(standalone.inputs), "};"]
    if standalone.parameters:
        yield ["struct parameters {", *_members(standalone.parameters), "};"]
        yield ["static struct parameters p = {", *_initializers(standalone.parameters), "};"]


def _constants(standalone: Standalone, passes: Passes) -> Iterator[list[str]]:
    """Yield the constants, and the tables of positions."""
    text = passes.text()
    used = [array for array in standalone.constants if f"c.{array.name}" in text]
    if used:
        yield ["static const struct {", *_members(used), "} c = {", *_initializers(used), "};"]
    for table in passes.writer.notes.tables.values():
        name = f"static const int {table.name}{_sizes(table)}"
        *lines, last = initializer(name, table.shape, table.numbers, whole=True)
        yield [*lines, f"{last};"]


def _members(arrays: Iterable[Array]) -> Iterator[str]:
    yield from (f"    double {array.name}{_sizes(array)};" for array in arrays)


def _initializers(arrays: Iterable[Array]) -> Iterator[str]:
    for array in arrays:
        *lines, last = initializer(f".{array.name}", array.shape, array.numbers)
        yield from (f"    {line}" for line in lines)
        yield f"    {last},"


def _sizes(array: Array) -> str:
    return "".join(f"[{size}]" for size in array.shape)


# ── functions ──


def _function(standalone: Standalone, passes: Passes, lines: Sequence[str]) -> Iterator[str]:
    """Yield the function that computes the loss and the gradient, or the outputs."""
    arguments = ["const struct inputs *in"] * bool(standalone.inputs)
    if standalone.outputs is not None:
        name, what = "evaluate", "the outputs"
        arguments.append("double *outputs")
    else:
        name, what = "loss_and_gradient", "the loss"
        arguments.append("double *result")
    if passes.has_gradient:
        what += ", and the gradient unless g is NULL"
        arguments.append(f"struct {'inputs' if standalone.of_inputs else 'parameters'} *g")
    yield "/*"
    yield f" * Compute {what}. Return 0, or a status that problem_of explains."
    if passes.is_static:
        yield " * Its arrays are static, since they are large: no two threads can call it at once."
    yield " */"
    yield f"int {name}({', '.join(arguments)})"
    yield "{"
    if standalone.inputs and "in->" not in passes.text():
        yield "    (void)in;"
    yield from (f"    {line}" if line else "" for line in lines)
    yield "    return 0;"
    yield "}"


def _problems(texts: Sequence[str]) -> Iterator[str]:
    """Yield the function that explains a status."""
    yield "/* Return what a status means. */"
    yield "const char *problem_of(int status)"
    yield "{"
    if texts:
        yield "    switch (status) {"
        for status, text in enumerate(texts, 1):
            yield from (f"    case {status}:", f"        return {literal(text)};")
        yield "    }"
    yield '    return status == 0 ? "no problem" : "an unknown status";'
    yield "}"


def _of_guard(guard: Guard) -> str:
    """Return the sentence about a branch that was not recorded."""
    place = f"line {guard.line} of {PurePath(guard.file).name}"
    code = f": {guard.code[:120]}" if guard.code else ""
    return f"the example takes another branch than the recorded one, which was {guard.recorded} at {place}{code}"
