"""Names of numbers that only rules have: never those of a node."""

from __future__ import annotations

from itertools import chain

import pytest

from autograd_tiny import Value
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.support.terminal_text import to_ascii
from autograd_tiny.symbolic.helper_names import CANDIDATES, HelperNames, stem
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.partial_rules import Share, general_rules, node_rules
from autograd_tiny.symbolic.symbol import Constant

LABELS = ("p", "λ", "α", "n", "s", "p₂", "alpha", "k[0]", "m")
"""Labels that are those of helpers, or look like them."""


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        (["a"], "p"),
        (["p"], "s"),
        (["p₁", "s1"], "q"),
        (["p[0]", "p[1]"], "s"),
        (["p_2"], "s"),
        (["p'", "price"], "s"),
        (["price", "P", "p_mean"], "p"),
        (["p", "s", "q"], "share"),
        (["p", "s", "q", "share", "sharex"], "sharexx"),
    ],
)
def test_free_name_of_shares(taken: list[str], free: str) -> None:
    assert HelperNames(taken).free("p") == free


def test_greek_names_are_taken_by_words() -> None:
    helpers = HelperNames(["alpha", "λ"])
    assert (helpers.free("α"), helpers.free("λ"), helpers.free("p")) == ("k", "c", "p")


def test_only_helpers_are_renamed() -> None:
    helpers = HelperNames(["p", "π", "n"])
    names = ("p₁₂", "n", "π", "0.134145", "⟨0⟩", "")
    assert tuple(map(helpers.written, names)) == ("s₁₂", "m", "π", "0.134145", "⟨0⟩", "")


def test_no_two_helpers_may_have_the_same_name() -> None:
    names = [to_ascii(name) for name in chain.from_iterable(CANDIDATES.values())]
    assert len(set(names)) == len(names)
    assert not set(names) & set(TABLE)


@pytest.mark.parametrize("name", ["cross_entropy", "softmax_at", "logsumexp", "selu", "max", "min"])
def test_rules_have_no_name_of_a_node(name: str) -> None:
    row, helpers = TABLE[name], set()
    for first, second in zip(LABELS, LABELS[1:] + LABELS[:1], strict=True):
        leaves = [Value(-1.5, label=first), Value(-1.5, label=second)]
        node = row(leaves if row.takes_list[0] else leaves[0], *[0.0] * (row.arity - 1))
        names = name_nodes(topological_order(node))
        parts = chain.from_iterable(map(topological_order, node_rules(node, names) + general_rules(node, names)))
        found = {stem(part.name) for part in parts if isinstance(part, Share | Constant)} - {""}
        assert not found & set(map(stem, names.values()))
        helpers |= found
    assert len(helpers) > 1  # others where one is taken
