"""Numbers that are indices: elements of lists in a program, and what is refused."""

from __future__ import annotations

import copy
import itertools
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.errors import PositionError, RecordError, ReplayMismatch
from autograd_tiny.replay.c_backend.c_source import c_source_of
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.plan import plan_of
from tests.replay.backends import BACKENDS, needs_compiler

ROW = [Value(1.0), Value(2.0), Value(3.0)]
LONGER = [*ROW, Value(4.0), Value(5.0)]
X = Value(0.5)


def rows_of(program: Any) -> list[str]:
    return [operation.primitive.name for operation in program._tape.operations]


# ── elements ──


@pytest.mark.parametrize("backend", BACKENDS)
def test_element_and_its_gradient(backend: str) -> None:
    program = record(lambda i, x: ROW[i] * x, inputs=(1, 2.0), parameters=ROW, backend=backend)
    assert program.differentiate([0, 1, -1, -3], [1.0, 1.0, 10.0, 5.0], reduction="sum").tolist() == [1, 2, 30, 5]
    assert program.gradients.tolist() == [6.0, 1.0, 10.0]
    for position in (3, -4, 1.5, float("nan"), float("inf")):
        with pytest.raises(PositionError, match=r"^list got position .*; it takes a whole number from -3 to 2$"):
            program([0, position], [1.0, 1.0])
    for each in (copy.deepcopy(program), pickle.loads(pickle.dumps(program))):
        assert each([2], [1.0]).tolist() == [3.0]


@pytest.mark.parametrize("backend", ["numpy", "python"])
def test_infinite_gradient_goes_to_its_element_only(backend: str) -> None:
    functions = [lambda i, x: ROW[i] * x, lambda i, x: [ROW[0], ROW[1] * X, 0.5, X][i] * x + X]
    for function in functions:
        program = record(function, inputs=(1, 2.0), parameters=[*ROW, X], backend=backend)
        program.differentiate([0], [float("inf")])
        assert program.gradients[:3].tolist() == [float("inf"), 0.0, 0.0]


@pytest.mark.parametrize("backend", ["numpy", "python"])
def test_elements_of_inputs_and_of_one_batch(backend: str) -> None:
    program = record(lambda row, i: row[i] ** 2 + row[0], inputs=([1.0, 2.0, 3.0], 1), backend=backend)
    of_row, of_index = program.gradient([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [1, -1])
    assert (of_row.tolist(), of_index.tolist()) == ([[1.0, 4.0, 0.0], [1.0, 0.0, 12.0]], [0.0, 0.0])
    whole = record(
        lambda words, i: at.sum([ROW[w] for w in words]) * [X * 2.0, X * X][i],
        inputs=([1, 2], 1),
        parameters=[*ROW, X],
        backend=backend,
        batched=False,
    )
    assert whole.differentiate([0, 0], 0) == 2.0
    assert whole.gradients.tolist() == [2.0, 0.0, 0.0, 4.0]


@pytest.mark.parametrize("backend", ["numpy", "python"])
def test_several_numbers_and_no_examples(backend: str) -> None:
    program = record(lambda i: [ROW[i], ROW[0] * ROW[i]], inputs=(1,), parameters=ROW, backend=backend)
    assert program([0, 1, 2]).tolist() == [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]
    program = record(lambda i, x: ROW[i] * [x, x * x][i], inputs=(1, 1.0), parameters=ROW, backend=backend)
    assert program.differentiate(np.zeros(0), np.zeros(0)).tolist() == []
    assert program.gradients.tolist() == [0.0, 0.0, 0.0]


def test_row_of_a_table_shares_one_index() -> None:
    table = [[Value(float(i + j)) for j in range(3)] for i in range(4)]
    program = record(
        lambda i: at.dot(table[i], ROW), inputs=(1,), parameters=[*ROW, *itertools.chain(*table)], backend="numpy"
    )
    assert "element_at(p" in program.plan
    assert program.source.count("places_of_elements(") == 1


def test_logit_of_the_target_is_taken_from_those_that_exist() -> None:
    def loss(x: Any, t: Any) -> Any:
        z = [w * x + 1.0 for w in ROW]
        return at.logsumexp(z) - z[t]

    program = record(loss, inputs=(0.5, 1), parameters=ROW, backend="python")
    assert rows_of(program).count("mul") == 3
    assert rows_of(program).count("element_at") == 1


def test_index_of_softmax_is_that_of_its_row() -> None:
    program = record(
        lambda x, t: at.log_softmax([w * x for w in ROW])[t], inputs=(0.5, 1), parameters=ROW, backend="python"
    )
    assert rows_of(program).count("log_softmax_at") == 1


class Shelf:
    """A container of the user's own, whose elements are computed."""

    def __getitem__(self, i: Any) -> Any:
        return ROW[i] * ROW[i - 1]


TABLE = np.array([[Value(float(3 * i + j)) for j in range(3)] for i in range(2)], dtype=object)
FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "tuple": lambda i, j: tuple(ROW)[i] * X,
    "array of Values": lambda i, j: np.array(ROW, dtype=object)[i] * X,
    "list of numbers": lambda i, j: [1.5, -2.0, 0.0][i] * X,
    "array of numbers": lambda i, j: np.array([1.5, -2.0, 0.0])[i] * X,
    "list of integers": lambda i, j: ROW[[2, 0, 1][i]] * X,
    "table": lambda i, j: TABLE[j][i] * X,
    "array of two axes": lambda i, j: TABLE[j, i] * TABLE[0, i] * X,
    "the same index twice": lambda i, j: ROW[i] * [X, X * X, 1.0][i],
    "an index of an index": lambda i, j: ROW[[1, 0][j] + [0, 0, 1][i]] * X,
    "arithmetic": lambda i, j: ROW[i - j] * X,
    "elements of several kinds": lambda i, j: [X, X * i, 0.25][i] * ROW[i] + X,
    "functions": lambda i, j: [at.exp, at.sin, at.tanh][i](X) + X,
    "lists of other lengths": lambda i, j: at.sum([[], [X], [X, ROW[0]]][i]) + X,
    "padding": lambda i, j: sum([[0.0, 0.0], ROW[:2], ROW[1:]][i]) * X,
    "new leaves": lambda i, j: ([Value(0.0), Value(0.0), Value(2.0)][i] + Value(1.0)) * X,
    "a condition on the elements": lambda i, j: X if ROW[i] > ROW[0] - 1.0 else ROW[i],
    "one element": lambda i, j: [X][j - j] * ROW[i],
    "a container of the user's own": lambda i, j: Shelf()[i] * X,
    "an index within elements of another": lambda i, j: (
        [at.softmax(ROW)[j], X, X * X][i] + [X + X, ROW[2 - j] + 1.0][j] * ROW[i - 1] + ROW[j - 1]
    ),
    "which of two sums": lambda i, j: (X * 2.0 + 0.5 if ROW[i] is ROW[j] else X + X) * ROW[i - 1],
    "identity of elements": lambda i, j: X if ROW[i] is ROW[j] else X * X,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_of_indices_is_followed(name: str) -> None:
    function = FUNCTIONS[name]
    parameters = [*ROW, *TABLE.ravel().tolist(), X]
    program = record(function, inputs=(1, 0), parameters=parameters, backend="python")
    for i in range(3):
        for j in range(2):
            expected = function(i, j)
            for w in parameters:
                w.grad = 0.0
            expected.backward()
            assert program.differentiate([i], [j]).tolist() == [expected.data]
            assert program.gradients.tolist() == [w.grad for w in parameters]


def test_many_indices_are_told_apart() -> None:
    program = record(
        lambda words: at.sum([ROW[w] * (k + 1.0) for k, w in enumerate(words)]),
        inputs=([0] * 12,),
        parameters=ROW,
        backend="python",
    )
    words = [(5 * k) % 3 for k in range(12)]
    assert program([words])[0] == sum(ROW[w].data * (k + 1.0) for k, w in enumerate(words))


def test_elements_without_gradient() -> None:
    for batched in (True, False):
        program = record(lambda i: LONGER[i] * i, inputs=(2,), backend="numpy", batched=batched)
        assert program.gradient([1] if batched else 1)[0] == 2.0
        assert "gu[place" not in c_source_of(plan_of(program._tape, of_inputs=True, batched=batched))


def test_gradient_of_shared_elements_in_c() -> None:
    program = record(lambda i: LONGER[i] * i, inputs=(2,), parameters=LONGER, backend="numpy", batched=False)
    source = c_source_of(plan_of(program._tape, batched=False))
    assert "gu[place_of_element(u[5], 0, 1, 5, 1, fault)] += gu[" in source


def test_number_that_is_an_index_only_is_checked() -> None:
    program = record(lambda i: (ROW[i], X)[1] * 2.0, inputs=(1,), parameters=[X], backend="python")
    assert program([2]).tolist() == [1.0]
    with pytest.raises(PositionError):
        program([3])


def test_lists_of_different_lengths_have_no_common_end() -> None:
    function = lambda i: ROW[i] * LONGER[i]  # noqa: E731 - recorded twice
    program = record(function, inputs=(1,), parameters=LONGER, backend="python")
    assert program([2]).tolist() == [9.0]
    with pytest.raises(ReplayMismatch, match=r"ROW\[i\] \* LONGER\[i\]"):
        program([-1])
    program = record(function, inputs=(1,), parameters=LONGER, on_mismatch="eager", backend="python")
    assert program([2, -1]).tolist() == [9.0, 15.0]


def test_examples_of_another_branch_are_computed_with_integers() -> None:
    def loss(words: Any, x: Any) -> Any:
        return x * ROW[words[0]] if x > 0.0 else ROW[words[1]] * 2.0

    program = record(loss, inputs=(np.array([1, 0]), 2.0), parameters=ROW, on_mismatch="eager", backend="python")
    assert program(np.array([[0, 1], [2, 1]]), [1.0, -1.0]).tolist() == [1.0, 4.0]


# ── what is refused ──


def raises_for_others(i: Any) -> Any:
    if [0, 1, 2][i] == 2:
        raise KeyError("two")
    return ROW[i]


def decides_by_elements(i: Any) -> Any:
    return ROW[0] if [1, 1, 2][i] == 1 else (ROW[1] if ROW[i] > 0.0 else ROW[2])


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "slice of an array": (lambda i: np.array([ROW, ROW])[:i, 0].sum() + X, "it has too many values, or is no index"),
    "lists that are returned": (lambda i: [[X], [X, X]][i], "lists of another shape for other indices"),
    "one or several numbers": (lambda i: [X, [X]][i], "lists of another shape for other indices"),
    "exceptions": (raises_for_others, "the function raised KeyError: 'two', for other indices"),
    "choices": (decides_by_elements, "made other choices, or took other indices"),
    "a missing element": (lambda i: ROW[i - i + 1] * LONGER[1:][i] * [][0:1][i], "index out of range"),
    "reading data": (lambda i: [lambda: X * 2.0, lambda: X, lambda: X.data * X][i](), "the data of a node was read"),
    "other indices": (lambda i: [lambda: ROW[i + 0], lambda: ROW[i + 0], lambda: ROW[i]][i](), "took other indices"),
    "a table without its first row": (lambda i: [[], [X]][i][0], "its list lacks an element"),
    "rows of different lengths": (lambda i: [ROW, ROW[1:]][i - i][i] * [ROW, ROW[1:]][i - 1][i + 1 - i], "index"),
    "a text": (lambda i: X if "ab"[i] == "b" else "no number", "the function returned 'str' for other indices"),
}


SEVERAL: dict[str, tuple[Callable[[Any, Any, Any], Any], str]] = {
    "a table of three indices": (
        lambda i, j, k: [[ROW, ROW[::-1]], [LONGER[1:4], LONGER[2:]]][i][j][k],
        "its elements depend on more",
    ),
    "short rows": (lambda i, j, k: [LONGER, ROW][i][j] * X, "lists of one table have different lengths"),
    "short rows beside long ones": (
        lambda i, j, k: [LONGER, LONGER[1:]][i][j] * [X][k - k] * (LONGER * 2)[k],
        "lists of one table have different lengths",
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_indices_that_cannot_be_followed_are_refused(name: str) -> None:
    function, problem = SEVERAL[name]
    with pytest.raises(RecordError, match=f", and .*{problem}"):
        record(function, inputs=(0, 0, 0), parameters=[*LONGER, X])


@pytest.mark.parametrize("name", REFUSED)
def test_index_that_cannot_be_followed_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_tiny.replay.index_runs.MOST", 3_000)
    function, problem = REFUSED[name]
    with pytest.raises((RecordError, IndexError), match=problem):
        record(function, inputs=(1,), parameters=[*LONGER, X])


def test_graph_that_further_runs_do_not_confirm_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_tiny.replay.generalization.Generalization.explains", lambda *_: False)
    with pytest.raises(RecordError, match="its elements depend on more than this index"):
        record(lambda i: ROW[i] * X, inputs=(1,), parameters=ROW)


def test_index_that_is_not_whole_is_refused() -> None:
    with pytest.raises(RecordError, match=r"not whole was used as an index \(it is 0.5\)"):
        record(lambda i: ROW[i], inputs=(0.5,), parameters=ROW)


def test_index_outside_of_the_list_is_the_error_of_the_function() -> None:
    with pytest.raises(IndexError, match="list index out of range"):
        record(lambda i: ROW[i], inputs=(5,), parameters=ROW)


def test_row_evaluates_as_the_list() -> None:
    assert ELEMENT_AT.linearize([5.0, 6.0], -1.0) == (6.0, ([0.0, 1.0], 0.0))


@needs_compiler
@pytest.mark.once
def test_element_of_a_list_that_is_not_evenly_spaced_in_c() -> None:
    def loss(i: Any, x: Any) -> Any:
        return [ROW[0], ROW[2], X, 0.5, X * x][i] * [x, x * 2.0, x * 3.0][i - 2]

    program = record(loss, inputs=(2, 2.0), parameters=[*ROW, X], backend="c")
    program.differentiate([2, 3, 4], [1.0, 2.0, 3.0])
    other = record(loss, inputs=(2, 2.0), parameters=[*ROW, X], backend="python")
    assert other.differentiate([2, 3, 4], [1.0, 2.0, 3.0]).tolist() == program([2, 3, 4], [1.0, 2.0, 3.0]).tolist()
    assert program.gradients.tolist() == pytest.approx(other.gradients.tolist(), rel=1e-14)
