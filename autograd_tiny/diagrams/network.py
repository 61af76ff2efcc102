"""Diagram of a network in the classic way: neurons in columns, weights as lines.

Colour and dashes of a line show the sign of the weight, its width the size. Anything with `.layers` of `.neurons`
with weights `.w` and a bias `.b` can be drawn. A column of many circles shows the first and the last.

>>> from types import SimpleNamespace as Thing
>>> from autograd_tiny.diagrams.options import settings
>>> neuron = Thing(w=[Value(1.0), Value(-2.0)], b=Value(0.5))
>>> diagram = network_diagram(Thing(layers=[Thing(neurons=[neuron, neuron])]), settings())
>>> [node.title for node in diagram.nodes]
['x1', 'x2', 'y1', 'y2']
>>> [(edge.tail, edge.head, edge.sign, edge.strength) for edge in diagram.edges]
[(0, 2, 1, 0.5), (1, 2, -1, 1.0), (0, 3, 1, 0.5), (1, 3, -1, 1.0)]
>>> [(box.x, box.y) for box in network_layout(diagram).boxes]
[(0.0, 0.0), (0.0, 38.0), (130.0, 0.0), (130.0, 38.0)]
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import hypot
from typing import Any, Final

from autograd_tiny.diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from autograd_tiny.diagrams.layout import Box, Layout
from autograd_tiny.diagrams.options import Settings
from autograd_tiny.diagrams.text import format_number, visible
from autograd_tiny.engine.value import Value

MOST: Final = 16
"""The most circles in a column."""
DIAMETER: Final = 26.0
STEP: Final = 38.0
"""From one circle of a column to the next."""
DISTANCE: Final = 130.0
"""From one column to the next, at least; columns of many circles are farther apart."""


def is_network(subject: object) -> bool:
    """Return whether a subject has layers of neurons."""
    return bool(_layers(subject))


def network_diagram(network: Any, chosen: Settings) -> Diagram:
    """Return the diagram of a network.

    Args:
        network: with layers of neurons; functions between these, such as a softmax, are left out.
        chosen: `color_by` says whether lines show weights or their gradients.
    """
    layers = _layers(network)
    columns = [_shown(len(layers[0][0].w)), *(_shown(len(layer)) for layer in layers)]
    starts, nodes, column_of = [0], list[DiagramNode](), list[int]()
    for column, places in enumerate(columns):
        nodes += [_circle(column, place, layers, chosen) for place in places]
        column_of += [column] * len(places)
        starts.append(len(nodes))
    edges = list(_edges(layers, columns, starts, chosen))
    widths = [len(layers[0][0].w), *map(len, layers)]
    count = sum(isinstance(x, Value) for layer in layers for neuron in layer for x in (*neuron.w, neuron.b))
    sizes = " → ".join(map(str, widths))
    meaning = f"solid: positive {chosen.color_by}; dashed: negative; wider: greater"
    hidden = "; ⋮ replaces circles that are not drawn" if any(None in places for places in columns) else ""
    return Diagram(
        title=f"Network {sizes}",
        description=f"A network with {widths[0]} inputs and layers of {', '.join(map(str, widths[1:]))} neurons, "
        f"{count} parameters in all. The lines are the weights: {meaning}.",
        nodes=tuple(nodes),
        edges=tuple(edges),
        clusters=(),
        settings=chosen,
        caption=f"{sizes}, {count} parameters; {meaning}{hidden}",
        columns=tuple(column_of),
    )


def network_layout(diagram: Diagram) -> Layout:
    """Return the circles and lines of a network as coordinates; its columns flow as the settings say."""
    lengths = Counter(diagram.columns)
    highest = max(lengths.values())
    distance = max(DISTANCE, 0.35 * STEP * highest)
    places: defaultdict[int, int] = defaultdict(int)
    middles = []
    for column in diagram.columns:
        offset = (highest - lengths[column]) / 2 + places[column]
        places[column] += 1
        middles.append((column * distance + DIAMETER / 2, offset * STEP + DIAMETER / 2))
    width, height = (max(middles)[0] + DIAMETER / 2, (highest - 1) * STEP + DIAMETER)
    if diagram.settings.direction == "TB":
        middles = [(y, x) for x, y in middles]
        width, height = height, width
    boxes = [Box(round(x - DIAMETER / 2, 2), round(y - DIAMETER / 2, 2), DIAMETER, DIAMETER) for x, y in middles]
    edges = []
    for edge in diagram.edges:
        (x, y), (to_x, to_y) = middles[edge.tail], middles[edge.head]
        length = hypot(to_x - x, to_y - y)
        dx, dy = (to_x - x) / length, (to_y - y) / length
        start = x + dx * DIAMETER / 2, y + dy * DIAMETER / 2
        end = to_x - dx * DIAMETER / 2, to_y - dy * DIAMETER / 2
        points = [(start[0] + (end[0] - start[0]) * t / 3, start[1] + (end[1] - start[1]) * t / 3) for t in range(4)]
        edges.append(tuple((round(px, 2), round(py, 2)) for px, py in points))
    return Layout(round(width, 2), round(height, 2), tuple(boxes), (), tuple(edges))


def _layers(network: Any) -> list[list[Any]]:
    """Return the neurons of each layer that has some."""
    layers = getattr(network, "layers", None)
    return [list(layer.neurons) for layer in layers if getattr(layer, "neurons", None)] if layers else []


def _shown(count: int) -> list[int | None]:
    """Return the places of a column that are drawn, with None for those left out."""
    if count <= MOST:
        return list(range(count))
    return [*range(MOST // 2), None, *range(count - MOST // 2 + 1, count)]


def _circle(column: int, place: int | None, layers: Sequence[Sequence[Any]], chosen: Settings) -> DiagramNode:
    if place is None:
        return DiagramNode("⋮", "⋮", kind="neuron")
    if column == 0:
        return DiagramNode(f"x{place + 1}", kind="input", note=f"input {place + 1}")
    layer = layers[column - 1]
    bias = layer[place].b
    shown = format_number(bias.data if isinstance(bias, Value) else bias, chosen.precision)
    is_last = column == len(layers)
    title = "" if not is_last else "y" if len(layer) == 1 else f"y{place + 1}"
    return DiagramNode(title, kind="neuron", note=f"layer {column - 1}, neuron {place}: bias {shown}")


def _edges(
    layers: Sequence[Sequence[Any]], columns: Sequence[Sequence[int | None]], starts: Sequence[int], chosen: Settings
) -> Iterator[DiagramEdge]:
    """Yield the weights between circles that are drawn; the widest is the greatest of all weights drawn."""
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
        note = f"{name}: {chosen.color_by} {format_number(amount, chosen.precision)}"
        sign = (amount > 0) - (amount < 0)
        yield DiagramEdge(tail, head, sign=sign, strength=abs(amount) / greatest, note=note)


def _amount(weight: Any, color_by: str) -> float:
    if not isinstance(weight, Value):
        return float(weight) if color_by == "weight" else 0.0
    return weight.data if color_by == "weight" else weight.grad
