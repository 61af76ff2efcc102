"""The frame of the user's statement, through this package, nn and NumPy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np

import nn
from autograd_tiny import Value, no_grad
from autograd_tiny.engine import user_frame as module
from autograd_tiny.engine.user_frame import IS_OURS, OUR_FILES, user_frame


class Seen(Value):
    """A number that remembers the statement that added it."""

    __slots__ = ("frame",)

    frame: FrameType

    def __add__(self, other: Any) -> Any:
        self.frame = user_frame(2)  # beginning with the caller of this method
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


def test_nn_and_numpy_are_ours() -> None:
    assert IS_OURS[nn.__file__]
    assert IS_OURS[np.__file__]
    assert not IS_OURS[__file__]
    assert not IS_OURS["<console>"]


def test_functions_of_numpy_are_skipped() -> None:
    x = Seen(2.0)
    np.mean(np.array([x, x], dtype=object))
    assert x.frame is sys._getframe()


def test_without_numpy_nothing_of_it_is_ours(monkeypatch: Any) -> None:
    monkeypatch.delitem(sys.modules, "numpy")
    assert module._folder_of_numpy() == ()


def test_outermost_frame_is_found_where_all_are_ours(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "IS_OURS", dict.fromkeys(files(sys._getframe()), True))
    assert user_frame().f_back is None


def files(frame: FrameType | None) -> set[str]:
    found = set()
    while frame is not None:
        found.add(frame.f_code.co_filename)
        frame = frame.f_back
    return found
