"""Write partials as a textbook prints them: p₁ - 1 for a cross-entropy, 1 - L² for tanh, 1/n for a mean.

A partial is local. It is written as its formula, never as ∂z/∂x: that would read as the gradient where z is the root.

>>> from autograd_tiny import Value, cross_entropy
>>> a, b = Value(1.0, label="a"), Value(2.0, label="b")
>>> loss = cross_entropy([a, b], 0)
>>> rules = node_rules(loss, {loss: "L", a: "a", b: "b"})
>>> [(rule.text(), in_numbers(rule).text()) for rule in rules]
[('p₁ - 1', '0.26894 - 1'), ('p₂', '0.73106')]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.node import Node
from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.ieee_functions import softmax
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.exact_constants import is_written_exactly, recognized_constants, spell_out
from autograd_tiny.symbolic.formulas import node_partials, primitive_partials
from autograd_tiny.symbolic.helper_names import HelperNames
from autograd_tiny.symbolic.notation import exact_number, format_number
from autograd_tiny.symbolic.symbol import Constant, Symbol, as_symbol, recorded_operation

LONGEST: Final = 72
"""The longest partial, in characters of text, that is written out; of a longer one the number is written."""
AGREEMENT: Final = 1e-6
"""The textbook's form is shown where it differs from the partial by no more than this, relatively or absolutely."""
DIGITS: Final = 1e-4
"""The largest relative error by rounding with which a rule is written in numbers."""
INTERNAL: Final = frozenset({"direction", "expm1_minus_xexp", "logit_entropy", "one_minus_square", "sinc_derivative"})
"""Rows of the table that only the partials of other rows use; a rule in which a textbook has none of them."""
SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


DEFINITION: Final = Primitive(
    "softmax",
    "{p} = softmax({*xs}) = {*shares}",
    lambda p, xs, shares: math.nan,
    lambda p, xs, shares, z: (0.0, [0.0] * len(xs), [0.0] * len(shares)),
    latex=r"{p} = \operatorname{softmax}\left({*xs}\right) = {*shares}",
)
"""Defines p; not in the table, since only formulas use it."""


class Share(Symbol):
    """One of the numbers p = softmax(xs) in the rule of a node, or p itself; no node of the graph holds it."""

    __slots__ = ()

    is_label = False


class SymbolList(list[Any]):
    """A list of Symbols and plain numbers, operands of a node."""

    __slots__ = ()

    @property
    def shares(self) -> list[Share]:
        """The numbers p = softmax(xs), each with its name and its number."""
        numbers = [as_symbol(x).number for x in self]
        known = [number for number in numbers if number is not None]
        shares = softmax(known) if len(known) == len(self) else [None] * len(self)
        return list(map(Share, _share_names(len(self)), shares))


def _share_names(count: int) -> Iterator[str]:
    return (f"p{str(i).translate(SUBSCRIPTS)}" for i in range(1, count + 1))


def node_rules(node: Value, names: Mapping[Any, str], helpers: HelperNames | None = None) -> list[Symbol]:
    """Return the rule of the partial for each input of a node, a number where a user's primitive has no formula.

    Args:
        node: a node of a recorded graph; a leaf has no partials.
        names: the names of the nodes.
        helpers: the names of numbers that only rules have; by default free among `names`.
    """
    if node.primitive is None:
        return []
    operands = [Symbol(names[x], x.data) if isinstance(x, Node) else x for x in recognized_constants(node.operands)]
    helpers = helpers or HelperNames(names.values())
    rules = partial_rules(node.primitive, operands, Symbol(names[node], node.data), helpers)
    if rules is None:
        return list(map(as_symbol, node.partials))
    return [rule for x, rule in zip(node.operands, rules, strict=True) if isinstance(x, Node)]


def general_rules(node: Value, names: Mapping[Any, str], helpers: HelperNames | None = None) -> list[Symbol]:
    """Return the rule of the partial for each input of a node that holds for all numbers; without p, which need them.

    Args:
        node: a recorded node.
        names: the names of the nodes.
        helpers: the names of numbers that only rules have; by default free among `names`.
    """
    operands = [Symbol(names[x]) if isinstance(x, Node) else x for x in recognized_constants(node.operands)]
    helpers = helpers or HelperNames(names.values())
    rules = partial_rules(cast("Primitive", node.primitive), operands, Symbol(names[node]), helpers)
    if rules is None or any(map(has_shares, rules)):
        return node_partials(node, names, numbers=False)
    return [rule for x, rule in zip(node.operands, rules, strict=True) if isinstance(x, Node)]


def partial_rules(
    primitive: Primitive, operands: list[Any], z: Symbol, helpers: HelperNames | None = None
) -> list[Symbol] | None:
    """Return the rule of the partial for each operand; None if the partials of a user's primitive accept only floats.

    Args:
        primitive: a primitive.
        operands: Symbols, and constants as plain numbers; lists are flattened.
        z: the output.
        helpers: the names of numbers that only rules have; by default the usual ones.
    """
    rules, helpers = _rules(primitive, operands, z), helpers or HelperNames(())
    return None if rules is None else _all_written(rules, helpers)


def _all_written(rules: list[Symbol], helpers: HelperNames) -> list[Symbol]:
    """Return rules as they are written, each constant written once: a sum of many numbers has as many rules 1."""
    constants = {repr(rule.constant): rule for rule in rules if rule.constant is not None}
    written = {number: _written(rule, helpers) for number, rule in constants.items()}
    return [
        written.get(repr(rule.constant)) or (_written(rule, helpers) if is_small(rule) else rule) for rule in rules
    ]


def _written(rule: Symbol, helpers: HelperNames) -> Symbol:
    """Return a rule with constants that are not rounded, and with names of helpers that no node has."""
    if _is_plain_leaf(rule) and rule.constant is None:
        return rule
    instead: dict[Symbol, Symbol] = {}
    for part in topological_order(spelled := spell_out(rule)):
        instead[part] = part
        if any(instead[operand] is not operand for operand in part.operands):
            instead[part] = replace(part, operands=tuple(instead[operand] for operand in part.operands))
        elif isinstance(part, Share | Constant) and (name := helpers.written(part.name)) != part.name:
            instead[part] = type(part)(name, part.number)
    return instead[spelled]


def _rules(primitive: Primitive, operands: list[Any], z: Symbol) -> list[Symbol] | None:
    """Return the rules, of which a number may be rounded where it is written."""
    textbook = _textbook(primitive, operands, z)
    if textbook is None:
        return primitive_partials(primitive, operands, z)
    if z.number is None:
        return textbook  # it holds for all numbers but at the edge of the domain
    numbers = [operand.number if isinstance(operand, Symbol) else operand for operand in operands]
    partials = primitive.flatten(primitive.linearize(*primitive.group(numbers))[1])
    if all(map(_agree, textbook, partials)):
        return textbook
    exact = primitive_partials(primitive, operands, z) or []
    return [
        ours if _agree(ours, partial) else theirs if _is_readable(theirs) else as_symbol(partial)
        for ours, partial, theirs in zip(textbook, partials, exact, strict=True)
    ]


def _textbook(primitive: Primitive, operands: list[Any], z: Symbol) -> list[Symbol] | None:
    """Return the partials as a textbook prints them; None if that depends on numbers, and there are none."""
    if primitive.textbook is None:
        return None
    grouped = [SymbolList(x) if isinstance(x, list) else x for x in primitive.group(operands)]
    try:
        partials = primitive.flatten(primitive.textbook(*grouped, z))
    except (ArithmeticError, TypeError, ValueError):
        return None
    return [_fraction(as_symbol(partial)) for partial in partials]


def _fraction(partial: Symbol) -> Symbol:
    """Return a constant 1/n as that fraction."""
    constant = partial.constant
    if constant is None or not 0.0 < constant < 1.0 or 1.0 / round(1.0 / constant) != constant:
        return partial
    return recorded_operation(TABLE["div"], [1.0, float(round(1.0 / constant))])


def _is_readable(rule: Symbol) -> bool:
    """Return whether a partial as it is computed is one that a textbook may print: no internal name or constant."""
    parts = topological_order(rule) if is_small(rule) else []
    names = {part.primitive.name for part in parts if part.primitive is not None}
    constants = [part.constant for part in parts if part.constant is not None]
    return bool(parts) and not names & INTERNAL and all(map(_is_plain, constants))


def _is_plain(x: float) -> bool:
    return is_written_exactly(x) and (x == 0.0 or 1e-3 < abs(x) < 1e3)


def _agree(rule: Symbol, partial: float) -> bool:
    """Return whether a rule gives the number of the partial."""
    if rule.number is None or math.isnan(partial):
        return rule.number is not None and math.isnan(rule.number)
    return math.isclose(rule.number, partial, rel_tol=AGREEMENT, abs_tol=AGREEMENT)


def is_small(rule: Symbol) -> bool:
    """Return whether a rule has few leaves: writing hundreds for each input of a list takes seconds."""
    leaves, stack = 0, [rule]
    while stack and leaves <= LONGEST:
        operands = stack.pop().operands
        leaves += not operands
        stack += operands
    return leaves <= LONGEST


def has_shares(rule: Symbol) -> bool:
    """Return whether a rule has a number p of which only the rule tells."""
    return not _is_plain_leaf(rule) and any(isinstance(part, Share) for part in topological_order(rule))


def _is_plain_leaf(rule: Symbol) -> bool:
    """Return whether a rule is the name of a node or a number; there may be many thousands of them."""
    return type(rule) is Symbol and not rule.operands


def in_numbers(rule: Symbol) -> Symbol:
    """Return a rule with a number for each name, as many digits of it as are shown; one number if these do not do.

    >>> p = Share("p₁", 1.0 - 1e-9)
    >>> in_numbers(p - 1.0)
    <symbol -1e-09>
    """
    written: dict[Symbol, Symbol] = {}
    for part in topological_order(rule):
        if part.primitive is None:
            number = math.nan if part.number is None else part.number
            written[part] = Symbol("", float(format_number(number)))
        else:
            written[part] = recorded_operation(part.primitive, [written[operand] for operand in part.operands])
    shown, exact = written[rule], as_symbol(math.nan if rule.number is None else rule.number)
    return shown if math.isclose(shown.number or 0.0, exact.number or 0.0, rel_tol=DIGITS) else exact


def constants_of(rules: Iterable[Symbol]) -> str:
    """Return the constants of rules with their numbers, such as those of selu; without π, which needs none."""
    rules = (rule for rule in rules if not _is_plain_leaf(rule))
    parts = dict.fromkeys(part for rule in rules for part in topological_order(rule) if isinstance(part, Constant))
    named = {part.name: part.number for part in parts if part.name[:1].isalpha() and part.name != "π"}
    return ", ".join(f"{name} = {exact_number(x)}" for name, x in named.items() if x is not None)


def share_definition(
    primitive: Primitive, operands: Sequence[Any], helpers: HelperNames, cut: Callable[[list[Any]], list[Any]]
) -> Symbol:
    """Return the definition of the shares p in the rules of a primitive: p = softmax([a, b]) = [p₁, p₂].

    Args:
        primitive: a primitive of which a rule has shares.
        operands: Symbols and plain numbers, flattened.
        helpers: the names of numbers that only rules have.
        cut: leaves out the middle of a long list.
    """
    given = primitive.group(operands)[primitive.list_positions[0]]
    shares = [Share(helpers.written(name)) for name in _share_names(len(given))]
    return recorded_operation(DEFINITION, DEFINITION.flatten([Share(helpers.free("p")), cut(given), cut(shares)]))
