"""What a picture shows: options, numbers, highlights, modules, and what is left out of a large graph."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, dot, mean, topological_order
from autograd_tiny.diagrams import OptionError, SubjectError, UnknownOptionError
from autograd_tiny.diagrams.layout import layout
from autograd_tiny.diagrams.model import picture_of
from autograd_tiny.diagrams.options import settings
from autograd_tiny.trace import Trace
from nn import MLP
from nn.losses import hinge, l2_penalty


def picture(subject, **options):
    return picture_of(subject, settings(**options))


def titles(drawn):
    return [node.title for node in drawn.nodes]


def acyclic(drawn):
    """Tell whether the boxes and groups of a picture can be laid out."""
    sizes = [(10.0, 10.0)] * len(drawn.nodes)
    edges = [(edge.tail, edge.head) for edge in drawn.edges]
    layout(sizes, edges, [node.group for node in drawn.nodes], [group.parent for group in drawn.groups])
    return True


@pytest.fixture
def small():
    """a * b + a, after its backward pass."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b + a
    loss.backward()
    return loss


@pytest.fixture
def batch():
    """The loss of a network over many examples, with a penalty on its weights."""
    model = MLP(2, [3, 2, 1], seed=0, hidden="tanh")
    examples = [([0.1 * k, 1.0], (-1) ** k) for k in range(20)]
    return mean([hinge(model(x), y) for x, y in examples]) + 0.1 * l2_penalty(model.parameters())


# ── options ──


@pytest.mark.parametrize(
    ("option", "setting", "expected"),
    [
        ("direction", "RL", "'LR' or 'TB'"),
        ("values", "no", "True or False"),
        ("expand", 3, "the name of a module, or a list of names"),
        ("expand", [3], "the name of a module, or a list of names"),
        ("style", "neon", "'light', 'print' or 'dark'"),
        ("style", ["dark"], "'light', 'print' or 'dark'"),
        ("precision", 0, "a whole number from 1 to 17"),
        ("precision", 2.5, "a whole number from 1 to 17"),
        ("depth", 0, "a whole number from 1 on"),
        ("cap", 1, "a whole number from 2 on"),
        ("color_by", "sign", "'weight' or 'gradient'"),
        ("color_by", ["weight"], "'weight' or 'gradient'"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_the_option_takes(small, option, setting, expected):
    with pytest.raises(OptionError, match=expected) as caught:
        picture(small, **{option: setting})
    assert (caught.value.option, caught.value.setting) == (option, setting)


def test_an_unknown_option_is_refused_with_one_that_is_like_it():
    with pytest.raises(UnknownOptionError, match="did you mean gradients") as caught:
        settings(gradient=True)
    assert caught.value.close[0] == "gradients"
    with pytest.raises(UnknownOptionError, match="they are direction, values"):
        settings(zzz=True)


@pytest.mark.parametrize("subject", [None, 3.0, "a", [Value(1.0)]])
def test_what_is_no_graph_is_refused(subject):
    with pytest.raises(SubjectError, match="draw the result of a computation") as caught:
        picture(subject)
    assert caught.value.received == type(subject).__name__


def test_precision_counts_digits(small):
    third = small / 3.0
    assert [row.text for row in picture(third, precision=2).nodes[-1].rows] == ["−1.3", "—"]


def test_values_and_gradients_can_be_left_out(small):
    assert picture(small, values=False).nodes[0].rows == picture(small).nodes[0].rows[1:]
    assert picture(small, values=False, gradients=False).nodes[0].rows == ()


def test_formulas_stand_for_symbols(small):
    assert [node.operation for node in picture(small).nodes] == ["", "", "×", "+"]
    assert [node.operation for node in picture(small, formulas=True).nodes] == ["", "", "a * b", "v1 + a"]


def test_partials_have_their_sign(small):
    drawn = picture(small, partials=True)
    assert [(edge.text, edge.sign) for edge in drawn.edges] == [("−3", -1), ("2", 1), ("1", 1), ("1", 1)]
    assert {edge.sign for edge in picture(small).edges} == {0}


def test_gradients_have_their_sign_and_values_have_none(small):
    assert [[row.sign for row in node.rows] for node in picture(small).nodes] == [[0, -1], [0, 1], [0, 1], [0, 1]]


def test_a_constant_is_shown_with_its_operation():
    a = Value(4.0, label="a")
    shown = [
        picture(z).nodes[-1].operation for z in (2.0 * a, a - 1.0, 1.0 / a, a**0.5, a.clamp(0.0), a.leaky_relu(0.2))
    ]
    assert shown == ["2 ×", "− 1", "1 ÷", "^ 0.5", "clamp(·, 0)", "leaky_relu(·, 0.2)"]
    w = [Value(1.0), Value(2.0)]
    assert picture(dot(w, [3.0, 4.0])).nodes[-1].operation == "dot(·, [3, 4])"
    assert picture(dot(w, w)).nodes[-1].operation == "dot"
    assert picture(dot([a] * 5, [1.0, 2.0, 3.0, 4.0, 5.0], 6.0)).nodes[-1].operation == "dot(·, [1, 2, …, 5], 6)"


# ── gradients ──


def test_the_gradient_of_a_graph_without_a_backward_pass_is_none():
    a = Value(2.0, label="a")
    (a * a).backward()
    again = a * a
    assert [node.rows[1].text for node in picture(again).nodes] == ["—", "—"]
    again.backward()
    assert [node.rows[1].text for node in picture(again).nodes] == ["8", "1"]


def test_a_trace_shows_the_gradients_at_its_cursor_and_its_latest_event():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    trace = (a * b + a).trace()
    assert [node.rows[1].text for node in picture(trace).nodes] == ["—"] * 4
    assert not any(node.highlighted for node in picture(trace).nodes)
    trace.step()
    assert [node.rows[1].text for node in picture(trace).nodes] == ["—", "—", "—", "1"]
    assert [node.highlighted for node in picture(trace).nodes] == [False, False, False, True]
    trace.goto(3)
    drawn = picture(trace)
    assert [node.rows[1].text for node in drawn.nodes] == ["1", "—", "1", "1"]
    assert [(edge.tail, edge.head) for edge in drawn.edges if edge.highlighted] == [(0, 3)]
    trace.finish()
    assert [node.rows[1].text for node in picture(trace).nodes] == ["−2", "2", "1", "1"]


def test_a_trace_of_the_forward_pass_shows_the_values_so_far():
    a = Value(2.0, label="a")
    trace = Trace(a * a * a, forward=True)
    assert [node.rows[0].text for node in picture(trace).nodes] == ["2", "—", "—"]
    trace.step()
    assert [node.rows[0].text for node in picture(trace).nodes] == ["2", "4", "—"]


# ── highlights ──


def highlighted(drawn):
    nodes = [node.title for node in drawn.nodes if node.highlighted]
    return nodes, [(edge.tail, edge.head) for edge in drawn.edges if edge.highlighted]


def test_a_node_is_highlighted_by_itself_or_by_name(small):
    assert highlighted(picture(small, highlight="v1")) == (["v1"], [])
    assert highlighted(picture(small, highlight=small.inputs[0])) == (["v1"], [])


def test_a_path_is_highlighted_with_its_edges_either_way(small):
    assert highlighted(picture(small, highlight=["b", "v1", "L"])) == (["b", "v1", "L"], [(1, 2), (2, 3)])
    assert highlighted(picture(small, highlight=("L", "v1"))) == (["v1", "L"], [(2, 3)])


def test_an_event_is_highlighted_with_the_one_edge_that_it_speaks_of():
    a = Value(3.0, label="a")
    square = a * a
    trace = square.trace()
    first, last = trace[1], trace[2]
    assert [edge.highlighted for edge in picture(square, highlight=first).edges] == [True, False]
    assert [edge.highlighted for edge in picture(square, highlight=last).edges] == [False, True]
    assert highlighted(picture(square, highlight=trace[0])) == (["L"], [])


def test_what_the_graph_does_not_have_cannot_be_highlighted(small):
    with pytest.raises(OptionError, match="nodes of this graph"):
        picture(small, highlight=Value(1.0))
    small.inputs[0].label = "product"
    with pytest.raises(OptionError, match="such as product"):
        picture(small, highlight="produkt")
    with pytest.raises(OptionError, match=r"nodes of this graph$"):
        picture(small, highlight="zebra")
    with pytest.raises(OptionError, match="nodes, or their names"):
        picture(small, highlight=[["L"]])
    with pytest.raises(OptionError, match="a list of nodes"):
        picture(small, highlight=3)


# ── modules ──


def test_nodes_stand_in_the_frames_of_their_modules():
    drawn = picture(MLP(1, [1, 1], seed=0)([1.0]))
    frames = [(group.title, drawn.groups[group.parent].title if group.parent != -1 else "") for group in drawn.groups]
    assert sorted(frames) == [
        ("layers[0]", ""),
        ("layers[1]", ""),
        ("neurons[0]", "layers[0]"),
        ("neurons[0]", "layers[1]"),
    ]
    assert {"w[0]", "b"} <= set(titles(drawn))
    assert acyclic(drawn)


def test_a_large_network_is_collapsed_and_its_caption_says_how_to_open_it():
    model = MLP(2, [16, 16, 1], seed=0)
    drawn = picture(model([1.0, 2.0]))
    modules = [node for node in drawn.nodes if node.kind == "module"]
    assert [(node.title, node.operation, node.count) for node in modules] == [
        ("layers[0]", "relu(dot(w, x, b))", 16),
        ("layers[1]", "relu(dot(w, x, b))", 16),
        ("layers[2]", "dot(w, x, b)", 1),
    ]
    assert drawn.caption == "402 nodes in 3 boxes; expand='layers[0]' opens one of them; depth=2 opens all"
    assert [row.text for row in modules[0].rows] == ["48"]


def test_a_network_whose_neurons_fit_is_opened_down_to_these():
    assert [node.title for node in picture(MLP(1, [20, 1], seed=0)([1.0])).nodes].count("layers[0]") == 0
    assert len(picture(MLP(1, [20, 1], seed=0)([1.0])).nodes) == 21


def test_depth_opens_layers_then_neurons():
    y = MLP(2, [3, 1], seed=0)([1.0, 2.0])
    assert titles(picture(y, depth=1)) == ["layers[0]", "layers[1]"]
    assert sorted(titles(picture(y, depth=2))) == ["neurons[0]", "neurons[0]", "neurons[1]", "neurons[2]"]
    assert "w[0]" in titles(picture(y, depth=3))


def test_expand_opens_one_module_and_those_around_it():
    y = MLP(2, [3, 1], seed=0)([1.0, 2.0])
    opened = picture(y, depth=1, expand="layers[0].neurons[1]")
    assert [group.title for group in opened.groups] == ["layers[0]", "neurons[1]"]
    assert {"w[0]", "w[1]", "b", "neurons[0]", "neurons[2]", "layers[1]"} <= set(titles(opened))
    assert acyclic(opened)
    assert picture(y, depth=1, expand=["layers[0]"]).groups != ()


def test_expanding_what_is_not_there_names_what_is():
    with pytest.raises(OptionError, match=r"such as layers\[1\]"):
        picture(MLP(1, [1, 1], seed=0)([1.0]), expand="layers[7]")
    with pytest.raises(OptionError, match="the graph has no modules"):
        picture(Value(1.0) * 2.0, expand="layers[0]")


def test_equal_nodes_of_many_examples_are_one_box(batch):
    drawn = picture(batch, depth=1)
    assert acyclic(drawn)
    assert len(drawn.nodes) <= 40
    assert 20 in [node.count for node in drawn.nodes if node.kind == "operation"]
    several = next(node for node in drawn.nodes if node.kind == "operation" and node.count == 20)
    assert " … " in several.rows[0].text
    assert several.note == "20 equal nodes"
    assert sum(edge.count for edge in drawn.edges) > 100


def test_equal_nodes_without_modules_have_a_caption_that_says_how_to_see_each():
    a = Value(2.0, label="a")
    total = mean([(a * float(i)).exp() for i in range(200)])
    assert picture(total).caption == "402 nodes in 4 boxes; cap=402 draws them all"
    assert len(picture(total, cap=402).nodes) == 402
    assert picture(total, depth=1, cap=402).caption == "402 nodes in 4 boxes"  # the cap would open nothing here


def test_nodes_that_differ_in_a_number_show_none():
    a = Value(2.0, label="a")
    total = (a * 2.0).exp() + (a * 3.0).exp() + (a * 3.0).exp()
    drawn = picture(total, depth=1)
    assert [(node.operation, node.count) for node in drawn.nodes if node.count > 1] == [("×", 3), ("exp", 3)]


def test_every_depth_of_a_batch_can_be_laid_out(batch):
    for depth in (1, 2, 3):
        assert acyclic(picture(batch, depth=depth, cap=10_000))
    assert acyclic(picture(batch, cap=10_000))


def test_a_module_that_feeds_itself_is_no_box():
    """The cell of a recurrent network would stand in a circle with what lies between its steps."""
    w, b = Value(0.5, label="cell.w"), Value(0.1, label="cell.b")
    state, steps = Value(1.0, label="h"), 4
    for _ in range(steps):
        state = (dot([w], [state], b)).tanh() + Value(1.0, label="x")
    drawn = picture(state, depth=1)
    assert acyclic(drawn)
    assert "cell" not in titles(drawn)


def test_nor_is_a_module_around_one_that_feeds_itself():
    w, state = Value(0.5, label="net.cell.w"), Value(1.0, label="h")
    for _ in range(3):
        state = dot([w], [state]).tanh() + Value(1.0, label="x")
    for depth in (1, 2, 3):
        assert acyclic(picture(state, depth=depth))


def test_edges_into_a_box_for_many_nodes_are_one():
    model = MLP(2, [16, 16, 1], seed=0)
    drawn = picture(model([Value(1.0, label="x1"), Value(2.0, label="x2")]))
    counts = {(titles(drawn)[edge.tail], titles(drawn)[edge.head]): edge.count for edge in drawn.edges}
    assert counts["x1", "layers[0]"] == 16
    assert counts["layers[0]", "layers[1]"] == 256


def test_a_highlight_inside_a_box_highlights_the_box():
    model = MLP(2, [16, 16, 1], seed=0)
    y = model([1.0, 2.0])
    drawn = picture(y, highlight=["layers[0].neurons[3].w[1]"])
    assert [node.title for node in drawn.nodes if node.highlighted] == ["layers[0]"]
    hidden = next(node for node in topological_order(y) if node.primitive and len(node.inputs) == 1)
    consumer = next(node for node in topological_order(y) if hidden in node.inputs)
    assert any(edge.highlighted for edge in picture(y, highlight=[hidden, consumer]).edges)


# ── too much ──


def chain(length):
    node = Value(0.5, label="a")
    for _ in range(length):
        node = node.sin()
    return node


def test_what_is_farthest_from_the_root_is_one_box():
    drawn = picture(chain(1000), cap=10)
    assert len(drawn.nodes) == 10
    assert (drawn.nodes[0].kind, drawn.nodes[0].operation) == ("more", "992 more nodes")
    assert "1,001 nodes in 10 boxes; cap=1001 draws them all" in drawn.caption
    assert acyclic(drawn)


def test_of_a_graph_too_large_to_read_a_part_is_recommended():
    node = Value(1.0)
    for _ in range(2000):
        node = node.tanh()
    assert picture(node, cap=10).caption == "2,001 nodes in 10 boxes; draw an inner node to see what is below it"
    assert picture(node.inputs[0], cap=10).caption.endswith("cap=2000 draws them all")


def test_all_nodes_are_drawn_up_to_the_cap_and_nothing_is_said():
    drawn = picture(chain(99))
    assert len(drawn.nodes) == 100
    assert drawn.caption == ""


def test_a_box_for_the_rest_feeds_what_is_drawn_and_not_the_other_way_round(batch):
    for cap in (2, 3, 5, 8, 20):
        drawn = picture(batch, depth=3, cap=cap)
        assert len(drawn.nodes) <= cap
        assert acyclic(drawn)
        assert all(edge.head != 0 for edge in drawn.edges)


def test_a_highlight_in_the_rest_highlights_its_box():
    assert picture(chain(50), cap=5, highlight="a").nodes[0].highlighted


@pytest.mark.no_cover
def test_a_chain_of_twenty_thousand_nodes_is_drawn():
    assert len(picture(chain(20_000)).nodes) == 100


# ── words ──


def test_the_description_tells_the_graph_in_sentences(small):
    assert picture(small).title == "Graph of L"
    assert picture(small).description == (
        "4 nodes and 4 edges. Root: L = v1 + a, value −4, gradient 1. "
        "Leaves: a, value 2, gradient −2; b, value −3, gradient 2."
    )


def test_a_description_names_only_the_first_leaves():
    total = Value(0.0, label="x")
    for k in range(20):
        total = total + Value(1.0, label=f"x{k}")
    assert picture(total).description.endswith("; and 13 more.")


def test_a_note_tells_an_edge(small):
    assert [edge.note for edge in picture(small).edges][:2] == ["∂v1/∂a = −3", "∂v1/∂b = 2"]
