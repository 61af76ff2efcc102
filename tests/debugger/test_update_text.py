"""The lines of updates: their arithmetic is true as it is printed, for every optimizer of nn."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

import nn
from autograd_tiny import Value
from autograd_tiny.debugger.update_text import UpdateText, digits_between, rounded
from nn.training_walk import TrainingWalk
from nn.update_records import UpdateRecord
from tests.debugger.arithmetic import is_true

LINE = re.compile(r"(\S+)  (\S+) → (\S+) = (.+)")
DETAIL = re.compile(r"  (\w+) = (.+) = (.+) = (\S+)")
OPTIMIZERS: dict[str, tuple[type[nn.Optimizer], dict[str, Any]]] = {
    "sgd": (nn.SGD, {}),
    "sgd with decay": (nn.SGD, {"weight_decay": 0.03}),
    "momentum": (nn.SGD, {"momentum": 0.9, "weight_decay": 0.03}),
    "nesterov": (nn.SGD, {"momentum": 0.9, "nesterov": True}),
    "rmsprop": (nn.RMSprop, {"weight_decay": 0.03}),
    "rmsprop with momentum": (nn.RMSprop, {"momentum": 0.9}),
    "adam": (nn.Adam, {}),
    "adam with decay": (nn.Adam, {"weight_decay": 0.03, "betas": (0.8, 0.95)}),
    "adamw": (nn.AdamW, {}),
}


@dataclass
class Numbers:
    """A model of several numbers whose gradients are drawn from many magnitudes."""

    source: random.Random
    values: list[Value] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values = [Value(drawn(self.source), label=f"w{i}") for i in range(4)]

    def parameters(self) -> list[Value]:
        return self.values

    def __call__(self, x: Any) -> Any:
        return sum(w * drawn(self.source) for w in self.values) + 0.0


def drawn(source: random.Random) -> float:
    return (
        source.choice((-1.0, 1.0)) * source.choice((1.0, 0.0, 0.5, source.random())) * 10.0 ** source.randint(-6, 6)
    )


def walked(name: str, seed: int, **settings: Any) -> TrainingWalk:
    model = Numbers(random.Random(seed))
    kind, own = OPTIMIZERS[name]
    optimizer = kind(model.parameters(), lr=[0.1, 0.003, 1.0 / 3.0][seed % 3], **own)  # type: ignore[call-arg]
    loss = lambda prediction, target: prediction  # noqa: E731
    return TrainingWalk(model, [0.0], [0.0], loss=loss, optimizer=optimizer, epochs=3, **settings)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id=""),
        pytest.param({"clip_norm": 0.7, "clip_value": 0.5}, id="clipped", marks=pytest.mark.no_cover),
    ],
)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_line_is_true_as_printed(name: str, settings: dict[str, float]) -> None:
    text, lines = UpdateText(), 0
    for seed in range(2):
        walk = walked(name, seed, **settings)
        while walk.update < walk.total:
            walk.forward()
            for w in walk.parameters:
                record = walk.record(w)
                assert record is not None
                match = LINE.fullmatch(text.line(w.label, record))
                assert match is not None
                assert is_true(match[4], match[3]), match[0]
                assert match[4].startswith((match[2], f"{match[2]} ")), match[0]
                assert (match[2] == match[3]) == (record.before == record.after)
                first, given, before, *details = text.details(w.label, record)
                assert re.fullmatch(rf"{w.label}  \S+ → {re.escape(match[3])} by \w+", first)
                assert given.startswith("  with lr = ")
                assert before.startswith("  before: ")
                for detail in details:
                    found = DETAIL.fullmatch(detail)
                    assert found is not None, detail
                    assert is_true(found[3], found[4]), detail
                lines += 1 + len(details)
    assert lines >= 2 * 4 * 3 * 2


@pytest.mark.parametrize(
    ("expression", "right", "wrong"),
    [
        ("1.3 - 0.05·(-6.4)", "1.62", "1.621"),
        ("2·(-3) + sqrt(4)", "-4", "4"),
        ("clamp(5, -1, 1)/3", "0.33333", "0.33334"),
    ],
)
def test_checker_finds_planted_mistakes(expression: str, right: str, wrong: str) -> None:
    assert is_true(expression, right)
    assert not is_true(expression, wrong)


RECORD = UpdateRecord("Own", 1.0, 0.5, (("p", "p - g"),), {"p": 1.0, "g": 0.5})


@pytest.mark.parametrize(
    "changes",
    [
        {"formulas": ()},
        {"formulas": (("p", "p - 2*g"),)},
        {"formulas": (("p", "p - unknown"),)},
        {"formulas": (("p", "p -"),)},
    ],
    ids=["none", "wrong", "unknown name", "no expression"],
)
def test_formula_that_does_not_compute_the_number_is_left_out(changes: dict[str, Any]) -> None:
    text = UpdateText()
    assert text.line("w", RECORD) == "w  1 → 0.5 = 1 - 0.5"
    record = replace(RECORD, **changes)
    assert text.line("w", record) == "w  1 → 0.5 by Own"
    assert text.details("w", record) == ["w  1 → 0.5 by Own, which gives no formula that computes it"]


def test_number_of_a_formula_is_not_named_as_a_node_is() -> None:
    assert UpdateText().details("p", RECORD, taken={"p", "g", "g_t", "x"}) == [
        "p  1 → 0.5 by Own",
        "  before: p_t = 1, g_t_t = 0.5",
        "  p_t = p_t - g_t_t = 1 - 0.5 = 0.5",
    ]


def test_small_change_is_seen() -> None:
    record = replace(RECORD, after=1.0 - 1e-12, numbers={"p": 1.0, "g": 1e-12})
    assert UpdateText().line("w", record) == "w  1 → 0.999999999999 = 1 - 1e-12"
    assert (digits_between(1.0, 1.0), digits_between(float("inf"), 1.0), digits_between(0.0, -0.0)) == (5, 5, 5)
    assert digits_between(1.0, 1.0 + 2**-52) == 17
    assert rounded(1.0 + 2**-52, 17) == "1.0000000000000002"


def test_cancellation_takes_all_digits() -> None:
    record = replace(RECORD, before=0.1 + 0.2, after=0.1 + 0.2 - 0.3, numbers={"p": 0.1 + 0.2, "g": 0.3})
    line = "w  0.30000000000000004 → 5.5511e-17 = 0.30000000000000004 - 0.3"
    assert UpdateText().line("w", record) == line


def test_negative_number_is_in_parentheses_after_an_operator() -> None:
    record = replace(RECORD, before=-1.0, after=1.0, formulas=(("p", "p*(g + p)"),), numbers={"p": -1.0, "g": 0.0})
    assert UpdateText().line("w", record) == "w  -1 → 1 = -1·(0 + (-1))"
