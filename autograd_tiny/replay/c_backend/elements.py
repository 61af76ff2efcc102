"""Write the statements that take an element, by its index, of a list whose numbers are evenly spaced, and backwards.

Other lists are copied to an array first, as `statements` does for all rows of lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from autograd_tiny.replay.c_backend.targets import Targets
from autograd_tiny.replay.layout import Stores
from autograd_tiny.replay.rerolling import Item, statement
from autograd_tiny.replay.tape import Operation

PLACE_OF_ELEMENT: Final = """\
static int place_of_element(double index, int first, int step, int length, int operation, double *fault) {
    if (-length <= index && index < length && index == floor(index))
        return first + step * ((int)index + (index < 0.0 ? length : 0));
    if (fault[0] == 0.0) { fault[0] = operation; fault[1] = index; }
    return first;
}"""
"""The place of an element, by an index that may count from the end; the first one if the list lacks it."""


class ElementStatements:
    """Writes one operation of the row `ELEMENT_AT`.

    Args:
        stores: of the plan.
        node: the number that it computes.
        step: the operation.
        number: of the operation, from 1, for the error.
    """

    def __init__(self, stores: Stores, node: int, step: Operation, number: int) -> None:
        *self.elements, index = step.inputs
        self.stores, length = stores, len(self.elements)
        self.varies, self.from_varying = stores.varying[node], stores.varying[self.elements[0]]
        first, second = (stores.place[x] for x in self.elements[:2])
        by_index = "v[@3][i]" if stores.varying[index] else "u[@3]"
        self.place = f"place_of_element({by_index}, @1, @2, {length}, @4, fault)"
        self.numbers = stores.place[node], first, second - first, stores.place[index], number

    @staticmethod
    def can_write(stores: Stores, step: Operation) -> bool:
        """Return whether the elements are numbers of one store that are evenly spaced."""
        *elements, _ = step.inputs
        if len(elements) < len(step.operands) - 1 or len({stores.varying[x] for x in elements}) > 1:
            return False
        return len({stores.place[y] - stores.place[x] for x, y in pairwise(elements)}) == 1

    def value(self) -> Item:
        """Return the statement that computes the element."""
        element = f"v[{self.place}][i]" if self.from_varying else f"u[{self.place}]"
        text = f"EACH v[@0][i] = {element};" if self.varies else f"u[@0] = {element};"
        return statement(text, *self.numbers)

    def contributions(self, targets: Targets) -> Iterator[Item]:
        """Yield the statement that adds the gradient to that of the element, if one of them takes it."""
        if not any(self.stores.flows[x] for x in self.elements):
            return
        if self.from_varying:
            yield from targets.begun(self.stores.place[x] for x in self.elements)
            text = f"EACH gv[{self.place}][i] += gv[@0][i];"
        elif self.varies:
            text = f"for (int i = 0; i < n; i++) gu[{self.place}] += gv[@0][i];"
        else:
            text = f"gu[{self.place}] += gu[@0];"
        yield statement(text, *self.numbers)
