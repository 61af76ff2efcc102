"""Lesson 2, two layers: a network symbol by symbol, by hand in NumPy and by the engine.

Run it: `python demos/two_layer.py`. Once installed, `autograd-tiny lesson two-layer` runs it with options.

    forward                 backward, from the last symbol to the first
    g₁ = W₁ᵀx + b₁          ∂L/∂h₂ = −(y − h₂)      δ₂ = ∂L/∂g₂ = −(y − h₂) ⊙ φ′(g₂)
    h₁ = φ(g₁)              ∂L/∂W₂ = h₁δ₂ᵀ          ∂L/∂b₂ = δ₂
    g₂ = W₂ᵀh₁ + b₂         ∂L/∂h₁ = W₂δ₂           δ₁ = ∂L/∂g₁ = (W₂δ₂) ⊙ φ′(g₁)
    h₂ = φ(g₂)              ∂L/∂W₁ = xδ₁ᵀ           ∂L/∂b₁ = δ₁
    L = ½(y − h₂)²          W := W − η ∂L/∂W        b := b − η ∂L/∂b

Source of the formulas: D. Rumelhart, G. Hinton, R. Williams, Learning representations by back-propagating errors,
1986.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from autograd_tiny import relu, sigmoid, tanh
from autograd_tiny.lessons import (
    apart,
    as_values,
    data_of,
    gradient_of,
    heading,
    in_digits,
    largest_difference,
    picture_folder,
    say,
)
from autograd_tiny.lessons.two_layer import draw_symbols, show_symbols

Symbols = dict[str, Any]
"""Arrays by the names of the legend above: of floats, or of Values."""

RATE = 0.5
SIZES = {"x": (2,), "y": (1,), "W1": (2, 2), "b1": (2,), "W2": (2, 1), "b2": (1,)}
PARAMETERS = ("W1", "b1", "W2", "b2")

ACTIVATIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "sigmoid": (sigmoid, lambda g, h: h * (1.0 - h)),
    "tanh": (tanh, lambda g, h: 1.0 - h * h),
    "relu": (relu, lambda g, h: (g > 0.0).astype(float)),
}
"""φ, and φ′ written as a function of g and h = φ(g)."""


def draw_numbers(seed: int) -> Symbols:
    """Return x, y and the parameters, drawn evenly from -1 to 1; y from 0 to 1, where every φ can reach it."""
    draw = Random(seed).random
    given = {
        name: np.array([2.0 * draw() - 1.0 for _ in range(int(np.prod(size)))]).reshape(size)
        for name, size in SIZES.items()
    }
    return given | {"y": np.abs(given["y"])}


def forward(given: Symbols, phi: Callable[[Any], Any]) -> Symbols:
    """Return all symbols of the forward pass: floats if floats are given, Values, each with its graph, if Values."""
    x, y, W1, b1, W2, b2 = (given[name] for name in SIZES)
    g1 = W1.T @ x + b1
    h1 = phi(g1)
    g2 = W2.T @ h1 + b2
    h2 = phi(g2)
    L = (0.5 * (y - h2) ** 2).sum()
    return {**given, "g1": g1, "h1": h1, "g2": g2, "h2": h2, "L": L}


def by_hand(given: Symbols, activation: str) -> Symbols:
    """Return every symbol, every gradient, and the parameters after one step, by the formulas above."""
    phi, slope = ACTIVATIONS[activation]
    symbols = forward(given, phi)
    x, y, W2, g1, h1, g2, h2 = (symbols[name] for name in ("x", "y", "W2", "g1", "h1", "g2", "h2"))
    delta2 = -(y - h2) * slope(g2, h2)
    delta1 = (W2 @ delta2) * slope(g1, h1)
    symbols |= {"∂L/∂h2": -(y - h2), "∂L/∂g2": delta2, "∂L/∂W2": np.outer(h1, delta2), "∂L/∂b2": delta2}
    symbols |= {"∂L/∂h1": W2 @ delta2, "∂L/∂g1": delta1, "∂L/∂W1": np.outer(x, delta1), "∂L/∂b1": delta1}
    return symbols | {f"new {name}": symbols[name] - RATE * symbols[f"∂L/∂{name}"] for name in PARAMETERS}


def by_engine(given: Symbols, activation: str) -> Symbols:
    """Return the same from the graph: `forward` on Values, `backward()`, and `p.data -= RATE * p.grad`."""
    phi, _ = ACTIVATIONS[activation]
    values = forward(given | {name: as_values(given[name], name) for name in PARAMETERS}, phi)
    symbols = {name: data_of(values[name]) for name in ("g1", "h1", "g2", "h2", "L")}
    values["L"].backward()
    symbols |= {f"∂L/∂{name}": gradient_of(values[name]) for name in ("h2", "g2", "h1", "g1", *PARAMETERS)}
    for name in PARAMETERS:
        for p in values[name].flat:
            p.data -= RATE * p.grad
    return symbols | {f"new {name}": data_of(values[name]) for name in PARAMETERS}


def loss_after(symbols: Symbols, activation: str) -> float:
    """Return the loss of the same x and y after the step."""
    moved = {name: symbols.get(f"new {name}", symbols[name]) for name in SIZES}
    return float(forward(moved, ACTIVATIONS[activation][0])["L"])


def teach(*, seed: int = 6, folder: Path | None = None) -> None:
    """Show every symbol by hand and by the engine, for sigmoid, tanh and relu, and draw the network."""
    given = draw_numbers(seed)
    heading("A network of two layers, symbol by symbol")
    say("g1 = W1ᵀx + b1    h1 = φ(g1)    g2 = W2ᵀh1 + b2    h2 = φ(g2)    L = ½(y − h2)²")
    x, y = in_digits(given["x"]), in_digits(given["y"])
    say(f"x = ({x}), y = {y}, learning rate η = {RATE:g}; a matrix has one line a row", "")
    results = {activation: (by_hand(given, activation), by_engine(given, activation)) for activation in ACTIVATIONS}
    show_symbols(results)
    for activation, (hand, engine) in results.items():
        gap = f"{activation:>7}: hand and engine are at most {apart(largest_difference(engine, hand))} apart"
        say(f"{gap}; the step takes L from {hand['L']:.4f} to {loss_after(hand, activation):.4f}")
    if folder is not None:
        draw_symbols(results["tanh"][0], folder / "two-layer.png")


if __name__ == "__main__":
    teach(folder=picture_folder("lesson-two-layer"))
