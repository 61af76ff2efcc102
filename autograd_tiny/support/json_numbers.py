"""Write numbers as JSON, which has neither infinities nor nan: those are strings.

>>> import json
>>> json.dumps([json_number(x) for x in (0.5, float("-inf"), None)], allow_nan=False)
'[0.5, "-inf", null]'
"""

from __future__ import annotations

from math import isfinite


def json_number(number: float | None) -> float | str | None:
    """Return a number as JSON can hold it: a number that is not finite as "inf", "-inf" or "nan", None as it is."""
    return number if number is None or isfinite(number) else str(number)
