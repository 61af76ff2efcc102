r"""Write where contributions are added: the left sides of the statements of a backward pass.

Of a number that varies, the first contribution of a block is assigned and the others are added, so no gradient needs
to be set to 0. Of a number that all examples share, the contributions of each lane are added up in a row of their
own, gl[k], which is summed once at the end of the block.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.plan import plan_of
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = Value(2.0), Value(3.0)
>>> targets = Targets(plan_of(tape_of((w * x).tanh(), inputs=[x], parameters=[w])))
>>> [targets.head("v", 1, place=1) for _ in range(2)], targets.head("u", 2, place=0)
(['gv[@1][i] =', 'gv[@1][i] +='], 'gl[@2][i] =')
>>> list(targets.ends())
[('gu[@0] += total(gl[@0], n);', (0,))]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from autograd_tiny.replay.plan import Plan
from autograd_tiny.replay.rerolling import Item, statement
from autograd_tiny.replay.tape import Operand


class Targets:
    """Remembers which gradients of a block have been assigned.

    Args:
        plan: with its layout.
    """

    def __init__(self, plan: Plan) -> None:
        self._stores = stores = plan.stores
        tape = plan.tape
        starts = stores.varying[tape.root] and stores.flows[tape.root]
        self._begun = {("v", stores.place[tape.root])} if starts else set()
        self._read = [stores.place[k] for k in range(tape.inputs)] if plan.of_inputs and plan.batched else []

    def head(self, kind: str, hole: int, place: int) -> str:
        """Return the left side of a contribution of the examples to the number of a hole, "u" or "v"."""
        sign = "+=" if (kind, place) in self._begun else "="
        self._begun.add((kind, place))
        return f"{'gv' if kind == 'v' else 'gl'}[@{hole}][i] {sign}"

    def head_of(self, x: Operand, hole: int, *, varies: bool) -> str:
        """Return the left side of a contribution to a number of the program; `varies` says whether the step does."""
        if not varies:
            return f"gu[@{hole}] +="
        return self.head("uv"[self._stores.varying[x]], hole, self._stores.place[x])  # type: ignore[index]  # a number

    def begun(self, places: Iterable[int]) -> Iterator[Item]:
        """Yield the statements that set the gradients of varying numbers to 0, if they were not assigned yet."""
        for place in places:
            if ("v", place) not in self._begun:
                self._begun.add(("v", place))
                yield statement("EACH gv[@0][i] = 0.0;", place)

    def ends(self) -> Iterator[Item]:
        """Yield the statements at the end of a block: the sums of the lanes, and zeros that the caller reads."""
        yield from self.begun(self._read)
        for kind, place in sorted(self._begun):
            if kind == "u":
                yield statement("gu[@0] += total(gl[@0], n);", place)


def added(targets: Sequence[tuple[str, str]], *, varies: bool) -> list[str]:
    """Return the statements that add contributions, given their left and right sides; of rows as one loop."""
    texts = [f"{head} {text};" for head, text in targets]
    if not varies or not texts:
        return texts
    return [f"EACH {texts[0]}" if len(texts) == 1 else f"EACH {{ {' '.join(texts)} }}"]
