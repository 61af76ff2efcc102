"""Parsing and evaluation of expressions; refusal of any other text."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_tiny
from autograd_tiny import AutogradError, Primitive, Value, leaves, primitive
from autograd_tiny.engine import composed_functions
from autograd_tiny.errors import OperandError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.support.display_width import cut_to, display_width
from autograd_tiny.symbolic.expression import CONSTANTS, parse
from autograd_tiny.symbolic.expression_parser import ExpressionError, find_function

NUMBERS = {"a": 2.0, "b": -3.0, "x": 0.5}


def value_of(text: str, **numbers: float) -> float:
    return parse(text).evaluate(**(numbers or NUMBERS)).data


def error_of(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as raised:
        parse(text).evaluate(**NUMBERS)
    return raised.value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a + b - x", -1.5),
        ("a * b / x", -12.0),
        ("a ** 3", 8.0),
        ("b // a", -2.0),
        ("b % a", 1.0),
        ("-a + +b", -5.0),
        ("-a ** 2", -4.0),
        ("2 ** a ** 2", 16.0),
        ("(a + b) * a", -2.0),
        ("1_000 + .5 + 5. + 1e-1", 1005.6),
        ("sum([a, b, 1])", 0.0),
        ("dot([a, b], [x, 2], 1)", -4.0),
        ("dot(ws=[a], xs=[3], bias=b)", 3.0),
        ("leaky_relu(b, negative_slope=0.1)", -0.30000000000000004),
        ("softmax([a, a])[0]", 0.5),
        ("softmax([a, a])[-1] + log_softmax([a])[0]", 0.5),
        ("[a, b][1]", -3.0),
        ("cos(pi) + π - pi + log(e)", 0.0),
        ("h = a * b; h + 1", -5.0),
        ("h = a * b\ng = h * h\n\ng + h", 30.0),
        ("  h = a\n  h * 2  ", 4.0),
        ("h = 3", 3.0),
        ("(a\n + b)", -1.0),
        ("log(8, 2)", 3.0),
        ("log(a * 4, base=a)", 3.0),
        ("log(a) - log(2)", 0.0),
        ("max(a, b, x) + min(a, b)", -1.0),
        ("max([a, b]) + max([], default=1)", 3.0),
        ("sum([a, b], start=2)", 1.0),
        ("var([a, 4]) + var([a, 4], correction=0)", 3.0),
        ("std([a, 4], 0)", 1.0),
        ("dist([a, b], [5, 1])", 5.0),
        ("prelu(b, 0.5)", -1.5),
        ("softmin([a, 1002])[0] + fabs(b)", 4.0),
        ("logsigmoid(x) - log_sigmoid(x)", 0.0),
        ("softplus(x, 2) - softplus(x, beta=2) + clamp(a, max=1)", 1.0),
        ("θ_1 = a; θ_1", 2.0),
        ("\ta +\tb", -1.0),
    ],
)
def test_expression_computes_its_value(text: str, number: float) -> None:
    assert value_of(text) == number


@pytest.mark.parametrize(
    ("text", "number"), [("1/0", math.inf), ("9**9**9**9", math.inf), ("-1/0", -math.inf), ("10.0**400", math.inf)]
)
def test_constants_follow_ieee_rules(text: str, number: float) -> None:
    assert value_of(text) == number


def test_names_are_in_order_of_appearance() -> None:
    assert parse("h = tanh(w*x + b); x*h + pi").names == ("w", "x", "b", "pi")


def test_number_becomes_labelled_leaf() -> None:
    root = parse("a * b").evaluate(a=2.0, b=3.0)
    assert [leaf.label for leaf in leaves(root)] == ["a", "b"]


def test_repeated_name_is_one_leaf() -> None:
    root = parse("a * a").evaluate(a=3.0)
    assert root.inputs[0] is root.inputs[1]


def test_numbers_in_text_are_constants() -> None:
    assert len(parse("2 * a + 1").evaluate(a=1.0).inputs) == 1


def test_given_value_is_used_unchanged() -> None:
    a = Value(2.0, label="mine")
    assert parse("a").evaluate(a=a) is a
    assert a.label == "mine"


def test_extra_names_are_ignored() -> None:
    assert parse("a").evaluate(a=1.0, b=2.0).data == 1.0


@pytest.mark.parametrize("name", ["self", "text", "numbers"])
def test_identifiers_are_names(name: str) -> None:
    assert parse(f"{name} * 2").evaluate(**{name: 3.0}).data == 6.0


def test_variable_may_have_a_functions_name() -> None:
    assert parse("gamma * gamma(3)").evaluate(gamma=2.0).data == 4.0


@pytest.mark.parametrize("name", CONSTANTS)
def test_variable_overrides_constant(name: str) -> None:
    assert parse(f"{name} * 2").evaluate(**{name: 1.0}).data == 2.0


def test_statement_labels_its_node() -> None:
    root = parse("h = a * b; out = h + 1").evaluate(a=1.0, b=2.0)
    assert (root.label, root.inputs[0].label) == ("out", "h")


def test_statement_of_number_is_a_leaf() -> None:
    root = parse("a = 2; b = 3; a * b").evaluate()
    root.backward()
    assert [(leaf.label, leaf.grad) for leaf in root.inputs] == [("a", 3.0), ("b", 2.0)]


def test_alias_of_leaf_keeps_its_label() -> None:
    assert parse("h = a; h").evaluate(a=1.0).label == "a"


def test_gradient_flows() -> None:
    a = Value(0.5)
    parse("tanh(a)").evaluate(a=a).backward()
    assert a.grad == pytest.approx(1.0 - math.tanh(0.5) ** 2)


def test_user_primitive_can_be_called() -> None:
    primitive("tripled", "tripled({x})", lambda x: 3.0 * x, lambda x, z: (3.0,))
    try:
        assert value_of("tripled(a)", a=2.0) == 6.0
    finally:
        del TABLE["tripled"]


def test_columns_of_a_primitive_that_returns_integers_are_floats() -> None:
    primitive("doubled", "doubled({x})", lambda x: 2 * int(x), lambda x, z: (0.0,))  # type: ignore[arg-type,return-value]
    try:
        assert list(map(repr, parse("doubled(a)").evaluate_columns(2, a=[2.5, -1.0]))) == ["4.0", "-2.0"]
    finally:
        del TABLE["doubled"]


def test_every_primitive_can_be_called() -> None:
    for row in [row for row in TABLE.values() if row.domain]:  # the examples in docstrings define rows without one
        numbers = [0.5 * (low + high) for low, high in row.domain]
        pairs = zip(numbers, row.takes_list, strict=True)
        operands = [f"[{number!r}, {number!r}]" if many else repr(number) for number, many in pairs]
        assert isinstance(value_of(f"{row.name}({', '.join(operands)})"), float)


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ("a ^ 2", 3, "write **"),
        ("a × 2", 3, "write *"),
        ("x²", 2, "write **2"),
        ("2x", 1, "for a product write *"),
        ("a + 2(x)", 5, "for a product write *"),
        ("0x1f + a", 1, "is not a number"),
        ("1j", 1, "is not a number"),
        ("1.2.3", 1, "is not a number"),
        ("1e400", 1, "too large for a float"),
        ("1" + "0" * 400, 1, "too large for a float"),
        ("a + tnah(x)", 5, "did you mean tanh?"),
        ("ln(a)", 1, "did you mean log?"),
        ("qqqq(a)", 1, "functions are the primitives"),
        ("a + c", 5, "no value for c; write c=..."),
        ("θ * d + c", 1, "no value for θ, d, c; write θ=... d=... c=..."),
        ("\u0430 + 1", 1, "CYRILLIC SMALL LETTER A"),
        ("\uff54anh(a)", 1, "FULLWIDTH"),
        ("a\0b", 2, "unexpected character"),
        ("a\udcff", 2, "unexpected character"),
        ("lambda * a", 1, "write lambda_"),
        ("None", 1, "a Python keyword"),
        ("a if b else x", 3, "a Python keyword"),
        ("'a'", 1, "unexpected character"),
        ("a # b", 3, "unexpected character"),
        ("a.grad", 1, "attributes are not part"),
        ("().__class__", 1, "attributes are not part"),
        ("a == b", 3, "comparisons are not part"),
        ("a != b", 3, "comparisons are not part"),
        ("a < b", 3, "comparisons are not part"),
        ("a<=b", 2, "comparisons are not part"),
        ("tanh(a) > 0", 9, "comparisons are not part"),
        ("a >= b", 3, "comparisons are not part"),
        ("a ! b", 3, "unexpected character '!'"),
        ("(a, b)", 1, "square brackets"),
        ("sum(*[a])", 5, "expected numbers, names"),
        ("...", 1, "expected numbers, names"),
        ("sum(**a)", 1, "takes each operand once"),
        ("leaky_relu(a, negative_slope=1, negative_slope=2)", 1, "takes each operand once"),
        ("a += 1", 1, "a name is assigned only once"),
        ("x, y = a", 1, "expected one name before one ="),
        ("x = y = a", 1, "expected one name before one ="),
        ("a.b = 1", 1, "expected one name before one ="),
        ("a b", 3, "missing or misplaced"),
        ("a +", 4, "missing or misplaced"),
        ("(a", 1, "never closed"),
        ("a)", 2, "unmatched"),
        ("a = a + 1", 1, "has a value already"),
        ("h = 1; h = 2; h", 8, "has a value already"),
        ("h = a; b", 1, "h is never used"),
        ("a; b", 1, "this result is not used"),
        ("sum(a, b)", 1, "sum got numbers; it takes a list, as in sum([a, b])"),
        ("softmax(a)", 1, "softmax got numbers; it takes a list"),
        ("b + tanh([a])", 5, "tanh got a list; it takes numbers"),
        ("[a]", 1, "got a list where a number is expected"),
        ("1 + [a]", 1, "got a list where a number is expected"),
        ("sum([[a]])", 5, "got a list where a number is expected"),
        ("a[0]", 1, "only a list has elements"),
        ("softmax([a, b])[2]", 17, "elements [0] to [1]"),
        ("softmax([a, b])[0.5]", 17, "elements [0] to [1]"),
        ("softmax([a, b])[a]", 17, "elements [0] to [1]"),
        ("mean([])", 1, "at least one element"),
        ("1 + dot([a], [a, b])", 5, "equal lengths"),
        ("1 + dot([a], b)", 5, "a list of numbers"),
        ("max(a)", 1, "max got numbers; it takes a list"),
        ("std(a)", 1, "std got numbers; it takes a list"),
        ("prelu([a], 2)", 1, "prelu got a list; it takes numbers"),
        ("max([a, b], key=1)", 1, "it takes a function"),
        ("tanh(a, b)", 1, "got 2 operands; it takes 1"),
        ("leaky_relu(a, slope=2)", 1, "an unexpected operand 'slope'"),
        ("cross_entropy([a, b], 5)", 1, "whole number from 0 to 1"),
        ("", 1, "the expression is empty"),
        (" \n ", 1, "the expression is empty"),
        ("n" * 51, 1, "more than 50 characters"),
        (f"sum([{'a,' * 251}])", 5, "more than 250 elements"),
        ("a +" * 4000, 1, "longer than 10000 characters"),
        ("-" * 9000 + "a", 1, "nested too deeply"),
    ],
)
def test_error_names_column_and_remedy(text: str, column: int, part: str) -> None:
    error = error_of(text)
    assert part in error.problem
    assert (error.line, error.column) == (1, column)


@pytest.mark.parametrize(("text", "number"), [("a\n+ b^2", 2), ("h = a *\n2", 1), ("h = a\nh * (b c)", 2)])
def test_error_names_its_line(text: str, number: int) -> None:
    assert error_of(text).line == number


def test_message_ends_with_line_and_caret() -> None:
    problem, line, caret = str(error_of("tanh(a) + θ^2")).split("\n")
    assert problem == "unexpected character '^'; write **"
    assert line[caret.index("^")] == "^"
    assert line == "  tanh(a) + θ^2"


def test_caret_is_below_its_character_after_wide_ones() -> None:
    for before in ('"重み" + ', '"重み" + ' * 20, '"重み" + "w" * ' * 500):
        _, line, caret = str(error_of(f'{before} ? + "重み"')).split("\n")
        assert line[len(cut_to(line, len(caret) - 1))] == "?"
        assert display_width(line) <= 74


def test_long_line_is_cut_around_the_caret() -> None:
    _, line, caret = str(error_of("a + " * 300 + "a^2" + " + a" * 300)).split("\n")
    assert len(line) < 80
    assert line[caret.index("^")] == "^"


def test_unprintable_character_is_replaced() -> None:
    assert "\x1b" not in str(error_of("a + \x1b[31m"))


def test_error_has_attributes() -> None:
    error = error_of("a +")
    assert error.text == "a +"
    assert isinstance(error, AutogradError)
    assert isinstance(error, ValueError)


def test_non_string_is_refused() -> None:
    with pytest.raises(OperandError, match=r"parse got 'int' \(3\)"):
        parse(3)


def test_primitive_error_is_the_cause() -> None:
    assert isinstance(error_of("mean([])").__cause__, AutogradError)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "(" * 9_999,
        "-" * 100_000,
        "[" * 5_000,
        "tanh(" * 1_900,
        "a=" * 3_000 + "1",
        ";" * 100,
        "a;" * 3_000,
        "a" + "**a" * 3_300,
        "__import__('os').system('true')",
        "__import__(os)",
        "lambda: 1",
        "[a for a in b]",
        "f'{a}'",
        "(a := 3)",
        "a[0:1]",
        "{a}",
        "a\\\nb",
        "a\r\n+b",
        "await a",
        "1__0",
        "0" * 5_000 + "1",
        "  a\n b",
    ],
)
def test_hostile_text_is_refused(text: str) -> None:
    error_of(text)


def test_sum_of_a_thousand_terms() -> None:
    assert value_of("+".join(["a"] * 900), a=1.0) == 900.0


ALPHABET = [*"abxe01.+-*/%()[],=; \n_^'θ", "**", "//", "tanh", "softmax", "sum(", "1e5", "\0", "é", "pi", "lambda "]


@pytest.mark.no_cover
@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(ALPHABET), max_size=30).map("".join) | st.text(max_size=20))
def test_any_text_gives_value_or_expression_error(text: str) -> None:
    with suppress(ExpressionError):
        assert isinstance(parse(text).evaluate(**NUMBERS), Value)


TREES = st.recursive(
    st.sampled_from(["a", "b", "x", "1.5", "2"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda part: f"({' '.join(part)})"),
        inner.map(lambda text: f"-{text}"),
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_arithmetic_agrees_with_python(text: str) -> None:
    assert value_of(text) == eval(text, {}, NUMBERS)


def test_every_public_function_of_numbers_is_known() -> None:
    functions = {name for name in autograd_tiny.__all__ if hasattr(getattr(autograd_tiny, name), "primitive")}
    assert {name for name in functions - {"Symbol", "Value"} if find_function(name) is None} == set()
    composed = {name for name, f in vars(composed_functions).items() if name in autograd_tiny.__all__ and callable(f)}
    assert {name for name in composed - {"Primitive"} if find_function(name) is None} == set()


def test_own_primitive_is_taken_before_a_composed_function(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Primitive("var", "var({x})", lambda x: 2.0 * x, lambda x, z: (2.0,))
    monkeypatch.setitem(TABLE, "var", row)
    assert value_of("var(a)") == 4.0


COLUMNS = {"a": [2.0, 0.0, -1.5, math.nan], "b": [-3.0, 0.0, math.inf, 1.0], "x": [0.5, 1000.0, 0.0, 2.0]}


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "a",
        "-a + b * x - 1",
        "a / b",
        "exp(x)",
        "log(a) + sqrt(b)",
        "a ** x",
        "b ** x",
        "abs(a) // 2 % b",
        "max(a, b)",
        "softmax([a, x])[0]",
        "leaky_relu(b, negative_slope=0.5)",
        "h = a * b; h + +x",
        "sum([a, b, pi])",
    ],
)
def test_columns_have_the_numbers_of_each_row(text: str) -> None:
    expression = parse(text)
    rows = [expression.evaluate(**{name: column[row] for name, column in COLUMNS.items()}).data for row in range(4)]
    assert list(map(repr, expression.evaluate_columns(4, **COLUMNS))) == list(map(repr, rows))


@pytest.mark.parametrize(
    "text", ["[a, b]", "a + [b]", "softmax(a)", "softmax([a, b])[2]", "y + a", "cross_entropy([a], 5)"]
)
def test_columns_have_the_errors_of_each_row(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(text).evaluate_columns(4, **COLUMNS)
    assert str(raised.value) == str(error_of(text))


def test_names_in_quotes() -> None:
    expression = parse('h = "x + y" * y; "m - n" = h + "7" * "ÿ²"; "m - n" - tanh("tanh")')
    assert expression.names == ("x + y", "y", "7", "ÿ²", "tanh")
    assert [name for name, _ in expression.statements] == ["h", "m - n", ""]
    root = expression.evaluate(**{"x + y": 10.0, "y": 3.0, "7": 2.0, "ÿ²": 0.5, "tanh": 0.0})
    assert root.data == 31.0
    assert root.formula() == 'L = "x + y" * y + "7" * "ÿ²" - tanh("tanh")'


@pytest.mark.parametrize(
    ("text", "problem", "column"),
    [
        ('"tanh"(x)', "unknown function '\"tanh\"'; functions are the primitives, such as tanh and exp", 1),
        ('"é" * x + 2 ^ 3', "unexpected character '^'; write **", 13),
        ('"a" = 3; "a" = 2', '"a" has a value already; choose another name', 10),
        ('x + "a', "unexpected character '\"'; expected numbers, names, + - * / // % **, functions and lists", 5),
        ('x + "a\n"', "unexpected character '\"'; expected numbers, names, + - * / // % **, functions and lists", 5),
    ],
)
def test_mistake_beside_names_in_quotes(text: str, problem: str, column: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.problem, caught.value.column, caught.value.text) == (problem, column, text)
