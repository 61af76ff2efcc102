"""The parts that the files in Python, NumPy, PyTorch and JAX share: what they say of themselves, and their `main`."""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograd_tiny.replay.export.arrays import Array, Operand, Standalone
from autograd_tiny.replay.export.library_text import library_gradient
from autograd_tiny.replay.export.names import NameClash
from autograd_tiny.replay.export.numbers_text import nested
from autograd_tiny.replay.export.python_training import columns, training

PYTHON_NAMES: Final = frozenset(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        "parameters",
        "rows",
        "row",
        "train",
        "main",
        "moved",
        "sys",
    }
    | {
        "read_rows",
        "number_in",
        "inputs_of",
        "losses_of",
        "loss_of",
        "tensor",
        "losses_and_gradient",
        "loss_and_gradient",
        "outputs",
        "math",
        "COLUMNS",
        "slopes",
    }
)
"""Names that every file of Python uses."""


LONGEST: Final = 60
"""The most characters of a user's name in a comment."""


def shape_text(array: Array) -> str:
    """Return the name and the shape of an array for a comment.

    >>> shape_text(Array("W", (2, 3), "parameter")), shape_text(Array("b", (), "parameter"))
    ('W (2, 3)', 'b, a number')
    """
    title = f", {plain(array.title)} of the program" if array.title else ""
    return f"{array.name} {array.shape}{title}" if array.shape else f"{array.name}, a number{title}"


def plain(text: str) -> str:
    """Return a text that may be anything for a comment or a docstring: other characters are shown by their codes.

    >>> print(plain('w"' + chr(10)))
    'w<U+0022><U+000A>'
    """
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
    letters = (c if c.isascii() and c.isprintable() and c not in "\"'\\" else f"<U+{ord(c):04X}>" for c in text)
    return f"'{''.join(letters)}'"


def described(standalone: Standalone, language: str) -> Iterator[str]:
    """Yield the docstring of a file."""
    what = "outputs" if standalone.outputs is not None else "loss and gradient"
    yield f'"""Compute the {what} of a recorded program in {language}; exported by autograd_tiny.'
    yield ""
    if standalone.inputs:
        each = "of an example " * standalone.batched
        yield f"Inputs {each}and their columns in a CSV file, {columns(standalone)} in all:"
        yield ""
        first = 0
        for array in standalone.inputs:
            last = first + array.size
            place = f"column {first + 1}" if array.size == 1 else f"columns {first + 1} to {last}"
            yield f"    {shape_text(array)}: {place}"
            first = last
    else:
        yield "It has no inputs."
    count = sum(array.size for array in standalone.parameters)
    if count:
        yield ""
        yield f"Parameters, {count:,} numbers in all:"
        yield ""
        for array in standalone.parameters:
            yield f"    {shape_text(array)}"
    yield '"""'
    yield ""


def guard_lines(standalone: Standalone, condition: Callable[[Operand], str]) -> Iterator[str]:
    """Yield the lines that raise an error for another branch than the recorded one.

    Args:
        standalone: the program.
        condition: returns the expression that is true or false, for one choice.
    """
    for guard, operand in standalone.guards:
        yield f"if {condition(operand)} is not {guard.recorded}:"
        place = f"line {guard.line} of {Path(guard.file).name}" + f": {guard.code}" * bool(guard.code)
        message = f"an example takes another branch than the recorded one, which was {guard.recorded} at {place}"
        yield f"    raise ValueError({message!a})"


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is in a file of Python, besides what all have.

    Attributes:
        standalone: the program.
        language: its name for the docstring.
        forward, guards, backward: lines of the function that computes the gradient.
        result: the expression of the losses, or of the outputs.
        imports: lines that import packages.
        helpers: the definitions of functions that are called.
        constants: arrays of constants.
        array: the function that makes an array of a list, if any.
        whole: whether the function takes whole batches.
        library: "torch" or "jax", which take the gradient themselves; else empty.
    """

    standalone: Standalone
    language: str
    forward: Sequence[str]
    guards: Sequence[str]
    backward: Sequence[str]
    result: str
    imports: Sequence[str]
    helpers: str
    constants: Sequence[Array]
    array: str = ""
    whole: bool = False
    library: str = ""

    @property
    def module(self) -> str:
        """The module of arrays."""
        return {"torch": "torch", "jax": "jnp"}.get(self.library, "np" if self.array else "")

    def as_array(self, text: str) -> str:
        """Return the call that makes an array of numbers or of an array."""
        return f"tensor({text})" if self.library == "torch" else f"{self.module}.asarray({text}, float)"

    @property
    def name(self) -> str:
        """The name of the function."""
        if self.standalone.outputs is not None:
            return "outputs"
        return "losses_and_gradient" if self.whole else "loss_and_gradient"

    @property
    def losses(self) -> str:
        """The name of the function that computes the losses, of a library that takes the gradient."""
        return "losses_of" if self.whole else "loss_of"


def python_source(pieces: Pieces) -> str:
    """Return a whole file.

    Raises:
        NameClash: an input or a parameter has the name of a function of the file.
    """
    defined = frozenset(re.findall(r"^(?:def |class |)(\w+)(?= = |\()", pieces.helpers, re.MULTILINE))
    defined |= {
        name for line in re.findall(r"^([\w, ]+) = ", pieces.helpers, re.MULTILINE) for name in line.split(", ")
    }
    standalone = pieces.standalone
    if defined & {array.name for array in (*standalone.inputs, *standalone.parameters, *standalone.constants)}:
        raise NameClash(defined)
    sections = [list(_head(pieces)), *([pieces.helpers.rstrip("\n").split("\n")] if pieces.helpers else [])]
    sections.append(list(_function(pieces)))
    if pieces.library and pieces.standalone.outputs is None:
        sections.append(library_gradient(pieces.library, pieces.name, pieces.losses, pieces.standalone).split("\n"))
    sections += map(list, training(pieces))
    lines = [line for section in sections for line in (*section, "", "")]
    while not lines[-1]:
        lines.pop()
    text = "\n".join(wrapped(line) for line in lines) + "\n"
    return re.sub(r"\n{4,}", "\n\n\n", text)


def _head(pieces: Pieces) -> Iterator[str]:
    standalone = pieces.standalone
    yield from described(standalone, pieces.language)
    ours = {"import sys", *(x for x in pieces.imports if x.split()[1].partition(".")[0] in sys.stdlib_module_names)}
    yield from sorted(ours, key=_import_order)
    packages = [x for x in pieces.imports if x not in ours]
    yield from ["", *packages] if packages else []
    if pieces.library == "jax":
        yield from ["", 'jax.config.update("jax_enable_x64", True)']
    yield from ["", f"COLUMNS = {columns(standalone)}", "", "parameters = {"]
    for array in standalone.parameters:
        yield f"    # {shape_text(array)}"
        yield from (f"    {line}" for line in _numbers(pieces, array, f"{_key(pieces, array)}: ", ","))
    yield "}"
    for array in pieces.constants:
        yield ""
        yield from _numbers(pieces, array, f"{array.name} = ", "")


def _numbers(pieces: Pieces, array: Array, before: str, after: str) -> list[str]:
    """Return the lines of an array of numbers."""
    whole = array.name.startswith("places")
    is_array = bool(pieces.array and (array.shape or pieces.library == "torch"))
    dtype = ", dtype=torch.float64" if pieces.library == "torch" and not whole else ""
    head, tail = (f"{before}{pieces.array}(", f"{dtype}){after}") if is_array else (before, after)
    return nested(array.numbers, array.shape, head, tail, whole=whole).split("\n")


def _key(pieces: Pieces, array: Array) -> str:
    """Return the user's own name of an array as a string of Python."""
    key = ascii(pieces.standalone.key(array))
    return key if '"' in key or "\\" in key else f'"{key[1:-1]}"'


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _function(pieces: Pieces) -> Iterator[str]:
    """Yield the lines of the function that computes the losses and the gradient."""
    standalone = pieces.standalone
    names = [array.name for array in standalone.inputs]
    name = pieces.losses if pieces.library and standalone.outputs is None else pieces.name
    yield f"def {name}({', '.join(['parameters', *names])}):"
    yield f'    """{_docstring(pieces)}"""'
    lines = [f"{array.name} = parameters[{_key(pieces, array)}]" for array in standalone.parameters]
    if pieces.array:
        lines += [f"{name} = {pieces.as_array(name)}" for name in names]
    if pieces.whole:
        lines.append(f"batch = {f'len({names[0]})' if names else 1}")
    lines += ["", *pieces.forward, *pieces.guards]
    if standalone.outputs is not None or pieces.library:
        lines.append(f"return {pieces.result}")
    else:
        lines += ["", "# backward: g_v1 is the gradient of v1", *pieces.backward, "", *_returned(pieces)]
    yield from (f"    {line}".rstrip() for line in lines)


def _returned(pieces: Pieces) -> Iterator[str]:
    """Yield the lines that return the losses and the gradient."""
    standalone = pieces.standalone
    wanted = standalone.inputs if standalone.of_inputs else standalone.parameters
    gradient = [f"{_key(pieces, array)}: g_{array.name}" for array in wanted]
    line = f"return {pieces.result}, {{{', '.join(gradient)}}}"
    if len(line) > WIDTH - 4:
        yield from ["gradient = {", *(f"    {text}," for text in gradient), "}"]
        line = f"return {pieces.result}, gradient"
    yield line


def _docstring(pieces: Pieces) -> str:
    standalone, many = pieces.standalone, pieces.whole
    if standalone.outputs is not None:
        return "Return the outputs."
    if pieces.library:
        return f"Return the {'losses' if many else 'loss'}."
    of = "its inputs" if standalone.of_inputs else "the parameters"
    loss = "losses" if many else "loss"
    which = (
        "its gradient"
        if not many
        else "the gradient of each"
        if standalone.of_inputs
        else "the gradient of their mean"
    )
    return f"Return the {loss}, and {which} with respect to {of}."


# ── long lines ──

WIDTH: Final = 116


def wrapped(line: str) -> str:
    """Return a statement on several lines, in parentheses, if it is long; it is broken at operators and commas.

    >>> wrapped("x = 1")
    'x = 1'
    """
    if len(line) <= WIDTH or '"' in line:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    match = re.match(r"(\s*\S.*? [-+]?= |\s*return )(.*)", line)
    if match is None:
        return line
    parts = re.split(r"(?<=[,+*/@-]) ", match[2])
    lines, current = [], f"{indent}    "
    for part in parts:
        if len(current) + len(part) > WIDTH and current.strip():
            lines.append(current.rstrip())
            current = f"{indent}    "
        current += f"{part} "
    return "\n".join([f"{match[1]}(", *lines, current.rstrip(), f"{indent})"])
