"""Labels from variables, and unique names of nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, name_values, topological_order
from autograd_tiny.errors import OperandError
from autograd_tiny.symbolic.node_names import name_nodes


def labels(*values: Value) -> list[str]:
    return [value.label for value in values]


def test_variables_become_labels() -> None:
    a, b = Value(1.0), Value(2.0)
    c = a * b
    name_values(locals())
    assert labels(a, b, c) == ["a", "b", "c"]


def test_existing_label_is_kept() -> None:
    a = Value(1.0, label="alpha")
    name_values({"a": a})
    assert a.label == "alpha"


def test_elements_have_position_or_key() -> None:
    w, p, t = [Value(1.0), Value(2.0)], {"bias": Value(3.0), 0: Value(4.0)}, (Value(5.0),)
    name_values({"w": w, "p": p, "t": t})
    assert labels(*w, *p.values(), *t) == ["w[0]", "w[1]", "p['bias']", "p[0]", "t[0]"]


def test_containers_nest() -> None:
    layers = [{"w": [[Value(1.0)], [Value(2.0)]]}]
    name_values({"layers": layers})
    assert labels(layers[0]["w"][0][0], layers[0]["w"][1][0]) == ["layers[0]['w'][0][0]", "layers[0]['w'][1][0]"]


def test_array_elements_have_an_index_per_axis() -> None:
    W, weights = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]), [np.array([Value(5.0)])]
    name_values({"W": W, "weights": weights})
    assert labels(*W.flat) == ["W[0][0]", "W[0][1]", "W[1][0]", "W[1][1]"]
    assert labels(weights[0][0]) == ["weights[0][0]"]


def test_array_containing_itself_ends() -> None:
    loop = np.array([None, Value(1.0)], dtype=object)
    loop[0] = loop
    name_values({"loop": loop})
    assert labels(loop[1]) == ["loop[1]"]


def test_arrays_of_arrays_are_distinct() -> None:
    rows = np.empty(50, dtype=object)
    rows[:] = [np.array([Value(0.0)]) for _ in rows]
    name_values({"rows": rows})
    assert labels(*(row[0] for row in rows)) == [f"rows[{i}][0]" for i in range(50)]


def test_first_of_two_names_wins() -> None:
    a = Value(1.0)
    name_values({"first": a, "second": a})
    assert a.label == "first"


def test_variable_wins_over_container() -> None:
    a = Value(1.0)
    name_values({"inputs": [a], "a": a})
    assert a.label == "a"


def test_first_container_wins() -> None:
    a = Value(1.0)
    name_values({"first": [a], "second": [a]})
    assert a.label == "first[0]"


def test_first_position_wins() -> None:
    a = Value(1.0)
    name_values({"w": [a, a]})
    assert a.label == "w[0]"


def test_private_and_ipython_names_are_skipped() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    name_values({"_a": a, "_1": a, "In": [b], "Out": {1: b}, "_list": [c], "c": c})
    assert labels(a, b, c) == ["", "", "c"]


def test_private_keys_are_kept() -> None:
    a = Value(1.0)
    name_values({"p": {"_a": a}})
    assert a.label == "p['_a']"


def test_container_containing_itself_ends() -> None:
    a = Value(1.0)
    loop: list[Any] = [a]
    loop.append(loop)
    name_values({"loop": loop})
    assert a.label == "loop[0]"


def test_deep_containers_need_no_recursion() -> None:
    a = Value(1.0)
    nest: Any = a
    for _ in range(5_000):
        nest = [nest]
    name_values({"nest": nest})
    assert a.label == "nest" + "[0]" * 5_000


def test_other_objects_are_skipped() -> None:
    a = Value(1.0)
    name_values(
        {"number": 1.0, "text": "text", "array": np.zeros(2), "nothing": None, "set": {1}, "module": np, "a": a}
    )
    assert a.label == "a"


def test_mapping_is_unchanged() -> None:
    names: dict[str, Any] = {"a": Value(1.0), "_b": 1, "w": [Value(1.0)]}
    before = dict(names)
    name_values(names)
    assert names == before


def test_empty_mapping_is_accepted() -> None:
    name_values({})


class Parameter(Value):
    """A subclass."""


def test_subclass_is_labelled() -> None:
    rate = Parameter(1.0)
    name_values({"rate": rate})
    assert rate.label == "rate"


def names(*labels_of_chain: str) -> list[str]:
    """Return the names of a chain of nodes with these labels."""
    node = Value(1.0, label=labels_of_chain[0])
    for label in labels_of_chain[1:]:
        node = -node
        node.label = label
    return list(name_nodes(topological_order(node)).values())


def test_unlabelled_nodes_are_numbered() -> None:
    assert names("a", "", "h", "", "") == ["a", "v1", "h", "v2", "L"]


@pytest.mark.parametrize(("label", "root"), [("L", "loss"), ("loss", "L"), ("v1", "L")])
def test_automatic_names_avoid_labels(label: str, root: str) -> None:
    first, second, last = names(label, "", "")
    assert (first, last) == (label, root)
    assert second not in {first, last}


def test_automatic_names_have_fallbacks() -> None:
    assert names("L", "loss", "result", "v1", "u1", "t1", "node1", "", "")[-2:] == ["node_1", "root_"]


def test_repeated_labels_are_numbered() -> None:
    assert names("a", "a", "a_2", "a", "a") == ["a", "a_2", "a_2_2", "a_3", "a_4"]
    assert names("root_", "L", "loss", "result", "") == ["root_", "L", "loss", "result", "root__2"]


def test_no_nodes_have_no_names() -> None:
    assert name_nodes([]) == {}


def test_control_characters_are_escaped() -> None:
    a = Value(1.0, label="a\x1b[31m\n")
    assert name_nodes([a, -a])[a] == r"a\x1b[31m\n"


def test_escaped_names_stay_unique() -> None:
    a, b = Value(1.0, label="a\n"), Value(2.0, label=r"a\n")
    assert list(name_nodes([a, b, a * b]).values()) == [r"a\n", r"a\n_2", "L"]


def test_names_must_be_a_mapping() -> None:
    with pytest.raises(OperandError, match=r"it takes a dict of names and objects; write name_values\(locals\(\)\)"):
        name_values([Value(1.0)])
