"""Ways by which a number could leave the nodes of a recorded function: each is followed, or refused.

A program computes what eager code does, for other inputs too; else `record` raises, or Python refuses the node.
"""

from __future__ import annotations

import array
import bisect
import collections
import copy
import ctypes
import fractions
import functools
import heapq
import io
import itertools
import json
import math
import operator
import pickle
import pprint
import random
import statistics
import string
import struct
import time
import weakref
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.errors import RecordError

W = Value(0.5)


def text_of(x: Any) -> float:
    """Return the number in the text of a node or of a number."""
    return float(str(x).rpartition("data=")[2].partition(",")[0])


def caught(x: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(x)
    except Exception:  # noqa: BLE001 - the point
        return 3.0


def matched(x: Any) -> float:
    match x:
        case 2.0:
            return 7.0
        case 5.0 | 9.0:
            return 3.0
    return 1.0


def halvings(x: Any) -> Iterator[Any]:
    while x > 1.0:
        yield x
        x = x / 2.0


def counted(x: Any, calls: list[Any] = []) -> float:  # noqa: B006 - the point
    calls.append(x)
    return float(len(calls))


@functools.lru_cache
def cached(x: Any) -> Any:
    return x * 2.0


def printed(x: Any) -> str:
    file = io.StringIO()
    print(x, file=file)
    return file.getvalue()


def saved(x: Any) -> Any:
    file = io.BytesIO()
    np.save(file, np.array(x), allow_pickle=True)
    file.seek(0)
    return np.load(file, allow_pickle=True).item()


def assigned(x: Any) -> Any:
    W.data = x
    return 1.0


FOLLOWED: dict[str, Callable[[Any], Any]] = {
    "if": lambda x: 2.0 if x > 2.5 else 1.0,
    "chained comparison": lambda x: 2.0 if 1.0 < x < 3.0 else 1.0,
    "bool": lambda x: bool(x),  # noqa: PLW0108 - `bool` alone is no function of the test
    "not": lambda x: 2.0 if not x - 2.0 else 1.0,
    "and": lambda x: (x - 2.0) and 3.0,
    "any": lambda x: 2.0 if any([x > 3.0, x < 1.0]) else 1.0,
    "all": lambda x: 2.0 if all([x, x - 2.0]) else 1.0,
    "min": lambda x: min(x, 1.0),
    "max": lambda x: max(x, 1.0, key=lambda y: -y),
    "sorted": lambda x: sorted([x, 1.0, 3.0])[1],
    "bisect": lambda x: bisect.bisect([0.0, 1.0, 3.0], x),
    "heapq": lambda x: heapq.nsmallest(1, [x, 1.0, 3.0])[0],
    "in a list": lambda x: 2.0 if x in [2.0, 5.0] else 1.0,
    "in a range": lambda x: 2.0 if x in range(5) else 1.0,
    "index": lambda x: [0.0, 5.0, 2.0, x].index(x),
    "count": [5.0, 2.0, 2.0].count,
    "match": matched,
    "filter": lambda x: len(list(filter(None, [x, 0.0, 1.0]))),
    "takewhile": lambda x: len(list(itertools.takewhile(lambda k: k < x, [0.0, 1.0, 2.0, 3.0, 4.0]))),
    "groupby": lambda x: len(list(itertools.groupby([x, 2.0, 3.0]))),
    "generator": lambda x: sum(halvings(x), 0.0),
    "iterations": lambda x: len(list(halvings(x))),
    "median": lambda x: statistics.median([x, 1.0, 3.0]),
    "math.prod": lambda x: math.prod([x, x]),
    "Fraction": lambda x: 3.0 if fractions.Fraction(2) == x else 1.0,
    "Decimal": lambda x: 3.0 if x == Decimal(2) else 1.0,
    "np.argmax": lambda x: int(np.argmax([x, 1.0, -1.0])),
    "np.searchsorted": lambda x: int(np.searchsorted([0.0, 1.0, 3.0], x)),
    "np.median": lambda x: np.median([x, 1.0, 5.0]),
    "np.count_nonzero": lambda x: np.count_nonzero([x, 1.0]),
    "data of an input": lambda x: x.data if isinstance(x, Value) else x,
    "detach": lambda x: (W * x).detach(),
    "weak reference": lambda x: x if isinstance(x, float) else weakref.ref(x)(),
    "comparison of a node": lambda x: 2.0 if W * x == 1.0 else 1.0,
    "node in a list": lambda x: 2.0 if W * x in [1.0, 2.5] else 1.0,
    "truth of a node": lambda x: 2.0 if W * x - 1.0 else 1.0,
    "order of nodes": lambda x: sorted([W * x, W, 2.0 * W], key=lambda node: -node)[1],
    "floor of a node": lambda x: math.floor(W * x) if isinstance(W * x, Value) else None,
    "gradient": at.grad(lambda y: y * y * W),
    "constant random number": lambda x: random.Random(1).random(),
}

REFUSED: dict[str, Callable[[Any], Any]] = {
    "struct": lambda x: struct.unpack("d", struct.pack("d", x))[0],
    "json": lambda x: json.loads(json.dumps(x)),
    "json with text": lambda x: text_of(json.loads(json.dumps(x, default=repr))),
    "str": text_of,
    "str.format": lambda x: float("{:.3f}".format(x)),  # noqa: UP032 - the point
    "text of str.format": lambda x: text_of("{}".format(x)),  # noqa: UP032 - as above
    "%": lambda x: float("%.3f" % x),  # noqa: UP031 - as above
    "% of text": lambda x: text_of("%s" % x),  # noqa: UP031 - as above
    "f-string": lambda x: float(f"{x:.2f}"),
    "text of an f-string": lambda x: text_of(f"{x!r}"),
    "join": lambda x: text_of(",".join(map(str, [x]))),
    "print": lambda x: text_of(printed(x)),
    "template": lambda x: text_of(string.Template("$x").substitute(x=x)),
    "pprint": lambda x: text_of(pprint.pformat(x)),
    "message of an exception": lambda x: text_of(ValueError(x)),
    "float": lambda x: float(x),  # noqa: PLW0108 - as above
    "int": lambda x: int(x),  # noqa: PLW0108 - as above
    "complex": lambda x: complex(x).real,
    "math.exp": lambda x: math.exp(x),  # noqa: PLW0108 - as above
    "math.isnan": lambda x: 0.0 if math.isnan(x) else 1.0,
    "math.fsum": lambda x: math.fsum([x, x]),
    "np.float64": lambda x: np.float64(x),  # noqa: PLW0108 - as above
    "np.isnan": lambda x: 0.0 if np.isnan(x) else 1.0,
    "np.nan_to_num": np.nan_to_num,
    "array of floats": lambda x: np.array([x], dtype=float)[0],
    "np.interp": lambda x: np.interp(x, [0.0, 1.0, 3.0], [0.0, 5.0, 6.0]),
    "np.save": saved,
    "array.array": lambda x: array.array("d", [x])[0],
    "ctypes": lambda x: ctypes.c_double(x).value,
    "statistics.fmean": lambda x: statistics.fmean([x, 1.0]),
    "Decimal of a node": lambda x: float(Decimal(x)),
    "dict": lambda x: {2.0: 3.0}.get(x, 1.0),
    "set": lambda x: len({x, 2.0, 5.0}),
    "in a set": lambda x: 2.0 if x in {2.0, 5.0} else 1.0,
    "Counter": lambda x: len(collections.Counter([x, 2.0])),
    "hash": lambda x: hash(x) % 7,
    "cache": cached,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "copy of a parameter": lambda x: copy.deepcopy(W),
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "type": lambda x: 2.0 if isinstance(x, float) else 1.0,
    "method of floats": lambda x: x.is_integer(),
    "text of data": lambda x: json.loads(json.dumps(x.data if isinstance(x, Value) else x)),
    "hasattr": lambda x: 2.0 if hasattr(x, "is_integer") else 1.0,
    "data of a parameter": lambda x: W.data,
    "data of a node": lambda x: (W * x).data,
    "data by name": lambda x: getattr(W * x, "data", 2.0),
    "data that is caught": lambda x: caught(W * x, lambda node: node.data),
    "float that is caught": lambda x: caught(W * x, text_of),
    "gradient of a parameter": lambda x: 1.0 + W.grad,
    "partials": lambda x: (W * x).partials[0],
    "float of a parameter": lambda x: float(W),
    "math.exp of a parameter": lambda x: math.exp(W),
    "random number": lambda x: random.random(),
    "random number of NumPy": lambda x: np.random.rand(),  # noqa: NPY002 - as above
    "time": lambda x: time.perf_counter(),
    "number of calls": counted,
    "setting data": assigned,
    "setting a gradient": lambda x: setattr(W, "grad", 0.0) or 1.0,
    "zero_grad": lambda x: (W * x).zero_grad() or 1.0,
    "backward": lambda x: (W * x).backward() or 1.0,
    "backward and gradient": lambda x: caught((W * x).backward(), lambda _: W.grad),
    "formula": lambda x: len((W * x).formula()),
    "explanation": lambda x: len((W * x).explain()),
    "operator.index": operator.index,
    "range": lambda x: len(range(x)),
    "position": lambda x: operator.getitem([1.0, 2.0, 3.0], x),
    "slice": lambda x: len([1, 2, 3][:x]),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_number_is_followed(name: str) -> None:
    function = FOLLOWED[name]
    program = record(
        lambda x: W * x * function(x), inputs=(2.0,), parameters=[W], on_mismatch="eager", backend="python"
    )
    for x in (2.0, 5.0, -1.5, 0.0, 0.75):
        root = W * x * function(x)
        W.grad = 0.0
        root.backward()
        expected, W.grad = W.grad, 0.0
        assert program.backward([x]).tolist() == [root.data]
        assert W.grad == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of NumPy
def test_number_that_is_not_followed_is_refused(name: str) -> None:
    W.grad = 7.0
    with pytest.raises(RecordError):
        record(lambda x: W * REFUSED[name](x), inputs=(2.0,), parameters=[W])
    assert (W.data, W.grad) == (0.5, 7.0)


def test_exception_that_floats_raise_too_passes() -> None:
    with pytest.raises(TypeError, match="has no len"):
        record(lambda x: W * len(x), inputs=(2.0,), parameters=[W])


def test_data_of_an_input_passes_no_gradient_in_eager_code_either() -> None:
    x = Value(5.0)
    (x * x.data).backward()
    assert record(lambda x: x * x.data, inputs=(2.0,)).gradient([5.0])[0].tolist() == [x.grad] == [5.0]
