"""What a diagram shows of a graph: each node as a box of its own, or many nodes as one box.

The modules that `modules.modules_of` finds are frames around their nodes, or single boxes. In the collapsed view
equal nodes without a label that take the same boxes, those of many examples, are one box too. What is still too much
is one box, "more", for everything that is farthest from the root.

>>> from autograd_tiny.diagrams.options import settings
>>> w = Value(2.0, label="layers[0].neurons[0].w[0]")
>>> nodes = [w, *(part := (w * 3.0).tanh()).inputs, part]
>>> view(nodes, settings()).groups, view(nodes, settings(depth=1)).boxes[0].module
([('layers[0]', -1), ('layers[0].neurons[0]', 0)], 'layers[0]')
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import accumulate
from typing import Final

from autograd_tiny.diagrams.errors import OptionError
from autograd_tiny.diagrams.options import Settings
from autograd_tiny.diagrams.order import inputs_first
from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.module_names import modules_of, split_module

COMFORTABLE_BOXES: Final = 40
COMFORTABLE_EDGES: Final = 60
"""How much a view may show that nobody asked for in particular."""


@dataclass(slots=True)
class Box:
    """What is drawn as one box.

    Attributes:
        group: the number of the frame that it is in, -1 for none.
        module: the name of the module that it stands for; empty for single nodes.
        nodes: that it stands for, in topological order.
        is_rest: whether it stands for all that is not drawn.
    """

    group: int
    module: str = ""
    nodes: list[Value] = field(default_factory=list)
    is_rest: bool = False


@dataclass(slots=True)
class View:
    """The boxes of a diagram.

    Attributes:
        boxes: all of them.
        box_of: the number of the box of each node.
        groups: the name of each frame, and the number of the frame around it, -1 for none.
    """

    boxes: list[Box] = field(default_factory=list)
    box_of: dict[Value, int] = field(default_factory=dict)
    groups: list[tuple[str, int]] = field(default_factory=list)

    def links(self) -> dict[tuple[int, int], int]:
        """Return how many edges lead from one box to another, for each such pair."""
        links: dict[tuple[int, int], int] = {}
        for node, head in self.box_of.items():
            for x in node.inputs:
                tail = self.box_of[x]
                if tail != head:
                    links[tail, head] = links.get((tail, head), 0) + 1
        return links


def view(nodes: Sequence[Value], chosen: Settings) -> View:
    """Return what to show of a graph.

    Args:
        nodes: of the graph, in topological order; the last is the root.
        chosen: the settings `depth`, `expand` and `cap`.

    Raises:
        OptionError: `expand` names a module that the graph does not have.
    """
    paths = _paths(nodes)
    _check_expand(chosen.expand, {prefix for path in paths.values() for prefix in path})
    deepest = max(map(len, paths.values()), default=0) + 1
    if chosen.depth is not None:
        return _capped(_arrange(nodes, paths, chosen.depth, chosen.expand), chosen.cap)
    if len(nodes) <= chosen.cap and not chosen.expand:
        return _arrange(nodes, paths, deepest, (), merge=False)
    shown = _arrange(nodes, paths, 1, chosen.expand)
    for depth in range(deepest, 1, -1):
        deeper = _arrange(nodes, paths, depth, chosen.expand)
        if len(deeper.boxes) <= COMFORTABLE_BOXES and len(deeper.links()) <= COMFORTABLE_EDGES:
            shown = deeper
            break
    return _capped(shown, chosen.cap)


def _paths(nodes: Sequence[Value]) -> dict[Value, tuple[str, ...]]:
    """Return for each node the names of the modules around it, the outermost first.

    A module that would both feed and use another, as the cell of a recurrent network does, is left out: as a single
    box it would stand in a circle.
    """
    modules = modules_of(nodes)
    known = {module: tuple(accumulate(split_module(module), "{}.{}".format)) for module in set(modules.values())}
    paths = {node: known[modules[node]] for node in nodes}
    tangled: set[str] = set()
    for depth in range(max(map(len, known.values()), default=0)):
        tangled |= _tangled({node: path[depth] for node, path in paths.items() if len(path) > depth}, nodes)
    return {node: tuple(module for module in path if module not in tangled) for node, path in paths.items()}


def _tangled(module_of: dict[Value, str], nodes: Sequence[Value]) -> set[str]:
    """Return the modules that lie on a circle, or between circles, if each were one box."""
    boxes: dict[Hashable, int] = {}
    box_of = {node: boxes.setdefault(module_of.get(node, node), len(boxes)) for node in nodes}
    names = [name if isinstance(name, str) else "" for name in boxes]
    links = {(box_of[x], box_of[node]) for node in nodes for x in node.inputs if box_of[x] != box_of[node]}
    left = _unordered(len(boxes), links) & _unordered(len(boxes), {(head, tail) for tail, head in links})
    return {names[box] for box in left if names[box]}


def _unordered(count: int, links: Iterable[tuple[int, int]]) -> set[int]:
    return set(range(count)) - set(inputs_first(count, links))


def _check_expand(expand: Sequence[str], modules: set[str]) -> None:
    for name in expand:
        if name not in modules:
            close = get_close_matches(name, sorted(modules), cutoff=0.4) or sorted(modules)[:5]
            expected = (
                f"the name of a module, such as {', '.join(close)}" if close else "nothing: the graph has no modules"
            )
            raise OptionError("expand", name, expected)


def _arrange(
    nodes: Sequence[Value],
    paths: dict[Value, tuple[str, ...]],
    depth: int,
    expand: Sequence[str],
    *,
    merge: bool = True,
) -> View:
    """Return the view in which modules are open down to a depth, and where they were asked for."""
    opened = {prefix for name in expand for prefix in accumulate(split_module(name), "{}.{}".format)}
    arranged, numbers, groups = View(), {}, {}  # type: tuple[View, dict[Hashable, int], dict[str, int]]
    for node in nodes:
        group, module = -1, ""
        for level, name in enumerate(paths[node], start=1):
            if level >= depth and name not in opened:
                module = name
                break
            if name not in groups:
                groups[name] = len(arranged.groups)
                arranged.groups.append((name, group))
            group = groups[name]
        key: Hashable = node
        if module:
            key = module
        elif merge and not node.label and node is not nodes[-1]:
            row = node.primitive
            key = (group, row and row.name, *(arranged.box_of[x] for x in node.inputs))
        if key not in numbers:
            numbers[key] = len(arranged.boxes)
            arranged.boxes.append(Box(group, module))
        arranged.box_of[node] = numbers[key]
        arranged.boxes[numbers[key]].nodes.append(node)
    return _inputs_before_consumers(arranged) if merge else arranged


def _inputs_before_consumers(arranged: View) -> View:
    """Return a view with its boxes in topological order: that of their first nodes need not be one."""
    order = inputs_first(len(arranged.boxes), arranged.links())
    place = {number: i for i, number in enumerate(order)}
    arranged.boxes = [arranged.boxes[number] for number in order]
    arranged.box_of = {node: place[number] for node, number in arranged.box_of.items()}
    return arranged


def _capped(shown: View, cap: int) -> View:
    """Return a view with all boxes but the `cap` that are nearest to the root put together in one."""
    if len(shown.boxes) <= cap:
        return shown
    from_root = inputs_first(len(shown.boxes), [(head, tail) for tail, head in shown.links()])
    kept = set(from_root[: cap - 1])
    capped = View(boxes=[Box(-1, is_rest=True)], groups=shown.groups)
    for number, box in enumerate(shown.boxes):
        if number in kept:
            capped.boxes.append(box)
        else:
            capped.boxes[0].nodes += box.nodes
    capped.box_of = {node: number for number, box in enumerate(capped.boxes) for node in box.nodes}
    return _without_empty_groups(capped)


def _without_empty_groups(shown: View) -> View:
    used: set[int] = set()
    for box in shown.boxes:
        group = box.group
        while group not in used and group != -1:
            used.add(group)
            group = shown.groups[group][1]
    renumber = {-1: -1, **{group: number for number, group in enumerate(sorted(used))}}
    shown.groups = [(shown.groups[group][0], renumber[shown.groups[group][1]]) for group in sorted(used)]
    for box in shown.boxes:
        box.group = renumber[box.group]
    return shown
