"""The pieces of a statement together compute what the statement does, and none joins along an axis of the target."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_tiny.replay.export.arrays import (
    Array,
    Joined,
    Number,
    Operand,
    SumStatement,
    Table,
    Term,
    View,
    operands_of,
)
from autograd_tiny.replay.export.pieces import gathered, pieces

SUMS = {
    "each": lambda left, right: left * right,
    "matrix": lambda left, right: np.atleast_2d(right) @ np.atleast_2d(left).T,
    "batched": lambda left, right: left @ right.transpose(0, 2, 1),
    "rows": lambda left, right: (left * right).sum(-1),
}


def _array(name: str, *shape: int) -> Array:
    numbers = np.random.default_rng(len(name) + sum(shape)).uniform(-1, 1, shape)
    return Array(name, shape, "constant", tuple(numbers.ravel()))


def _view(array: Array) -> View:
    strides = tuple(int(np.prod(array.shape[axis + 1 :])) for axis in range(len(array.shape)))
    return View(array, 0, 0, strides, array.shape)


def _joined(axis: int, *shapes: tuple[int, ...]) -> Joined:
    """Return a view, a table and a number, one after another along an axis."""
    first, second, third = shapes
    source = _array("source", 7)
    order = np.random.default_rng(1).integers(0, 7, second)
    table = Table(Array("order", second, "constant", tuple(map(float, order.ravel()))), (source,), False, second)
    parts = (_view(_array("first", *first)), table, Number(0.75, third))
    shape = list(first)
    shape[axis] = sum(part[axis] for part in shapes)
    return Joined(axis, parts, tuple(shape))


def _numbers(operand: Operand) -> np.ndarray:
    if isinstance(operand, Number):
        return np.full(operand.shape, operand.number)
    if isinstance(operand, View):
        return np.array(operand.array.numbers)[operand.positions()].reshape(operand.shape)
    if isinstance(operand, Table):
        positions = _numbers(gathered(operand).positions).astype(int)
        return np.concatenate([source.numbers for source in operand.sources])[positions]
    return np.concatenate([_numbers(part) for part in operand.parts], operand.axis)


def _sum(statement: SumStatement) -> np.ndarray:
    total = np.full(statement.target.shape, statement.constant)
    for term in statement.terms:
        left = _numbers(term.left)
        right = np.ones_like(left) if term.right is None else _numbers(term.right)
        total = total + np.reshape(SUMS[term.kind](left, right), total.shape)
    return total


TERMS = {
    "each, joined": ((4, 2), Term("each", _joined(0, (1, 2), (2, 2), (1, 2)), _view(_array("right", 4, 2)))),
    "each, of one side": ((4, 2), Term("each", _joined(0, (1, 2), (2, 2), (1, 2)), None)),
    "matrix, rows joined": ((2, 4), Term("matrix", _joined(0, (1, 3), (2, 3), (1, 3)), _view(_array("right", 2, 3)))),
    "matrix, along the sum": (
        (2, 3),
        Term("matrix", _view(_array("left", 3, 4)), _joined(1, (2, 1), (2, 2), (2, 1))),
    ),
    "matrix, of a vector": ((3,), Term("matrix", _view(_array("left", 3, 4)), _joined(0, (1,), (2,), (1,)))),
    "batched": (
        (2, 4, 2),
        Term("batched", _joined(1, (2, 1, 3), (2, 2, 3), (2, 1, 3)), _view(_array("right", 2, 2, 3))),
    ),
    "rows": ((4,), Term("rows", _joined(0, (1, 3), (2, 3), (1, 3)), _joined(1, (4, 1), (4, 1), (4, 1)))),
    "a sum of one side": ((4,), Term("rows", _joined(1, (4, 2), (4, 1), (4, 2)), None)),
}


@pytest.mark.parametrize("name", TERMS)
def test_pieces_compute_what_the_statement_does(name: str) -> None:
    shape, term = TERMS[name]
    target = _view(Array("z", shape, "result"))
    statement = SumStatement(target, (term,), 0.5, False, False)
    found = np.full(target.array.size, np.nan)
    made = list(pieces(statement))
    for piece in made:
        assert isinstance(piece, SumStatement)
        assert not any(isinstance(operand, Joined) for operand in operands_of(piece))
        places = piece.target.positions()
        assert np.isnan(found[places]).all()  # each element once
        found[places] = _sum(piece).ravel()
    np.testing.assert_allclose(found, _sum(statement).ravel(), rtol=0, atol=1e-12)
