"""The largest paths, against all paths of small graphs in exact arithmetic; what they add up to."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from fractions import Fraction
from random import Random

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import OperandError
from autograd_tiny.trace import Path, Trace, UnknownNodeError
from autograd_tiny.trace.best_paths import BestPaths
from autograd_tiny.trace.path_sizes import Number, product_of, sum_of
from tests.sampling import sizes

NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e200, -1e-200, 5e-324, 1e300]
WILD = [*NUMBERS, math.inf, -math.inf, math.nan]


def random_graph(source: Random, numbers: list[float]) -> Value:
    """Return a graph in which nodes are used again and again."""
    nodes = [Value(source.choice([*numbers, source.uniform(-2.0, 2.0)]), label=f"x{k}") for k in range(3)]
    for _ in range(source.randint(1, 9)):
        a, b = source.choice(nodes[-4:]), source.choice(nodes)
        nodes.append(
            source.choice([lambda a, b: a * b, lambda a, b: a + b, lambda a, b: a - b, at.maximum, three])(a, b)
        )
    return nodes[-1]


def random_products(source: Random, numbers: list[float]) -> Value:
    """Return a graph of products, and of some sums."""
    nodes = [Value(source.choice(numbers), label=f"x{k}") for k in range(4)]
    for _ in range(source.randint(2, 7)):
        a, b = nodes[-1], source.choice(nodes)
        nodes.append(a + b if source.random() < 0.3 else a * b)
    return nodes[-1]


def three(a: Value, b: Value) -> Value:
    """Return a node of three inputs."""
    return at.sum([a, b, a])


def all_paths(trace: Trace, x: int) -> Iterator[tuple[int, ...]]:
    """Yield the edges of each path that is done from the root to a node."""
    stack: list[tuple[int, tuple[int, ...]]] = [(len(trace.nodes) - 1, ())]
    while stack:
        z, path = stack.pop()
        if z == x:
            yield path
        elif trace.nodes[z].primitive is not None:
            stack += [
                (trace.edges.target[edge], (*path, edge)) for edge in trace.edges.of(z) if edge < trace.edges_done
            ]


def rank(trace: Trace, path: tuple[int, ...]) -> tuple[int, Fraction]:
    """Return what orders paths: those that are not finite first, then the exact size of the product."""
    partials = [trace.events.numbers.partials[edge] for edge in path]
    if not all(map(math.isfinite, partials)):
        return 1, Fraction(0)
    return 0, abs(math.prod(map(Fraction, partials), start=Fraction(1)))


@sizes("graphs", 120, 4000)
@pytest.mark.parametrize("numbers", [NUMBERS, WILD], ids=["finite", "wild"])
def test_largest_paths_are_the_largest_of_all(numbers: list[float], graphs: int) -> None:
    source, compared = Random(7), 0
    for _ in range(graphs):
        trace = random_graph(source, numbers).trace()
        trace.goto(source.choice([len(trace), source.randint(0, len(trace))]))
        for x, node in enumerate(trace.nodes[:-1]):
            most = source.choice([1, 2, 5, 20])
            everything = list(all_paths(trace, x))
            found = trace.paths(node, most, at_cursor=True)
            assert found.number == len(everything)
            assert len({tuple(path.edges) for path in found}) == len(found) == min(most, len(everything))
            best = sorted((rank(trace, path) for path in everything), reverse=True)[:most]
            for right, path in zip(best, found, strict=True):
                kind, size = rank(trace, tuple(path.edges))
                assert kind == right[0]
                assert abs(size - right[1]) <= right[1] * Fraction(1, 10**12)
                assert path.length == len(path.edges) == len(path.nodes) - 1
            compared += len(found)
    assert compared > 4 * graphs


@sizes("graphs", 120, 4000)
def test_paths_add_up_to_the_gradient(graphs: int) -> None:
    source = Random(8)
    for _ in range(graphs):
        trace = random_graph(source, [1.0, -1.0, 0.5, 3.0]).trace()
        for node in trace.nodes[:-1]:
            found = trace.paths(node, 10**6)
            products = [path.product for path in found]
            assert math.fsum(products) == pytest.approx(
                found.gradient, rel=1e-12, abs=1e-12 * max(map(abs, products))
            )
            few = trace.paths(node, 2)
            assert few.rest == pytest.approx(math.fsum(products[2:]), abs=1e-12 * max(map(abs, products)))


def test_printed_lines_add_up_to_the_printed_gradient() -> None:
    source = Random(9)
    for _ in range(60):
        trace = random_graph(source, [1.0, -1.0, 0.5, 3.0]).trace()
        for node in trace.nodes[:-1]:
            head, *rows = repr(trace.paths(node, 3)).splitlines()
            gradient = float(head.split(" = ")[1].split(",")[0])
            terms = [float(row.split()[0]) for row in rows]
            assert abs(math.fsum(terms) - gradient) <= 0.5e-4 * (math.fsum(map(abs, terms)) + abs(gradient))


@sizes("graphs", 80, 4000)
def test_printed_lines_add_up_to_the_sum_of_all_paths_also_where_the_pass_underflows(graphs: int) -> None:
    source, told = Random(10), 0
    for _ in range(graphs):
        trace = random_products(source, [1e-150, -1e-160, 3e-162, 1e140, 1.0, -0.5]).trace()
        trace.finish()
        for x, node in enumerate(trace.nodes[:-1]):
            found = trace.paths(node, 3)
            paths = list(all_paths(trace, x))
            if found.rest is None or not all(map(math.isfinite, trace.events.numbers.partials)):
                continue
            products = [math.prod(Fraction(trace.events.numbers.partials[edge]) for edge in path) for path in paths]
            head, *rows = repr(found).splitlines()
            exact, size = sum(products, Fraction(0)), sum(map(abs, products), Fraction(0))
            is_told = " by underflow; " in head
            total = Fraction(
                (head.rpartition(" is ")[2] if is_told else head.split(" = ")[1]).strip(":").split(",")[0]
            )
            terms = [Fraction(row.split()[0]) for row in rows]
            assert abs(total - exact) <= size * Fraction(1, 10**4), (head, trace.root)
            assert abs(sum(terms, Fraction(0)) - exact) <= size * Fraction(1, 10**4), (head, rows)
            lost = abs(Fraction(found.gradient or 0.0) - exact)
            assert lost > size * Fraction(1, 10**17) if is_told else lost <= size * Fraction(1, 10**14), head
            told += is_told
    assert told > graphs / 3


def test_underflow_of_a_chain_is_told() -> None:
    w = Value(0.5, label="w")
    h: Value = w * 1.0
    for _ in range(1099):
        h = h * w
    found = h.trace().paths("w", 2)
    lines = repr(found).splitlines()
    assert lines[0] == "∂L/∂w = 0 by underflow; the sum over 1100 paths from L to w is 1.5829e-328:"
    assert lines[-1] == "1.5799e-328  1098 more paths"
    assert found.rest == 0.0  # as a float
    x = Value(1.0, label="x")
    lines = repr((x * 1e200 * 1e-200 * 1e-200).trace().paths("x")).splitlines()
    assert lines[0].endswith(" = 0 by underflow; the sum over 1 path from L to x is 1e-200:")
    assert len(lines) == 2


def test_underflow_that_does_not_show_in_a_gradient_is_not_told() -> None:
    lines = repr(loop(3000, 0.7).trace().paths("w", 1)).splitlines()  # the gradients of its first nodes are 0
    assert re.fullmatch(r"∂h3000/∂w = 0\.75343, the sum over 3000 paths from h3000 to w:", lines[0])


def loop(steps: int, weight: float) -> Value:
    h, w = Value(0.5, label="h0"), Value(weight, label="w")
    for step in range(1, steps + 1):
        h = (w * h + 0.1).tanh()
        h.label = f"h{step}"
    return h


def doubled(times: int) -> Trace:
    """Return a graph with 2 to that power paths."""
    node = Value(1.0, label="x")
    for _ in range(times):
        node = node + node
    return node.trace()


def test_loop_has_a_path_for_each_step() -> None:
    found = loop(200, 0.9).trace().paths("w")
    lines = repr(found).splitlines()
    assert lines[0].endswith(", the sum over 200 paths from h200 to w:")
    assert len(lines) == 1 + 20 + 1
    assert [path.length for path in found[:3]] == [3, 6, 9]
    assert lines[-1].endswith("  180 more paths")
    assert found.rest is not None
    assert math.fsum([*(path.product for path in found), found.rest]) == pytest.approx(found.gradient)


def test_exponential_number_is_exact_and_printed_in_short() -> None:
    assert doubled(40).paths("x").number == 2**40
    assert "over 1099511627776 paths" in repr(doubled(40).paths("x"))
    found = doubled(4000).paths("x", 2)
    assert found.number == 2**4000
    assert "over 1.3182e+1204 paths from L to x" in repr(found)
    assert found.as_json()["number"] == "1.3182e+1204"
    assert (found.gradient, found.rest) == (math.inf, None)
    assert repr(found).splitlines()[-1] == "          —  1.3182e+1204 more paths, a sum that is not known"


def test_number_of_unlike_parts_is_counted() -> None:
    x = Value(1.0, label="x")
    node, other = x, x
    for _ in range(600):
        node = node + node
        other = other * 1.0
    found = (other + (node + x) + other + node).trace().paths("x", 1)
    assert found.number == 2 * 2**600 + 3
    assert f"{2 * 2**600:.4e}"[:5] in repr(found)


def test_product_of_a_long_path_is_that_of_its_partials() -> None:
    node = Value(1.0, label="x")
    for step in range(3000):
        node = node * (-1.01 if step % 3 else 1.02)
    (path,) = node.trace().paths("x")
    assert path.length == 3000
    assert path.product == pytest.approx(math.prod(path.partials), rel=1e-10)


def test_product_beyond_floats_is_printed_in_full() -> None:
    a = Value(1.0, label="a")
    (path,) = (a * 1e-200 * 1e-200).trace().paths(a)
    assert (path.product, str(path.exact)) == (0.0, "1e-400")
    (path,) = (a * -1e200 * 1e200).trace().paths(a)
    assert (path.product, str(path.exact)) == (-math.inf, "-1e+400")
    long = a
    for _ in range(1200):
        long = long * 0.1
    (path,) = long.trace().paths(a)
    assert (path.product, str(path.exact)) == (0.0, "1e-1200")


def test_zero_inf_and_nan_are_ranked_and_not_subtracted() -> None:
    a = Value(0.0, label="a")
    found = (a.sqrt() * 0.0 + a * 0.0 + a).trace().paths(a)
    assert [str(path.product) for path in found] == ["nan", "1.0", "0.0"]
    assert (math.isnan(found.gradient or 0.0), found.rest) == (True, None)
    found = (a.sqrt() - a).trace().paths(a)
    assert [path.product for path in found] == [math.inf, -1.0]
    assert repr(found).splitlines() == [
        "∂L/∂a = inf, the sum over 2 paths from L to a:",
        "        inf  L → v1 → a: 1·inf",
        "         -1  L → a",
    ]


def test_paths_of_0_are_no_rounding() -> None:
    a = Value(-1.0, label="a")
    zeros = a.relu() * 2.0 + a.relu() * 3.0 + a.relu() * 4.0
    found = zeros.trace().paths(a, 1)
    assert repr(found).splitlines() == [
        "∂L/∂a = 0, the sum over 3 paths from L to a:",
        "          0  L → v7 → v6 → a: 1·4·0",
        "          0  2 more paths, each 0",
    ]
    assert repr((a.relu() + a * 3.0).trace().paths(a, 1)).splitlines()[1:] == [
        "          3  L → v2 → a: 1·3",
        "          0  1 more path",
    ]
    lines = repr((a * 1e16 + a - a * 1e16 + a.relu()).trace().paths(a, 3)).splitlines()
    assert lines[-2:] == ["          0  1 more path", "         -1  rounding of the pass"]
    assert repr((a * 1e-200 * 1e-200 + a * 0.0).trace().paths(a, 1)).splitlines()[-1] == "          0  1 more path"


def test_cancelled_rest_is_called_rounding() -> None:
    a = Value(1.0, label="a")
    found = (a * 0.1 + a * 0.2 + a * 1e-30).trace().paths(a, 2)
    assert repr(found).splitlines()[-1].endswith("  1 more path, a sum within the rounding of the others")
    found = (a * 1e16 + a - a * 1e16).trace().paths(a)
    assert repr(found).splitlines()[-1] == "         -1  rounding of the pass"


def test_paths_follow_the_cursor() -> None:
    a = Value(3.0, label="a")
    trace = (a * a).trace()
    assert repr(trace.paths("a", at_cursor=True)) == "∂L/∂a = ∂L/∂L·a + ∂L/∂L·a; 2 contributions are to come"
    trace.goto(2)
    found = trace.paths("a", at_cursor=True)
    assert repr(found).splitlines() == [
        "∂L/∂a = 3 so far, the sum over 1 path from L to a; 1 contribution is to come:",
        "          3  L → a",
    ]
    assert trace.paths("a").gradient == 6.0
    trace.set("a", 5.0)
    assert [path.product for path in trace.paths("a")] == [5.0, 5.0]


def test_root_has_one_path_without_edges() -> None:
    trace = loop(2, 0.5).trace()
    found = trace.paths(trace.root)
    assert repr(found) == "∂h2/∂h2: the seed is to come"
    assert (found.number, found.gradient, [path.text() for path in found]) == (1, 1.0, ["h2"])


def test_path_shows_partials_then_nodes_then_ends() -> None:
    trace = loop(9, 0.5).trace()
    texts = [path.text() for path in trace.paths("w", 9)]
    assert texts[0] == "h9 → v18 → v17 → w: 0.96184·1·0.19576"
    assert texts[1] == "h9 → v18 → v17 → h8 → v16 → v15 → w"
    assert texts[8] == "h9 → v18 → v17 → … 23 more → v1 → w"
    assert trace.paths("h0", 1)[0].text(str.upper) == "H9 → V18 → V17 → … 23 more → V1 → H0"
    x = Value(1.0, label="x")
    late = x + x * 1.0
    for _ in range(20):
        late = late * 1.0
    assert [path.text() for path in late.trace().paths("x")] == [
        "L → v21 → v20 → … 17 more → v2 → x",
        "L → v21 → v20 → … 18 more → v1 → x",
    ]


def test_paths_with_the_same_ends_are_told_apart() -> None:
    x = Value(1.0, label="x")
    node: Value = x
    for _ in range(9):
        node = node * 2.0 - node * 3.0
    trace = node.trace()
    trace.finish()
    rows = repr(trace.paths("x", 12)).splitlines()[1:-1]
    assert len({row[12:] for row in rows}) == len(rows) == 12


def test_paths_of_the_same_nodes_stay_alike() -> None:
    x = Value(1.0, label="x")
    node: Value = x * x
    for _ in range(14):
        node = node * 2.0
    trace = node.trace()
    trace.finish()
    first, second = repr(trace.paths("x", 2)).splitlines()[1:]
    assert first == second == "      16384  L → v14 → v13 → … 11 more → v1 → x"


def test_paths_are_a_sequence_and_json() -> None:
    a = Value(0.0, label="a")
    found = (a.sqrt() + a).trace().paths(a, 2)
    assert (len(found), isinstance(found[0], Path), len(found[:1])) == (2, True, 1)
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert document == {
        "node": "a",
        "gradient": "inf",
        "number": 2,
        "paths": [{"product": "inf", "nodes": ["L", "v1", "a"]}, {"product": 1.0, "nodes": ["L", "a"]}],
        "rest": None,
    }


@pytest.mark.parametrize("most", [0, -1, 1.5, True, "3"])
def test_number_to_find_is_a_whole_number(most: object) -> None:
    with pytest.raises(OperandError, match="a whole number from 1 on"):
        loop(2, 0.5).trace().paths("w", most)  # type: ignore[arg-type]


def test_unknown_node_is_an_error() -> None:
    with pytest.raises(UnknownNodeError):
        loop(2, 0.5).trace().paths("z")


def test_numbers_beyond_floats_add_up() -> None:
    huge, tiny = product_of([1e300, 1e300]), product_of([1e-300, 1e-300])
    assert str(sum_of([huge, tiny])) == "1e+600"
    assert sum_of([huge, Number(-huge.m, huge.e), Number(0.5, 1)]).as_float == 0.0  # 1 is below the digits of 1e600
    assert sum_of([Number(0.5, 1), tiny, Number(-0.5, 1)]).as_float == 0.0
    assert math.isnan(sum_of([Number(math.inf, 0), Number(-math.inf, 0)]).m)
    assert str(Number(-0.99999999, -2000)).startswith("-8.7")


def test_ends_of_a_long_path_are_its_own() -> None:
    x = Value(1.0, label="x")
    node = x * 3.0 + x
    for _ in range(14):
        node = node * 1.0
    found = (node + node).trace().paths("x")
    assert {path.text().split(" → ")[-2] for path in found} == {"v1", "v2"}
    for path in found:
        assert path.text().split(" → ")[-2:] == path.nodes[-2:]


def test_number_of_paths_and_edges_are_named() -> None:
    trace = loop(3, 0.5).trace()
    with pytest.raises(TypeError, match="positional argument"):
        BestPaths(trace, {}, 0, 5, 2)  # type: ignore[misc]


def test_root_has_a_path_as_soon_as_it_is_seeded() -> None:
    a = Value(2.0, label="a")
    trace = (a * a).trace()
    trace.step()
    assert list(trace.paths("L", at_cursor=True).lines()) == ["∂L/∂L = 1: here the backward pass begins"]
