"""Where in a network a node belongs, as the labels of its parameters tell: `n layer` steps by these places.

>>> from autograd_tiny import Value, dot, topological_order
>>> w = [Value(1.0, label=f"layers[0].neurons[1].w[{k}]") for k in range(2)]
>>> loss = dot(w, [2.0, 3.0], 0.0).tanh() ** 2
>>> nodes = topological_order(loss)
>>> places_of(nodes)
['layers[0].neurons[1]', 'layers[0].neurons[1]', 'layers[0].neurons[1]', 'layers[0].neurons[1]', '']
>>> place_at("layers[0].neurons[1]", "layer"), place_at("layers[0].neurons[1]", "neuron")
('layers[0]', 'layers[0].neurons[1]')
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd_tiny.value import Value


def places_of(nodes: Sequence[Value]) -> list[str]:
    """Return for each node the name of the module that it belongs to, empty where that cannot be told.

    A parameter belongs to the module that owns it; a node to the innermost module that owns all the parameters
    among its inputs; what has no parameters, as an activation, to the module of its one input if that has.

    Args:
        nodes: in topological order.
    """
    owners = {node: node.label.rpartition(".")[0] for node in nodes if node.primitive is None}
    sums: dict[Value, str] = {}
    activations: dict[Value, str] = {}
    for node in nodes:
        parameters = [owner for x in node.inputs if (owner := owners.get(x))]
        below = {sums.get(x, "") for x in node.inputs}
        if parameters:
            sums[node] = _common(parameters)
        elif len(below) == 1:
            activations[node] = below.pop()
    places = {**owners, **sums, **activations}
    return [places.get(node, "") for node in nodes]


def place_at(place: str, level: str) -> str:
    """Return the part of a place up to its first module of a kind, `layer` for `layers[0]`; empty if it has none."""
    modules = place.split(".")
    for position, module in enumerate(modules):
        if module.partition("[")[0] in {level, f"{level}s"}:
            return ".".join(modules[: position + 1])
    return ""


def levels_of(places: Iterable[str]) -> list[str]:
    """Return the words that `place_at` understands for these places, outermost first.

    >>> levels_of(["layers[0].neurons[1]", "layers[1].neurons[0]", ""])
    ['layer', 'neuron']
    """
    kinds = (module.partition("[") for place in places for module in place.split(".") if module)
    return list(dict.fromkeys(kind.removesuffix("s") if bracket else kind for kind, bracket, _ in kinds))


def _common(places: Sequence[str]) -> str:
    """Return the modules that all places begin with."""
    split = [place.split(".") for place in places]
    shared: list[str] = []
    for modules in zip(*split, strict=False):
        if len(set(modules)) > 1:
            break
        shared.append(modules[0])
    return ".".join(shared)
