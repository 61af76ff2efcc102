"""Lesson 2: a network of two layers, symbol by symbol, by hand and by the engine.

    forward                 backward, from the last symbol to the first
    g₁ = W₁ᵀx + b₁          ∂L/∂h₂ = −(y − h₂)      δ₂ = ∂L/∂g₂ = −(y − h₂) ⊙ φ′(g₂)
    h₁ = φ(g₁)              ∂L/∂W₂ = h₁δ₂ᵀ          ∂L/∂b₂ = δ₂
    g₂ = W₂ᵀh₁ + b₂         ∂L/∂h₁ = W₂δ₂           δ₁ = ∂L/∂g₁ = (W₂δ₂) ⊙ φ′(g₁)
    h₂ = φ(g₂)              ∂L/∂W₁ = xδ₁ᵀ           ∂L/∂b₁ = δ₁
    L = ½(y − h₂)²          W := W − η ∂L/∂W        b := b − η ∂L/∂b

`forward` runs twice: on arrays of floats, and on arrays of Values, where every operation is recorded. `by_hand` is
the right half above in NumPy; `by_engine` is one call of `backward()`. Source of the formulas: D. Rumelhart,
G. Hinton, R. Williams, Learning representations by back-propagating errors, 1986.

>>> parameters = draw_parameters(seed=1)
>>> symbols = forward(parameters, autograd_tiny.tanh)
>>> list(symbols)
['x', 'y', 'W1', 'b1', 'W2', 'b2', 'g1', 'h1', 'g2', 'h2', 'L']
>>> symbols["g1"].shape, symbols["h2"].shape
((2,), (1,))
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np

import autograd_tiny
from autograd_tiny.cli.lessons.arrays import as_values, data_of, gradient_of, largest_difference
from autograd_tiny.cli.lessons.network_diagram import Neuron, draw_network
from autograd_tiny.cli.lessons.pictures import name_panel, new_figure, panels_of, save
from autograd_tiny.cli.lessons.screen import apart, compare, digits, heading, say, table

Symbols = dict[str, Any]
"""Arrays by the names of the legend above: of floats, or of Values."""

SEED: Final = 6
RATE: Final = 0.5
SIZES: Final = {"x": (2,), "y": (1,), "W1": (2, 2), "b1": (2,), "W2": (2, 1), "b2": (1,)}
PARAMETERS: Final = ("W1", "b1", "W2", "b2")

FORMULAS: Final = {
    "g1": "W1ᵀx + b1",
    "h1": "φ(g1)",
    "g2": "W2ᵀh1 + b2",
    "h2": "φ(g2)",
    "L": "½(y − h2)²",
    "∂L/∂h2": "−(y − h2)",
    "δ2 = ∂L/∂g2": "−(y − h2)φ′(g2)",
    "∂L/∂W2": "h1 δ2ᵀ",
    "∂L/∂b2": "δ2",
    "∂L/∂h1": "W2 δ2",
    "δ1 = ∂L/∂g1": "(W2 δ2) ⊙ φ′(g1)",
    "∂L/∂W1": "x δ1ᵀ",
    "∂L/∂b1": "δ1",
    "new W2": "W2 − η ∂L/∂W2",
    "new b2": "b2 − η ∂L/∂b2",
    "new W1": "W1 − η ∂L/∂W1",
    "new b1": "b1 − η ∂L/∂b1",
}

SLOPES: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "sigmoid": lambda g, h: h * (1.0 - h),
    "tanh": lambda g, h: 1.0 - h * h,
    "relu": lambda g, h: (g > 0.0).astype(float),
}
"""φ′ for each φ, of g and h = φ(g)."""


def draw_parameters(seed: int) -> Symbols:
    """Return x, y and the parameters, drawn evenly from -1 to 1; y from 0 to 1, where every φ can reach it."""
    draw = Random(seed).random
    symbols = {
        name: np.array([2.0 * draw() - 1.0 for _ in range(int(np.prod(size)))]).reshape(size)
        for name, size in SIZES.items()
    }
    return symbols | {"y": np.abs(symbols["y"])}


def forward(given: Symbols, phi: Callable[[Any], Any]) -> Symbols:
    """Return all symbols of the forward pass, of floats if floats are given, of Values if Values are."""
    x, y, W1, b1, W2, b2 = (given[name] for name in SIZES)
    g1 = W1.T @ x + b1
    h1 = phi(g1)
    g2 = W2.T @ h1 + b2
    h2 = phi(g2)
    L = (0.5 * (y - h2) ** 2).sum()
    return {**given, "g1": g1, "h1": h1, "g2": g2, "h2": h2, "L": L}


def by_hand(symbols: Symbols, slope: Callable[[Any, Any], Any], *, rate: float) -> Symbols:
    """Return every gradient, and the parameters after one step, by the formulas derived by hand."""
    x, y, W2 = symbols["x"], symbols["y"], symbols["W2"]
    g1, h1, g2, h2 = (symbols[name] for name in ("g1", "h1", "g2", "h2"))
    delta2 = -(y - h2) * slope(g2, h2)
    delta1 = (W2 @ delta2) * slope(g1, h1)
    gradients = {
        "∂L/∂h2": -(y - h2),
        "δ2 = ∂L/∂g2": delta2,
        "∂L/∂W2": np.outer(h1, delta2),
        "∂L/∂b2": delta2,
        "∂L/∂h1": W2 @ delta2,
        "δ1 = ∂L/∂g1": delta1,
        "∂L/∂W1": np.outer(x, delta1),
        "∂L/∂b1": delta1,
    }
    return gradients | {f"new {name}": symbols[name] - rate * gradients[f"∂L/∂{name}"] for name in PARAMETERS}


def by_engine(symbols: Symbols, *, rate: float) -> Symbols:
    """Return the same from the graph: one backward pass, and `p.data -= rate * p.grad` for every parameter."""
    symbols["L"].backward()
    names = [name for name in FORMULAS if "∂" in name]
    gradients = {name: gradient_of(symbols[name.rpartition("∂")[2]]) for name in names}
    for name in PARAMETERS:
        for parameter in symbols[name].flat:
            parameter.data -= rate * parameter.grad
    return gradients | {f"new {name}": data_of(symbols[name]) for name in PARAMETERS}


def both(activation: str, *, seed: int, rate: float = RATE) -> tuple[Symbols, Symbols]:
    """Return every symbol by hand, and every symbol by the engine, for one activation.

    >>> largest_difference(*both("relu", seed=1)) < 1e-12
    True
    """
    phi = getattr(autograd_tiny, activation)
    numbers = draw_parameters(seed)
    values = numbers | {name: as_values(numbers[name], name) for name in PARAMETERS}
    on_floats, on_values = forward(numbers, phi), forward(values, phi)
    recorded = {name: data_of(on_values[name]) for name in ("g1", "h1", "g2", "h2", "L")}
    hand = on_floats | by_hand(on_floats, SLOPES[activation], rate=rate)
    return {name: hand[name] for name in FORMULAS}, recorded | by_engine(on_values, rate=rate)


def teach(*, seed: int = SEED, folder: Path | None = None) -> None:
    """Show every symbol by hand and by the engine, for sigmoid, tanh and relu, and draw the network."""
    given = draw_parameters(seed)
    heading("A network of two layers, symbol by symbol")
    say("g1 = W1ᵀx + b1    h1 = φ(g1)    g2 = W2ᵀh1 + b2    h2 = φ(g2)    L = ½(y − h2)²")
    say(f"x = ({digits(given['x'])}), y = {digits(given['y'])}, step η = {RATE:g}; a matrix has one line a row")
    groups = []
    for activation in SLOPES:
        hand, engine = both(activation, seed=seed)
        rows = [(name, formula, *compare(hand[name], engine[name], ".4f")) for name, formula in FORMULAS.items()]
        groups.append([(f"φ = {activation}", "", "", "", ""), *rows])
    say("")
    table(("symbol", "formula", "by hand", "by the engine", "apart"), groups, words=2)
    say("")
    for activation in SLOPES:
        before, after = losses_around_the_step(activation, seed=seed)
        distance = apart(largest_difference(*both(activation, seed=seed)))
        step = f"the step takes L from {before:.4f} to {after:.4f}"
        say(f"{activation:>7}: hand and engine are at most {distance} apart; {step}")
    if folder is not None:
        draw(given | both("tanh", seed=seed)[0], folder / "two-layer.png")


def losses_around_the_step(activation: str, *, seed: int) -> tuple[float, float]:
    """Return the loss before and after the update.

    >>> before, after = losses_around_the_step("tanh", seed=1)
    >>> after < before
    True
    """
    hand, _ = both(activation, seed=seed)
    moved = {name: hand.get(f"new {name}", numbers) for name, numbers in draw_parameters(seed).items()}
    return float(hand["L"]), float(forward(moved, getattr(autograd_tiny, activation))["L"])


def draw(symbols: Symbols, path: Path) -> None:
    """Draw the network: what flows forward in every neuron, and what comes back."""
    figure = new_figure(8.0, 3.4)
    (panel,) = panels_of(figure, 1)

    def neurons(layer: int) -> list[Neuron]:
        g, h, delta = symbols[f"g{layer}"], symbols[f"h{layer}"], symbols[f"δ{layer} = ∂L/∂g{layer}"]
        return [
            Neuron(f"$h_{layer}$\n{h[k]:.3f}", f"$g_{layer}$ = {g[k]:.3f}", f"$\\delta_{layer}$ = {delta[k]:.3f}")
            for k in range(len(g))
        ]

    inputs = [Neuron(f"$x$\n{number:.3f}") for number in symbols["x"]]
    draw_network(panel, [inputs, neurons(1), neurons(2)], [symbols["W1"], symbols["W2"]])
    title = f"Forward to L = {symbols['L']:.3f} (y = {symbols['y'][0]:.3f}), and back: δ = ∂L/∂g"
    name_panel(panel, title)
    save(figure, path)
