"""Generalize the graphs that a function makes for different indices to one graph, with elements of lists.

The graphs differ where the function takes an element. They are compared node by node from their roots, all at once:
a `Bundle` holds one node of each graph. Where all are the same, so is the result; where they are operations of one
row, it is that operation of the bundles of operands; else it is an element of a list, the one of the graphs in which
the index is 0, that of those in which it is 1, and so on. A bundle whose nodes are found in others, one for each
index, is an element of these: `z[t]` does not compute the row of z once more.

Each index takes each of its values in two graphs or more, so a node that another index, or a random number, chose is
not mistaken for an element.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import copysign
from typing import Any

from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.nary import operands_of
from autograd_tiny.engine.value import Value, new_node
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.indexing import ELEMENT_AT

Operand = Any
"""A node, or a number that is a constant."""

Part = tuple[tuple[int, ...], tuple[Operand, ...]]
"""The numbers of some graphs, and a node of each."""
Groups = tuple[int, list[Part]]
"""An index, and the parts in which it has each of its values."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of the function.

    Attributes:
        places: for each index its value, from 0.
        inputs: the nodes of the inputs.
        ends: the conditions of the guards, the result, and the node of each index.
    """

    places: tuple[int, ...]
    inputs: Sequence[Value]
    ends: Sequence[Operand]


@dataclass(eq=False, slots=True)
class Bundle:
    """Corresponding nodes, or numbers, of some graphs.

    Attributes:
        samples: the numbers of the graphs.
        items: one of each.
        common: the node or number that all of them are, if they are the same.
        parts: the bundles of the operands of an operation, or of the elements of a list.
        index: which index chooses among the parts, if they are elements; None for an operation.
        is_known: whether it is one of these.
    """

    samples: tuple[int, ...]
    items: tuple[Operand, ...]
    common: Operand = None
    parts: list[Bundle] = field(default_factory=list)
    index: int | None = None
    is_known: bool = True


class UnexplainedError(Exception):
    """Nodes differ otherwise than by one index."""


class Generalization:
    """Generalizes some graphs to one.

    Args:
        samples: the runs of the function, the recorded one first.
        lengths: for each index the number of its values.
        leaves: the parameters.
        may_be_nested: whether the samples have each pair of values of any two indices.

    Attributes:
        ends: those of the samples, generalized.
        chosen: by the identity of each node that takes an element, which index it takes.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        lengths: Sequence[int],
        leaves: Sequence[Value],
        *,
        may_be_nested: bool = False,
    ) -> None:
        self.samples, self.lengths, self.may_be_nested = samples, lengths, may_be_nested
        self.chosen: dict[int, int] = {}
        self._inputs = [{id(x): k for k, x in enumerate(sample.inputs)} for sample in samples]
        self._lasting = _lasting(samples, leaves)
        self._known: dict[Any, Bundle] = {}
        self._waiting: list[Bundle] = []
        self._built: dict[int, Operand] = {}
        every = tuple(range(len(samples)))
        self._all_places: dict[int, list[list[int]]] = {}
        self._all_places = self._places(every)
        ends = [self._bundle(every, items) for items in zip(*(sample.ends for sample in samples), strict=True)]
        self._indices = ends[len(ends) - len(lengths) :]
        self._expand()
        self._owners = self._owners_of_nodes(every)
        self.ends = [self._build(bundle) for bundle in ends]

    # ── compare ──

    def _bundle(self, samples: tuple[int, ...], items: tuple[Operand, ...]) -> Bundle:
        """Return the bundle of these items, which is expanded later if it is new."""
        ids = tuple(map(id, items))  # of what bundles keep
        key = ids if len(ids) == len(self.samples) else (samples, ids)
        bundle = self._known.get(key)
        if bundle is None:
            bundle = self._known[key] = Bundle(samples, items)
            self._waiting.append(bundle)
        return bundle

    def _expand(self) -> None:
        """Compare the items of all bundles, and bundle their operands."""
        while self._waiting:
            bundle = self._waiting.pop()
            samples, items = bundle.samples, bundle.items
            bundle.common = self._common(samples, items)
            if bundle.common is not None:
                continue
            if _is_one_row(items):
                operands = zip(*(node.operands for node in items), strict=True)
                bundle.parts = [self._bundle(samples, xs) for xs in operands]
                continue
            groups = self._groups(samples, items)
            bundle.is_known = groups is not None
            if groups is not None:
                bundle.index, parts = groups
                bundle.parts = [self._bundle(*part) for part in parts]

    def _common(self, samples: Sequence[int], items: Sequence[Operand]) -> Operand:
        """Return what all items are, or None if they differ."""
        first = items[0]
        if not isinstance(first, Value):
            return first if all(_is_equal(first, x) for x in items) else None
        if len(set(map(id, items))) == 1 and (len(items) > 1 or id(first) in self._lasting):
            return first
        place = self._inputs[samples[0]].get(id(first))
        if place is not None:
            is_same = all(self._inputs[k].get(id(x)) == place for k, x in zip(samples, items, strict=True))
            return self.samples[0].inputs[place] if is_same else None
        return first if all(self._is_made_anew(x) and _is_equal(first._number, x._number) for x in items) else None

    def _is_made_anew(self, x: Operand) -> bool:
        """Return whether a leaf is one that the function makes in each run, such as Value(0.0)."""
        if not isinstance(x, Value) or x.primitive is not None or id(x) in self._lasting:
            return False
        return not any(id(x) in inputs for inputs in self._inputs)

    def _groups(self, samples: Sequence[int], items: Sequence[Operand]) -> Groups | None:
        """Return the index whose values explain how items differ, and the items for each; None if there is not one.

        Items of a table of tables, `M[i][j]`, are explained by one index and then another.
        """
        places = self._places(samples)
        index = self._explaining(samples, items)
        if index is None and self.may_be_nested:
            index = next((k for k, ks in places.items() if self._are_explained(_parts(samples, items, ks))), None)
        if index is None or len(places[index]) < self.lengths[index]:
            return None
        return index, list(_parts(samples, items, places[index]))

    def _explaining(self, samples: Sequence[int], items: Sequence[Operand]) -> int | None:
        """Return the only index for each of whose values items are alike; None if there is none, or several."""
        places = self._places(samples)
        found = [index for index in places if all(map(self._are_alike, _parts(samples, items, places[index])))]
        return found[0] if len(found) == 1 else None

    def _are_explained(self, parts: Iterable[Part]) -> bool:
        """Return whether the items of each part are alike, or explained by one index."""
        return all(self._are_alike(part) or self._explaining(*part) is not None for part in parts)

    def _places(self, samples: Sequence[int]) -> dict[int, list[list[int]]]:
        """Return for each index that has several values where it takes each of them."""
        if len(samples) == len(self.samples) and self._all_places:
            return self._all_places
        places: dict[int, list[list[int]]] = {}
        for index, length in enumerate(self.lengths):
            groups: list[list[int]] = [[] for _ in range(length)]
            for k, sample in enumerate(samples):
                groups[self.samples[sample].places[index]].append(k)
            if length > 1:
                places[index] = list(filter(None, groups))
        return places

    def _are_alike(self, part: Part) -> bool:
        return self._common(*part) is not None or _is_one_row(part[1])

    # ── find elements among nodes that the graphs have for other reasons ──

    def _owners_of_nodes(self, every: tuple[int, ...]) -> list[dict[int, list[Bundle]]]:
        """Return for each graph the bundles that hold a node, by its identity."""
        owners: list[dict[int, list[Bundle]]] = [{} for _ in every]
        for bundle in self._known.values():
            if bundle.samples == every and bundle.common is None:
                for k, x in enumerate(bundle.items):
                    owners[k].setdefault(id(x), []).append(bundle)
        return owners

    def _elements(self, bundle: Bundle) -> tuple[int, list[Bundle]] | None:
        """Return the index and the bundles, one for each of its values, whose nodes the items are."""
        items = bundle.items
        if len(items) < len(self.samples):
            return None
        owners = [self._owners[k].get(id(x), ()) for k, x in enumerate(items)]
        if min(map(len, owners)) < 2:
            return None
        found = []
        for index, length in enumerate(self.lengths):
            candidates: dict[int, list[Bundle]] = {}
            for own, sample in zip(owners, self.samples, strict=True):
                place = sample.places[index]
                candidates[place] = [x for x in candidates.get(place, own) if x is not bundle and x in own]
            if len(candidates) == length > 1 and all(candidates.values()):
                elements = [max(candidates[place], key=self._count_alone) for place in range(length)]
                found.append((index, elements))
        return found[0] if len(found) == 1 else None

    def _count_alone(self, bundle: Bundle) -> int:
        """Return in how many graphs a bundle is the only one of its node."""
        return sum(len(self._owners[k][id(x)]) == 1 for k, x in enumerate(bundle.items))

    # ── build ──

    def _build(self, root: Bundle) -> Operand:
        """Return the node of a bundle, after those of its operands."""
        stack, opened = [root], set[int]()
        while stack:
            bundle = stack[-1]
            if id(bundle) in self._built:
                stack.pop()
            elif bundle.common is not None:
                self._built[id(bundle)] = bundle.common
            elif id(bundle) in opened:
                self._built[id(bundle)] = self._made(bundle)
            else:
                opened.add(id(bundle))
                elements = self._elements(bundle) if bundle.index is None else None
                if elements is not None:
                    bundle.index, bundle.parts = elements
                elif not bundle.is_known:
                    raise UnexplainedError
                parts = [*bundle.parts, *self._index_of(bundle)]
                if any(id(part) in opened and id(part) not in self._built for part in parts):
                    raise UnexplainedError
                stack += [part for part in reversed(parts) if id(part) not in self._built]
        return self._built[id(root)]

    def _index_of(self, bundle: Bundle) -> Iterator[Bundle]:
        if bundle.index is not None:
            yield self._indices[bundle.index]

    def _made(self, bundle: Bundle) -> Operand:
        """Return the node of a bundle whose parts are built."""
        operands = [self._built[id(part)] for part in (*bundle.parts, *self._index_of(bundle))]
        first = bundle.items[0]
        if bundle.index is not None:
            node = node_of(ELEMENT_AT, first._number if isinstance(first, Value) else first, operands, is_nary=True)
            self.chosen[id(node)] = bundle.index
            return node
        if bundle.samples[0] == 0 and all(x is y for x, y in zip(first.operands, operands, strict=True)):
            return first
        return node_of(first.primitive, first._number, operands, is_nary=first._nary is not None)

    # ── check ──

    def explains(self, sample: Sample) -> bool:
        """Return whether the graph of another run is the generalized one at its places."""
        inputs = {id(x): y for x, y in zip(self.samples[0].inputs, sample.inputs, strict=True)}
        given = set(map(id, sample.inputs))
        waiting, seen = list(zip(self.ends, sample.ends, strict=True)), set[tuple[int, int]]()
        while waiting:
            x, y = waiting.pop()
            if x is y or (id(x), id(y)) in seen:
                continue
            seen.add((id(x), id(y)))
            if id(x) in self.chosen:
                waiting.append((x.operands[sample.places[self.chosen[id(x)]]], y))
            elif not _is_one_row((x, y)):
                if inputs.get(id(x)) is not y and (id(y) in given or not self._is_same_leaf(x, y)):
                    return False
            else:
                waiting += zip(x.operands, y.operands, strict=True)
        return True

    def _is_same_leaf(self, x: Operand, y: Operand) -> bool:
        if isinstance(x, Value) and isinstance(y, Value):
            return self._is_made_anew(x) and y.primitive is None and _is_equal(x._number, y._number)
        return not isinstance(x, Value) and not isinstance(y, Value) and _is_equal(x, y)


def _parts(samples: Sequence[int], items: Sequence[Operand], places: Iterable[Sequence[int]]) -> Iterator[Part]:
    """Yield the numbers of graphs and their items at some places, for each of these lists of places."""
    return ((tuple(samples[k] for k in ks), tuple(items[k] for k in ks)) for ks in places)


def _lasting(samples: Sequence[Sample], leaves: Sequence[Value]) -> set[int]:
    """Return the identities of the leaves that runs share; those of one run only were made in it."""
    counts: Counter[int] = Counter()
    for sample in samples:
        counts.update(map(id, backward_order(*(x for x in sample.ends if isinstance(x, Value)))[1]))
    return {*map(id, leaves), *(leaf for leaf, count in counts.items() if count > 1)}


def _is_one_row(items: Sequence[Operand]) -> bool:
    """Return whether items are nodes of one row with as many operands."""
    first = items[0]
    if not isinstance(first, Value) or first.primitive is None:
        return False
    row = first.primitive
    if not all(isinstance(x, Value) and x.primitive is row for x in items):
        return False
    return first._nary is None or len({len(operands_of(x)) for x in items}) == 1


def _is_equal(x: float, y: Operand) -> bool:
    """Return whether two constants are one number, nan and the sign of 0 included."""
    if isinstance(y, Value):
        return False
    return (x == y and copysign(1.0, x) == copysign(1.0, y)) or (x != x and y != y)


def node_of(row: Primitive, number: float, operands: Sequence[Operand], *, is_nary: bool) -> Value:
    """Return a node of a tape, whose partials nobody reads."""
    if is_nary:
        inputs = tuple(x for x in operands if isinstance(x, Value))
        kept = () if len(inputs) == len(operands) else tuple(operands)
        return new_node(number, row, inputs, (0.0,) * len(inputs), (), (), kept)
    slots = [(x, 0.0) if isinstance(x, Value) else (None, x) for x in operands]
    (x, dx), (y, dy) = (*slots, (None, 0.0))[:2]
    return new_node(number, row, x, dx, y, dy)
