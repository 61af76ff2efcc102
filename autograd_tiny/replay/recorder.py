"""Record a function that runs once on nodes, with every choice that another example could make differently.

Inputs, and numbers computed from inputs alone, are plain numbers in eager code. While recording they are a `Number`:
a node that records arithmetic. Every way from a node to its number is followed (`.data` of a Number is one that takes
no gradient) or refused; the engine asks the recorder of the thread. A comparison gives a `Condition`, a number 1 or 0
for `where`; if Python asks for its truth (`if`, `and`, the builtin `max`), a `Guard` records the answer, to be
checked for every example.

>>> from autograd_tiny import where
>>> with Recorder() as recorder:
...     x = Number(2.0)
...     y = where(x > 0.0, x, 0.1 * x)
...     z = y if y > 1.0 else -y
>>> len(recorder.guards), recorder.guards[0].recorded
(1, True)
"""

from __future__ import annotations

import linecache
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from types import CodeType, FrameType
from typing import Any, Final, TypeVar, cast

from autograd_tiny.engine import graph
from autograd_tiny.engine.grad_mode import RECORDERS, Recording, active_recorder, is_paused, recorder_of_reader
from autograd_tiny.engine.methods import unary
from autograd_tiny.engine.node import Node
from autograd_tiny.engine.record import record_operator
from autograd_tiny.engine.value import ADD, DIV, MUL, POW, SUB, Value, new_node
from autograd_tiny.errors import RecordError, UnorderedError
from autograd_tiny.primitives import table
from autograd_tiny.primitives.operands import as_float, is_number
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.indexing import FOR_COUNTS, Index, index_of, whole
from autograd_tiny.support.user_frames import OUR_FILES, user_frame
from autograd_tiny.symbolic.conditions import CONDITIONS

DETACH: Final = Primitive(
    "detach",
    "detach({x})",
    lambda x: x,
    lambda x, z: (0.0,),
    symbol="",
    domain=(),
    kinks={},
    source="",
    defaults={},
    latex="",
)
"""A copy that passes no gradient. Only recorders make it; it is not in the table."""

COMPARISONS: Final = {
    operator.lt: CONDITIONS["less"],
    operator.le: CONDITIONS["less_or_equal"],
    operator.gt: CONDITIONS["greater"],
    operator.ge: CONDITIONS["greater_or_equal"],
}


@dataclass(frozen=True, slots=True)
class Guard:
    """A choice: the truth of a condition that the recorded function used. One object for all choices of a line.

    Attributes:
        recorded: its truth for the recorded example.
        file, line, code: the place of the choice.
    """

    recorded: bool
    file: str
    line: int
    code: str


NumberT = TypeVar("NumberT", bound="Number")


class Number(Value):
    """A plain number of the user's program, as a node while the program is recorded."""

    __slots__ = ()

    def apply_primitive(self, primitive: Primitive, operands: tuple[Any, ...]) -> Value:
        """Record a node; it is a Number if all operands are."""
        node = super().apply_primitive(primitive, operands)
        kinds = set(map(type, primitive.flatten(operands)))
        return node if any(map(_is_other, kinds)) else _as(Number, node)

    def record_unary(self, primitive: Primitive) -> Number:
        """Record a function of one operand; the result is a Number."""
        return _as(Number, super().record_unary(primitive))

    relu, tanh = unary(table.relu), unary(table.tanh)  # which Value writes out

    def __eq__(self, other: object) -> Any:
        if _is_asked_by_us():
            return self is other
        return _equal(other, self) if isinstance(other, Value) else _equal(self, other)

    def __repr__(self) -> str:
        text = super().__repr__()  # tells the recorder
        return repr(self._number) if self.primitive is DETACH else text  # what .data returned is a float elsewhere

    def __float__(self) -> float:
        raise RecordError(
            f"a number was converted to float or int (it is {self._number!r})",
            "leave the conversion out, and use functions of autograd_tiny instead of those of math; x != x tells nan",
        )

    def __int__(self) -> int:
        raise RecordError(
            f"a number was converted to float or int (it is {self._number!r})",
            f"leave the conversion out, and use functions of autograd_tiny instead of those of math; {FOR_COUNTS}",
        )

    def __index__(self) -> int:
        recorder = recorder_of_reader(self)
        if recorder is None:
            raise TypeError("'Number' object cannot be interpreted as an integer")
        place: int = recorder.index(self, sys._getframe(1))
        return place

    def __hash__(self) -> int:
        if RECORDERS and not _is_asked_by_us() and recorder_of_reader(self):
            raise RecordError(
                "a number was looked up in a set or a dict", "make the table a list, or compare the number: x == 1.0"
            )
        return object.__hash__(self)


def _as(kind: type[NumberT], node: Value) -> NumberT:
    """Return a new node as one of a subclass."""
    node.__class__ = kind  # of the same slots
    return cast("NumberT", node)


def _is_other(kind: type[Any]) -> bool:
    """Return whether a kind of operand makes a result that is more than a plain number."""
    return issubclass(kind, Value) and not issubclass(kind, Number)


def _operators(name: str, combine: Callable[[Any, Any], Value]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return an operator of Number and its reflection; the result is a Number if both operands are plain numbers.

    Python calls a Number on the right before a Value on the left, since Number is a subclass.

    Args:
        name: of the operator of Value.
        combine: computes it for two nodes, of which Value's operator expects only those that are no Number.
    """
    method, reflected = getattr(Value, f"__{name}__"), getattr(Value, f"__r{name}__")

    def operate(self: Number, other: Any) -> Any:
        kind = type(other)
        if kind is Value:
            return method(self, other)
        node = combine(self, other) if kind is Number else method(self, other)
        return _as(Number, node) if isinstance(node, Value) and not _is_other(kind) else node

    def operate_reflected(self: Number, other: Any) -> Any:
        if type(other) is Value:
            return combine(other, self)
        node = combine(other, self) if isinstance(other, Value) else reflected(self, other)
        return _as(Number, node) if isinstance(node, Value) and not _is_other(type(other)) else node

    return operate, operate_reflected


def _negated(self: Number) -> Number:
    return _as(Number, Value.__neg__(self))


def _add(x: Value, y: Value) -> Value:
    return new_node(x._number + y._number, ADD, x, 1.0, y, 1.0)


def _sub(x: Value, y: Value) -> Value:
    return new_node(x._number - y._number, SUB, x, 1.0, y, -1.0)


def _mul(x: Value, y: Value) -> Value:
    return new_node(x._number * y._number, MUL, x, y._number, y, x._number)


COMBINE: Final[dict[str, Callable[[Any, Any], Value]]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "truediv": partial(record_operator, new_node, DIV),
    "pow": partial(record_operator, new_node, POW),
}
"""Operators of two nodes, of which one is a Number; those that programs are made of are written out."""

for _name, _combine in COMBINE.items():
    for _prefix, _operate in zip(("", "r"), _operators(_name, _combine), strict=True):
        setattr(Number, f"__{_prefix}{_name}__", _operate)
setattr(Number, "__neg__", _negated)  # noqa: B010 - after the class, as the others


def _followed(number: Number) -> Any:
    """Return the number; while recording, a Number that passes no gradient, so that its use is recorded."""
    recorder = recorder_of_reader(number)
    return number._number if recorder is None else _as(Number, recorder.detach(number))


setattr(Number, "data", property(_followed, vars(Node)["data"].__set__))  # noqa: B010 - as above


class Condition(Number):
    """A comparison: 1 if it holds, else 0; its truth is a guard."""

    __slots__ = ()

    def __index__(self) -> int:
        return int(bool(self))

    def __float__(self) -> float:
        return float(bool(self))

    __int__ = __index__

    def __and__(self, other: Any) -> Condition:
        return _condition(CONDITIONS["both"], self, other)

    def __or__(self, other: Any) -> Condition:
        return _condition(CONDITIONS["either"], self, other)

    __rand__, __ror__ = __and__, __or__

    @staticmethod
    def choose_recorded(condition: Condition, x: Any, y: Any) -> Any:
        """Return x or y as a row does that computes only one of them, `where` without 0 · inf in a backward pass.

        A guard checks that the other one is finite; where it is not, a guard checks the condition.
        """
        if isinstance(x, Value) or isinstance(y, Value):
            other = table.where(condition, y, x)
            if not (other > -inf) & (other < inf):
                return x if condition else y
        return table.where(condition, x, y)


def _condition(row: Primitive, x: Any, y: Any) -> Condition:
    """Record a comparison, or the conjunction or disjunction of two."""
    numbers = [
        operand._number if isinstance(operand, Value) else as_float(operand, "a comparison") for operand in (x, y)
    ]
    slots: list[Any] = []
    for operand, number in zip((x, y), numbers, strict=True):
        slots += [operand, 0.0] if isinstance(operand, Value) else [None, number]
    return _as(Condition, new_node(float(row.compute(*numbers)), row, *slots))


def _equal(x: Value, y: Any) -> Any:
    """Compare numbers, as a node that follows them."""
    if not isinstance(y, Value):
        if not is_number(y):
            return NotImplemented
        try:
            number = float(y.real if hasattr(y, "real") else y)
        except (OverflowError, ValueError):  # an integer beyond the floats, or a signaling nan
            return False
        if number != y:  # no float is equal to 1/3 or to 1 + 1j
            return False
        y = number
    return (x >= y) & (x <= y)


class OtherWay(BaseException):
    """Ends a function that decides otherwise than recorded; no `except Exception` of the function catches it."""


class Recorder(Recording):
    """Records the nodes of one thread while the context lasts.

    Args:
        expected: the truths of all guards, to end the function by `OtherWay` at the first that differs.
        integers: what to answer where numbers are indices, instead of the numbers.

    Attributes:
        guards: the recorded choices.
        conditions: the condition of each guard, a node that is true if it is not 0.
        indices: the numbers that were indices.
        shows_numbers: whether a node was printed; its text holds its number.
    """

    def __init__(self, expected: Sequence[bool] | None = None, integers: Sequence[int] = ()) -> None:
        super().__init__()
        self._expected, self._integers = expected, integers
        self.indices: list[Index] = []
        self.guards: list[Guard] = []
        self.conditions: list[Value] = []
        self._places: dict[tuple[CodeType, int, bool], Guard] = {}
        self.shows_numbers = False

    def _begin(self) -> None:
        if active_recorder():
            raise RecordError("another recording began", "record one program after the other")
        if is_paused():
            raise RecordError("no_grad() was on", "record outside of it")

    # ── called by nodes, see the engine ──

    def require_order(self, x: Value, y: Any) -> None:
        """Record the guard that neither number is nan, which NumPy would put in a wrong place among nodes.

        Raises:
            UnorderedError: one of them is nan.
        """
        if not self.decide((x <= y) | (x >= y)):
            raise UnorderedError

    def compare(self, comparison: Callable[[Any, Any], bool], x: Value, y: Any) -> Condition:
        """Return a comparison as a node."""
        return _condition(COMPARISONS[comparison], x, y)

    def equal(self, x: Value, y: Any) -> Any:
        """Return whether a node and a number are equal as a node."""
        return _equal(x, y)

    def decide(self, node: Value) -> bool:
        """Return the truth of a node, and record a guard with the line that asked."""
        recorded = node._number != 0.0
        frame = user_frame()
        place = frame.f_code, frame.f_lineno, recorded
        guard = self._places.get(place)
        if guard is None:
            file, line = frame.f_code.co_filename, frame.f_lineno
            guard = self._places[place] = Guard(recorded, file, line, linecache.getline(file, line).strip())
        count = len(self.guards)
        self.guards.append(guard)
        self.conditions.append(node)
        if self._expected is not None and (count >= len(self._expected) or self._expected[count] is not recorded):
            raise OtherWay
        return recorded

    def index(self, node: Number, asking: FrameType) -> int:
        """Return the integer that Python asks for to take an element.

        Raises:
            RecordError: it is not used as an index, or the number is not whole.
        """
        self.indices.append(index_of(node, asking))
        if len(self.indices) <= len(self._integers):
            return self._integers[len(self.indices) - 1]
        return whole(node._number)

    def refuse_to_read(self, node: Value, problem: str) -> None:
        """Raise a RecordError: the number would be a constant of every replay."""
        raise RecordError(
            f"{problem} (its data is {node._number!r})",
            "write v.detach() for a number that takes no gradient, autograd_tiny.max(vs) for the largest",
        )

    def refuse_to_set_gradients(self, problem: str) -> None:
        """Raise a RecordError: the replay would not do it."""
        raise RecordError(problem, "let the function compute the loss only; use program.backward")

    def refuse_readers(self, leaves: Sequence[Value], results: Sequence[Value]) -> None:
        """Raise a RecordError if another thread read the number of a node of the program.

        Args:
            leaves: the inputs and the parameters.
            results: the loss, from which other leaves are found, as from the guards.
        """
        read = [node for entry in self.read_elsewhere for node in _flat(entry) if isinstance(node, Value)]
        if not read:
            return
        known = {id(leaf) for leaf in (*leaves, *graph.leaves(*results, *self.conditions))}
        if any(id(leaf) in known for leaf in graph.leaves(*dict.fromkeys(read))):
            raise RecordError(
                "another thread read or compared the number of a node",
                "let the thread that records compute all of it, and no other thread use the same Values",
            )

    def detach(self, node: Value) -> Value:
        """Return a copy that passes no gradient, and stays linked to the node."""
        copy = new_node(node._number, DETACH, node, 0.0, None, 0.0)
        copy.label = node.label
        return copy

    def copy_into(self, leaf: Value, number: Value) -> float:
        """Make a new leaf, such as `Value(x)` of an input x, a detached copy.

        Raises:
            RecordError: the leaf is not new, or the number is a Value.
        """
        if hasattr(leaf, "_mark"):
            raise RecordError("the data of a node was assigned", "let the function compute, and not remember")
        if not isinstance(number, Number):
            raise RecordError("a Value was made of a Value", "write v.detach()")
        leaf.primitive, leaf._x = DETACH, number
        return number._number


class PlainNumbers(Recording):
    """Runs a function without recording; recorders of other threads do not hear of what it reads."""

    records = False


def _flat(entry: Any) -> Iterable[Any]:
    return (x for part in entry for x in _flat(part)) if isinstance(entry, tuple) else (entry,)


def _is_asked_by_us() -> bool:
    """Return whether the caller two frames up, which compares or looks up, is of this package."""
    return sys._getframe(2).f_code.co_filename.startswith(OUR_FILES[0])
