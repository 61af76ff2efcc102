"""Where the numbers of a program are: rows of a block of examples, or single numbers that all examples share.

What depends on the inputs of an example varies: its numbers are a row v[k] of the block, one for each example in it.
Everything else is uniform, a number u[k]. Both are counted in the order of the tape, so that the inputs, and the
parameters, stand one after another.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = Value(2.0), Value(3.0)
>>> places = Places(tape_of(w * x + 1.0, inputs=[x], parameters=[w]), of_inputs=False, batched=True)
>>> [places.name(position) for position in range(4)]
['v[0][i]', 'u[0]', 'v[1][i]', 'v[2][i]']
"""

from __future__ import annotations

from autograd_tiny.replay.formulas import Name
from autograd_tiny.replay.tape import Operand, Tape


class Places:
    """The place of every number of a tape.

    Args:
        tape: what is to be replayed.
        of_inputs: whether the gradient of the inputs is asked for, rather than that of the parameters.
        batched: whether the inputs have a further axis in front, the examples.

    Attributes:
        varying: for each position whether it varies with the example.
        place: for each position its k.
        rows, uniforms: how many numbers there are of each kind.
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
        """Tell whether an operand varies with the example."""
        return type(operand) is int and self.varying[operand]

    def takes_gradient(self, operand: Operand) -> bool:
        """Tell whether a contribution to this operand is wanted."""
        return type(operand) is int and self.differentiated[operand]
