"""Split examples into batches.

>>> [inputs for inputs, targets in batches([10, 20, 30], [1, 2, 3], 2, seed=0)]
[[30, 20], [10]]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, TypeAlias

from autograd_tiny.errors import require_same_length
from nn.argument_checks import nonempty_list, positive_integer, require_flag
from nn.initializers import Seed, generator

Batch: TypeAlias = tuple[list[Any], list[Any]]
"""The inputs and the targets of examples."""


def batches(
    inputs: Sequence[Any], targets: Sequence[Any], batch_size: int, *, shuffle: bool = True, seed: Seed = None
) -> Iterator[Batch]:
    """Yield the examples in batches, each a list of inputs and a list of targets. The last batch may be smaller.

    Args:
        inputs: the input of each example.
        targets: the target of each example.
        batch_size: the number of examples in a batch.
        shuffle: whether to put the examples in a random order.
        seed: the seed or generator of that order.

    Raises:
        LengthError: inputs and targets differ in length, or are empty.
        ArgumentError: `batch_size` is less than 1.

    >>> list(batches([10, 20, 30], [1, 2, 3], 2, shuffle=False))
    [([10, 20], [1, 2]), ([30], [3])]
    """
    inputs, targets = checked_examples("batches", inputs, targets)
    require_flag("batches", "shuffle", shuffle)
    order = random_order(len(inputs), generator(seed)) if shuffle else range(len(inputs))
    starts = range(0, len(inputs), positive_integer("batches", "batch_size", batch_size))
    parts = (order[start : start + batch_size] for start in starts)
    return (([inputs[i] for i in part], [targets[i] for i in part]) for part in parts)


def random_order(count: int, source: Random) -> list[int]:
    """Return the numbers from 0 to below `count` in a random order: sorted by a random number for each.

    >>> random_order(4, Random(0))
    [3, 2, 1, 0]
    """
    draw = source.random
    return sorted(range(count), key=[draw() for _ in range(count)].__getitem__)


class RandomOrder:
    """Random orders for one epoch after another, those of `random_order` with the same seed.

    Args:
        seed: an int, None, or a generator; one of the caller's is left as `random_order` leaves it.

    >>> RandomOrder(0).array(4).tolist()
    [3, 2, 1, 0]
    """

    def __init__(self, seed: Seed) -> None:
        self._source = generator(seed)
        self._is_shared = self._source is seed
        self._numpy: Any = None  # draws the same numbers, many at once

    def rows(self, count: int) -> list[int]:
        """Return an order as a list."""
        rows: list[int] = random_order(count, self._source) if self._numpy is None else self.array(count).tolist()
        return rows

    def array(self, count: int) -> Any:
        """Return an order as an array."""
        import numpy as np

        drawn = self._draw(count)
        order = np.argsort(drawn)  # twice as fast as the stable one, which differs if numbers are equal
        ascending = drawn[order]
        if (ascending[1:] == ascending[:-1]).any():
            order = np.argsort(drawn, kind="stable")
        return order

    def skip(self, count: int) -> None:
        """Draw as many numbers as an order takes."""
        self._draw(count)

    def state(self) -> list[Any]:
        """Return the state of the generator, as JSON has it.

        >>> order = RandomOrder(0)
        >>> state, drawn = order.state(), order.rows(9)
        >>> order.restore(state)
        >>> order.rows(9) == drawn
        True
        """
        if self._numpy is not None:
            _, key, position, *_ = self._numpy.get_state()
            return [3, [*key.tolist(), position], None]
        version, internal, gauss = self._source.getstate()
        return [version, list(internal), gauss]

    def restore(self, state: Sequence[Any]) -> None:
        """Set the state of the generator.

        Raises:
            TypeError, ValueError: it is not one.
        """
        version, internal, gauss = state
        self._source.setstate((version, tuple(internal), gauss))
        self._numpy = None

    def _draw(self, count: int) -> Any:
        import numpy as np

        if self._is_shared:
            draw = self._source.random
            return np.array([draw() for _ in range(count)])
        if self._numpy is None:
            self._numpy = np.random.RandomState()
            _, (*key, position), _ = self._source.getstate()
            self._numpy.set_state(("MT19937", np.array(key, dtype=np.uint32), position))
        return self._numpy.random_sample(count)


def checked_examples(place: str, inputs: Any, targets: Any) -> Batch:
    """Return inputs and targets as lists.

    Raises:
        ArgumentTypeError: one of them is not a list, tuple or array.
        LengthError: they differ in length, or are empty.

    >>> checked_examples("fit", (1.0, 2.0), (3.0, 4.0))
    ([1.0, 2.0], [3.0, 4.0])
    """
    inputs, targets = nonempty_list(place, "inputs", inputs), nonempty_list(place, "targets", targets)
    require_same_length(place, inputs=inputs, targets=targets)
    return inputs, targets
