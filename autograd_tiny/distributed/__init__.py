"""Compute gradients of large batches over any `concurrent.futures.Executor`: threads, processes, a cluster.

>>> from concurrent.futures import ThreadPoolExecutor
>>> from autograd_tiny import Value, record
>>> w = Value(3.0)
>>> program = record(lambda x: (w * x).tanh(), inputs=(1.0,), parameters=[w])
>>> with ThreadPoolExecutor(2) as pool:
...     losses = Sharded(program, pool).backward([0.0, 0.1, 0.2])
>>> losses.shape, round(w.grad, 4)
((3,), 0.0779)
"""

from autograd_tiny.distributed.csv_files import CsvFiles
from autograd_tiny.distributed.engines import DaskExecutor, RayExecutor
from autograd_tiny.distributed.mapped_rows import MappedRows, NumpyFiles
from autograd_tiny.distributed.sharded import Sharded
from autograd_tiny.errors import WorkerError

__all__ = ["CsvFiles", "DaskExecutor", "MappedRows", "NumpyFiles", "RayExecutor", "Sharded", "WorkerError"]
