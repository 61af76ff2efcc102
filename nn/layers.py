"""Layers of neurons, and networks of layers.

>>> model = MLP(2, [3, 1], hidden="tanh", seed=0)
>>> model
MLP(2, [3, 1], hidden='tanh', output='linear') with 13 parameters
>>> f"{model([1.0, -2.0]):.4f}"
'-0.4677'

A neuron is one n-ary node, `dot(w, x, b)`, and its activation. The nodes of a neuron share one tuple of the weights,
and those of a layer one tuple of the inputs. Numbers in `x` are constants: they get no gradient and need no node.

`Neuron(nin, nonlin)`, `Layer(nin, nout)` and `MLP(nin, nouts)`, with attributes `w`, `b`, `neurons` and `layers`,
are those of micrograd: weights are drawn from -1 to 1 and biases are 0. Only the random numbers differ, since they do
not come from the global generator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from autograd_tiny import Value, affine, dot
from nn.activations import ACTIVATIONS, Activation, callable_name, linear, value_method
from nn.argument_checks import choose, example_inputs, nonempty_list, positive_integer
from nn.errors import ArgumentTypeError
from nn.initializers import INITIALIZERS, Initializer, Seed, generator
from nn.module import Module


class Neuron(Module):
    """A weighted sum of the inputs plus a bias, and an activation: activation(w·x + b).

    Args:
        nin: the number of inputs.
        nonlin: False for no activation, as in micrograd; `activation` is then ignored.
        activation: a name in `ACTIVATIONS`, or a function.
        bias: whether there is a bias; without one `b` is the number 0.
        seed: the seed or generator of the weights.
        initializer: a name in `INITIALIZERS`, or a function.

    Raises:
        ArgumentError: `nin` is less than 1.
        UnknownNameError: the activation or the initializer is unknown.

    >>> neuron = Neuron(2, activation="tanh", seed=0)
    >>> neuron
    Neuron(2, activation='tanh') with 3 parameters
    >>> (neuron.w[0].data, neuron.w[1].data, neuron.b.data)
    (0.6888437030500962, 0.515908805880605, 0.0)
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,  # noqa: FBT001, FBT002 - micrograd's users pass it by position
        *,
        activation: str | Activation = "relu",
        bias: bool = True,
        seed: Seed = None,
        initializer: str | Initializer = "uniform",
    ) -> None:
        draw = choose("initializer", initializer, INITIALIZERS, place="Neuron")
        source = generator(seed)
        self.w = [Value(draw(nin, 1, source)) for _ in range(positive_integer("Neuron", "nin", nin))]
        self._listed, self._shared = list(self.w), tuple(self.w)
        self.b = Value(0.0) if bias else 0.0
        self.nonlin = nonlin
        chosen = choose("activation", activation, ACTIVATIONS, place="Neuron")
        self.activation = value_method(chosen if nonlin else linear)
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """Return the activation for one example, a list of `nin` numbers or Values.

        Raises:
            LengthError: there are more or fewer inputs than weights.
            ArgumentTypeError: `x` is not a list, tuple or array.

        >>> Neuron(2, initializer="zeros")([1.0, 2.0]).data
        0.0
        """
        return self.activation(dot(self.weights(), tuple(example_inputs("Neuron", x, len(self.w))), self.b))

    def weights(self) -> tuple[Value, ...]:
        """Return the weights as the tuple that the nodes of this neuron share.

        >>> neuron = Neuron(2)
        >>> neuron.weights() is neuron.weights(), neuron.weights() == (neuron.w[0], neuron.w[1])
        (True, True)
        """
        if type(self.w) is not list or self._listed != self.w:  # a weight was replaced
            self._listed, self._shared = list(self.w), tuple(self.w)
        return self._shared

    def describe(self) -> str:
        """Return the call that builds this neuron."""
        return f"Neuron({len(self.w)}, {_settings(self)})"


class Layer(Module):
    """A layer of neurons that take the same inputs.

    Args:
        nin: the number of inputs.
        nout: the number of neurons, which is the number of outputs.
        nonlin, activation, bias, seed, initializer: as for `Neuron`; all neurons draw from one generator.

    Raises:
        ArgumentError: `nin` or `nout` is less than 1.
        UnknownNameError: the activation or the initializer is unknown.

    >>> Layer(2, 16, seed=0)
    Layer(2, 16, activation='relu') with 48 parameters
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        *,
        nonlin: bool = True,
        activation: str | Activation = "relu",
        bias: bool = True,
        seed: Seed = None,
        initializer: str | Initializer = "uniform",
    ) -> None:
        draw = choose("initializer", initializer, INITIALIZERS, place="Layer")
        source = generator(seed)

        def draw_for_layer(fan_in: int, _: int, source: Random) -> float:
            return draw(fan_in, nout, source)  # a neuron does not know the width of its layer

        self.nin = positive_integer("Layer", "nin", nin)
        self.neurons = [
            Neuron(nin, nonlin, activation=activation, bias=bias, seed=source, initializer=draw_for_layer)
            for _ in range(positive_integer("Layer", "nout", nout))
        ]
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """Return the activations for one example: a list of `nout` Values, or a Value if `nout` is 1.

        Raises:
            LengthError: there are more or fewer than `nin` inputs.
            ArgumentTypeError: `x` is not a list, tuple or array.

        >>> [y.data for y in Layer(2, 3, initializer="zeros")((1.0, 2.0))]
        [0.0, 0.0, 0.0]
        """
        x = tuple(example_inputs("Layer", x, self.nin))
        neurons = self.neurons
        if {Neuron}.issuperset(map(type, neurons)):
            weighted = affine([neuron.weights() for neuron in neurons], x, [neuron.b for neuron in neurons])
            outputs = [neuron.activation(z) for neuron, z in zip(neurons, weighted)]  # noqa: B905 - hot
        else:
            outputs = [neuron(x) for neuron in neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        return super().__repr__().partition("\n")[0]  # without the lines of the neurons

    def __rich_repr__(self) -> Iterator[tuple[object, ...]]:
        yield (self.nin,)
        yield (len(self.neurons),)
        yield "activation", callable_name(self.neurons[0].activation)
        yield "parameters", len(self.parameters())

    def describe(self) -> str:
        """Return the call that builds this layer."""
        return f"Layer({self.nin}, {len(self.neurons)}, {_settings(self.neurons[0])})"


class Sequential(Module):
    """A chain of modules and functions.

    Args:
        layers: modules and functions; each is called with the output of the one before.

    Raises:
        LengthError: the list of layers is empty.
        ArgumentTypeError: a layer is not callable.

    >>> from autograd_tiny import softmax
    >>> model = Sequential(Layer(4, 8, activation="tanh", seed=0), Layer(8, 3, nonlin=False, seed=1), softmax)
    >>> model
    Sequential(Layer, Layer, softmax) with 67 parameters
      layers[0]: Layer(4, 8, activation='tanh') with 40 parameters
      layers[1]: Layer(8, 3, activation='linear') with 27 parameters
    >>> round(sum(y.data for y in model([5.1, 3.5, 1.4, 0.2])), 12)
    1.0
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        self.layers = nonempty_list("Sequential", "layers", layers)
        for layer in layers:
            if not callable(layer):
                raise ArgumentTypeError("Sequential", "layers", layer, "modules and functions")
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """Return the output of the last layer for one example.

        >>> Sequential(abs, lambda x: 2.0 * x)(-3.0)
        6.0
        """
        for layer in self.layers:
            x = layer(x)
        return x

    def describe(self) -> str:
        """Return the names of the layers."""
        names = [type(layer).__name__ if isinstance(layer, Module) else callable_name(layer) for layer in self.layers]
        return f"{type(self).__name__}({', '.join(names)})"


class MLP(Sequential):
    """A multi-layer perceptron: fully connected layers.

    Args:
        nin: the number of inputs.
        nouts: the number of neurons in each layer; the last is the number of outputs.
        hidden: the activation of all layers but the last, a name in `ACTIVATIONS` or a function.
        output: the activation of the last layer.
        bias, seed, initializer: as for `Neuron`; all layers draw from one generator.

    Raises:
        LengthError: `nouts` is empty.
        ArgumentError: a number of inputs or neurons is less than 1.
        UnknownNameError: an activation or the initializer is unknown.

    >>> MLP(2, [16, 16, 1], seed=0)
    MLP(2, [16, 16, 1], hidden='relu', output='linear') with 337 parameters
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        hidden: str | Activation = "relu",
        output: str | Activation = "linear",
        bias: bool = True,
        seed: Seed = None,
        initializer: str | Initializer = "uniform",
    ) -> None:
        widths, source = [nin, *nonempty_list("MLP", "nouts", nouts)], generator(seed)
        activations = [choose("activation", hidden, ACTIVATIONS, place="MLP", argument="hidden")] * (
            len(widths) - 2
        ) + [output]
        super().__init__(
            *(
                Layer(nin, nout, activation=activation, bias=bias, seed=source, initializer=initializer)
                for nin, nout, activation in zip(widths[:-1], widths[1:], activations, strict=True)
            )
        )

    def __repr__(self) -> str:
        return super().__repr__().partition("\n")[0]  # without the lines of the layers

    def describe(self) -> str:
        """Return the call that builds this network."""
        widths = [len(layer.neurons) for layer in self.layers]
        hidden, output = (callable_name(layer.neurons[0].activation) for layer in (self.layers[0], self.layers[-1]))
        activations = f"hidden={hidden!r}, output={output!r}" if len(widths) > 1 else f"output={output!r}"
        return f"MLP({self.layers[0].nin}, {widths}, {activations}{_bias_of(self.layers[0].neurons[0])})"


def _settings(neuron: Neuron) -> str:
    return f"activation={callable_name(neuron.activation)!r}{_bias_of(neuron)}"


def _bias_of(neuron: Neuron) -> str:
    return "" if isinstance(neuron.b, Value) else ", bias=False"
