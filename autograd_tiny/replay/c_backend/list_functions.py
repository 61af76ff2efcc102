"""Define the rows that take lists in C: their values, and the contributions to the elements.

Each function takes the list `xs`, its length, and the position if the row has one; `slopes_of_...` also takes the
output z and the upstream g, and writes a contribution for each element into `d`. They are not translated: the table's
functions make lists, and add them with `math.fsum`; these are loops over one array, which allocate nothing.
`test_numbers.py` compares them with the table.
"""

from __future__ import annotations

import re
from typing import Final

OTHERS: Final = """
    double shift = list_max(xs, length, 0), ones = -1.0, others = 0.0;
    for (int j = 0; j < length; j++) {
        double power = exp(xs[j] - shift);
        if (power == 1.0) ones += 1.0; else others += power;
    }"""
"""The sum of all powers without that of the maximum, a 1, which would round the others."""
VALUES: Final = {
    "prod": """
    double product = 1.0;
    for (int j = 0; j < length; j++) product *= xs[j];
    return product;""",
    "norm": """
    double scale = 0.0, squares = 0.0;
    for (int j = 0; j < length; j++) if (isinf(xs[j])) return INFINITY;
    for (int j = 0; j < length; j++) if (!(fabs(xs[j]) <= scale)) scale = fabs(xs[j]);
    if (scale == 0.0) return 0.0;
    for (int j = 0; j < length; j++) squares += (xs[j] / scale) * (xs[j] / scale);
    return scale * sqrt(squares);""",
    "max": """
    double largest = xs[length - 1];
    for (int j = length - 2; j >= 0; j--) if (xs[j] > largest || xs[j] != xs[j]) largest = xs[j];
    return largest;""",
    "min": """
    double smallest = xs[length - 1];
    for (int j = length - 2; j >= 0; j--) if (xs[j] < smallest || xs[j] != xs[j]) smallest = xs[j];
    return smallest;""",
    "logsumexp": f"""{OTHERS}
    return isinf(shift) ? shift : shift + log1p(ones + others);""",
    "softmax_at": """
    double shift = list_max(xs, length, 0), whole = 0.0;
    for (int j = 0; j < length; j++) whole += exp(xs[j] - shift);
    return exp(xs[place] - shift) / whole;""",
    "log_softmax_at": f"""{OTHERS}
    return xs[place] - shift - log1p(ones + others);""",
    "element_at": """
    return xs[place];""",
    "cross_entropy": """
    return 0.0 - list_log_softmax_at(xs, length, place);""",
}
SHARES: Final = """
    double shift = list_max(xs, length, 0), others = 0.0;
    for (int j = 0; j < length; j++) d[j] = exp(xs[j] - shift);
    for (int j = 0; j < length; j++) if (j != place) others += d[j];
    double share = factor / (d[place] + others);
    for (int j = 0; j < length; j++) d[j] *= -share;
    d[place] = others * share;"""
"""one_hot(place) - softmax(xs), times a factor; at the place 1 - p is the sum of the others, not rounded."""
SLOPES: Final = {
    "prod": """
    double product = 1.0;
    for (int j = 0; j < length; j++) { d[j] = product; product *= xs[j]; }
    product = 1.0;
    for (int j = length - 1; j >= 0; j--) { d[j] = d[j] * product * g; product *= xs[j]; }""",
    "norm": """
    double scale = z < 1e-290 ? 1e150 : z < INFINITY ? 1.0 : 0.5, radius = z;
    if (scale != 1.0) radius = 0.0;
    for (int j = 0; scale != 1.0 && j < length; j++) radius = hypot(radius, scale * xs[j]);
    for (int j = 0; j < length; j++) d[j] = (radius == 0.0 ? 0.0 : scale * xs[j] / radius) * g;""",
    "max": """
    double hits = 0.0;
    for (int j = 0; j < length; j++) hits += d[j] = (double)(xs[j] >= z || xs[j] != xs[j]);
    for (int j = 0; j < length; j++) d[j] = d[j] / hits * g;""",
    "min": """
    double hits = 0.0;
    for (int j = 0; j < length; j++) hits += d[j] = (double)(xs[j] <= z || xs[j] != xs[j]);
    for (int j = 0; j < length; j++) d[j] = d[j] / hits * g;""",
    "logsumexp": """
    double shift = list_max(xs, length, 0), whole = 0.0;
    for (int j = 0; j < length; j++) whole += d[j] = exp(xs[j] - shift);
    for (int j = 0; j < length; j++) d[j] = (z == -INFINITY ? 0.0 : z == INFINITY ? d[j] : d[j] / whole) * g;""",
    "element_at": """
    for (int j = 0; j < length; j++) d[j] = 0.0;
    d[place] = g;""",
    "softmax_at": f"\n    double factor = z * g;{SHARES}",
    "log_softmax_at": f"\n    double factor = g;{SHARES}",
    "cross_entropy": f"\n    double factor = -g;{SHARES}",
}
OF_ALL: Final = {
    "softmax_of": """\
static void softmax_of(const double *xs, int length, double *ps) {
    double shift = list_max(xs, length, 0), whole = 0.0;
    for (int j = 0; j < length; j++) whole += ps[j] = exp(xs[j] - shift);
    for (int j = 0; j < length; j++) ps[j] /= whole;
}""",
    "log_softmax_of": f"""\
static void log_softmax_of(const double *xs, int length, double *ps) {{{OTHERS}
    double whole = log1p(ones + others);
    for (int j = 0; j < length; j++) ps[j] = xs[j] - shift - whole;
}}""",
    "slopes_of_all": """\
static void slopes_of_all(
    const double *xs, int length, const int *places, const double *factors, int count, double *d
) {
    double shift = list_max(xs, length, 0), powers[length];
    for (int j = 0; j < length; j++) { powers[j] = exp(xs[j] - shift); d[j] = 0.0; }
    for (int k = 0; k < count; k++) {
        double others = 0.0;
        for (int j = 0; j < length; j++) if (j != places[k]) others += powers[j];
        double share = factors[k] / (powers[places[k]] + others);
        for (int j = 0; j < length; j++) if (j != places[k]) d[j] -= powers[j] * share;
        d[places[k]] += others * share;
    }
}""",
}
"""The functions of several elements of one softmax, or of its logarithm, whose powers are computed once.

The contributions are those of `SHARES`, added up over the elements.
"""
WITH_PLACE: Final = frozenset({"element_at", "softmax_at", "log_softmax_at", "cross_entropy"})
"""The rows whose last operand is a position in the list."""


def list_functions_for(source: str) -> list[str]:
    """Return the definitions of the functions of lists that a source calls, and that these call.

    >>> [text.split("(")[0] for text in list_functions_for("list_logsumexp(xs, 3, 0)")]
    ['static double list_max', 'static double list_logsumexp']
    """
    needed = [text for name, text in OF_ALL.items() if re.search(rf"\b{name}\(", source)]
    source += "".join(needed)
    for name, body in reversed(SLOPES.items()):
        if f"slopes_of_{name}(" in source:
            arguments = "const double *xs, int length, int place, double z, double g, double *d"
            needed.insert(0, f"static void slopes_of_{name}({arguments}) {{{body}\n}}")
            source += body
    for name, body in reversed(VALUES.items()):
        if f"list_{name}(" in source:
            needed.insert(0, f"static double list_{name}(const double *xs, int length, int place) {{{body}\n}}")
            source += body
    return needed
