"""Graphs for different indices become one graph."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from autograd_tiny.replay.generalization import Generalization, Sample, UnexplainedError
from autograd_tiny.replay.indexing import ELEMENT_AT

PLACES = [(0, 0), (0, 1), (1, 0), (1, 1)]
X, A, B = Value(3.0), Value(0.0), Value(1.0)


def test_leaves_that_differ_by_one_index_become_an_element() -> None:
    leaves = [Value(1.0), Value(1.0)]
    samples = [Sample(places, [], [leaves[places[1]] * X, A, B]) for places in PLACES]
    root, *_ = Generalization(samples, [2, 2], [*leaves, X]).ends
    element, other = root.operands
    assert (element.primitive, element.operands, other) == (ELEMENT_AT, (*leaves, B), X)


def test_graph_that_does_not_differ_is_kept() -> None:
    root = X * 2.0
    samples = [Sample(places, [], [X * 2.0 if k else root, A, B]) for k, places in enumerate(PLACES)]
    assert Generalization(samples, [2, 2], [X]).ends[0] is root


def test_numbers_that_differ_by_no_index_are_not_explained() -> None:
    samples = [Sample(places, [], [X * float(k), A, B]) for k, places in enumerate(PLACES[:2] * 2)]
    with pytest.raises(UnexplainedError):
        Generalization(samples, [1, 2], [X])


def test_indices_that_choose_each_other_are_not_explained() -> None:
    samples = [Sample((i, j), [], [X, float(j), float(i)]) for i, j in PLACES]
    with pytest.raises(UnexplainedError):
        Generalization(samples, [2, 2], [X])


def test_elements_of_one_run_each_are_of_its_inputs() -> None:
    inputs = [Value(2.0), Value(2.0)]
    ends = [[inputs[0] * 2.0, A], [inputs[1].exp(), A]]
    samples = [Sample((k,), [inputs[k]], ends[k]) for k in range(2)]
    result = Generalization(samples, [2], [])
    root = result.ends[0]
    assert [x.inputs for x in root.operands[:2]] == [(inputs[0],), (inputs[0],)]
    other = Value(2.0)
    assert result.explains(Sample((1,), [other], [other.exp(), A]))
    assert not result.explains(Sample((1,), [other], [inputs[1].exp(), A]))


def test_two_indices_that_explain_the_same_are_not_told_apart() -> None:
    samples = [Sample((k, k), [], [X * float(k), A, B]) for k in (0, 1, 0, 1)]
    with pytest.raises(UnexplainedError):
        Generalization(samples, [2, 3], [X])


def test_other_graph_is_not_explained() -> None:
    leaves = [Value(1.0), Value(2.0)]
    samples = [Sample(places, [], [leaves[places[1]] * X + 1.0, A, B]) for places in PLACES]
    result = Generalization(samples, [2, 2], leaves)
    assert result.explains(Sample((0, 1), [], [leaves[1] * X + 1.0, A, B]))
    for other in (leaves[0] * X + 1.0, leaves[1] * X + 2.0, leaves[1] * X - 1.0, leaves[1] * Value(3.0) + 1.0):
        assert not result.explains(Sample((0, 1), [], [other, A, B]))
