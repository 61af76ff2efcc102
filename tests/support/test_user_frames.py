"""The frames of the user's program, and their variables."""

from __future__ import annotations

import sys
import weakref
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, no_grad
from autograd_tiny.support import user_frames as module
from autograd_tiny.support.user_frames import (
    OUR_FILES,
    is_user_file,
    user_frame,
    user_frame_of,
    user_frames,
    variables_of,
)


class Thing:
    pass


def names_of_frames() -> list[str]:
    return list(map(name_of, user_frames()))


def name_of(frame: FrameType) -> str:
    return frame.f_code.co_name


def run(source: str, **variables: Any) -> dict[str, Any]:
    exec(compile(source, "<cell 1>", "exec"), variables)
    return variables


def test_frames_go_outwards_without_those_of_others() -> None:
    def inner() -> list[str]:
        return max([[""]], key=lambda _: names_of_frames()) and names_of_frames()

    assert inner()[:3] == ["names_of_frames", "inner", "test_frames_go_outwards_without_those_of_others"]
    assert "pytest_pyfunc_call" not in inner()


def test_frames_end_at_the_first_module() -> None:
    assert run("names = ask()", ask=names_of_frames)["names"] == ["names_of_frames", "<module>"]


def test_frames_end_with_the_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(names_of_frames).result() == ["names_of_frames"]


@pytest.mark.parametrize(
    ("path", "is_users"),
    [
        ("/home/me/net.py", True),
        ("<stdin>", True),
        ("<ipython-input-3>", True),
        ("<frozen runpy>", False),
        (sys.modules["inspect"].__file__, False),
        (module.__file__, False),
        ("/env/lib/python3.12/site-packages/IPython/core.py", False),
    ],
)
def test_file_is_the_users_or_not(path: str, *, is_users: bool) -> None:
    assert is_user_file(path) is is_users


def test_variables_are_local_and_of_closures() -> None:
    outer = 1

    def inner(argument: int) -> dict[str, Any]:
        local = outer + argument
        return variables_of(sys._getframe()) if local else {}

    assert inner(2) == {"argument": 2, "local": 3, "outer": 1}


def test_frame_keeps_no_object_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "gettrace", lambda: None)
    thing = Thing()
    died = weakref.ref(thing)
    assert variables_of(sys._getframe())["thing"] is thing
    del thing
    assert died() is None


@pytest.mark.parametrize("question", ["gettrace", "getprofile"])
def test_stored_variables_stay_for_a_debugger(monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    def stops() -> None:
        raise AssertionError

    def frame_of(local: int) -> FrameType:
        return sys._getframe()

    frame, stored = frame_of(5), {}
    monkeypatch.setattr(sys, "gettrace", lambda: None)
    monkeypatch.setattr(sys, question, lambda: stops)
    stored = frame.f_locals
    variables_of(frame)
    assert stored["local"] == 5


def test_result_of_locals_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "gettrace", lambda: None)
    one = 1
    held = locals()
    variables_of(sys._getframe())
    assert held["one"] == one


def test_variables_written_by_exec_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "gettrace", lambda: None)
    ask: Callable[[FrameType], dict[str, Any]] = variables_of
    locals()["written"] = 1
    before = "written" in locals()
    ask(sys._getframe())
    assert ("written" in locals()) is before  # True up to Python 3.12


# ── the innermost frame ────────────────────────────────────────────────────────────────────────────────────────


class Seen(Value):
    """A number that remembers the statement that added it."""

    __slots__ = ("frame",)

    frame: FrameType

    def __add__(self, other: Any) -> Any:
        self.frame = user_frame_of(sys._getframe(1))
        return super().__add__(other)


def in_our_file(function: str) -> Callable[[], FrameType]:
    """Return a function of a file of this package that calls `user_frame`."""
    scope: dict[str, Any] = {"user_frame": user_frame}
    exec(compile(function, f"{OUR_FILES[0]}planted.py", "exec"), scope)
    inner: Callable[[], FrameType] = scope["inner"]
    return inner


def test_caller_is_found() -> None:
    frame = user_frame()
    assert frame is sys._getframe()


def test_frames_of_ours_are_skipped() -> None:
    inner = in_our_file("def inner():\n    return (lambda: user_frame())()")
    assert inner() is sys._getframe()


def test_decorated_function_is_found() -> None:
    @no_grad
    def program() -> FrameType:
        return in_our_file("def inner():\n    return user_frame()")()

    assert program().f_code.co_name == "program"


def test_functions_of_numpy_are_skipped() -> None:
    x = Seen(2.0)
    np.mean(np.array([x, x], dtype=object))
    assert x.frame is sys._getframe()


def test_program_in_an_installed_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IS_USER_FILE", dict.fromkeys(files(sys._getframe()), False))
    assert user_frame() is sys._getframe()
    frames = in_our_file("def inner():\n    return user_frame()")
    monkeypatch.setattr(module, "IS_USER_FILE", defaultdict(bool))
    assert frames() is sys._getframe()


def test_outermost_frame_is_found_where_all_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IS_USER_FILE", defaultdict(bool))
    monkeypatch.setattr(module, "OUR_FILES", ("",))
    assert user_frame().f_back is None


def files(frame: FrameType | None) -> set[str]:
    found = set()
    while frame is not None:
        found.add(frame.f_code.co_filename)
        frame = frame.f_back
    return found
