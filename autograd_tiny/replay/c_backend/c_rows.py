"""Write the value and the contributions of a row in C.

The partials are formulas of Symbols. A condition is a double, 1 or 0, and a choice is `?:`; any other row is an
operator or a call of a function of `c_functions`.

>>> value(TABLE["div"], ["v[1][i]", 2.0])
'v[1][i] / 2.0'
>>> contributions(TABLE["div"], ["v[1][i]", 2.0], "v[2][i]", "gv[2][i]")
['0.5 * gv[2][i]', '((-v[2][i]) / 2.0) * gv[2][i]']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from autograd_tiny.errors import BackendError
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.c_backend.c_functions import c_function
from autograd_tiny.replay.contributions import OURS, OUTPUT, Name, partial_symbols
from autograd_tiny.replay.recorder import DETACH
from autograd_tiny.symbolic.conditions import CONDITIONS
from autograd_tiny.symbolic.symbol import Symbol
from autograd_tiny.symbolic.translate.c import number
from autograd_tiny.symbolic.translate.table_source import TranslationError

TEMPLATES: Final = {
    TABLE["add"]: "{} + {}",
    TABLE["sub"]: "{} - {}",
    TABLE["mul"]: "{} * {}",
    TABLE["div"]: "{} / {}",
    TABLE["neg"]: "-{}",
    TABLE["where"]: "{} != 0.0 ? {} : {}",
    DETACH: "{}",
    **{CONDITIONS[name]: f"(double)({{}} {CONDITIONS[name].symbol} {{}})" for name in CONDITIONS},
    CONDITIONS["both"]: "(double)(({} != 0.0) & ({} != 0.0))",
    CONDITIONS["either"]: "(double)(({} != 0.0) | ({} != 0.0))",
}
"""The rows with an operator; their operands are atoms, or in parentheses."""

TANH, POWER = TABLE["tanh"], TABLE["pow_constant_exponent"]
REMEDY: Final = 'take backend="numpy" or backend="python", which compute every row'


class RowError(BackendError):
    """C lacks a row of the program.

    Attributes:
        name: of the row.
    """

    def __init__(self, name: str, *, is_own: bool) -> None:
        self.name = name
        whose = ", which is your own," if is_own else ""
        super().__init__(f"it cannot compute the row {name!r}{whose} in C", REMEDY)


def operand(name: Name) -> str:
    """Return an operand as C: its name, or a number."""
    return name if isinstance(name, str) else number(name)


def value(row: Primitive, operands: Sequence[Name], *, plain: bool = False) -> str:
    """Return the value of a row without lists; `plain` as of `c_function`.

    Raises:
        BackendError: the row is the user's own, or one that C lacks.
    """
    if row is TABLE["round"] and operands[1] == 0.0:
        return f"rint({operand(operands[0])})"
    return _written(row, [operand(x) for x in operands], plain=plain)


def contributions(
    row: Primitive, operands: Sequence[Name], output: str, upstream: str, *, plain: bool = False
) -> list[str]:
    """Return partial · upstream for each operand of a row without lists; `plain` as of `c_function`.

    Raises:
        BackendError: C lacks a row in a partial.
    """
    if row is TANH:
        return [f"rows_slope_of_tanh({operand(operands[0])}) * {upstream}"]
    constants = tuple(None if isinstance(x, str) else x for x in operands)
    partials = partial_symbols(row, constants)
    if row not in OURS or partials is None:
        raise refusal(row)
    names = {f"X{i}_": operand(x) for i, x in enumerate(operands)} | {OUTPUT.name: output}
    return [_times(partial, upstream, names, plain=plain) for partial in partials]


def _times(partial: Symbol, upstream: str, names: Mapping[str, str], *, plain: bool) -> str:
    if partial.constant in {1.0, -1.0}:
        return upstream if partial.constant == 1.0 else f"-{upstream}"
    return f"{_formula(partial, names, plain=plain)} * {upstream}"


def _formula(formula: Symbol, names: Mapping[str, str], *, plain: bool) -> str:
    """Return a formula as C, in parentheses if it is an operation."""
    if formula.number is not None:
        return number(formula.number)
    if formula.primitive is None:
        return names[formula.name]
    if formula.primitive is POWER and formula.operands[1].number == 1.0:
        return _formula(formula.operands[0], names, plain=plain)
    operands = [_formula(x, names, plain=plain) for x in formula.operands]
    return f"({_written(formula.primitive, operands, plain=plain)})"


def _written(row: Primitive, operands: Sequence[str], *, plain: bool) -> str:
    if row is POWER and operands[1] == "2.0":
        row, operands = TABLE["mul"], (operands[0], operands[0])
    if row in TEMPLATES:
        return TEMPLATES[row].format(*operands)
    if row not in OURS:
        raise refusal(row)
    try:
        return f"{c_function(f'rows.{row.name}', plain=plain).name}({', '.join(operands)})"
    except TranslationError as error:
        raise refusal(row) from error


def refusal(row: Primitive) -> RowError:
    """Return the error that names a row that C lacks."""
    return RowError(row.name, is_own=row not in OURS)
