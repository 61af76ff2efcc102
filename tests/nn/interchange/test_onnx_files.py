"""ONNX files: the nodes by a stand-in for onnx that NumPy runs, and onnxruntime where it is installed."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
from autograd_tiny import Value, leaky_relu
from autograd_tiny.errors import MissingPackageError
from nn import MLP, ArgumentError, ArgumentTypeError, Layer, Sequential
from nn.activations import ACTIVATIONS
from nn.interchange.onnx_files import RECIPES

POINTS = np.array([[-3.5, 1.25], [0.3, -0.4], [2.0, 0.5], [0.1, 25.0], [-40.0, -2.0]])

OPERATORS: dict[str, Any] = {
    "Gemm": lambda x, w, b=0.0, *, transB: x @ (w.T if transB else w) + b,
    "Relu": lambda x: np.maximum(x, 0.0),
    "Sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
    "Clip": np.clip,
    "Tanh": np.tanh,
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Neg": np.negative,
    "Abs": np.abs,
    "Exp": np.exp,
    "Log": np.log,
}


class StandIn:
    """What nn uses of onnx: it keeps what was made, so that NumPy can run it."""

    TensorProto = SimpleNamespace(DOUBLE="double")

    def __init__(self) -> None:
        self.helper = self.checker = self
        self.checked: list[Any] = []

    def make_node(self, operator: str, inputs: list[str], outputs: list[str], *, name: str, **attributes: Any) -> Any:
        return SimpleNamespace(operator=operator, inputs=inputs, output=outputs, name=name, attributes=attributes)

    def make_tensor(self, name: str, kind: str, shape: Any, numbers: list[float]) -> Any:
        return SimpleNamespace(name=name, kind=kind, array=np.array(numbers).reshape(shape))

    def make_tensor_value_info(self, name: str, kind: str, shape: list[Any]) -> Any:
        return (name, kind, shape)

    def make_opsetid(self, domain: str, version: int) -> Any:
        return (domain, version)

    def make_graph(self, nodes: Any, name: str, inputs: Any, outputs: Any, tensors: Any) -> Any:
        return SimpleNamespace(nodes=nodes, name=name, inputs=inputs, outputs=outputs, tensors=tensors)

    def make_model(self, graph: Any, **settings: Any) -> Any:
        return SimpleNamespace(graph=graph, settings=settings, SerializeToString=lambda: b"a model")

    def check_model(self, model: Any, *, full_check: bool) -> None:
        assert full_check
        self.checked.append(model)

    def run(self) -> Any:
        """Return the output of the model that was checked last, at the points."""
        graph = self.checked[-1].graph
        known: dict[str, Any] = {tensor.name: tensor.array for tensor in graph.tensors} | {"x": POINTS}
        for node in graph.nodes:
            (name,) = node.output
            known[name] = OPERATORS[node.operator](*(known[each] for each in node.inputs), **node.attributes)
        return known["y"]


@pytest.fixture
def onnx(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    package = StandIn()
    monkeypatch.setitem(sys.modules, "onnx", package)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "onnx.checker", package)  # type: ignore[arg-type]
    return package


def network(hidden: Any) -> MLP:
    return MLP(2, [4, 3, 2], hidden=hidden, output=hidden, seed=3, initializer=nn.initializers.uniform(-1.5, 1.5))


def outputs(model: Any) -> list[list[float]]:
    return [[y.data for y in model(x)] for x in POINTS.tolist()]


CHANGED = [
    partial(ACTIVATIONS[name], **settings)
    for name, settings in [
        *[("leaky_relu", {"negative_slope": slope}) for slope in (0.25, 2.0)],
        *[(name, {"alpha": 0.3}) for name in ("elu", "celu")],
        *[("softplus", {"beta": 2.5}), ("hardtanh", {"min_val": -2, "max_val": 0.5})],
    ]
]


@pytest.mark.parametrize("hidden", [*RECIPES, *CHANGED])
def test_nodes_compute_what_the_network_does(onnx: StandIn, tmp_path: Path, hidden: Any) -> None:
    model = network(hidden)
    nn.to_onnx(model, tmp_path / "model.onnx")
    assert onnx.run() == pytest.approx(np.array(outputs(model)), abs=1e-12, rel=1e-12)
    assert (tmp_path / "model.onnx").read_bytes() == b"a model"


def test_model_is_described_and_its_arrays_are_those_of_to_arrays(onnx: StandIn, tmp_path: Path) -> None:
    model = Sequential(Layer(2, 3, bias=False, activation="tanh", seed=0), Layer(3, 1, nonlin=False, seed=0))
    nn.to_onnx(model, str(tmp_path / "model.onnx"))
    (made,) = onnx.checked
    assert made.graph.inputs == [("x", "double", ["examples", 2])]
    assert made.graph.outputs == [("y", "double", ["examples", 1])]
    assert made.settings["opset_imports"] == [("", 17)]
    assert [node.operator for node in made.graph.nodes] == ["Gemm", "Tanh", "Gemm"]
    arrays = {tensor.name: tensor.array.tolist() for tensor in made.graph.tensors}
    assert arrays == {name: array.tolist() for name, array in nn.to_arrays(model).items()}


def relu(x: Value) -> Value:
    return x


@pytest.mark.parametrize(
    ("activation", "name"),
    [("gelu", "gelu"), (relu, "relu"), (partial(leaky_relu, negative_slope=1e999), "leaky_relu(negative_slope=inf)")],
)
def test_activation_that_is_not_written_is_named_and_nothing_changes(
    onnx: StandIn, tmp_path: Path, activation: Any, name: str
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"old")
    with pytest.raises(ArgumentError) as caught:
        nn.to_onnx(network(activation), path)
    assert f"to_onnx got the activation of layer 0={name!r}; it takes those that are" in str(caught.value)
    assert path.read_bytes() == b"old"
    assert onnx.checked == []


def test_missing_package_and_wrong_path_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingPackageError, match=r'pip install "autograd_tiny\[interchange\]"'):
        nn.to_onnx(network("relu"), tmp_path / "model.onnx")
    with pytest.raises(ArgumentTypeError, match="to_onnx got path of type 'int'"):
        nn.to_onnx(network("relu"), 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("hidden", RECIPES)
def test_onnxruntime_computes_what_the_network_does(tmp_path: Path, hidden: str) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed: python -m pip install '.[interchange]'")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    model, path = network(hidden), tmp_path / "model.onnx"
    nn.to_onnx(model, path)
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (theirs,) = session.run(["y"], {"x": POINTS})
    assert theirs.dtype == np.float64
    assert theirs == pytest.approx(np.array(outputs(model)), abs=1e-12, rel=1e-12)
