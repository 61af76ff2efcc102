r"""Numbers as people read them, and as Python reads them back.

>>> print(short(1 / 3), exact(1 / 3), latex(1.5e-7), sep="   ")
0.33333   0.3333333333333333   1.5 \times 10^{-7}
"""

from __future__ import annotations

import math


def short(number: float) -> str:
    """Return a number in at most five digits, -0.0 as 0.

    >>> short(2.0), short(1 / 3), short(-0.0), short(1e300)
    ('2', '0.33333', '0', '1e+300')
    """
    return f"{number + 0.0:.5g}"


def exact(number: float) -> str:
    """Return a number in all its digits, as Python source; what has no digits is a call of `float`.

    >>> exact(0.1 + 0.2), exact(-0.0), exact(math.inf)
    ('0.30000000000000004', '-0.0', "float('inf')")
    """
    return repr(number) if math.isfinite(number) else f"float({str(number)!r})"


def latex(number: float) -> str:
    r"""Return a number in at most five digits, as LaTeX.

    >>> print(latex(-0.5), latex(-math.inf), latex(math.nan), latex(1e300))
    -0.5 -\infty \mathrm{nan} 10^{300}
    """
    if math.isnan(number):
        return r"\mathrm{nan}"
    digits, _, exponent = short(number).replace("inf", r"\infty").partition("e")
    if not exponent:
        return digits
    power = f"10^{{{int(exponent)}}}"
    return power if digits == "1" else f"-{power}" if digits == "-1" else rf"{digits} \times {power}"
