"""The sizes of gradients in groups, and the remarks on them, which are computed anew from the gradients."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from fractions import Fraction
from random import Random
from statistics import median

import pytest

import autograd_tiny as at
import nn
from autograd_tiny import Value, dot
from autograd_tiny.errors import OperandError
from autograd_tiny.trace import Profile, ProfileError, Trace
from autograd_tiny.trace.profile import is_dead
from autograd_tiny.trace.profile_groups import units_of
from tests.random_programs import compute, wild_steps
from tests.sampling import sizes


def loop(steps: int, weight: float, *, bias: float = 0.1) -> Value:
    """Return the last h of a recurrent loop h = tanh(w*h + bias)."""
    h, w = Value(0.5, label="h0"), Value(weight, label="w")
    for step in range(1, steps + 1):
        h = (w * h + bias).tanh()
        h.label = f"h{step}"
    return h


def chain(*factors: float) -> Value:
    """Return a chain of products, whose nodes are c1, c2, ... from the leaf up."""
    node = Value(1.0, label="c0")
    for place, factor in enumerate(factors, start=1):
        node = node * factor
        node.label = f"c{place}"
    return node


def deep(weights: Sequence[float]) -> Value:
    """Return the output of layers with one neuron each, without activation."""
    node: Value | float = 0.1
    for place, weight in enumerate(weights):
        node = dot([Value(weight, label=f"layers[{place}].w")], [node], Value(0.1, label=f"layers[{place}].b"))
    assert isinstance(node, Value)
    return node


def rectified(*biases: float) -> Value:
    """Return a sum of relu neurons over two examples each."""
    total = Value(0.0, label="offset") * 1.0
    for place, bias in enumerate(biases):
        w, b = Value(1.0, label=f"layers[0].neurons[{place}].w"), Value(bias, label=f"layers[0].neurons[{place}].b")
        for x in (1.0, 2.0):
            total = total + dot([w], [x], b).relu()
    return total


def dead_units(trace: Trace) -> tuple[list[str], int]:
    units = units_of(trace, range(len(trace.nodes)))
    return [unit.name for unit in units if is_dead(trace, unit)], len(units)


def remarks(root: Value, by: str | None = None) -> str:
    return "\n".join(root.trace().profile(by).remarks)


# ── groups ──


def test_layers_come_from_the_root_down() -> None:
    profile = deep([2.0, 3.0, 4.0]).trace().profile()
    assert profile.by == "layer"
    assert [(row.group, row.count) for row in profile] == [(f"layers[{place}]", 3) for place in (2, 1, 0)]


def test_nodes_in_no_layer_are_a_row() -> None:
    loss = (deep([2.0, 3.0]) - 1.0) ** 2
    first = loss.trace().profile("layer")[0]
    assert (first.group, first.count) == ("no layer", 2)


def test_graph_without_layers_goes_by_depth() -> None:
    profile = chain(2.0, 3.0).trace().profile()
    assert (profile.by, [row.group for row in profile]) == ("depth", ["0", "1", "leaves"])
    assert deep([2.0]).trace().profile().by == "depth"  # one layer alone shows nothing


def test_modules_are_the_innermost() -> None:
    profile = rectified(1.0, 1.0).trace().profile("module")
    assert [row.group for row in profile] == ["no module", "layers[0].neurons[1]", "layers[0].neurons[0]"]


def test_control_characters_of_labels_are_escaped() -> None:
    w, v = Value(-1.0, label="a\x1b.w"), Value(1.0, label="b.w")
    profile = (dot([w], [1.0]).relu() + dot([v], [1.0])).trace().profile("layer")
    assert [row.group for row in profile] == ["no layer", "b", "a\\x1b"]
    assert repr(profile).replace("\n", "").isprintable()


def test_distance_is_that_of_the_shortest_path() -> None:
    a = Value(2.0, label="a")
    b = a * 3.0
    trace = ((b * 2.0) * 2.0 + b).trace()
    assert [trace.distances[trace.position(node)] for node in (trace.root, b, a)] == [0, 1, 2]


def test_range_of_names_and_shortened_range() -> None:
    trace = chain(*[2.0] * 9).trace()
    for text in ("c2..c7", "c7..c2", "c2..7", " c2 .. c7 "):
        assert [row.group for row in trace.profile(text, every=3)] == ["c7..5", "c4..2"]
    weights = [Value(1.0, label=f"w[{k}]") for k in range(4)]
    for text in ("w[1..3]", "w[1]..w[3]"):
        assert [row.count for row in dot(weights, [1.0] * 4).trace().profile(text, every=2)] == [2, 1]


def test_range_begins_with_the_end_that_is_nearer_to_the_root() -> None:
    near, middle, far = (Value(1.0, label=f"v{place}") for place in range(3))
    trace = (near * 2.0 + (middle + far * 3.0 * 4.0)).trace()
    assert [row.group for row in trace.profile("v0..v2", every=1)] == ["v0", "v1", "v2"]
    far.label, middle.label, near.label = "v0", "v1", "v2"
    trace = (middle + (near + far * 3.0 * 4.0) * 2.0).trace()
    assert [row.group for row in trace.profile("v0..v2", every=1)] == ["v2", "v1", "v0"]
    far.label, middle.label, near.label = "v2", "v1", "v0"
    trace = (middle + (near + far * 3.0 * 4.0) * 2.0).trace()
    assert [row.group for row in trace.profile("v0..v2", every=1)] == ["v0", "v1", "v2"]


def test_rows_of_distances_are_at_most_twenty() -> None:
    trace = loop(40, 0.5).trace()
    assert [row.group for row in trace.profile()][:2] == ["0..9", "10..19"]
    assert [row.group for row in trace.profile(every=100)] == ["0..99", "100..119", "leaves"]
    assert max(len(loop(n, 0.5).trace().profile()) for n in (1, 6, 7, 33, 34)) <= 21
    assert [len(chain(*[2.0] * n).trace().profile()) for n in (20, 21)] == [21, 12]  # with that of the leaves


@pytest.mark.parametrize("by", [None, "depth", "module", "layer"])
def test_each_node_is_in_one_row(by: str | None) -> None:
    loss = nn.MLP(2, [3, 2, 1], seed=1)([0.5, -1.0]) ** 2
    trace = loss.trace()
    profile = trace.profile(by)
    assert sum(row.count for row in profile) == len(trace.nodes)
    whole = math.fsum(map(abs, trace.events.numbers.gradients))
    assert math.fsum((row.mean or 0.0) * row.count for row in profile) == pytest.approx(whole, rel=1e-12)
    assert max(row.max or 0.0 for row in profile) == max(map(abs, trace.events.numbers.gradients))


def test_names_beside_each_other_stay_in_order_and_have_no_trend() -> None:
    weights = [Value(1.0, label=f"w[{k}]") for k in range(6)]
    profile = dot(weights, [10.0**-k for k in range(6)]).trace().profile("w[0..5]")
    assert [row.group for row in profile] == [f"w[{k}]" for k in range(6)]
    assert profile.remarks == ()


# ── numbers ──


def test_row_has_mean_median_max_and_counts() -> None:
    x = [Value(1.0, label=f"x{k}") for k in range(4)]
    (row,) = dot(x, [1.0, -3.0, 0.0, math.inf]).trace().profile("x0..x3", every=4)
    assert (row.count, row.mean, row.median, row.max) == (4, pytest.approx(4.0 / 3.0), 1.0, 3.0)
    assert (row.zeros, row.non_finite, row.unfinished) == (1, 1, 0)


def test_mean_of_huge_gradients_does_not_overflow() -> None:
    x = [Value(1.0, label=f"x{k}") for k in range(3)]
    for middle in (1.2e308, 1.5e308):
        (row,) = dot(x, [1e308, middle, 1.5e308]).trace().profile("x0..x2", every=3)
        assert row.mean == pytest.approx(1e308 / 3.0 + middle / 3.0 + 0.5e308)


def test_gradients_that_are_all_nan_have_no_mean() -> None:
    x = [Value(1.0, label=f"x{k}") for k in range(2)]
    profile = dot(x, [math.nan, math.inf]).trace().profile("x0..x1", every=2)
    assert (profile[0].mean, profile[0].non_finite) == (None, 2)
    assert profile.remarks == ("Gradients that are inf or nan: 2 of 2.",)


def test_middle_of_the_pass_has_unfinished_gradients() -> None:
    a = Value(3.0, label="a")
    trace = ((a * a) * a).trace()
    assert [row.unfinished for row in trace.profile(at_cursor=True)] == [1, 1, 1]
    assert trace.profile(at_cursor=True)[0].mean is None
    trace.goto(3)  # the seed, v1 and once a
    profile = trace.profile(at_cursor=True)
    assert [(row.group, row.mean, row.unfinished) for row in profile] == [
        ("0", 1.0, 0),
        ("1", 3.0, 0),
        ("leaves", 9.0, 1),
    ]
    assert profile.remarks == ("Not finished at this step: 1 of 3 gradients, a.",)
    assert trace.profile()[2].mean == 27.0


def test_unfinished_gradients_are_those_that_change_later() -> None:
    trace = loop(5, 0.7).trace(forward=True)
    last = [trace.events.numbers.gradients[x] for x in range(len(trace.nodes))]
    for cursor in range(len(trace) + 1):
        trace.goto(cursor)
        waiting = sum(row.unfinished for row in trace.profile(at_cursor=True))
        differing = sum(trace.gradient(node) != last[x] for x, node in enumerate(trace.nodes))
        assert waiting >= differing
        assert (waiting == 0) == (cursor == len(trace))


# ── remarks ──


def test_loop_of_200_steps_vanishes_by_a_measured_factor() -> None:
    root = loop(200, 0.9)
    trace = root.trace()
    profile = trace.profile("h1..h200", every=20)
    (remark,) = profile.remarks
    assert remark.startswith("Vanishing: the mean size falls from ")
    factor = float(remark.rpartition("factor of ")[2].split()[0])
    h = [abs(trace.events.numbers.gradients[trace.position(f"h{k}")]) for k in (20, 200)]
    assert factor == pytest.approx((h[1] / h[0]) ** (1.0 / 180.0), rel=0.01)


def test_factor_is_that_of_the_chain() -> None:
    assert remarks(chain(*[0.01] * 6), "depth") == (
        "Vanishing: the mean size falls from 1 (distance 0) to 1e-10 (distance 5), "
        "by a factor of 100 per step of distance."
    )
    assert remarks(chain(*[100.0] * 6), "c1..c6") == (
        "Exploding: the mean size grows from 1 (c6) to 1e+10 (c1), by a factor of 100 per step."
    )
    (remark,) = deep([0.01] * 4).trace().profile().remarks
    assert re.search(r"^Vanishing: .* \(layers\[3\]\) to .* \(layers\[0\]\), by a factor of .* per layer\.$", remark)
    assert float(remark.split()[-3]) == pytest.approx(100.0, rel=0.1)


@pytest.mark.parametrize(
    "root",
    [
        chain(*[0.5] * 5),
        chain(1e-9),
        chain(1e-2, 1e6, 1e-6, 1e6, 1e-9),
        chain(1.0, 1.0, 1.0, 1.0, 1e-9),
        loop(10, 1.0),
    ],
)
def test_weak_short_or_uneven_trend_is_not_named(root: Value) -> None:
    assert not re.search("Vanishing|Exploding", remarks(root))


def test_neurons_beside_each_other_have_no_trend() -> None:
    weights = [Value(10.0**-k, label=f"neurons[{k}].w") for k in range(6)]
    root = dot([w * 1.0 for w in weights], [10.0 ** (2 * k) for k in range(6)])
    assert remarks(root, "module") == ""


def test_gradients_that_underflow_are_named_from_where() -> None:
    text = remarks(chain(*[1e-100] * 6), "depth")
    assert "falls from 1 (distance 0) to 1e-300 (distance 3), by a factor of 1e+100 per step" in text
    assert "From distance 4 on, all gradients are 0." in text
    assert "Gradients that are 0: 3 of 7." in text


def test_leaf_that_has_a_gradient_is_not_in_the_rows_of_zeros() -> None:
    q, r = Value(0.0, label="q"), Value(2.0, label="r")
    u = q.sqrt() * r  # 0, as is the gradient of r by u*u
    text = remarks(u * u + r / 3.0, "depth")
    assert "In the rows from distance 2 to distance 3, all gradients are 0." in text
    assert "From" not in text
    assert "In the row of distance 2, all gradients are 0." in remarks(r.relu() * 0.0 + r.exp(), "depth")


def test_node_of_no_layer_that_has_a_gradient_is_not_in_the_rows_of_zeros() -> None:
    x, node = Value(1.0, label="x"), Value(1.0, label="x0")
    for place, weight in enumerate((1.0, 1.0, 0.0)):
        node = dot([Value(weight, label=f"layers[{place}].w")], [node])
    assert "From layers[1] on, all gradients are 0." in remarks(node, "layer")
    text = remarks(node + x.exp().exp().exp(), "layer")
    assert "In the rows from layers[1] to layers[0], all gradients are 0." in text


@sizes("graphs", 60, 3000)
def test_rows_of_zeros_are_those_where_all_gradients_are_0(graphs: int) -> None:
    source, told = Random(8), 0
    for _ in range(graphs):
        leaves = [Value(source.choice([0.0, 1.0, -1.0])) for _ in range(5)]
        root = leaves[0] * leaves[1]
        for _ in range(5):
            root = source.choice([root * source.choice(leaves), root + source.choice(leaves), root.relu()])
        trace = root.trace()
        for remark in trace.profile("depth").remarks:
            match = re.fullmatch(
                r"(From|In the rows? (?:from|of)) (?:distance (\d+)) .*all gradients are 0\.", remark
            )
            if match is not None:
                far = [x for x, distance in enumerate(trace.distances) if distance >= int(match[2])]
                rest = [x for x in far if trace.nodes[x].primitive is not None]
                sized = {x for x in far if trace.events.numbers.gradients[x] != 0.0}
                assert (not sized) if match[1] == "From" else (sized and not sized.intersection(rest)), remark
                told += 1
    assert told


def test_dead_units_are_those_off_for_every_example() -> None:
    root = rectified(1.0, -5.0, -1.5, -7.0)
    assert (
        "Dead units: 2 of 4, whose partials are all 0 in this graph: layers[0].neurons[1], layers[0].neurons[3]."
        in (remarks(root))
    )
    trace = root.trace()
    off = [
        node for node in trace.nodes if node.primitive is not None and node.primitive.name == "relu" and not node.data
    ]
    assert len(off) == 5  # neuron 2 is off for one example, and alive


def test_units_without_modules_are_named_by_their_nodes() -> None:
    a = Value(-1.0, label="a")
    trace = (a.relu() + (a * 2.0).relu6() + (-a).relu()).trace()
    dead, units = dead_units(trace)
    assert (len(dead), units) == (2, 3)
    assert {trace.formula(name) for name in dead} == {"relu(a)", "relu6(v2)"}


def test_neurons_of_one_module_are_told_apart_by_their_weights() -> None:
    w = [Value(weight, label=f"layer.w[{place}]") for place, weight in enumerate((1.0, -1.0))]
    root = dot([w[0]], [1.0]).relu() + dot([w[1]], [1.0]).relu()
    dead, units = dead_units(root.trace())
    assert (dead, units) == (["v4"], 2)


def test_weight_of_0_tells_its_neuron() -> None:
    w, b = Value(0.0, label="layers[0].neurons[0].w"), Value(1.0, label="layers[0].neurons[0].b")
    root = dot([w], [1.0], b).relu() + dot([w], [2.0], b).relu()
    assert dead_units(root.trace()) == ([], 1)


def test_constant_operand_makes_no_unit() -> None:
    root = at.threshold(1.0, Value(2.0, label="a"), 3.0)
    assert dead_units(root.trace()) == ([], 0)


@sizes("graphs", 40, 1000)
def test_each_remark_holds_in_exact_arithmetic(graphs: int) -> None:
    source, told = Random(3), 0
    for _ in range(graphs):
        power = source.choice([-70, -30, -3, -1, 0, 1, 2, 30, 70])
        trace = chain(
            *(10.0 ** (power + source.uniform(-1.0, 1.0)) * source.choice([1.0, -1.7]) for _ in range(7))
        ).trace()
        profile = trace.profile("depth")
        told += len(profile.remarks)
        for remark in profile.remarks:
            assert holds(remark, trace, profile), remark
    assert told > graphs / 4


def holds(remark: str, trace: Trace, profile: Profile) -> bool:
    """Return whether a remark on a chain is true, from the product of its factors as fractions."""
    exact = [Fraction(1)]
    for z in reversed(trace.edges.recorded):
        exact.append(exact[-1] * Fraction(trace.edges.nodes[z].partials[0]))
    gradients = list(map(abs, exact))  # by distance
    numbers = re.findall(r"distance (\d+)", remark)
    if "From" in remark:
        return all(float(size) == 0.0 for size in gradients[int(numbers[0]) :])
    if "are 0" in remark:
        return int(remark.split()[4]) == sum(float(size) == 0.0 for size in gradients)
    if "inf or nan" in remark:
        return int(remark.split()[6]) == sum(size > Fraction(1.7976931348623157e308) for size in gradients)
    first, last = (gradients[int(number)] for number in numbers)
    steps = int(numbers[1]) - int(numbers[0])
    factor = float(remark.rpartition("factor of ")[2].split()[0])
    change = (math.log(last.numerator) - math.log(last.denominator)) - (
        math.log(first.numerator) - math.log(first.denominator)
    )
    is_right = math.log(factor) == pytest.approx(abs(change) / steps, rel=0.01)
    return is_right and abs(change) >= math.log(999.0) and (change < 0.0) == remark.startswith("Vanishing")


def test_false_remark_is_found() -> None:
    trace = chain(*[0.01] * 6).trace()
    (remark,) = trace.profile("depth").remarks
    assert holds(remark, trace, trace.profile("depth"))
    for false in (
        remark.replace("100", "90"),
        remark.replace("Vanishing", "Exploding"),
        "Gradients that are 0: 3 of 7.",
    ):
        assert not holds(false, trace, trace.profile("depth"))


# ── random graphs ──


@sizes("graphs", 60, 2000)
def test_rows_add_up_on_random_graphs(graphs: int) -> None:
    source = Random(5)
    for _ in range(graphs):
        numbers = [source.choice([0.0, math.inf, source.uniform(-2.0, 2.0)]) for _ in range(4)]
        trace = at.sum(compute(list(map(Value, numbers)), wild_steps(source, 4))).trace()
        trace.goto(source.randint(0, len(trace)))
        gradients = [trace.gradient(node) for node in trace.nodes]
        known = [abs(gradient) for gradient in gradients if gradient is not None]
        for by in (None, "depth"):
            profile = trace.profile(by, at_cursor=True)
            assert sum(row.count for row in profile) == len(trace.nodes)
            assert sum(row.zeros for row in profile) == known.count(0.0)
            assert sum(row.non_finite for row in profile) == sum(not math.isfinite(size) for size in known)
        finite = [size for size in known if math.isfinite(size)]
        (row,) = trace.profile("depth", every=999, at_cursor=True)[:1]
        inner = [abs(g) for node, g in zip(trace.nodes, gradients, strict=True) if node.primitive and g is not None]
        inner = [size for size in inner if math.isfinite(size)]
        assert row.median == (pytest.approx(median(inner)) if inner else None)
        assert max((row.max for row in profile if row.max is not None), default=None) == max(finite, default=None)


# ── the object ──


def test_profile_is_a_sequence_that_sorts_and_writes_json() -> None:
    x = [Value(1.0, label=f"x{k}") for k in range(3)]
    profile = dot(x, [2.0, math.nan, 5.0]).trace().profile("x0..2")
    assert [row.group for row in profile[:2]] == ["x0", "x1"]
    assert [row.group for row in profile.sorted_by("mean")] == ["x2", "x0", "x1"]
    assert [row.group for row in profile.sorted_by("group", descending=False)] == ["x0", "x1", "x2"]
    document = json.loads(json.dumps(profile.as_json(), allow_nan=False))
    assert (document["by"], document["root"], len(document["rows"])) == ("nodes", "L", 3)
    assert document["rows"][1]["mean"] is None
    assert document["remarks"] == list(profile.remarks)
    assert len(repr(profile).splitlines()) == 1 + 3 + len(profile.remarks)


@pytest.mark.parametrize(
    ("by", "every", "said"),
    [
        ("size", None, "gradients are not measured by 'size'"),
        ("layer", None, "the graph of c3 has no layers, which are read from labels"),
        ("module", None, "the graph of c3 has no modules"),
        ("c1..x3", None, "'c1..x3' is not a range of names"),
        ("c1..", None, "is not a range of names"),
        ("..c1", None, "is not a range of names"),
        ("v[1]..v[3", None, "is not a range of names"),
        ("c9..c12", None, "of the nodes 'c9..c12' the graph of c3 has none; name two or more"),
        ("c3..c12", None, "of the nodes 'c3..c12' the graph of c3 has only c3; name two or more"),
    ],
)
def test_group_that_the_graph_lacks_is_an_error(by: str, every: int | None, said: str) -> None:
    with pytest.raises(ProfileError, match=re.escape(said)):
        chain(1.0, 1.0, 1.0).trace().profile(by, every=every)


def test_layers_are_not_divided() -> None:
    with pytest.raises(ProfileError, match="a row is one layer; by 3 goes with depth"):
        deep([1.0, 1.0]).trace().profile("layer", every=3)


def test_arguments_of_wrong_kinds_are_errors() -> None:
    trace = chain(1.0, 1.0).trace()
    with pytest.raises(OperandError, match="a text"):
        trace.profile(3)  # type: ignore[arg-type]
    for every in (0, -1, 1.5, True):
        with pytest.raises(OperandError, match="how many nodes or distances"):
            trace.profile(every=every)  # type: ignore[arg-type]
    with pytest.raises(OperandError, match="one of group, count, mean"):
        trace.profile().sorted_by("size")
