"""Each node knows the line of the user's program that made it, in `record_lines()` and nowhere else."""

from __future__ import annotations

import asyncio
import copy
import gc
import linecache
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from threading import Thread
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
import nn
from autograd_tiny import Value, no_grad, record_lines
from autograd_tiny.engine import source_lines
from autograd_tiny.engine.grad_mode import OPEN, RECORDERS
from autograd_tiny.engine.source_lines import LINES, PLACES, SourceLine, lines_of
from autograd_tiny.errors import NotRecordedError, StaleDataError


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.collect()
    assert [len(table) for table in (LINES, OPEN, RECORDERS)] == [0, 0, 0]


def here() -> int:
    """Return the number of the line of the caller."""
    return sys._getframe(1).f_lineno


MODEL = nn.MLP(2, [2, 1], hidden="tanh", seed=0)

MAKE: dict[str, Callable[[Value, Value], Any]] = {
    "operator": lambda x, y: x * y,
    "operator with a number": lambda x, y: 2 - x,
    "operator of the table": lambda x, y: x % 2,
    "power": lambda x, y: x**y,
    "negative": lambda x, y: -x,
    "method written out": lambda x, y: x.tanh(),
    "method of the table": lambda x, y: x.exp(),
    "function": lambda x, y: at.exp(x + y),
    "function of two": lambda x, y: at.maximum(x, 2.0),
    "function of three": lambda x, y: at.where(x > y, x, y),
    "function of a list": lambda x, y: at.logsumexp([x, y]),
    "sum": lambda x, y: at.sum([x, y]),
    "builtin sum": lambda x, y: sum([x, y]),
    "dot": lambda x, y: at.dot([x], [y], x),
    "composed function": lambda x, y: at.softmax([x, y])[0],
    "array": lambda x, y: (np.array([x]) * np.array([y])).sum(),
    "function of NumPy": lambda x, y: np.mean(np.array([x, y])),
    "map": lambda x, y: next(map(Value.tanh, [x])),
    "network": lambda x, y: MODEL([x, y]),
    "leaf": lambda x, y: Value(3.0),
    "detached": lambda x, y: x.detach(),
    "leaf of no_grad": no_grad(lambda x, y: x * y),
}


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE.keys())
def test_node_knows_its_line(make: Callable[[Value, Value], Any]) -> None:
    x, y = Value(2.0), Value(3.0)
    code = getattr(make, "__wrapped__", make).__code__
    with record_lines():
        node = make(x, y)
    assert node.line == SourceLine(__file__, code.co_firstlineno, "<lambda>")
    assert str(node.line) == f"test_source_lines.py:{code.co_firstlineno}"
    assert (x.line, y.line) == (None, None)
    assert make(x, y).line is None


def test_statement_of_several_lines() -> None:
    with record_lines():
        x = Value(
            2.0,
        )
        first, y = here(), (
            x.exp()
            + x.log()
        )  # fmt: skip
    assert [node.line and node.line.line for node in (*y.inputs, y)] == [first + 1, first + 2, first + 1]
    assert y.inputs[1].line.code == "+ x.log()"


def test_function_and_code_of_a_line() -> None:
    def program() -> Value:
        return Value(2.0) * 3.0

    with record_lines():
        line = program().line
    assert line is not None
    assert (line.function, line.code) == ("program", "return Value(2.0) * 3.0")


def test_code_without_a_file() -> None:
    scope: dict[str, Any] = {"Value": Value}
    for file in ("<first>", "<second>"):
        with record_lines():
            exec(compile("x = Value(1.0)", file, "exec"), scope)
        assert scope["x"].line == SourceLine(file, 1, "<module>")  # though their codes are equal
        assert scope["x"].line.code == ""


def test_code_without_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    with record_lines():
        x = Value(1.0)
    code, _ = LINES[next(iter(LINES))]
    LINES[next(iter(LINES))] = (code, 10**6)
    assert x.line is not None
    assert x.line.line == code.co_firstlineno


def test_lines_of_several_nodes() -> None:
    x = Value(2.0)
    assert lines_of([x]) == [None]
    with record_lines():
        y = [x * x for _ in range(2)]
    lines = lines_of([x, *y])
    assert lines == [None, y[0].line, y[1].line]
    assert lines[1] is lines[2]


def test_lines_of_few_of_many_nodes() -> None:
    x = Value(2.0)
    with record_lines():
        y = [x * x for _ in range(99)]
    assert lines_of(y[:2]) == [y[0].line, y[1].line] == lines_of(y)[:2]
    assert y[0].line is not None


# ── blocks ────────────────────────────────────────────────────────────────────────────────────────────────────


def records() -> bool:
    return Value(2.0).line is not None and (Value(2.0) * 3.0).line is not None


def test_blocks_nest() -> None:
    assert not records()
    with record_lines():
        with record_lines():
            assert records()
        assert records()
    assert not records()


def test_blocks_may_end_in_any_order() -> None:
    first, second = record_lines(), record_lines()
    first.__enter__()  # type: ignore[operator]
    second.__enter__()  # type: ignore[operator]
    first.__exit__(None, None, None)  # type: ignore[operator]
    assert records()
    second.__exit__(None, None, None)  # type: ignore[operator]
    assert not records()


def test_error_ends_the_block() -> None:
    with pytest.raises(ZeroDivisionError), record_lines():
        next(iter([records() / 0]))
    assert not records()


def test_decorated_function_records() -> None:
    assert record_lines(records)()
    assert not records()


def test_other_threads_record_nothing() -> None:
    seen: list[bool] = []
    thread = Thread(target=lambda: seen.append(records()))
    with record_lines():
        thread.start()
        thread.join()
        assert records()
    assert seen == [False]


def test_operations_in_another_context_have_no_line() -> None:
    x = Value(2.0)
    with record_lines():
        assert Context().run(lambda: x * x).line is None


def test_other_tasks_record_nothing() -> None:
    async def recorded() -> bool:
        with record_lines():
            await asyncio.sleep(0)
            return records()

    async def plain() -> bool:
        await asyncio.sleep(0)
        return records()

    async def both() -> list[bool]:
        return await asyncio.gather(recorded(), plain())

    with ThreadPoolExecutor(1) as pool:  # where no test of the browser left a running loop
        assert pool.submit(asyncio.run, both()).result() == [True, False]


def test_no_grad_records_lines_of_leaves_without_inputs() -> None:
    x = Value(2.0)
    with record_lines(), no_grad():
        node = x * x
    assert node.line is not None
    assert (node.primitive, node.inputs) == (None, ())


def test_assigned_data_keeps_the_line_of_the_leaf() -> None:
    x = Value(2.0)
    with record_lines():
        y = Value(3.0)
        line = y.line
        x.data = y.data = 4.0
    assert (x.line, y.line) == (None, line)


def test_numbers_are_the_same() -> None:
    x, y = Value(2.0), Value(3.0)
    with record_lines():
        root = at.softmax([x * y, x])[0] + at.sum([x, y, 1.0]) * MODEL([x, y])
        root.backward()
        assert x == 2.0
        assert x in [y, x]
    with_lines = x.grad
    x.zero_grad()
    (at.softmax([x * y, x])[0] + at.sum([x, y, 1.0]) * MODEL([x, y])).backward()
    assert x.grad == with_lines


# ── copies, and the table ──────────────────────────────────────────────────────────────────────────────────────


def test_copy_has_the_line_of_its_original_and_a_pickle_none() -> None:
    y = Value(3.0)
    with record_lines():
        x = Value(2.0)
        root = x * y
    assert copy.copy(root).line == root.line
    copied = copy.deepcopy(root)
    assert [node.line for node in (copied, *copied.inputs)] == [root.line, x.line, None]
    assert pickle.loads(pickle.dumps(root)).line is None
    assert pickle.dumps(root) == pickle.dumps(copied)


def test_entry_ends_with_its_node() -> None:
    with record_lines():
        nodes = [Value(2.0) * 3.0 for _ in range(10)]
        assert len(LINES) == 20
        del nodes[:5]
        assert len(LINES) == 10
        nodes.append(nodes)  # type: ignore[arg-type]  # a cycle
    del nodes
    gc.collect()
    assert LINES == {}


def test_places_are_shared_and_forgotten() -> None:
    with record_lines():
        nodes = [Value(2.0) for _ in range(10)]
    assert len({id(place) for place in LINES.values()}) == 1
    assert PLACES
    with record_lines():
        assert not PLACES
    assert all(node.line for node in nodes)
    assert source_lines.line_of(nodes[0]) == nodes[0].line


# ── errors ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_errors_of_a_node_quote_its_line() -> None:
    with record_lines():
        x = Value(2.0)
        y = x * x
        with no_grad():
            z = x * x
    with pytest.raises(NotRecordedError, match=r"\(it is computed at test_source_lines.py:\d+, in \w+: z = "):
        z.backward()
    x.data = 3.0
    with pytest.raises(StaleDataError, match=r"\(the operation is at test_source_lines.py:\d+, in \w+: y = "):
        at.grad(y, x)


def test_quoted_line_is_escaped_and_cut() -> None:
    file = "/tmp/e\x1b[2J.py"
    linecache.cache[file] = 1, None, [f"x = 1.0  # \x1b[31m{'long ' * 40}\n"], file
    quoted = SourceLine(file, 1, "<module>").quote()
    assert quoted.startswith(r"e\x1b[2J.py:1: x = 1.0  # \x1b[31mlong")
    assert quoted.endswith("…")
    assert len(quoted) < 80
