"""Which part of a network a node belongs to, read from the labels of the parameters that it uses.

The parameters of a network are labelled with their place in its tree of modules, `layers[0].neurons[1].w[0]`, so
the graph itself knows its layers and neurons, though no module leaves a mark on the nodes that it makes.

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

PART: Final = re.compile(r"""(?:[^.\[]|\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*\])+""")
"""One step down a tree, such as `layers[0]` or `heads['left.eye']`: what stands between two dots."""

Path = tuple[str, ...]


def modules_of(nodes: Sequence[Value]) -> dict[Value, str]:
    """Return for each node the innermost module it belongs to; an empty text where it belongs to none.

    - A parameter, a leaf whose label has a dot in it, belongs to the module that its label names.
    - A node that uses parameters belongs to the innermost module that holds all of these: `dot(w, x, b)` to a neuron.
    - A node that uses none belongs where its inputs do, so an activation belongs to the neuron whose number it takes.
      Behind the last parameter, where outputs become a loss, this goes for a function of one operand that takes what
      a node with parameters gives, and for what combines such nodes of one module; the rest is no module's.

    Args:
        nodes: of one graph, in topological order.
    """
    own = {node: _module_of_label(node.label) for node in nodes if node.primitive is None}
    used = {node: [own[x] for x in node.inputs if own.get(x)] for node in nodes if node.primitive is not None}
    feeds_parameters = _before_parameters(nodes, used)
    paths: dict[Value, Path] = {}
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
    """Return the module that encloses this one, so many steps down from the whole network.

    >>> enclosing("layers[0].neurons[1]", 1), enclosing("layers[0].neurons[1]", 2), enclosing("layers[0]", 2)
    ('layers[0]', 'layers[0].neurons[1]', 'layers[0]')
    """
    return ".".join(PART.findall(module)[:depth])


def _module_of_label(label: str) -> Path:
    """Return the parts of a label but the last, which is the parameter itself."""
    return tuple(PART.findall(label)[:-1])


def _before_parameters(nodes: Sequence[Value], used: dict[Value, list[Path]]) -> set[Value]:
    """Return the nodes whose number reaches a node with parameters further on."""
    reached: set[Value] = set()
    for node in reversed(nodes):
        if node in reached or used.get(node):
            reached.update(node.inputs)
    return reached


def _stays_inside(node: Value, used: dict[Value, list[Path]], paths: dict[Value, Path]) -> bool:
    """Tell whether a node behind the last parameter still belongs to the module of its inputs."""
    inputs, settings = node.inputs, len(cast("Primitive", node.primitive).defaults)
    of_one_module = len({paths[x] for x in inputs}) == 1 and all(used.get(x) for x in inputs)
    return of_one_module and len(inputs) + settings >= len(node.operands)  # a target is no setting, a slope is


def _common(paths: Sequence[Path]) -> Path:
    """Return the beginning that all paths share."""
    first, *others = dict.fromkeys(paths)
    for length in range(len(first), 0, -1):
        if all(path[:length] == first[:length] for path in others):
            return first[:length]
    return ()
