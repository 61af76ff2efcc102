"""Find the part of a network that each node belongs to, from the labels of the parameters it uses.

The parameters of a network are labelled with their place in its tree of modules, `layers[0].neurons[1].w[0]`. So a
graph tells its layers and neurons, though no module marks the nodes that it makes.

>>> from autograd_tiny import Value, dot
>>> w, b = [Value(0.5, label="layers[0].neurons[1].w[0]")], Value(0.1, label="layers[0].neurons[1].b")
>>> weighted = dot(w, [2.0], b)
>>> activation = weighted.tanh()
>>> loss = (activation - 1.0) ** 2
>>> modules = modules_of([*w, b, weighted, activation, *loss.inputs, loss])
>>> modules[weighted], modules[activation], modules[loss]
('layers[0].neurons[1]', 'layers[0].neurons[1]', '')
>>> enclosing(modules[activation], depth=1)
'layers[0]'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, cast

from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive

MODULE: Final = re.compile(r"""(?:[^.\[]|\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*\])+""")
"""A module within its parent, between two dots, such as `layers[0]` or `heads['left.eye']`."""

ModulePath = tuple[str, ...]


def modules_of(nodes: Sequence[Value]) -> dict[Value, str]:
    """Return for each node the innermost module it belongs to, an empty string if there is none.

    - A parameter, a leaf whose label contains a dot, belongs to the module that its label names.
    - A node that uses parameters belongs to the innermost module that holds all of them: `dot(w, x, b)` to a neuron.
    - A node that uses none belongs to the module of its inputs, so an activation belongs to its neuron. After the
      last parameter, where outputs become a loss, this holds only for nodes whose inputs all use parameters of one
      module and whose other operands are settings.

    Args:
        nodes: the nodes of a graph, in topological order.
    """
    own = {node: _module_of_label(node.label) for node in nodes if node.primitive is None}
    used = {node: [own[x] for x in node.inputs if own.get(x)] for node in nodes if node.primitive is not None}
    feeds_parameters = _before_parameters(nodes, used)
    paths: dict[Value, ModulePath] = {}
    for node in nodes:
        if node in own:
            paths[node] = own[node]
        elif used[node]:
            paths[node] = _common(used[node])
        elif node in feeds_parameters or _stays_inside(node, used, paths):
            paths[node] = _common([paths[x] for x in node.inputs])
        else:
            paths[node] = ()
    return {node: ".".join(path) for node, path in paths.items()}


def enclosing(module: str, depth: int) -> str:
    """Return the module that encloses `module`, `depth` levels below the whole network.

    >>> enclosing("layers[0].neurons[1]", 1), enclosing("layers[0].neurons[1]", 2), enclosing("layers[0]", 2)
    ('layers[0]', 'layers[0].neurons[1]', 'layers[0]')
    """
    return ".".join(split_module(module)[:depth])


def split_module(module: str) -> list[str]:
    """Return the modules on the path from the whole network to `module`, each named within its parent.

    >>> split_module("heads['left.eye'].neurons[1]")
    ["heads['left.eye']", 'neurons[1]']
    """
    return MODULE.findall(module)


def _module_of_label(label: str) -> ModulePath:
    """Return the parts of a label without the last, which is the parameter."""
    return tuple(split_module(label)[:-1])


def _before_parameters(nodes: Sequence[Value], used: dict[Value, list[ModulePath]]) -> set[Value]:
    """Return the nodes that a node with parameters depends on."""
    reached: set[Value] = set()
    for node in reversed(nodes):
        if node in reached or used.get(node):
            reached.update(node.inputs)
    return reached


def _stays_inside(node: Value, used: dict[Value, list[ModulePath]], paths: dict[Value, ModulePath]) -> bool:
    """Return whether a node after the last parameter belongs to the module of its inputs."""
    inputs, settings = node.inputs, len(cast("Primitive", node.primitive).defaults)
    of_one_module = len({paths[x] for x in inputs}) == 1 and all(used.get(x) for x in inputs)
    return of_one_module and len(inputs) + settings >= len(node.operands)  # a slope is a setting, a target is not


def _common(paths: Sequence[ModulePath]) -> ModulePath:
    """Return the longest common prefix of paths."""
    first, *others = dict.fromkeys(paths)
    for length in range(len(first), 0, -1):
        if all(path[:length] == first[:length] for path in others):
            return first[:length]
    return ()
