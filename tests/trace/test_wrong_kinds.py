"""Every public method of a trace refuses arguments of the wrong kind by a sentence that names the method."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from autograd_tiny import Value, record_lines
from autograd_tiny.errors import AutogradError, OperandError, PositionError
from autograd_tiny.trace import Trace

THINGS: Final = (3.5, [], ["a"], {}, b"a", ("a",), object(), float("nan"))
"""None of these is a node, a name, a whole number, a flag or a path."""
OF_A_NODE: Final = (
    "check",
    "find",
    "formula",
    "gradient",
    "line",
    "module",
    "notes",
    "paths",
    "position",
    "value",
    "why",
    "written_name",
)
WRONG: Final[dict[str, tuple[tuple[Any, ...], ...]]] = {
    **{name: tuple((thing,) for thing in (3, *THINGS)) for name in OF_A_NODE},
    "goto": tuple((thing,) for thing in ("a", None, -1, 99, True, *THINGS)),
    "jvp": tuple((thing,) for thing in (3, "a", None, [], ["a"], object(), {3: 1.0}, {None: 1.0}, {"a": "b"})),
    "profile": tuple((thing,) for thing in (3, *THINGS)),
    "save": tuple((thing,) for thing in (3, None, *THINGS)),
    "set": tuple((thing, 1.0) for thing in (3, None, *THINGS)) + tuple(("a", x) for x in ("b", None, [], {})),
}
"""Arguments that a method refuses."""
SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "apply": {"at_cursor": "no"},
    "node": {"back": []},
    "paths": {"node": "a", "at_cursor": None},
    "profile": {"at_cursor": 2},
    "module": {"node": "a", "depth": "1"},
    "save": {"path": "x.html", "title": 3},
    "find": {"node": None},
}
WITHOUT_ARGUMENTS: Final = {"anomalies", "as_json", "back", "finish", "reset", "step"}
PROPERTIES: Final = {"cursor", "distances", "edges_done", "lines", "modules", "other_numbers"}


@pytest.fixture
def trace() -> Trace:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    return (a * b + a).trace()


def test_table_has_every_method() -> None:
    public = {name for name in dir(Trace) if not name.startswith("_")}
    assert public - WITHOUT_ARGUMENTS - PROPERTIES == set(WRONG) | set(SETTINGS)


@pytest.mark.parametrize("method", WRONG)
def test_wrong_kinds_are_refused(method: str, trace: Trace) -> None:
    for arguments in WRONG[method]:
        with pytest.raises(AutogradError, match=f"^{method} got .+; "):
            getattr(trace, method)(*arguments)
    assert (trace.cursor, trace.other_numbers) == (0, {})


@pytest.mark.parametrize("method", SETTINGS)
def test_wrong_settings_are_refused(
    method: str, trace: Trace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OperandError, match=f"^{method} got .+; "):
        getattr(trace, method)(**SETTINGS[method])
    assert list(tmp_path.iterdir()) == []
    assert trace.root.grad == trace.cursor == 0


@pytest.mark.parametrize("place", [5, -6, "a", None, 2.0, slice("a", "b")])
def test_place_that_is_no_index_is_refused(place: Any, trace: Trace) -> None:
    with pytest.raises(PositionError, match=r"^trace got position .+; it takes a whole number from 0 to 4"):
        trace[place]


def test_forward_mode_and_lines_name_their_methods(trace: Trace) -> None:
    with pytest.raises(OperandError, match=r'jvp got .int. \(3\); .+; write for example \{"a": 1.0\}'):
        trace.jvp(3)  # type: ignore[arg-type]
    walk = trace.jvp({"a": 1.0})
    for method in ("tangent", "depends", "sentence"):
        with pytest.raises(OperandError, match=f"^{method} got 'int'"):
            getattr(walk, method)(3)
    with pytest.raises(OperandError, match=r"^lines.find got 'int' \(3\)"):
        trace.lines.find(3)  # type: ignore[arg-type]
    with pytest.raises(OperandError, match=r"^trace got 'str' \('no'\); it takes True or False as forward"):
        trace.root.trace(forward="no")  # type: ignore[arg-type]


def test_numbers_that_count_as_flags_are_taken(trace: Trace) -> None:
    assert trace.node(back=0) is not None  # type: ignore[arg-type]
    assert len(list(trace.paths("a", 10**400).lines())) == 3
    with record_lines():
        root = trace.root * 2.0
    assert len(root.trace().module("a", 1)) == 0
