"""Promise 7: every argument of every public function, but the rows of the table, against every wrong kind of thing.

The error has exactly the expected type, and says what arrived, what was expected and how to mend it; nothing changes;
a remedy that can be followed by a machine works. The rows of the table: tests/engine/test_wrong_arguments.py.
"""

from __future__ import annotations

import io
import math
import re
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

import autograd_tiny as at
import nn
from autograd_tiny import AutogradError, LengthError, Value
from autograd_tiny.diagrams.errors import SubjectError
from autograd_tiny.errors import (
    NumberTooLargeError,
    OperandError,
    PrimitiveError,
    RecordError,
    ShapeError,
)
from autograd_tiny.primitives.primitive import TABLE
from nn.errors import ArgumentError, ArgumentTypeError, StateError, UnknownNameError
from tests.engine.test_wrong_arguments import ARRAYS, BAD_ARRAYS, COLLECTIONS, LISTS, OTHERS
from tests.promises.operations import FOLDER, switches

Errors = dict[str, type[AutogradError] | None]

KINDS: dict[str, Callable[[], Any]] = {
    **{name: make for name, (make, _) in OTHERS.items()},
    **LISTS,
    **COLLECTIONS,
    **ARRAYS,
    **BAD_ARRAYS,
    "huge": lambda: 10**400,
    "very huge": lambda: 10**5000,
    "bool": lambda: True,
    "nan": lambda: math.nan,
    "negative": lambda: -1.0,
}
BAD_NUMBERS = ("huge", "very huge")
HUGE: Errors = dict.fromkeys(BAD_NUMBERS, NumberTooLargeError)
TEXTS = ("text", "text of a number")
FUNCTIONS = ("class", "class of nodes", "function")
LISTED = (*LISTS, *ARRAYS)
SEQUENCES = ("list of Values", "list of floats", "tuple", *ARRAYS)
VALUES = ("list of Values", "tuple", "array of Values")
PLAIN = ("bool", "nan", "negative")


def fine(*kinds: str) -> Errors:
    """Return that these kinds are accepted, or are the concern of the user's own function."""
    return dict.fromkeys(kinds)


class Argument(NamedTuple):
    """One argument of a public function.

    Attributes:
        call: a call with this argument.
        error: the error for most kinds.
        others: the error for others; None for those that are accepted.
    """

    call: Callable[[Any], Any]
    error: type[AutogradError]
    others: Mapping[str, type[AutogradError] | None] = MappingProxyType({})


def square(x: Any) -> Any:
    return x * x


def model() -> Any:
    return nn.MLP(2, [2, 1], seed=0)


def one() -> list[Value]:
    return [Value(0.5)]


def fit(name: str, thing: Any, **settings: Any) -> Any:
    network = model()
    given = {
        "model": network,
        "inputs": [[1.0, 2.0]],
        "targets": [1.0],
        "loss": "squared_error",
        "optimizer": nn.SGD(network.parameters()),
        "epochs": 1,
        **settings,
        name: thing,
    }
    first = [given.pop(argument) for argument in ("model", "inputs", "targets")]
    return nn.fit(*first, **given)


def debug_training(name: str, thing: Any) -> Any:
    network = model()
    given = {
        "model": network,
        "inputs": [[1.0, 2.0]],
        "targets": [1.0],
        "loss": "squared_error",
        "optimizer": nn.SGD(network.parameters()),
        "epochs": 1,
        "stdin": io.StringIO(),
        "stdout": io.StringIO(),
        name: thing,
    }
    return nn.debug_training(**given)


W = Value(1.0)
OF_INPUTS = at.record(square, inputs=(1.0,))
OF_PARAMETERS = at.record(lambda x: W * x, inputs=(1.0,), parameters=[W])
FILE = Path(tempfile.mkdtemp(dir=FOLDER.name), "model.json")
nn.save(model(), FILE)

NUMBER = HUGE | fine(*ARRAYS, *PLAIN)
FUNCTION = fine(*FUNCTIONS)
POSITIVE = {"huge": ArgumentError, "very huge": ArgumentError}
RATE = {"nan": ArgumentError, "negative": ArgumentError, **fine("bool", "0-d array of a Value")}
BELOW_1 = {**RATE, "bool": ArgumentError}
LENGTHS: Errors = dict.fromkeys(LISTED, LengthError)
LENGTHS_FIRST = LENGTHS | dict.fromkeys(BAD_ARRAYS, LengthError)
LOSS = HUGE | dict.fromkeys(SEQUENCES, ArgumentTypeError) | fine("0-d array of a Value", *PLAIN)
LOSS |= dict.fromkeys(("array of text", "array of complex", "array of None"), ArgumentTypeError)
SETTING = fine("None", *FUNCTIONS) | dict.fromkeys(TEXTS, UnknownNameError)
EXAMPLE = dict.fromkeys(("0-d array of a Value", *PLAIN, *BAD_NUMBERS), LengthError) | fine(*SEQUENCES)
EXAMPLE |= dict.fromkeys(BAD_ARRAYS, OperandError)
PENALTY = fine(*LISTED, "set") | dict.fromkeys(BAD_ARRAYS, OperandError)
BATCH = dict.fromkeys(PLAIN, ShapeError) | fine(
    "list of floats", "range", "deque", "array of floats", "array of bools"
)
FLAG = fine(
    *(kind for kind in KINDS if kind not in {*TEXTS, "bytes", *LISTED, *COLLECTIONS, *BAD_ARRAYS}), "generator"
)
POSITIONS = fine("range", *BAD_NUMBERS)

ENGINE: dict[str, Argument] = {
    "grad, the root": Argument(lambda x: at.grad(x, one()), OperandError, fine(*FUNCTIONS)),
    "grad, argnums": Argument(partial(at.grad, square), OperandError, POSITIONS | fine("None")),
    "value_and_grad": Argument(at.value_and_grad, OperandError, FUNCTION),
    "value_and_grad, argnums": Argument(partial(at.value_and_grad, square), OperandError, POSITIONS),
    "hessian, argnums": Argument(partial(at.hessian, square), OperandError, POSITIONS | fine("None")),
    "jacobian, argnums": Argument(partial(at.jacobian, square), OperandError, POSITIONS | fine("None")),
    "jvp": Argument(lambda x: at.jvp(x, (1.0,), (1.0,)), OperandError, FUNCTION),
    "jvp, the primals": Argument(lambda x: at.jvp(square, x, (1.0,)), OperandError, LENGTHS_FIRST),
    "jvp, the tangents": Argument(lambda x: at.jvp(square, (1.0,), x), OperandError, LENGTHS_FIRST),
    "hessian_vector_product": Argument(
        lambda x: at.hessian_vector_product(x, (1.0,), (1.0,)), OperandError, FUNCTION
    ),
    "hessian_vector_product, the primals": Argument(
        lambda x: at.hessian_vector_product(square, x, (1.0,)), OperandError, LENGTHS_FIRST
    ),
    "hessian_vector_product, the tangents": Argument(
        lambda x: at.hessian_vector_product(square, (1.0,), x), OperandError, LENGTHS_FIRST
    ),
    "derivative": Argument(at.derivative, OperandError, FUNCTION),
    "derivative, the order": Argument(partial(at.derivative, square), OperandError),
    "taylor": Argument(lambda x: at.taylor(x, 1.0, 2), OperandError, FUNCTION),
    "taylor, the order": Argument(partial(at.taylor, square, 1.0), OperandError),
    "check_gradients": Argument(lambda x: at.check_gradients(x, [1.0]), OperandError, FUNCTION),
    "affine, the weights": Argument(lambda x: at.affine(x, one(), [0.0]), OperandError),
    "affine, the inputs": Argument(lambda x: at.affine([[1.0]], x, [0.0]), OperandError, LENGTHS),
    "affine, the biases": Argument(lambda x: at.affine([[1.0]], one(), x), OperandError, LENGTHS_FIRST),
    "dot, the weights": Argument(lambda x: at.dot(x, one()), OperandError, LENGTHS),
    "dot, the inputs": Argument(lambda x: at.dot(one(), x), OperandError, LENGTHS),
    "dot, the bias": Argument(lambda x: at.dot(one(), one(), x), OperandError, NUMBER),
    "sum": Argument(at.sum, OperandError, fine(*LISTED)),
    "sum, the start": Argument(partial(at.sum, one()), OperandError, NUMBER),
    "dist, the first": Argument(lambda x: at.dist(x, one()), OperandError, LENGTHS),
    "dist, the second": Argument(lambda x: at.dist(one(), x), OperandError, LENGTHS),
    **{
        name: Argument(getattr(at, name), OperandError, fine(*LISTED))
        for name in ("max", "min", "softmax", "softmin", "log_softmax", "std", "var")
    },
    **{name: Argument(getattr(at, name), OperandError, NUMBER) for name in ("fabs", "logsigmoid", "log", "gelu")},
    "log, the base": Argument(lambda x: at.log(2.0, x), OperandError, NUMBER | fine("None")),
    "round, the digits": Argument(lambda x: at.round(Value(0.5), x), OperandError, NUMBER | fine("None")),
    "prelu": Argument(lambda x: at.prelu(x, 0.1), OperandError, NUMBER),
    "prelu, the slope": Argument(lambda x: at.prelu(Value(0.5), x), OperandError, NUMBER),
    "name_values": Argument(at.name_values, OperandError, fine("dict")),
    "register_hook": Argument(lambda x: Value(0.5).register_hook(x), OperandError, FUNCTION),
    "label": Argument(lambda x: setattr(Value(0.5), "label", x), OperandError, fine(*TEXTS)),
    "Value, the label": Argument(lambda x: Value(1.0, label=x), OperandError, fine(*TEXTS)),
    "no_grad": Argument(at.no_grad, OperandError, FUNCTION | fine("None")),
    "no_gc": Argument(at.no_gc, OperandError, FUNCTION | fine("None")),
    "record_lines": Argument(at.record_lines, OperandError, FUNCTION | fine("None")),
    "detect_anomaly": Argument(at.detect_anomaly, OperandError, FUNCTION | fine("None")),
    "primitive, the text": Argument(lambda x: at.primitive("new", x, square, lambda x, z: (1.0,)), PrimitiveError),
    "primitive, compute": Argument(
        lambda x: at.primitive("new", "new({x})", x, lambda x, z: (1.0,)),
        PrimitiveError,
        fine("class", "class of nodes"),
    ),
    "primitive, partials": Argument(
        lambda x: at.primitive("new", "new({x})", square, x), PrimitiveError, fine("class", "class of nodes")
    ),
    "Symbol": Argument(at.Symbol, OperandError, fine(*TEXTS)),
    "Trace": Argument(at.Trace, OperandError),
    **{
        name: Argument(getattr(at, name), SubjectError)
        for name in ("draw", "to_dot", "to_json", "to_latex", "to_mermaid", "to_svg")
    },
    "record": Argument(
        at.record, OperandError, fine("class of nodes", "function") | dict.fromkeys(("class",), RecordError)
    ),
    "record, the inputs": Argument(
        lambda x: at.record(square, inputs=x),
        OperandError,
        fine("list of floats", "range", "deque", "array of floats", "array of bools"),
    ),
    "record, the parameters": Argument(
        lambda x: at.record(square, inputs=(1.0,), parameters=x), OperandError, fine(*VALUES, "generator")
    ),
    "record, the back-end": Argument(
        lambda x: at.record(square, inputs=(1.0,), backend=x), OperandError, fine("None")
    ),
    "record, on_mismatch": Argument(lambda x: at.record(square, inputs=(1.0,), on_mismatch=x), OperandError),
    "Sharded": Argument(lambda x: at.Sharded(x, ThreadPoolExecutor), OperandError),
    "Sharded, the executor": Argument(lambda x: at.Sharded(OF_PARAMETERS, x), OperandError, FUNCTION),
    **{
        f"Sharded, {name}": Argument(
            lambda x, name=name: at.Sharded(OF_PARAMETERS, ThreadPoolExecutor, **{name: x}),
            OperandError,
            fine("huge", "very huge"),
        )
        for name in ("shards", "retries")
    },
    "a program": Argument(OF_INPUTS, OperandError, BATCH),
    "Program.gradient": Argument(OF_INPUTS.gradient, OperandError, BATCH),
    "Program.evaluate": Argument(OF_PARAMETERS.evaluate, OperandError, BATCH),
    "Program.differentiate, the reduction": Argument(
        lambda x: OF_PARAMETERS.differentiate([1.0], reduction=x), OperandError
    ),
    "Program.parameters": Argument(
        lambda x: setattr(OF_PARAMETERS, "parameters", x),
        OperandError,
        dict.fromkeys(("list of floats", "range", "deque", "array of floats", "array of bools"), ShapeError)
        | fine(*PLAIN),
    ),
}

NETWORKS: dict[str, Argument] = {
    "Neuron": Argument(nn.Neuron, ArgumentTypeError, POSITIVE),
    "Neuron, the activation": Argument(lambda x: nn.Neuron(2, activation=x), ArgumentTypeError, SETTING),
    "Neuron, the initializer": Argument(lambda x: nn.Neuron(2, initializer=x), ArgumentTypeError, SETTING),
    "Neuron, the seed": Argument(lambda x: nn.Neuron(2, seed=x), ArgumentTypeError, fine("None", *BAD_NUMBERS)),
    "Neuron, the input": Argument(nn.Neuron(2, seed=0), ArgumentTypeError, EXAMPLE),
    "Layer": Argument(lambda x: nn.Layer(x, 2), ArgumentTypeError, POSITIVE),
    "Layer, the outputs": Argument(lambda x: nn.Layer(2, x), ArgumentTypeError, POSITIVE),
    "Layer, the input": Argument(nn.Layer(2, 2, seed=0), ArgumentTypeError, EXAMPLE),
    "MLP": Argument(lambda x: nn.MLP(x, [2, 1]), ArgumentTypeError, POSITIVE),
    "MLP, the layers": Argument(lambda x: nn.MLP(2, x), ArgumentTypeError),
    "MLP, the input": Argument(model(), ArgumentTypeError, EXAMPLE),
    "Sequential": Argument(nn.Sequential, ArgumentTypeError, FUNCTION),
    "Module.load_state_dict": Argument(lambda x: model().load_state_dict(x), ArgumentTypeError, {"dict": StateError}),
    **{
        f"{kind.__name__}, the parameters": Argument(kind, ArgumentTypeError, fine(*VALUES, "generator"))
        for kind in (nn.SGD, nn.RMSprop, nn.Adam, nn.AdamW)
    },
    **{
        f"{kind.__name__}, the rate": Argument(partial(kind, one()), ArgumentTypeError, RATE)
        for kind in (nn.SGD, nn.RMSprop, nn.Adam, nn.AdamW)
    },
    "SGD, the momentum": Argument(lambda x: nn.SGD(one(), momentum=x), ArgumentTypeError, RATE),
    "SGD, the weight decay": Argument(lambda x: nn.SGD(one(), weight_decay=x), ArgumentTypeError, RATE),
    "Optimizer.lr": Argument(lambda x: setattr(nn.SGD(one()), "lr", x), ArgumentTypeError, RATE),
    "RMSprop, alpha": Argument(lambda x: nn.RMSprop(one(), alpha=x), ArgumentTypeError, BELOW_1),
    "Adam, the betas": Argument(
        lambda x: nn.Adam(one(), betas=x),
        ArgumentTypeError,
        {"list of Values": ArgumentError, "tuple": ArgumentError, **fine("list of floats")},
    ),
    "Adam, eps": Argument(lambda x: nn.Adam(one(), eps=x), ArgumentTypeError, RATE),
    "clip_gradient_norm": Argument(
        lambda x: nn.clip_gradient_norm(x, 1.0), ArgumentTypeError, fine(*VALUES, "generator")
    ),
    "clip_gradient_norm, the limit": Argument(partial(nn.clip_gradient_norm, one()), ArgumentTypeError, RATE),
    "clip_gradient_value": Argument(
        lambda x: nn.clip_gradient_value(x, 1.0), ArgumentTypeError, fine(*VALUES, "generator")
    ),
    "clip_gradient_value, the limit": Argument(partial(nn.clip_gradient_value, one()), ArgumentTypeError, RATE),
    "batches": Argument(lambda x: nn.batches(x, [1.0, 2.0], 1), ArgumentTypeError, fine(*SEQUENCES, *BAD_ARRAYS)),
    "batches, the targets": Argument(
        lambda x: nn.batches([1.0, 2.0], x, 1), ArgumentTypeError, fine(*SEQUENCES, *BAD_ARRAYS)
    ),
    "batches, the size": Argument(lambda x: nn.batches([1.0], [1.0], x), ArgumentTypeError, POSITIVE),
    "batches, shuffle": Argument(lambda x: nn.batches([1.0], [1.0], 1, shuffle=x), ArgumentTypeError, FLAG),
    "batches, the seed": Argument(
        lambda x: nn.batches([1.0], [1.0], 1, seed=x), ArgumentTypeError, fine("None", *BAD_NUMBERS)
    ),
    "save": Argument(lambda x: nn.save(x, FILE), ArgumentTypeError),
    "save, the path": Argument(partial(nn.save, model()), ArgumentTypeError, fine(*TEXTS)),
    "load": Argument(lambda x: nn.load(x, FILE), ArgumentTypeError),
    "load, the path": Argument(partial(nn.load, model()), ArgumentTypeError, fine(*TEXTS)),
    **{
        name: Argument(getattr(nn, name), ArgumentTypeError)
        for name in ("to_arrays", "to_torch_source", "from_torch")
    },
    "from_arrays": Argument(nn.from_arrays, ArgumentTypeError, {"dict": ArgumentError}),
    "from_arrays, the hidden activation": Argument(
        lambda x: nn.from_arrays(nn.to_arrays(model()), hidden=x),
        ArgumentTypeError,
        fine(*FUNCTIONS) | dict.fromkeys(TEXTS, UnknownNameError),
    ),
    "load_arrays": Argument(lambda x: nn.load_arrays(x, {}), ArgumentTypeError),
    "load_arrays, the arrays": Argument(partial(nn.load_arrays, model()), ArgumentTypeError, {"dict": ArgumentError}),
    **{
        name: Argument(lambda x, name=name: getattr(nn, name)(x, FILE), ArgumentTypeError)
        for name in ("save_safetensors", "to_onnx")
    },
    **{
        f"{name}, the path": Argument(partial(getattr(nn, name), model()), ArgumentTypeError, fine(*TEXTS))
        for name in ("save_safetensors", "to_onnx")
    },
    "load_safetensors": Argument(nn.load_safetensors, ArgumentTypeError, fine(*TEXTS)),
    "fit, the model": Argument(partial(fit, "model"), ArgumentTypeError),
    **{
        f"fit, the {name}": Argument(
            partial(fit, name), ArgumentTypeError, dict.fromkeys((*SEQUENCES, *BAD_ARRAYS), LengthError)
        )
        for name in ("inputs", "targets")
    },
    "fit, the loss": Argument(
        partial(fit, "loss"), ArgumentTypeError, fine(*FUNCTIONS) | dict.fromkeys(TEXTS, UnknownNameError)
    ),
    "fit, the optimizer": Argument(partial(fit, "optimizer"), ArgumentTypeError),
    "fit, the epochs": Argument(partial(fit, "epochs"), ArgumentTypeError, POSITIVE),
    "fit, the batch size": Argument(partial(fit, "batch_size"), ArgumentTypeError, POSITIVE),
    "fit, the seed": Argument(partial(fit, "seed"), ArgumentTypeError, fine("None", *BAD_NUMBERS)),
    "fit, the schedule": Argument(partial(fit, "schedule"), ArgumentTypeError, fine("None", *FUNCTIONS)),
    "fit, the validation": Argument(partial(fit, "validation"), ArgumentTypeError, fine("None", "list of floats")),
    "fit, the patience": Argument(
        partial(fit, "patience", validation=([[1.0, 2.0]], [1.0])), ArgumentTypeError, POSITIVE | fine("None")
    ),
    "fit, the metrics": Argument(partial(fit, "metrics"), ArgumentTypeError, fine("None")),
    "fit, the callbacks": Argument(partial(fit, "callbacks"), ArgumentTypeError),
    **{
        f"fit, {name}": Argument(partial(fit, name), ArgumentTypeError, FLAG)
        for name in ("shuffle", "progress", "replay")
    },
    **{
        f"debug_training, the {name}": Argument(partial(debug_training, name), ArgumentTypeError)
        for name in ("model", "optimizer")
    },
    **{
        f"debug_training, the {name}": Argument(
            partial(debug_training, name), ArgumentTypeError, dict.fromkeys((*SEQUENCES, *BAD_ARRAYS), LengthError)
        )
        for name in ("inputs", "targets")
    },
    **{
        f"debug_training, {name}": Argument(partial(debug_training, name), ArgumentTypeError, POSITIVE)
        for name in ("epochs", "batch_size", "history")
    },
    **{
        f"debug_training, {name}": Argument(partial(debug_training, name), ArgumentTypeError, RATE | fine("None"))
        for name in ("clip_norm", "clip_value")
    },
    "debug_training, the loss": Argument(
        partial(debug_training, "loss"),
        ArgumentTypeError,
        fine(*FUNCTIONS) | dict.fromkeys(TEXTS, UnknownNameError),
    ),
    "debug_training, the seed": Argument(
        partial(debug_training, "seed"), ArgumentTypeError, fine("None", *BAD_NUMBERS)
    ),
    "debug_training, the schedule": Argument(
        partial(debug_training, "schedule"), ArgumentTypeError, fine("None", *FUNCTIONS)
    ),
    "debug_training, shuffle": Argument(partial(debug_training, "shuffle"), ArgumentTypeError, FLAG),
    **{
        f"losses.{name}, the {which}": Argument(
            partial(lambda loss, swap, x: loss(1.0, x) if swap else loss(x, 1.0), getattr(nn.losses, name), swap),
            OperandError,
            LOSS,
        )
        for name in ("squared_error", "half_squared_error", "absolute_error", "huber")
        for which, swap in (("prediction", False), ("target", True))
    },
    "losses.hinge": Argument(
        lambda x: nn.losses.hinge(x, 1.0), ArgumentTypeError, fine("0-d array of a Value", *PLAIN)
    ),
    "losses.hinge, the target": Argument(
        lambda x: nn.losses.hinge(Value(0.5), x),
        ArgumentTypeError,
        {"0-d array of a Value": ArgumentError, "nan": ArgumentError, **fine("bool", "negative")},
    ),
    "losses.binary_cross_entropy": Argument(
        lambda x: nn.losses.binary_cross_entropy(x, 1.0), ArgumentTypeError, RATE
    ),
    "losses.binary_cross_entropy, the target": Argument(
        lambda x: nn.losses.binary_cross_entropy(Value(0.5), x), ArgumentTypeError, RATE
    ),
    "losses.l1_penalty": Argument(nn.losses.l1_penalty, ArgumentTypeError, PENALTY),
    "losses.l2_penalty": Argument(nn.losses.l2_penalty, ArgumentTypeError, PENALTY),
    "metrics.r2_score": Argument(lambda x: nn.metrics.r2_score(x, [1.0, -1.0]), ArgumentTypeError, fine(*SEQUENCES)),
    "metrics.r2_score, the targets": Argument(
        lambda x: nn.metrics.r2_score([1.0, -1.0], x), ArgumentTypeError, fine(*SEQUENCES)
    ),
    "schedules.constant": Argument(nn.schedules.constant, ArgumentTypeError, RATE),
    "schedules.step_decay": Argument(lambda x: nn.schedules.step_decay(x, 2), ArgumentTypeError, RATE),
    "schedules.step_decay, the steps": Argument(
        lambda x: nn.schedules.step_decay(0.1, x), ArgumentTypeError, POSITIVE
    ),
    "schedules.exponential": Argument(lambda x: nn.schedules.exponential(x, 0.5), ArgumentTypeError, RATE),
    "schedules.exponential, the factor": Argument(
        lambda x: nn.schedules.exponential(0.1, x), ArgumentTypeError, RATE
    ),
    "schedules.cosine": Argument(lambda x: nn.schedules.cosine(x, 5), ArgumentTypeError, RATE),
    "schedules.cosine, the steps": Argument(lambda x: nn.schedules.cosine(0.1, x), ArgumentTypeError, POSITIVE),
    "schedules.warmup": Argument(
        lambda x: nn.schedules.warmup(x, nn.schedules.constant(0.1)), ArgumentTypeError, POSITIVE
    ),
    "schedules.warmup, the schedule": Argument(partial(nn.schedules.warmup, 2), ArgumentTypeError, FUNCTION),
}
ELSEWHERE = {"GradientCheck", "Primitive", "ReplayMismatch"}
ELSEWHERE |= {"topological_order", "leaves"}  # tests/engine/test_wrong_arguments.py
RECORDS = {"Module", "Optimizer", "History", "ReplayWarning"}
"""Base classes, a record that `fit` fills, and its warning."""

EXPECTED = re.compile(
    r"takes |expected |choose |must |was recorded for|names no|has no|too large for a float|let it|build the"
)
"""The part of a sentence that says what was expected, or how to mend it."""

REMEDIES: dict[str, Callable[[Any], Any]] = {
    "convert it with float(...) first": float,
    "take its .real part": lambda x: x.real,
    "take its element with .item()": lambda x: x.item(),
    "put it into a list: [x]": lambda x: [x],
    "pass its values: list(xs.values())": lambda xs: list(xs.values()),
    "put its elements in order: sorted(xs)": sorted,
}
"""Remedies that a machine can follow, by the end of the sentence."""


def state() -> Any:
    """Return what a refused call must leave as it was, besides its own arguments."""
    files = sorted((path.name, path.stat().st_mtime_ns) for path in FILE.parent.iterdir())
    program = OF_PARAMETERS.parameters.tolist(), OF_PARAMETERS.gradients.tolist(), W.data, W.grad
    return switches(), len(TABLE), files, program


def elements(thing: Any) -> list[Any]:
    """Return a thing and what is in it, as Python's own numbers where NumPy has others."""
    plain = thing.tolist() if hasattr(thing, "tolist") else thing
    if isinstance(thing, str | bytes | type | Value) or not hasattr(plain, "__iter__"):
        return [thing, plain]
    raw = thing.ravel() if hasattr(thing, "ravel") else ()
    return [thing, *raw, *(plain.values() if isinstance(plain, dict) else plain)]


def problem_of(argument: Argument, kind: str) -> str:
    """Return what is wrong with the refusal of one kind of argument; nothing where all is well."""
    given, before = KINDS[kind](), state()
    inside = elements(KINDS[kind]() if kind == "generator" else given)
    numbers = [(x.data, x.grad, x.label) for x in inside if isinstance(x, Value)]
    expected = argument.others.get(kind, argument.error)
    error: BaseException | None = None
    try:
        argument.call(given)
    except Exception as raised:  # noqa: BLE001 - any other one is what is looked for
        error = raised
    if type(error) is not expected:
        return f"raised {error!r:.200}, not {expected}"
    if state() != before or [(x.data, x.grad, x.label) for x in inside if isinstance(x, Value)] != numbers:
        return "changed something"
    sentence = str(error)
    names = {type(x).__name__ for x in inside} | ({"float", "Value"} if kind in {*LISTED, *BAD_ARRAYS} else set())
    if isinstance(error, OperandError | ArgumentTypeError) and not any(f"'{name}'" in sentence for name in names):
        return f"does not say what arrived: {sentence:.200}"
    if not EXPECTED.search(sentence):
        return f"does not say what was expected: {sentence:.200}"
    if len(sentence) > 1500:
        return "is too long"
    return problem_of_remedy(argument, kind, sentence)


def problem_of_remedy(argument: Argument, kind: str, sentence: str) -> str:
    """Return that the remedy at the end of a sentence, and those that follow, lead to the same refusal for ever."""
    thing = KINDS[kind]()
    for _ in range(4):
        remedy = next((end for end in REMEDIES if sentence.endswith(f"; {end}")), None)
        if remedy is None:
            return ""
        thing = REMEDIES[remedy](thing)
        try:
            argument.call(thing)
        except (ValueError, ArithmeticError):
            return ""  # of the right type now
        except TypeError as error:
            sentence = str(error)
        else:
            return ""
    return f"names remedies that fail: {sentence:.200}"


def problems(arguments: dict[str, Argument]) -> tuple[int, list[str]]:
    """Return the number of cells, and those that are wrong."""
    cells, wrong = 0, []
    for name, argument in arguments.items():
        for kind in KINDS:
            if argument.others.get(kind, argument.error) is not None:
                cells += 1
                problem = problem_of(argument, kind)
                wrong += [f"{name}, {kind}: {problem}"] if problem else []
    return cells, wrong


@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
def test_every_argument_refuses_every_wrong_kind(report_figure: Callable[[str], None]) -> None:
    arguments = ENGINE | NETWORKS
    cells, wrong = problems(arguments)
    assert wrong == []
    assert cells >= 3000
    report_figure(f"{cells:,} cells: {len(arguments)} arguments of public functions, {len(KINDS)} kinds")


def test_every_public_function_has_its_row() -> None:
    called = {name.partition(",")[0].partition(".")[0] for name in ENGINE}
    public = {name for name in at.__all__ if name not in TABLE and "Error" not in name}
    assert public - called - ELSEWHERE == set()
    networks = {name.partition(",")[0].partition(".")[0] for name in NETWORKS}
    modules = {"activations", "initializers", "losses", "metrics", "schedules"}
    functions = {name for name in nn.__all__ if "Error" not in name}
    assert functions - networks - modules - RECORDS == set()


def refusing(x: Any) -> None:
    raise OperandError("planted", x, expected="nothing", remedy="convert it with float(...) first")


def changing(x: Any) -> None:
    W.grad += 1.0
    refusing(x)


def wrong_type(x: Any) -> None:
    raise ValueError(x)


def mute(x: Any) -> None:
    error = OperandError("planted", x, expected="nothing", remedy="")
    error.args = ("no",)
    raise error


@pytest.mark.parametrize(
    ("planted", "problem"),
    [
        (lambda x: None, "raised None"),
        (wrong_type, "raised ValueError"),
        (changing, "changed something"),
        (mute, "does not say what arrived"),
        (refusing, "names remedies that fail"),
    ],
)
def test_planted_refusal_is_found(planted: Callable[[Any], Any], problem: str) -> None:
    assert problem in problem_of(Argument(planted, OperandError), "text of a number")
    W.grad = 0.0
