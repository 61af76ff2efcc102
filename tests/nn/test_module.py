"""Modules: parameters found in attributes, their names, their state."""

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
    """One of everything."""

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


# ── finding ──


def test_parameters_are_found_in_attributes_lists_tuples_dicts_and_modules() -> None:
    tree = Tree()
    assert [p.data for p in tree.parameters()] == [1.0, 2.0, 3.0, 2.0, 1.0, 2.0, 1.0]


def test_the_name_of_a_parameter_is_its_place_in_the_tree() -> None:
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
def test_named_and_unnamed_parameters_are_the_same_in_the_same_order(build: Any) -> None:
    module = build()
    assert [parameter for _, parameter in module.named_parameters()] == module.parameters()


def test_a_name_leads_to_its_parameter() -> None:
    model = MLP(2, [4, 1], seed=0)
    for name, parameter in model.named_parameters():
        assert eval(f"model.{name}", {"model": model}) is parameter


def test_parameters_come_in_the_order_of_micrograd() -> None:
    model = MLP(2, [2, 1], seed=0)
    assert model.parameters() == [p for layer in model.layers for n in layer.neurons for p in [*n.w, n.b]]


def test_a_shared_parameter_is_listed_once_under_its_first_name() -> None:
    module = Line()
    module.shift = module.slope
    assert module.parameters() == [module.slope]
    assert module.named_parameters() == [("slope", module.slope)]


def test_a_shared_module_is_listed_once() -> None:
    layer = Layer(2, 2, seed=0)
    model = Sequential(layer, layer)
    assert model.parameters() == layer.parameters()
    assert model.named_children() == [("layers[0]", layer)]


def test_a_module_that_holds_its_owner_is_no_endless_tree() -> None:
    owner, part = Line(), Line()
    owner.part, part.owner = part, owner  # type: ignore[attr-defined]
    assert len(owner.parameters()) == len(owner.named_parameters()) == 4
    assert owner.children() == [part]


def test_a_list_that_holds_itself_is_no_endless_tree() -> None:
    module = Line()
    module.loop = [module]  # type: ignore[attr-defined]
    module.loop.append(module.loop)  # type: ignore[attr-defined]
    assert len(module.parameters()) == len(module.named_parameters()) == 2


def test_a_result_kept_in_an_attribute_is_no_parameter() -> None:
    line = Line()
    line.output = line(3.0)  # type: ignore[attr-defined]
    assert len(line.parameters()) == len(line.named_parameters()) == 2


def test_parameters_and_modules_are_found_in_arrays_row_by_row() -> None:
    module = Matrix()
    assert [p.data for p in module.parameters()] == [1.0, 2.0, 3.0, 4.0, 5.0, 2.0, 1.0]
    names = ["W[0][0]", "W[0][1]", "W[1][0]", "W[1][1]", "b", "lines[0].slope", "lines[0].shift"]
    assert list(module.state_dict()) == names
    assert module.named_children() == [("lines[0]", module.lines[0])]


def test_a_transposed_array_is_read_row_by_row_too() -> None:
    module = Matrix()
    module.W = module.W.T
    assert [(name, p.data) for name, p in module.named_parameters()][:2] == [("W[0][0]", 1.0), ("W[0][1]", 3.0)]
    assert [p.data for p in module.parameters()][:2] == [1.0, 3.0]


def test_a_matrix_of_parameters_is_trained() -> None:
    module = Matrix()
    module.label_parameters()
    module(np.array([1.0, 2.0])).sum().backward()
    assert [(p.label, p.grad) for p in module.W[1]] == [("W[1][0]", 1.0), ("W[1][1]", 2.0)]
    assert module.b.item().grad == 2.0


def test_an_array_that_holds_itself_is_no_endless_tree() -> None:
    module = Line()
    module.loop = np.array([None, Value(3.0)], dtype=object)  # type: ignore[attr-defined]
    module.loop[0] = module.loop  # type: ignore[attr-defined]
    assert len(module.parameters()) == len(module.named_parameters()) == 3


@pytest.mark.parametrize("parts", [{Value(1.0)}, frozenset([Line(), "a"])])
def test_parameters_in_a_set_are_refused_since_it_has_no_order(parts: Any) -> None:
    module = Line()
    module.parts = [parts]  # type: ignore[attr-defined]
    for find in (module.parameters, module.named_parameters):
        with pytest.raises(
            ArgumentTypeError, match=r"a module got parameters of type '.*set'; it takes them in a list"
        ):
            find()


def test_a_set_of_something_else_is_passed_over() -> None:
    module = Line()
    module.vocabulary = {"a", "b"}  # type: ignore[attr-defined]
    assert len(module.parameters()) == len(module.named_parameters()) == 2


def test_children_are_the_modules_directly_below() -> None:
    tree = Tree()
    assert tree.named_children() == [
        ("heads['left']", tree.heads["left"]),
        ("heads['right'][0]", tree.heads["right"][0]),
    ]
    assert tree.children() == [tree.heads["left"], tree.heads["right"][0]]
    assert Line().children() == []


# ── gradients ──


def test_zero_grad_clears_every_gradient() -> None:
    model = MLP(2, [3, 1], hidden="tanh", seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0] * 13


# ── labels ──


def test_the_outermost_module_of_nn_labels_the_weights() -> None:
    model = MLP(2, [4, 1], seed=0)
    assert model.layers[0].neurons[3].w[1].label == "layers[0].neurons[3].w[1]"
    assert model.layers[0].neurons[3].b.label == "layers[0].neurons[3].b"
    assert Layer(2, 3).neurons[2].w[0].label == "neurons[2].w[0]"
    assert Neuron(2).b.label == "b"


def test_a_module_that_joins_another_takes_the_names_there() -> None:
    layer = Layer(2, 2)
    Sequential(abs, layer)
    assert layer.neurons[0].b.label == "layers[1].neurons[0].b"
    Sequential(layer)
    assert layer.neurons[0].b.label == "layers[0].neurons[0].b"


def test_a_label_given_by_hand_stays() -> None:
    layer = Layer(2, 2)
    layer.neurons[0].b.label = "threshold"
    Sequential(layer)
    assert layer.neurons[0].b.label == "threshold"
    assert layer.neurons[1].b.label == "layers[0].neurons[1].b"


def test_a_module_of_ones_own_can_label_too() -> None:
    line = Line()
    assert line.slope.label == ""
    line.label_parameters()
    assert line.slope.label == "slope"


# ── state ──


def test_the_state_is_the_numbers_by_name() -> None:
    assert Line().state_dict() == {"slope": 2.0, "shift": 1.0}


def test_a_state_is_taken_over() -> None:
    model, copy = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
    copy.load_state_dict(model.state_dict())
    assert copy.state_dict() == model.state_dict()
    assert all(type(p.data) is float for p in copy.parameters())


def test_integers_in_a_state_become_floats() -> None:
    line = Line()
    line.load_state_dict({"slope": 3, "shift": 4})
    assert type(line.slope.data) is float


def test_missing_and_unexpected_names_are_refused_by_name_and_nothing_changes() -> None:
    line = Line()
    with pytest.raises(StateError) as caught:
        line.load_state_dict({"slope": 9.0, "slip": 8.0, "slap": 7.0})
    assert str(caught.value) == (
        "Line has 2 parameters and the state 3; missing: 'shift'; unexpected: 'slip', 'slap'; "
        "build the module in the same way as the one that was saved"
    )
    assert (caught.value.missing, caught.value.unexpected) == (["shift"], ["slip", "slap"])
    assert line.state_dict() == {"slope": 2.0, "shift": 1.0}


def test_a_long_list_of_missing_names_is_cut_short() -> None:
    with pytest.raises(StateError, match=r"MLP has 13 parameters and the state 0; missing: .* and 10 more; build"):
        MLP(2, [3, 1]).load_state_dict({})


@pytest.mark.parametrize("bad", ["1.0", None, [1.0], 1j])
def test_a_state_with_something_else_than_numbers_is_refused_and_nothing_changes(bad: Any) -> None:
    line = Line()
    with pytest.raises(ArgumentTypeError, match=r"load_state_dict got state\['shift'\] of type .* a real number"):
        line.load_state_dict({"slope": 9.0, "shift": bad})
    assert line.state_dict() == {"slope": 2.0, "shift": 1.0}


def test_a_state_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="load_state_dict got state of type 'list'; it takes a dict"):
        Line().load_state_dict([1.0, 2.0])  # type: ignore[arg-type]


def test_a_state_may_hold_what_is_not_finite() -> None:
    line = Line()
    line.load_state_dict({"slope": math.inf, "shift": 0.0})
    assert line.slope.data == math.inf


# ── what people read ──


def test_the_repr_counts_the_parameters_and_shows_the_modules_below() -> None:
    assert repr(Tree()) == (
        "Tree with 7 parameters\n  heads['left']: Line with 2 parameters\n  heads['right'][0]: Line with 2 parameters"
    )


def test_an_empty_module_is_readable_too() -> None:
    assert repr(Module()) == "Module with 0 parameters"
