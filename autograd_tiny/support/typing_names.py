"""Names of `typing` that Python 3.10 does not have, so that `typing.get_type_hints` works for public functions there.

>>> AnyOptions[dict[str, int]] is Any
True
"""

from __future__ import annotations

import typing
from typing import Any

__all__ = ["Unpack"]


class AnyOptions:
    """`Unpack[Options]` of keyword arguments where `typing` has no Unpack: Any."""

    def __class_getitem__(cls, options: Any) -> Any:
        return Any


Unpack: Any = getattr(typing, "Unpack", AnyOptions)
