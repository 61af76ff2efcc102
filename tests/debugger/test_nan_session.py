"""A nan in a small network is found at the prompt, with its line and its remedy; the remedy ends it."""

from __future__ import annotations

import math
from functools import partial

import pytest

import nn
from autograd_tiny import detect_anomaly
from autograd_tiny.errors import AnomalyError
from tests.debugger.pseudo_terminal import check_transcript
from tests.programs import run_program

NETWORK = """\
model = nn.MLP(1, [2, 1], hidden="relu", seed=5)

def loss(x, target):
    p = model([x]).sigmoid()
    return -(target * p.log() + (1 - target) * (1 - p).log())

with record_lines():
    root = loss(100.0, target=1)
"""
REMEDIED = (
    NETWORK.replace("p = model([x]).sigmoid()", "z = model([x])")
    .replace("(1 - p).log()", "log_sigmoid(-z)")
    .replace("p.log()", "log_sigmoid(z)")
)


@pytest.mark.usefixtures("names_of_variables")
@pytest.mark.parametrize("columns", [80, 40])
def test_nan_in_a_network_is_found_with_its_line(columns: int) -> None:
    program = partial(run_program, "/home/me/net.py", f"{NETWORK}root.debug()\n", records=False, nn=nn)
    check_transcript(f"nan_{columns}", program, columns=columns)


def test_detect_anomaly_quotes_the_same_line() -> None:
    with (
        pytest.raises(AnomalyError, match=r"made at net\.py:5, in loss: return -\(target"),
        detect_anomaly(),
    ):
        run_program("/home/me/net.py", f"{NETWORK}root.backward()\n", records=False, nn=nn)


def test_remedy_ends_the_nan() -> None:
    assert math.isnan(run_program("/home/me/net.py", NETWORK, records=False, nn=nn).data)
    with detect_anomaly():
        root = run_program("/home/me/net.py", f"{REMEDIED}root.backward()\n", records=False, nn=nn)
    assert math.isfinite(root.data)
