"""PyTorch networks as networks of Values: stand-ins for its modules, and torch itself where it is installed."""

from __future__ import annotations

import pickle
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

import nn
from autograd_tiny import sum as add
from nn import MLP, ArgumentError, ArgumentTypeError, Sequential
from nn.interchange.torch_activations import BY_TORCH_NAME, TORCH_MODULES


class Module:
    """A stand-in for torch.nn.Module."""

    _forward_hooks: Any = {}  # noqa: RUF012 - as empty as torch's
    _forward_pre_hooks: Any = {}  # noqa: RUF012

    def __init__(self, *parts: Any, **settings: Any) -> None:
        self.parts = parts
        vars(self).update(settings)

    def __iter__(self) -> Any:
        return iter(self.parts)

    def forward(self, x: Any) -> Any:
        raise NotImplementedError


Module.__module__ = "torch.nn.modules.module"


def module(kind: str, *parts: Any, **settings: Any) -> Any:
    """Return a stand-in for the module of a class of torch.nn."""
    cls = type(kind, (Module,), {"forward": lambda self, x: x, "__module__": "torch.nn.modules.some"})
    return cls(*parts, **settings)


def linear(weight: Any, bias: Any = None) -> Any:
    tensors = [thing and SimpleNamespace(tolist=lambda thing=thing: thing) for thing in (weight, bias)]
    return module("Linear", weight=tensors[0], bias=tensors[1])


FIRST = linear([[1.0, -2.0], [0.5, 0.25]], [0.5, -1.0])
SECOND = linear([[3.0, -1.0]])


def test_stack_becomes_an_mlp() -> None:
    model = nn.from_torch(module("Sequential", FIRST, module("Tanh"), SECOND, module("Sigmoid")))
    assert type(model) is MLP
    assert model.describe() == "MLP(2, [2, 1], hidden='tanh', output='sigmoid')"
    arrays = {name: array.tolist() for name, array in nn.to_arrays(model).items()}
    assert arrays == {"0.weight": [[1.0, -2.0], [0.5, 0.25]], "0.bias": [0.5, -1.0], "2.weight": [[3.0, -1.0]]}


def test_linear_alone_becomes_an_mlp_of_one_layer() -> None:
    assert nn.from_torch(SECOND).describe() == "MLP(2, [1], output='linear', bias=False)"


def test_nested_stacks_are_read_and_modules_that_change_no_number_are_left_out() -> None:
    inner = module("Sequential", module("Flatten"), FIRST, module("Identity"), module("Mish"))
    dropout, none = module("Dropout", training=False, p=0.5), module("AlphaDropout", training=True, p=0.0)
    model = nn.from_torch(module("Sequential", inner, dropout, FIRST, none, module("ReLU"), SECOND))
    assert type(model) is Sequential
    assert [layer.describe() for layer in model.layers] == [
        "Layer(2, 2, activation='mish')",
        "Layer(2, 2, activation='relu')",
        "Layer(2, 1, activation='linear', bias=False)",
    ]


@pytest.mark.parametrize(
    ("activation", "name"),
    [
        (module("LeakyReLU", negative_slope=0.2), "leaky_relu(negative_slope=0.2)"),
        (module("LeakyReLU", negative_slope=0.01), "leaky_relu"),
        (module("ELU", alpha=2), "elu(alpha=2.0)"),
        (module("Hardtanh", min_val=-2.0, max_val=1.0), "hardtanh(min_val=-2.0, max_val=1.0)"),
        (module("Softplus", beta=1.0, threshold=20.0), "softplus"),
        (module("GELU", approximate="none"), "gelu"),
        (module("GELU", approximate="tanh"), "gelu_tanh"),
    ],
)
def test_settings_of_an_activation_are_kept(activation: Any, name: str) -> None:
    model = nn.from_torch(module("Sequential", FIRST, activation))
    assert model.describe() == f"MLP(2, [2], output={name!r})"
    copy = pickle.loads(pickle.dumps(model))
    assert [y.data for y in copy([-3.0, 1.0])] == [y.data for y in model([-3.0, 1.0])]


class Named(type(module("Sequential"))):  # type: ignore[misc]
    """A class of the user that only derives from Sequential."""


class Gated(type(module("Sequential"))):  # type: ignore[misc]
    def forward(self, x: Any) -> Any:
        return x * x


class Whole(Module):
    def forward(self, x: Any) -> Any:
        return x


def test_class_that_only_derives_from_sequential_is_read() -> None:
    assert nn.from_torch(Named(FIRST, module("ReLU"))).describe() == "MLP(2, [2], output='relu')"


STATE_DICT = "call from_arrays(module.state_dict())"


@pytest.mark.parametrize(
    ("thing", "sentences"),
    [
        (3, ["module of type 'int'; it takes Sequential, Linear, ", STATE_DICT]),
        (Whole(), ["module of type 'Whole'; it takes Sequential, Linear, ", STATE_DICT]),
        (Gated(FIRST), ["module of type 'Gated'; it takes no forward() of its own in a Sequential; ", STATE_DICT]),
        (module("Sequential", FIRST, module("Conv2d")), ["module[1] of type 'Conv2d'; it takes Sequential, Linear"]),
        (
            module("Sequential", module("Sequential", module("Tanh"))),
            ["module[0][0]='Tanh'; it takes one activation"],
        ),
        (
            module("Sequential", FIRST, module("Tanh"), module("ReLU")),
            ["module[2]='ReLU'; it takes one activation after each Linear layer"],
        ),
        (module("Sequential"), ["module of type 'Sequential'; it takes a torch.nn.Sequential with a Linear layer"]),
        (
            module("Sequential", FIRST, module("Dropout", training=True, p=0.5)),
            ["module[1]='Dropout in training mode'; it takes evaluation mode: module.eval()"],
        ),
        (module("Linear", _forward_hooks={1: print}), ["module='Linear'; it takes modules without hooks"]),
        (module("Linear", _forward_pre_hooks={1: print}), ["module='Linear'; it takes modules without hooks"]),
        (
            module("Sequential", FIRST, module("Softplus", beta=1.0, threshold=1.0)),
            ["module[1].threshold=1.0; it takes 20 or more"],
        ),
        (
            module("Sequential", SECOND, FIRST),
            ["arrays['module[1].weight'].shape=(2, 2); it takes (outputs, 1), since the shape of 'module[0].weight'"],
        ),
    ],
)
def test_what_cannot_be_read_is_named(thing: Any, sentences: list[str]) -> None:
    with pytest.raises((ArgumentError, ArgumentTypeError)) as caught:
        nn.from_torch(thing)
    assert str(caught.value).startswith(f"from_torch got {sentences[0]}")
    assert all(sentence in str(caught.value) for sentence in sentences)


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch", reason="torch is not installed: python -m pip install '.[peers]'")


@pytest.mark.parametrize("name", sorted(BY_TORCH_NAME))
def test_outputs_and_gradients_agree_with_torch(torch: Any, name: str) -> None:
    torch.manual_seed(5)
    activation = getattr(torch.nn, name)()
    layers = [torch.nn.Linear(2, 4), activation, torch.nn.Dropout(0.5), torch.nn.Linear(4, 3, bias=False), activation]
    theirs = torch.nn.Sequential(*layers).double().eval()
    x = torch.tensor([0.7, -2.5], dtype=torch.float64)
    outputs = theirs(x)
    outputs.sum().backward()
    model = nn.from_torch(theirs)
    ours = model([0.7, -2.5])
    add(ours).backward()
    assert [y.data for y in ours] == pytest.approx(outputs.tolist(), abs=1e-12, rel=1e-12)
    copy = nn.from_torch(theirs)
    nn.load_arrays(copy, {name: p.grad for name, p in theirs.named_parameters()})
    close = 1e-6 if name == "Hardsigmoid" else 1e-12  # torch's slope is 1/6 of float32
    assert [p.grad for p in model.parameters()] == pytest.approx([p.data for p in copy.parameters()], abs=close)


def test_state_dict_of_torch_loads_and_its_names_are_ours(torch: Any) -> None:
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.LeakyReLU(0.2), torch.nn.Linear(3, 1))
    slope = partial(nn.activations.ACTIVATIONS["leaky_relu"], negative_slope=0.2)
    model = nn.from_arrays(theirs.state_dict(), hidden=slope)
    assert list(nn.to_arrays(model)) == list(theirs.state_dict())
    assert model([1.0, -1.0]).data == pytest.approx(
        theirs.double()(torch.tensor([1.0, -1.0]).double()).item(), abs=1e-12
    )
    assert type(nn.from_torch(theirs)) is MLP
    assert nn.to_torch_source(nn.from_torch(theirs)).count("LeakyReLU(negative_slope=0.2)") == 1


def test_table_and_its_inverse_agree() -> None:
    assert {TORCH_MODULES[name].name: name for name in BY_TORCH_NAME.values()} == BY_TORCH_NAME
