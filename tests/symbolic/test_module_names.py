"""Modules of nodes, from the labels of parameters."""

from __future__ import annotations

import pytest

import autograd_tiny as at
from autograd_tiny import Value, topological_order
from autograd_tiny.symbolic.module_names import enclosing, modules_of
from nn import MLP, Layer, Neuron, Sequential


def weight(label: str) -> Value:
    return Value(0.5, label=label)


def module_of(node: Value, root: Value | None = None) -> str:
    return modules_of(topological_order(root or node))[node]


@pytest.mark.parametrize(
    ("label", "module"),
    [
        ("layers[0].neurons[1].w[0]", "layers[0].neurons[1]"),
        ("layers[0].b", "layers[0]"),
        ("w[0]", ""),
        ("x", ""),
        ("", ""),
        ("heads['left.eye'].w[0]", "heads['left.eye']"),
        ('heads["it\'s.it"].w', 'heads["it\'s.it"]'),
        (r"heads['it\'s \"a.b\"'].w", r"heads['it\'s \"a.b\"']"),
        ("heads[(1, 2)].w", "heads[(1, 2)]"),
    ],
)
def test_parameter_belongs_to_module_of_its_label(label: str, module: str) -> None:
    assert module_of(weight(label)) == module


def test_unbalanced_label_takes_linear_time() -> None:
    assert module_of(weight("[" + "'" * 10_000 + ".w"))


def test_weighted_sum_belongs_to_its_neuron() -> None:
    hidden = (weight("layers[0].w[0]") * 2.0).tanh()
    output = at.dot([weight("layers[1].neurons[0].w[0]")], [hidden], weight("layers[1].neurons[0].b"))
    assert module_of(output) == "layers[1].neurons[0]"


def test_parameters_of_two_neurons_share_a_layer() -> None:
    assert module_of(weight("layers[0].neurons[0].b") + weight("layers[0].neurons[1].b")) == "layers[0]"
    assert module_of(weight("layers[0].b") + weight("layers[1].b")) == ""
    assert module_of(weight("encoder.b") + weight("encoder.deep.b")) == "encoder"


def test_activation_belongs_to_its_neuron() -> None:
    neuron = weight("layers[0].neurons[1].w[0]") * 2.0
    assert module_of(neuron.tanh()) == "layers[0].neurons[1]"
    assert module_of(neuron.leaky_relu(0.2)) == "layers[0].neurons[1]"


def test_neuron_in_operators_is_one_module() -> None:
    w, b = [weight(f"layers[0].neurons[0].w[{k}]") for k in range(2)], weight("layers[0].neurons[0].b")
    root = (w[0] * 1.0 + w[1] * 2.0 + b).tanh()
    assert set(modules_of(topological_order(root)).values()) == {"layers[0].neurons[0]"}


def test_loss_belongs_to_no_module() -> None:
    outputs = [weight(f"layers[1].neurons[{k}].w[0]") * 2.0 for k in range(2)]
    error = outputs[0].tanh() - 1.0
    assert module_of(error) == ""
    assert module_of(error**2) == ""
    assert module_of(outputs[0].sigmoid().log()) == ""
    assert module_of(at.cross_entropy(outputs, 0.0)) == ""
    assert module_of(at.sum(outputs)) == ""
    assert module_of(at.binary_cross_entropy_with_logits(outputs[0], 1.0)) == ""


def test_nodes_between_layers_follow_their_inputs() -> None:
    outputs = [weight(f"layers[0].neurons[{k}].w[0]") * 2.0 for k in range(2)]
    middle = at.mean(outputs).exp()
    root = middle * weight("layers[1].w[0]")
    assert module_of(middle, root) == "layers[0]"


def test_data_belongs_to_no_module() -> None:
    x = Value(3.0, label="x")
    scaled = x / 255.0
    root = scaled * weight("layers[0].w[0]")
    assert module_of(x, root) == module_of(scaled, root) == ""


def test_inner_nodes_belong_to_their_layers() -> None:
    model = Sequential(Layer(3, 4, activation="elu", seed=0), MLP(4, [5, 2], output="tanh", seed=1))
    outputs = model([1.0, 2.0, 3.0])
    modules = modules_of(topological_order(at.sum(outputs)))
    for node in outputs:
        assert modules[node].startswith("layers[1].layers[1].neurons[")
    inner = [enclosing(module, 2) for node, module in modules.items() if node.primitive is not None]
    counts = {module: inner.count(module) for module in inner}
    neurons = {f"layers[0].neurons[{k}]": 2 for k in range(4)}
    assert counts == {**neurons, "layers[1].layers[0]": 10, "layers[1].layers[1]": 4, "": 1}


def test_single_neuron_has_no_name() -> None:
    assert set(modules_of(topological_order(Neuron(2, seed=0)([1.0, 2.0]))).values()) == {""}


@pytest.mark.no_cover
def test_long_chain_needs_no_recursion() -> None:
    node = weight("layers[0].b") + 0.0
    for _ in range(100_000):
        node = -node
    assert module_of(node) == ""


def test_no_nodes_have_no_modules() -> None:
    assert modules_of([]) == {}


@pytest.mark.parametrize(
    ("depth", "module"), [(0, ""), (1, "a[0]"), (2, "a[0].b['x.y']"), (3, "a[0].b['x.y'].c"), (9, "a[0].b['x.y'].c")]
)
def test_enclosing_truncates_at_depth(depth: int, module: str) -> None:
    assert enclosing("a[0].b['x.y'].c", depth) == module


def test_whole_network_encloses_no_module() -> None:
    assert enclosing("", 1) == ""
