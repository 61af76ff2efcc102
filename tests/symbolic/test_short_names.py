"""Short names and cut formulas."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.diagrams import to_svg
from autograd_tiny.diagrams.node_text import formula_text
from autograd_tiny.support.display_width import display_width
from autograd_tiny.symbolic.short_names import WIDEST, short_names, shorten_middle, truncate
from autograd_tiny.trace import Trace

ANY_TEXT = st.text(st.characters(exclude_categories=()))
NAMES = st.from_regex(
    r"(net\.)?(layers\[\d\]\.)?(neurons\[\d\d?\]\.)?(w(\[\d\d?\]){0,2}|bias|p\['[ab .]{1,30}'\]|x{1,60}\d{0,9})",
    fullmatch=True,
)
INDEX_OR_NUMBER = re.compile(r"\[[^\[\]]*\]|\d+(?:\.\d+)?(?:e[+-]\d+)?")


def shown(names: list[str]) -> list[str]:
    short = short_names(names)
    return [short.get(name, name) for name in names]


def graph_of(names: list[str]) -> Trace:
    return Trace(at.sum([Value(1.0, label=name) for name in names]))


def test_long_name_is_cut_to_what_distinguishes_it() -> None:
    names = ["layers[0].neurons[1].w[12]", "layers[0].neurons[1].w[2]", "heads['left.eye'].weight[0]"]
    assert shown(names) == ["…w[12]", "…w[2]", "…weight[0]"]
    assert short_names(["a_long_name_of_one_part", "w.b", "2 * layers[0].neurons[1].w"]) == {}


def test_different_weights_have_different_short_names() -> None:
    places = [f"layers[{k}].neurons[{j}]" for k in range(2) for j in range(2)]
    names = [f"{place}.{parameter}" for place in places for parameter in ("w[0]", "w[1]", "b")]
    names += ["layers[0].neurons[1].bias", "net.layers[0].neurons[1].gain", "a.net.layers[0].neurons[1].gain"]
    names += ["another_module.gate", "gate"]
    assert short_names(names)["layers[0].neurons[1].bias"] == "…bias"
    trace = graph_of(names)
    assert len(set(shown(names))) == len(names)
    assert [trace.names[trace.find(name)] for name in shown(names)] == names


def test_very_long_names_are_cut_in_the_middle_and_stay_different() -> None:
    names = [f"{'x' * 60}{middle}{'y' * 60}" for middle in "ab"]
    short = shown([*names, f"{'x' * 14}…{'y' * 13}"])
    assert len(set(short)) == 3
    assert short[0] == f"{'x' * 28}…{'y' * 27}"  # 28 characters are the third name
    assert short[1] == names[1][:56] + "…" + names[1][-55:]


@pytest.mark.no_cover
@given(st.lists(NAMES, min_size=1, max_size=8, unique=True))
def test_short_names_are_different_whole_and_found(names: list[str]) -> None:
    short = shown(names)
    assert len(set(short)) == len(names)
    trace = graph_of(names)
    for name, form in zip(names, short, strict=True):
        assert trace.names[trace.find(form)] == name
        assert len(form) <= max(len(name), WIDEST)
        if form != name and "'" not in name:
            assert set(INDEX_OR_NUMBER.findall(form)) <= set(INDEX_OR_NUMBER.findall(name))


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("tanh(w[0][12] * x)", 12, "tanh(…"),
        ("tanh(w[0][12] * x)", 14, "tanh(w[0][12]…"),
        ("a.grad * 1.5e-07", 13, "a.grad * …"),
        ("exp(layers[0].w[3])", 17, "exp(…"),
        ("p['a b'] * x", 9, "p['a b']…"),
        ("2.123456789", 4, "2.1…"),
    ],
)
def test_formula_is_cut_before_a_name_or_number(text: str, width: int, cut: str) -> None:
    assert truncate(text, width) == cut


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("w[0] * x + w[1] * y + bias", 17, "w[0] * x…y + bias"),
        ("max(0.12345, 1.5e-07, 123456.7)", 21, "max(…123456.7)"),
        ("layers[0].neurons[11].w[3]", 15, "layers[0]….w[3]"),
        ("x" * 9 + "[" + "1" * 9 + "]", 9, "xxxxxxxx…"),
        ("1" * 40, 10, "11111…1111"),
        ("重み * 入力 + とても長い名前", 15, "重み *…い名前"),
    ],
)
def test_text_is_cut_in_the_middle_between_its_parts(text: str, width: int, cut: str) -> None:
    assert shorten_middle(text, width) == cut


@given(ANY_TEXT, st.integers(3, 40))
def test_text_is_shortened_in_its_middle(text: str, longest: int) -> None:
    cut = shorten_middle(text, longest)
    if display_width(text) <= longest:
        assert cut == text
    else:
        assert display_width(cut) <= longest
        start, end = cut.split("…")[0], cut.split("…")[-1]
        assert text.startswith(start)
        assert text.endswith(end)


# ── in a picture ──


def titles(svg: str) -> list[str]:
    return re.findall(r'font-weight="bold"[^>]*>([^<]*)</text>', svg)


def test_picture_breaks_no_index() -> None:
    names = [f"a_matrix_of_very_many_weights[{k}][{j}]" for k in (0, 10) for j in (1, 12)]
    trace = graph_of(names)
    boxes = [title for title in titles(to_svg(trace, formulas=True)) if title.startswith("a_")]
    assert len(set(boxes)) == len(names)
    assert all(re.fullmatch(r"a_\w+…\w*(\[1?0\]\[12?\])", title) for title in boxes)
    assert {trace.names[trace.find(box)] for box in boxes} == set(names)


def test_formula_in_a_picture_has_whole_names() -> None:
    w, x = Value(1.0, label="weights_of_layer[0][12]"), Value(2.0, label="inputs[0]")
    products = w * x, x * w * 0.5
    shown = [formula_text(z, {w: w.label, x: x.label, z: "z", products[1].inputs[0]: "v1"}) for z in products]
    assert shown == ["weights_of_layer[0][12] * …", "v1 * 0.5"]
    assert formula_text(at.dot([x, x, x], [2.0, 3.0, 4.0], x), {x: "inputs[0]"}) == "dot([inputs[0],…4], inputs[0])"


def test_name_in_a_cluster_is_not_that_of_another_node() -> None:
    w, b = Value(1.0, label="net.w"), Value(2.0, label="net.b")
    other = Value(3.0, label="b")
    picture = to_svg((w * b + w) * other, formulas=True)
    assert "w * net.b" in picture
    assert sorted(title for title in titles(picture) if "b" in title) == ["b", "net.b"]
