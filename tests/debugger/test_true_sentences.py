"""Sentences that were false or ambiguous are true now: at 80 and 40 columns, in colour, in ASCII, and from a pipe.

Each row is a graph, what is typed, what must be said, and what must not be said. Lines are joined again before they
are compared, since a narrow terminal folds them.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from autograd_tiny import Value, where
from autograd_tiny.support.terminal_text import to_ascii
from tests.debugger.pseudo_terminal import run_at_terminal
from tests.debugger.sessions import graph
from tests.debugger.test_width import network


class Case(NamedTuple):
    """A session, and what it says."""

    name: str
    root: Callable[[], Value]
    commands: tuple[str, ...]
    said: tuple[str, ...]
    unsaid: tuple[str, ...] = ()


def expression(text: str, **numbers: float) -> Callable[[], Value]:
    return lambda: graph(text, **numbers)


def four_weights() -> Value:
    """Return a graph whose weights end alike: w[0] is not the name of one of them."""
    names = [f"layers[0].neurons[{neuron}].w[{k}]" for neuron in range(2) for k in range(2)]
    w = [Value(float(k), label=name) for k, name in enumerate(names, start=1)]
    return w[0] * w[1] + w[2] * w[3]


def cancelling() -> Value:
    x = Value(3.0, label="x")
    v = x * 1.0
    return v * 2.0 - v * 2.0


def protected_root() -> Value:
    x = Value(0.0, label="x")
    return where(x > 0.0, x.sqrt(), 0.0)


NO_CHANGE = ("does not change L", "is flat", "It is flat")
OLD_WORDS = ("hands", "nothing reaches", "what comes after")
CASES = [
    # 1. the partial and the gradient have two notations
    Case("step", expression("x*x", x=3.0), ("s 3",), ("x.grad 3 → 6 += L.grad·x = 1·3 = 3",), ("∂L/∂L·∂L/∂x", "·∂")),
    Case("path", expression("x*x", x=3.0), ("w x",), ("partial: x = 3",), ("∂L/∂x = x = 3", "∂L/∂x = 3")),
    Case(
        "why", expression("x*x", x=3.0), ("c", "why x"), ("∂L/∂x = ∂L/∂L·x + ∂L/∂L·x = 1·3 + 1·3 = 6",), ("·∂L/∂x",)
    ),
    Case(
        "quiz",
        expression("x*x", x=3.0),
        ("s", "quiz", "7", "3", "q"),
        ("no: the upstream, 1, times the partial of L with respect to x",),
        ("times ∂L/∂",),
    ),
    # 2. kinks and zeros
    Case("abs at 0", expression("abs(x)", x=0.0), ("s", "s"), ("the slope changes from -1 to 1",), NO_CHANGE),
    Case("relu at 0", expression("relu(x)", x=0.0), ("s", "s"), ("L = relu(x) has a kink at x = 0",), NO_CHANGE),
    Case(
        "cos at 0", expression("cos(x)", x=0.0), ("c", "why x"), ("Beside that point the slope is not 0.",), NO_CHANGE
    ),
    Case(
        "0 times inf",
        protected_root,
        ("c", "why x"),
        ("v1 passes nan to x: its gradient 0 times the partial inf is undefined.",),
        OLD_WORDS,
    ),
    Case(
        "cancelled",
        cancelling,
        ("c", "why x"),
        ("The contributions to v1 cancel: -2 + 2 = 0. So v1 passes no gradient to x.",),
        OLD_WORDS,
    ),
    Case(
        "other factor",
        expression("a*b", a=3.0, b=0.0),
        ("c", "why a"),
        ("L = a * b passes no gradient to a, because another factor is 0: b = 0.",),
        ("at a = 3", "dead", *NO_CHANGE),
    ),
    Case("large relu", expression("relu(x)", x=-1e13), ("set x 1e13",), ("L = relu(x) crossed a kink",), ("jumps",)),
    Case(
        "reached",
        expression("relu6(x)", x=9.0),
        ("set x 6",),
        ("L = relu6(x) is at a kink now: its partials are as before",),
        ("crossed",),
    ),
    Case(
        "pole",
        expression("log(p)", p=0.0),
        ("c", "why p"),
        ("L = log(p) is -inf at p = 0: value and slope grow without bound towards that point.",),
    ),
    Case(
        "clamped",
        expression("binary_cross_entropy(p, 1)", p=1e-14),
        ("c", "why p"),
        ("has the slope -1e+14 for p beside p = 1e-14. The partial -1e+12 at that point is a convention",),
    ),
    Case(
        "paths of 0",
        expression("relu(x)*2 + relu(x)*3 + relu(x)*4", x=-1.0),
        ("c", "why x all 1"),
        ("0  2 more paths, each 0",),
        ("within the rounding",),
    ),
    Case("steep", expression("sqrt(x)", x=0.0), ("c", "why x"), ("L = sqrt(x) has an infinite slope",), ("kink",)),
    Case(
        "tie",
        expression("max([a, b])", a=2.0, b=2.0),
        ("c", "why a"),
        ("2 operands of L = max([a, b]) are tied at 2", "the partial 0.5."),
    ),
    # 3. every partial has a rule
    Case(
        "cross entropy",
        expression("cross_entropy([a, b], 0)", a=1.0, b=2.0),
        ("s 2",),
        ("where p = softmax([a, b]) = [p₁, p₂]", "+= L.grad·(p₁ - 1) = 1·(0.26894 - 1) = -0.73106"),
    ),
    Case(
        "softmax", expression("softmax([a, b])[0]", a=1.0, b=2.0), ("s 3",), ("+= L.grad·(p₁ * (1 - p₁))", "-p₁ * p₂")
    ),
    Case("logsumexp", expression("logsumexp([a, b])", a=1.0, b=2.0), ("s 2",), ("+= L.grad·p₁ = 1·0.26894",)),
    Case("mean", expression("mean([a, b, 6])", a=1.0, b=2.0), ("s 2",), ("+= L.grad·(1 / 3) = 1·0.33333",)),
    Case("max", expression("max([a, b])", a=1.0, b=2.0), ("s 3",), ("b.grad — → 1 += L.grad·1 = 1·1 = 1",)),
    Case("norm", expression("norm([a, b])", a=3.0, b=4.0), ("s 2",), ("+= L.grad·(a / L) = 1·0.6 = 0.6",)),
    Case("prod", expression("prod([a, b, 5])", a=3.0, b=4.0), ("s 2",), ("+= L.grad·(b * 5) = 1·20 = 20",)),
    Case("tanh", expression("tanh(x)", x=0.5), ("s 2",), ("+= L.grad·(1 - L ** 2) = 1·0.78645",)),
    Case("sigmoid", expression("sigmoid(x)", x=0.5), ("s 2",), ("+= L.grad·(L * (1 - L)) = 1·0.235",)),
    Case("minus", expression("-x", x=0.5), ("s 2",), ("+= L.grad·(-1) = 1·(-1) = -1",)),
    # tangents have a notation of their own
    Case(
        "jvp",
        expression("a*b + a**2", a=2.0, b=-3.0),
        ("jvp a=1 b=0.5", "c"),
        ("∂L/∂a·a' + ∂L/∂b·b' = 1·1 + 2·0.5 = 2: equal to L'.", "2 passes, 6 products with a partial."),
        ("differ",),
    ),
    Case(
        "jvp at a kink", expression("abs(x)", x=0.0), ("jvp x", "s"), ("The partial 0 is a convention.",), NO_CHANGE
    ),
    Case(
        "jvp of a dead relu",
        expression("relu(x)", x=-2.0),
        ("jvp x", "s"),
        ("L' = x'·0 = 1·0 = 0", "so L does not pass x' on."),
        ("passes no gradient", "∂L/∂x·"),
    ),
    # 4. what is set can be taken back
    Case(
        "set back",
        expression("a*a", a=2.0),
        ("set a 5", "set a 2", "reset"),
        ("no number was set; set changes that of a leaf",),
    ),
    Case(
        "reset",
        expression("a*b", a=2.0, b=3.0),
        ("set a 5", "set b=1", "reset"),
        ("a = 2, b = 3 again, as in the graph; L = 6",),
    ),
    # 5. and 6. names and counts
    Case(
        "one node", lambda: Value(3.0, label="a"), (), ("a = 3: 1 node, 1 step in the backward pass.",), ("1 nodes",)
    ),
    Case("two nodes", expression("-a", a=3.0), (), ("2 nodes, 2 steps",)),
    Case(
        "forward", expression("a*b + a", a=3.0, b=1.0), ("forward", "c"), ("2 operations, one a step.",), ("steps,",)
    ),
    Case("count", expression("a*a", a=3.0), ("b a", "c 2"), ("[3/3] a.grad 3 → 6",)),
    Case(
        "name of a picture",
        network,
        (
            "p ...neurons[1].w[0]",
            "...neurons[1].w[0].grad",
        ),
        ("no node '...neurons[1].w[0]'; did you mean",),
    ),
    Case(
        "four weights",
        four_weights,
        ("s 7", "p ...neurons[1].w[0]", "p layers[...1].w[1]", "p w[0]"),
        (
            *(f"…neurons[{neuron}].w[{k}].grad" for neuron in range(2) for k in range(2)),
            "layers[0].neurons[1].w[0] = 3",
            "layers[0].neurons[1].w[1] = 4",
            "no node 'w[0]'; did you mean layers[0].neurons[0].w[0] or layers[0].neurons[1].w[0]?",
        ),
        ("…w[0].grad", "…w[1].grad"),
    ),
]
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def at_terminal(case: Case, **settings: object) -> str:
    return run_at_terminal(lambda: case.root().debug(), *case.commands, "q none", **settings)  # type: ignore[arg-type]


def at_80_columns(case: Case) -> str:
    return at_terminal(case)


def at_40_columns(case: Case) -> str:
    return at_terminal(case, columns=40)


def in_colour(case: Case) -> str:
    screen = at_terminal(case, TERM="xterm")
    assert COLOUR.search(screen)
    return COLOUR.sub("", screen)


def in_ascii(case: Case) -> str:
    screen = at_terminal(case, encoding="ascii")
    assert screen.isascii()
    return screen


def from_a_pipe(case: Case) -> str:
    screen = io.StringIO()
    case.root().debug(stdin=io.StringIO("\n".join(case.commands)), stdout=screen)
    return screen.getvalue()


def joined(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.no_cover
@pytest.mark.parametrize("screen_of", [at_80_columns, at_40_columns, in_colour, in_ascii, from_a_pipe])
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_sentence_is_true(case: Case, screen_of: Callable[[Case], str]) -> None:
    screen = screen_of(case)
    for said in case.said:
        assert joined(to_ascii(said) if screen_of is in_ascii else said) in joined(screen), screen
    for unsaid in case.unsaid:
        assert joined(to_ascii(unsaid) if screen_of is in_ascii else unsaid) not in joined(screen), screen
    width = {at_40_columns: 40, from_a_pipe: math.inf}.get(screen_of, 80)
    typed = ("(backward)", "(forward)", "(jvp)")  # the terminal itself wraps what is typed
    assert [line for line in screen.splitlines() if len(line) > width and not line.startswith(typed)] == []
