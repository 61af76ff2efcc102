"""The verdicts of a gradient check: a table of them, and an error for each that is not "agrees".

>>> table = GradientTable()
>>> table.append(GradientCheck(gradient=6.0, difference=6.0, error=0.0))
>>> table.names, table.verdicts, table.slopes = ["x"], [AGREES], [(6.0, 6.0)]
>>> print(table)
   gradient  difference  error
x  6         6           0e+00  agrees
"""

from __future__ import annotations

from typing import Final, NamedTuple

from autograd_tiny.errors import AutogradError
from autograd_tiny.support.display_width import display_width, pad_right

AGREES, DISAGREES, ROUNDED = "agrees", "disagrees", "not judged: rounding hides the difference"
KINK, JUMP, STEEP = "not judged: a kink near", "not judged: a jump near", "not judged: too steep near"
AT_KINK: Final = "not judged: at a kink"
INFINITE_SLOPE, NOT_FINITE = "not judged: the slope is infinite", "not judged: the function is not finite"
ONE_SIDED = "not judged: the function is not finite beside the point"
HEADER: Final = ("", "gradient", "difference", "error", "")


class GradientCheck(NamedTuple):
    """One input's gradient beside the central difference.

    Attributes:
        gradient: from the backward pass.
        difference: (f(x + h) - f(x - h)) / 2h; where the function bends too much for h, the limit of this for
            smaller steps, extrapolated (L. F. Richardson, 1911).
        error: |gradient - difference| / max(|gradient|, |difference|, 1).
    """

    gradient: float
    difference: float
    error: float


class GradientTable(list[GradientCheck]):
    """A `GradientCheck` for each input; printed, it is a table.

    Attributes:
        names: of the inputs.
        verdicts: for each input "agrees", "disagrees" or "not judged: " with the reason: the point is at a kink; a
            kink, a jump or a place that is too steep is near; the slope is infinite, as measured; the function is not
            finite, there or beside the point; rounding hides the difference.
        slopes: for each input the slopes of the function on its left and on its right.
    """

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.verdicts: list[str] = []
        self.slopes: list[tuple[float, float]] = []

    def __str__(self) -> str:
        rows = [HEADER]
        for name, check, verdict, slopes in zip(self.names, self, self.verdicts, self.slopes, strict=True):
            sides = "; slopes {:.5g} and {:.5g}".format(*slopes) if verdict == AT_KINK else ""
            numbers = f"{check.gradient:.9g}", f"{check.difference:.9g}", f"{check.error:.0e}"
            rows.append((name, *numbers, verdict + sides))
        widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(pad_right(cell, width) for cell, width in zip(row, widths, strict=True)) for row in rows)
        return "\n".join(line.rstrip() for line in lines)


class GradientError(AutogradError, ArithmeticError):
    """A gradient that is not the slope of its function.

    Attributes:
        position: which of the inputs.
        check: both numbers.
    """

    def __init__(self, position: int, check: GradientCheck, tolerance: float, name: str = "") -> None:
        self.position = position
        self.check = check
        super().__init__(self._sentence(name or f"input {position}", tolerance))

    def _sentence(self, name: str, tolerance: float) -> str:
        return (
            f"the gradient of {name} is {self.check.gradient!r}, the central difference {self.check.difference!r}: "
            f"relative error {self.check.error:.1e}, allowed {tolerance:.1e}; a partial is wrong, or a Value detached"
        )


class KinkError(GradientError):
    """A gradient that no difference can judge: at a kink, at inf or nan, or where rounding hides the difference."""

    reason = (
        "there is a kink near {name}, where a difference mixes the slopes of both sides: it is {difference!r}, the "
        "gradient {gradient!r}; check at another point"
    )

    def _sentence(self, name: str, tolerance: float) -> str:
        return self.reason.format(name=name, gradient=self.check.gradient, difference=self.check.difference)


class AtKinkError(KinkError):
    """A gradient at a kink of the function."""

    reason = (
        "{name} is at a kink: the difference {difference!r} is the mean of the slopes on both sides, and the "
        "gradient {gradient!r} follows conventions, such as 0 for relu and abs at 0, and equal shares for ties of "
        "max; check at another point"
    )


class JumpError(KinkError):
    """A gradient near a jump of the function."""

    reason = (
        "the function jumps near {name}, so the difference {difference!r} does not judge the gradient {gradient!r}; "
        "check at another point"
    )


class SteepError(KinkError):
    """A gradient near a place where differences grow as the step becomes smaller, such as a pole."""

    reason = (
        "the function is too steep near {name}: differences grow from step to step, so the difference {difference!r} "
        "does not judge the gradient {gradient!r}; pass a smaller step"
    )


class InfiniteSlopeError(KinkError):
    """An infinite gradient where the slope is infinite, as that of a root at 0."""

    reason = (
        "the slope is infinite at {name}: differences grow without bound there, so no difference judges the gradient "
        "{gradient!r}; check at another point"
    )


class OneSidedError(KinkError):
    """A gradient at the end of the domain of the function."""

    reason = "the function is not finite on both sides of {name}, so there is no difference; check inside its domain"


class UndefinedError(KinkError):
    """A gradient where the function is nan or infinite, which has no difference."""

    reason = "the function is not finite at {name}, so no difference judges its gradient; check at another point"


class HiddenDifferenceError(KinkError):
    """A gradient whose difference is rounding, since the function computes with much larger numbers."""

    reason = (
        "rounding hides the difference for {name}: it is {difference!r} beside a gradient of {gradient!r}, since the "
        "function computes with much larger numbers; pass a larger step"
    )


ERRORS: Final = {
    DISAGREES: GradientError,
    KINK: KinkError,
    AT_KINK: AtKinkError,
    JUMP: JumpError,
    STEEP: SteepError,
    INFINITE_SLOPE: InfiniteSlopeError,
    ONE_SIDED: OneSidedError,
    NOT_FINITE: UndefinedError,
    ROUNDED: HiddenDifferenceError,
}
