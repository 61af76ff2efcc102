"""Run a tape as NumPy calls over whole batches; the arrays are kept between runs.

>>> from autograd_tiny import Value, dot
>>> from autograd_tiny.replay.plan import plan_of
>>> from autograd_tiny.replay.tape import tape_of
>>> w, x, b = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], Value(0.5)
>>> backend = NumpyBackend(plan_of(tape_of(dot(w, x, b), inputs=x, parameters=[*w, b])))
>>> print(backend.source)
u1 = view(U, 0, (1, 3), (0, 1))
x1 = view(X, 0, (3,), (1,))
x2 = row(X, 3)
gx1 = row(GX, 3)
gu1 = view(GU, 0, (1, 3), (0, 1))
x3 = transposed(x1)
def forward():
    dot(u1, x1, x2)
def backward(seed):
    copyto(gx1, seed)
    dot(gx1, x3, gu1)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Final

import numpy as np

from autograd_tiny.engine.grad_mode import no_gc
from autograd_tiny.replay.compiling import compiled
from autograd_tiny.replay.groups import Batched, Grid, Group, RowGroup
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.layout import Stores
from autograd_tiny.replay.numpy_backend import elements, list_reductions
from autograd_tiny.replay.numpy_backend.batched_products import BatchedProducts, batch_product
from autograd_tiny.replay.numpy_backend.calls import LONG, passes_of, source_of
from autograd_tiny.replay.numpy_backend.elements import Elements
from autograd_tiny.replay.numpy_backend.elementwise import Elementwise
from autograd_tiny.replay.numpy_backend.list_reductions import ListReductions
from autograd_tiny.replay.numpy_backend.matrix_products import MatrixProduct
from autograd_tiny.replay.numpy_backend.numpy_kernels import SLOPE_KERNELS, cube, kernel_of, linearize, tanh_and_slope
from autograd_tiny.replay.numpy_backend.sums import EqualSums, SegmentSums
from autograd_tiny.replay.numpy_backend.writer import NumpyWriter
from autograd_tiny.replay.plan import Plan
from autograd_tiny.replay.tape import Tape

KEPT_BATCHES = 4
"""The number of batch sizes whose arrays are kept."""

BLOCK: Final = 2**17
"""The numbers of a store in a block of examples: 1 MB, so that values and gradients stay in the cache of a core."""
LEAST_EXAMPLES: Final = 256
"""The fewest examples of a block, which share the time of its calls."""
ALIGNED: Final = 64
"""Blocks are a multiple of this many examples, so that all rows begin at a line of the cache."""


@dataclass(frozen=True, slots=True)
class BatchArrays:
    """The arrays of one batch size, and the functions that work on them.

    Attributes:
        X, GX: the store of numbers that vary, and that of their gradients.
        inputs: for each argument its store and its rows.
        root: the row of the losses, or the loss that all examples share.
        forward, backward: the passes.
    """

    X: Any
    GX: Any
    inputs: list[tuple[Any, Any]]
    root: Any
    forward: Callable[[], None]
    backward: Callable[[float], None]


class NumpyBackend:
    """A plan as NumPy calls; see `backend.Backend`."""

    name = "numpy"

    def __init__(self, plan: Plan, sizes: Sequence[int] = ()) -> None:
        self.stores, tape = plan.stores, plan.tape
        stores = self.stores
        writer = _written(stores, tape, list(plan.wanted))
        self._setup, self._lines = writer.setup, {"forward()": writer.forward, "backward(seed)": writer.backward}
        kernels = {name: kernel_of(row) for name, row in writer.rows.items()}
        rows = {f"row_of_{name}": row for name, row in writer.rows.items()}
        self._names = {**CALLS, **kernels, **rows, "constants": writer.constants}
        self.reason = ""
        self._U, self._GU = np.zeros(stores.uniform_rows), np.zeros(stores.uniform_rows)
        self._U[list(stores.constants)] = list(stores.constants.values())
        self.parameters, self.gradients = self._U[: tape.parameters], np.zeros(tape.parameters)
        self._new_gradients = self._GU[: tape.parameters]
        self._others = self._U[tape.parameters : tape.parameters + len(tape.others)]
        self._inputs = stores.rows_of(range(tape.inputs))
        bounds = list(accumulate(sizes, initial=0))
        self._rows_of_arguments = [self._inputs[first:last] for first, last in pairwise(bounds)]
        self._batched = plan.batched
        self._root_varies, self._root = stores.varying[tape.root], stores.place[tape.root]
        self._guarded = [(stores.varying[node], stores.place[node]) for node in tape.guarded]
        self._kept: dict[int, BatchArrays] = {}
        self._most = _most_examples(stores) if plan.batched else 1
        self._slopes_of_blocks: list[Any] = []

    @property
    def source(self) -> str:
        """What runs, as text."""
        return source_of(self._setup, self._lines)

    def run(
        self, arguments: Sequence[Any], others: Sequence[float], seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Replay a batch and return its losses."""
        batch = len(arguments[0]) if arguments else 1
        if others:
            self._others[:] = others
        with np.errstate(all="ignore"):
            if batch > self._most:
                return self._run_in_blocks(arguments, batch, seed, check)
            losses = self._pass(arguments, batch, seed, check)
        if seed is not None:
            self.gradients[:] = self._new_gradients  # at once, when they are complete
        return losses

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run."""
        if batch > self._most:
            return np.concatenate(self._slopes_of_blocks)
        arrays = self._arrays(batch)
        return (arrays.GX[self._inputs] if self._batched else self._GU[self._inputs, None]).T

    def _pass(self, arguments: Sequence[Any], batch: int, seed: float | None, check: Callable[[Any], None]) -> Any:
        """Replay examples and return their losses."""
        arrays = self._kept.get(batch) or self._arrays(batch)
        for (store, rows), argument in zip(arrays.inputs, arguments):  # noqa: B905 - hot
            store[rows] = argument.T
        arrays.forward()
        if self._guarded:
            check([arrays.X[place] if varies else self._U[place : place + 1] for varies, place in self._guarded])
        losses = arrays.root.copy() if self._root_varies else np.full(batch, arrays.root)
        if seed is not None:
            arrays.backward(seed if self._root_varies else seed * batch)
        return losses

    def _run_in_blocks(
        self, arguments: Sequence[Any], batch: int, seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Replay a large batch in blocks whose numbers stay in the cache, and add their gradients in order."""
        conditions: list[list[Any]] = []
        gradients, slopes, losses = np.zeros_like(self.gradients), [], np.empty(batch)
        parts = -(-batch // self._most)
        size = -(-batch // parts // ALIGNED) * ALIGNED
        for start in range(0, batch, size):
            block = slice(start, min(start + size, batch))
            count = block.stop - start
            part = [argument[block] for argument in arguments]
            losses[block] = self._pass(
                part, count, seed, lambda numbers: conditions.append(list(map(np.array, numbers)))
            )
            if seed is not None:
                gradients += self._new_gradients
                slopes.append(self.slopes(count))
        if conditions:
            pairs = zip(self._guarded, zip(*conditions, strict=True), strict=True)
            check([np.concatenate(numbers) if varies else numbers[0] for (varies, _), numbers in pairs])
        if seed is not None:
            self.gradients[:], self._slopes_of_blocks = gradients, slopes
        return losses

    def _arrays(self, batch: int) -> BatchArrays:
        """Return the arrays for a batch size, made at its first use; the last few sizes are kept."""
        if batch not in self._kept:
            X, GX = np.empty((self.stores.varying_rows, batch)), np.empty((self.stores.varying_rows, batch))
            X[list(self.stores.ones)] = 1.0
            if len(self._kept) == KEPT_BATCHES:
                del self._kept[next(iter(self._kept))]
            names = {"batch": batch, "U": self._U, "GU": self._GU, "X": X, "GX": GX, **self._names}
            if len(self._setup) + sum(map(len, self._lines.values())) < LONG:
                functions = compiled(self.source, ("forward", "backward"), names)
            else:
                with no_gc():  # which would visit all calls so far again and again
                    functions = passes_of(self._setup, self._lines, names)
            store = X if self._batched else self._U[:, None]
            inputs = [_part_of(store, rows) for rows in self._rows_of_arguments]
            root = (X if self._root_varies else self._U)[self._root, ...]
            self._kept[batch] = BatchArrays(X, GX, inputs, root, *functions)
        return self._kept[batch]


def _most_examples(stores: Stores) -> int:
    """Return the most examples that are computed at once: more where the numbers that all share take long."""
    rows = max(stores.varying_rows, 1)
    return max(LEAST_EXAMPLES, (BLOCK + 4 * stores.uniform_rows) // rows // ALIGNED * ALIGNED)


def _written(stores: Stores, tape: Tape, wanted: list[int]) -> NumpyWriter:
    """Return the writer of a program that is written."""
    writer = NumpyWriter(stores)
    parts = [_part(writer, group) for group in stores.groups]
    for part in parts:
        part.forward()
    writer.lines = writer.backward
    root = tape.root
    if stores.flows[root]:
        writer.seed(stores.rows_of([root]), varying=stores.varying[root])
    for part in reversed(parts):
        if part.group.differentiated:
            part.backward()
    writer.close(stores.rows_of(wanted), varying=any(stores.varying[node] for node in wanted))
    return writer


Part = MatrixProduct | BatchedProducts | EqualSums | SegmentSums | ListReductions | Elements | Elementwise


def _part(writer: NumpyWriter, group: Group) -> Part:
    """Return the object that writes a group."""
    if isinstance(group, Batched):
        return BatchedProducts(writer, group)
    if isinstance(group, Grid):
        return MatrixProduct(writer, group)
    if not isinstance(group, RowGroup):
        return EqualSums(writer, group) if EqualSums.can_write(writer, group) else SegmentSums(writer, group)
    if group.row is ELEMENT_AT:
        return Elements(writer, group)
    return ListReductions(writer, group) if ListReductions.can_write(writer, group) else Elementwise(writer, group)


# ── the calls besides rows ───────────────────────────────────────────────────────────


def _view(store: Any, start: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """Return a view of evenly spaced rows of a store; examples, if there are any, are its last axis."""
    row, *rest = store.strides
    sizes, steps = (*shape, *store.shape[1:]), (*[stride * row for stride in strides], *rest)
    return np.ndarray(sizes, float, store, start * row, steps)  # in 0.7 µs; `as_strided` takes 8 µs


def _part_of(store: Any, rows: Any) -> tuple[Any, Any]:
    """Return rows of a store as an array and an index: a view and all of it if the rows are contiguous."""
    if len(rows) and np.all(np.diff(rows) == 1):
        return store[rows[0] : rows[0] + len(rows)], ...
    return store, rows


def _take(array: Any, rows: Any, axis: int | None, out: Any) -> None:
    array.take(rows, axis, out, "clip")  # without "clip" NumPy would copy it


def _put(array: Any, rows: Any, numbers: Any) -> None:
    array[rows] = numbers


def _scatter_once(store: Any, rows: Any, numbers: Any) -> None:
    store[rows] += numbers


CALLS: Final[dict[str, Any]] = {
    **list_reductions.CALLS,
    **elements.CALLS,
    "view": _view,
    "row": lambda store, start: store[start : start + 1],
    "in_shape": lambda array, shape: array.reshape(*shape, *array.shape[1:]),
    "column": lambda array: array[..., None],
    "shared": lambda array: array[:, None],
    "flat": lambda array: array.reshape(-1),
    "transposed": lambda array: np.swapaxes(array, -1, -2),
    "empty": np.empty,
    "ones": np.ones,
    "array": np.array,
    "float": float,
    "bool": bool,
    "int": int,
    "copyto": np.copyto,
    "take": _take,
    "put": _put,
    "add": np.add,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "sub": np.subtract,
    "exp": np.exp,
    "cube": cube,
    "log1p": np.log1p,
    "max_over": np.maximum.reduce,
    "dot": np.dot,
    "matmul": np.matmul,
    "batch_product": batch_product,
    "columns": lambda array, start, stop: array[:, start:stop],
    "swapped": lambda array: np.swapaxes(array, 1, 2),
    "sum_over": np.add.reduce,
    "sum_at": np.add.reduceat,
    "scatter": np.add.at,
    "scatter_once": _scatter_once,
    "logical_not": np.logical_not,
    "linearize": linearize,
    "tanh_and_slope": tanh_and_slope,
    **SLOPE_KERNELS,
}
