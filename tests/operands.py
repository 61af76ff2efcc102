"""Operators and scalars that several tests run over."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

OPERATORS: list[Callable[[Any, Any], Any]] = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.pow,
    operator.mod,
    operator.floordiv,
]
COMPARISONS: list[Callable[[Any, Any], Any]] = [operator.lt, operator.le, operator.gt, operator.ge]
REAL_SCALARS = [np.float16, np.float32, np.float64, np.longdouble, np.int8, np.int16, np.int32, np.int64]
REAL_SCALARS += [np.uint8, np.uint16, np.uint32, np.uint64, np.bool_]
