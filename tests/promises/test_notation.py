"""∂root/∂x is the gradient of x, wherever it is printed: no line equates it with another number.

Every text about random graphs is read: events, `why` at each step, the prompt, worked solutions, the table of
`autograd-tiny explain`, and the notes of diagrams.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest
from hypothesis import strategies as st

from autograd_tiny import Value
from autograd_tiny.cli.explain import node_rows, product_of
from autograd_tiny.diagrams import to_dot
from autograd_tiny.explanation import explain
from autograd_tiny.trace import Trace
from tests.debugger.sessions import talk
from tests.random_programs import compute, tame_program
from tests.sampling import campaign

pytestmark = [pytest.mark.once, pytest.mark.no_cover]

DERIVATIVE = re.compile(r"∂(\w+)/∂(\w+)")
NUMBER = r"\(?-?(?:inf|nan|\d[\d.]*(?:e[+-]?\d+)?)\)?"


def graph(seed: int) -> Value:
    source = Random(seed)
    numbers, steps = tame_program(source, leaves=3, steps=source.randint(1, 8), recent=4)
    return compute([Value(x, label=f"x{i}") for i, x in enumerate(numbers)], steps)[-1]


def false_claims(line: str, root: str, gradients: dict[str, float | None]) -> Iterator[str]:
    """Yield what a line says of a gradient that is not so: of ∂root/∂x alone, and of each upstream in a product."""
    line = line.rpartition("     ")[2].removeprefix("The backward pass gives ")
    for of, x in DERIVATIVE.findall(line):
        if of != root or x not in gradients:
            yield f"∂{of}/∂{x} is not a gradient"
    if re.search("· ?∂", line):
        yield "the partial is written as a gradient"
    for chain in re.split(r";|, now|, but| so far", re.sub(r"^\s*(\[.*\] )", "", line)):
        parts = [part.strip() for part in chain.partition(" by the central difference")[0].split(" = ")]
        subject = DERIVATIVE.fullmatch(parts[0])
        if subject and len(parts) > 1 and "—" not in chain:
            claimed = re.fullmatch(rf"({NUMBER})(:.*| by the chain rule,.*)?", parts[-1])
            if claimed and not same(claimed.group(1), gradients.get(subject.group(2))):
                yield f"{parts[0]} = {claimed.group(1)}"
        for symbols, numbers in pairwise(parts):
            yield from false_upstreams(symbols, numbers, gradients)


def false_upstreams(symbols: str, numbers: str, gradients: dict[str, float | None]) -> Iterator[str]:
    """Yield each ∂root/∂z of a sum of products beside which the numbers have another upstream."""
    upstreams = re.findall(r"∂\w+/∂(\w+) ?· ?", symbols)
    shown = re.findall(rf"(?:^|\+ )({NUMBER}|—)(?: ?· ?|$| \+)", numbers)
    if len(upstreams) == len(shown) and "·" in numbers:
        for z, number in zip(upstreams, shown, strict=True):
            if number != "—" and not same(number, gradients.get(z)):
                yield f"the upstream of {z} is {number}"


def same(text: str, number: float | None) -> bool:
    shown = float(text.strip("()"))
    return number is not None and (
        math.isclose(shown, number, rel_tol=1e-3, abs_tol=1e-300) or (shown != shown and number != number)
    )


def at_each_step(trace: Trace) -> Iterator[tuple[str, dict[str, float | None]]]:
    """Yield every line on a trace, with the gradients that it may speak of."""
    for event in [None, *trace]:
        if event is not None:
            trace.step()
        now = {name: trace.gradient(node) for node, name in trace.names.items()}
        about = trace.names if event is None else {event.node, event.input or event.node}
        sums = [str(trace.why(node)) for node in map(trace.find, about)]
        yield from ((text.partition("\n  where ")[0], now) for text in sums)  # without what a symbol such as λ is
        if event is not None:
            yield str(event), now


def at_the_end(root: Value, trace: Trace) -> Iterator[tuple[str, dict[str, float | None]]]:
    end = {name: trace.gradient(node) for node, name in trace.names.items()}
    leaf = next(name for node, name in trace.names.items() if node.primitive is None)
    lines = [*talk(root, "c", f"w {leaf}", f"why {leaf}", "l", "b", f"check {leaf}", "reset", "s", "s", "s", "q")]
    lines += talk(root, f"jvp {leaf}", "c", f"jvp {leaf}=-0.5", "c")
    lines += explain(root, full=True).splitlines()
    lines += [product_of(event) for row in node_rows(root) for event in row.contributions]
    lines += re.findall(r'tooltip="(.*?)"', to_dot(root))
    return ((line, end) for line in unfolded(lines))


def unfolded(lines: list[str]) -> list[str]:
    """Return the lines of a session, a formula that was folded at an operator as one."""
    whole: list[str] = []
    for line in lines:
        if whole and whole[-1].endswith((" +", " =", " -")):
            whole[-1] += f" {line.strip()}"
        else:
            whole.append(line)
    return whole


@campaign(60, 2_000, seed=st.integers(0, 2**32 - 1))
def test_no_line_equates_a_gradient_with_another_number(seed: int) -> None:
    root = graph(seed)
    trace = root.trace()
    name = trace.names[root]
    for line, gradients in [*at_each_step(trace), *at_the_end(root, trace)]:
        assert not list(false_claims(line, name, gradients)), line


@pytest.mark.parametrize(
    "line",
    [
        "∂L/∂x = x = 3",
        "L = x * x = 9     ∂L/∂x = x = 3",
        "∂L/∂x = 3",
        "∂L/∂x = ∂L/∂v1·∂v1/∂x = 1·6 = 6",
        "∂L/∂x = ∂L/∂L·x + ∂L/∂L·x = 2·3 + 1·3 = 6",
        "∂L/∂x += ∂L/∂L·∂L/∂x = 1·3 = 3, now 6",
        "The backward pass gives ∂L/∂x = 3: equal to L'.",
        "The backward pass gives ∂L/∂x·x' = 3·2 = 6: equal to L'.",
    ],
)
def test_planted_false_line_is_found(line: str) -> None:
    assert list(false_claims(line, "L", {"L": 1.0, "x": 6.0}))
