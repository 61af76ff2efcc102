"""What must be the same when a training goes on from its checkpoint, as JSON has it.

>>> from functools import partial
>>> from nn.schedules import cosine
>>> function_text(cosine(0.1, 40)), function_text(partial(max, default=0.5))
('cosine(0.1, 40, 0.0)', 'max(default=0.5)')
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from inspect import signature
from math import isfinite
from numbers import Integral, Real
from types import FunctionType
from typing import Any, Final

from autograd_tiny import Value
from autograd_tiny.errors import shorten
from nn.activations import callable_name
from nn.examples import Batches, Examples
from nn.module import Module
from nn.optimizers import Optimizer
from nn.schedules import sees_its_step_only
from nn.trainer import Trainer

ROWS: Final = 16
"""The most examples that are read to tell data apart."""
STEPS: Final = (0, 1, 10, 100, 1000)
"""At these a schedule that computes with its step alone is compared."""
OF_OPTIMIZER: Final = "optimizer's "


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Arguments of `fit`."""

    batch_size: int
    shuffle: bool
    patience: int | None
    seed: Any


def settings_of(
    trainer: Trainer, examples: Examples | Batches, tests: Examples | None, choices: Choices
) -> dict[str, Any]:
    """Return what must be the same when a training goes on, by its name in messages.

    Args:
        trainer: before its first step.
        examples: of the training.
        tests: of the validation.
        choices: arguments of `fit`.
    """
    is_whole = isinstance(examples, Examples)
    return {
        "number of parameters": len(trainer.parameters),
        "model": _model_text(trainer.model),
        "optimizer": type(trainer.optimizer).__name__,
        **_optimizer_settings(trainer.optimizer, has_schedule=trainer.schedule is not None),
        "schedule": _schedule_text(trainer.schedule),
        "loss": function_text(trainer.loss),
        **_bytecode(trainer.loss),
        "number of examples": len(examples) if isinstance(examples, Examples) else None,
        **data_of(examples),
        "validation": None if tests is None else f"{len(tests)} examples; " + "; ".join(data_of(tests).values()),
        "batch_size": choices.batch_size,
        "shuffle": choices.shuffle,
        "seed": _seed(choices.seed) if is_whole and choices.shuffle else None,
        "patience": choices.patience,
        "metrics": sorted(trainer.history.metrics),
    }


def function_text(function: Any) -> str:
    """Return the name of a function, with the settings of a `partial`, and without addresses of this process."""
    if isinstance(function, partial):
        named = [f"{name}={_argument_text(x)}" for name, x in function.keywords.items()]
        return f"{function_text(function.func)}({', '.join([*map(_argument_text, function.args), *named])})"
    return callable_name(function).lstrip("_")


def _argument_text(thing: Any) -> str:
    return function_text(thing) if callable(thing) else _without_addresses(shorten(thing))


def _without_addresses(text: str) -> str:
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


def _model_text(model: Any) -> str:
    """Return the structure of a model: its description, its parts, and the functions among its attributes."""
    is_module = isinstance(model, Module)
    parts = repr(model).split("\n  ") if is_module else [callable_name(model)]
    if is_module and len(parts) == 1:  # a repr without its layers
        parts += [f"{name}: {child!r}" for name, child in model.named_children()]
    attributes = getattr(model, "__dict__", {})
    functions = {k: x for k, x in attributes.items() if callable(x) and not isinstance(x, Module | Value)}
    parts += [f"{name}={function_text(x)}" for name, x in functions.items()]
    return _without_addresses("; ".join(parts))


def _optimizer_settings(optimizer: Optimizer, *, has_schedule: bool) -> dict[str, Any]:
    """Return the arguments of an optimizer; a schedule sets the learning rate, so the given one has no effect."""
    names = signature(type(optimizer)).parameters.keys() - {"parameters", *(["lr"] if has_schedule else [])}
    settings = {name: _json(getattr(optimizer, name, None)) for name in sorted(names)}
    return {OF_OPTIMIZER + name: setting for name, setting in settings.items() if setting is not None}


def _json(thing: Any) -> Any:
    """Return a number, a text, or a list of them, as it comes back from JSON; None for anything else."""
    if isinstance(thing, list | tuple):
        return list(map(_json, thing))
    if isinstance(thing, float) and not isfinite(thing):
        return repr(thing)
    return thing if isinstance(thing, float | int | str) else None


def _schedule_text(schedule: Any) -> str | None:
    """Return the name of a schedule, and its rates if it can be called without side effects."""
    if schedule is None:
        return None
    text = function_text(schedule)
    if not isinstance(schedule, partial) and sees_its_step_only(schedule):
        with suppress(Exception):  # it may be made for the steps of this training alone
            text += f" with the rates {', '.join(shorten(schedule(step)) for step in STEPS)}"
    return text


def _bytecode(loss: Any) -> dict[str, str]:
    """Return what tells one lambda from another; the name has the version of Python, which compiles it."""
    if not isinstance(loss, FunctionType) or loss.__name__ != "<lambda>":
        return {}
    code, cells = loss.__code__, [cell.cell_contents for cell in loss.__closure__ or ()]
    constants = [x for x in (*code.co_consts, *cells) if isinstance(x, int | float | str)]
    version = ".".join(map(str, sys.version_info[:2]))
    return {f"bytecode of the loss (Python {version})": _digest([code.co_code.hex(), code.co_names, constants])}


def _seed(seed: Any) -> int | str | None:
    """Return a seed; of a generator the type, since the order goes on from its state in the file."""
    if isinstance(seed, Integral):
        return int(seed)
    return None if seed is None else type(seed).__name__


# ── the data ──


def data_of(examples: Examples | Batches) -> dict[str, Any]:
    """Return what tells data apart without reading them whole: kind, type, and some rows, first and last among them.

    Of an iterable, which may be readable only once or draw at random, the number of batches; of a list, two batches.
    """
    if isinstance(examples, Batches):
        batches = examples.batches
        ends = _digest(_plain([batches[0], batches[-1]])) if isinstance(batches, list | tuple) and batches else None
        return {"number of batches": examples.count, "first and last batch": ends}
    last = len(examples) - 1
    pairs = [examples[row] for row in sorted({round(last * k / (ROWS - 1)) for k in range(ROWS)})]
    parts = zip(examples.columns, examples.kinds, examples.arrays, zip(*pairs, strict=True), strict=True)
    return {f"{name}s": _column_text(kind, array, rows) for name, kind, array, rows in parts}


def _column_text(kind: str, array: Any, rows: Any) -> str:
    plain = _plain(list(rows))
    dtype = "" if array is None else f" ({array.dtype})"
    return f"{kind}{dtype}, first {shorten(plain[0])}, last {shorten(plain[-1])}, fingerprint {_digest(plain)}"


def _digest(thing: Any) -> str:
    return sha256(repr(thing).encode()).hexdigest()[:12]


def _plain(thing: Any) -> Any:
    """Return data as lists of floats and texts, so that lists and arrays of equal numbers are the same."""
    if hasattr(thing, "tolist"):
        thing = thing.tolist()
    if isinstance(thing, list | tuple):
        return list(map(_plain, thing))
    if isinstance(thing, Mapping):
        return {str(name): _plain(x) for name, x in thing.items()}
    if isinstance(thing, float) or (isinstance(thing, int) and abs(thing) < 2**53):
        return float(thing)
    return str(thing) if isinstance(thing, Real | str) else type(thing).__name__
