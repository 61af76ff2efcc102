"""Set the gradients of a whole graph to 0.

>>> from autograd_tiny import Value
>>> x = Value(3.0)
>>> square = x * x
>>> square.backward()
>>> square.zero_grad()
>>> x.grad, square.grad
(0.0, 0.0)
"""

from __future__ import annotations

from itertools import repeat
from typing import Final

from autograd_tiny.engine.backward_order import GRADIENT, PASS, is_within_pass, mark_in_backward_order
from autograd_tiny.engine.grad_mode import active_recorder
from autograd_tiny.engine.node import Node
from autograd_tiny.errors import NestedPassError
from autograd_tiny.support.at_once import consume

ZEROS: Final = repeat(0.0)


class ZeroGrad(Node):
    """A mixin of `Value`: `zero_grad`."""

    __slots__ = ()

    def zero_grad(self) -> None:
        """Set the gradient of this node, and of every node it was computed from, to 0.

        After Ctrl-C either every gradient is as before, or every gradient is 0.
        """
        if PASS._is_owned() and is_within_pass():
            raise NestedPassError("zero_grad")
        if recorder := active_recorder():
            recorder.refuse_to_set_gradients("zero_grad() was called")
        with PASS:
            order, leaves = mark_in_backward_order(self)
            nodes = order + leaves
            finish = map(setattr, nodes, GRADIENT, ZEROS)
            try:
                for node in nodes:
                    node._grad = 0.0
            except BaseException:
                consume(finish)
                raise
