"""Step through the events of a pass: a cursor among them, and values and gradients as far as it has come.

A step only moves the cursor. Gradients at the cursor are looked up among the stored running sums of the pass, so
going back restores them exactly: nothing is ever subtracted.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> stepper = Stepper(a * b + a)
>>> print(stepper.node())
∂L/∂a += ∂L/∂L·1 = 1·1 = 1, now 1
>>> stepper.gradient("v1"), stepper.gradient("a"), stepper.gradient("b")
(1.0, 1.0, None)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from typing import Final, overload

from autograd_tiny.engine.node import require_recorded
from autograd_tiny.engine.source_lines import SourceLine
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError, PositionError, require_true_or_false, whole_number
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.symbolic.expression import CONSTANTS
from autograd_tiny.symbolic.module_names import enclosing, modules_of
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.notation import text_name
from autograd_tiny.symbolic.short_names import short_names
from autograd_tiny.symbolic.variable_names import VariableNames, names_of_variables
from autograd_tiny.trace.errors import UnknownNodeError
from autograd_tiny.trace.events import Event, Events
from autograd_tiny.trace.passes import SEED, Edges, recorded_pass
from autograd_tiny.trace.program_lines import ProgramLines

MOST_NAMES: Final = 10_000
"""The largest number of names that are compared with an unknown one: a million would take a minute."""
MOST_CLOSE: Final = 4
"""The largest number of nodes that a shortened name may mean which an error lists."""


class Stepper:
    """The events of one pass, with a cursor among them.

    Args:
        root: where the backward pass starts.
        forward: whether the forward pass comes first.
        variable_names: whether nodes without a label are named after the variables of the caller.

    Attributes:
        root: where the backward pass starts.
        nodes: of the graph, inputs before consumers.
        names: of these.
        variables: the names that the program of the caller has for nodes without a label.
        edges: between these, in the order of the backward pass.
        events: of the pass, in order.
    """

    def __init__(self, root: Value, *, forward: bool = False, variable_names: bool = True) -> None:
        if not isinstance(root, Value):
            remedy = "trace the result of a computation"
            raise OperandError("trace", root, expected="a Value, the root", remedy=remedy)
        require_recorded(root, "trace")
        require_true_or_false("trace", "forward", forward)
        require_true_or_false("trace", "variable_names", variable_names)
        self.root, self.edges = root, Edges(root)
        self.nodes = tuple(self.edges.nodes)
        self.variables = names_of_variables(self.nodes) if variable_names else VariableNames()
        self.names = name_nodes(self.nodes, self.variables.shown)
        self._named = {**self.variables.known, **{name: node for node, name in self.names.items()}}
        self.events = Events(self.edges, recorded_pass(self.edges), self.names, forward=forward)
        self._cursor = 0
        self._modules: dict[Value, str] = {}
        self._distances: list[int] = []
        self._lines: ProgramLines | None = None

    def __len__(self) -> int:
        return len(self.events)

    @overload
    def __getitem__(self, place: int) -> Event: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Event, ...]: ...

    def __getitem__(self, place: int | slice) -> Event | tuple[Event, ...]:
        try:
            return self.events[place]
        except (IndexError, TypeError):
            raise PositionError("trace", place, len(self)) from None

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    # ── moving the cursor ──

    @property
    def cursor(self) -> int:
        """The number of events that are done; `goto` sets it."""
        return self._cursor

    def step(self) -> Event | None:
        """Do the next event and return it; None at the end.

        >>> from autograd_tiny import Value
        >>> print(Value(3.0).trace().step())
        ∂L/∂L = 1
        """
        if self._cursor == len(self):
            return None
        self._cursor += 1
        return self.events[self._cursor - 1]

    def back(self) -> Event | None:
        """Undo the latest event and return it; None at the beginning.

        >>> from autograd_tiny import Value
        >>> t = Value(3.0).trace()
        >>> t.step() == t.back(), t.cursor
        (True, 0)
        """
        if self._cursor == 0:
            return None
        self._cursor -= 1
        return self.events[self._cursor]

    def node(self, *, back: bool = False) -> Event | None:
        """Go forward to the end of the next node, or back to the beginning of the latest.

        A node is computed in one event of the forward pass; in the backward pass it passes its gradient to all of its
        inputs, the root after its seed.

        Args:
            back: whether to undo.

        Returns:
            The last event that was done, or undone; None at the end, or the beginning.

        >>> from autograd_tiny import Value
        >>> t = (Value(3.0, label="a") * Value(4.0, label="b")).trace()
        >>> print(t.node())
        ∂L/∂b += ∂L/∂L·a = 1·3 = 3, now 3
        """
        require_true_or_false("node", "back", back)
        here = self._beside(back=back)
        if here is None:
            return None
        while self._beside(back=back) == here:
            self._cursor += -1 if back else 1
        return self.events[self._cursor if back else self._cursor - 1]

    def goto(self, cursor: int) -> None:
        """Go to where so many events are done.

        Raises:
            PositionError: the cursor is not an integer from 0 to the number of events.

        >>> from autograd_tiny import Value
        >>> t = Value(3.0).trace()
        >>> t.goto(1)
        >>> t.gradient("L")
        1.0
        """
        if type(cursor) is not int or not 0 <= cursor <= len(self):
            raise PositionError("goto", cursor, len(self) + 1)
        self._cursor = cursor

    def finish(self) -> None:
        """Go to the end."""
        self._cursor = len(self)

    def _beside(self, *, back: bool) -> tuple[bool, int] | None:
        """Return the pass and the node of the next event to do, or undo; None at the end."""
        place = self._cursor - back
        return (place < self.events.forward, self.events.node_at(place)) if 0 <= place < len(self) else None

    # ── looking up ──

    def written_name(self, node: Value | str) -> str:
        """Return the name of a node as formulas write it: in quotes if it could be read as something else.

        >>> from autograd_tiny import Value
        >>> (-Value(3.0, label="x + y")).trace().written_name("x + y")
        '"x + y"'
        """
        return text_name(self.names[self.find(node, place="written_name")])

    def find(self, node: Value | str, *, place: str = "find") -> Value:
        """Return the node with a name; a node of the graph is returned as it is.

        A name that a picture shortened, such as …neurons[1].w[0] or w[0], is found if it is that of one node alone. A
        label with control characters is found with them, or with the escapes that `names` has for them.

        Args:
            node: or its name.
            place: what errors name as the caller.

        Raises:
            UnknownNodeError: the graph has no such node. It is a KeyError.
            OperandError: the argument is neither a node nor a string.

        >>> from autograd_tiny import Value
        >>> a = Value(3.0, label="a")
        >>> (-a).trace().find("a") is a
        True
        """
        if isinstance(node, Value):
            if node in self.names:
                return node
            raise UnknownNodeError(node.label or repr(node), self.names[self.root])
        if not isinstance(node, str):
            raise OperandError(place, node, expected="a node or its name", remedy="give the Value itself")
        name = node if node in self._named else printable(node)
        return self._named[name] if name in self._named else self._find_shortened(node)

    def _find_shortened(self, name: str) -> Value:
        """Return the node with this short name, or the only one whose name has these ends, or this one."""
        form = name.replace("...", "…")
        full = self._shortened.get(name) or self._shortened.get(form)
        if full:
            return self._named[full]
        head, dots, tail = form.partition("…")
        if dots:
            shortest = len(head) + len(tail)
            longer = (full for full in self._named if tail and len(full) > shortest)
            found = [full for full in longer if full.startswith(head) and full.endswith(tail)]
            found = [full for full in found if full[: len(full) - len(tail)].endswith((".", "]"))] or found
        else:
            found = [] if name in CONSTANTS else [full for full in self._named if full.endswith(f".{name}")]
        if len(found) == 1:
            return self._named[found[0]]
        names = islice(self._named, MOST_NAMES)
        raise UnknownNodeError(name, self.names[self.root], found[:MOST_CLOSE] or get_close_matches(name, names))

    @cached_property
    def _shortened(self) -> dict[str, str]:
        """The names by their short forms, which the prompt, the page and diagrams show."""
        exact = {short: name for name, short in short_names(self.names.values()).items()}
        return {**{short.replace("...", "…"): name for short, name in exact.items()}, **exact}

    def position(self, node: Value | str, *, place: str = "position") -> int:
        """Return the position of a node in topological order; errors name a place."""
        return self.edges.index[self.find(node, place=place)]

    @property
    def other_numbers(self) -> Mapping[str, float]:
        """The leaves that were set to other numbers than those of the graph; none here, see `Trace.set`."""
        return {}

    def value(self, node: Value | str) -> float | None:
        """Return the value of a node, or None before its event of the forward pass.

        >>> from autograd_tiny import Value
        >>> t = (-Value(3.0, label="a")).trace(forward=True)
        >>> t.value("a"), t.value("L")
        (3.0, None)
        """
        z, recorded = self.position(node, place="value"), self.edges.recorded
        is_to_come = self.cursor < self.events.forward and bisect_left(recorded, z) >= self.cursor
        return None if is_to_come and self.nodes[z].primitive is not None else self.events.numbers.values[z]

    def gradient(self, node: Value | str) -> float | None:
        """Return the gradient of a node at the cursor, or None before its first contribution.

        >>> from autograd_tiny import Value
        >>> a = Value(3.0, label="a")
        >>> t = (a * a).trace()
        >>> [t.gradient("a") for _ in iter(t.step, None)]
        [None, 3.0, 6.0]
        """
        x, end = self.position(node, place="gradient"), self.edges_done
        if x == len(self.nodes) - 1:
            return SEED if self.cursor > self.events.forward else None
        edge = self.edges.latest_into(x, end)
        return None if edge is None else self.events.numbers.sums[edge]

    @property
    def edges_done(self) -> int:
        """The number of contributions that are done."""
        return max(0, self.cursor - self.events.forward - 1)

    def formula(self, node: Value | str) -> str:
        """Return the formula of a node as text; an empty one for a leaf.

        >>> from autograd_tiny import Value
        >>> (2.0 * Value(3.0, label="a")).trace().formula("L")
        '2 * a'
        """
        return self.events.formula(self.position(node, place="formula"))

    @property
    def lines(self) -> ProgramLines:
        """The lines of the program that made the nodes, as far as they were recorded."""
        self._lines = self._lines or ProgramLines(self.nodes)
        return self._lines

    def line(self, node: Value | str) -> SourceLine | None:
        """Return the line of the program that made a node, if it was made inside `record_lines()`; None else.

        >>> from autograd_tiny import Value, record_lines
        >>> with record_lines():
        ...     root = Value(3.0, label="a").exp()
        >>> root.trace().line(root).code
        'root = Value(3.0, label="a").exp()'
        """
        return self.find(node, place="line").line

    def module(self, node: Value | str, depth: int | None = None) -> str:
        """Return the module that a node belongs to, read from the labels of parameters, or an empty text.

        Args:
            node: or its name.
            depth: 1 for the outermost module, such as a layer, 2 for the module in it; the innermost if not given.
        """
        module = self.modules[self.find(node, place="module")]
        if depth is not None and (whole_number(depth) or 0) < 1:
            raise OperandError("module", depth, expected="a depth from 1 on", remedy="1 is the outermost module")
        return module if depth is None else enclosing(module, depth)

    @property
    def modules(self) -> Mapping[Value, str]:
        """The innermost module of each node; found when first asked for, in a few µs for each node."""
        if not self._modules:
            has_modules = any("." in node.label for node in self.nodes)
            self._modules = modules_of(self.nodes) if has_modules else dict.fromkeys(self.nodes, "")
        return self._modules

    @property
    def distances(self) -> Sequence[int]:
        """For each node the number of edges of the shortest path from the root; found when first asked for."""
        if not self._distances:
            most = len(self.nodes)
            self._distances = distances = [most] * (most - 1) + [0]
            for z, x in zip(self.edges.source, self.edges.target, strict=True):
                if distances[z] < distances[x]:
                    distances[x] = distances[z] + 1
        return self._distances
