"""Parse text into syntax trees that contain only arithmetic.

The tokens are checked, `ast` parses the text, and the trees are checked without recursion against a whitelist:
decimal numbers, names, `+ - * / // % **`, calls of primitives, lists, and elements of lists. Anything else is an
`ExpressionError`, so text from strangers is safe to parse.

>>> from autograd_tiny.symbolic.expression_parser import check_tokens, postorder, statements
>>> (tree,) = statements("a*b + 1")
>>> [type(node).__name__ for node in postorder(tree.value, "a*b + 1")]
['Name', 'Name', 'BinOp', 'Constant', 'BinOp']
>>> check_tokens("a ^ 2")
Traceback (most recent call last):
    ...
autograd_tiny.symbolic.expression_parser.ExpressionError: unexpected character '^'; write **
  a ^ 2
    ^
"""

from __future__ import annotations

import ast
import difflib
import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import count
from keyword import iskeyword
from typing import Any, Final

from autograd_tiny.engine import composed_functions, reductions
from autograd_tiny.errors import AutogradError, shorten
from autograd_tiny.primitives import table
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.support.display_width import cut_to, display_width
from autograd_tiny.symbolic.notation import QUOTED_NAME

MAXIMUM_LENGTH: Final = 10_000
"""The longest text, in characters."""
MAXIMUM_LIST: Final = 250
"""The longest list; the softmax of n numbers has n² partials."""
MAXIMUM_NAME: Final = 50
"""The longest name, in characters."""

TOKEN: Final = re.compile(
    r"(?P<number>\.?\d(?:[eE][+-]?\d|[\w.])*)|(?P<name>\w+)|(?P<comparison>[<>=!]=|[<>])|.", re.DOTALL
)
DECIMAL: Final = re.compile(r"(\d[\d_]*\.?|\.)[\d_]*([eE][+-]?\d[\d_]*)?", re.ASCII)
PUNCTUATION: Final = frozenset("+-*/%()[],.=; \n_")
OPERATOR_NAMES: Final[dict[type, str]] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "remainder",
    ast.Pow: "pow",
}
"""The names of the primitives of the operators."""

WIDER: Final[dict[str, Callable[..., Any]]] = {
    "log": composed_functions.log,
    "max": composed_functions.max,
    "min": composed_functions.min,
    "sum": reductions.sum,
}
"""The functions that take more arguments than the primitives of their names."""
COMPOSED: Final[dict[str, Callable[..., Any]]] = {
    "fabs": composed_functions.fabs,
    "logsigmoid": composed_functions.logsigmoid,
    "prelu": composed_functions.prelu,
    "dist": composed_functions.dist,
    "log_softmax": table.log_softmax,
    "softmax": table.softmax,
    "softmin": composed_functions.softmin,
    "std": composed_functions.std,
    "var": composed_functions.var,
}
"""The functions that are made of several primitives, or bear another name."""
OF_NUMBERS: Final = frozenset({"fabs", "logsigmoid", "prelu"})
"""Those of them that take numbers; the others take lists."""

REPLACEMENTS: Final = {
    "^": "**",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "−": "-",
    "–": "-",
    "÷": "/",
    "²": "**2",
    "³": "**3",
}
OTHER_NAMES: Final = {"ln": "log", "lg": "log10", "sgn": "sign", "logistic": "sigmoid", "swish": "silu"}
EXPECTED: Final = "expected numbers, names, + - * / // % **, functions and lists"
COMPARISON: Final = "comparisons are not part of an expression; use maximum, clamp or relu"
REFUSED: Final[dict[type, str]] = {
    ast.Attribute: "attributes are not part of an expression; expected a name or a number",
    ast.Tuple: "a list is written with square brackets, as in [a, b]",
    ast.Call: "only a function can be called; for a product write *, as in 2*(a + b)",
    ast.AugAssign: "a name is assigned only once; write = and a new name",
    ast.Assign: "expected one name before one =, as in h = tanh(a)",
}


class ExpressionError(AutogradError, ValueError):
    """A text that is not an expression, or cannot be computed. The message ends with the line and a caret.

    Attributes:
        problem: the message without the line and the caret.
        text: the expression.
        line: the line of the error, from 1.
        column: the column of the error, in characters, from 1.
    """

    def __init__(self, problem: str, text: str, *, line: int = 1, column: int = 1) -> None:
        self.problem, self.text, self.line, self.column = problem, text, line, column
        shown, caret = caret_lines(text, line, column)
        super().__init__(f"{problem}\n  {shown}\n  {caret}")


def caret_lines(text: str, line: int, column: int, *, width: int = 72) -> tuple[str, str]:
    """Return a line of a text, of a long one the part around a column, and a line whose caret points at it.

    >>> caret_lines("a + b * c + d * e + f ? g", 1, 23, width=12)
    (' + f ? g', '     ^')

    Args:
        text: of one or more lines.
        line: from 1.
        column: from 1; that behind the last character points behind the text.
        width: of the two lines, in columns of a terminal.
    """
    whole = "".join(character if character.isprintable() else "?" for character in text.split("\n")[line - 1])
    start = 0
    if display_width(whole) >= width:
        start = max(0, column - width)
        while display_width(f"{whole} "[start:column]) > width // 2:
            start += 1
    shown = cut_to(whole[start:], width)
    return shown, f"{' ' * display_width(shown[: column - 1 - start])}^"


def replace_quoted_names(text: str) -> tuple[str, dict[str, str]]:
    """Return a text with a variable of the same length in place of each name in quotes, and the names by variables.

    >>> replace_quoted_names('"x + y" * y')
    ('_0_____ * y', {'_0_____': '"x + y"'})
    """
    variables: dict[str, str] = {}
    free = (f"_{number}" for number in count() if f"_{number}" not in text)

    def replaced(match: re.Match[str]) -> str:
        quoted = match.group()
        if "\n" in quoted:  # two quotes in different statements
            return quoted
        if quoted not in variables:
            variables[quoted] = next(free).ljust(len(quoted.encode()), "_")  # ast counts bytes
        return variables[quoted]

    return re.sub(QUOTED_NAME, replaced, text), {variable: quoted for quoted, variable in variables.items()}


def with_quoted_names(error: ExpressionError, text: str, quoted: dict[str, str]) -> ExpressionError:
    """Return an error in a text with variables as one in the text with the names in quotes that they replace."""
    problem = error.problem
    for variable, name in quoted.items():
        problem = problem.replace(variable, name)
    before = error.text.split("\n")[error.line - 1][: error.column - 1].encode()
    column = len(text.split("\n")[error.line - 1].encode()[: len(before)].decode(errors="replace")) + 1
    return ExpressionError(problem, text, line=error.line, column=column)


def check_tokens(text: str) -> None:
    """Raise an ExpressionError at the first token that is not allowed in an expression."""
    for token in TOKEN.finditer(text):
        word, start = token.group(), token.start()
        unknown = next((character for character in word if not _is_known(character)), "")
        if token["comparison"]:
            problem = COMPARISON
        elif unknown:
            start += word.index(unknown)
            problem = _unexpected(unknown)
        else:
            problem = _problem_of(word, is_number=token["number"] is not None)
        if problem:
            column = start - text.rfind("\n", 0, start)
            raise ExpressionError(problem, text, line=text.count("\n", 0, start) + 1, column=column)


def _problem_of(word: str, *, is_number: bool) -> str:
    if is_number and not DECIMAL.fullmatch(word):
        return f"{shorten(word)} is not a number; for a product write *, as in 2*x"
    if is_number and math.isinf(float(word.replace("_", ""))):
        return "this number is too large for a float (largest: about 1.8e308)"
    if iskeyword(word):
        return f"{word!r} is a Python keyword and cannot be a name; write {word.lower()}_"
    if not is_number and len(word) > MAXIMUM_NAME:
        return f"a name has more than {MAXIMUM_NAME} characters; shorten it"
    return ""


def _is_known(character: str) -> bool:
    if character.isascii():
        return character in PUNCTUATION or character.isalnum()
    is_greek_letter = "\u0370" <= character <= "\u03ff" and character.isalpha()
    return is_greek_letter and unicodedata.normalize("NFKC", character) == character


def _unexpected(character: str) -> str:
    """Return the message for a character that is not allowed in an expression."""
    if character in REPLACEMENTS:
        return f"unexpected character {character!r}; write {REPLACEMENTS[character]}"
    if character.isalnum():
        name = unicodedata.name(character, "without a name")
        return f"unexpected character {character!r} ({name}); names consist of a-z, 0-9, _ and α-ω"
    return f"unexpected character {character!r}; {EXPECTED}"


def statements(text: str) -> list[ast.stmt]:
    """Return the statements of a text whose tokens are checked."""
    try:
        trees = ast.parse(text).body
    except SyntaxError as error:
        problem = error.msg.split(". ")[0].split(", perhaps")[0].split("; ")[0]
        if problem == "invalid syntax":
            problem = "an operator or an operand is missing or misplaced here"
        lines = text.split("\n")
        line = min(max(error.lineno or 1, 1), len(lines))
        column = min(max(error.offset or 1, 1), len(lines[line - 1]) + 1)
        raise ExpressionError(problem, text, line=line, column=column) from None
    except (RecursionError, MemoryError, ValueError):  # raised by the parser, depending on the version of Python
        raise ExpressionError(
            "the expression is nested too deeply; name parts of it, h = ..., or write sum([...])", text
        ) from None
    if not trees:
        raise ExpressionError("the expression is empty; write one such as a*b + 1", text)
    return trees


def target_and_value(tree: ast.stmt, text: str) -> tuple[str, ast.expr]:
    """Return the name that a statement assigns, empty if there is none, and its right side."""
    match tree:
        case ast.Expr(value=value):
            return "", value
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
    raise _refusal(tree, text)


def postorder(root: ast.expr, text: str) -> Iterator[ast.expr]:
    """Yield every node of a tree, operands first."""
    stack = [(root, False)]
    while stack:
        node, opened = stack.pop()
        if opened:
            yield node
        else:
            stack.append((node, True))
            stack += [(operand, False) for operand in reversed(operand_trees(node, text))]


def operand_trees(node: ast.expr, text: str) -> list[ast.expr]:
    """Return the operands of a syntax tree; raise an ExpressionError if it is not on the whitelist."""
    match node:
        case ast.Constant(value=int() | float()) | ast.Name():
            return []
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATOR_NAMES:
            return [left, right]
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            return [operand]
        case ast.List(elts=elements) if len(elements) <= MAXIMUM_LIST:
            return elements
        case ast.Subscript(value=value, slice=index):
            return [value, index]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            if find_function(name) is None:
                raise error_at(node, _unknown_function(name), text)
            names = [keyword.arg for keyword in keywords]
            if None in names or len(set(names)) < len(names):
                raise error_at(node, f"{name} takes each operand once, as a number, a list or name=number", text)
            return [*args, *(keyword.value for keyword in keywords)]
    raise _refusal(node, text)


def find_function(name: str) -> Callable[..., Any] | None:
    """Return the function of a name, which takes the arguments that it takes in Python, or the primitive."""
    return WIDER.get(name) or TABLE.get(name) or COMPOSED.get(name)


def _unknown_function(name: str) -> str:
    known = [*TABLE, *COMPOSED]
    close = [OTHER_NAMES[name]] if name in OTHER_NAMES else difflib.get_close_matches(name[:40], known)
    remedy = f"did you mean {' or '.join(close)}?" if close else "functions are the primitives, such as tanh and exp"
    return f"unknown function {shorten(name)}; {remedy}"


def _refusal(node: ast.stmt | ast.expr, text: str) -> ExpressionError:
    if isinstance(node, ast.List):
        return error_at(node, f"a list has more than {MAXIMUM_LIST} elements; shorten it", text)
    return error_at(node, REFUSED.get(type(node), EXPECTED), text)


def error_at(node: ast.stmt | ast.expr, problem: str, text: str) -> ExpressionError:
    """Return an ExpressionError at the first column of a node."""
    before = text.split("\n")[node.lineno - 1].encode()[: node.col_offset]  # ast counts bytes
    return ExpressionError(problem, text, line=node.lineno, column=len(before.decode()) + 1)
