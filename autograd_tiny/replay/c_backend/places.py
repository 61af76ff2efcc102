"""Place the numbers of a program in arrays: rows of a block of examples, or numbers that all examples share.

A number that depends on the inputs varies: it is a row v[k] of the block, with one element for each example. The
others are uniform, numbers u[k]. Both are counted in the order of the tape, so inputs and parameters are contiguous.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = Value(2.0), Value(3.0)
>>> places = Places(tape_of(w * x + 1.0, inputs=[x], parameters=[w]), of_inputs=False, batched=True)
>>> [places.name(position) for position in range(4)]
['v[0][i]', 'u[0]', 'v[1][i]', 'v[2][i]']
"""

from __future__ import annotations

from autograd_tiny.replay.contributions import Name
from autograd_tiny.replay.tape import Operand, Tape


class Places:
    """The places of all numbers of a tape.

    Args:
        tape: the program.
        of_inputs: whether the gradient of the inputs is asked for, rather than that of the parameters.
        batched: whether the inputs have a further axis in front, the examples.

    Attributes:
        varying: for each position whether it varies with the example.
        place: for each position its index k.
        rows, uniforms: how many there are of each kind.
        differentiated: for each position whether the gradient flows through it.
    """

    def __init__(self, tape: Tape, *, of_inputs: bool, batched: bool) -> None:
        self.tape, self.of_inputs, self.batched = tape, of_inputs, batched
        self.varying = tape.depends_on(0, tape.inputs) if batched else [False] * tape.size
        self.place: list[int] = []
        counts = [0, 0]
        for varies in self.varying:
            self.place.append(counts[varies])
            counts[varies] += 1
        self.uniforms, self.rows = counts
        wanted = (0, tape.inputs) if of_inputs else (tape.inputs, tape.inputs + tape.parameters)
        self.differentiated = tape.is_differentiated(*wanted)

    def name(self, operand: Operand) -> Name:
        """Return the name of a number in C; a constant is returned as it is."""
        if type(operand) is not int:
            return operand
        return f"v[{self.place[operand]}][i]" if self.varying[operand] else f"u[{self.place[operand]}]"

    def varies(self, operand: Operand) -> bool:
        """Return whether an operand varies with the example."""
        return type(operand) is int and self.varying[operand]

    def takes_gradient(self, operand: Operand) -> bool:
        """Return whether an operand takes a gradient."""
        return type(operand) is int and self.differentiated[operand]
