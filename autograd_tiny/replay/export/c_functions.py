r"""Define the functions that an exported file in C calls, under names for readers.

>>> lines = ["v1 = floats_sigmoid(x);", "v2 = list_max(xs, 3);"]
>>> definitions, named = with_functions(lines)
>>> named
['v1 = sigmoid(x);', 'v2 = max(xs, 3);']
>>> print(definitions[-1])
static double max(const double *xs, int length)
{
    double largest = xs[length - 1];
    for (int j = length - 2; j >= 0; j--) if (xs[j] > largest || xs[j] != xs[j]) largest = xs[j];
    return largest;
}
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Final

from autograd_tiny.replay.c_backend.c_functions import functions_for
from autograd_tiny.replay.c_backend.list_functions import SLOPES, VALUES
from autograd_tiny.replay.export.c_lists import ARGUMENTS, SLOPE_ARGUMENTS, arguments_of
from autograd_tiny.replay.export.c_texts import WIDTH

PREFIX: Final = re.compile(r"\b(rows|floats|special|primitives|python|math|list)_(\w+)(?=\()")
KNOWN: Final = frozenset(
    {
        *(
            "acos",
            "acosh",
            "asin",
            "asinh",
            "atan",
            "atan2",
            "atanh",
            "cbrt",
            "ceil",
            "copysign",
            "cos",
            "cosh",
            "erf",
            "erfc",
        ),
        *(
            "exp",
            "exp2",
            "expm1",
            "fabs",
            "fdim",
            "floor",
            "fma",
            "fmax",
            "fmin",
            "fmod",
            "frexp",
            "hypot",
            "ilogb",
            "isfinite",
        ),
        *(
            "isgreater",
            "isinf",
            "isless",
            "isnan",
            "isnormal",
            "j0",
            "j1",
            "jn",
            "ldexp",
            "lgamma",
            "llrint",
            "llround",
        ),
        *("log", "log10", "log1p", "log2", "logb", "lrint", "lround", "modf", "nan", "nearbyint", "nextafter"),
        *("nexttoward", "pow", "remainder", "remquo", "rint", "round", "scalb", "scalbln", "scalbn", "signbit"),
        *(
            "signgam",
            "significand",
            "sin",
            "sinh",
            "sqrt",
            "tan",
            "tanh",
            "tgamma",
            "trunc",
            "y0",
            "y1",
            "yn",
            "gamma",
            "drem",
        ),
        *(
            "finite",
            "abs",
            "abort",
            "atof",
            "atoi",
            "atol",
            "bsearch",
            "calloc",
            "div",
            "exit",
            "fail",
            "free",
            "labs",
            "ldiv",
        ),
        *("malloc", "place_of", "qsort", "rand", "random", "realloc", "remove", "rename", "main", "train", "strtod"),
        *("strtol", "evaluate", "loss_and_gradient", "exp10", "pow10", "sincos", "index"),
    }
)
"""Functions of the headers, and of the file."""

PLACES: Final = {
    "place_of": """\
/* Return a position in a list as an integer, or -1 if the list does not have it. */
static int place_of(double position, int length)
{
    return 0.0 <= position && position < length && position == floor(position) ? (int)position : -1;
}""",
    "element_place_of": """\
/* Return the place of an element, whose index may count from the end, or -1 if the list does not have it. */
static int element_place_of(double index, int length)
{
    if (!(-length <= index && index < length && index == floor(index)))
        return -1;
    return index < 0.0 ? (int)index + length : (int)index;
}""",
}


def with_functions(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the definitions of the functions that lines call, and the lines with their names for readers."""
    source = "\n".join(lines)
    places = [text for name, text in PLACES.items() if re.search(rf"\b{name}\(", source)]
    lists = _list_functions(source)
    rows = [_formatted(text) for text in functions_for("\n".join([source, *lists]), plain=True)]
    texts = [*places, *rows, *lists]
    names = _names("\n".join([*texts, source]))

    def named(text: str) -> str:
        return PREFIX.sub(lambda match: names[match.group()], text)

    return list(map(named, texts)), list(map(named, lines))


def _names(source: str) -> dict[str, str]:
    """Return the name for readers of each function: without the prefix, unless that is another function's."""
    names: dict[str, str] = {}
    for match in PREFIX.finditer(source):
        whole, own = match.group(), match.group(2)
        is_free = own not in KNOWN and own not in names.values()
        names.setdefault(whole, own if is_free else whole)
    return names


def _list_functions(source: str) -> list[str]:
    """Return the functions of lists that a source calls, each after those that it calls."""
    texts: list[str] = []
    for name, body in (*((f"slopes_of_{row}", text) for row, text in reversed(SLOPES.items())),):
        if re.search(rf"\b{name}\(", source):
            texts.insert(0, _list_function("void", name, body, SLOPE_ARGUMENTS))
            source += texts[0]
    for name, body in ((f"list_{row}", text) for row, text in reversed(VALUES.items())):
        if re.search(rf"\b{name}\(", source):
            texts.insert(0, _list_function("double", name, body, ARGUMENTS))
            source += texts[0].partition(")")[2]
    return texts


def _list_function(kind: str, name: str, body: str, arguments: dict[str, str]) -> str:
    head = ", ".join(arguments[argument] for argument in arguments_of(name))
    body = re.sub(r"\blist_max\((\w+), (\w+), 0\)", r"list_max(\1, \2)", body)
    return f"static {kind} {name}({head})\n{{{body}\n}}"


def _formatted(text: str) -> str:
    """Return a function with four spaces for each level, its brace on a line of its own, and short lines."""
    head, _, rest = text.removeprefix("static inline ").removeprefix("static ").partition(" {")
    lines = [f"static {head}", "{"]
    if "\n" not in rest:
        return "\n".join([*lines, f"    {rest.strip().removesuffix('}').strip()}", "}"])
    for line in rest.strip("\n").splitlines():
        indent = len(line) - len(line.lstrip())
        doubled = f"{' ' * indent}{line}"
        lines += textwrap.wrap(
            doubled, WIDTH, subsequent_indent=" " * (2 * indent + 4), break_long_words=False, break_on_hyphens=False
        )
    return "\n".join(lines)
