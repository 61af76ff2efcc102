"""Errors: messages, attributes, base classes."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

import pytest

from autograd_tiny import AutogradError
from autograd_tiny.errors import (
    AnomalyError,
    BackendError,
    CutGraphError,
    GeneratedSourceError,
    InputError,
    LengthError,
    MissingPackageError,
    NestedPassError,
    NotRecordedError,
    NumberTooLargeError,
    OperandError,
    OtherPackageError,
    OvertakenError,
    PositionError,
    PrimitiveError,
    RecordError,
    ReplayMismatch,
    ShapeError,
    SignatureError,
    StaleDataError,
    UnorderedError,
    UnusedInputError,
    WorkerError,
    require_own_nn,
    require_package,
    require_same_length,
    shorten,
)

ERRORS: list[tuple[AutogradError, type[Exception]]] = [
    (OperandError("add", "2", expected="a real number", remedy="convert it"), TypeError),
    (NumberTooLargeError("add"), OverflowError),
    (SignatureError("add", ("x", "y"), "is missing operand 'y'"), TypeError),
    (LengthError("dot", ws=2, xs=3), ValueError),
    (PositionError("softmax", 3.0, 2), IndexError),
    (PrimitiveError("cube", "the name exists already"), ValueError),
    (CutGraphError(3.0), TypeError),
    (OtherPackageError("/home/me/nn.py"), ImportError),
    (StaleDataError("pow"), ValueError),
    (NotRecordedError("backward()", 9.0), RuntimeError),
    (AnomalyError("v1 = log(x) becomes -inf"), ArithmeticError),
    (NestedPassError("backward"), RuntimeError),
    (OvertakenError(), RuntimeError),
    (UnorderedError(), ValueError),
    (UnusedInputError(1, "x"), ValueError),
    (GeneratedSourceError(3, "Import"), ValueError),
    (RecordError("no_grad() was entered", "leave it"), RuntimeError),
    (ShapeError("input 0", (3, 2), (4,), batched=True), ValueError),
    (BackendError("there is no compiler", "install one"), RuntimeError),
    (ReplayMismatch(2, "train.py", 7, "if x > 0:", recorded=True), RuntimeError),
    (WorkerError(3, 16, "process 12 of here", "it died", "look for what ends it"), RuntimeError),
    (InputError("unknown data 'irs'"), ValueError),
    (MissingPackageError("matplotlib", "plots"), ImportError),
]
every_error = pytest.mark.parametrize(("error", "builtin"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])


class Unprintable:
    """An object whose repr fails."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


@every_error
def test_error_is_an_autograd_error_and_a_builtin(error: AutogradError, builtin: type[Exception]) -> None:
    assert isinstance(error, AutogradError)
    assert isinstance(error, builtin)


def test_every_error_is_tested() -> None:
    subclasses = {kind for kind in AutogradError.__subclasses__() if kind.__module__ == "autograd_tiny.errors"}
    assert subclasses == {type(error) for error, _ in ERRORS}


@every_error
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_error_survives_copy_and_pickle(
    error: AutogradError, builtin: type[Exception], again: Callable[[AutogradError], AutogradError]
) -> None:
    twin = again(error)
    assert type(twin) is type(error)
    assert str(twin) == str(error)
    assert vars(twin) == vars(error)


def test_operand_error_message() -> None:
    error = OperandError("add", "2", expected="numbers", remedy="convert it")
    assert str(error) == "add got 'str' ('2'); it takes numbers; convert it"
    assert (error.primitive, error.received) == ("add", "str")


def test_operand_error_mentions_none_once() -> None:
    error = OperandError("add", None, expected="numbers", remedy="convert it")
    assert str(error) == "add got 'NoneType'; it takes numbers; convert it"


def test_number_too_large_error_message() -> None:
    error = NumberTooLargeError("mul")
    assert str(error) == "mul got an integer too large for a float (largest: about 1.8e308); divide it"
    assert error.primitive == "mul"


def test_signature_error_message() -> None:
    error = SignatureError("hypot", ("x", "y"), "is missing operand 'y'")
    assert str(error) == "hypot(x, y) is missing operand 'y'"
    assert (error.primitive, error.operands) == ("hypot", ("x", "y"))


def test_length_error_message() -> None:
    error = LengthError("dot", ws=2, xs=3)
    assert str(error) == "dot got ws of length 2 and xs of length 3; it takes equal lengths"
    assert error.lengths == {"ws": 2, "xs": 3}


def test_length_error_of_one_list() -> None:
    assert str(LengthError("mean", xs=0)) == "mean got xs of length 0; it takes at least one element"


def test_equal_lengths_pass() -> None:
    require_same_length("dot", ws=[1.0], xs=(2.0,))
    require_same_length("dot", ws=[])


def test_different_lengths_are_refused() -> None:
    with pytest.raises(LengthError, match="dot got ws of length 1 and xs of length 2") as caught:
        require_same_length("dot", ws=[1.0], xs=[2.0, 3.0])
    assert caught.value.lengths == {"ws": 1, "xs": 2}


def test_position_error_message() -> None:
    error = PositionError("softmax", 3.0, 2)
    assert str(error) == "softmax got position 3.0; it takes a whole number from 0 to 1"
    assert (error.position, error.length) == (3.0, 2)


def test_primitive_error_message() -> None:
    error = PrimitiveError("cube", "the name exists already")
    assert str(error) == "primitive 'cube': the name exists already"
    assert error.primitive == "cube"


def test_cut_graph_error_names_the_remedies() -> None:
    error = CutGraphError(3.5)
    assert error.data == 3.5
    for word in ("3.5", "v.data", "autograd_tiny.exp(v)", "v.exp()"):
        assert word in str(error)


def test_short_operand_is_shown_in_full() -> None:
    assert shorten([1.0, 2.0]) == "[1.0, 2.0]"
    assert shorten("x" * 38) == repr("x" * 38)


def test_long_operand_is_truncated() -> None:
    assert shorten("x" * 39) == "'" + "x" * 38 + "…"
    assert shorten(list(range(100)), 10) == "[0, 1, 2, …"[:9] + "…"


def test_operand_with_failing_repr_is_named_by_type() -> None:
    assert shorten(Unprintable(), 80) == "a Unprintable whose repr raises RuntimeError"


def test_missing_package_names_the_install_command() -> None:
    with pytest.raises(MissingPackageError) as raised:
        require_package("no_such_module_at_all", package="scikit-learn", extra="data")
    assert str(raised.value) == 'this needs scikit-learn; install it with: pip install "autograd_tiny[data]"'
    assert isinstance(raised.value, ImportError)


def test_own_nn_is_accepted() -> None:
    require_own_nn()


@pytest.mark.parametrize("found", ["module", "nothing", "folder"])
def test_no_own_nn_is_an_error(found: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delitem(sys.modules, "nn", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(sys, "meta_path", [PathFinder])
    if found == "module":
        monkeypatch.setitem(sys.modules, "nn", ModuleType("nn"))
    if found == "folder":
        (tmp_path / "nn").mkdir()
    with pytest.raises(OtherPackageError, match=r"^no package nn is found; this needs the nn of") as raised:
        require_own_nn()
    assert raised.value.found is None
