"""The levels of a network, as `n layer` and `n neuron` name them: read from the places that its modules have.

>>> level_of("layers[0].neurons[1]", "layer"), level_of("layers[0].neurons[1]", "neuron")
('layers[0]', 'layers[0].neurons[1]')
>>> levels_of(["layers[0].neurons[1]", "layers[1].neurons[0]", ""])
['layer', 'neuron']
"""

from __future__ import annotations

from collections.abc import Iterable

from autograd_tiny.symbolic.module_names import split_module


def level_of(module: str, word: str) -> str:
    """Return the outermost module around a module, or itself, that is of a kind; empty if there is none.

    Args:
        module: such as `layers[0].neurons[1]`.
        word: the kind, such as "layer" for the elements of `layers`, or the name of an attribute.
    """
    parts = split_module(module)
    for position, part in enumerate(parts):
        if part.partition("[")[0] in {word, f"{word}s"}:
            return ".".join(parts[: position + 1])
    return ""


def levels_of(modules: Iterable[str]) -> list[str]:
    """Return the words that `level_of` understands for these modules, in the order in which they occur."""
    parts = (part.partition("[") for module in dict.fromkeys(modules) for part in split_module(module))
    return list(dict.fromkeys(name.removesuffix("s") if bracket else name for name, bracket, _ in parts))
