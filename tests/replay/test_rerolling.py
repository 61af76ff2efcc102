"""Loops from repetitions: the same statements, in the same order, in a text as short as a person would write."""

from __future__ import annotations

import random
import re
from itertools import accumulate
from typing import Any

import pytest

from autograd_tiny.replay.rerolling import Item, arity, executed, rerolled, statement, written


def unrolled(items: list[Item]) -> list[Item]:
    """Return the statements that items execute, computed from the numbers of loops."""
    result: list[Item] = []
    for shape, numbers in items:
        if isinstance(shape, str):
            result.append((shape, numbers))
            continue
        half = len(numbers) // 2
        ends = list(accumulate(map(arity, shape), initial=0))
        for k in range(numbers[0]):
            now = [x + k * step for x, step in zip(numbers[1 : half + 1], numbers[half + 1 :], strict=True)]
            for part, start, end in zip(shape, ends[:-1], ends[1:], strict=True):
                result += unrolled([(part, tuple(now[start:end]))])
    return result


def ran(lines: list[str]) -> list[str]:
    """Return the calls f(..., ...) that loops in C make, by running them as Python."""
    python, depth = [], 0
    for line in lines:
        text = line.strip()
        heads = re.findall(r"for \(int (\w) = 0; \w [<>] ([^;]+); \w(?: ?([+-])= (\d+)|(\+\+|--))\) ?", text)
        rest = re.sub(r"for \([^)]*\) ?", "", text)
        indented = depth
        for name, end, sign, step, unit in heads:
            size = int(f"{sign}{step}" if step else f"{unit[0]}1")
            python.append(f"{'    ' * indented}for {name} in range(0, {end}, {size}):")
            indented += 1
        if rest == "{":
            depth = indented
        elif rest == "}":
            depth -= 1
        else:
            python += [f"{'    ' * indented}{call}" for call in rest.split("; ")]
    calls: list[str] = []
    names = {name: lambda *numbers, name=name: calls.append(f"{name}{numbers}") for name in "fgh"}
    exec("\n".join(python).replace(";", ""), names)  # the text of this test
    return calls


def network(layers: int, units: int, inputs: int) -> list[Item]:
    items = []
    for t in range(layers):
        for i in range(units):
            items += [
                statement("f(@0, @1, @2);", 100 + t * units + i, i * inputs + j, t * inputs + j)
                for j in range(inputs)
            ]
            items.append(statement("g(@0);", 100 + t * units + i))
    return items


def test_layers_are_nested_loops() -> None:
    assert list(written(rerolled(network(5, 4, 3)))) == [
        "for (int a = 0; a < 5; a++) {",
        "    for (int b = 0; b < 4; b++) {",
        "        for (int c = 0; c < 3; c++) f(100 + 4 * a + b, 3 * b + c, 3 * a + c);",
        "        g(100 + 4 * a + b);",
        "    }",
        "}",
    ]


def test_growing_context_is_a_triangular_loop() -> None:
    items = [statement("f(@0, @1);", t, s) for t in range(3, 9) for s in range(t + 1)]
    assert list(written(rerolled(items))) == [
        "for (int a = 0; a < 6; a++) for (int b = 0; b < 4 + a; b++) f(3 + a, b);"
    ]


def test_variable_counts_in_steps_of_all_numbers() -> None:
    items = [statement("f(@0, @1);", 90 - 7 * k, 3 - 7 * k) for k in range(5)]
    assert list(written(rerolled(items))) == ["for (int a = 0; a > -35; a -= 7) f(90 + a, 3 + a);"]


def test_two_repetitions_are_no_pattern() -> None:
    items = [statement("f(@0);", 3), statement("f(@0);", 17)]
    assert rerolled(items) == items
    assert list(written(items)) == ["f(3); f(17);"]


def test_numbers_that_grow_unevenly_are_no_loop() -> None:
    items = [statement("f(@0);", k * k) for k in range(9)]
    assert rerolled(items) == items


def test_holes_that_a_text_lacks_are_left_out() -> None:
    assert statement("f(@1);", 1, 2, 3) == ("f(@1);", (1, 2))


def test_statements_that_a_loop_executes() -> None:
    assert [executed(item) for item in rerolled(network(5, 4, 3))] == [5 * 4 * 4]
    assert executed(("f();", ())) == 1


def drawn(seed: int) -> list[Item]:
    """Return nested loops with mistakes: random periods, steps, and statements that break them."""
    draw = random.Random(seed)

    def body(depth: int) -> Any:
        if depth == 0 or draw.random() < 0.4:
            size = draw.randrange(3)
            return statement(
                f"{draw.choice('fgh')}({', '.join(f'@{k}' for k in range(size))});",
                *[draw.randrange(50) for _ in range(size)],
            )
        return [body(depth - 1) for _ in range(draw.randrange(1, 4))], draw.randrange(1, 7), draw.randrange(-3, 9)

    def run(part: Any, shift: int) -> list[Item]:
        if isinstance(part[0], str):
            return [(part[0], tuple(number + shift for number in part[1]))]
        parts, count, step = part
        return [item for k in range(count) for inner in parts for item in run(inner, shift + k * step)]

    items = run(([body(3) for _ in range(3)], 3, 5), 0)
    for _ in range(draw.randrange(3)):
        items.insert(draw.randrange(len(items) + 1), statement("h(@0);", draw.randrange(50)))
    return items[:3000]


@pytest.mark.parametrize("seed", range(60))
def test_loops_execute_the_same_statements(seed: int) -> None:
    items = drawn(seed)
    rolled = rerolled(items)
    assert unrolled(rolled) == items
    assert len(rolled) <= len(items)
    assert ran(list(written(rolled))) == [f"{text[0]}{numbers}" for text, numbers in items]


def test_pairs_of_one_text_are_the_body_of_a_loop() -> None:
    pairs = [statement("f(@0, @1);", 5 + 3 * (k // 2) + k % 2, k) for k in range(36)]
    assert list(written(rerolled(pairs))) == [
        "for (int a = 0; a < 18; a++) {",
        "    f(5 + 3 * a, 2 * a); f(6 + 3 * a, 1 + 2 * a);",
        "}",
    ]
