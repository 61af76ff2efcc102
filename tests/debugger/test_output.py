"""Where a session stops: many steps in few lines, and the outcome of a pass."""

from __future__ import annotations

from autograd_tiny import Value, dot
from tests.debugger.sessions import answer, graph


def test_end_lists_gradients_of_leaves() -> None:
    assert answer(graph(), "c")[-1] == (
        "The backward pass is over: a.grad = 6, b.grad = -4, c.grad = -2, f.grad = 4."
    )


def test_end_names_largest_of_many_gradients() -> None:
    lines = answer(graph("sum([a,b,c,d,f,g,h,i,k*0]) + 5*k", **dict.fromkeys("abcdfghik", 1.0)), "c")
    assert " ".join(lines[-2:]).endswith("is over: 9 leaves, the largest gradient is k.grad = 5, none of them 0.")


def test_many_undone_steps_are_one_line() -> None:
    root = graph("sum([a,b,c,d,f,g,h,i])", **dict.fromkeys("abcdfghi", 1.0))
    assert answer(root, "c", "rs 8") == ["… 8 steps of 1 node undone"]


def test_many_steps_show_the_last_node() -> None:
    x = Value(1.0, label="x")
    for _ in range(60):
        x = x * 1.5
    lines = answer(x, "s 50")
    assert lines[0] == "… 49 steps of 48 nodes done"
    assert next(line for line in lines if line.startswith("[")).startswith("[50/61] ")


def test_many_contributions_share_lines() -> None:
    w = [Value(0.1 * k, label=f"w[{k}]") for k in range(64)]
    x = [Value(1.0 if k else 2.0, label=f"x[{k}]") for k in range(64)]
    lines = answer(dot(w, x, Value(1.0, label="b")), "n")
    assert lines[2:4] == [
        "[  2..65/130]  64 contributions to w[0..63], from 1 to 2",
        "[ 66..129/130]  64 contributions to x[0..63], from 0 to 6.3",
    ]
    assert lines[0] == "L = dot(…) = 202.6"
    assert lines[4].startswith("[130/130]  b.grad ")


def test_end_of_a_pass_tells_that_all_gradients_are_zero() -> None:
    lines = answer(graph("sum([a,b,c,d,f,g,h,i,k]) * 0", **dict.fromkeys("abcdfghik", 1.0)), "c")
    assert lines[-1] == "The backward pass is over: the gradients of all 9 leaves are 0."
