"""Learning-rate schedules: functions of the step, the number of updates so far.

>>> schedule = warmup(10, cosine(0.1, 100))
>>> [round(schedule(step), 3) for step in (0, 5, 10, 60, 110)]
[0.0, 0.05, 0.1, 0.05, 0.0]

In your own loop, write `optimizer.lr = schedule(step)` before each `optimizer.step()`, as `fit` does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from nn.argument_checks import number_between, positive_integer
from nn.errors import ArgumentTypeError

Schedule = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """Return a schedule that is `lr` at every step.

    Raises:
        ArgumentError: `lr` is negative or not finite.

    >>> constant(0.1)(1000)
    0.1
    """
    number_between("constant", "lr", lr, 0.0)
    return partial(_constant, lr)


def step_decay(lr: float, every: int, *, factor: float = 0.1) -> Schedule:
    """Return the schedule lr · factor^⌊step / every⌋, as `torch.optim.lr_scheduler.StepLR`.

    Raises:
        ArgumentError: `lr` is negative, `every` is less than 1, or `factor` is outside 0 to 1.

    >>> schedule = step_decay(1.0, 10, factor=0.5)
    >>> schedule(9), schedule(10), schedule(20)
    (1.0, 0.5, 0.25)
    """
    number_between("step_decay", "lr", lr, 0.0)
    number_between("step_decay", "factor", factor, 0.0, 1.0)
    positive_integer("step_decay", "every", every)
    return partial(_step_decay, lr, every, factor)


def exponential(lr: float, factor: float) -> Schedule:
    """Return the schedule lr · factor^step, as `torch.optim.lr_scheduler.ExponentialLR`.

    Raises:
        ArgumentError: `lr` is negative, or `factor` is outside 0 to 1.

    >>> exponential(1.0, 0.5)(2)
    0.25
    """
    number_between("exponential", "lr", lr, 0.0)
    number_between("exponential", "factor", factor, 0.0, 1.0)
    return partial(_step_decay, lr, 1, factor)


def cosine(lr: float, steps: int, *, final: float = 0.0) -> Schedule:
    """Return a schedule that falls from `lr` to `final` in `steps` steps as half a cosine wave, and then stays there.

    Source: I. Loshchilov, F. Hutter, SGDR, 2017, arXiv:1608.03983, formula 5.

    Raises:
        ArgumentError: `lr` or `final` is negative, or `steps` is less than 1.

    >>> schedule = cosine(1.0, 10)
    >>> schedule(0), round(schedule(5), 12), schedule(10), schedule(11)
    (1.0, 0.5, 0.0, 0.0)
    """
    number_between("cosine", "lr", lr, 0.0)
    number_between("cosine", "final", final, 0.0)
    positive_integer("cosine", "steps", steps)
    return partial(_cosine, lr, steps, final)


def warmup(steps: int, schedule: Schedule) -> Schedule:
    """Return a schedule that rises linearly from 0 in `steps` steps, and then follows another schedule.

    Source: P. Goyal et al., Accurate, large minibatch SGD, 2017, arXiv:1706.02677, §2.2.

    Raises:
        ArgumentError: `steps` is less than 1.

    >>> schedule = warmup(4, constant(1.0))
    >>> [schedule(step) for step in range(6)]
    [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    """
    positive_integer("warmup", "steps", steps)
    if not callable(schedule):
        raise ArgumentTypeError("warmup", "schedule", schedule, "a schedule, such as cosine(0.1, 100)")
    return partial(_warmup, steps, schedule)


# ── the formulas, as functions of a module, so that schedules can be pickled ──


def _constant(lr: float, step: int) -> float:
    return lr


def _step_decay(lr: float, every: int, factor: float, step: int) -> float:
    return lr * factor ** (step // every)


def _cosine(lr: float, steps: int, final: float, step: int) -> float:
    return final + (lr - final) * (1.0 + math.cos(math.pi * min(step / steps, 1.0))) / 2.0


def _warmup(steps: int, schedule: Schedule, step: int) -> float:
    return schedule(0) * step / steps if step < steps else schedule(step - steps)


def sees_its_step_only(schedule: Any, depth: int = 3) -> bool:
    """Return whether a schedule computes with its step, numbers and modules of mathematics, and sees no Value.

    `fit` calls it without writing the Values of the parameters first. It is False for what is not sure.

    >>> factor, rates = 0.9, [0.1, 0.01]
    >>> sees_its_step_only(lambda step: 0.1 * factor**step), sees_its_step_only(lambda step: rates[step])
    (True, False)
    """
    parts: Iterable[Any] = ()
    match schedule:
        case tuple():
            parts = schedule
        case partial():
            parts = (schedule.func, *schedule.args, *schedule.keywords.values())
        case FunctionType() if schedule.__code__.co_filename != __file__:
            parts = _seen(schedule)
        case BuiltinFunctionType():
            parts = (schedule.__self__,)
        case ModuleType():
            return schedule.__name__ in {"math", "numpy"}
        case _:
            return isinstance(schedule, int | float | str | FunctionType) or schedule is None
    return depth > 0 and all(sees_its_step_only(part, depth - 1) for part in parts)


def _seen(function: FunctionType) -> Iterator[Any]:
    """Yield what a function can read besides its arguments; a list, which is not sure, if it has functions inside."""
    code = function.__code__
    yield from (cell.cell_contents for cell in function.__closure__ or ())
    yield from (function.__globals__[name] for name in code.co_names if name in function.__globals__)
    yield from (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    yield [] if any(isinstance(constant, CodeType) for constant in code.co_consts) else None
