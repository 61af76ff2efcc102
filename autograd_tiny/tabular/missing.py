"""Fill the missing numbers of a data set from the rows that a network is trained on.

>>> nan = float("nan")
>>> data = Dataset("d", ("x",), [[1.0], [nan], [3.0], [9.0]], "y", [0, 1, 0, 1], gaps=(Gap((0,), "mean"),))
>>> filled(data, [0, 1, 2]).inputs[:2]
[[1.0], [2.0]]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autograd_tiny.tabular.column_rows import ColumnRows
from autograd_tiny.tabular.dataset import Dataset, Gap

if TYPE_CHECKING:
    from numpy.typing import NDArray


def filled(dataset: Dataset, train: Sequence[int]) -> Dataset:
    """Return a data set without missing numbers.

    A missing number becomes the mean, or a missing category the most frequent one, of the rows to train on that have
    a value (of all rows, if none of them has). The test rows are not looked at.

    Args:
        dataset: the examples.
        train: the rows to train on.
    """
    import numpy as np

    if not dataset.gaps:
        return dataset
    columns = [np.array(column) for column in zip(*dataset.inputs, strict=True)]
    for gap in dataset.gaps:
        group = np.stack([columns[position] for position in gap.inputs])
        missing = np.isnan(group[0])
        group[:, missing] = stand_in(group, missing, train, gap)[:, None]
        for position, column in zip(gap.inputs, group, strict=True):
            columns[position] = column
    return replace(dataset, inputs=ColumnRows(columns), gaps=())


def stand_in(group: NDArray[Any], missing: NDArray[Any], train: Sequence[int], gap: Gap) -> NDArray[Any]:
    """Return the numbers that fill the gaps of one column of the file, for each of its inputs."""
    import numpy as np

    known = np.zeros(len(missing), dtype=bool)
    known[list(train)] = True
    known &= ~missing
    examples = group[:, known if known.any() else ~missing]
    if gap.filling == "mean":
        return np.asarray(examples.mean(axis=1))
    different, counts = np.unique(examples, axis=1, return_counts=True)
    return np.asarray(different[:, counts.argmax()])
