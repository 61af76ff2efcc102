"""The slots of a node and how to read them: the number, its gradient, and how it was made.

`_x` and `_y` are the operands and `_dx` and `_dy` the partials ∂node/∂x and ∂node/∂y, plain numbers. Where an operand
is a plain number, its slot is None and the number takes the place of the partial. Flat slots are what makes the
engine fast: each further container is visited by the garbage collector. Nodes with more operands: see `nary`.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> node = a * a - 2.0
>>> node.operands, node.partials
((Value(data=9.0, grad=0.0), 2.0), (1.0,))
"""

from __future__ import annotations

from collections.abc import KeysView
from typing import Any

from autograd_tiny.engine import nary
from autograd_tiny.engine.grad_mode import RECORDERS, active_recorder, recorder_of_reader
from autograd_tiny.engine.source_lines import note_line, quoted_line
from autograd_tiny.errors import NotRecordedError, NumberTooLargeError, OperandError
from autograd_tiny.primitives.operands import as_float, as_leaf_data, is_iterable
from autograd_tiny.primitives.primitive import Primitive


class Node:
    """The slots of a `Value`. `primitive` is the row of the table that computed the node, None for a leaf."""

    __slots__ = ("_number", "_grad", "_label", "primitive", "_x", "_dx", "_y", "_dy", "_nary", "_mark", "__weakref__")

    _number: float  # not _data, which numpy.ma reads as the data of a masked array
    _grad: float
    _label: str
    primitive: Primitive | None
    _x: Any
    _dx: Any  # a constant may still be an int: it is converted when it is read; None in a leaf made by `no_grad()`
    _y: Any
    _dy: Any
    _nary: Any
    _mark: object  # of the last traversal

    @property
    def data(self) -> float:
        """The number, always a float; another real number may be assigned."""
        if RECORDERS and (recorder := recorder_of_reader(self)):
            recorder.refuse_to_read(self, "the data of a node was read")
        return self._number

    @data.setter
    def data(self, data: float) -> None:
        given: Any = data
        if RECORDERS:
            is_new = not hasattr(self, "_mark")
            if (recorder := active_recorder()) and (isinstance(given, Node) or not is_new):
                data = recorder.copy_into(self, given)
            if is_new:
                note_line(self)
        if type(data) is not float:
            data = as_leaf_data(data)
        self._number = data

    @property
    def grad(self) -> float:
        """The gradient: ∂root/∂node of the last backward pass, summed over passes in a leaf until it is set to 0."""
        if RECORDERS and (recorder := recorder_of_reader(self)):
            recorder.refuse_to_read(self, "the gradient of a node was read")
        return self._grad

    @grad.setter
    def grad(self, grad: float) -> None:
        if RECORDERS and (recorder := active_recorder()):
            recorder.refuse_to_set_gradients("the gradient of a node was set")
        if type(grad) is not float:
            grad = as_float(grad, "the grad of a Value", expected="a real number")
        self._grad = grad

    @property
    def label(self) -> str:
        """A name for people, shown everywhere."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise OperandError("the label of a Value", label, expected="a string", remedy="write it in quotes")
        self._label = label

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The nodes this one was computed from, in order; a node that is used twice appears twice."""
        if self._nary is not None:
            return nary.inputs_of(self)
        x, y = self._x, self._y
        if x is None:
            return () if y is None else (y,)
        return (x,) if y is None else (x, y)

    @property
    def partials(self) -> tuple[float, ...]:
        """The partial ∂node/∂input for each of `inputs`, as numbers."""
        if RECORDERS and (recorder := recorder_of_reader(self)):
            recorder.refuse_to_read(self, "the partials of a node were read")
        return self._partials

    @property
    def _partials(self) -> tuple[float, ...]:
        if self._nary is not None:
            return nary.partials_of(self)
        return tuple(float(d) for x, d in ((self._x, self._dx), (self._y, self._dy)) if x is not None)

    @property
    def operands(self) -> tuple[Any, ...]:
        """The operands in the order of the formula: nodes and plain numbers, the elements of lists one by one."""
        if self.primitive is None:
            return ()
        if self._nary is not None:
            return nary.operands_of(self)
        pairs = ((self._x, self._dx), (self._y, self._dy))[: self.primitive.arity]
        return tuple(float(d) if x is None else x for x, d in pairs)

    @property
    def _prev(self) -> KeysView[Any]:
        """The inputs as micrograd's set of children, in their order."""
        return dict.fromkeys(self.inputs).keys()

    @property
    def _op(self) -> str:
        """The operation as micrograd writes it into a diagram; empty for a leaf."""
        return self.primitive.symbol if self.primitive is not None else ""


def require_node(x: Any, place: str) -> None:
    """Raise an OperandError with the way to make a Value of an argument that is not one."""
    if not isinstance(x, Node):
        try:
            as_leaf_data(x)
            remedy = "wrap the number: Value(...)"
        except (OperandError, NumberTooLargeError):
            remedy = "pass its elements one by one" if is_iterable(x) else "pass a Value"
        raise OperandError(place, x, expected="Values", remedy=remedy)


def require_recorded(root: Node, place: str) -> None:
    """Raise a NotRecordedError if a node was computed inside `no_grad()`, which is not a leaf that a user made."""
    if root._dx is None:
        raise NotRecordedError(place, root._number, line=quoted_line(root))
