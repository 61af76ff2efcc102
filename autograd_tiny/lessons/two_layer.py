"""Print and draw the lesson on two layers: every symbol in one table, and the network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from autograd_tiny.lessons.pictures import NeuronText, draw_network
from autograd_tiny.lessons.printing import compare, print_table, say
from autograd_tiny.support.figures import name_panel, new_figure, panels_of, save_picture

Symbols = Mapping[str, Any]

FORMULAS: Final = {
    "g1": "W1ᵀx + b1",
    "h1": "φ(g1)",
    "g2": "W2ᵀh1 + b2",
    "h2": "φ(g2)",
    "L": "½(y − h2)²",
    "∂L/∂h2": "−(y − h2)",
    "∂L/∂g2": "−(y − h2)φ′(g2)",
    "∂L/∂W2": "h1 δ2ᵀ",
    "∂L/∂b2": "δ2",
    "∂L/∂h1": "W2 δ2",
    "∂L/∂g1": "(W2 δ2) ⊙ φ′(g1)",
    "∂L/∂W1": "x δ1ᵀ",
    "∂L/∂b1": "δ1",
    "new W2": "W2 − η ∂L/∂W2",
    "new b2": "b2 − η ∂L/∂b2",
    "new W1": "W1 − η ∂L/∂W1",
    "new b1": "b1 − η ∂L/∂b1",
}
DELTAS: Final = {f"∂L/∂g{layer}": f"δ{layer} = ∂L/∂g{layer}" for layer in (1, 2)}


def show_symbols(results: Mapping[str, tuple[Symbols, Symbols]]) -> None:
    """Print every symbol by hand and by the engine, for each activation."""
    groups = []
    for activation, (hand, engine) in results.items():
        rows = [
            (DELTAS.get(name, name), formula, *compare(hand[name], engine[name], ".4f"))
            for name, formula in FORMULAS.items()
        ]
        groups.append([(f"φ = {activation}", "", "", "", ""), *rows])
    print_table(("symbol", "formula", "by hand", "by the engine", "apart"), groups, words=2)
    say("")


def draw_symbols(symbols: Symbols, path: Path) -> None:
    """Draw the network, with activation, pre-activation and delta of each neuron."""
    figure = new_figure(8.0, 3.4)
    (panel,) = panels_of(figure, 1)

    def neurons(layer: int) -> list[NeuronText]:
        rows = zip(*(symbols[f"{name}{layer}"] for name in ("h", "g", "∂L/∂g", "b")), strict=True)
        return [
            NeuronText(
                f"$h_{layer}$\n{h:.3f}", f"$g_{layer}$ = {g:.3f}", f"$\\delta_{layer}$ = {delta:.3f}", bias=float(b)
            )
            for h, g, delta, b in rows
        ]

    inputs = [NeuronText(f"$x$\n{number:.3f}") for number in symbols["x"]]
    draw_network(panel, [inputs, neurons(1), neurons(2)], [symbols["W1"], symbols["W2"]])
    title = f"Forward to L = {symbols['L']:.3f} (y = {symbols['y'][0]:.3f}), and back: δ = ∂L/∂g"
    name_panel(panel, title)
    save_picture(figure, path)
