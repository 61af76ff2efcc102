"""Promise 8: 16 threads call every public function at once on shared objects: exact, or refused by a named error.

A call either returns the same each time, or changes something by the same step each time: then the end is compared
with that of as many calls in one thread.
"""

from __future__ import annotations

import copy
import gc
import io
import itertools
import math
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import autograd_tiny as at
import nn
from autograd_tiny import Value, no_gc, no_grad, record
from autograd_tiny.engine import value as value_module
from autograd_tiny.engine.hooks import HOOKS, has_hooks
from autograd_tiny.errors import AutogradError, NestedPassError, OvertakenError, PrimitiveError, ReplayMismatch
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.program import Program
from tests.sampling import sizes

THREADS = 16
REFUSALS = (NestedPassError, OvertakenError, PrimitiveError)


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


class Shared(NamedTuple):
    """A call on shared objects.

    Attributes:
        call: returns the same each time, something with a repr.
        state: returns what each call changes by the same step; None if nothing changes.
    """

    call: Callable[[], Any]
    state: Callable[[], Any] = lambda: None


def plain(result: Any) -> Any:
    """Return numbers and graphs as something that can be compared: data and inputs of a Value, nan as text."""
    if isinstance(result, Value):
        return repr(result.data), len(result.inputs)
    if isinstance(result, dict):
        return {repr(key): plain(element) for key, element in result.items()}
    if isinstance(result, list | tuple):
        return [plain(element) for element in result]
    return repr(result.tolist()) if hasattr(result, "tolist") else repr(result)


def repeated(call: Callable[[], Any], times: int) -> tuple[list[Any], int]:
    """Call a function so many times; return the results and the number of refusals."""
    results = []
    for _ in range(times):
        with suppress(*REFUSALS):
            results.append(plain(call()))
    return results, times - len(results)


def in_threads(call: Callable[[], Any], times: int) -> tuple[list[Any], int]:
    """Call a function in 16 threads at once, so many times in each; return the results and the number of refusals."""
    start = threading.Barrier(THREADS)

    def work() -> tuple[list[Any], int]:
        start.wait(120.0)
        return repeated(call, times)

    with ThreadPoolExecutor(THREADS) as pool:
        done = [future.result() for future in [pool.submit(work) for _ in range(THREADS)]]
    return [result for results, _ in done for result in results], sum(refused for _, refused in done)


def check(make: Callable[[], Shared], times: int) -> tuple[int, int]:
    """Compare calls in threads with as many one after another; return the numbers of calls and of refusals."""
    alone, shared = make(), make()
    (expected, *_), _ = repeated(alone.call, THREADS * times)
    results, refused = in_threads(shared.call, times)
    if shared.state() is None:
        assert all(result == expected for result in results), "another number"
    assert plain(shared.state()) == plain(alone.state()), "another state"
    assert gc.isenabled()
    assert (Value(1.0) * 2.0).inputs
    return len(results), refused


# ── functions of numbers ───────────────────────────────────────────────────────────────────────────────────────


def of_row(row: Primitive) -> Callable[[], Shared]:
    def make() -> Shared:
        domain = row.domain if len(row.domain) == row.arity else [(0.5, 1.5)] * row.arity
        operands = [
            [Value(low + (0.3 + 0.2 * k) * (high - low)) for k in range(3)]
            if is_list
            else Value(0.4 * low + 0.6 * high)
            for is_list, (low, high) in zip(row.takes_list, domain, strict=True)
        ]
        inputs = row.flatten(operands)

        def call() -> Any:
            root = getattr(at, row.name)(*operands)
            return root, at.grad(root, inputs, allow_unused=True)

        return Shared(call)

    return make


def graph(rounds: int = 4) -> tuple[Value, list[Value]]:
    """Return the root of a graph with shared nodes of one, two and many inputs, and its leaves."""
    leaves = [Value(0.1 * k - 0.3, label=f"x{k}") for k in range(6)]
    x, y = leaves[0], leaves[1]
    for _ in range(rounds):
        x, y = at.exp(x * y) - at.sum([*leaves, x]), at.dot([x, y], leaves[2:4], y) / 8.0
    return x * y, leaves


def of_graph(call: Callable[[Value, list[Value]], Any], rounds: int = 4) -> Callable[[], Shared]:
    def make() -> Shared:
        root, leaves = graph(rounds)
        return Shared(lambda: call(root, leaves))

    return make


def backward() -> Shared:
    root, leaves = graph()
    return Shared(root.backward, lambda: [leaf.grad for leaf in leaves])


def backward_with_hooks() -> Shared:
    root, leaves = graph()
    handles = [leaf.register_hook(lambda gradient: 2.0 * gradient) for leaf in leaves]
    return Shared(root.backward, lambda: ([leaf.grad for leaf in leaves], len(handles)))


def zero_grad() -> Shared:
    root, leaves = graph()
    root.backward()
    return Shared(root.zero_grad, lambda: [leaf.grad for leaf in leaves])


def hooks() -> Shared:
    leaf = Value(1.0)

    def call() -> None:
        leaf.register_hook(float).remove()

    return Shared(call, lambda: (has_hooks(leaf), id(leaf) in HOOKS))


def many_hooks() -> Shared:
    leaf = Value(1.0)
    kept: list[Any] = []
    return Shared(lambda: kept.append(leaf.register_hook(float)), lambda: len(HOOKS[id(leaf)][1]))


def naming() -> Shared:
    root, leaves = graph()
    return Shared(lambda: at.name_values({"root": root}), lambda: [root.label, *(leaf.label for leaf in leaves)])


def paused() -> Any:
    with no_grad(), no_gc():
        return Value(2.0) * 3.0


COUNT = itertools.count()


def watched() -> Shared:
    """Return passes that look for inf and nan, each in its thread."""
    leaf = Value(1.5)

    def call() -> None:
        with at.detect_anomaly():
            (leaf * leaf).backward()

    return Shared(call, lambda: leaf.grad)


def located() -> Shared:
    leaf, found = Value(1.5), []

    def call() -> None:
        without = leaf * leaf
        with at.record_lines():
            found.append((leaf * leaf).line == Value(0.5).line is not None is (without.line is None))

    return Shared(call, lambda: len(found))


def defining() -> Shared:
    name, defined = f"defined_{next(COUNT)}", []

    def call() -> None:
        defined.append(at.primitive(name, f"{name}({{x}})", lambda x: 3.0 * x, lambda x, z: (3.0,)))

    def done() -> int:
        TABLE.pop(name, None)
        return len(defined)

    return Shared(call, done)


def sharded() -> Shared:
    w = Value(0.5)
    program = record(lambda x, y: (at.tanh(w * x) - y) ** 2, inputs=(1.0, 0.5), parameters=[w], backend="numpy")
    shards = at.Sharded(program, ThreadPoolExecutor(2), shards=2)
    return Shared(lambda: both(shards))


def product(xs: list[Any]) -> Any:
    return xs[0] * at.exp(xs[1]) * xs[1]


def method(name: str, *arguments: Any) -> Callable[[], Shared]:
    def make() -> Shared:
        leaf = Value(0.4)
        return Shared(lambda: getattr(leaf, name)(*arguments))

    return make


FUNCTIONS: dict[str, Callable[[], Shared]] = {
    **{name: of_row(TABLE[name]) for name in at.__all__ if name in TABLE},
    "Value": of_graph(lambda root, leaves: Value(root.data) + 1),
    "Primitive": of_graph(lambda root, leaves: TABLE["tanh"](root)),
    "Sharded": sharded,
    "Symbol": of_graph(lambda root, leaves: at.tanh(at.Symbol("x") * 2)),
    "Trace": of_graph(lambda root, leaves: [str(event) for event in at.Trace(root)], rounds=1),
    "GradientCheck": of_graph(lambda root, leaves: at.GradientCheck(1.0, 1.0, 0.0)),
    "affine": of_graph(lambda root, leaves: at.affine([leaves[:2]], leaves[2:4], [root])),
    "check_gradients": of_graph(lambda root, leaves: at.check_gradients(lambda x: at.tanh(x) * x, [0.5])),
    "derivative": of_graph(lambda root, leaves: at.derivative(at.tanh, order=3)(0.5)),
    "detect_anomaly": watched,
    "dist": of_graph(lambda root, leaves: at.dist(leaves[:2], leaves[2:4])),
    "draw": of_graph(lambda root, leaves: at.draw(root)._repr_mimebundle_(), rounds=1),
    "fabs": of_graph(lambda root, leaves: at.fabs(root)),
    "grad": of_graph(lambda root, leaves: [at.grad(root, leaves), at.grad(product)([0.5, 2.0])]),
    "hessian": of_graph(lambda root, leaves: [at.hessian(root, leaves[:2]), at.hessian(product)([0.5, 2.0])]),
    "hessian_vector_product": of_graph(
        lambda root, leaves: at.hessian_vector_product(product, ([0.5, 2.0],), ([1.0, 2.0],))
    ),
    "jacobian": of_graph(lambda root, leaves: at.jacobian([root, leaves[0] * root], leaves[:2])),
    "jvp": of_graph(lambda root, leaves: at.jvp(product, ([0.5, 2.0],), ([1.0, 2.0],))),
    "leaves": of_graph(lambda root, leaves: at.leaves(root)),
    "log_softmax": of_graph(lambda root, leaves: at.log_softmax(leaves)),
    "logsigmoid": of_graph(lambda root, leaves: at.logsigmoid(root)),
    "name_values": naming,
    "no_gc": of_graph(lambda root, leaves: paused()),
    "no_grad": of_graph(lambda root, leaves: no_grad(lambda: root * 2.0)()),
    "prelu": of_graph(lambda root, leaves: at.prelu(root, leaves[0])),
    "primitive": defining,
    "record_lines": located,
    "record": of_graph(
        lambda root, leaves: record(
            lambda x: at.tanh(leaves[2] * x), inputs=(1.0,), parameters=leaves[2:3]
        ).differentiate([2.0, 3.0])
    ),
    "softmax": of_graph(lambda root, leaves: at.softmax(leaves)),
    "softmin": of_graph(lambda root, leaves: at.softmin(leaves)),
    "std": of_graph(lambda root, leaves: at.std(leaves)),
    "taylor": of_graph(lambda root, leaves: at.taylor(at.tanh, 0.5, 3)),
    "to_dot": of_graph(lambda root, leaves: at.to_dot(root), rounds=1),
    "to_json": of_graph(lambda root, leaves: at.to_json(root), rounds=1),
    "to_latex": of_graph(lambda root, leaves: at.to_latex(root), rounds=1),
    "to_mermaid": of_graph(lambda root, leaves: at.to_mermaid(root), rounds=1),
    "to_svg": of_graph(lambda root, leaves: at.to_svg(root), rounds=1),
    "topological_order": of_graph(lambda root, leaves: at.topological_order(root)),
    "value_and_grad": of_graph(lambda root, leaves: at.value_and_grad(product)([0.5, 2.0])),
    "var": of_graph(lambda root, leaves: at.var(leaves)),
}
METHODS: dict[str, Callable[[], Shared]] = {
    "backward": backward,
    "backward with hooks": backward_with_hooks,
    "zero_grad": zero_grad,
    "register_hook": many_hooks,
    "remove": hooks,
    "explain": of_graph(lambda root, leaves: str(root.explain()), rounds=1),
    "trace": of_graph(lambda root, leaves: [str(event) for event in root.trace(forward=True)], rounds=1),
    "draw": of_graph(lambda root, leaves: root.draw()._repr_mimebundle_(), rounds=1),
    "copy": of_graph(lambda root, leaves: copy.copy(root)),
    "deepcopy": of_graph(lambda root, leaves: at.grad(twin := copy.deepcopy(root), at.leaves(twin))),
    "pickle": of_graph(lambda root, leaves: at.grad(twin := pickle.loads(pickle.dumps(root)), at.leaves(twin))),
    **{name: method(name, 1.5) for name in ("arctan2", "atan2", "copysign", "fmod", "hypot", "maximum", "minimum")},
    **{name: method(name) for name in ("acosh", "arccosh")},
}
NOT_CALLED = {"debug", "apply_primitive", "record_unary"}
"""A prompt, and the ways of the engine to record a row, which all functions above use."""


# ── nn ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def network() -> tuple[Any, list[Value]]:
    model = nn.MLP(2, [3, 1], hidden="tanh", seed=0)
    parameters = model.parameters()
    for k, p in enumerate(parameters):
        p.grad = 0.125 * k - 0.5
    return model, parameters


def of_model(call: Callable[[Any, list[Value]], Any]) -> Callable[[], Shared]:
    def make() -> Shared:
        model, parameters = network()
        return Shared(lambda: call(model, parameters))

    return make


def changing(call: Callable[[Any, list[Value]], Any]) -> Callable[[], Shared]:
    def make() -> Shared:
        model, parameters = network()
        return Shared(lambda: call(model, parameters), lambda: [(p.data, p.grad, p.label) for p in parameters])

    return make


def step(kind: Any, **settings: Any) -> Callable[[], Shared]:
    def make() -> Shared:
        _, parameters = network()
        optimizer = kind(parameters, lr=0.01, **settings)

        def state() -> Any:
            return [p.data for p in parameters], [(k, x) for k, x in vars(optimizer).items() if k != "parameters"]

        return Shared(optimizer.step, state)

    return make


INPUTS, TARGETS = [[0.5, -1.0], [1.0, 2.0], [-0.5, 0.25]], [1.0, 0.0, -1.0]


def fitting(**settings: Any) -> Callable[[], Shared]:
    def make() -> Shared:
        model, parameters = network()
        optimizer = nn.Adam(parameters, lr=0.01)

        def call() -> None:
            nn.fit(
                *(model, INPUTS, TARGETS),
                **{
                    "loss": "squared_error",
                    "optimizer": optimizer,
                    "epochs": 1,
                    "batch_size": 2,
                    "seed": 0,
                    **settings,
                },
            )

        return Shared(call, lambda: ([p.data for p in parameters], optimizer._m, optimizer._v, optimizer._t))

    return make


def walking() -> Shared:
    model, parameters = network()
    optimizer = nn.Adam(parameters, lr=0.01)

    def call() -> None:
        nn.debug_training(
            *(model, INPUTS, TARGETS),
            loss="squared_error",
            optimizer=optimizer,
            epochs=1,
            batch_size=2,
            seed=0,
            stdin=io.StringIO("n epoch\n"),
            stdout=io.StringIO(),
        )

    return Shared(call, lambda: ([p.data for p in parameters], optimizer._m, optimizer._v, optimizer._t))


def differentiated(loss: Callable[[Any], Any]) -> Callable[[Any, list[Value]], Any]:
    def call(model: Any, parameters: list[Value]) -> Any:
        root = loss([model(x) for x in INPUTS])
        return root, at.grad(root, parameters, allow_unused=True)

    return call


def in_file(model: Any, path: Path) -> Any:
    nn.save(model, path)
    nn.load(model, path)


SCHEDULES = nn.schedules
LOSSES: dict[str, Callable[[list[Any]], Any]] = {
    "squared_error": lambda ys: nn.losses.squared_error(ys, TARGETS),
    "half_squared_error": lambda ys: nn.losses.half_squared_error(ys, TARGETS),
    "absolute_error": lambda ys: nn.losses.absolute_error(ys, TARGETS),
    "huber": lambda ys: nn.losses.huber(ys, TARGETS),
    "hinge": lambda ys: nn.losses.hinge(ys[0], 1),
    "binary_cross_entropy": lambda ys: nn.losses.binary_cross_entropy(ys[0].sigmoid(), 1.0),
    "binary_cross_entropy_with_logits": lambda ys: nn.losses.binary_cross_entropy_with_logits(ys[0], 1.0),
    "softmax_cross_entropy": lambda ys: nn.losses.softmax_cross_entropy(ys, 1),
    "kl_divergence": lambda ys: nn.losses.kl_divergence(at.softmax(ys), [0.25, 0.25, 0.5]),
    "l1_penalty": nn.losses.l1_penalty,
    "l2_penalty": nn.losses.l2_penalty,
}
NETWORKS: dict[str, Callable[[], Shared]] = {
    "MLP": of_model(differentiated(at.sum)),
    "Layer": of_model(lambda model, parameters: model.layers[0]([1.0, 2.0])),
    "Neuron": of_model(lambda model, parameters: nn.Neuron(2, seed=1)([1.0, 2.0])),
    "Sequential": of_model(lambda model, parameters: nn.Sequential(*model.layers)([1.0, 2.0])),
    "Module": changing(lambda model, parameters: model.zero_grad()),
    "Module.parameters": of_model(
        lambda model, parameters: [len(model.parameters()), model.state_dict(), repr(model)]
    ),
    "Module.label_parameters": changing(lambda model, parameters: model.label_parameters()),
    "Module.load_state_dict": changing(lambda model, parameters: model.load_state_dict(OTHER)),
    "SGD": step(nn.SGD, momentum=0.9, weight_decay=0.1),
    "RMSprop": step(nn.RMSprop, momentum=0.9),
    "Adam": step(nn.Adam),
    "AdamW": step(nn.AdamW),
    "Optimizer": changing(lambda model, parameters: nn.SGD(parameters).zero_grad()),
    "clip_gradient_norm": changing(lambda model, parameters: nn.clip_gradient_norm(parameters, 0.5)),
    "clip_gradient_value": changing(lambda model, parameters: nn.clip_gradient_value(parameters, 0.25)),
    "batches": of_model(lambda model, parameters: list(nn.batches(INPUTS, TARGETS, 2, seed=3))),
    "fit": fitting(),
    "fit without replay": fitting(replay=False),
    "debug_training": walking,
    "to_arrays": of_model(lambda model, parameters: nn.to_arrays(model)),
    "from_arrays": of_model(
        lambda model, parameters: nn.from_arrays(nn.to_arrays(model), hidden="tanh").state_dict()
    ),
    "load_arrays": changing(lambda model, parameters: nn.load_arrays(model, nn.to_arrays(nn.MLP(2, [3, 1], seed=7)))),
    "to_torch_source": of_model(lambda model, parameters: nn.to_torch_source(model)),
    "History": of_model(lambda model, parameters: nn.History(loss=[1.0, 0.5])),
    "check_gradients of a module": of_model(
        lambda model, parameters: at.check_gradients(lambda m: m([0.5, 1.0]) ** 2, model)
    ),
    **{f"losses.{name}": of_model(differentiated(loss)) for name, loss in LOSSES.items()},
    "losses.softmax_cross_entropy at a number": of_model(
        differentiated(lambda ys: nn.losses.softmax_cross_entropy(ys, 2))
    ),
    **{
        f"metrics.{name}": of_model(partial(lambda metric, model, parameters: metric([0.9, -0.8], [1, -1]), metric))
        for name, metric in (("accuracy", nn.metrics.accuracy), ("r2_score", nn.metrics.r2_score))
    },
    "metrics.confusion_matrix": of_model(
        lambda model, parameters: nn.metrics.confusion_matrix([[0.9, 0.1], [0.2, 0.7]], [0, 1])
    ),
    "metrics.predicted_class": of_model(lambda model, parameters: nn.metrics.predicted_class([0.9, 0.1])),
    "schedules": of_model(
        lambda model, parameters: [
            SCHEDULES.warmup(2, schedule)(5)
            for schedule in (
                *(SCHEDULES.constant(0.1), SCHEDULES.step_decay(0.1, 2), SCHEDULES.exponential(0.1, 0.5)),
                SCHEDULES.cosine(0.1, 10),
            )
        ]
    ),
    "initializers": of_model(
        lambda model, parameters: [
            nn.Layer(2, 2, initializer=name, seed=5).state_dict()
            for name in ("zeros", "uniform", "normal", "xavier_uniform", "he_normal", "lecun_normal")
        ]
    ),
    "activations": of_model(
        lambda model, parameters: [
            nn.Neuron(2, activation=name, seed=5)([1.0, 0.5])
            for name in ("relu", "tanh", "sigmoid", "linear", "gelu")
        ]
    ),
}
OTHER = nn.MLP(2, [3, 1], hidden="tanh", seed=7).state_dict()
TESTED_ELSEWHERE = {"save", "load"}  # below, with a file
WITH_ANOTHER_PACKAGE = {"from_torch", "save_safetensors", "load_safetensors", "to_onnx"}


# ── programs ───────────────────────────────────────────────────────────────────────────────────────────────────


def of_program(
    call: Callable[[Any], Any], backend: str, *, changes: bool = False, **settings: Any
) -> Callable[[], Shared]:
    def make() -> Shared:
        weights = [Value(0.5), Value(-0.25), Value(1.5)]

        def loss(x: Any, y: Any) -> Any:
            z = at.tanh(weights[0] * x + weights[1]) * weights[2] - y
            return z * z if z < 3.0 else at.abs(z)

        program = record(loss, inputs=(1.0, 0.5), parameters=weights, backend=backend, **settings)
        numbers = Shared(lambda: call(program))
        return Shared(numbers.call, lambda: [w.grad for w in weights]) if changes else numbers

    return make


def both(program: Any) -> Any:
    losses = program.differentiate(XS, YS)
    return losses, program.gradients


def of_inputs(backend: str) -> Callable[[], Shared]:
    def make() -> Shared:
        program = record(lambda x, y: at.tanh(x) * at.exp(y), inputs=(1.0, 0.5), backend=backend)
        return Shared(lambda: program.gradient(XS, YS))

    return make


XS, YS, OTHER_YS = [0.5, -1.0, 3.0], [1.0, 0.0, 0.25], [1.0, 0.0, -9.0]
PROGRAMS: dict[str, Callable[[], Shared]] = {
    f"{name} of {backend}": make
    for backend in ("numpy", "python", "c")
    for name, make in {
        "call": of_program(lambda program: program(XS, YS), backend),
        "evaluate": of_program(lambda program: program.evaluate(XS, YS), backend),
        "differentiate": of_program(both, backend),
        "backward": of_program(
            lambda program: program.backward([0.5], [1.0], reduction="sum"), backend, changes=True
        ),
        "gradient": of_inputs(backend),
        "load and store": of_program(lambda program: (program.load(), program.store()), backend),
        "eager calls": of_program(lambda program: program(XS, OTHER_YS), backend, on_mismatch="eager"),
        "eager gradients": of_program(
            lambda program: program.backward([3.0], [-9.0]), backend, changes=True, on_mismatch="eager"
        ),
        "copy": of_program(lambda program: copy.copy(program)(XS, YS), backend),
    }.items()
}


def has_compiler() -> bool:
    try:
        record(lambda x: x * 2.0, inputs=(1.0,), backend="c")
    except at.errors.BackendError:
        return False
    return True


# ── the promise ────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_public_name_is_called() -> None:
    errors = {name for name in at.__all__ if isinstance(getattr(at, name), type) and "Error" in name}
    assert set(at.__all__) - FUNCTIONS.keys() - errors - {"ReplayMismatch"} == set()
    names = {
        name
        for name in nn.__all__
        if not isinstance(getattr(nn, name), ModuleType) and not name.endswith(("Error", "Warning"))
    }
    assert names - NETWORKS.keys() - TESTED_ELSEWHERE - WITH_ANOTHER_PACKAGE == set()
    known = {name.partition(".")[2] for name in NETWORKS if name.startswith("losses.")}
    assert {name for name in vars(nn.losses) if name in nn.losses.LOSSES} - known == set()


def unary_methods() -> dict[str, Callable[[], Shared]]:
    """Return a call of each method of a Value that takes no operand."""
    names = [name for name in dir(Value) if not name.startswith("_") and callable(getattr(Value, name))]
    return {name: method(name) for name in names if name not in METHODS and name not in NOT_CALLED}


def judged(make: Callable[[], Shared], times: int) -> tuple[int, int, str]:
    """Return the numbers of calls and of refusals, and the problem."""
    try:
        return *check(make, times), ""
    except AssertionError as error:
        return 0, 0, str(error)


@sizes("times", 1, 60)
@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
def test_sixteen_threads_are_exact_or_refused(
    times: int, tmp_path: Path, report_figure: Callable[[str], None]
) -> None:
    programs = {name: make for name, make in PROGRAMS.items() if not name.endswith(" c") or has_compiler()}
    file = {"save and load": of_model(lambda model, parameters: in_file(model, tmp_path / "model.json"))}
    every = {**FUNCTIONS, **METHODS, **unary_methods(), **NETWORKS, **programs, **file}
    calls, refusals, wrong = 0, {}, []
    for name, make in every.items():
        count, refused, problem = judged(make, times)
        calls += count
        refusals.update({name: refused} if refused else {})
        wrong += [f"{name}: {problem}"] if problem else []
    assert wrong == []
    shown = ", ".join(f"{count:,} of {name}" for name, count in refusals.items())
    report_figure(f"{len(every)} functions in {THREADS} threads: {calls:,} calls exact, refused: {shown or 'none'}")


def check_often(make: Callable[[], Shared]) -> None:
    for _ in range(50):
        check(make, 50)


# ── planted ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_planted_program_without_a_lock_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Program, "_alone", lambda self, place: nullcontext())
    numbers = iter(range(1_000_000))

    def call(program: Any) -> float:
        x = float(next(numbers) % 7)
        return float(program.evaluate([x], [0.0])[0]) - math.tanh(0.5 * x - 0.25) ** 2 * 2.25

    with pytest.raises((AssertionError, ReplayMismatch), match=r"another number|another branch"):  # of another thread
        check_often(of_program(lambda program: abs(call(program)) < 1e-9, "numpy"))


def test_planted_step_without_a_lock_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nn.optimizers, "UPDATE", nullcontext())
    with pytest.raises(AssertionError, match="another state"):
        check_often(step(nn.Adam))


def test_planted_pass_without_a_lock_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unlocked(nullcontext[None]):
        def _is_owned(self) -> bool:
            return False

    monkeypatch.setattr(value_module, "PASS", Unlocked())
    with pytest.raises((AssertionError, AutogradError, AttributeError, TypeError)):
        check_often(backward)
