"""The command `explain`: its table, its JSON, its page and its errors."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import Value, primitive
from autograd_tiny.cli import main
from autograd_tiny.cli.explain import NodeRow, as_json, definitions, node_rows, print_nodes, product_of
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.symbolic.notation import exact_number

NEURON = ["tanh(x1*w1 + x2*w2 + b)", "x1=2", "x2=0", "w1=-3", "w2=1", "b=6.8813735870195432"]


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def output_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["explain", *arguments]) == 0
    return capsys.readouterr().out


def complaint_about(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["explain", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_rows_have_value_gradient_and_rule(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [line.split() for line in output_of(capsys, *NEURON).splitlines()]
    assert ["w1", "-3", "1", "∂L/∂v1", "·", "x1", "=", "0.5", "·", "2"] in rows
    assert ["v1", "x1", "*", "w1", "-6", "0.5", "∂L/∂v3", "·", "1", "=", "0.5", "·", "1"] in rows
    assert [row[0] for row in rows[2:12]] == ["x1", "w1", "v1", "x2", "w2", "v2", "v3", "b", "v4", "L"]


def test_last_line_has_all_digits(capsys: pytest.CaptureFixture[str]) -> None:
    assert "L = a / b = 0.3333333333333333" in output_of(capsys, "a / b", "a=1", "b=3")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("y = x*2", "y = x*2 = 4"),
        ("x", "x = 2"),
        ("y = x", "x = 2"),
        ("leaky_relu(x, negative_slope=0.1)", "L = leaky_relu(x, negative_slope=0.1) = 2"),
        ("a = leaky_relu(x, negative_slope=0.1)", "a = leaky_relu(x, negative_slope=0.1) = 2"),
        ("a = x + x; a * x", "L = 8"),
    ],
)
def test_last_line_repeats_nothing(capsys: pytest.CaptureFixture[str], text: str, line: str) -> None:
    assert output_of(capsys, text, "x=2").splitlines()[-2] == f"  {line}"


@pytest.mark.parametrize("width", [36, 44, 50, 56, 60, 70])
def test_narrow_terminal_breaks_no_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    words = set(output_of(capsys, *NEURON).split())
    monkeypatch.setenv("COLUMNS", str(width))
    told = output_of(capsys, *NEURON)
    told = told.replace(",", "").replace("─", "")
    assert max(map(len, told.splitlines())) <= width
    assert set(told.split()) <= words


def test_narrow_terminal_gets_paragraphs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "44")
    lines = [line.rstrip() for line in output_of(capsys, "h = a*b; h + a", "a=2", "b=3").splitlines()]
    assert lines[:3] == ["  a = 2, gradient 4", "    ∂L/∂L · 1 = 1 · 1", "    + ∂L/∂h · b = 1 · 3"]
    assert lines[-3:] == ["", "  L = 8", ""]


def test_contributions_are_listed_as_a_sum(capsys: pytest.CaptureFixture[str]) -> None:
    lines = output_of(capsys, "a * a", "a=3").splitlines()
    assert lines[2].rstrip().endswith("6   ∂L/∂L · a = 1 · 3")
    assert lines[3].strip() == "+ ∂L/∂L · a = 1 · 3"


def test_lines_fit_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    text = "h = softmax([a, b, a*b])[0] * leaky_relu(a - 5)**2; h + dot([a, b], [h, b], 1) * max([a, b])"
    assert max(map(len, output_of(capsys, text, "a=1", "b=2").splitlines())) <= 80


def test_result_of_statements_omits_their_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\n  L = 4\n" in output_of(capsys, "h = a * 2; h + 2", "a=1")


def test_brackets_are_not_markup(capsys: pytest.CaptureFixture[str]) -> None:
    assert "sum([a, b])" in output_of(capsys, "sum([a, b])", "a=1", "b=2")


def test_expression_may_begin_with_minus(capsys: pytest.CaptureFixture[str]) -> None:
    assert "L = -x = -2" in output_of(capsys, "-x", "x=2")


def test_options_may_be_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(output_of(capsys, "x*x", "--json", "x=2"))["value"] == 4.0


def test_json_has_documented_keys(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(output_of(capsys, "--json", *NEURON))
    assert set(told) == {"expression", "root", "value", "nodes", "anomalies"}
    assert (told["expression"], told["root"]) == (NEURON[0], "L")
    first = told["nodes"][0]
    assert set(first) == {"name", "formula", "primitive", "operands", "value", "gradient", "contributions"}
    (part,) = first["contributions"]
    assert (part["consumer"], part["rule"], part["partial"]) == ("v1", "w1", -3.0)
    assert part["contribution"] == part["upstream"] * part["partial"] == first["gradient"]


@pytest.mark.parametrize("width", ["40", "80"])
def test_anomalies_follow_the_result(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    told = output_of(capsys, "log(x) * 2", "x=0")
    assert max(map(len, told.splitlines())) <= int(width)
    result, *_, cause = [" ".join(part.split()) for part in told.split("\n\n") if part.split()][-2:]
    assert result.endswith("= -inf")
    assert cause.startswith("forward pass: v1 = log(x) becomes -inf, at x = 0: a logarithm goes to -inf there. Keep")


def test_json_has_anomalies(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(output_of(capsys, "--json", *NEURON))["anomalies"] == []
    forward, backward = json.loads(output_of(capsys, "--json", "log(x) * relu(x)", "x=0"))["anomalies"][::2]
    assert (forward["phase"], forward["node"], forward["input"], forward["inputs"], forward["result"]) == (
        *("forward", "v1", None, {"x": 0.0}, "-inf"),
    )
    assert (forward["kind"], backward["phase"]) == ("log of zero", "backward")
    assert "Keep x above 0" in forward["text"]


def test_json_operands_are_names_and_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    node = json.loads(output_of(capsys, "--json", "x * 3", "x=2"))["nodes"][-1]
    assert (node["primitive"], node["operands"], node["formula"]) == ("mul", ["x", 3.0], "x * 3")


@pytest.mark.parametrize(("number", "written"), [("inf", "inf"), ("-inf", "-inf"), ("nan", "nan")])
def test_json_writes_infinities_as_text(capsys: pytest.CaptureFixture[str], number: str, written: str) -> None:
    assert json.loads(output_of(capsys, "--json", "x + 1", f"x={number}"))["value"] == written


@pytest.mark.parametrize("number", ["1e-3", "-2", "+.5", "5.", "1E5", "inf"])
def test_decimal_numbers_are_read(capsys: pytest.CaptureFixture[str], number: str) -> None:
    assert f"y = {exact_number(float(number))}" in output_of(capsys, "y = x + 0; y", f"x={number}").replace(
        "  L", "  y"
    )


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (
            ["x", "x=1/3"],
            "such as 2, -0.5 or 1e-3; write such a number, or the formula itself in the place of x",
        ),
        (["x", "x=1_0"], "is not a decimal number"),
        (["x", "x=٣"], "is not a decimal number"),
        (["x", "x="], "write one after the ="),
        (["x", "x=1e999"], "x=1e999 is too large for a float"),
        (["x", "x"], "'x' is not NAME=NUMBER; write for example x1=2"),
        (["x", "=3"], "'=3' is not NAME=NUMBER"),
        (["x", "x=1", "x=2"], "'x' is given twice"),
        (["x", "x=1", "y=2"], "'y' is not a leaf of the expression; its leaves: x"),
        (["1 + 1", "y=2"], "'y' is not a leaf of the expression; its leaves: none"),
        (["h = x; h", "x=1", "h=2"], "'h' is not a leaf"),
        ([], "the following arguments are required: EXPRESSION"),
        (["x", "--jsn"], "unrecognized arguments: --jsn"),
        (["x", "x=1", "--format=pdf"], "argument --format: invalid choice: 'pdf'"),
        (["x", "x=1", "--format=text", "--json"], "not allowed with argument"),
    ],
)
def test_error_is_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], part: str) -> None:
    complaint = complaint_about(capsys, *arguments)
    assert part in complaint
    assert complaint.startswith("autograd-tiny: ")
    assert complaint.count("\n") == 1


def test_missing_name_has_a_caret(capsys: pytest.CaptureFixture[str]) -> None:
    complaint = complaint_about(capsys, "x * y", "x=2")
    assert complaint == "autograd-tiny: no value for y; write y=...\n  x * y\n      ^\n"


@pytest.mark.parametrize(
    ("format", "line"),
    [
        ("text", "∂L/∂a = ∂L/∂L · b = 1 · 3 = 3"),
        ("markdown", "$L = a \\cdot b$: product rule"),
        ("latex", r"\paragraph{Backward pass}"),
        ("html", "<h3>Backward pass</h3>"),
    ],
)
@pytest.mark.parametrize("written", [["--format={}"], ["--format", "{}"]])
def test_format_prints_worked_solution(
    capsys: pytest.CaptureFixture[str], format: str, line: str, written: list[str]
) -> None:
    options = [word.format(format) for word in written]
    assert line in map(str.strip, output_of(capsys, "a*b", *options, "a=2", "b=3").splitlines())


def test_large_expression_is_explained_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert output_of(capsys, " + ".join(["a*a"] * 60), "a=2", "--format=text").count("product rule") == 60


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_shows_examples_and_json_keys(capsys: pytest.CaptureFixture[str], option: str) -> None:
    told = output_of(capsys, option)
    assert "tanh(x1*w1 + x2*w2 + b)" in told
    assert "contributions" in told


def test_html_writes_page_and_prints_path(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    said = output_of(capsys, "a * a", "--html", str(path), "a=3")
    assert said == f"{path}: 2 nodes, 4 events; open it in a browser\n"
    assert "<title>a * a</title>" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "nowhere/page.html",
            "nowhere/page.html cannot be written: the folder nowhere does not exist; create it first",
        ),
        ("nul\x00.html", "the name of a file cannot contain a NUL character"),
        (".", ". cannot be written: it is a folder or a device, not a file"),
        ("", ". cannot be written: it is a folder or a device, not a file"),
    ],
)
def test_unwritable_page_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    complaint = complaint_about(capsys, "a * a", "a=3", "--html", name)
    assert complaint.startswith("autograd-tiny: ")
    assert complaint.endswith(f"{reason}\n")
    assert complaint.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_html_and_json_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert "not allowed with" in complaint_about(capsys, "a * a", "a=3", "--json", "--html=page.html")


@pytest.mark.parametrize("option", ["--html", "--format"])
def test_option_without_word_keeps_expression(
    option: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert f"{option}: expected one argument" in complaint_about(capsys, "x", "x=2", option)
    assert not list(tmp_path.iterdir())


# ── rows ──


def rows_of(text: str, **numbers: float) -> dict[str, NodeRow]:
    return {row.name: row for row in node_rows(parse(text).evaluate(**numbers))}


def test_inputs_come_before_consumers() -> None:
    assert list(rows_of("tanh(a*b) + a", a=1.0, b=2.0)) == ["a", "b", "v1", "v2", "L"]


def test_leaf_has_no_formula_or_primitive() -> None:
    leaf = rows_of("a * 2", a=1.0)["a"]
    assert (leaf.formula, leaf.primitive, leaf.operands) == ("", None, ())


def test_formula_has_inputs_and_constants() -> None:
    row = rows_of("dot([a, b], [2, a], 1)", a=1.0, b=2.0)["L"]
    assert row.formula == "dot([a, b], [2, a], 1)"
    assert row.operands == ("a", "b", 2.0, "a", 1.0)


@pytest.mark.parametrize(
    ("text", "name", "rules"),
    [
        ("a * b", "a", ["b"]),
        ("a * a", "a", ["a", "a"]),
        ("a - b", "b", ["(-1)"]),
        ("a ** 2", "a", ["(2 * a)"]),
        ("a / b", "a", ["(1 / b)"]),
        ("exp(a)", "a", ["L"]),
        ("relu(a)", "a", ["1"]),
        ("leaky_relu(-a)", "v1", ["0.01"]),
        ("max([a, b])", "b", ["0"]),
        ("mean([a, b])", "b", ["(1 / 2)"]),
        ("sum([a, b, a])", "a", ["1", "1"]),
        ("dot([a, 2], [b, a])", "a", ["b", "2"]),
        ("gelu_tanh(a)", "a", ["(L / a + L * (1 - L / a) * sqrt(8 / π) * (1 + 0.134145 * a ** 2))"]),
    ],
)
def test_rule_is_partial_as_text(text: str, name: str, rules: list[str]) -> None:
    row = rows_of(text, a=4.0, b=3.0)[name]
    assert [part.rule for part in row.contributions] == rules


def test_product_has_rule_and_numbers() -> None:
    row = rows_of("h = a * b; h * 3", a=4.0, b=-2.0)["a"]
    assert list(map(product_of, row.contributions)) == ["∂L/∂h · b = 3 · (-2)"]


def test_float_only_partials_are_explained() -> None:
    twisted = primitive("twisted", "twisted({x})", math.sin, lambda x, z: (math.cos(x),))
    try:
        (part,) = node_rows(twisted(Value(0.0, label="a")))[0].contributions
    finally:
        del TABLE["twisted"]
    assert (part.rule, part.partial) == ("1", 1.0)


def test_labelled_root_keeps_its_name() -> None:
    assert list(rows_of("cost = a + 1", a=1.0)) == ["a", "cost"]


def test_constant_is_one_row() -> None:
    (row,) = node_rows(parse("1 + 2").evaluate())
    assert (row.name, row.value, row.gradient, row.contributions) == ("L", 3.0, 1.0, ())


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_contributions_add_up_to_gradient(a: float, b: float) -> None:
    for row in node_rows(parse("h = a*b + sin(a); h * tanh(b) + sum([h, a, h]) + a*a").evaluate(a=a, b=b))[:-1]:
        total = 0.0
        for part in row.contributions:
            total += part.contribution
        assert total == row.gradient


def test_expression_may_begin_with_two_minus_signs(capsys: pytest.CaptureFixture[str]) -> None:
    assert output_of(capsys, "--", "--a", "a=1").splitlines()[-2] == "  L = --a = 1"
    assert main(["check", "--", "--a", "a=1"]) == 0
    capsys.readouterr()
    assert "write -- before an expression that begins so" in complaint_about(capsys, "--a", "a=1")
    assert output_of(capsys, "(--a)", "a=1")


def test_jvp_walks_the_forward_mode(capsys: pytest.CaptureFixture[str]) -> None:
    lines = output_of(capsys, "a*b + a", "--jvp", "a", "a=2", "b=-3", "--jvp", "b=0.5").splitlines()
    assert lines[:3] == ["a' = 1, b' = 0.5.", "v1 = a * b = -6", "    v1' = a'·b + b'·a = 1·(-3) + 0.5·2 = -2"]
    assert "The backward pass gives ∂L/∂a·a' + ∂L/∂b·b' = -2·1 + 2·0.5 = -1: equal to L'." in lines


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["q"], "'q' is not a leaf of the expression; its leaves: a, b"),
        (["b"], "L does not depend on b"),
        (["a=one"], "a=one is not a decimal number"),
        (["a", "--jvp", "a=2"], "'a' is given twice"),
        (["a=inf"], "a finite tangent for a"),
        (["a", "--json"], "not allowed with"),
    ],
)
def test_invalid_jvp_is_refused(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert said in complaint_about(capsys, "[a, b][0] * a", "a=2", "b=1", "--jvp", *arguments)


def test_names_that_only_rules_have_are_defined_once() -> None:
    text = "softmax([a, b])[0] * selu(a) + selu(b)"
    rows = node_rows(parse(text).evaluate(a=1.0, b=2.0))
    assert definitions(rows) == [
        "In the rules of v1, p = softmax([a, b]) = [p₁, p₂].",
        "In the rules of v2, v4, λ = 1.0507009873554805.",
    ]
    nodes = as_json(text, rows)["nodes"]
    assert next(node["where"] for node in nodes if "where" in node) == "p = softmax([a, b]) = [p₁, p₂]"
    assert definitions(node_rows(parse("a * b").evaluate(a=1.0, b=2.0))) == []


def test_table_ends_with_the_definitions(capsys: pytest.CaptureFixture[str]) -> None:
    expression = parse("selu(a)")
    print_nodes(expression, node_rows(expression.evaluate(a=1.0)))
    assert "In the rules of L, λ = 1.0507009873554805." in capsys.readouterr().out
