"""Write a plan as C: first the numbers that all examples share, then the examples, block by block.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.plan import plan_of
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = Value(2.0), Value(3.0)
>>> source = c_source_of(plan_of(tape_of((w * x).exp(), inputs=[x], parameters=[w])))
>>> print(source[source.index("static void forward_rows_0") : source.index("struct call")].strip())
static void forward_rows_0(ARRAYS) {
    EACH v[1][i] = u[0] * v[0][i]; EACH v[2][i] = math_exp(v[1][i]);
}
#define forward_rows() forward_rows_0(PASSED);
static void backward_rows_0(ARRAYS) {
    EACH gl[0][i] = v[0][i] * (v[2][i] * gv[2][i]); gu[0] += total(gl[0], n);
}
#define backward_rows() backward_rows_0(PASSED);

The names: u a number that all examples share, v[k] a row of the block with one number for each example, g before a
name its gradient, gl[k] the gradient of u[k] lane by lane, n the number of examples in the block and m, a multiple
of 8, that with copies of the last one. A
statement that occurs often has a name: its row, and u, v or c (a constant) for each operand, as in mul_uv(3, 0, 1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from autograd_tiny.replay.c_backend.c_functions import functions_for
from autograd_tiny.replay.c_backend.elements import PLACE_OF_ELEMENT
from autograd_tiny.replay.c_backend.fused_loops import Uses, fused
from autograd_tiny.replay.c_backend.list_functions import list_functions_for
from autograd_tiny.replay.c_backend.statements import CStatements
from autograd_tiny.replay.c_backend.sums import sum_functions_for
from autograd_tiny.replay.layout import Stores
from autograd_tiny.replay.plan import Plan
from autograd_tiny.replay.rerolling import (
    HOLE,
    Item,
    Shape,
    arity,
    executed,
    filled,
    lines_of,
    rerolled,
    statement,
    texts_of,
    written,
)

LANES = 32
"""The number of examples in a block: a few vectors of the processor, and a multiple of 8."""
OFTEN: Final = 4
"""The fewest occurrences of a statement with a name."""
PLACES: Final = ("z", "x", "y", *(f"x{k}" for k in range(3, 40)))
"""The names of the parameters of a statement with a name."""
WORTH_A_FUNCTION = 64
"""The fewest statements that a loop executes, if it is compiled in a program of many statements."""
LONGEST = 300
"""The most statements of a function: the time to compile it grows faster than its length."""

HEAD = f"""\
#include <math.h>
#include <stdint.h>
#include <string.h>
#define N {LANES}
#define EACH _Pragma("GCC ivdep") for (int i = 0; i < (m & -8); i++)
#define ROWS double (*restrict v)[N], double (*restrict gv)[N], double (*restrict gl)[N]
#define ARRAYS double *restrict u, double *restrict gu, ROWS, double *fault, int n, int m
#define PASSED u, gu, v, gv, gl, fault, n, m
static double folded(const double *sums) {{
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}}
static double total(const double *terms, int n) {{
    double sums[8] = {{0.0}};
    int i = 0;
    for (; i + 8 <= n; i += 8) for (int j = 0; j < 8; j++) sums[j] += terms[i + j];
    for (int j = 0; i + j < n; j++) sums[j] += terms[i + j];
    return folded(sums);
}}"""


FASTER_TO_COMPILE = '#pragma GCC optimize ("O1", "tree-vectorize", "vect-cost-model=dynamic")'
"""For long sources: -O3 takes gcc 2 to 7 times as long, and gains up to 25 %. Above it are the loops of sums."""
MANY = 100
"""The most statements that are compiled with -O3."""

PLACE_OF = """\
static int place_of(double place, int length, int operation, double *fault) {
    if (0.0 <= place && place < length && place == floor(place)) return (int)place;
    if (fault[0] == 0.0) { fault[0] = operation; fault[1] = place; }
    return 0;
}"""

PLACES_OF = {"place_of": PLACE_OF, "place_of_element": PLACE_OF_ELEMENT}

CALL = """\
struct call {
    long long batch; double seed; long long backward; double *u, *gu, *rows, *slopes_of_rows;
    const double *inputs; double *losses, *truths, *slopes, *fault;
};"""
"""The arguments of the function that is called from Python.

Its arrays: the uniform numbers and their gradients, the rows of one block and theirs; inputs (batch, inputs), losses
(batch,), truths (guards, batch), slopes (batch, inputs); fault, the number of an operation, from 1, that got a
position outside of its list, and that position.
"""


def c_source_of(plan: Plan) -> str:
    """Return a plan as C.

    Raises:
        BackendError: C lacks a row of the program.
    """
    statements = CStatements(plan)
    lists = {}
    for name, varying in (("shared", False), ("rows", True)):
        lists[f"forward_{name}"] = rerolled(list(statements.values(varying=varying)))
        lists[f"backward_{name}"] = rerolled(list(statements.contributions(varying=varying)))
    count = sum(len(list(texts_of(shape))) for items in lists.values() for shape, _ in items)
    uses = Uses(lists.values(), _other_uses(plan))
    parts = {name: list(_parts(items, uses)) for name, items in lists.items()}
    macros, sections = Macros(statements.names, [part for each in parts.values() for _, part in each]), Sections()
    for name, each in parts.items():
        sections.add(name, [(is_table, list(map(macros.named, part))) for is_table, part in each])
    body = [*macros.definitions(), *sections.interpreter(), *sections.lines]
    calls = "\n".join(body)
    places = [text for name, text in PLACES_OF.items() if f"{name}(" in calls]
    rows = [*places, *functions_for(calls), *list_functions_for(calls)]
    level = [FASTER_TO_COMPILE] * (count > MANY)
    replay = _replay(plan, [name for name, items in lists.items() if items])
    return "\n".join([HEAD, *sum_functions_for(calls), *level, *rows, *body, *replay]) + "\n"


class Macros:
    """Names the statements that occur often, so that the source reads as a list of operations.

    Args:
        names: for texts of statements, such as mul_uv; other texts are written out.
        lists: of statements, whose texts are counted.
    """

    def __init__(self, names: Mapping[str, str], lists: Iterable[Sequence[Item]]) -> None:
        counts = Counter(text for items in lists for shape, _ in items for text in texts_of(shape))
        often = [text for text, count in counts.items() if count >= OFTEN and text in names]
        self._calls: dict[str, str] = {}
        taken: Counter[str] = Counter()
        for text in often:
            taken[names[text]] += 1
            suffix = f"_{taken[names[text]]}" if taken[names[text]] > 1 else ""
            self._calls[text] = f"{names[text]}{suffix}({', '.join(f'@{k}' for k in range(arity(text)))});"

    def definitions(self) -> Iterator[str]:
        """Yield the definitions of the macros; the parameters are places, that of the result first."""
        for text, call in self._calls.items():
            head = HOLE.sub(lambda hole: PLACES[int(hole[1])], call.removesuffix(";"))
            yield f"#define {head} {HOLE.sub(lambda hole: PLACES[int(hole[1])], text)}"

    def named(self, item: Item) -> Item:
        """Return an item with calls of macros for their texts."""
        return self._named(item[0]), item[1]

    def _named(self, shape: Shape) -> Shape:
        return self._calls.get(shape, shape) if isinstance(shape, str) else tuple(map(self._named, shape))


class Sections:
    """Writes lists of statements as functions, and a macro for each list that calls them.

    A long list is interpreted: its statements become a table, for each statement its kind and the numbers of its
    holes. To compile a statement takes gcc more than a hundred times as long as a row of a table.

    Attributes:
        lines: the functions and tables so far.
        kinds: the statements of the tables, and the number of each.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.kinds: dict[Shape, int] = {}

    def add(self, name: str, parts: Sequence[tuple[bool, Sequence[Item]]]) -> None:
        """Write a list of statements in parts, and whether each is a table."""
        calls = []
        for k, (is_table, part) in enumerate(parts):
            self.lines += self._table(f"{name}_{k}", part) if is_table else _function(f"{name}_{k}", part)
            calls.append(f"interpret(PASSED, {name}_{k}, {len(part)});" if is_table else f"{name}_{k}(PASSED);")
        if calls:
            self.lines.append(f"#define {name}() {' '.join(calls)}")

    def _table(self, name: str, items: Sequence[Item]) -> Iterator[str]:
        yield f"static const int {name}[] = {{"
        for shape, numbers in items:
            yield f"{self.kinds.setdefault(shape, len(self.kinds))}, {', '.join(map(str, numbers))},"
        yield "};"

    def interpreter(self) -> Iterator[str]:
        """Yield the function that executes the rows of tables."""
        if self.kinds:
            yield "static void interpret(ARRAYS, const int *t, int count) {"
            yield "    for (; count; count--) switch (*t) {"
            for shape, kind in self.kinds.items():
                yield f"        case {kind}:"
                yield from (
                    f"            {line}"
                    for line in filled(lines_of(shape, [f"t[{k + 1}]" for k in range(arity(shape))]))
                )
                yield f"            t += {arity(shape) + 1}; break;"
            yield "    }"
            yield "}"


def _parts(items: Sequence[Item], uses: Uses) -> Iterator[tuple[bool, Sequence[Item]]]:
    """Yield the statements in parts, fused, and whether a part is a table: of long lists all but the long loops."""
    is_long = len(items) > LONGEST
    start = 0
    for is_table, group in groupby(items, lambda item: is_long and executed(item) < WORTH_A_FUNCTION):
        count = len(list(group))
        step = count if is_table else LONGEST
        for first in range(start, start + count, step):
            part = items[first : min(first + step, start + count)]
            yield is_table, part if is_table else fused(part, uses)
        start += count


def _function(name: str, items: Sequence[Item]) -> Iterator[str]:
    yield f"static void {name}(ARRAYS) {{"
    yield from (f"    {line}" for line in written(items))
    yield "}"


def _replay(plan: Plan, sections: Sequence[str]) -> Iterator[str]:
    """Yield the function that is called from Python, given the sections that have statements."""
    tape, stores = plan.tape, plan.stores
    inputs = tape.inputs if plan.batched else 0
    root_varies, place, flows = stores.varying[tape.root], stores.place[tape.root], stores.flows[tape.root]
    yield CALL
    yield "void replay(const struct call *call) {"
    yield "    double *restrict u = call->u, *restrict gu = call->gu, *fault = call->fault;"
    yield "    double (*restrict v)[N] = (void *)call->rows, (*restrict gv)[N] = (void *)call->slopes_of_rows;"
    yield f"    double (*restrict gl)[N] = (double (*)[N])call->slopes_of_rows + {stores.varying_rows};"
    yield "    const long long batch = call->batch;"
    yield "    int n = N, m = N;"
    yield from ["    forward_shared()"] * ("forward_shared" in sections)
    yield f"    if (call->backward) memset(gu, 0, {stores.uniform_rows} * sizeof *gu);"
    yield "    for (long long first = 0; first < batch; first += N) {"
    yield "        n = batch - first < N ? (int)(batch - first) : N, m = (n + 7) / 8 * 8;"
    element = f"call->inputs[(first + (i < n ? i : n - 1)) * {inputs} + @1]"
    yield from _each_input(plan, f"EACH v[@0][i] = {element};")
    yield from ["        forward_rows()"] * ("forward_rows" in sections)
    yield f"        for (int i = 0; i < n; i++) call->losses[first + i] = {_number(stores, tape.root)};"
    for k, position in enumerate(tape.guarded):
        condition = f"call->truths[{k} * batch + first + i] = {_number(stores, position)};"
        yield f"        for (int i = 0; i < n; i++) {condition}"
    yield "        if (!call->backward || fault[0] != 0.0) continue;"
    if flows and root_varies:
        yield f"        EACH gv[{place}][i] = call->seed;"
    yield from ["        backward_rows()"] * ("backward_rows" in sections)
    if plan.of_inputs:
        element = f"call->slopes[(first + i) * {inputs} + @1]"
        yield from _each_input(plan, f"for (int i = 0; i < n; i++) {element} = gv[@0][i];")
    yield "    }"
    yield "    if (!call->backward) return;"
    if flows and not root_varies:
        yield f"    gu[{place}] = call->seed * (double)batch;"
    yield from ["    backward_shared()"] * ("backward_shared" in sections)
    yield "}"


def _other_uses(plan: Plan) -> Iterator[tuple[str, int]]:
    """Yield the rows that are used beside the statements."""
    tape, stores = plan.tape, plan.stores
    inputs = range(tape.inputs) if plan.batched else ()
    for node in (*inputs, tape.root, *tape.guarded):
        if stores.varying[node]:
            yield "v", stores.place[node]
            yield "gv", stores.place[node]


def _each_input(plan: Plan, text: str) -> Iterator[str]:
    """Yield a statement for each input of an example, whose holes are its row and its number."""
    inputs = range(plan.tape.inputs) if plan.batched else ()
    statements = [statement(text, plan.stores.place[k], k) for k in inputs]
    yield from (f"        {line}" for line in written(rerolled(statements)))


def _number(stores: Stores, node: int) -> str:
    return f"v[{stores.place[node]}][i]" if stores.varying[node] else f"u[{stores.place[node]}]"
