"""Write a tape as C: first the numbers that all examples share, then the examples, block by block.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = Value(2.0), Value(3.0)
>>> source = c_source_of(Places(tape_of((w * x).exp(), inputs=[x], parameters=[w]), of_inputs=False, batched=True))
>>> print(source[source.index("static void forward_rows_0") : source.index("void replay")].strip())
static void forward_rows_0(ARRAYS) {
    EACH v[1][i] = u[0] * v[0][i];
    EACH v[2][i] = exp(v[1][i]);
}
#define forward_rows() forward_rows_0(PASSED);
static void backward_rows_0(ARRAYS) {
    EACH gv[1][i] += v[2][i] * gv[2][i];
    ADD_UP(gu[0], v[0][i] * gv[1][i]);
}
#define backward_rows() backward_rows_0(PASSED);

The names: u a number that all examples share, v[k] a row of the block with one number for each example, g before a
name its gradient, n the number of examples in the block. The last block is filled up with copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd_tiny.replay.c_backend import dot_products
from autograd_tiny.replay.c_backend.c_functions import functions_for
from autograd_tiny.replay.c_backend.list_functions import list_functions_for
from autograd_tiny.replay.c_backend.places import Places
from autograd_tiny.replay.c_backend.statements import CStatements

LANES = 32
"""The number of examples in a block: a few vectors of the processor, and a multiple of 8."""
LONGEST = 300
"""The most statements of a function: the time to compile it grows faster than its length."""

HEAD = f"""\
#include <math.h>
#include <string.h>
#define N {LANES}
#define EACH for (int i = 0; i < N; i++)
#define ADD_UP(sum, term) do {{ double terms[N]; EACH terms[i] = term; sum += total(terms, n); }} while (0)
#define ARRAYS \\
    double *restrict u, double *restrict gu, double (*restrict v)[N], double (*restrict gv)[N], double *fault, int n
#define PASSED u, gu, v, gv, fault, n
static double folded(const double *sums) {{
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}}
static double total(const double *terms, int n) {{
    double sums[8] = {{0.0}};
    if (n == N) for (int i = 0; i < N; i += 8) for (int j = 0; j < 8; j++) sums[j] += terms[i + j];
    else for (int i = 0; i < n; i++) sums[i % 8] += terms[i];
    return folded(sums);
}}
static double total_of_products(const double *x, const double *g, int n) {{
    double sums[8] = {{0.0}};
    if (n == N) for (int i = 0; i < N; i += 8) for (int j = 0; j < 8; j++) sums[j] += x[i + j] * g[i + j];
    else for (int i = 0; i < n; i++) sums[i % 8] += x[i] * g[i];
    return folded(sums);
}}
static int place_of(double place, int length, int operation, double *fault) {{
    if (0.0 <= place && place < length && place == floor(place)) return (int)place;
    if (fault[0] == 0.0) {{ fault[0] = operation; fault[1] = place; }}
    return 0;
}}"""

SIGNATURE = (
    "void replay(long batch, double seed, int backward, double *u, double *gu, double *rows, double *slopes_of_rows, "
    "const double *inputs, double *losses, double *truths, double *slopes, double *fault)"
)
"""The signature of the function that is called from Python.

Its arrays: the uniform numbers and their gradients, the rows of one block and theirs; inputs (batch, inputs), losses
(batch,), truths (guards, batch), slopes (batch, inputs); fault, the number of an operation, from 1, that got a
position outside of its list, and that position.
"""


def c_source_of(places: Places) -> str:
    """Return a tape as C, given the places of its numbers.

    Raises:
        BackendError: C lacks a row of the tape.
    """
    statements = CStatements(places)
    operations = range(places.tape.leaves, places.tape.size)
    forward = {varies: _of_kind(places, operations, varies=varies) for varies in (False, True)}
    body: list[str] = []
    for name, varies in (("shared", False), ("rows", True)):
        lines = [line for position in forward[varies] for line in statements.value(position)]
        body += _functions(f"forward_{name}", lines)
        backward = [position for position in reversed(forward[varies]) if places.differentiated[position]]
        lines = [line for position in backward for line in statements.contributions(position)]
        body += _functions(f"backward_{name}", lines)
    calls = "\n".join(body)
    helpers = [*functions_for(calls), *list_functions_for(calls), dot_products.FUNCTIONS]
    return "\n".join([HEAD, *helpers, *body, *_replay(places)]) + "\n"


def _of_kind(places: Places, operations: Sequence[int], *, varies: bool) -> list[int]:
    return [position for position in operations if places.varying[position] == varies]


def _functions(name: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield functions of some statements each, and a macro that calls them all."""
    starts = range(0, len(lines), LONGEST)
    for k, start in enumerate(starts):
        yield f"static void {name}_{k}(ARRAYS) {{"
        yield from (f"    {line}" for line in lines[start : start + LONGEST])
        yield "}"
    yield f"#define {name}() " + " ".join(f"{name}_{k}(PASSED);" for k in range(len(starts)))


def _replay(places: Places) -> Iterator[str]:
    """Yield the function that is called from Python."""
    tape, inputs = places.tape, places.tape.inputs if places.batched else 0
    root, place = places.name(tape.root), places.place[tape.root]
    root_varies, flows = places.varying[tape.root], places.differentiated[tape.root]
    yield f"{SIGNATURE} {{"
    yield "    double (*restrict v)[N] = (double (*)[N])rows, (*restrict gv)[N] = (double (*)[N])slopes_of_rows;"
    yield "    int n = N;"
    yield "    forward_shared()"
    yield f"    if (backward) memset(gu, 0, {places.uniforms} * sizeof *gu);"
    yield "    for (long first = 0; first < batch; first += N) {"
    yield "        n = batch - first < N ? (int)(batch - first) : N;"
    example = f"(first + (i < n ? i : n - 1)) * {inputs} + j"
    yield f"        for (int j = 0; j < {inputs}; j++) EACH v[j][i] = inputs[{example}];"
    yield "        forward_rows()"
    yield f"        for (int i = 0; i < n; i++) losses[first + i] = {root};"
    for k, position in enumerate(tape.guarded):
        yield f"        for (int i = 0; i < n; i++) truths[{k} * batch + first + i] = {places.name(position)};"
    yield "        if (!backward || fault[0] != 0.0) continue;"
    yield f"        memset(gv, 0, {places.rows} * sizeof *gv);"
    if flows and root_varies:
        yield f"        EACH gv[{place}][i] = seed;"
    yield "        backward_rows()"
    if places.of_inputs:
        yield f"        for (int j = 0; j < {inputs}; j++)"
        yield f"            for (int i = 0; i < n; i++) slopes[(first + i) * {inputs} + j] = gv[j][i];"
    yield "    }"
    yield "    if (!backward) return;"
    if flows and not root_varies:
        yield f"    gu[{place}] = seed * (double)batch;"
    yield "    backward_shared()"
    yield "}"
