r"""Write the statements of a plan: texts with holes, and the places of the numbers that fill them.

The numbers that all examples share are u[k], those that vary v[k][i], one row of a block with one element for each
example; gu and gv are their gradients. Operations of one kind differ only in the numbers of their holes, so that
`rerolling` finds the loops.

>>> from autograd_tiny import Value, logsumexp
>>> from autograd_tiny.replay.plan import plan_of
>>> from autograd_tiny.replay.rerolling import written
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = Value(2.0), Value(3.0)
>>> statements = CStatements(plan_of(tape_of(logsumexp([w * x, x]), inputs=[x], parameters=[w])))
>>> print(*written([*statements.values(varying=True), *statements.contributions(varying=True)]), sep="\n")
EACH v[1][i] = u[0] * v[0][i];
EACH { const double xs[] = {v[1][i], v[0][i]}; v[2][i] = list_logsumexp(xs, 2, 0); }
{ double d[N][2];
    EACH { const double xs[] = {v[1][i], v[0][i]}; slopes_of_logsumexp(xs, 2, 0, v[2][i], gv[2][i], d[i]); }
    EACH gv[1][i] = d[i][0];
    }
EACH gl[0][i] = v[0][i] * gv[1][i]; gu[0] += total(gl[0], n);
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.c_backend.c_rows import contributions, operand, refusal, value
from autograd_tiny.replay.c_backend.elements import ElementStatements
from autograd_tiny.replay.c_backend.list_functions import VALUES, WITH_PLACE
from autograd_tiny.replay.c_backend.sums import SumStatements
from autograd_tiny.replay.c_backend.targets import Targets, added
from autograd_tiny.replay.fusion import SumOfProducts
from autograd_tiny.replay.groups import Group, RowGroup
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.plan import Plan
from autograd_tiny.replay.rerolling import Item, statement
from autograd_tiny.replay.tape import Operand, Operation

OF_ALL_ROWS: Final = {TABLE["softmax_at"]: "softmax_of", TABLE["log_softmax_at"]: "log_softmax_of"}
OF_LISTS: Final = {ELEMENT_AT, *(TABLE[name] for name in VALUES if name in TABLE)}

Kind = str
"""Of an operand: "u" for a number that all examples share, "v" for one that varies, or the constant as text."""


class CStatements:
    """Writes the steps of a plan.

    Args:
        plan: with its layout.

    Attributes:
        names: of statements, by their text, such as mul_uv.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan, self.stores = plan, plan.stores
        self.place, self.is_varying = plan.stores.place, plan.stores.varying
        self.names: dict[str, str] = {}
        self.targets = Targets(plan)
        self.sums = SumStatements(plan, self.names, self.targets)

    def values(self, *, varying: bool) -> Iterator[Item]:
        """Yield the statements that compute the steps that vary with the example, or the others.

        Raises:
            BackendError: C lacks a row.
        """
        for group in self.plan.groups:
            together = self._together(group)
            for node in group.nodes if group.varying == varying else ():
                step = self.plan.program.steps[node]
                if node in together:
                    if together[node][0] == node:
                        yield _Softmax(self.plan, together[node]).value()
                elif isinstance(step, SumOfProducts):
                    yield from self.sums.value(node, step)
                else:
                    yield self._value(node, step)

    def contributions(self, *, varying: bool) -> Iterator[Item]:
        """Yield the statements that add the contributions of these steps to gradients, the last step first.

        Raises:
            BackendError: C lacks a row in a partial.
        """
        for group in reversed(self.plan.groups):
            together = self._together(group)
            for node in group.nodes if group.varying == varying and group.differentiated else ():
                step = self.plan.program.steps[node]
                yield from self.targets.begun([self.place[x] for x in together.get(node, [node])] * varying)
                if node in together:
                    if together[node][0] == node:
                        yield _Softmax(self.plan, together[node]).contributions(self.targets)
                elif isinstance(step, SumOfProducts):
                    yield from self.sums.contributions(node, step)
                else:
                    yield from self._contributions(node, step)
        if varying:
            yield from self.targets.ends()

    def _together(self, group: Group) -> dict[int, list[int]]:
        """Return for the elements of one softmax, or of its logarithm, if there are several, all of them."""
        if not (isinstance(group, RowGroup) and group.row in OF_ALL_ROWS):
            return {}
        *elements, places = group.operands
        lists: dict[Any, list[int]] = {}
        for node, place, *xs in zip(group.nodes, places, *elements, strict=True):
            if type(place) is not int:
                lists.setdefault(tuple(xs), []).append(node)
        return {node: nodes for nodes in lists.values() for node in nodes if len(nodes) > 1}

    def _value(self, node: int, step: Operation) -> Item:
        row, varies = step.primitive, self.is_varying[node]
        if row is ELEMENT_AT and ElementStatements.can_write(self.stores, step):
            return self._element(node, step).value()
        if row in OF_LISTS:
            return self._list(node, step).value()
        if row.list_positions:  # the user's own
            raise refusal(row)
        kinds = self._kinds(step.operands)
        text = _value_text(row, kinds, varies=varies)
        self.names.setdefault(text, _name(row, kinds))
        return statement(text, *self._numbers(node, step))

    def _contributions(self, node: int, step: Operation) -> Iterator[Item]:
        row, varies = step.primitive, self.is_varying[node]
        if row is ELEMENT_AT and ElementStatements.can_write(self.stores, step):
            yield from self._element(node, step).contributions(self.targets)
            return
        if row in OF_LISTS:
            yield self._list(node, step).contributions(self.targets)
            return
        kinds = self._kinds(step.operands)
        text = _contribution_text(row, kinds, self._heads(step.operands, varies=varies), varies=varies)
        self.names.setdefault(text, f"g_{_name(row, kinds)}")
        yield statement(text, *self._numbers(node, step))

    def _heads(self, operands: Sequence[Operand], *, varies: bool) -> tuple[str, ...]:
        """Return the left sides of the contributions to operands; "" for one that takes none."""
        heads, hole = [], 0
        for x in operands:
            hole += type(x) is int
            takes = type(x) is int and self.stores.flows[x]
            heads.append(self.targets.head_of(x, hole, varies=varies) if takes else "")
        return tuple(heads)

    def _kinds(self, operands: Sequence[Operand]) -> tuple[Kind, ...]:
        return tuple("uv"[self.is_varying[x]] if type(x) is int else repr(float(x)) for x in operands)

    def _numbers(self, node: int, step: Operation) -> tuple[int, ...]:
        return (self.place[node], *(self.place[x] for x in step.operands if type(x) is int))

    def _element(self, node: int, step: Operation) -> ElementStatements:
        return ElementStatements(self.stores, node, step, node - self.plan.tape.leaves + 1)

    def _list(self, node: int, step: Operation) -> _ListStatement:
        return _ListStatement(self.plan, node, step)


# ── rows of single numbers ────────────────────────────────────────────────────────────────────


def name(hole: int, *, varies: bool) -> str:
    """Return the name of a number with a hole for its place."""
    return f"v[@{hole}][i]" if varies else f"u[@{hole}]"


def _names(kinds: Sequence[Kind]) -> list[str | float]:
    """Return the names of operands, whose holes follow that of the result."""
    names: list[str | float] = []
    for kind in kinds:
        hole = 1 + sum(isinstance(x, str) for x in names)
        names.append(name(hole, varies=kind == "v") if kind in {"u", "v"} else float(kind))
    return names


@cache
def _value_text(row: Primitive, kinds: tuple[Kind, ...], *, varies: bool) -> str:
    return f"{'EACH ' * varies}{name(0, varies=varies)} = {value(row, _names(kinds))};"


def _name(row: Primitive, kinds: Sequence[Kind]) -> str:
    """Return a name for a statement: the row, and for each operand u, v or c, a constant."""
    return f"{row.name}_{''.join(kind if kind in {'u', 'v'} else 'c' for kind in kinds)}"


@cache
def _contribution_text(
    row: Primitive,
    kinds: tuple[Kind, ...],
    heads: tuple[str, ...],
    *,
    varies: bool,
) -> str:
    output = name(0, varies=varies)
    texts = contributions(row, _names(kinds), output, f"g{output}")
    statements = added([(head, text) for head, text in zip(heads, texts, strict=True) if head], varies=varies)
    return f"{{ {' '.join(statements)} }}" if len(statements) > 1 else "".join(statements)


# ── rows of lists ─────────────────────────────────────────────────────────────────────────────


class _ListStatement:
    """Writes one row of a list, such as logsumexp: its elements first go into an array of their own."""

    def __init__(self, plan: Plan, node: int, step: Operation) -> None:
        self.plan, self.step, self.stores = plan, step, plan.stores
        self.varies = plan.stores.varying[node]
        self.name = step.primitive.name
        self.numbers = [plan.stores.place[node]]
        *elements, self.position = (*step.operands, 0.0) if self.name not in WITH_PLACE else step.operands
        self.elements = elements
        self.holes: list[int] = []
        self.xs = [self._hole(x) for x in elements]
        self.place = self._place(node)
        self.list = f"const double xs[] = {{{', '.join(self.xs)}}};"

    def _hole(self, x: Operand) -> str:
        self.holes.append(len(self.numbers))
        if type(x) is not int:
            return operand(x)
        self.numbers.append(self.stores.place[x])
        return name(len(self.numbers) - 1, varies=self.stores.varying[x])

    def _place(self, node: int) -> str:
        """Return the position in the list as C."""
        if type(self.position) is not int:
            self.numbers.append(int(self.position))
            return f"@{len(self.numbers) - 1}" if self.name in WITH_PLACE else "0"
        position = self._hole(self.position)
        self.numbers.append(node - self.plan.tape.leaves + 1)
        operation = f"@{len(self.numbers) - 1}"
        if self.name == ELEMENT_AT.name:
            return f"place_of_element({position}, 0, 1, {len(self.xs)}, {operation}, fault)"
        return f"place_of({position}, {len(self.xs)}, {operation}, fault)"

    def value(self) -> Item:
        """Return the statement that computes the row."""
        call = f"list_{self.name}(xs, {len(self.xs)}, {self.place})"
        text = f"{'EACH ' * self.varies}{{ {self.list} {name(0, varies=self.varies)} = {call}; }}"
        return statement(text, *self.numbers)

    def contributions(self, targets: Targets) -> Item:
        """Return the statements that add the contributions to the elements, as one."""
        output = name(0, varies=self.varies)
        arguments = f"xs, {len(self.xs)}, {self.place}, {output}, g{output}, d[i]"
        each = "EACH" if self.varies else "int i = 0;"
        heads = [
            (targets.head_of(x, hole, varies=self.varies), f"d[i][{k}]")
            for k, (x, hole) in enumerate(zip(self.elements, self.holes, strict=False))
            if self._takes(x)
        ]
        if self._takes(self.position) and self.name != ELEMENT_AT.name:
            self.numbers.append(self.stores.place[self.position])  # type: ignore[index]  # a number of the program
            head = targets.head_of(self.position, len(self.numbers) - 1, varies=self.varies)
            heads.append((head, f"0.0 * g{output}"))
        lines = [
            f"{{ double d[{'N' if self.varies else 1}][{len(self.xs)}];",
            f"{each} {{ {self.list} slopes_of_{self.name}({arguments}); }}",
            *added(heads, varies=self.varies),
            "}",
        ]
        return statement("\n    ".join(lines), *self.numbers)

    def _takes(self, x: Any) -> bool:
        return type(x) is int and self.stores.flows[x]


class _Softmax:
    """Writes several elements of one softmax, or of its logarithm, whose exponentials are computed once."""

    def __init__(self, plan: Plan, nodes: Sequence[int]) -> None:
        steps = [plan.program.steps[node] for node in nodes]
        self.row, operands = steps[0].primitive, steps[0].operands[:-1]  # type: ignore[union-attr]  # a row
        stores, self.varies = plan.stores, plan.stores.varying[nodes[0]]
        self.numbers = [stores.place[node] for node in nodes]
        self.zs = [name(k, varies=self.varies) for k in range(len(nodes))]
        self.places = [f"@{len(nodes) + k}" for k in range(len(nodes))]
        self.numbers += [int(step.operands[-1]) for step in steps]  # type: ignore[union-attr]  # as above
        self.xs: list[str] = []
        self.elements, self.holes = operands, list[int]()
        for x in operands:
            self.holes.append(len(self.numbers))
            if type(x) is int:
                self.numbers.append(stores.place[x])
                self.xs.append(name(len(self.numbers) - 1, varies=stores.varying[x]))
            else:
                self.xs.append(operand(x))
        self.takes = [type(x) is int and stores.flows[x] for x in operands]
        self.list = f"const double xs[] = {{{', '.join(self.xs)}}};"

    def value(self) -> Item:
        """Return the statement that computes the elements."""
        results = " ".join(f"{z} = ps[{place}];" for z, place in zip(self.zs, self.places, strict=True))
        call = f"{OF_ALL_ROWS[self.row]}(xs, {len(self.xs)}, ps);"
        text = f"{'EACH ' * self.varies}{{ {self.list} double ps[{len(self.xs)}]; {call} {results} }}"
        return statement(text, *self.numbers)

    def contributions(self, targets: Targets) -> Item:
        """Return the statements that add the contributions to the elements of the list, as one."""
        is_log = self.row is TABLE["log_softmax_at"]
        factors = ", ".join(f"g{z}" if is_log else f"{z} * g{z}" for z in self.zs)
        arrays = (
            f"{self.list} const double factors[] = {{{factors}}}; const int places[] = {{{', '.join(self.places)}}};"
        )
        call = f"slopes_of_all(xs, {len(self.xs)}, places, factors, {len(self.zs)}, d[i]);"
        heads = [
            (targets.head_of(x, hole, varies=self.varies), f"d[i][{k}]")
            for k, (x, hole) in enumerate(zip(self.elements, self.holes, strict=True))
            if self.takes[k]
        ]
        lines = [
            f"{{ double d[{'N' if self.varies else 1}][{len(self.xs)}];",
            f"{'EACH' if self.varies else 'int i = 0;'} {{ {arrays} {call} }}",
            *added(heads, varies=self.varies),
            "}",
        ]
        return statement("\n    ".join(lines), *self.numbers)
