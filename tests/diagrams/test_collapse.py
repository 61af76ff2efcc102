"""Modules, equal nodes, and the rest of a large graph, each as one box."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, dot, mean, topological_order
from autograd_tiny.diagrams import OptionError
from autograd_tiny.diagrams.layout import layout
from nn import MLP, Neuron
from tests.diagrams.builders import diagram_of, titles


def acyclic(drawn):
    """Return True if the boxes and clusters of a diagram can be laid out."""
    sizes = [(10.0, 10.0)] * len(drawn.nodes)
    edges = [(edge.tail, edge.head) for edge in drawn.edges]
    parents = [cluster.parent for cluster in drawn.clusters]
    layout(sizes, edges, [node.cluster for node in drawn.nodes], parents)
    return True


def chain(length):
    node = Value(0.5, label="a")
    for _ in range(length):
        node = node.sin()
    return node


# ── modules ──


def test_modules_are_clusters():
    drawn = diagram_of(MLP(1, [1, 1], seed=0)([1.0]))
    frames = [
        (frame.title, drawn.clusters[frame.parent].title if frame.parent != -1 else "") for frame in drawn.clusters
    ]
    assert sorted(frames) == [
        ("layers[0]", ""),
        ("layers[1]", ""),
        ("neurons[0]", "layers[0]"),
        ("neurons[0]", "layers[1]"),
    ]
    assert {f"layers[{layer}].neurons[0].{name}" for layer in (0, 1) for name in ("w[0]", "b")} <= set(titles(drawn))
    assert acyclic(drawn)


def test_large_network_is_collapsed_to_layers():
    model = MLP(2, [16, 16, 1], seed=0)
    drawn = diagram_of(model([1.0, 2.0]))
    modules = [node for node in drawn.nodes if node.kind == "module"]
    assert [(node.title, node.operation, node.count) for node in modules] == [
        ("layers[0]", "relu(dot(w, x, b))", 16),
        ("layers[1]", "relu(dot(w, x, b))", 16),
        ("layers[2]", "dot(w, x, b)", 1),
    ]
    assert drawn.caption == "402 nodes in 3 boxes; expand='layers[0]' opens one of them; depth=2 opens all"
    assert [row.text for row in modules[0].rows] == ["48"]


def test_network_is_opened_as_deep_as_fits():
    assert [node.title for node in diagram_of(MLP(1, [20, 1], seed=0)([1.0])).nodes].count("layers[0]") == 0
    assert len(diagram_of(MLP(1, [20, 1], seed=0)([1.0])).nodes) == 21


def test_depth_opens_layers_then_neurons():
    y = MLP(2, [3, 1], seed=0)([1.0, 2.0])
    assert titles(diagram_of(y, depth=1)) == ["layers[0]", "layers[1]"]
    assert sorted(titles(diagram_of(y, depth=2))) == ["neurons[0]", "neurons[0]", "neurons[1]", "neurons[2]"]
    assert "layers[0].neurons[2].w[0]" in titles(diagram_of(y, depth=3))


def test_expand_opens_one_module_and_its_parents():
    y = MLP(2, [3, 1], seed=0)([1.0, 2.0])
    opened = diagram_of(y, depth=1, expand="layers[0].neurons[1]")
    assert [cluster.title for cluster in opened.clusters] == ["layers[0]", "neurons[1]"]
    assert {"neurons[0]", "neurons[2]", "layers[1]"} <= set(titles(opened))
    assert {f"layers[0].neurons[1].{name}" for name in ("w[0]", "w[1]", "b")} <= set(titles(opened))
    assert acyclic(opened)
    assert diagram_of(y, depth=1, expand=["layers[0]"]).clusters != ()


@pytest.mark.parametrize("model", [MLP(2, [2, 1], seed=0), MLP(2, [1], seed=0), Neuron(2, seed=0)])
@pytest.mark.parametrize("formulas", [False, True])
def test_each_name_in_a_picture_is_that_of_one_node(model, formulas):
    y = model([1.0, 2.0])
    boxes = [box for box in diagram_of(y, depth=9, formulas=formulas).nodes if box.kind != "module"]
    trace = y.trace()
    assert (
        len({trace.find(box.title) for box in boxes}) == len({trace.find(box.short) for box in boxes}) == len(boxes)
    )


def test_name_within_a_frame_is_short_where_it_is_the_only_one():
    assert {"w[0]", "w[1]", "b"} <= set(titles(diagram_of(MLP(2, [1], seed=0)([1.0, 2.0]), depth=9)))


def test_formula_without_room_for_a_name_is_that_of_its_function():
    boxes = diagram_of(MLP(2, [2, 1], seed=0)([1.0, 2.0]), formulas=True).nodes
    assert [box.operation for box in boxes if box.title in {"v1", "L"}] == ["dot(…)", "dot(…)"]


def test_unknown_module_cannot_be_expanded():
    with pytest.raises(OptionError, match=r"such as layers\[1\]"):
        diagram_of(MLP(1, [1, 1], seed=0)([1.0]), expand="layers[7]")
    with pytest.raises(OptionError, match="the graph has no modules"):
        diagram_of(Value(1.0) * 2.0, expand="layers[0]")


def test_module_on_a_cycle_is_not_collapsed():
    """The cell of a recurrent network would be in a cycle with the nodes between its steps."""
    w, b = Value(0.5, label="cell.w"), Value(0.1, label="cell.b")
    state, steps = Value(1.0, label="h"), 4
    for _ in range(steps):
        state = (dot([w], [state], b)).tanh() + Value(1.0, label="x")
    drawn = diagram_of(state, depth=1)
    assert acyclic(drawn)
    assert "cell" not in titles(drawn)


def test_parent_of_module_on_a_cycle_is_not_collapsed():
    w, state = Value(0.5, label="net.cell.w"), Value(1.0, label="h")
    for _ in range(3):
        state = dot([w], [state]).tanh() + Value(1.0, label="x")
    for depth in (1, 2, 3):
        assert acyclic(diagram_of(state, depth=depth))


def test_edges_between_collapsed_modules_are_one():
    model = MLP(2, [16, 16, 1], seed=0)
    drawn = diagram_of(model([Value(1.0, label="x1"), Value(2.0, label="x2")]))
    counts = {(titles(drawn)[edge.tail], titles(drawn)[edge.head]): edge.count for edge in drawn.edges}
    assert counts["x1", "layers[0]"] == 16
    assert counts["layers[0]", "layers[1]"] == 256


def test_highlight_inside_a_module_highlights_its_box():
    model = MLP(2, [16, 16, 1], seed=0)
    y = model([1.0, 2.0])
    drawn = diagram_of(y, highlight=["layers[0].neurons[3].w[1]"])
    assert [node.title for node in drawn.nodes if node.highlighted] == ["layers[0]"]
    hidden = next(node for node in topological_order(y) if node.primitive and len(node.inputs) == 1)
    consumer = next(node for node in topological_order(y) if hidden in node.inputs)
    assert any(edge.highlighted for edge in diagram_of(y, highlight=[hidden, consumer]).edges)


# ── equal nodes ──


def test_equal_nodes_of_examples_are_one_box(batch):
    drawn = diagram_of(batch, depth=1)
    assert acyclic(drawn)
    assert len(drawn.nodes) <= 40
    assert 20 in [node.count for node in drawn.nodes if node.kind == "operation"]
    several = next(node for node in drawn.nodes if node.kind == "operation" and node.count == 20)
    assert " … " in several.rows[0].text
    assert several.note == "20 equal nodes"
    assert sum(edge.count for edge in drawn.edges) > 100


def test_caption_says_how_to_draw_equal_nodes():
    a = Value(2.0, label="a")
    total = mean([(a * float(i)).exp() for i in range(200)])
    assert diagram_of(total).caption == "402 nodes in 4 boxes; cap=402 draws them all"
    assert len(diagram_of(total, cap=402).nodes) == 402
    assert diagram_of(total, depth=1, cap=402).caption == "402 nodes in 4 boxes"  # the cap would open nothing here


def test_nodes_with_different_constants_show_none():
    a = Value(2.0, label="a")
    total = (a * 2.0).exp() + (a * 3.0).exp() + (a * 3.0).exp()
    drawn = diagram_of(total, depth=1)
    assert [(node.operation, node.count) for node in drawn.nodes if node.count > 1] == [("×", 3), ("exp", 3)]


def test_every_depth_of_a_batch_is_acyclic(batch):
    for depth in (1, 2, 3):
        assert acyclic(diagram_of(batch, depth=depth, cap=10_000))
    assert acyclic(diagram_of(batch, cap=10_000))


# ── the cap ──


def test_rest_beyond_the_cap_is_one_box():
    drawn = diagram_of(chain(1000), cap=10)
    assert len(drawn.nodes) == 10
    assert (drawn.nodes[0].kind, drawn.nodes[0].operation) == ("more", "992 more nodes")
    assert "1,001 nodes in 10 boxes; cap=1001 draws them all" in drawn.caption
    assert acyclic(drawn)


def test_caption_of_huge_graph_recommends_an_inner_node():
    node = Value(1.0)
    for _ in range(2000):
        node = node.tanh()
    assert diagram_of(node, cap=10).caption == "2,001 nodes in 10 boxes; draw an inner node to see what is below it"
    assert diagram_of(node.inputs[0], cap=10).caption.endswith("cap=2000 draws them all")


def test_graph_up_to_the_cap_has_no_caption():
    drawn = diagram_of(chain(99))
    assert len(drawn.nodes) == 100
    assert drawn.caption == ""


def test_rest_is_only_an_input(batch):
    for cap in (2, 3, 5, 8, 20):
        drawn = diagram_of(batch, depth=3, cap=cap)
        assert len(drawn.nodes) <= cap
        assert acyclic(drawn)
        assert all(drawn.nodes[edge.tail].kind == "leaf" for edge in drawn.edges if edge.head == 0)


def test_leaves_with_a_label_are_not_in_the_rest():
    x, free = Value(1.0, label="x"), Value(2.0)
    drawn = diagram_of(chain(50) + x * free.exp() * chain(40), cap=6)
    assert {"a", "x"} <= set(titles(drawn))
    assert len(drawn.nodes) == 6
    assert ("x", "…") in {(titles(drawn)[edge.tail], titles(drawn)[edge.head]) for edge in drawn.edges}
    assert acyclic(drawn)


def test_rest_names_the_leaves_in_it():
    total = Value(0.0, label="x")
    for k in range(30):
        total = total + Value(1.0, label=f"x{k}")
    drawn = diagram_of(total, cap=20)
    assert sum(node.kind == "leaf" for node in drawn.nodes) >= 10
    assert len(drawn.nodes) == 20
    rest = next(node for node in drawn.nodes if node.kind == "more")
    assert rest.note.startswith("42 more nodes, with the leaves x, x0, x1, x2, x3, x4, x5, x6, …")


def test_highlight_in_the_rest_highlights_its_box():
    assert diagram_of(chain(50), cap=5, highlight="v1").nodes[0].highlighted


@pytest.mark.no_cover
def test_chain_of_20000_nodes_is_drawn():
    assert len(diagram_of(chain(20_000)).nodes) == 100
