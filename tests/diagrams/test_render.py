"""Every format, read back by its own reader and compared with the graph: nodes, edges, multiplicity, order."""

from __future__ import annotations

import math
import os
import random
import shutil
import subprocess
import sys
import unicodedata

import pytest
from lxml import etree

from autograd_tiny import Value, topological_order
from autograd_tiny.diagrams import to_dot, to_latex, to_mermaid, to_svg
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.short_names import short_names
from nn import MLP
from tests.diagrams.builders import diagram_of
from tests.diagrams.diagram_readers import READERS
from tests.diagrams.hostile_labels import HOSTILE

WRITERS = {"svg": to_svg, "dot": to_dot, "mermaid": to_mermaid, "tikz": to_latex}


every_format = pytest.mark.parametrize("kind", WRITERS)


def read(kind, subject, **options):
    return READERS[kind](WRITERS[kind](subject, **options))


def random_graph(seed: int) -> Value:
    """Return the root of a random graph, some edges of which are there twice."""
    source = random.Random(seed)
    nodes = [Value(source.uniform(-2, 2), label=f"x{i}" if source.random() < 0.7 else "") for i in range(4)]
    for _ in range(source.randrange(25)):
        a, b = source.choice(nodes), source.choice(nodes[-5:])
        nodes.append(source.choice([a + b, a * b, a - b, a.tanh(), a * 2.0, a + a, a.clamp(-1.0, 1.0)]))
    root = nodes[-1]
    root.backward()
    return root


def edges_of(root: Value) -> list[tuple[int, int, float]]:
    nodes = topological_order(root)
    place = {node: i for i, node in enumerate(nodes)}
    return [
        (place[x], place[node], partial)
        for node in nodes
        for x, partial in zip(node.inputs, node.partials, strict=True)
    ]


@every_format
@pytest.mark.parametrize("seed", range(12))
def test_format_keeps_nodes_and_edges_in_order(kind, seed):
    root = random_graph(seed)
    found = read(kind, root, partials=True, precision=3, direction="TB" if seed % 2 else "LR")
    nodes = topological_order(root)
    names = name_nodes(nodes)
    assert [found.boxes[i][0] for i in range(len(nodes))] == [names[node] for node in nodes]
    assert len(found.boxes) == len(nodes)
    expected = [(tail, head, f"{partial + 0.0:.3g}".replace("-", "−")) for tail, head, partial in edges_of(root)]
    assert found.edges == expected


@every_format
def test_format_has_values_and_gradients(kind):
    a, b = Value(2.0, label="a"), Value(-3.5, label="b")
    loss = a * b
    loss.backward()
    boxes = [" ".join(found) for found in read(kind, loss).boxes.values()]
    assert boxes == ["a value 2 gradient −3.5", "b value −3.5 gradient 2", "L × value −7 gradient 1"]


@every_format
def test_gradient_not_computed_is_never_0(kind):
    a = Value(2.0, label="a")
    loss = a * 0.0
    assert [" ".join(found) for found in read(kind, loss).boxes.values()] == [
        "a value 2 gradient —",
        "L × 0 value 0 gradient —",
    ]
    loss.backward()
    assert [found[-1].split()[-1] for found in read(kind, loss).boxes.values()] == ["0", "1"]


@every_format
def test_node_used_twice_has_two_edges(kind):
    a = Value(3.0, label="a")
    assert read(kind, a + a).edges == [(0, 1, ""), (0, 1, "")]


@every_format
def test_clusters_are_modules(kind):
    model = MLP(2, [2, 1], seed=0)
    found = read(kind, model([1.0, 2.0]))
    expected = ["layers[0]", "neurons[0]", "neurons[1]", "layers[1]", "neurons[0]"]
    assert kind == "dot" or sorted(found.clusters) == sorted(expected)
    assert sum(len(texts) > 2 for texts in found.boxes.values()) == len(topological_order(model([1.0, 2.0])))


@every_format
@pytest.mark.parametrize(
    "options",
    [
        {"style": "dark"},
        {"style": "print", "partials": True},
        {"formulas": True},
        {"values": False, "gradients": False},
        {"leaves_together": True},
        {"highlight": "n"},
        {"highlight": ["n", "o"], "partials": True},
    ],
    ids=str,
)
def test_no_option_changes_the_graph(kind, options):
    n = Value(2.0, label="n") * Value(0.0, label="w")
    o = (n - Value(1.0, label="b")) * n
    n.label, o.label = "n", "o"
    o.inputs[0].inputs[0].inputs[0].label = "x"
    plain, chosen = read(kind, o), read(kind, o, **options)
    assert {i: texts[0] for i, texts in chosen.boxes.items()} == {i: texts[0] for i, texts in plain.boxes.items()}
    assert sorted((tail, head) for tail, head, _ in chosen.edges) == sorted((t, h) for t, h, _ in plain.edges)


@every_format
def test_same_graph_gives_same_bytes(kind):
    pictures = {WRITERS[kind](random_graph(7), partials=True, formulas=True) for _ in range(3)}
    assert len(pictures) == 1


@pytest.mark.no_cover
def test_bytes_do_not_depend_on_hash_seed():
    names = [writer.__name__ for writer in WRITERS.values()]
    code = (
        "from autograd_tiny.diagrams import *; from nn import MLP; from nn.losses import l2_penalty\n"
        "model = MLP(2, [3, 1], seed=0); root = model([1.0, 2.0]) + l2_penalty(model.parameters())\n"
        f"for write in ({', '.join(names)}): print(write(root), write(root, depth=1))"
    )
    pictures = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(pictures) == 1


@every_format
def test_network_has_all_circles_and_lines(kind):
    model = MLP(3, [4, 2], seed=0)
    found = read(kind, model)
    assert len(found.boxes) == 9
    assert len(found.edges) == 3 * 4 + 4 * 2
    assert len(set(found.edges)) == 20


@every_format
@pytest.mark.parametrize("options", [{"cap": 5}, {"depth": 1}, {"depth": 2, "style": "print"}], ids=str)
def test_format_keeps_collapsed_boxes(kind, options):
    model = MLP(2, [3, 1], seed=0)
    loss = model([1.0, 2.0])
    loss = loss * loss + model([2.0, 1.0])
    drawn = diagram_of(loss, **options)
    found = read(kind, loss, **options)
    assert len(found.boxes) == len(drawn.nodes)
    assert [(tail, head) for tail, head, _ in found.edges] == [(edge.tail, edge.head) for edge in drawn.edges]


@every_format
def test_leaf_alone_can_be_drawn(kind):
    assert len(read(kind, Value(1.0, label="a")).boxes) == 1


@every_format
@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, -0.0, 1e300])
def test_every_number_can_be_drawn(kind, number):
    found = read(kind, Value(number, label="a") * 1.0)
    assert found.boxes[0][-2].split()[-1] == {"-inf": "−inf", "-0.0": "0", "1e+300": "1e+300"}.get(
        str(number), str(number)
    ) or found.boxes[0][2:3] == [{"-inf": "−inf", "-0.0": "0"}.get(str(number), str(number))]


# ── hostile labels ──


def shown(label: str) -> str:
    """Return what a reader should see of a label: written independently of `text.visible`."""
    text = ""
    for c in label:
        category = unicodedata.category(c)
        if ord(c) < 32:
            text += chr(0x2400 + ord(c))
        elif c == "\x7f":
            text += "␡"
        elif category in {"Cc", "Cs", "Cn", "Zl", "Zp"} or "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069":
            text += "\ufffd"
        else:
            text += c
    return text


def title_of(label: str, kind: str) -> str:
    """Return how a label without a name of its own is shown as the title of a box."""
    name = shown(label)
    if kind == "tikz":
        known = set("−×÷·∂√∛ΣΠΓΦφ‖…—⋮→") | set("αβγδεζηθικλμνξπρστυχψωΔΘΛΞΨΩ")
        name = "".join(c if c <= "~" or "\xc0" <= c <= "\xff" or c in known else f"[U+{ord(c):04X}]" for c in name)
    return name


def test_there_are_many_hostile_labels():
    assert len(set(HOSTILE)) >= 200


@pytest.mark.no_cover
@every_format
def test_hostile_labels_are_shown_as_text(kind):
    """All of them in one document, where one that gets out of its place spoils the reading of the others."""
    leaves = [Value(1.0, label=label) for label in dict.fromkeys(HOSTILE) if label and "." not in label]
    root = leaves[0]
    for leaf in leaves[1:]:
        root = root + leaf
    found = read(kind, root, values=False, gradients=False, cap=10_000)
    nodes = topological_order(root)
    names = name_nodes(nodes)
    short = short_names(names.values())
    assert len(found.boxes) == len(nodes)
    assert [(tail, head) for tail, head, _ in found.edges] == [(tail, head) for tail, head, _ in edges_of(root)]
    for i, node in enumerate(nodes):
        if not node.label:
            continue
        title = title_of(names[node], kind)
        whole = "".join(found.boxes[i]) if kind != "dot" else None
        if kind in {"svg", "tikz"}:
            title = title_of(short.get(names[node], names[node]), kind)
        if kind == "tikz":
            plain = {"∂": r"$\partial$", "α": r"$\alpha$"}
            title = "".join(plain.get(c, c) for c in title)
        if whole is None:
            assert "".join(found.boxes[i]) == title.replace("   ", "").replace(" = ", ""), repr(node.label)
        elif kind == "mermaid":
            assert whole == title.replace("   ", "").replace(" = ", ""), repr(node.label)
        else:
            assert whole == title, repr(node.label)


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize("kind", ["svg", "mermaid", "tikz"])  # pydot is slow: it reads them all in one document
def test_hostile_label_alone_is_text(kind):
    for label in HOSTILE:
        root = Value(1.0, label=label) * Value(2.0, label=label)
        root.label = label
        found = read(kind, root, partials=True, formulas=True, highlight=root)
        assert len(found.boxes) == 3, ascii(label)
        assert [(tail, head) for tail, head, _ in found.edges] == [(0, 2), (1, 2)], ascii(label)


def test_mermaid_does_not_read_a_label_as_html():
    """Its sanitizer, which looks at the label decoded, leaves `<` alone where no name follows."""
    assert "#60;\u200bscript#62;" in to_mermaid(Value(1.0, label="<script>"))


def test_graphviz_reads_every_hostile_label():
    if shutil.which("dot") is None:
        pytest.skip("the program dot is not installed")
    leaves = [Value(1.0, label=label) for label in dict.fromkeys(HOSTILE) if label and "." not in label]
    root = leaves[0]
    for leaf in leaves[1:]:
        root = root + leaf
    dot = to_dot(root, values=False, gradients=False, cap=10_000)
    done = subprocess.run(["dot", "-Tsvg"], input=dot.encode(), capture_output=True, check=True)
    svg = etree.fromstring(done.stdout)
    groups = [g for g in svg.iter("{http://www.w3.org/2000/svg}g") if g.get("class") == "node"]
    texts = {
        int(g.findtext("{http://www.w3.org/2000/svg}title")[1:]): "".join(
            text.text or "" for text in g.iter("{http://www.w3.org/2000/svg}text")
        )
        for g in groups
    }
    names = name_nodes(nodes := topological_order(root))
    for i, node in enumerate(nodes):
        if node.label:
            assert texts[i].replace("\xa0", " ").split() == shown(names[node]).replace("\xa0", " ").split()


# ── notebooks ──


def test_value_shows_text_and_diagram(graph):
    assert graph._repr_mimebundle_() == {"text/plain": repr(graph), "image/svg+xml": to_svg(graph)}


def test_notebook_may_choose_types(graph):
    assert list(graph._repr_mimebundle_(include=["image/svg+xml"])) == ["image/svg+xml"]
    assert list(graph._repr_mimebundle_(exclude=["image/svg+xml"])) == ["text/plain"]
    assert graph._repr_mimebundle_(include=[]) == {}


def test_huge_graph_shows_only_text():
    node = Value(1.0)
    for _ in range(20_000):
        node = node + 1.0
    assert list(node._repr_mimebundle_()) == ["text/plain"]


def test_shared_nodes_are_counted_once():
    node = Value(1.0)
    for _ in range(200):
        node = node + node
    assert "image/svg+xml" in node._repr_mimebundle_()


def test_ipython_takes_the_bundle(graph):
    formatting = pytest.importorskip("IPython.core.formatters")
    bundle, _ = formatting.DisplayFormatter().format(graph)
    assert bundle["image/svg+xml"] == to_svg(graph)
    assert bundle["text/plain"] == repr(graph)


# ── imports ──


def test_package_imports_no_diagrams():
    code = (
        "import sys, autograd_tiny; "
        "print([m for m in sys.modules if m == 'autograd_tiny.diagrams' or 'graphviz' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
