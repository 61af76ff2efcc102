r"""Write the rows of an exported program that take lists in C: calls of functions, whose list is an array.

>>> arguments_of("list_max"), arguments_of("slopes_of_element_at")
(['xs', 'length'], ['length', 'place', 'g', 'd'])
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.c_backend.c_rows import refusal
from autograd_tiny.replay.c_backend.list_functions import SLOPES, VALUES
from autograd_tiny.replay.export.arrays import Joined, Number, Operand, RowStatement, View, arrays_of
from autograd_tiny.replay.export.c_references import element
from autograd_tiny.replay.export.c_scope import Scope, nested
from autograd_tiny.replay.indexing import ELEMENT_AT

ARGUMENTS: Final = {"xs": "const double *xs", "length": "int length", "place": "int place"}
SLOPE_ARGUMENTS: Final = {**ARGUMENTS, "z": "double z", "g": "double g", "d": "double *d"}
"""The arguments of the functions of lists, those of their slopes with the output, the upstream and the results."""
AT: Final = "at"
"""The variable of a position that is computed."""


def value_lines(scope: Scope, piece: RowStatement) -> Iterator[str]:
    """Yield the lines that compute a row for an element of its target.

    Raises:
        BackendError: the row is the user's own.
    """
    row, elements, place = _operands(piece)
    length = elements.shape[-1]
    at = _place(scope, place, length)
    if at == AT and place is not None:
        status = scope.notes.fault(_fault(row, length))
        yield _declared_place(scope, row, place, length)
        yield f"if ({AT} < 0)"
        yield f"    return {status};"
    if row is ELEMENT_AT and not isinstance(elements, Joined):
        yield f"{scope.target} = {scope.read(elements, [*scope.variables, at])};"
        return
    lines, xs = _array_of(scope, elements)
    yield from lines
    if row is ELEMENT_AT:
        yield f"{scope.target} = {xs}[{at}];"
    else:
        arguments = {"xs": xs, "length": str(length), "place": at}
        yield f"{scope.target} = {_call(f'list_{row.name}', arguments)};"


def contribution_lines(scope: Scope, piece: RowStatement) -> Iterator[str]:
    """Yield the lines that add the contributions of a row to the elements of its list."""
    row, elements, place = _operands(piece)
    length = elements.shape[-1]
    if not any(array.differentiated for array in arrays_of(elements)):
        return
    at = _place(scope, place, length)
    if at == AT and place is not None:
        yield _declared_place(scope, row, place, length)
    if row is ELEMENT_AT and not isinstance(elements, Joined):
        yield f"{scope.gradient(elements, [*scope.variables, at])} += {scope.upstream};"
        return
    if row is ELEMENT_AT:
        yield f"double d[{length}] = {{0.0}};"
        yield f"d[{at}] = {scope.upstream};"
    else:
        lines, xs = _array_of(scope, elements)
        yield from lines
        yield f"double d[{length}];"
        arguments = {"xs": xs, "length": str(length), "place": at, "z": scope.target, "g": scope.upstream, "d": "d"}
        yield f"{_call(f'slopes_of_{row.name}', arguments)};"
    for start, part in _parts(elements):
        gradient = scope.gradient(part, [*scope.variables, scope.along])
        if gradient:
            body = [f"{gradient} += d[{_shifted(scope, start, part)}];"]
            yield from nested([(scope.along, part.shape[-1])], body)


def _declared_place(scope: Scope, row: Primitive, place: Operand, length: int) -> str:
    name = "element_place_of" if row is ELEMENT_AT else "place_of"
    return f"int {AT} = {name}({scope.read(place, scope.variables)}, {length});"


def _place(scope: Scope, place: Operand | None, length: int) -> str:
    """Return the position in a list as C; AT if it must be computed, and may be wrong."""
    if isinstance(place, Number):
        return str(int(place.number) % length)
    if isinstance(place, View) and place.array.kind == "constant":
        numbers = [place.array.numbers[position] for position in place.positions()]
        if place.step == 0 and place.shape and numbers == [float(k % place.shape[-1]) for k in range(len(numbers))]:
            return scope.variables[-1] or "0"
    return AT


def _array_of(scope: Scope, elements: Operand) -> tuple[list[str], str]:
    """Return the lines that copy a list to an array, if it is none, and the array."""
    if isinstance(elements, View):
        text = element(elements, [*scope.variables, scope.along], scope.around)
        head, _, last = text.rpartition("[")
        found = re.fullmatch(rf"{scope.along}(?: \+ (\d+))?\]", last)
        if found and not re.search(rf"\b{scope.along}\b", head):
            return [], f"{head} + {found[1]}" if found[1] else head
    lines = [f"double xs[{elements.shape[-1]}];"]
    for start, part in _parts(elements):
        number = scope.read(part, [*scope.variables, scope.along])
        lines += nested([(scope.along, part.shape[-1])], [f"xs[{_shifted(scope, start, part)}] = {number};"])
    return lines, "xs"


def _shifted(scope: Scope, start: int, part: Operand) -> str:
    """Return the position of an element of a part in the whole list."""
    if part.shape[-1] == 1:
        return str(start)
    return f"{scope.along} + {start}" if start else scope.along


def _parts(elements: Operand) -> Iterator[tuple[int, Operand]]:
    """Yield the parts of a list, and where each starts."""
    start = 0
    for part in elements.parts if isinstance(elements, Joined) else (elements,):
        yield start, part
        start += part.shape[-1]


def _operands(piece: RowStatement) -> tuple[Primitive, Operand, Operand | None]:
    """Return the row, its list and its position.

    Raises:
        BackendError: the row is the user's own.
    """
    row = piece.row
    if row is not ELEMENT_AT and row.name not in VALUES:
        raise refusal(row)
    elements, *rest = piece.operands
    return row, elements, rest[0] if rest else None


def _fault(row: Primitive, length: int) -> str:
    lowest = -length if row is ELEMENT_AT else 0
    return f"an index of a list of {length} is not a whole number from {lowest} to {length - 1}"


def _call(name: str, arguments: dict[str, str]) -> str:
    """Return the call of a function of lists with the arguments that it needs."""
    return f"{name}({', '.join(arguments[argument] for argument in arguments_of(name))})"


def arguments_of(name: str) -> list[str]:
    """Return the names of the arguments that a function of lists needs.

    >>> arguments_of("list_max"), arguments_of("slopes_of_element_at")
    (['xs', 'length'], ['length', 'place', 'g', 'd'])
    """
    kind, _, row = name.partition("_") if name.startswith("list_") else name.rpartition("slopes_of_")
    is_slope = kind != "list"
    body = SLOPES[row] if is_slope else VALUES[row]
    return [x for x in (SLOPE_ARGUMENTS if is_slope else ARGUMENTS) if re.search(rf"\b{x}\b", body)]
