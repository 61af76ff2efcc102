"""Matrix products in one thread: for the small matrices of a lesson a second one costs more than it helps.

>>> with one_thread():
...     pass
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Let NumPy multiply matrices in one thread, where threadpoolctl is installed; it comes with scikit-learn.

    Several threads wait for each other after every product, and where other programs keep the processors busy they
    wait long: a batch of MNIST's took ten times as long in two threads.
    """
    try:
        threadpoolctl = importlib.import_module("threadpoolctl")
    except ImportError:
        yield
        return
    with threadpoolctl.threadpool_limits(1, user_api="blas"):
        yield
