"""A network in the classic way: circles in columns, weights as lines of a colour and width that tell sign and size.

Anything with `.layers` of `.neurons` with weights `.w` and a bias `.b` can be drawn; that `nn` has such networks need
not be known here. A column with many circles shows the first and the last.

>>> from types import SimpleNamespace as Thing
>>> from autograd_tiny.diagrams.options import settings
>>> neuron = Thing(w=[Value(1.0), Value(-2.0)], b=Value(0.5))
>>> picture = network_picture(Thing(layers=[Thing(neurons=[neuron, neuron])]), settings())
>>> [node.title for node in picture.nodes]
['x1', 'x2', 'y1', 'y2']
>>> [(edge.tail, edge.head, edge.sign, edge.strength) for edge in picture.edges]
[(0, 2, 1, 0.5), (1, 2, -1, 1.0), (0, 3, 1, 0.5), (1, 3, -1, 1.0)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from autograd_tiny.diagrams.options import Settings
from autograd_tiny.diagrams.picture import Edge, Node, Picture
from autograd_tiny.diagrams.text import number, visible
from autograd_tiny.engine.value import Value

MOST: Final = 16
"""Circles in a column."""


def is_network(subject: object) -> bool:
    """Tell whether a subject has layers of neurons."""
    return bool(_layers(subject))


def network_picture(network: Any, chosen: Settings) -> Picture:
    """Return the picture of a network.

    Args:
        network: with layers of neurons; what stands between these, such as a softmax, is left out.
        chosen: `color_by` says whether lines show weights or their gradients.
    """
    layers = _layers(network)
    columns = [_shown(len(layers[0][0].w)), *(_shown(len(layer)) for layer in layers)]
    starts, nodes, column_of = [0], list[Node](), list[int]()
    for column, places in enumerate(columns):
        nodes += [_circle(column, place, layers, chosen) for place in places]
        column_of += [column] * len(places)
        starts.append(len(nodes))
    edges = list(_edges(layers, columns, starts, chosen))
    widths = [len(layers[0][0].w), *map(len, layers)]
    count = sum(isinstance(x, Value) for layer in layers for neuron in layer for x in (*neuron.w, neuron.b))
    sizes = " → ".join(map(str, widths))
    meaning = f"solid: positive {chosen.color_by}; dashed: negative; wider: greater"
    hidden = "; ⋮ stands for circles that are not drawn" if any(None in places for places in columns) else ""
    return Picture(
        title=f"Network {sizes}",
        description=f"A network with {widths[0]} inputs and layers of {', '.join(map(str, widths[1:]))} neurons, "
        f"{count} parameters in all. The lines are the weights: {meaning}.",
        nodes=tuple(nodes),
        edges=tuple(edges),
        groups=(),
        settings=chosen,
        caption=f"{sizes}, {count} parameters; {meaning}{hidden}",
        columns=tuple(column_of),
    )


def _layers(network: Any) -> list[list[Any]]:
    """Return the neurons of each layer that has some."""
    layers = getattr(network, "layers", None)
    return [list(layer.neurons) for layer in layers if getattr(layer, "neurons", None)] if layers else []


def _shown(count: int) -> list[int | None]:
    """Return the places of a column that are drawn, with None for those left out."""
    if count <= MOST:
        return list(range(count))
    return [*range(MOST // 2), None, *range(count - MOST // 2 + 1, count)]


def _circle(column: int, place: int | None, layers: Sequence[Sequence[Any]], chosen: Settings) -> Node:
    if place is None:
        return Node("⋮", "⋮", kind="neuron")
    if column == 0:
        return Node(f"x{place + 1}", kind="input", note=f"input {place + 1}")
    layer = layers[column - 1]
    bias = layer[place].b
    shown = number(bias.data if isinstance(bias, Value) else bias, chosen.precision)
    is_last = column == len(layers)
    title = "" if not is_last else "y" if len(layer) == 1 else f"y{place + 1}"
    note = f"layer {column - 1}, neuron {place}: bias {shown}"
    return Node(title, kind="neuron", note=note)


def _edges(
    layers: Sequence[Sequence[Any]], columns: Sequence[Sequence[int | None]], starts: Sequence[int], chosen: Settings
) -> Iterator[Edge]:
    """Yield the weights between circles that are drawn; the widest is the greatest of all weights."""
    drawn = [
        (starts[column] + i, starts[column + 1] + k, layers[column][to].w[place])
        for column in range(len(layers))
        for k, to in enumerate(columns[column + 1])
        for i, place in enumerate(columns[column])
        if place is not None and to is not None
    ]
    amounts = [_amount(weight, chosen.color_by) for _, _, weight in drawn]
    greatest = max((abs(amount) for amount in amounts), default=0.0) or 1.0
    for (tail, head, weight), amount in zip(drawn, amounts, strict=True):
        name = visible(weight.label) if isinstance(weight, Value) and weight.label else "weight"
        note = f"{name}: {chosen.color_by} {number(amount, chosen.precision)}"
        sign = (amount > 0) - (amount < 0)
        yield Edge(tail, head, sign=sign, strength=abs(amount) / greatest, note=note)


def _amount(weight: Any, color_by: str) -> float:
    if not isinstance(weight, Value):
        return float(weight) if color_by == "weight" else 0.0
    return weight.data if color_by == "weight" else weight.grad
