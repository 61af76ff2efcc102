r"""Write a recorded graph as formulas: one node and its partials as Symbols, the whole graph as text and LaTeX.

Nodes that are used more than once, and parts that would make a line too long, get a line of their own, named by their
label or t1, t2, ... So the length of a formula is proportional to that of its graph. The text is an expression that
`parse` reads.

>>> from autograd_tiny import Value
>>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
>>> h = (w * x).tanh()
>>> (h * h + 1.0).formula()
t1 = tanh(w * x)
L = t1 * t1 + 1
>>> print((h / w).latex())
L = \frac{\tanh\left(w \cdot x\right)}{w}
>>> names = {w: "w", x: "x", h.inputs[0]: "v1"}
>>> node_operation(h.inputs[0], names), node_partials(h.inputs[0], names)
(<symbol w * x>, [<symbol x>, <symbol w>])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, Final, cast

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.node import Node
from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.support.terminal_text import ShownText
from autograd_tiny.symbolic.exact_constants import recognized_constants
from autograd_tiny.symbolic.node_names import NO_VARIABLES, name_nodes
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number
from autograd_tiny.symbolic.symbol import Symbol, as_symbol, recorded_operation

LINE_LENGTH: Final = 80
"""The longest line of text, in characters."""

# ── one node ──


def node_operation(node: Node, names: Mapping[Any, str], *, numbers: bool = True) -> Symbol:
    """Return the operation of a node on Symbols named after its operands; constants stay numbers.

    Args:
        node: a node of a recorded graph; a leaf gives the Symbol of its name.
        names: the names of the node and its inputs, as `name_nodes` gives them.
        numbers: whether the Symbols know their numbers.
    """
    to_symbol = _symbols_of_nodes(names, numbers=numbers)
    if node.primitive is None:
        return cast("Symbol", to_symbol(node))
    return recorded_operation(node.primitive, list(map(to_symbol, recognized_constants(node.operands))))


def node_partials(node: Node, names: Mapping[Any, str], *, numbers: bool = True) -> list[Symbol]:
    """Return ∂node/∂input for each input of a node, in their order.

    With numbers, a formula with cases is the case that holds. Without, it has all cases, so that it holds for every
    number. If the partials of a user's primitive accept only floats, the Symbols are their numbers.

    Args:
        node: a node of a recorded graph; a leaf has no partials.
        names: the names of the node and its inputs.
        numbers: whether the Symbols know their numbers.
    """
    if node.primitive is None:
        return []
    to_symbol = _symbols_of_nodes(names, numbers=numbers)
    partials = primitive_partials(node.primitive, list(map(to_symbol, node.operands)), to_symbol(node))
    if partials is None:
        return list(map(as_symbol, node.partials))
    return [partial for x, partial in zip(node.operands, partials, strict=True) if isinstance(x, Node)]


def primitive_partials(primitive: Primitive, operands: list[Any], z: Symbol) -> list[Symbol] | None:
    """Return the partial for each operand, or None if the partials of a user's primitive accept only floats.

    Args:
        primitive: a primitive.
        operands: Symbols, and constants as plain numbers; lists are flattened.
        z: the output.
    """
    for given in (operands, list(map(as_symbol, operands))):  # 1 / 0 raises for floats; Symbols follow IEEE rules
        try:
            partials = [
                as_symbol(partial) for partial in primitive.flatten(primitive.partials(*primitive.group(given), z))
            ]
        except ArithmeticError:
            continue
        except (AttributeError, IndexError, TypeError, ValueError):
            return None
        return partials if len(partials) == len(operands) else None
    return None


def _symbols_of_nodes(names: Mapping[Any, str], *, numbers: bool) -> Callable[[Any], Any]:
    """Return a function from a node to its Symbol that returns a plain number unchanged."""

    def to_symbol(operand: Any) -> Any:
        if isinstance(operand, Node):
            return Symbol(names[operand], operand.data if numbers else None)
        return operand

    return to_symbol


# ── a whole graph ──


class Formula(ShownText):
    """A formula as text; a prompt shows it line by line."""

    __slots__ = ()


class Latex(Formula):
    """LaTeX for math mode, which a notebook renders."""

    __slots__ = ()

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self}$"


def text_formula(
    root: Value, variables: Mapping[Value, str] = NO_VARIABLES, *, digits: int = FEWEST_DIGITS
) -> Formula:
    """Return the formula of a graph as text, one line for each part that has a name; a leaf is its name.

    Args:
        root: of the graph.
        variables: names for nodes without a label.
        digits: of constants.
    """
    lines = formula_lines(root, variables)
    return Formula("\n".join(" = ".join(part.text(digits=digits) for part in line) for line in lines))


def latex_formula(root: Value) -> Latex:
    r"""Return the formula of a graph as LaTeX for math mode; several lines are `aligned`, as in amsmath."""
    lines = [[part.latex() for part in line] for line in formula_lines(root)]
    if len(lines) == 1:
        return Latex(" = ".join(lines[0]))
    rows = " \\\\\n".join(" &= ".join(line) for line in lines)
    return Latex(f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}")


def formula_lines(root: Value, variables: Mapping[Value, str] = NO_VARIABLES) -> list[tuple[Symbol, ...]]:
    """Return a name and a formula for each line; for a leaf only its name. O(edges).

    Args:
        root: of the graph.
        variables: names for nodes without a label.
    """
    nodes = topological_order(root)
    uses = dict.fromkeys(nodes, 0)
    for node in nodes:
        for x in node.inputs:
            uses[x] += 1
    lines = _FormulaLines(nodes, variables)
    for node in nodes:
        if node.primitive is not None:
            lines.add(node)
            if uses[node] > 1 or node is root:
                lines.break_at(node)
    return lines.lines or [(lines.symbols[root],)]


class _FormulaLines:
    """Substitutes the operations of a graph into each other as long as they fit on a line.

    Attributes:
        lines: names and their formulas.
        symbols: the Symbol of each node so far: its formula, or its name if it has a line.
        lengths: the approximate length of that as text.
    """

    def __init__(self, nodes: list[Value], variables: Mapping[Value, str]) -> None:
        self.names, self._variables = name_nodes(nodes, variables), variables
        taken = set(self.names.values())
        self._free: Iterator[str] = (name for name in map("t{}".format, count(1)) if name not in taken)
        self.lines: list[tuple[Symbol, ...]] = []
        self.symbols = {node: Symbol(self.names[node]) for node in nodes if node.primitive is None}
        self.lengths = {node: len(self.names[node]) for node in self.symbols}
        self._root = nodes[-1]

    def add(self, node: Any) -> None:
        """Add an operation with its operands substituted; operands that are too long get lines of their own first."""
        own = len(node.primitive.text) + sum(len(format_number(x)) for x in node.operands if not isinstance(x, Value))
        length = own + sum(self.lengths[x] for x in node.inputs)
        for x in sorted(node.inputs, key=self.lengths.__getitem__, reverse=True):
            if length <= LINE_LENGTH or self.symbols[x].primitive is None:
                break
            length -= self.lengths[x]
            self.break_at(x)
            length += self.lengths[x]
        given = recognized_constants(node.operands)
        operands = [self.symbols[x] if isinstance(x, Value) else x for x in given]
        self.symbols[node], self.lengths[node] = recorded_operation(node.primitive, operands), length

    def break_at(self, node: Value) -> None:
        """Put the formula of a node on a line, and use its name from now on."""
        is_named = node.label or self._variables.get(node) == self.names[node] or node is self._root
        name = self.names[node] if is_named else next(self._free)
        symbol = Symbol(name)
        self.lines.append((symbol, self.symbols[node]))
        self.symbols[node], self.lengths[node] = symbol, len(name)
