"""Say what a common exception of Python means in a student's function.

>>> meaning_of(Failure("TypeError", "unsupported operand type(s) for ^: 'float' and 'int'"))
'a power is written ** in Python; ^ is an operation on bits'
"""

from __future__ import annotations

import re
from typing import Final

from autograd_tiny.labs.comparison import Failure

MEANINGS: Final = {
    r"TypeError: unsupported operand type\(s\) for \^": "a power is written ** in Python; ^ is an operation on bits",
    r"TypeError: .*'NoneType'": "a function that returns nothing gives None; sort() and append() do so too",
    r"TypeError: .*takes \d+ positional argument": "the function has to take the arguments that the cell began with",
    r"(TypeError: .*missing \d+ required|TypeError: .*object is not callable)": (
        "the function has to be called with all of its arguments, and a number cannot be called: is a * missing?"
    ),
    "NameError: name": "run the cells above from the first one on, and look at how the name is spelled",
    "UnboundLocalError: ": "a name that gets its number inside a loop or an if has none where that does not run",
    "IndexError: list index": "the first position of a list is 0, and the last one is its length minus 1",
    "RecursionError: ": "the function calls itself without end: in which case does it stop?",
    "OverflowError: ": "math.exp is too large for a float from about 710 on",
}
"""The meaning of exceptions, by a regular expression for their text."""


def meaning_of(failure: Failure) -> str | None:
    """Return what an exception means, or None."""
    return next((meaning for text, meaning in MEANINGS.items() if re.match(text, str(failure))), None)
