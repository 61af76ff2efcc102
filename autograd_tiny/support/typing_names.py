"""Names of `typing` that Python 3.10 does not have, so that `typing.get_type_hints` works for public functions there.

>>> Unpack[dict] is None
False
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["Unpack"]

if sys.version_info >= (3, 11):
    from typing import Unpack
else:

    class Unpack:
        """`Unpack[Options]` of keyword arguments is Any."""

        def __class_getitem__(cls, options: Any) -> Any:
            return Any
