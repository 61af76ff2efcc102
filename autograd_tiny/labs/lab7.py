"""Lab 7, digits: batches, one step for a whole batch, and the accuracy.

>>> accuracy(lambda scores, targets: sum(row.index(max(row)) == y for row, y in zip(scores, targets)))
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: accuracy([[0.1, 2], ...], [1, 1, 0]) gives 2, it should be 0.666667.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd_tiny.engine.reductions import dot
from autograd_tiny.engine.value import Value
from autograd_tiny.labs import hints
from autograd_tiny.labs.calls import Call
from autograd_tiny.labs.exercise import Exercise, prediction
from autograd_tiny.labs.kinds import LISTS
from autograd_tiny.primitives.table import cross_entropy, mean
from autograd_tiny.trace.fact_texts import MISTAKES

Scores = Sequence[Sequence[float]]
Batch = Sequence[tuple[Sequence[float], int]]

hint = hints.hint

predict_guess = prediction(
    "predict_guess",
    lambda: 1.0 / 10.0,
    mistakes={
        "0.5 would be the share with two classes; there are ten digits": 0.5,
        "10 is a percentage; the share is a number between 0 and 1": 10.0,
        "0 would take skill: who never guesses right knows something": 0.0,
        "1 would be all of them, and this network has learnt nothing yet": 1.0,
        "0.9 is how often the guess is wrong": 0.9,
    },
    hint="How many digits are there to choose from?",
)

# ── the share that is recognised ─────────────────────────────────────────────────────────────────────────────


def share_where(is_right: Callable[[Sequence[float], int], bool], scores: Scores, targets: Sequence[int]) -> float:
    """Return the share of the examples for which a condition is true.

    >>> share_where(lambda row, target: row[target] > 0, [[1.0, 0.0], [1.0, 0.0]], [0, 1])
    0.5
    """
    return sum(is_right(row, target) for row, target in zip(scores, targets, strict=True)) / len(targets)


def is_largest(row: Sequence[float], target: int) -> bool:
    """Return whether the target has the largest score."""
    return row.index(max(row)) == target


accuracy = Exercise(
    "accuracy",
    partial(share_where, is_largest),
    samples=[
        ([[0.1, 2.0], [0.5, 0.7], [-1.0, 3.0]], [1, 1, 0]),
        ([[3.0, 1.0, 2.0], [0.0, -1.0, 0.5], [1.0, 0.0, 2.0], [0.1, 0.3, 0.2]], [0, 1, 0, 0]),
        ([[-0.5, 0.9], [0.3, 0.2]], [1, 0]),
        ([[1.0, 1.0], [1.0, 1.0]], [0, 1]),
        ([[-3.0, -1.0, -2.0], [-1, -5, -2], [0.0, 1.0, 0.5], [2, 3, 1]], [1, 0, 1, 0]),
    ],
    mistakes={
        "that is how many are right; divide by how many there are": lambda scores, targets: (
            share_where(is_largest, scores, targets) * len(targets)
        ),
        "that is a percentage; the share is a number between 0 and 1": lambda scores, targets: (
            100.0 * share_where(is_largest, scores, targets)
        ),
        "the smallest score is taken; the answer is where the largest stands": partial(
            share_where, lambda row, target: row.index(min(row)) == target
        ),
        "a score is compared with the target; compare the position of the largest score": partial(
            share_where, lambda row, target: max(row) == target
        ),
        "that is the share that is wrong; count those that are right": partial(
            share_where, lambda row, target: not is_largest(row, target)
        ),
        "divide by the number of examples, not by the number of classes": lambda scores, targets: (
            share_where(is_largest, scores, targets) * len(targets) / len(scores[0])
        ),
        "where two scores are the largest, the network still gives one answer": partial(
            share_where, lambda row, target: row[target] == max(row)
        ),
    },
    hint="For one example: at which position is the largest score, and is that the target?",
)

# ── batches ──────────────────────────────────────────────────────────────────────────────────────────────────


def slices(examples: list[int], size: int, *, end: int = 0, stride: int | None = None) -> list[list[int]]:
    """Return the batches, with a range that can be wrong.

    >>> slices([1, 2, 3], 2)
    [[1, 2], [3]]
    """
    return [examples[start : start + size] for start in range(0, len(examples) + end, stride or size)]


batches = Exercise(
    "batches",
    slices,
    samples=[(list(range(10)), 4), (list(range(6)), 3), (list(range(5)), 2), ([5, 2, 9, 4], 1), ([3, 1, 2], 7)],
    kind=LISTS,
    mistakes={
        "the last examples are dropped where they do not fill a batch; let the last batch be smaller": (
            lambda examples, size: [batch for batch in slices(examples, size) if len(batch) == size]
        ),
        "the batches overlap: from one to the next go on by size, not by 1": partial(slices, stride=1),
        "there is an empty batch at the end where the size divides the number of examples": partial(slices, end=1),
        "that is the first batch again and again: slice from start, [start:start + size]": lambda examples, size: (
            [examples[:size] for _ in slices(examples, size)]
        ),
        "that is the first batch only": lambda examples, size: slices(examples, size)[:1],
        "size is taken for the number of batches; it is how many examples are in each": lambda examples, size: slices(
            examples, -(-len(examples) // size)
        ),
    },
    hint="At which positions does a batch begin, and where does it end?",
)

# ── one step for a whole batch ───────────────────────────────────────────────────────────────────────────────


class Scorer:
    """A model of two inputs and three scores with the interface of `nn`: a call, `parameters` and `zero_grad`.

    >>> [score.data for score in Scorer()([1.0, 0.0])]
    [0.5, -1.0, 0.25]
    """

    def __init__(self) -> None:
        self.rows = [[Value(w) for w in row] for row in ((0.5, 1.0), (-1.0, 0.75), (0.25, -0.5))]

    def __call__(self, x: Sequence[float]) -> list[Value]:
        """Return the scores of one example."""
        return [dot(row, x) for row in self.rows]

    def parameters(self) -> list[Value]:
        """Return every weight."""
        return [w for row in self.rows for w in row]

    def zero_grad(self) -> None:
        """Set the gradient of every weight to 0."""
        for w in self.parameters():
            w.grad = 0.0


def calls_of_learn(batch: Batch, rate: float) -> list[Call]:
    """Return two calls with the same model, whose gradients are not 0 in the beginning."""
    model = Scorer()
    for p in model.parameters():
        p.grad = 0.5
    return [Call((model, batch, rate)), Call((model, batch, rate), " and called again with the same model,")]


def learning_seen(loss: float, model: Scorer, *_: Any) -> dict[str, Any]:
    """Return the loss, and the weights after the step."""
    return {"loss": loss, "weights": [p.data for p in model.parameters()]}


def learning(
    *,
    is_zeroed: bool = True,
    is_moved: bool = True,
    sign: float = -1.0,
    told: Callable[[float], Any] = float,
    reduce: Callable[[list[Value]], Any] = mean,
) -> Callable[..., Any]:
    """Return the step of the lab, with parts that can be wrong."""

    def learn(model: Scorer, batch: Batch, rate: float) -> Any:
        if is_zeroed:
            model.zero_grad()
        loss = reduce([cross_entropy(model(x), target) for x, target in batch])
        loss.backward()
        for p in model.parameters() if is_moved else ():
            p.data += sign * rate * p.grad
        return told(loss.data)

    return learn


def late_loss(model: Scorer, batch: Batch, rate: float) -> float:
    """Take a step, and return the loss after it."""
    learning()(model, batch, rate)
    return float(mean([cross_entropy(model(x), target) for x, target in batch]).data)


def example_by_example(model: Scorer, batch: Batch, rate: float) -> float:
    """Take a step for each example, and return the mean of their losses."""
    return float(sum(learning()(model, [example], rate) for example in batch)) / len(batch)


learn = Exercise(
    "learn",
    learning(),
    samples=[
        ([([1.0, 0.5], 0), ([-0.5, 2.0], 1), ([1.5, -1.0], 2)], 0.5),
        ([([0.5, -1.0], 2), ([2.0, 0.25], 1)], 0.25),
        ([([1.0, 1.0], 2), ([0.0, -1.5], 0), ([-1.0, 0.5], 1), ([0.25, 2.0], 1)], 1.0),
    ],
    mistakes={
        MISTAKES["zero"]: learning(is_zeroed=False),
        "the losses are summed; take their mean, so that the step does not grow with the batch": learning(
            reduce=lambda losses: sum(losses[1:], losses[0])
        ),
        "you walk uphill: subtract rate times the gradient": learning(sign=1.0),
        "no weight moves: after backward(), subtract rate times the gradient from each p.data": learning(
            is_moved=False
        ),
        "it returns nothing: does your function end with return loss.data?": learning(told=lambda loss: None),
        "that is the loss after the step; return the one that the step began with": late_loss,
        "the mean has divided by the size of the batch already; take the whole step": lambda model, batch, rate: (
            learning()(model, batch, rate / len(batch))
        ),
        "there is a step for every example; take the mean over the batch first, and one step": example_by_example,
        "only the first example of the batch is used": lambda model, batch, rate: learning()(model, batch[:1], rate),
        "only the last example of the batch is used": lambda model, batch, rate: learning()(model, batch[-1:], rate),
    },
    hint="What has to be 0 before the backward pass, what is averaged, and what moves by how much?",
    calls=calls_of_learn,
    seen=learning_seen,
    moved=(0,),
    show=lambda batch, rate: f"learn with {len(batch)} examples, gradients left over and rate {rate}",
)
