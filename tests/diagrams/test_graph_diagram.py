"""Diagrams of graphs: the texts of nodes and edges."""

from __future__ import annotations

from autograd_tiny import Value
from tests.diagrams.builders import diagram_of


def test_precision_counts_digits(small):
    third = small / 3.0
    assert [row.text for row in diagram_of(third, precision=2).nodes[-1].rows] == ["−1.3", "—"]


def test_values_and_gradients_are_optional(small):
    assert diagram_of(small, values=False).nodes[0].rows == diagram_of(small).nodes[0].rows[1:]
    assert diagram_of(small, values=False, gradients=False).nodes[0].rows == ()


def test_formulas_replace_symbols(small):
    assert [node.operation for node in diagram_of(small).nodes] == ["", "", "×", "+"]
    assert [node.operation for node in diagram_of(small, formulas=True).nodes] == ["", "", "a * b", "v1 + a"]


def test_partials_have_a_sign(small):
    drawn = diagram_of(small, partials=True)
    assert [(edge.text, edge.sign) for edge in drawn.edges] == [("−3", -1), ("2", 1), ("1", 1), ("1", 1)]
    assert {edge.sign for edge in diagram_of(small).edges} == {0}


def test_gradients_have_a_sign_and_values_none(small):
    assert [[row.sign for row in node.rows] for node in diagram_of(small).nodes] == [[0, -1], [0, 1], [0, 1], [0, 1]]


def test_description_is_in_sentences(small):
    assert diagram_of(small).title == "Graph of L"
    assert diagram_of(small).description == (
        "4 nodes and 4 edges. Root: L = v1 + a, value −4, gradient 1. "
        "Leaves: a, value 2, gradient −2; b, value −3, gradient 2."
    )


def test_description_names_only_the_first_leaves():
    total = Value(0.0, label="x")
    for k in range(20):
        total = total + Value(1.0, label=f"x{k}")
    assert diagram_of(total).description.endswith("; and 13 more.")


def test_note_of_edge_is_its_partial(small):
    assert [edge.note for edge in diagram_of(small).edges][:2] == [
        "partial of v1 with respect to a: −3",
        "partial of v1 with respect to b: 2",
    ]


def test_formulas_and_notes_have_labels_in_quotes():
    both, words = Value(10.0, label="x + y"), Value(2.0, label="hidden layer")
    root = both * words
    root.label = "m - n"
    drawn = diagram_of(root, formulas=True)
    assert [node.title for node in drawn.nodes] == ["x + y", "hidden layer", '"m - n"']
    assert drawn.nodes[-1].operation == '"x + y" * "hidden layer"'
    assert drawn.nodes[-1].note.startswith('"m - n" = "x + y" * "hidden layer", value')
    assert drawn.edges[0].note == 'partial of "m - n" with respect to "x + y": 2'
    assert drawn.title == 'Graph of "m - n"'
