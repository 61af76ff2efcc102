"""Hooks: functions that a backward pass calls with the finished gradient of a node, and that may replace it.

The nodes with hooks are known by a table beside them, so a node needs no slot, and a pass without hooks no test.

>>> from autograd_tiny import Value
>>> x = Value(3.0)
>>> inner = x * x
>>> handle = inner.register_hook(lambda gradient: min(gradient, 1.0))
>>> (10.0 * inner).backward()
>>> inner.grad, x.grad
(1.0, 6.0)
>>> handle.remove()
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from operator import attrgetter
from threading import RLock
from typing import Any, Final, TypeVar
from weakref import ref

from autograd_tiny.engine.grad_mode import active_recorder
from autograd_tiny.engine.node import Node
from autograd_tiny.engine.source_lines import observe_pass, observers
from autograd_tiny.errors import RecordError, require_callable
from autograd_tiny.primitives.operands import as_float

NodeT = TypeVar("NodeT", bound=Node)
Hook = Callable[[float], Any]

HOOKS: dict[int, tuple[Any, dict[object, Hook]]] = {}
"""For the identity of each node with hooks a weak reference, whose callback removes the entry, and the hooks."""

NUMBER, GRADIENT = attrgetter("_number"), attrgetter("_grad")

CHANGE: Final[Any] = RLock()
"""Held while an entry is added or removed."""

_after_fork = getattr(os, "register_at_fork", dict)  # there is none on Windows
_after_fork(after_in_child=CHANGE._at_fork_reinit)  # the thread that holds it is not in the child


class HookHandle:
    """The registration of one hook. As a context manager it ends with the block (as in `torch.utils.hooks`)."""

    def __init__(self, node: Node, hook: Hook) -> None:
        key = self._key = id(node)
        self._token = object()  # as the key the handle itself would be a cycle
        with CHANGE:
            callback = partial(HOOKS.pop, key)  # written in C, where no Ctrl-C comes
            _, self._hooks = HOOKS.setdefault(key, (ref(node, callback), {}))
            self._hooks[self._token] = hook

    def remove(self) -> None:
        """Remove the hook; a second call does nothing."""
        with CHANGE:
            self._hooks.pop(self._token, None)
            if not self._hooks and HOOKS.get(self._key, ((), None))[1] is self._hooks:  # not that of a later node
                HOOKS.pop(self._key, None)

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


class Hooks(Node):
    """A mixin of `Value`: `register_hook`."""

    __slots__ = ()

    def register_hook(self, hook: Hook) -> HookHandle:
        """Call a function with the gradient of this node in each `backward()` (as `torch.Tensor.register_hook`).

        It is called once all consumers have added their contributions, before the inputs receive theirs; hooks of one
        node run in the order of their registration. A leaf's gradient is that of this pass, without earlier ones.
        `grad`, `trace` and other functions of derivatives call no hooks, and a copy of the node has none. The hook
        ends with its node; one that refers to the node, or to a graph above it, keeps it alive until it is removed.

        Args:
            hook: takes the gradient, a float, and returns another one, or None to keep it.

        Returns:
            A handle, whose `remove()` ends it.

        Raises:
            OperandError: the hook is not a function; in `backward()`: it returns something else. After any exception
                in a hook every gradient is as before the pass.
            RecordError: a program is being recorded.

        >>> from autograd_tiny import Value
        >>> x = Value(3.0)
        >>> with x.register_hook(print):
        ...     (x * x).backward()
        6.0
        """
        require_callable(hook, "register_hook")
        if active_recorder():
            raise RecordError("register_hook() was called", "register the hook of a graph that is not recorded")
        return HookHandle(self, hook)


def has_hooks(node: Node) -> bool:
    """Return True if a node has a hook."""
    return bool(HOOKS.get(id(node), (None, {}))[1])  # Ctrl-C may have left an entry without hooks


def refuse_hooks(nodes: Iterable[Node]) -> None:
    """Raise a RecordError if a node of a program has a hook, which a replay would not call."""
    if HOOKS and any(map(has_hooks, nodes)):
        raise RecordError("a node had a hook", "remove it, or call the function and backward() instead")


def accumulate_between_hooks(
    accumulate: Callable[[list[NodeT]], None], order: list[NodeT], leaves: Sequence[NodeT]
) -> None:
    """Apply the chain rule to the order of a backward pass in parts, and run hooks between them.

    A part begins at a node with hooks, when its gradient is finished. The hooks of leaves run after the last part.

    Raises:
        RecordError: this thread records a program, which would not set gradients.
    """
    if recorder := active_recorder():
        recorder.refuse_to_set_gradients("backward() was called")
    seed = order[0]._grad if order else 0.0
    if HOOKS:
        starts = [k for k, node in enumerate(order) if has_hooks(node)]
        accumulate(order[: starts[0]] if starts else order)
        for start, stop in pairwise([*starts, len(order)]):
            _run_hooks(order[start])
            accumulate(order[start:stop])
        for leaf in filter(has_hooks, leaves):
            _run_hooks(leaf)
    else:
        accumulate(order)
    if order and observers():
        nodes = [*order, *leaves]
        observe_pass(map(NUMBER, nodes), map(GRADIENT, nodes), order[0], seed)


def _run_hooks(node: Node) -> None:
    """Call the hooks of a node with its gradient, each with the result of the one before."""
    _, hooks = HOOKS.get(id(node), (None, {}))  # an earlier hook may have removed it
    for hook in list(hooks.values()):
        replacement = hook(node._grad)
        if replacement is not None:
            node._grad = as_float(replacement, "the gradient that a hook returns", expected="a real number or None")
