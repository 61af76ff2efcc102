"""Share arrays, printing and pictures among the five lessons, which are the programs in `demos/`.

One module for each lesson holds its data, its tables and its pictures: `iris`, `two_layer`, `exam`, `digits` (with
`digit_images`), `by_hand` (with `exercises`).
"""

from autograd_tiny.errors import require_own_nn
from autograd_tiny.lessons.pictures import picture_folder
from autograd_tiny.lessons.printing import apart, heading, in_digits, say
from autograd_tiny.lessons.value_arrays import (
    as_values,
    data_of,
    difference,
    gradient_of,
    largest_difference,
    weights_and_biases,
)
from autograd_tiny.support.timing import in_turns
from autograd_tiny.tabular import shuffle

require_own_nn()  # which most of them import

__all__ = [
    "apart",
    "as_values",
    "data_of",
    "difference",
    "gradient_of",
    "heading",
    "in_digits",
    "in_turns",
    "largest_difference",
    "picture_folder",
    "say",
    "shuffle",
    "weights_and_biases",
]
