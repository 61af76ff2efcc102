r"""Write sums of products in C, as loops over evenly spaced factors and terms.

The weights of a neuron are contiguous, and the activations of a layer contiguous or evenly spaced rows of a block.
Such a run is one call; a short sum is written out.

>>> pairs = [(3, 0), (4, 2), (5, 4), (6, 6), (9, 9)]
>>> [run.count for run in runs([Part("uv", w, x, True, True) for w, x in pairs])]
[4, 1]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from autograd_tiny.replay.c_backend.targets import Targets, added
from autograd_tiny.replay.fusion import SumOfProducts
from autograd_tiny.replay.plan import Plan
from autograd_tiny.replay.rerolling import Item, statement
from autograd_tiny.symbolic.translate.c import number

WRITTEN_OUT: Final = 6
"""The most parts of a sum that is one expression."""


@dataclass(frozen=True, slots=True)
class Part:
    """A product of a sum, or a term.

    Attributes:
        kind: "u" for a number that all examples share, "v" for one that varies, of both factors or of the term.
        x, y: the places of the factors; of a term both are its place.
        takes_x, takes_y: whether they take gradients.
    """

    kind: str
    x: int
    y: int
    takes_x: bool
    takes_y: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Parts of one kind at even distances: the first, the distances of the factors, and how many parts."""

    first: Part
    from_x: int
    from_y: int
    count: int

    def rows_of_x(self) -> range:
        """Return the rows of the first factors, or of the terms, if they vary."""
        return _places_from(self.first.x, self.from_x, self.count if self.first.kind[0] == "v" else 0)

    def rows_of_y(self) -> range:
        """Return the rows of the second factors, if they vary."""
        return _places_from(self.first.y, self.from_y, self.count if self.first.kind[-1] == "v" else 0)


def _places_from(first: int, step: int, count: int) -> range:
    return range(first, first + step * count, step) if step else range(first, first + min(count, 1))


def runs(parts: Sequence[Part]) -> Iterator[Run]:
    """Yield the longest runs, in order."""
    start = 0
    while start < len(parts):
        stop, step = start + 1, (0, 0)
        while stop < len(parts) and _goes_on(parts[stop - 1], parts[stop], step if stop - start > 1 else None):
            step = parts[stop].x - parts[stop - 1].x, parts[stop].y - parts[stop - 1].y
            stop += 1
        yield Run(parts[start], *step, stop - start)
        start = stop


def _goes_on(last: Part, part: Part, step: tuple[int, int] | None) -> bool:
    """Return whether a part follows at the distance of the run, given the last part of it."""
    if (last.kind, last.takes_x, last.takes_y) != (part.kind, part.takes_x, part.takes_y):
        return False
    now = part.x - last.x, part.y - last.y
    return now == step if step is not None else min(now) >= 0 < max(now)


class SumStatements:
    """Writes the sums of products of a plan.

    Args:
        plan: with its layout.
        names: for the names of short sums, by their text.
        targets: of the contributions.
    """

    def __init__(self, plan: Plan, names: dict[str, str], targets: Targets) -> None:
        self.stores, self.names, self.targets = plan.stores, names, targets

    def value(self, node: int, step: SumOfProducts) -> Iterator[Item]:
        """Yield the statements that compute a sum: one for each run, or one if it is short."""
        varies, place, parts = self.stores.varying[node], self.stores.place[node], self._parts(step)
        if len(parts) <= WRITTEN_OUT:
            item = _value("=", parts, step.constant, place, varies=varies)
            self.names.setdefault(item[0], "_".join(["sum", *(part.kind for part in parts)]))
            yield item
            return
        bias = parts[:1] if parts[0].kind == "u" else []
        yield _value("=", bias, step.constant, place, varies=varies)
        for run in runs(parts[len(bias) :]):
            if run.count == 1:
                yield _value("+=", [run.first], 0.0, place, varies=varies)
            else:
                yield VALUES[varies, run.first.kind], (place, *_numbers(run))

    def contributions(self, node: int, step: SumOfProducts) -> Iterator[Item]:
        """Yield the statements that add the contributions of a sum to the gradients of its factors and terms."""
        varies, place, parts = self.stores.varying[node], self.stores.place[node], self._parts(step)
        if len(parts) <= WRITTEN_OUT:
            for item in self._slopes(parts, place, varies=varies):
                self.names.setdefault(item[0], "_".join(["g_sum", *(part.kind for part in parts)]))
                yield item
            return
        bias = parts[:1] if parts[0].kind == "u" else []
        yield from self._slopes(bias, place, varies=varies)
        for run in runs(parts[len(bias) :]):
            first, numbers = run.first, (place, *_numbers(run))
            if run.count == 1:
                yield from self._slopes([first], place, varies=varies)
                continue
            if first.takes_x:
                yield from self.targets.begun(run.rows_of_x())
                yield SLOPES[varies, first.kind, 0], numbers
            if first.takes_y and len(first.kind) == 2:
                yield from self.targets.begun(run.rows_of_y())
                yield SLOPES[varies, first.kind, 1], numbers

    def _slopes(self, parts: Sequence[Part], place: int, *, varies: bool) -> Iterator[Item]:
        kinds, places = tuple(part.kind for part in parts), _places(parts)
        takes = [take for part in parts for take in (part.takes_x, part.takes_y)[: len(part.kind)]]
        heads = [
            "" if not take else self.targets.head(kind, hole, place) if varies else f"gu[@{hole}] +="
            for hole, (kind, place, take) in enumerate(zip("".join(kinds), places, takes, strict=True), 1)
        ]
        for text in _contributions(kinds, tuple(heads), varies=varies):
            yield statement(text, place, *places)

    def _parts(self, step: SumOfProducts) -> list[Part]:
        """Return the parts of a sum: those of one kind together, a shared factor first."""
        place, varying, flows = self.stores.place, self.stores.varying, self.stores.flows
        parts = []
        for x, y in zip(step.lefts, step.rights, strict=True):
            w, z = (y, x) if varying[x] > varying[y] else (x, y)
            parts.append(Part("uv"[varying[w]] + "uv"[varying[z]], place[w], place[z], flows[w], flows[z]))
        parts += [Part("uv"[varying[x]], place[x], place[x], flows[x], flows[x]) for x in step.terms]
        return sorted(parts, key=lambda part: part.kind)


def _numbers(run: Run) -> tuple[int, ...]:
    if len(run.first.kind) == 1:
        return run.first.x, run.from_x, run.count
    return run.first.x, run.from_x, run.first.y, run.from_y, run.count


# ── short sums ────────────────────────────────────────────────────────────────────────────────


def _factors(kinds: Sequence[str]) -> Iterator[list[str]]:
    """Yield the names of the factors of each part, whose holes follow that of the sum."""
    hole = 0
    for kind in kinds:
        names = []
        for letter in kind:
            hole += 1
            names.append(f"v[@{hole}][i]" if letter == "v" else f"u[@{hole}]")
        yield names


def _value(sign: str, parts: Sequence[Part], constant: float, place: int, *, varies: bool) -> Item:
    text = _expression(sign, tuple(part.kind for part in parts), repr(constant), varies=varies)
    return statement(text, place, *_places(parts))


@cache
def _expression(sign: str, kinds: tuple[str, ...], constant: str, *, varies: bool) -> str:
    texts = [" * ".join(names) for names in _factors(kinds)]
    if constant != "0.0" or not texts:
        texts.append(number(float(constant)))
    return f"{'EACH v[@0][i]' if varies else 'u[@0]'} {sign} {' + '.join(texts)};"


@cache
def _contributions(kinds: tuple[str, ...], heads: tuple[str, ...], *, varies: bool) -> list[str]:
    upstream = "gv[@0][i]" if varies else "gu[@0]"
    others = [name for names in _factors(kinds) for name in (names[::-1] if len(names) == 2 else [""])]
    pairs = zip(heads, others, strict=True)
    return added(
        [(head, f"{other} * {upstream}" if other else upstream) for head, other in pairs if head], varies=varies
    )


def _places(parts: Sequence[Part]) -> list[int]:
    """Return the places of all factors and terms."""
    return [place for part in parts for place in (part.x, part.y)[: len(part.kind)]]


# ── runs: the holes are the sum, then first place and distance of each factor, and the number of parts ─────────

VALUES: Final = {
    (True, "uv"): "add_products(v[@0], &u[@1], @2, v[@3], @4, @5);",
    (True, "vv"): "add_row_products(v[@0], v[@1], @2, v[@3], @4, @5);",
    (True, "uu"): "add_number(v[@0], sum_of_products(&u[@1], @2, &u[@3], @4, @5));",
    (True, "v"): "add_rows(v[@0], v[@1], @2, @3);",
    (True, "u"): "add_number(v[@0], sum_of(&u[@1], @2, @3));",
    (False, "uu"): "u[@0] += sum_of_products(&u[@1], @2, &u[@3], @4, @5);",
    (False, "u"): "u[@0] += sum_of(&u[@1], @2, @3);",
}
"""The statement that adds a run, by whether the sum varies, and the kind of its parts."""

SLOPES: Final = {
    (True, "uv", 0): "add_to_uniforms(&gu[@1], @2, v[@3], @4, gv[@0], @5, n);",
    (True, "uv", 1): "add_to_rows(gv[@3], @4, &u[@1], @2, gv[@0], @5);",
    (True, "vv", 0): "add_products_to_rows(gv[@1], @2, v[@3], @4, gv[@0], @5);",
    (True, "vv", 1): "add_products_to_rows(gv[@3], @4, v[@1], @2, gv[@0], @5);",
    (True, "uu", 0): "add_multiples(&gu[@1], @2, &u[@3], @4, total(gv[@0], n), @5);",
    (True, "uu", 1): "add_multiples(&gu[@3], @4, &u[@1], @2, total(gv[@0], n), @5);",
    (True, "v", 0): "add_row_to_rows(gv[@1], @2, gv[@0], @3);",
    (True, "u", 0): "add_to_all(&gu[@1], @2, total(gv[@0], n), @3);",
    (False, "uu", 0): "add_multiples(&gu[@1], @2, &u[@3], @4, gu[@0], @5);",
    (False, "uu", 1): "add_multiples(&gu[@3], @4, &u[@1], @2, gu[@0], @5);",
    (False, "u", 0): "add_to_all(&gu[@1], @2, gu[@0], @3);",
}
"""The statement that adds the contributions of a run to the gradients of its first or second factors."""

FUNCTIONS: Final = {
    "add_number": """\
static void add_number(double *z, double number) { for (int i = 0; i < N; i++) z[i] += number; }""",
    "sum_of": """\
static double sum_of(const double *u, long from_u, int count) {
    double sum = 0.0;
    for (int j = 0; j < count; j++) sum += u[j * from_u];
    return sum;
}""",
    "sum_of_products": """\
static double sum_of_products(const double *u, long from_u, const double *w, long from_w, int count) {
    double sum = 0.0;
    for (int j = 0; j < count; j++) sum += u[j * from_u] * w[j * from_w];
    return sum;
}""",
    "add_products": """\
static void add_products(double *z, const double *w, long from_w, const double *x, long from_x, int count) {
    double sums[N];
    for (int i = 0; i < N; i++) sums[i] = z[i];
    for (int j = 0; j < count; j++) for (int i = 0; i < N; i++) sums[i] += w[j * from_w] * x[j * from_x * N + i];
    for (int i = 0; i < N; i++) z[i] = sums[i];
}""",
    "add_row_products": """\
static void add_row_products(double *z, const double *x, long from_x, const double *y, long from_y, int count) {
    double sums[N];
    for (int i = 0; i < N; i++) sums[i] = z[i];
    for (int j = 0; j < count; j++)
        for (int i = 0; i < N; i++) sums[i] += x[j * from_x * N + i] * y[j * from_y * N + i];
    for (int i = 0; i < N; i++) z[i] = sums[i];
}""",
    "add_rows": """\
static void add_rows(double *z, const double *x, long from_x, int count) {
    double sums[N];
    for (int i = 0; i < N; i++) sums[i] = z[i];
    for (int j = 0; j < count; j++) for (int i = 0; i < N; i++) sums[i] += x[j * from_x * N + i];
    for (int i = 0; i < N; i++) z[i] = sums[i];
}""",
    "add_to_rows": """\
static void add_to_rows(double *restrict gx, long from_x, const double *w, long from_w, const double *g, int count) {
    for (int j = 0; j < count; j++) for (int i = 0; i < N; i++) gx[j * from_x * N + i] += w[j * from_w] * g[i];
}""",
    "add_products_to_rows": """\
static void add_products_to_rows(
    double *restrict gx, long from_x, const double *y, long from_y, const double *g, int count
) {
    for (int j = 0; j < count; j++)
        for (int i = 0; i < N; i++) gx[j * from_x * N + i] += y[j * from_y * N + i] * g[i];
}""",
    "add_row_to_rows": """\
static void add_row_to_rows(double *restrict gx, long from_x, const double *g, int count) {
    for (int j = 0; j < count; j++) for (int i = 0; i < N; i++) gx[j * from_x * N + i] += g[i];
}""",
    "add_to_all": """\
static void add_to_all(double *gu, long from_u, double g, int count) {
    for (int j = 0; j < count; j++) gu[j * from_u] += g;
}""",
    "add_multiples": """\
static void add_multiples(double *gu, long from_u, const double *w, long from_w, double g, int count) {
    for (int j = 0; j < count; j++) gu[j * from_u] += w[j * from_w] * g;
}""",
    "add_to_uniforms": """\
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));
static double total_of_four(four sums) { return (sums[0] + sums[2]) + (sums[1] + sums[3]); }
static double total_of_products(const double *x, const double *g, int n) {
    double sums[8] = {0.0};
    int i = 0;
    for (; i + 8 <= n; i += 8) for (int j = 0; j < 8; j++) sums[j] += x[i + j] * g[i + j];
    for (int j = 0; i + j < n; j++) sums[j] += x[i + j] * g[i + j];
    return folded(sums);
}
static void add_to_uniforms(
    double *restrict gw, long from_w, const double *x, long from_x, const double *g, int count, int n
) {
    int j = 0;
    for (; n == N && j + 4 <= count; j += 4) {
        const four *h = (const four *)g, *a = (const four *)(x + j * from_x * N);
        const four *b = a + from_x * (N / 4), *c = b + from_x * (N / 4), *d = c + from_x * (N / 4);
        four p = {0.0}, q = {0.0}, r = {0.0}, s = {0.0};
        for (int i = 0; i < N / 4; i++) { p += a[i] * h[i]; q += b[i] * h[i]; r += c[i] * h[i]; s += d[i] * h[i]; }
        gw[j * from_w] += total_of_four(p);
        gw[(j + 1) * from_w] += total_of_four(q);
        gw[(j + 2) * from_w] += total_of_four(r);
        gw[(j + 3) * from_w] += total_of_four(s);
    }
    for (; j < count; j++) gw[j * from_w] += total_of_products(x + j * from_x * N, g, n);
}""",
}
"""The functions that the statements call."""


def sum_functions_for(source: str) -> list[str]:
    """Return the definitions of the functions of sums that a source calls."""
    return [text for name, text in FUNCTIONS.items() if f"{name}(" in source]
