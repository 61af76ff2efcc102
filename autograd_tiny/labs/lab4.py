"""Lab 4, gradient descent: one step, the loop around it, and how large a step may be.

>>> largest_rate(lambda a: a)
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: largest_rate(0.5) gives 0.5, it should be 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_tiny.engine.reductions import sum
from autograd_tiny.engine.value import Value
from autograd_tiny.labs import hints
from autograd_tiny.labs.calls import Call
from autograd_tiny.labs.exercise import Exercise, prediction
from autograd_tiny.labs.kinds import ANYTHING, NUMBERS
from autograd_tiny.trace.fact_texts import MISTAKES

Loss = Callable[[Sequence[Value]], Value]
RATE = 0.1

hint = hints.hint

predict_step = prediction(
    "predict_step",
    lambda: 4.0 - RATE * 8.0,
    mistakes={
        "4.8 walks uphill: the gradient points to where the loss grows, so it is subtracted": 4.8,
        "-4 takes the whole gradient 8; only the learning rate times it is subtracted": -4.0,
        "-0.8 is the change alone; it is added to where p was": -0.8,
        "3.6 subtracts 0.1 times p itself; the gradient of p² is 2p": 3.6,
        "0.8 is how long the step is, not where it ends": 0.8,
    },
    hint="How long is the step, in which direction does it go, and where does it start?",
)

# ── one step ─────────────────────────────────────────────────────────────────────────────────────────────────

Step = Callable[[Sequence[Value], float], object]


def calls_of_step(numbers: Sequence[float], gradients: Sequence[float], rate: float) -> list[Call]:
    """Return two calls with the same parameters."""
    parameters = [Value(number) for number in numbers]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    return [Call((parameters, rate)), Call((parameters, rate), ", and one more step with the same gradients,")]


def parameters_seen(result: Any, parameters: Sequence[Value], *arguments: Any) -> list[float]:
    """Return the data of the parameters after a step."""
    return [parameter.data for parameter in parameters]


def moving(change: Callable[[Value, float], float]) -> Step:
    """Return a step that adds a change to each parameter.

    >>> p = Value(4.0)
    >>> moving(lambda p, rate: -rate * p.data)([p], 0.1)
    >>> p.data
    3.6
    """

    def step(parameters: Sequence[Value], rate: float) -> None:
        for p in parameters:
            p.data += change(p, rate)

    return step


descend = moving(lambda p, rate: -rate * p.grad)

step = Exercise(
    "step",
    descend,
    samples=[
        ([4.0, -1.0], [8.0, 0.5], 0.1),
        ([0.5], [-3.0], 0.05),
        ([1.0, 2.0, 3.0], [0.25, 0.0, -2.0], 0.5),
        ([2, -3], [-1, -2], 1),
    ],
    mistakes={
        "you walk uphill: subtract the gradient, it points to where the loss grows": moving(
            lambda p, rate: rate * p.grad
        ),
        "the learning rate is missing: subtract rate times the gradient": moving(lambda p, rate: -p.grad),
        "that replaces the number by the change: write -= and not =": moving(lambda p, rate: -rate * p.grad - p.data),
        "the step goes along p.data; go along the gradient, p.grad": moving(lambda p, rate: -rate * p.data),
        "the gradient is missing: subtract rate times p.grad": moving(lambda p, rate: -rate),
        "you divide by the learning rate; multiply the gradient by it": moving(lambda p, rate: -p.grad / rate),
        "only the first parameter moves; move every one of them": lambda parameters, rate: descend(
            parameters[:1], rate
        ),
        "nothing moves: assign to p.data, a new name for the result changes no parameter": lambda parameters, rate: (
            None
        ),
    },
    hint="For one parameter: how far does it go, in which direction, and which of its attributes has to change?",
    kind=ANYTHING,
    calls=calls_of_step,
    seen=parameters_seen,
    moved=(0,),
    show=lambda numbers, gradients, rate: f"step from {numbers} with gradients {gradients} and rate {rate}",
)

# ── the loop ─────────────────────────────────────────────────────────────────────────────────────────────────


def bowl(centre: Sequence[float]) -> Loss:
    """Return the loss Σ k·(p - centre)², steeper from parameter to parameter.

    >>> bowl([1.0, 2.0])([Value(1.0), Value(3.0)]).data
    2.0
    """
    return lambda parameters: sum(
        [k * (p - c) ** 2 for k, (p, c) in enumerate(zip(parameters, centre, strict=True), start=1)]
    )


def calls_of_train(start: Sequence[float], centre: Sequence[float], steps: int = 4, rate: float = RATE) -> list[Call]:
    """Return two calls that go on with the same parameters, whose gradients are not 0 in the beginning."""
    parameters = [Value(number) for number in start]
    for parameter in parameters:
        parameter.grad = 0.75
    arguments = (bowl(centre), parameters, steps, rate)
    return [Call(arguments), Call(arguments, " and called once more from there,")]


def training_seen(losses: list[float], loss_of: Loss, parameters: Sequence[Value], *_: Any) -> dict[str, Any]:
    """Return the losses, and the parameters after the last step."""
    return {"losses": losses, "parameters": [parameter.data for parameter in parameters]}


def zero(parameters: Sequence[Value]) -> None:
    """Set every gradient to 0."""
    for p in parameters:
        p.grad = 0.0


def loop(
    *,
    before_backward: Callable[[Sequence[Value]], object] = zero,
    move: Step = descend,
    is_late: bool = False,
    is_stale: bool = False,
    extra: int = 0,
    told: Callable[[list[float]], Any] = list,
) -> Callable[..., Any]:
    """Return the training loop of the lab, with parts that can be wrong."""

    def train(loss_of: Loss, parameters: Sequence[Value], steps: int, rate: float) -> Any:
        losses = []
        loss = loss_of(parameters)
        for _ in range(steps + extra):
            if not is_stale:
                loss = loss_of(parameters)
            before_backward(parameters)
            loss.backward()
            move(parameters, rate)
            losses.append(loss_of(parameters).data if is_late else loss.data)
        return told(losses)

    return train


def do_nothing(*_: object) -> None:
    """Leave out a part of the loop."""


def zeroed_once(loss_of: Loss, parameters: Sequence[Value], steps: int, rate: float) -> Any:
    """Set the gradients to 0 before the loop only."""
    zero(parameters)
    return loop(before_backward=do_nothing)(loss_of, parameters, steps, rate)


def loop_of_one_step(loss_of: Loss, parameters: Sequence[Value], steps: int, rate: float) -> Any:
    """Take the first step only."""
    return loop()(loss_of, parameters, 1, rate)


train = Exercise(
    "train",
    loop(),
    samples=[
        ([4.0, -1.0], [1.0, 2.0]),
        ([0.5], [-3.0]),
        ([1.0, 2.0, 3.0], [0.0, 0.5, -2.0]),
        ([1.0, 2.0], [1.0, 2.0], 3, 0.2),
        ([2, -1], [0, 1], 6, 0.05),
    ],
    mistakes={
        MISTAKES["zero"]: (loop(before_backward=do_nothing), zeroed_once),
        "the parameters never move: after backward(), step with the gradients while they are not 0": loop(
            move=do_nothing
        ),
        "you walk uphill, and the losses grow: subtract the gradient": loop(
            move=lambda parameters, rate: descend(parameters, -rate)
        ),
        "the forward pass is done only once, before the loop: compute the loss anew in every step": loop(
            is_stale=True
        ),
        "the losses are one step late: keep the loss that the step began with": loop(is_late=True),
        "the learning rate is missing: pass it on to step": loop(
            move=lambda parameters, rate: descend(parameters, 1.0)
        ),
        "it returns nothing: does your function end with return losses?": loop(told=do_nothing),
        "that is the last loss alone: return the list of all": loop(told=lambda losses: losses[-1]),
        "it ends after the first step: does your function return inside the loop?": loop_of_one_step,
        "there is one step too many: for _ in range(steps)": loop(extra=1),
        "there is one step too few: for _ in range(steps)": loop(extra=-1),
    },
    hint="Do two rounds on paper: which gradient does the second step use, and where does it begin?",
    kind=NUMBERS,
    calls=calls_of_train,
    seen=training_seen,
    moved=(1,),
    needs=(step,),
    show=lambda start, centre, steps=4, rate=RATE: (
        f"train from {start} with gradients left over, after {steps} steps at rate {rate},"
    ),
)

# ── how large a step may be ──────────────────────────────────────────────────────────────────────────────────

largest_rate = Exercise(
    "largest_rate",
    lambda a: 1.0 / a,
    samples=[(0.5,), (2.0,), (5.0,), (3,), (0.01,)],
    mistakes={
        "the steeper the bowl, the smaller the steps have to be; it is 1 / a": lambda a: a,
        "at 1 / 2a the first step lands exactly at 0; twice as much still gets nearer": lambda a: 0.5 / a,
        "the gradient of a·x² is 2a·x, so a step multiplies x by 1 - 2a·rate: put -1 for it": lambda a: 2.0 / a,
        "2a is how fast the slope changes; the larger it is, the smaller the rate: 2 / 2a": lambda a: 2.0 * a,
        "the rate goes with 1 / a, without a square": lambda a: 1.0 / a**2,
        "the rate depends on a: try a bowl that is twice as steep": lambda a: 1.0,
        "/ 2 * a divides by 2 and then multiplies by a": lambda a: 0.5 * a,
    },
    hint="By which number does each step multiply x? From which rate on is that number -1 or less?",
)
