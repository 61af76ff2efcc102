"""Compare our layout with that of `dot`: `python -m tests.benchmarks.layout_against_dot [word ...]`.

Both get the same graph, the DOT source that `to_dot` writes, and boxes of the same sizes. It needs the program `dot`.
The time is processor time, the least of some rounds: of our layout, and of the process `dot -Tplain`, which prints
coordinates. With words, only the graphs whose name contains one of them are measured.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

from autograd_tiny.diagrams.diagram import Diagram
from autograd_tiny.diagrams.dot import INCH, dot_source
from autograd_tiny.diagrams.graph_diagram import graph_diagram
from autograd_tiny.diagrams.node_boxes import diagram_layout, node_boxes
from autograd_tiny.diagrams.options import settings
from tests.benchmarks.harness.picture_measures import Edge, Point, crossings, curves, edge_length
from tests.benchmarks.workloads.drawn_graphs import GRAPHS

EVERY_NODE = 10**6
ENOUGH = 0.5
"""Seconds of processor time after which no further round is measured."""


@dataclass(frozen=True, slots=True)
class Measures:
    """A picture in numbers; lengths and areas in the units of the layout.

    Attributes:
        crossings: of lines.
        length: of all edges.
        width: of the whole.
        height: of the whole.
        seconds: to lay it out.
    """

    crossings: int
    length: float
    width: float
    height: float
    seconds: float


def sized_source(diagram: Diagram) -> str:
    """Return the DOT source with the sizes of our boxes."""
    sizes = [
        f"n{i} [width={box.width / INCH:.4f}, height={box.height / INCH:.4f}, fixedsize=true]\n"
        for i, box in enumerate(node_boxes(diagram))
    ]
    return dot_source(diagram).rstrip()[:-1] + "".join(sizes) + "}\n"


def ours(diagram: Diagram) -> Measures:
    """Measure our picture."""
    boxes = node_boxes(diagram)
    plan = diagram_layout(diagram, boxes)
    lines = [(edge.tail, curves(points)) for edge, points in zip(diagram.edges, plan.edges, strict=True)]
    times: list[float] = []
    while sum(times) < ENOUGH:
        start = process_time()
        diagram_layout(diagram, boxes)
        times.append(process_time() - start)
    return _measures(lines, plan.width, plan.height, min(times))


def of_dot(source: str) -> Measures:
    """Measure the picture of `dot`."""
    plan = json.loads(_dot(source, "json0"))
    ids = {node["_gvid"]: int(node["name"][1:]) for node in plan["objects"] if node["name"].startswith("n")}
    lines = [(ids[edge["tail"]], curves(_points(edge["pos"]))) for edge in plan["edges"]]
    _, _, width, height = map(float, plan["bb"].split(","))
    times: list[float] = []
    while sum(times) < ENOUGH:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _dot(source, "plain")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return _measures(lines, width, height, min(times))


def _dot(source: str, form: str) -> bytes:
    return subprocess.run(["dot", f"-T{form}"], input=source.encode(), capture_output=True, check=True).stdout


def _points(text: str) -> list[Point]:
    """Return the points of an edge, up to the tip of its arrowhead, from an attribute `pos` of DOT."""
    tip, *rest = text.split(" ")
    points = [tuple(map(float, point.split(","))) for point in rest]
    end: Any = tuple(map(float, tip.split(",")[1:]))
    last: Any = points[-1]
    return [*points, last, end, end]  # type: ignore[list-item]


def _measures(lines: Sequence[Edge], width: float, height: float, seconds: float) -> Measures:
    return Measures(crossings(lines), edge_length(lines), width, height, seconds)


def row(name: str) -> str:
    """Return a row of the table: ours, that of `dot`, and where ours is not better."""
    diagram = graph_diagram(GRAPHS[name](), settings(cap=EVERY_NODE))
    boxes = node_boxes(diagram)
    unit = sum(box.width + box.height for box in boxes) / (2 * len(boxes)) * len(diagram.edges)
    mine, other = ours(diagram), of_dot(sized_source(diagram))
    areas = mine.width * mine.height, other.width * other.height
    worse = [
        mark
        for mark, a, b in [
            ("crossings", mine.crossings, other.crossings),
            ("length", mine.length, other.length),
            ("area", *areas),
            ("time", 2 * mine.seconds, other.seconds),
        ]
        if a > 1.0001 * b
    ]
    cells = [
        name,
        f"{len(boxes):,}",
        f"{mine.crossings:,} : {other.crossings:,}",
        f"{mine.length / unit:.2f} : {other.length / unit:.2f}",
        f"{mine.width:,.0f} × {mine.height:,.0f} : {other.width:,.0f} × {other.height:,.0f}",
        f"{areas[0] / areas[1]:.2f}",
        f"{1000 * mine.seconds:,.1f} : {1000 * other.seconds:,.1f} ms",
        ", ".join(worse),
    ]
    return f"| {' | '.join(cells)} |"


def main(words: Sequence[str]) -> None:
    """Print the table."""
    print("| ours : that of `dot` | boxes | crossings | edge length | width × height | area | time | worse |")
    print("|---|---|---|---|---|---|---|---|")
    for name in GRAPHS:
        if not words or any(word in name for word in words):
            print(row(name), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
