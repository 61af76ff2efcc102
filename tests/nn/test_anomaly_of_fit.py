"""An anomaly of an eager training keeps its own text: the node, its numbers, the cause and a remedy."""

from __future__ import annotations

import pytest

import nn
from autograd_tiny import AnomalyError, detect_anomaly


def test_anomaly_of_an_eager_backward_pass_is_raised_as_it_is() -> None:
    model = nn.Neuron(1, nonlin=False, seed=1)
    before = model.state_dict()
    with pytest.raises(AnomalyError, match=r"= sqrt\(.*\) makes nan, at .* = 0") as caught, detect_anomaly():
        nn.fit(
            model,
            [[1.0], [2.0]],
            [1.0, 1.0],
            loss=lambda prediction, target: (prediction - prediction).sqrt() * 0.0,
            optimizer=nn.SGD(model.parameters(), lr=0.01),
            epochs=1,
            replay=False,
        )
    assert caught.value.anomalies
    assert model.state_dict() == before
