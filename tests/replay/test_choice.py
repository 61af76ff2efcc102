"""The choice of a back-end: by the estimate, by name, and without a compiler."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from autograd_tiny import Value, dot, primitive, record, sin, tanh
from autograd_tiny.errors import BackendError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay import choice
from autograd_tiny.replay.c_backend import library
from autograd_tiny.replay.choice import estimated
from autograd_tiny.replay.plan import plan_of
from tests.replay.backends import needs_compiler
from tests.replay.tapes import tape


@pytest.fixture(autouse=True)
def compiled_from_16_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "WORTH", 16)


def pendulum(x: Any) -> Any:
    speed = 0.0
    for _ in range(60):
        speed = speed - 0.01 * sin(x)
        x = x + 0.01 * speed
    return x


def chosen(function: Any, **settings: Any) -> str:
    """Return the back-end of a recorded function, and check that the plan gives the reason."""
    *_, reason = record(function, inputs=(1.0,), **settings).plan.splitlines()
    name, times = reason.split(", by the estimated time of a batch of 32: ")
    assert {time.split()[0] for time in times.split(", ")} == {"numpy", "python", "c"}
    return name


@needs_compiler
@pytest.mark.once
def test_recurrence_is_compiled() -> None:
    assert chosen(pendulum) == "c"


def test_short_program_is_not_compiled() -> None:
    assert chosen(lambda x: sin(x) * x) == "numpy"


def test_short_program_of_one_example_is_python() -> None:
    assert chosen(lambda x: sin(x) * x, batched=False) == "python"


def reason(function: Any) -> str:
    return record(function, inputs=(1.0,)).plan.splitlines()[-1]


def test_plan_says_why_a_faster_back_end_was_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(lambda x: sin(x) * x).endswith("; python slows with batches; too short for c")
    own = primitive("own_of_reason", "own_of_reason({x})", lambda x: 2.0 * x, lambda x, z: (2.0,))
    try:
        assert reason(lambda x: own(pendulum(x))).endswith("; c lacks a row")
    finally:
        del TABLE["own_of_reason"]
    monkeypatch.setattr(choice, "GAIN", 1000.0)
    assert reason(pendulum).endswith("; c must be 1000.0 × as fast")
    monkeypatch.setattr(choice, "GAIN", 0.0)
    monkeypatch.setattr(library.shutil, "which", lambda name: None)
    with pytest.warns(RuntimeWarning, match="no C compiler"):
        assert reason(pendulum).endswith("; c cannot be had")


def test_named_back_end_is_taken_without_an_estimate() -> None:
    assert "estimated" not in record(pendulum, inputs=(1.0,), backend="python").plan


def test_products_of_varying_sides_are_for_c() -> None:
    def attention(x: list[Any], w: list[Value]) -> Any:
        rows = [x[4 * i : 4 * i + 4] for i in range(5)]
        scores = [tanh(dot(a, b)) for a in rows for b in rows]
        total = dot(w, [dot(scores[5 * i : 5 * i + 5], [row[0] for row in rows]) for i in range(5)])
        for k in range(2, 6):  # sums of several lengths
            total = total + tanh(dot(scores[:k], scores[-k:]))
        return total

    plan = plan_of(tape(attention, inputs=20, parameters=5))
    assert {"Batched", "Ragged"} <= {type(group).__name__ for group in plan.groups}
    times = estimated(plan)
    assert times["c"] < times["numpy"] < times["python"]


def test_wide_layer_is_for_numpy_and_a_chain_for_c() -> None:
    layer = estimated(plan_of(tape(lambda x, w: dot([*w * 50], [*x * 100]), inputs=3, parameters=6)))
    chain = estimated(plan_of(tape(lambda x, w: pendulum(x[0] * w[0]))))
    assert layer["numpy"] < layer["python"]
    assert chain["c"] < chain["python"] < chain["numpy"]


def test_batched_products_are_for_numpy() -> None:
    def scores(x: Any, w: Any) -> Any:
        rows = [[w[0] * x[4 * k + i] for i in range(4)] for k in range(12)]
        return sum(tanh(dot(left, right)) for left in rows for right in rows)

    times = estimated(plan_of(tape(scores, inputs=48)))
    assert times["numpy"] < times["python"]


def test_nothing_is_estimated_for_examples_of_an_unbatched_program() -> None:
    recorded = tape(lambda x, w: tanh(pendulum(x[0] * w[0])))
    assert estimated(plan_of(recorded, batched=False))["python"] < estimated(plan_of(recorded))["python"]


def test_missing_compiler_is_one_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library.shutil, "which", lambda name: None)
    with pytest.warns(
        RuntimeWarning, match=r"no C compiler .* was found; .*; python runs the program instead"
    ) as caught:
        assert chosen(pendulum) == "python"
    assert [warning.filename for warning in caught] == [__file__]
    with pytest.raises(BackendError, match="no C compiler"):
        record(pendulum, inputs=(1.0,), backend="c")


def test_unwritable_cache_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(library.shutil, "which", lambda name: "/bin/cc")
    with pytest.warns(RuntimeWarning, match="nothing could be built in"):
        assert chosen(pendulum) == "python"


def test_row_that_c_lacks_is_no_warning() -> None:
    own = primitive("own_of_choice", "own_of_choice({x})", lambda x: 2.0 * x, lambda x, z: (2.0,))
    try:
        assert chosen(lambda x: own(pendulum(x))) == "python"  # and warnings are errors
    finally:
        del TABLE["own_of_choice"]


def test_pickle_chooses_anew_where_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "WORTH", 10**9)
    w = Value(2.0)
    program = record(lambda x: w * pendulum(x), inputs=(1.0,), parameters=[w])
    pickled = pickle.dumps(program)
    monkeypatch.setattr(choice, "WORTH", 16)
    monkeypatch.setattr(library.shutil, "which", lambda name: None)
    with pytest.warns(RuntimeWarning, match="no C compiler"):
        copy = pickle.loads(pickled)
    assert copy([1.0]).tolist() == program([1.0]).tolist()
