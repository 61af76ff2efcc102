"""A program whose batches are computed in shards over an executor.

>>> from concurrent.futures import ThreadPoolExecutor
>>> from autograd_tiny import Value, record
>>> w = Value(3.0)
>>> program = record(lambda x: (w * x).tanh(), inputs=(1.0,), parameters=[w])
>>> found = []
>>> for workers in (1, 2, 4):
...     with ThreadPoolExecutor(workers) as pool:
...         sharded = Sharded(program, pool, shards=4)
...         _ = sharded.differentiate([0.1 * k for k in range(10)])
...         found.append(sharded.gradients.tobytes())
>>> len(set(found))
1
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from hashlib import sha256
from typing import Any

from autograd_tiny.distributed.executor_backend import ExecutorBackend, Pool
from autograd_tiny.distributed.mapped_rows import MappedRows, all_rows
from autograd_tiny.errors import OperandError, ShapeError
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.program import Program
from autograd_tiny.replay.tape import Tape


class Sharded(Program):
    """A program whose batches are computed in shards over an executor; its calls are those of `Program`.

    The batch is cut by number, and the gradients of the shards are added in a tree of fixed shape, so the result has
    the same bits for any number of workers, in whatever order they finish, with faults or without. Shards of a worker
    that dies are computed again, those of a slow one a second time. A call that raises leaves the gradients as they
    were. Memory-mapped arrays, `NumpyFiles`, `CsvFiles` and `MappedRows` are read by the workers, from the same path;
    only parameters, gradients and losses travel then. Each process keeps the last rows that it read, up to 256 MB.

    It pays if a step takes a worker some milliseconds or more: each step costs a message for each worker. In
    processes of their own, matrix products use one thread each where the package threadpoolctl is installed; else
    set OPENBLAS_NUM_THREADS=1.

    Args:
        program: made by `record`, of a function of one example.
        executor: an executor, such as `ThreadPoolExecutor`, `ProcessPoolExecutor`, `client.get_executor()` of Dask,
            `MPIPoolExecutor` or that of loky; or a function that makes one, which is called again if a worker's death
            breaks it. It is shut down by `close`, or at the end of a `with` block, if it was made here.
        shards: the number of shards of a batch, fewer if it has fewer examples.
        retries: how often a shard is tried again when its worker dies or is out of memory.

    Raises:
        OperandError: an argument is of another type, or the program is not batched.
        WorkerError: by a call: a shard failed on each worker that tried it, or by an error of the program.
        ReplayMismatch: by a call: an example takes another branch; with its number, the file and the line.
        PositionError: by a call: an integer is not a position of the list that it indexes.

    >>> from autograd_tiny import Value, record
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> w = Value(2.0)
    >>> program = record(lambda x: w * x, inputs=(1.0,), parameters=[w])
    >>> with Sharded(program, lambda: ThreadPoolExecutor(2)) as sharded:
    ...     _ = sharded.differentiate([1.0, 2.0, 6.0])
    ...     print(sharded.gradients)
    [3.]
    """

    _backend: ExecutorBackend

    def __init__(
        self, program: Any, executor: Executor | Callable[[], Executor], *, shards: Any = 16, retries: Any = 3
    ) -> None:
        if not isinstance(program, Program) or isinstance(program, Sharded) or not program.is_batched:
            remedy = "write Sharded(record(loss, inputs=..., parameters=...), executor)"
            raise OperandError("Sharded", program, expected="a program of one example, made by record", remedy=remedy)
        for name, number, least in (("shards", shards, 1), ("retries", retries, 0)):
            if isinstance(number, bool) or not isinstance(number, int) or number < least:
                expected = f"a whole number from {least}"
                raise OperandError(name, number, expected=expected, remedy=f"write {name}={least + 1}")
        recording = program.recording()
        arguments = [RowsArgument(x.name, x.shape, x.size, x.is_array) for x in recording.pop("arguments")]
        make = partial(_backend_of, program, Pool(executor), shards, retries)
        super().__init__(arguments=arguments, make=make, **recording)

    def __reduce__(self) -> Any:
        raise OperandError("copy", self, expected="programs of one process", remedy="copy the program that it shards")

    def __enter__(self) -> Sharded:
        """Return itself."""
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Close."""
        self.close()

    def rows(self, array: Any, rows: Any) -> Any:
        """Return rows of an array as the calls take them: unread, if they are in a file."""
        return (array if (unread := all_rows(array)) is None else unread)[rows]

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, in shards over {self._backend.pool}>"

    def close(self) -> None:
        """Shut down an executor that was made here; the next call makes another."""
        self._backend.close()


class RowsArgument(Argument):
    """An argument whose rows may be in files, and stay unread until a worker reads them."""

    __slots__ = ()

    def flat(self, numbers: Any, batched: bool) -> Any:  # noqa: FBT001 - as in Argument
        """Return the numbers of a call as (examples, size), or `MappedRows`."""
        rows = numbers if isinstance(numbers, MappedRows) else all_rows(numbers)
        if rows is None:
            return Argument.flat(self, numbers, batched)
        if rows.shape[1:] != self.shape:
            raise ShapeError(self.name, rows.shape, self.shape, batched=True)
        return rows


def _backend_of(program: Program, pool: Pool, shards: int, retries: int, tape: Tape) -> ExecutorBackend:
    """Return the back-end of a sharded program; the workers compile what the program is compiled to."""
    recording = tape.parts(), program.compiler()
    key = sha256(pickle.dumps(recording)).hexdigest()
    of_inputs = not program.recording()["leaves"]
    return ExecutorBackend(pool, key, recording, program, of_inputs=of_inputs, shards=shards, retries=retries)
