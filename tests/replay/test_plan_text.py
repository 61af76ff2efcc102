"""The text of a plan: what it says, and that its statements compute the numbers of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value, record
from tests.replay.plan_interpreter import PlanInterpreter


def pendulum(x: list[Any], w: list[Value]) -> Any:
    angle, speed = x[0], x[1]
    for _ in range(6):
        speed = speed + 0.1 * (-w[0] * at.sin(angle) - w[1] * speed)
        angle = angle + 0.1 * speed
    return (angle + speed) ** 2


def runge_kutta(x: list[Any], w: list[Value]) -> Any:
    def slope(u: Any, v: Any) -> tuple[Any, Any]:
        return w[0] * u - w[1] * u * v, w[2] * u * v - w[3] * v

    u, v = x[0], x[1]
    for _ in range(5):
        first = slope(u, v)
        second = slope(u + 0.05 * first[0], v + 0.05 * first[1])
        u, v = u + 0.1 * second[0], v + 0.1 * second[1]
    return u * v


def series(x: list[Any], w: list[Value]) -> Any:
    h = w[4]
    for number in x:
        h = at.tanh(w[0] * h) * number
    return h * h


def centres(x: list[Any], w: list[Value]) -> Any:
    distances = [sum((a - b) ** 2 for a, b in zip(x[:2], w[2 * k : 2 * k + 2], strict=True)) for k in range(3)]
    return -at.log(sum(at.exp(-distance) for distance in distances))


@pytest.mark.parametrize("function", [pendulum, runge_kutta, series, centres])
def test_statements_compute_the_loss_and_the_gradients(function: Callable[..., Any]) -> None:
    x, w = [0.5, -0.3, 0.8, 0.1, -0.6], [0.9, 0.4, -0.2, 0.7, 0.3, 0.6]
    parameters = [Value(number) for number in w]
    program = record(lambda x: function(x, parameters), inputs=(x,), parameters=parameters, backend="numpy")
    (loss,) = program.differentiate([x])
    assert "×" in program.plan or function is centres
    run = PlanInterpreter(program.plan, inputs=x, parameters=w)
    assert run.loss == pytest.approx(loss, rel=1e-12)
    assert run.gradient == pytest.approx(program.gradients, rel=1e-12)


def lines(function: Callable[..., Any], *inputs: Any, parameters: int = 6, **settings: Any) -> list[str]:
    """Return the lines of the plan of a function of inputs and parameters."""
    w = [Value(0.5 + k) for k in range(parameters)]
    plan = record(lambda *x: function(*x, w), inputs=inputs, parameters=w, backend="python", **settings).plan
    return [line.strip() for line in plan.splitlines()]


def test_sizes_and_names_are_in_the_head() -> None:
    scale = Value(2.0)
    found = lines(lambda x, w: at.exp(w[0]) * x * scale, 1.0)
    shared = "u: 1 number that all examples share"
    assert found[:3] == [
        "3 operations in 3 groups",
        f"x: 1 input, p: 6 parameters, c: 1 other Value, {shared}, v: 2 numbers of each example",
        "gv1 is the gradient of v1",
    ]
    assert "u1 = exp(p[0]); v2 = u1 * x; v3 = v2 * c" in found
    assert "gv2 += c * gv3; gu1 += x * gv2; gp[0] += u1 * gu1" in found


def test_guards_have_their_lines() -> None:
    def absolute(x: Any, w: list[Value]) -> Any:
        return w[0] * x if x > 0.0 else -x

    found = lines(absolute, 1.0)
    line = absolute.__code__.co_firstlineno + 1
    assert f"guard v2 is True, line {line} of test_plan_text.py: return w[0] * x if x > 0.0 else -x" in found


def test_several_numbers_are_results() -> None:
    found = lines(lambda x, w: [w[0] * x, w[1] * x, at.exp(x)], 1.0)
    assert found[2] == "no gradients"
    assert "results (v1, v2)" in found
    assert "backward" not in found


def test_lists_products_and_broadcasts() -> None:
    def attention(x: list[list[Any]], w: list[Value]) -> Any:
        keys = [[w[2 * j] * row[0] + w[2 * j + 1] * row[1] for j in range(2)] for row in x]
        scores = [[at.softmax([at.dot(q, k) for k in keys])[t] for t in range(3)] for q in keys]
        return at.sum([at.max(row) * at.prod(row[:2]) for row in scores])

    found = lines(attention, [[1.0, 2.0], [0.5, 0.25], [2.0, 1.0]])
    assert "v1 (3, 2) = x (3, 2) @ p[0:4].T (2, 2)" in found
    assert "gp[0:4] += gv1.T @ x" in found
    assert "v2 (1, 3, 3) = v1 (1, 3, 2) @ v1.mT (1, 2, 3)" in found
    assert "gv1 += gv2 @ v1 + gv2.mT @ v1" in found
    assert "v4 (9) = softmax((v2, v3[…]))[constants] of 3" in found
    assert "(gv2, gv3[…]) += d_softmax_at((v2, v3[…]), constants) * gv4" in found


def test_long_partials_are_named_after_their_row() -> None:
    found = lines(lambda x, w: at.gelu(w[0] * x) + (w[1] * x) ** w[2], 1.0)
    assert any("gv1[0] += d_gelu(v1[0]) * gv2" in line for line in found)
    assert any("d0_pow(" in line for line in found)


def test_sources_are_joined_or_gathered() -> None:
    found = lines(
        lambda x, w: at.sum([at.tanh(y * w[1]) for y in [*x, w[0], *x[::-1], w[2], at.exp(x[0])]]), [1.0, 2.0]
    )
    assert any("(x[0], x[1], …" in line or "[…]" in line for line in found)


def test_gathered_products_are_not_written_out() -> None:
    def scores(x: list[Any], w: list[Value]) -> Any:
        keys = [at.dot(w[:2], [x[i], x[i + 1]]) for i in (0, 3, 1, 2)]
        chosen = [(0, 1, 2), (1, 3, 0), (0, 2, 2), (3, 3, 1), (1, 2, 1), (2, 2, 0)]
        return sum(at.tanh(keys[a] * keys[b] + keys[b] * keys[c]) for a, b, c in chosen)

    found = lines(scores, [1.0] * 5)
    assert "v2 (6) = sum(v1[…] * v1[…]) of 2; v3 (6) = tanh(v2)" in found
    assert "gv1[…] += v1[…] * gv2[:, None] + v1[…] * gv2[:, None]" in found


def test_constants_that_differ() -> None:
    found = lines(lambda x, w: at.sum([at.tanh(w[k] * x + 0.5 * k) for k in range(4)]), 1.0)
    assert any("constants" in line for line in found)


def test_repetitions_within_repetitions() -> None:
    def nested(x: Any, w: list[Value]) -> Any:
        for _ in range(4):
            for _ in range(5):
                x = at.sin(w[0] * x)
            x = at.exp(x)
        return x

    found = lines(nested, 1.0)
    assert [line for line in found if "×" in line] == ["4 ×", "5 ×", "4 ×, backwards", "5 ×, backwards"]


def test_growing_repetitions_are_written_out() -> None:
    def growing(x: Any, w: list[Value]) -> Any:
        for count in range(3, 7):
            for _ in range(count):
                x = at.sin(w[0] * x)
            x = at.exp(x)
        return x

    found = lines(growing, 1.0)
    assert [line for line in found if "×" in line and "back" not in line] == ["3 ×", "4 ×", "5 ×", "6 ×"]


def test_sizes_may_grow_evenly() -> None:
    def context(x: list[Any], w: list[Value]) -> Any:
        keys = [at.tanh(w[0] * number) for number in x]
        return at.sum([at.prod([at.sin(key * w[k]) for key in keys[: k + 1]]) for k in range(2, 7)])

    found = lines(context, [1.0] * 7, parameters=8)
    assert "5 ×, k = 0, …, 4" in found
    assert any("of k + 3" in line for line in found)


def test_last_repetition_may_be_of_fewer_numbers() -> None:
    def pairs(x: list[Any], w: list[Value]) -> Any:
        u, v = x
        for _ in range(5):
            u, v = at.tanh(w[0] * u * v), at.tanh(w[1] * v * u)
        return u

    assert "5 ×, the last for fewer numbers" in lines(pairs, [1.0, 2.0])


def test_irregular_plan_is_shortened() -> None:
    import random

    def irregular(x: Any, w: list[Value]) -> Any:
        draw = random.Random(1)
        for _ in range(250):
            x = getattr(at, draw.choice(["sin", "tanh", "exp"]))(draw.choice(w) * x * 0.1)
        return x

    found = lines(irregular, 1.0)
    assert len(found) < 215
    assert sum(line.startswith("…") and line.endswith(" lines") for line in found) == 2


def test_gradients_of_inputs() -> None:
    x = record(lambda x: at.exp(2.0 * x), inputs=(1.0,), backend="python").plan
    assert "gv1 += v2 * gv2; gx += 2 * gv1" in x


def test_irregular_sources_are_gathered() -> None:
    def alternating(x: Any, w: list[Value]) -> Any:
        for k in range(6):
            x = at.tanh(w[k * k % 5] * x)
        return x

    assert "v1 = p[…] * v2'; v2 = tanh(v1)" in lines(alternating, 1.0)


def test_neurons_and_long_sums() -> None:
    def network(x: list[Any], w: list[Value]) -> Any:
        layer = [at.tanh(at.dot(w[4 * k : 4 * k + 3], x[:3], w[4 * k + 3])) for k in range(3)]
        return at.dot([*x, 1.0], [*layer, *w[:5]]) + at.sum([*w, *x, 0.5]) * layer[0]

    found = lines(network, [1.0] * 7, parameters=12)
    assert "v1 (3) = p[0:3, 4:7, …] (3, 3) @ x[0:3] + p[3:12:4]" in found
    assert "gp[0:3, 4:7, …] += gv1 @ x[0:3].T; gp[3:12:4] += gv1" in found
    assert "v2 = sum((p, x)) of 19 + 0.5; v3 (3) = tanh(v1)" in found
    assert "v4 = sum((x[0:3], p[0:5], v2) * (v3, x[3:7], 1, v3[0])) of 9" in found


def test_row_of_the_user_has_no_formula_of_its_partial() -> None:
    def partials(x: Any, z: Any) -> tuple[float]:
        return (2.0 * float(x),)

    own = at.primitive("own_of_plan", "own_of_plan({x})", lambda x: x * x, partials)
    assert "gv1 += d_own_of_plan(v1) * gv2; gp[0] += x * gv1" in lines(lambda x, w: own(w[0] * x), 1.0)


def test_numbers_of_an_earlier_loop_have_their_repetition() -> None:
    def there_and_back(x: Any, w: list[Value]) -> Any:
        steps = []
        for _ in range(5):
            x = at.tanh(w[0] * x)
            steps.append(x)
        for step in reversed(steps):
            x = at.sin(x * step)
        return x * steps[1]

    found = lines(there_and_back, 1.0)
    assert "v3 = v4' * v2(4 - k); v4 = sin(v3)" in found
    assert "v5 = v4 * v2(1)" in found


def test_repetition_without_gradients_is_forward_only() -> None:
    def late(x: Any, w: list[Value]) -> Any:
        for _ in range(5):
            x = at.sin(x)
        return w[0] * x

    assert [line for line in lines(late, 1.0) if "×" in line] == ["5 ×"]


def test_reference_without_a_pattern_is_left_out() -> None:
    def alternating(x: Any, w: list[Value]) -> Any:
        scales = [at.exp(w[0]), at.sin(w[1])]
        for k in range(6):
            x = at.tanh(scales[k * k % 5 % 2] * x)
        return x

    assert "v3 = … * v4'; v4 = tanh(v3)" in lines(alternating, 1.0)


def test_first_repetition_may_read_other_runs() -> None:
    def recurrent(x: list[Any], w: list[Value]) -> Any:
        h = x[0]
        for number in x[1:]:
            h = at.tanh(at.dot(w[:2], [h, number]))
        return h

    found = lines(recurrent, [1.0] * 6)
    assert "at first v1 = p[0:2] (1, 2) @ x[0:2]" in found
    assert "v1 = p[0:2] (1, 2) @ (v2', x[k + 1]); v2 = tanh(v1)" in found
