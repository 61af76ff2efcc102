"""Find the columns of a file that tell its target, or say the same as another column.

>>> import numpy as np
>>> x = np.array([1.0, 2.0, 4.0])
>>> tells_number(x, 3.0 * x + 1.0), tells_class([x], np.array([0, 0, 1]), 2)
(True, False)
>>> tells_class([np.array([5.0, 5.0, 7.0])], np.array([0, 0, 1]), 2)
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE: Final = 1000
"""Few columns tell the target in so many rows: those that do not are not looked at in all."""
LEAK: Final = 1.0 - 1e-9
"""The correlation from which a column tells the target: it is the same number in another unit."""


def tells_number(column: NDArray[Any], target: NDArray[Any]) -> bool:
    """Return whether a column is the target, but for its unit and zero; nan where it has no number."""
    import numpy as np

    if len(column) > SAMPLE and not tells_number(column[:SAMPLE], target[:SAMPLE]):
        return bool(np.ptp(column[:SAMPLE]) == 0.0) and tells_number(column[SAMPLE:], target[SAMPLE:])
    known = ~np.isnan(column)
    if known.sum() < 3:
        return False
    x, y = column[known], target[known]
    with np.errstate(over="ignore", invalid="ignore"):
        x, y = x / (np.abs(x).max() or 1.0), y / (np.abs(y).max() or 1.0)
        x, y = x - x.mean(), y - y.mean()
        size = float(np.sqrt((x @ x) * (y @ y)))
    return bool(size > 0.0 and abs(float(x @ y)) > LEAK * size)


def tells_class(arrays: Sequence[NDArray[Any]], classes: NDArray[Any], count: int) -> bool:
    """Return whether the inputs of a column are the same in all rows of a class, and differ from class to class."""
    import numpy as np

    firsts = np.array([int((classes == number).argmax()) for number in range(count)])
    for column in arrays:
        if not np.array_equal(column, column[firsts][classes], equal_nan=True):
            return False
    return len({tuple(column[first] for column in arrays) for first in firsts.tolist()}) == count


def same_column(columns: Mapping[str, Sequence[NDArray[Any]]]) -> dict[str, str]:
    """Return for each column that says the same as an earlier one its name.

    >>> import numpy as np
    >>> same_column({"a": [np.array([1.0, 2.0])], "b": [np.array([1.0, 2.0])], "c": [np.array([2.0, 1.0])]})
    {'b': 'a'}
    """
    import numpy as np

    seen: dict[int, str] = {}
    same: dict[str, str] = {}
    for name, arrays in columns.items():
        other = seen.setdefault(hash(tuple(hash(array.tobytes()) for array in arrays)), name)
        pairs = zip(arrays, columns[other], strict=False)
        if other != name and all(np.array_equal(a, b, equal_nan=True) for a, b in pairs):
            same[name] = other
    return same
