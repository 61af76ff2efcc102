"""Plan a program for whole batches: what all examples share, matrix products, groups of one row, and their places.

A `Plan` is made in four steps: the tape is fused (`fusion`), its steps are grouped (`grouping`), and the numbers get
their places (`layout`). It is what the back-ends write, forwards and, in the reverse order, backwards.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.tape import tape_of
>>> w, x = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
>>> print(plan_of(tape_of((w[0] * x[0] + w[1] * x[1]).tanh(), inputs=x, parameters=w)))
1 dot × 2 inputs → matmul (1, 2) @ (2, batch)
1 × tanh
"""

from __future__ import annotations

from dataclasses import dataclass

from autograd_tiny.replay.fusion import FusedTape, fuse
from autograd_tiny.replay.grouping import grouped
from autograd_tiny.replay.groups import Groups
from autograd_tiny.replay.layout import Stores, place_in_stores
from autograd_tiny.replay.tape import Tape


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a program in groups, and the place of every number.

    Attributes:
        tape: the recorded program.
        program: the fused tape.
        stores: the groups, and the place of every number.
        of_inputs: whether the gradient of the inputs is asked for, rather than that of the parameters.
        batched: whether the inputs have a further axis in front, the examples.
    """

    tape: Tape
    program: FusedTape
    stores: Stores
    of_inputs: bool
    batched: bool

    def __str__(self) -> str:
        return "\n".join(map(str, self.stores.groups))

    @property
    def groups(self) -> Groups:
        """The groups, in the order of their computation."""
        return self.stores.groups

    @property
    def wanted(self) -> range:
        """The numbers whose gradient is asked for."""
        return _wanted(self.tape, of_inputs=self.of_inputs)


def plan_of(tape: Tape, *, of_inputs: bool = False, batched: bool = True) -> Plan:
    """Return the plan of a tape.

    Args:
        tape: the recorded program.
        of_inputs: whether to compute the gradient of the inputs rather than that of the parameters.
        batched: whether the inputs have a further axis in front, the examples.
    """
    varying = tape.depends_on(0, tape.inputs) if batched else [False] * tape.size
    program = fuse(tape, varying=varying)
    wanted = _wanted(tape, of_inputs=of_inputs)
    flows = program.flows(tape.is_differentiated(wanted.start, wanted.stop))
    stores = place_in_stores(program, grouped(program, flows=flows), flows=flows)
    return Plan(tape, program, stores, of_inputs, batched)


def _wanted(tape: Tape, *, of_inputs: bool) -> range:
    return range(tape.inputs) if of_inputs else range(tape.inputs, tape.inputs + tape.parameters)
