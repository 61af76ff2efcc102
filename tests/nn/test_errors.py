"""The messages, attributes and base classes of the errors of nn."""

from __future__ import annotations

import pytest

from autograd_tiny import AutogradError
from nn import ArgumentError, ArgumentTypeError, FileFormatError, NotFiniteError, StateError, UnknownNameError
from nn.errors import ResultTypeError

FAMILY = [
    (ArgumentError("fit", "epochs", 0, "more"), ValueError),
    (ArgumentTypeError("fit", "epochs", "0", "an int"), TypeError),
    (UnknownNameError("loss", "hing", ["hinge", "huber"]), ValueError),
    (StateError("MLP", ["a"], ["b"]), ValueError),
    (FileFormatError("model.json", "is empty"), ValueError),
    (NotFiniteError(3, 2, float("inf"), "the loss"), FloatingPointError),
]


@pytest.mark.parametrize(("error", "builtin"), FAMILY)
def test_error_has_both_base_classes(error: Exception, builtin: type) -> None:
    assert isinstance(error, AutogradError)
    assert isinstance(error, builtin)


def test_argument_error_message() -> None:
    error = ArgumentError("fit", "epochs", 0, "a whole number of at least 1")
    assert str(error) == "fit got epochs=0; it takes a whole number of at least 1"
    assert (error.place, error.argument, error.received) == ("fit", "epochs", 0)


def test_argument_type_error_message() -> None:
    error = ArgumentTypeError("fit", "epochs", "ten", "a whole number")
    assert str(error) == "fit got epochs of type 'str'; it takes a whole number"
    assert (error.place, error.argument, error.received) == ("fit", "epochs", "str")


def test_result_type_error_is_that_of_an_argument() -> None:
    error = ResultTypeError("fit", "loss", 3.0, "a Value")
    assert str(error) == "fit got a loss that returned 3.0 of type 'float'; it takes a function that returns a Value"
    assert (error.place, error.argument, error.received, error.result) == ("fit", "loss", "float", 3.0)
    assert isinstance(error, ArgumentTypeError)


def test_not_finite_error_of_batch() -> None:
    error = NotFiniteError(3, 2, float("inf"), "the loss")
    assert str(error) == (
        "the loss is not finite in epoch 3, batch 2 (loss inf); that step is undone; "
        "try a smaller learning rate, clip_gradient_norm, or standardised inputs"
    )
    assert (error.epoch, error.batch, error.loss) == (3, 2, float("inf"))


def test_not_finite_error_of_validation() -> None:
    error = NotFiniteError(3, None, float("nan"), "the validation loss")
    assert str(error) == (
        "the validation loss is not finite in epoch 3 (loss nan); the parameters are those of the last step; "
        "check for inputs that are not finite or very large"
    )
    assert (error.epoch, error.batch) == (3, None)
