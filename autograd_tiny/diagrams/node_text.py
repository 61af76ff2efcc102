"""Describe the operation of a node: as a symbol, a formula, or the formula of a whole module.

>>> a = Value(2.0)
>>> [operation_text(z, 4) for z in (a, a * a, a * 3.0, 1.0 / a, a.tanh(), a.clamp(0.0, 1.0), a**2)]
['', '×', '× 3', '1 ÷', 'tanh', 'clamp(·, 0, 1)', '^ 2']
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from autograd_tiny.diagrams.text import format_number, visible
from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.exact_constants import recognized
from autograd_tiny.symbolic.formulas import node_operation
from autograd_tiny.symbolic.module_names import split_module
from autograd_tiny.symbolic.notation import text_name
from autograd_tiny.symbolic.short_names import ATOM, shorten_middle, truncate
from autograd_tiny.symbolic.symbol import Symbol
from autograd_tiny.symbolic.templates import ANYTHING, SIGN

LONGEST: Final = 30
"""The most characters of a formula in a box."""
SIGNS: Final = {"*": "×", "-": "−", "/": "÷", "**": "^", "·": "dot"}
"""Operators whose sign in a diagram is not that of Python."""
MINUS: Final = "−"
DIGITS: Final = 5
"""The digits of a constant in a formula."""
COMMUTATIVE: Final = frozenset(["add", "mul", "hypot", "fmax", "fmin", "maximum", "minimum", "logaddexp"])
"""The primitives of two operands that may be exchanged."""
SUBSCRIPT: Final = re.compile(r"\[\d+\]$")


def formula_text(node: Value, names: Mapping[Value, str], *, longest: int = LONGEST) -> str:
    """Return how a node is computed from its operands; empty for a leaf.

    >>> a = Value(2.0)
    >>> minus = -a
    >>> formula_text(minus, {a: "a", minus: "b"})
    '-a'
    """
    text = visible(node_operation(node, names).text()) if node.primitive else ""
    is_of_short_names = all(len(atom) < longest // 2 for atom in ATOM.findall(text))
    shown = (shorten_middle if is_of_short_names else truncate)(text, longest)
    has_operands = node.primitive is None or not shown.endswith(("(…", "([…"))
    return shown if has_operands else f"{cast('Primitive', node.primitive).name}(…)"


def operation_text(node: Value, precision: int) -> str:
    """Return the symbol of a node's operation, with the plain numbers among its operands as formulas write them.

    >>> [operation_text(z, 4) for a in [Value(2.0)] for z in (a * (1 / 3), a - 0.12345, a.clamp(-1 / 3, 1.0))]
    ['× (1 / 3)', '− 0.12345', 'clamp(·, −1 / 3, 1)']
    """
    row = node.primitive
    if row is None:
        return ""
    is_infix = _is_infix(row)
    operands = row.group(
        [
            "·" if isinstance(x, Value) else _constant(x, precision, SIGN if is_infix else ANYTHING)
            for x in node.operands
        ]
    )
    while operands and row.defaults and operands[-1] == _default(row, len(operands) - 1, precision):
        operands.pop()  # the caller did not write it
    if not any(text != "·" for text in _flat(operands)):
        return operator_symbol(node)
    if is_infix:
        return f" {operator_symbol(node)} ".join("" if text == "·" else text for text in operands).strip()
    return shorten_middle(f"{row.name}({', '.join(map(_listed, operands))})", LONGEST)


def _constant(number: float, precision: int, within: int) -> str:
    """Return a constant: its formula, as 1 / 3, or its digits, at least as many as formulas have."""
    form = recognized(number)
    text = form.text(within) if isinstance(form, Symbol) else format_number(number, max(precision, DIGITS))
    return text.replace("-", MINUS)


def operator_symbol(node: Value) -> str:
    """Return the symbol of a node's operation alone; empty for a leaf.

    >>> operator_symbol(Value(2.0) * 3.0)
    '×'
    """
    return SIGNS.get(node.primitive.symbol, node.primitive.symbol) if node.primitive else ""


def has_ordered_inputs(node: Value) -> bool:
    """Return whether it matters which input of a node is which; those in lists are taken as of equal rank.

    >>> a, b = Value(2.0), Value(3.0)
    >>> [has_ordered_inputs(z) for z in (a - b, a / b, a**b, a + b, a - 1.0)]
    [True, True, True, False, False]
    """
    row = node.primitive
    return bool(row and len(node.inputs) > 1 and not any(row.takes_list) and row.name not in COMMUTATIVE)


def module_formulas(nodes: Sequence[Value]) -> list[str]:
    """Return the formula of each output of a module: parameters without their indices, outer nodes as x.

    Args:
        nodes: of the module, in topological order; outputs are those that none of the others uses.

    >>> w, b = Value(0.5, label="n.w[0]"), Value(0.1, label="n.b")
    >>> weighted = w * Value(2.0) + b
    >>> module_formulas([w, b, *weighted.inputs[:1], weighted, output := weighted.tanh()])
    ['tanh((w * x) + b)']
    """
    texts: dict[Value, str] = {}
    used: set[Value] = set()
    for node in nodes:
        if node.primitive is None:
            texts[node] = text_name(SUBSCRIPT.sub("", split_module(node.label)[-1]))
        else:
            row = node.primitive
            inputs = [texts.get(x, "x") if isinstance(x, Value) else x for x in node.operands]
            texts[node] = shorten_middle(_filled(row, row.group(inputs)), 2 * LONGEST)
            used.update(node.inputs)
    return [shorten_middle(visible(texts[node]), LONGEST) for node in nodes if node.primitive and node not in used]


def _is_infix(row: Primitive) -> bool:
    return row.arity == 2 and f" {row.symbol} " in row.text


def _default(row: Primitive, position: int, precision: int) -> str | None:
    default = row.defaults.get(row.operands[position])
    return None if default is None else _constant(default, precision, ANYTHING)


def _flat(operands: Sequence[Any]) -> list[str]:
    return [text for operand in operands for text in (operand if isinstance(operand, list) else [operand])]


def _listed(operand: str | list[str]) -> str:
    """Return an operand as text between parentheses: a list of nodes as one dot, a long list shortened."""
    if isinstance(operand, str):
        return operand
    if {"·"}.issuperset(operand):
        return "·"
    return f"[{', '.join(operand if len(operand) <= 3 else [*operand[:2], '…', operand[-1]])}]"


def _filled(row: Primitive, operands: Sequence[Any]) -> str:
    """Return the text of a primitive with these operands; of a list only its kinds, with x for plain numbers."""
    text = row.text
    for name, operand in zip(row.operands, operands, strict=True):
        if isinstance(operand, list):
            kinds = dict.fromkeys(x if isinstance(x, str) else "x" for x in operand)
            text = text.replace(f"{{*{name}}}", "".join(kinds) if len(kinds) == 1 else f"[{', '.join(kinds)}]")
        else:
            shown = operand if isinstance(operand, str) else _constant(operand, DIGITS, ANYTHING)
            text = text.replace(f"{{{name}}}", f"({shown})" if " " in shown and _is_infix(row) else shown)
    return text
