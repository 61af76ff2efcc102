"""Modules: parameters in attributes, their names and state."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value
from nn import MLP, ArgumentTypeError, Layer, Module, Neuron, Sequential, StateError


class Line(Module):
    def __init__(self) -> None:
        self.slope, self.shift = Value(2.0), Value(1.0)

    def __call__(self, x: Any) -> Any:
        return self.slope * x + self.shift


class Tree(Module):
    """A module with a parameter in every kind of container."""

    def __init__(self) -> None:
        self.scale = Value(1.0)
        self.pair = (Value(2.0), Value(3.0))
        self.heads = {"left": Line(), "right": [Line()]}
        self.width, self.name, self.shape = 3, "tree", [1, "two", None]
        self._hidden = Value(4.0)


class Matrix(Module):
    def __init__(self) -> None:
        self.W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
        self.b = np.array(Value(5.0))
        self.lines = np.array([Line(), None])
        self.mean, self.words = np.zeros((2, 2)), np.array(["a", "b"])

    def __call__(self, x: Any) -> Any:
        return self.W @ x + self.b


# ── search for parameters ──


def test_parameters_are_found_in_containers_and_modules() -> None:
    tree = Tree()
    assert [p.data for p in tree.parameters()] == [1.0, 2.0, 3.0, 2.0, 1.0, 2.0, 1.0]


def test_parameter_name_is_its_place() -> None:
    assert [name for name, _ in Tree().named_parameters()] == [
        "scale",
        "pair[0]",
        "pair[1]",
        "heads['left'].slope",
        "heads['left'].shift",
        "heads['right'][0].slope",
        "heads['right'][0].shift",
    ]


@pytest.mark.parametrize("build", [Tree, Line, Matrix, lambda: MLP(2, [3, 2]), lambda: Sequential(Layer(1, 1), abs)])
def test_named_parameters_match_parameters(build: Any) -> None:
    module = build()
    assert [parameter for _, parameter in module.named_parameters()] == module.parameters()


def test_name_evaluates_to_its_parameter() -> None:
    model = MLP(2, [4, 1], seed=0)
    for name, parameter in model.named_parameters():
        assert eval(f"model.{name}", {"model": model}) is parameter


def test_parameter_order_is_that_of_micrograd() -> None:
    model = MLP(2, [2, 1], seed=0)
    assert model.parameters() == [p for layer in model.layers for n in layer.neurons for p in [*n.w, n.b]]


def test_shared_parameter_is_listed_once() -> None:
    module = Line()
    module.shift = module.slope
    assert module.parameters() == [module.slope]
    assert module.named_parameters() == [("slope", module.slope)]


def test_shared_module_is_listed_once() -> None:
    layer = Layer(2, 2, seed=0)
    model = Sequential(layer, layer)
    assert model.parameters() == layer.parameters()
    assert model.named_children() == [("layers[0]", layer)]


def test_module_containing_its_owner_ends() -> None:
    owner, part = Line(), Line()
    owner.part, part.owner = part, owner  # type: ignore[attr-defined]
    assert len(owner.parameters()) == len(owner.named_parameters()) == 4
    assert owner.children() == [part]


def test_list_containing_itself_ends() -> None:
    module = Line()
    module.loop = [module]  # type: ignore[attr-defined]
    module.loop.append(module.loop)  # type: ignore[attr-defined]
    assert len(module.parameters()) == len(module.named_parameters()) == 2


def test_result_is_not_a_parameter() -> None:
    line = Line()
    line.output = line(3.0)  # type: ignore[attr-defined]
    assert len(line.parameters()) == len(line.named_parameters()) == 2


def test_arrays_are_searched_by_rows() -> None:
    module = Matrix()
    assert [p.data for p in module.parameters()] == [1.0, 2.0, 3.0, 4.0, 5.0, 2.0, 1.0]
    names = ["W[0][0]", "W[0][1]", "W[1][0]", "W[1][1]", "b", "lines[0].slope", "lines[0].shift"]
    assert list(module.state_dict()) == names
    assert module.named_children() == [("lines[0]", module.lines[0])]


def test_transposed_array_is_searched_by_rows() -> None:
    module = Matrix()
    module.W = module.W.T
    assert [(name, p.data) for name, p in module.named_parameters()][:2] == [("W[0][0]", 1.0), ("W[0][1]", 3.0)]
    assert [p.data for p in module.parameters()][:2] == [1.0, 3.0]


def test_matrix_of_parameters_is_trained() -> None:
    module = Matrix()
    module.label_parameters()
    module(np.array([1.0, 2.0])).sum().backward()
    assert [(p.label, p.grad) for p in module.W[1]] == [("W[1][0]", 1.0), ("W[1][1]", 2.0)]
    assert module.b.item().grad == 2.0


def test_array_containing_itself_ends() -> None:
    module = Line()
    module.loop = np.array([None, Value(3.0)], dtype=object)  # type: ignore[attr-defined]
    module.loop[0] = module.loop  # type: ignore[attr-defined]
    assert len(module.parameters()) == len(module.named_parameters()) == 3


@pytest.mark.parametrize("parts", [{Value(1.0)}, frozenset([Line(), "a"])])
def test_set_of_parameters_is_refused(parts: Any) -> None:
    module = Line()
    module.parts = [parts]  # type: ignore[attr-defined]
    for find in (module.parameters, module.named_parameters):
        with pytest.raises(
            ArgumentTypeError, match=r"a module got parameters of type '.*set'; it takes them in a list"
        ):
            find()


def test_set_of_other_things_is_ignored() -> None:
    module = Line()
    module.vocabulary = {"a", "b"}  # type: ignore[attr-defined]
    assert len(module.parameters()) == len(module.named_parameters()) == 2


def test_children_are_direct() -> None:
    tree = Tree()
    assert tree.named_children() == [
        ("heads['left']", tree.heads["left"]),
        ("heads['right'][0]", tree.heads["right"][0]),
    ]
    assert tree.children() == [tree.heads["left"], tree.heads["right"][0]]
    assert Line().children() == []


# ── gradients ──


def test_zero_grad_clears_gradients() -> None:
    model = MLP(2, [3, 1], hidden="tanh", seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0] * 13


# ── labels ──


def test_outermost_module_labels_parameters() -> None:
    model = MLP(2, [4, 1], seed=0)
    assert model.layers[0].neurons[3].w[1].label == "layers[0].neurons[3].w[1]"
    assert model.layers[0].neurons[3].b.label == "layers[0].neurons[3].b"
    assert Layer(2, 3).neurons[2].w[0].label == "neurons[2].w[0]"
    assert Neuron(2).b.label == "b"


def test_enclosing_module_relabels() -> None:
    layer = Layer(2, 2)
    Sequential(abs, layer)
    assert layer.neurons[0].b.label == "layers[1].neurons[0].b"
    Sequential(layer)
    assert layer.neurons[0].b.label == "layers[0].neurons[0].b"


def test_user_label_is_kept() -> None:
    layer = Layer(2, 2)
    layer.neurons[0].b.label = "threshold"
    Sequential(layer)
    assert layer.neurons[0].b.label == "threshold"
    assert layer.neurons[1].b.label == "layers[0].neurons[1].b"


def test_user_module_can_label() -> None:
    line = Line()
    assert line.slope.label == ""
    line.label_parameters()
    assert line.slope.label == "slope"


# ── state ──


def test_state_dict_has_numbers_by_name() -> None:
    assert Line().state_dict() == {"slope": 2.0, "shift": 1.0}


def test_load_state_dict_sets_numbers() -> None:
    model, copy = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
    copy.load_state_dict(model.state_dict())
    assert copy.state_dict() == model.state_dict()
    assert all(type(p.data) is float for p in copy.parameters())


def test_integers_become_floats() -> None:
    line = Line()
    line.load_state_dict({"slope": 3, "shift": 4})
    assert type(line.slope.data) is float


def test_wrong_names_are_refused() -> None:
    line = Line()
    with pytest.raises(StateError) as caught:
        line.load_state_dict({"slope": 9.0, "slip": 8.0, "slap": 7.0})
    assert str(caught.value) == (
        "Line has 2 parameters and the state 3; missing: 'shift'; unexpected: 'slip', 'slap'; "
        "build the module in the same way as the one that was saved"
    )
    assert (caught.value.missing, caught.value.unexpected) == (["shift"], ["slip", "slap"])
    assert line.state_dict() == {"slope": 2.0, "shift": 1.0}


def test_long_list_of_names_is_truncated() -> None:
    with pytest.raises(StateError, match=r"MLP has 13 parameters and the state 0; missing: .* and 10 more; build"):
        MLP(2, [3, 1]).load_state_dict({})


@pytest.mark.parametrize("bad", ["1.0", None, [1.0], 1j])
def test_non_numbers_are_refused(bad: Any) -> None:
    line = Line()
    with pytest.raises(ArgumentTypeError, match=r"load_state_dict got state\['shift'\] of type .* a real number"):
        line.load_state_dict({"slope": 9.0, "shift": bad})
    assert line.state_dict() == {"slope": 2.0, "shift": 1.0}


def test_non_mapping_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="load_state_dict got state of type 'list'; it takes a dict"):
        Line().load_state_dict([1.0, 2.0])  # type: ignore[arg-type]


def test_state_may_be_nonfinite() -> None:
    line = Line()
    line.load_state_dict({"slope": math.inf, "shift": 0.0})
    assert line.slope.data == math.inf


# ── repr ──


def test_repr_counts_parameters() -> None:
    assert repr(Tree()) == (
        "Tree with 7 parameters\n  heads['left']: Line with 2 parameters\n  heads['right'][0]: Line with 2 parameters"
    )


def test_repr_of_empty_module() -> None:
    assert repr(Module()) == "Module with 0 parameters"
