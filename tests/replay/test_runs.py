"""What cannot be followed is refused with the user's line and a remedy; the errors of the function itself pass."""

from __future__ import annotations

import bisect
import cmath
import collections
import datetime
import decimal
import functools
import heapq
import itertools
import json
import math
import pickle
import random
import re
import statistics
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.errors import OperandError, RecordError
from autograd_tiny.replay.runs import definition_of

W = Value(0.5)
HERE = re.escape(__file__)

CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "math.sin": lambda x: W * math.sin(x),
    "math of a parameter": lambda x: x * math.sin(W),
    "math.hypot": lambda x: W * math.hypot(x, 2.0),
    "cmath.exp": lambda x: W * cmath.exp(x).real,
    "int": lambda x: W * int(x),
    "%": lambda x: W * float("%f" % x),  # noqa: UP031 - the point
    "range of int": lambda x: sum(W for _ in range(int(x))),
    "complex": lambda x: W * complex(x).real,
    "statistics.fmean": lambda x: W * statistics.fmean([x, x]),
    "NormalDist": lambda x: W * statistics.NormalDist().cdf(x),
    "array of floats": lambda x: W * np.array([x], dtype=float).sum(),
    "np.linspace": lambda x: W * np.interp(x, [0.0, 9.0], [1.0, 2.0]),
    "choices": lambda x: W * random.choices([1.0, 2.0], weights=[x, 1.0])[0],
}
OTHERS: dict[str, Callable[[Any], Any]] = {
    "f-string": lambda x: W * float(f"{x:.2f}"),
    "dict": lambda x: W * {3.0: 2.0}[x],
    "cache": lambda x: W * functools.lru_cache(lambda y: y * 2.0)(x),
    "Counter": lambda x: W * collections.Counter([x])[x],
    "statistics.mode": lambda x: W * statistics.mode([x, x]),
    "pickle": lambda x: W * pickle.loads(pickle.dumps(x)),
    "data of a node": lambda x: W * (W * x).data,
    "backward": lambda x: (W * x).backward() or W,
}
RAISED: dict[str, Callable[[Any], Any]] = {
    "np.isnan": lambda x: W * (not np.isnan(x)),
    "np.signbit": lambda x: W * np.signbit(x),
    "statistics.mean": lambda x: W * statistics.mean([x, x]),
    "statistics.stdev": lambda x: W * statistics.stdev([x, 1.0]),
    "Decimal": lambda x: W * float(decimal.Decimal(x)),
    "json": lambda x: W * json.loads(json.dumps([x]))[0],
    "struct": lambda x: W * struct.unpack("d", struct.pack("d", x))[0],
    "timedelta": lambda x: W * datetime.timedelta(seconds=x).total_seconds(),
    "imaginary factor": lambda x: W * (x * 1j).imag,
    "shift": lambda n: W * (1 << n),
    "and": lambda n: W * (n & 1),
    "inverted": lambda n: W * ~n,
    "modular power": lambda n: W * pow(n, 2, 5),
    "list times": lambda n: sum([W] * n),
    "text times": lambda n: W * len("a" * n),
    "bits": lambda n: W * n.bit_length(),
    "width": lambda n: W * len(f"{'a':>{n}}"),
}
COUNTS: dict[str, Callable[[Any], Any]] = {
    "islice": lambda n: sum(itertools.islice([W, W, W, W], n)),
    "deque": lambda n: W * len(collections.deque([1, 2], n)),
    "combinations": lambda n: W * len(list(itertools.combinations("abcd", n))),
    "struct of an integer": lambda n: W * struct.unpack("i", struct.pack("i", n))[0],
    "bytes": lambda n: W * len(bytes(n)),
    "factorial": lambda n: W * math.factorial(n),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of NumPy
@pytest.mark.parametrize(
    ("loss", "remedy"),
    [
        *((loss, "leave the conversion out, and use functions of autograd_tiny") for loss in CONVERSIONS.values()),
        *(
            (loss, r"write v.detach\(\)|make the table a list, or compare the number|use program.backward")
            for loss in OTHERS.values()
        ),
        *((loss, "compute by operators and functions of autograd_tiny") for loss in RAISED.values()),
        *((loss, r"for a count, loop up to the largest count") for loss in COUNTS.values()),
    ],
    ids=[*CONVERSIONS, *OTHERS, *RAISED, *COUNTS],
)
def test_what_is_not_followed_is_refused_with_its_line_and_a_remedy(loss: Any, remedy: str) -> None:
    line = loss.__code__.co_firstlineno
    with pytest.raises(
        RecordError, match=rf"(?s)in line {line} of {HERE}, `.*`: the replay would be wrong; .*({remedy})"
    ):
        record(loss, inputs=(3,), parameters=[W])


FOLLOWED: dict[str, Callable[[Any], Any]] = {
    "sorted": lambda x: W * sorted([x, 2.0, 5.0])[1],
    "bisect": lambda x: W * bisect.bisect([0.0, 2.0, 5.0], x),
    "heapq": lambda x: W * heapq.nsmallest(1, [x, 5.0])[0],
    "in": lambda x: W if x in [1.0, 3.0] else W * 2.0,
    "round": lambda x: W * round(x),
    "divmod": lambda x: W * divmod(x, 2)[1],
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_is_followed_computes_the_same(name: str) -> None:
    assert record(FOLLOWED[name], inputs=(3,), parameters=[W])([3.0]).tolist() == [FOLLOWED[name](3).data]


@pytest.mark.parametrize(
    ("loss", "error", "match"),
    [
        (lambda x: W * len(x), TypeError, "has no len"),
        (lambda x: W * x[0], TypeError, "not subscriptable"),
        (lambda x: W * (x @ x), TypeError, "unsupported operand"),
        (lambda x: W * x.shape[0], AttributeError, "has no attribute 'shape'"),
        (lambda x: W * "a", OperandError, "mul got 'str'"),
        (lambda x: at.cross_entropy([W, x], 7.0), IndexError, "got position 7.0"),
    ],
)
def test_error_of_the_function_itself_passes(loss: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        record(loss, inputs=(3.0,), parameters=[W])


@pytest.mark.parametrize("given", [3, [3], True])
def test_type_of_the_given_number_is_no_choice(given: Any) -> None:
    def loss(x: Any) -> Any:
        number = x[0] if isinstance(x, list) else x
        return W * number if isinstance(number, int) else W * 7.0

    with pytest.raises(RecordError, match=rf"for plain numbers \(it is defined in line \d+ of {HERE}, `def loss"):
        record(loss, inputs=(given,), parameters=[W])


@pytest.mark.parametrize("given", [np.uint8(0), np.array([0], dtype=np.uint8)])
def test_integers_of_numpy_are_floats_in_the_program(given: Any) -> None:
    program = record(lambda x: W * at.sum([x - 1.0 if given.shape == () else x[0] - 1.0]), inputs=(given,))
    assert program(np.zeros((2, *given.shape))).tolist() == [-0.5, -0.5]


def test_list_that_was_given_is_not_changed() -> None:
    given = [1, 2]

    def loss(xs: Any) -> Any:
        xs.append(3.0)
        return W * sum(xs)

    assert record(loss, inputs=(given,), parameters=[W])([[1.0, 2.0]]).tolist() == [3.0]
    assert given == [1, 2]


def test_long_line_is_cut() -> None:
    with pytest.raises(RecordError, match=r"py, `.{59}…`: the replay"):
        record(lambda x: W * math.exp(x) + W * 1.0 + W * 2.0 + W * 3.0 + W * 4.0 + W * 5.0 + W * 6.0, inputs=(1.0,))


def test_line_of_code_without_a_source_is_named_without_its_text() -> None:
    scope = {"W": W, "exp": math.exp}
    exec(compile("def loss(x):\n    return W * exp(x)", "<no file>", "exec"), scope)
    with pytest.raises(RecordError, match="in line 2 of <no file>: the replay"):
        record(scope["loss"], inputs=(1.0,))


class Called:
    """A loss as an object."""

    def __call__(self, x: Any) -> Any:
        return W * x


def test_definition_is_that_of_what_is_called() -> None:
    assert definition_of(Called()).endswith(", `def __call__(self, x: Any) -> Any:`")
    assert definition_of(Called().__call__) == definition_of(Called())
    assert definition_of(functools.partial(pow, 2)) == ""


def test_number_of_another_leaf_is_refused_with_its_line() -> None:
    with pytest.raises(RecordError) as caught:
        record(lambda x: x * float(W), inputs=(1.0,))
    error = caught.value
    assert error.problem == "a Value was converted to float or int (its data is 0.5)"
    assert error.place.endswith(", `record(lambda x: x * float(W), inputs=(1.0,))`")
    assert str(error) == f"during recording, {error.problem}{error.place}: the replay would be wrong; {error.remedy}"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.place, again.remedy) == (str(error), error.place, error.remedy)


def test_integer_of_a_number_names_the_remedy_for_counts() -> None:
    with pytest.raises(RecordError, match=r"leave the conversion out, .*; for a count, loop up to the largest count"):
        record(lambda x: sum(W * x for _ in range(int(x) + 2)), inputs=(1.0,))
