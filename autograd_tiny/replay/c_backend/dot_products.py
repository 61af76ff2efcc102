"""Write dot products in C, as loops over evenly spaced weights and rows.

The weights of a neuron are contiguous, and the activations of a layer are contiguous or evenly spaced rows of a
block. Such a run of products is one call; other products are written out.

>>> pairs = [(3, 0), (4, 2), (5, 4), (6, 6), (9, 9)]
>>> products = [Product(w, x, w, x, (True, True)) for w, x in pairs]
>>> [len(run) for run in runs(products)]
[4, 1]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from autograd_tiny.replay.c_backend.c_rows import operand
from autograd_tiny.replay.c_backend.places import Places
from autograd_tiny.replay.tape import Operand

SHORTEST: Final = 2
"""The fewest products of a run; fewer are written out."""

FUNCTIONS: Final = """\
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));
static double total_of_four(four sums) { return (sums[0] + sums[2]) + (sums[1] + sums[3]); }
static void add_products(double *z, const double *w, long from_w, const double *x, long from_x, int count) {
    double sums[N];
    for (int i = 0; i < N; i++) sums[i] = z[i];
    for (int j = 0; j < count; j++)
        for (int i = 0; i < N; i++) sums[i] += w[j * from_w] * x[j * from_x * N + i];
    for (int i = 0; i < N; i++) z[i] = sums[i];
}
static void add_to_rows(double *restrict gx, long from_x, const double *w, long from_w, const double *g, int count) {
    for (int j = 0; j < count; j++)
        for (int i = 0; i < N; i++) gx[j * from_x * N + i] += w[j * from_w] * g[i];
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
}"""


@dataclass(frozen=True, slots=True)
class Product:
    """One product of a dot product.

    Attributes:
        w, x: the factors; a uniform one is first.
        w_at, x_at: their places.
        kind: which of them take gradients; None if the product is not a uniform number times a row.
    """

    w: Operand
    x: Operand
    w_at: int
    x_at: int
    kind: tuple[bool, bool] | None


def runs(products: Sequence[Product]) -> Iterator[list[Product]]:
    """Yield the runs of products of one kind and at even distances."""
    run: list[Product] = []
    for product in products:
        if run and not _goes_on(run, product):
            yield run
            run = []
        run.append(product)
    if run:
        yield run


def _goes_on(run: Sequence[Product], product: Product) -> bool:
    """Return whether a product is at the distance of the run from its last product."""
    if product.kind is None or product.kind != run[0].kind:
        return False
    step = distances(run[-1], product)
    return min(step) > 0 if len(run) == 1 else step == distances(*run[:2])


def distances(first: Product, second: Product) -> tuple[int, int]:
    """Return the distances between the factors of two products."""
    return second.w_at - first.w_at, second.x_at - first.x_at


class DotProduct:
    """One dot product of a program: bias + Σ w·x.

    Args:
        places: of the program.
        ws, xs, bias: the operands.
    """

    def __init__(self, places: Places, ws: Sequence[Operand], xs: Sequence[Operand], bias: Operand) -> None:
        self.places, self.bias = places, bias
        self.runs = list(runs([self._product(w, x) for w, x in zip(ws, xs, strict=True)]))

    def _product(self, w: Operand, x: Operand) -> Product:
        if self.places.varies(w):
            w, x = x, w
        if type(w) is not int or type(x) is not int or self.places.varies(w) or not self.places.varies(x):
            return Product(w, x, 0, 0, None)
        kind = self.places.differentiated[w], self.places.differentiated[x]
        return Product(w, x, self.places.place[w], self.places.place[x], kind)

    def value(self, output: str) -> tuple[list[str], str]:
        """Return statements that begin the sum, and the expression that ends it, in the order of eager code."""
        name, statements = self.places.name, []
        text = operand(name(self.bias))
        for run in self.runs:
            if len(run) < SHORTEST:
                text += "".join(f" + {operand(name(p.w))} * {operand(name(p.x))}" for p in run)
            else:
                statements.append(f"EACH {output} = {text};")
                statements.append(f"add_products({_row(output)}, {_slices('u', 'v', run)}, {len(run)});")
                text = output
        return statements, text

    def contributions(self, upstream: str) -> tuple[list[str], list[tuple[Operand, str]]]:
        """Return the statements of the runs, and the contributions of other products with their operands."""
        name = self.places.name
        statements, rest = [], [(self.bias, upstream)]
        for run in self.runs:
            if len(run) < SHORTEST:
                for p in run:
                    rest.append((p.w, f"{operand(name(p.x))} * {upstream}"))
                    rest.append((p.x, f"{operand(name(p.w))} * {upstream}"))
                continue
            row = _row(upstream)
            if self.places.takes_gradient(run[0].w):
                statements.append(f"add_to_uniforms({_slices('gu', 'v', run)}, {row}, {len(run)}, n);")
            if self.places.takes_gradient(run[0].x):
                statements.append(f"add_to_rows({_slices('gv', 'u', run)}, {row}, {len(run)});")
        return statements, rest


def _row(name: str) -> str:
    return name.removesuffix("[i]")


def _slices(first: str, second: str, run: Sequence[Product]) -> str:
    """Return the first element of both sides of a run, and the distances of their elements."""
    from_w, from_x = distances(*run[:2])
    sides = {"u": (run[0].w_at, from_w), "v": (run[0].x_at, from_x)}
    texts = []
    for array in (first, second):
        start, step = sides[array[-1]]
        texts.append(f"&{array}[{start}]{'[0]' * (array[-1] == 'v')}, {step}")
    return ", ".join(texts)
