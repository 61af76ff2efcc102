"""A trace is one backward pass to step through, to ask, and to change: `loss.trace()`.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> t = (a * b + a).trace()
>>> t.goto(3)
>>> t
Trace of L: 3 of 5 events done
  done: ∂L/∂a += ∂L/∂L·1 = 1·1 = 1, now 1
  next: ∂L/∂a += ∂L/∂v1·b = 1·(-3) = -3, now -2
>>> t.finish()
>>> t.why(a)
∂L/∂a = ∂L/∂L·1 + ∂L/∂v1·b = 1·1 + 1·(-3) = -2
>>> before = a.grad
>>> t.apply()
>>> before, a.grad
(0.0, -2.0)
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from itertools import repeat
from typing import Any

from autograd_tiny.engine.graph import leaves
from autograd_tiny.engine.tool_methods import TraceToolMethods
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError, require_true_or_false
from autograd_tiny.primitives.operands import as_leaf_data
from autograd_tiny.symbolic.notation import text_name, title_name
from autograd_tiny.symbolic.short_names import truncate
from autograd_tiny.trace.anomalies import Anomalies, anomalies
from autograd_tiny.trace.best_paths import BestPaths
from autograd_tiny.trace.difference_check import Check, check
from autograd_tiny.trace.errors import ChangedNumbersError, InnerNodeError
from autograd_tiny.trace.events import Event, Events
from autograd_tiny.trace.fact_texts import Notes, fact_text
from autograd_tiny.trace.facts import facts_of_graph, facts_of_node
from autograd_tiny.trace.formats import markdown_table, trace_json
from autograd_tiny.trace.passes import Pass, changed_pass
from autograd_tiny.trace.paths import Paths
from autograd_tiny.trace.profile import Profile, profile
from autograd_tiny.trace.stepper import Stepper
from autograd_tiny.trace.tangents import Seeds, Tangents
from autograd_tiny.trace.what_if import Changes, changes_between
from autograd_tiny.trace.why import Why, why


class Trace(TraceToolMethods, Stepper):
    """One pass over the graph of a root, as a list of events with a cursor; it keeps its own numbers.

    Only `apply()` changes the graph. Every method that takes a node takes its name as well.

    Args:
        root: where the backward pass starts.
        forward: whether the forward pass comes first, one event for each node that is computed.
        variable_names: whether nodes without a label are named after the variables of the caller.

    Raises:
        OperandError: the root is not a Value.
        NotRecordedError: it was computed inside `no_grad()`.
        StaleDataError: the data of a node was changed after an operation used it.
    """

    def __init__(self, root: Value, *, forward: bool = False, variable_names: bool = True) -> None:
        super().__init__(root, forward=forward, variable_names=variable_names)
        self._recorded = self.events.numbers
        self._set: dict[str, None] = {}
        self._weights: dict[float, int] = {}

    # ── asking ──

    def why(self, node: Value | str) -> Why:
        """Return the gradient of a node as the sum over its consumers, in symbols and in numbers.

        At a cursor before the end it says what has arrived so far and what is to come. A Value outside the graph has
        the gradient 0. The answer is a string, which a prompt shows as it is.

        >>> a = Value(3.0, label="a")
        >>> t = (a * a).trace()
        >>> t.why(a)
        ∂L/∂a = ∂L/∂L·a + ∂L/∂L·a; 2 contributions are to come
        """
        return why(self, node if isinstance(node, Value) else self.find(node, place="why"))

    def paths(self, node: Value | str, most: int = 20, *, at_cursor: bool = False) -> Paths:
        """Return the largest paths from the root to a node, by product of partials, and the sum of all others.

        The products of all paths add up to the gradient. They are not enumerated, since their number is exponential:
        O(edges) for the first, and little more for each of the others. A product that is nan or inf comes first, one
        that is 0 last.

        Args:
            node: or its name.
            most: the largest number of paths.
            at_cursor: whether to take only the paths whose contributions have arrived at the cursor.

        Raises:
            OperandError: the largest number is not a whole number from 1 on.

        >>> a = Value(3.0, label="a")
        >>> found = (a * a + a * 10.0).trace().paths(a, 2)
        >>> [path.product for path in found], found.number, found.rest
        ([10.0, 3.0], 3, 3.0)
        """
        if type(most) is not int or most < 1:
            raise OperandError("paths", most, expected="a whole number from 1 on", remedy="say how many to find")
        require_true_or_false("paths", "at_cursor", at_cursor)
        x, most = self.position(node, place="paths"), min(most, sys.maxsize)
        done = self.edges_done if at_cursor else len(self.edges)
        return Paths(BestPaths(self, self._weights, x, most=most, done=done))

    def notes(self, node: Value | str | None = None) -> Notes:
        """Return the facts worth a remark about a node, or about the graph, one sentence each.

        Why contributions add up, why a node waits for all of them, why no gradient passes through a dead relu, why a
        computed node is not a leaf, and what a gradient that a leaf holds already does to the next backward pass.
        The list is one of strings; a prompt shows it line by line.

        >>> a = Value(3.0, label="a")
        >>> (a * a).trace().notes(a)
        a is used 2 times, so 2 contributions arrive. They add up, because the gradient counts every path from a to L.
        """
        facts = facts_of_graph(self) if node is None else facts_of_node(self, self.find(node, place="notes"))
        return Notes(fact_text(fact, self.names) for fact in facts)

    def check(self, node: Value | str) -> Check:
        """Compare the gradient of a node at the end with the central difference.

        An inner node counts as a free variable, so its inputs stay as they are. O(nodes), some 25 times.

        >>> a = Value(3.0, label="a")
        >>> result = a.exp().trace().check(a)
        >>> round(result.gradient, 6), round(result.difference, 6), result.agrees
        (20.085537, 20.085537, True)
        """
        return check(self, self.find(node, place="check"))

    def jvp(self, seeds: Seeds) -> Tangents:
        """Return the tangents of a forward pass: how fast each node changes as leaves change in a direction.

        Its text writes out each step, and compares the result with the backward pass. O(edges).

        Args:
            seeds: the tangent of each leaf that changes, by the leaf or its name.

        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> (a * b).trace().jvp({"a": 1.0, "b": 0.5}).tangent("L")
        -2.0
        """
        return Tangents(self, seeds)

    def anomalies(self) -> Anomalies:
        """Return the first inf and the first nan that the forward pass makes, then those of the backward pass.

        A list of `Anomaly`, each with a sentence of cause and a remedy; a prompt shows it line by line. Left out is
        what follows from numbers that are inf or nan already, but for a nan that 0·inf or inf - inf makes; and in the
        backward pass each infinite partial of a node whose value or input is inf or nan. O(edges).

        >>> x = Value(-2.0, label="x")
        >>> [(a.phase, a.node, a.kind) for a in (x.log() * 3.0).trace().anomalies()]
        [('forward', 'v1', 'log of negative')]
        >>> x.exp().trace().anomalies()
        All values and gradients are finite.
        """
        return anomalies(self)

    def profile(self, by: str | None = None, *, every: int | None = None, at_cursor: bool = False) -> Profile:
        """Return the sizes of the gradients in groups, from the root down, with what they show.

        A `Profile` is a sequence of rows with `group`, `count`, `mean`, `median`, `max`, `zeros`, `non_finite` and
        `unfinished`. Its `remarks` name vanishing and exploding gradients and dead units, where measured. O(edges);
        in a graph with modules the first call also finds these, which takes a few µs for each node.

        Args:
            by: "layer", "module", "depth" (the distance of computed nodes from the root) or a range of names such as
                "v400..v800"; by default "layer" in a graph with two layers or more, "depth" in others.
            every: how many distances, or nodes of the range, make a row; by default there are at most 20 rows.
            at_cursor: whether to measure what has arrived at the cursor instead of the gradients at the end.

        Raises:
            ProfileError: the graph has no such groups. It is a ValueError.

        >>> a = Value(3.0, label="a")
        >>> (a * 0.5 * a).trace().profile()
        distance  count  mean size  median  max  0.1            log scale             10
        0             1          1       1    1  ███████████████████▌
        1             1          3       3    3  ████████████████████████████▊
        leaves        1          3       3    3  ████████████████████████████▊
        """
        require_true_or_false("profile", "at_cursor", at_cursor)
        return profile(self, by, every=every, at_cursor=at_cursor)

    def as_json(self) -> dict[str, Any]:
        """Return the whole trace as names and numbers, for a page or a program.

        Returns:
            An object with

            - root: name of the root; cursor: how many events are done.
            - nodes: a list, inputs before consumers; each with name, formula and primitive (empty and null for a
              leaf), operands (names and numbers), module, value, gradient (at the end), and line: null, or the
              file, line and function of the program that made it inside `record_lines()`.
            - events: a list; each with kind, node, input, position, upstream, partial, contribution, rule, before and
              after, as in `Event`, null where the kind has none.

            Numbers that JSON does not have are the strings "inf", "-inf" and "nan".

        >>> Value(3.0).trace().as_json()["events"][0]["kind"]
        'seed'
        """
        return trace_json(self)

    # ── changing ──

    def set(self, leaf: Value | str, number: float) -> Changes:
        """Give a leaf another number in this trace, compute everything anew, and return what changed.

        Neither the cursor nor the graph changes; `reset()` takes all such numbers back, and the number of the graph
        takes back that of its leaf. The graph stays as it was recorded, even if an `if` of the program would now take
        its other branch.

        Args:
            leaf: or its name.
            number: a real number; inf and nan are allowed.

        Raises:
            InnerNodeError: the node is computed from others. It is a ValueError.
            OperandError: the number is not a real number.

        >>> a = Value(-3.0, label="a")
        >>> a.relu().trace().set(a, 2.0)
        with a = 2 (was -3), L = 2 (was 0)
          node   value  gradient
          a     -3 → 2     0 → 1
          L      0 → 2         1
          L = relu(a) crossed a kink: it passes a gradient to a now (the partial was 0, is 1)
        """
        node = self.find(leaf, place="set")
        number = as_leaf_data(number, "set")
        require_leaf(self, node)
        x, others = self.position(node), [name for name in self._set if name != self.names[node]]
        is_restored = repr(number) == repr(self._recorded.values[x])  # -0.0 is another number, nan is the same
        numbers = changed_pass(self.edges, self.events.numbers, x, number)
        events = self._events_with(numbers if others or not is_restored else self._recorded)
        changed = changes_between(self.events, events, x)
        self.events = events
        self._set = dict.fromkeys(others if is_restored else [*self._set, self.names[node]])
        return changed

    @property
    def other_numbers(self) -> dict[str, float]:
        """The leaves whose number is not that of the graph, by their names, with the number that was set.

        >>> t = Value(3.0, label="a").trace()
        >>> t.set("a", 5.0)
        with a = 5 (was 3), a = 5 (was 3)
          node  value  gradient
          a     3 → 5         1
        >>> t.other_numbers
        {'a': 5.0}
        """
        return {name: self.events.numbers.values[self.position(name)] for name in self._set}

    def reset(self) -> None:
        """Take back every number that was set; the cursor stays where it is."""
        self.events = self._events_with(self._recorded)
        self._set.clear()

    def apply(self, *, at_cursor: bool = False) -> None:
        """Write the gradients into the graph, as `backward()` does: added up in leaves, set in inner nodes.

        All or nothing.

        Args:
            at_cursor: whether to write what has arrived at the cursor instead of the gradients at the end.

        Raises:
            ChangedNumbersError: a number was set, so the gradients are not those of the graph. It is a ValueError.

        >>> a = Value(3.0)
        >>> (a * a).trace().apply()
        >>> a.grad
        6.0
        """
        require_true_or_false("apply", "at_cursor", at_cursor)
        if self._set:
            raise ChangedNumbersError(list(self._set))
        if at_cursor:
            gradients = [self.gradient(node) or 0.0 for node in self.nodes]
        else:
            gradients = list(self.events.numbers.gradients)
        written = [
            gradient + node.grad if node.primitive is None else gradient
            for node, gradient in zip(self.nodes, gradients, strict=True)
        ]
        deque(map(setattr, self.nodes, repeat("_grad"), written), maxlen=0)  # one call, which no Ctrl-C divides

    def _events_with(self, numbers: Pass) -> Events:
        return Events(self.edges, numbers, self.names, forward=self.events.forward > 0)

    # ── showing ──

    def __repr__(self) -> str:
        return "\n  ".join([self._summary(), *(f"{when}: {event}" for when, event in self._here())])

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        yield "root", self.names[self.root]
        yield "cursor", self.cursor
        yield "events", len(self)
        yield from ((when, str(event)) for when, event in self._here())

    def _repr_markdown_(self) -> str:
        return f"{self._summary()}\n\n{markdown_table(self)}"

    def _summary(self) -> str:
        numbers = f", with other numbers for {', '.join(map(text_name, self._set))}" if self._set else ""
        return f"Trace of {title_name(self.names[self.root])}: {self.cursor} of {len(self)} events done{numbers}"

    def _here(self) -> Iterator[tuple[str, Event]]:
        if self.cursor > 0:
            yield "done", self.events[self.cursor - 1]
        if self.cursor < len(self):
            yield "next", self.events[self.cursor]


def require_leaf(trace: Stepper, node: Value) -> None:
    """Raise an InnerNodeError for a node that is computed from others."""
    if node.primitive is not None:
        formula = truncate(trace.formula(node))
        raise InnerNodeError(trace.names[node], formula, [trace.names[x] for x in leaves(node)])
