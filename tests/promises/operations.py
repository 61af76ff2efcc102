"""The public operations that change something, each with what it may change: for interrupts and failing allocations.

`OPERATIONS[name]()` returns a fresh one. Its `act` is done or interrupted; after that, `state()` must be the one
before or the one after it.
"""

from __future__ import annotations

import atexit
import copy
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import autograd_tiny as at
import nn
from autograd_tiny import Value, dot, exp, no_gc, no_grad, record
from autograd_tiny import sum as sum_of
from autograd_tiny.engine.hooks import has_hooks
from autograd_tiny.trace import AnomalyError
from nn.losses import squared_error

FOLDER: Any = tempfile.TemporaryDirectory()
atexit.register(FOLDER.cleanup)


class Operation(NamedTuple):
    """An operation on objects of its own.

    Attributes:
        act: does it.
        state: returns all that it may change.
    """

    act: Callable[[], Any]
    state: Callable[[], Any]


def graph() -> tuple[Value, list[Value]]:
    """Return a root, and all nodes: of one, two and many inputs, and shared ones, with gradients from before."""
    a, b, c = (Value(x) for x in (1.5, -2.0, 0.25))
    d = a * b + c
    e = exp(d) * 2.0
    f = sum_of([d, e, a])
    root = dot([a, f], [e, b], c) / e
    nodes = [a, b, c, d, e, f, root]
    for k, x in enumerate(nodes):
        x.grad = k + 0.5
    return root, nodes


def numbers_of(nodes: list[Value]) -> list[tuple[Any, ...]]:
    return [(x._number, x._grad, x._label, x.primitive and x.primitive.name) for x in nodes]


def of_graph(act: Callable[[Value, list[Value]], Any]) -> Callable[[], Operation]:
    def make() -> Operation:
        root, nodes = graph()
        return Operation(partial(act, root, nodes), partial(numbers_of, nodes))

    return make


def with_hooks() -> Operation:
    root, nodes = graph()
    handles = [nodes[k].register_hook(lambda gradient: gradient * 0.5) for k in (0, 3)]
    return Operation(root.backward, lambda: (numbers_of(nodes), len(handles)))


def registration() -> Operation:
    a = Value(2.0)
    square = a * a
    kept: list[Any] = []
    return Operation(lambda: kept.append(a.register_hook(float)), lambda: (has_hooks(a), square._grad))


def removal() -> Operation:
    a = Value(2.0)
    handle = a.register_hook(float)
    return Operation(handle.remove, lambda: has_hooks(a))


def product(xs: list[Any]) -> Any:
    return xs[0] * xs[1] * xs[1]


def of_function(call: Callable[[], Any]) -> Callable[[], Operation]:
    return lambda: Operation(call, lambda: None)


def pause(switch: Any) -> None:
    with switch:
        pass


def watched(root: Value, nodes: list[Value]) -> None:
    with at.detect_anomaly():
        (root * 2.0).backward()


def refused(root: Value, nodes: list[Value]) -> None:
    with suppress(AnomalyError), at.detect_anomaly():
        ((root - root.data).sqrt() * 2.0).backward()


def steps() -> Iterator[int]:
    yield 1
    yield 2


async def task() -> int:
    return 3


def finish(coroutine: Any) -> None:
    try:
        coroutine.send(None)
    except StopIteration:
        pass
    finally:
        coroutine.close()


def model_and_gradients() -> tuple[Any, list[Value]]:
    model = nn.MLP(2, [2, 1], hidden="tanh", seed=0)
    parameters = model.parameters()
    for k, p in enumerate(parameters):
        p.grad = 0.25 * k - 1.0
    return model, parameters


def state_of_optimizer(optimizer: Any) -> tuple[Any, ...]:
    plain = {name: thing for name, thing in vars(optimizer).items() if name != "parameters"}
    return repr(plain), numbers_of(optimizer.parameters)


def optimizer_step(kind: Callable[..., Any], **settings: Any) -> Callable[[], Operation]:
    def make() -> Operation:
        _, parameters = model_and_gradients()
        optimizer = kind(parameters, lr=0.1, **settings)
        optimizer.step()
        return Operation(optimizer.step, partial(state_of_optimizer, optimizer))

    return make


def of_model(act: Callable[[Any, list[Value]], Any]) -> Callable[[], Operation]:
    def make() -> Operation:
        model, parameters = model_and_gradients()
        return Operation(partial(act, model, parameters), partial(numbers_of, parameters))

    return make


def fitting(**settings: Any) -> Callable[[], Operation]:
    def make() -> Operation:
        model, parameters = model_and_gradients()
        optimizer = nn.SGD(parameters, lr=0.1, momentum=0.9)

        def act() -> None:
            history = nn.fit(
                *(model, [[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0]),
                **{"loss": squared_error, "optimizer": optimizer, "epochs": 1, "shuffle": False, **settings},
            )
            if history.interrupted:
                raise KeyboardInterrupt

        def state() -> Any:
            return [p._number for p in parameters], repr(optimizer._b)

        return Operation(act, state)

    return make


def loading() -> Operation:
    model, parameters = model_and_gradients()
    path = Path(tempfile.mkdtemp(dir=FOLDER.name), "model.json")
    nn.save(nn.MLP(2, [2, 1], hidden="tanh", seed=5), path)
    return Operation(partial(nn.load, model, path), partial(numbers_of, parameters))


def saving() -> Operation:
    model, _ = model_and_gradients()
    path = Path(tempfile.mkdtemp(dir=FOLDER.name), "model.json")
    nn.save(nn.MLP(2, [2, 1], hidden="tanh", seed=5), path)
    return Operation(partial(nn.save, model, path), lambda: [x.read_text() for x in path.parent.iterdir()])


OTHER = nn.MLP(2, [2, 1], hidden="tanh", seed=7).state_dict()
W, B = Value(0.5), Value(-0.25)


def neuron_loss(x: Any, y: Any) -> Any:
    return (at.tanh(W * x + B) - y) ** 2


def recording() -> Operation:
    return Operation(lambda: record(neuron_loss, inputs=(1.0, 0.5), parameters=[W, B]), lambda: numbers_of([W, B]))


def of_program(
    act: Callable[[Any], Any], backend: str, *, flat: bool = False, **settings: Any
) -> Callable[[], Operation]:
    def make() -> Operation:
        leaves = [Value(0.5), Value(-0.25), Value(1.5)]

        def loss(x: Any, y: Any) -> Any:
            z = at.tanh(leaves[0] * x + leaves[1]) * leaves[2] - y
            return z * z if z < 3.0 else at.abs(z)

        program = record(
            loss, inputs=(1.0, 0.5), parameters=leaves, backend=backend, **{"on_mismatch": "eager", **settings}
        )
        program.backward([2.0, 1.0], [0.5, 1.5])
        program.parameters[:] = [0.25, 0.5, 0.75]
        return Operation(
            partial(act, program),
            lambda: (program.gradients.tolist() if flat else numbers_of(leaves), program._lock._is_owned()),
        )

    return make


def loading_of_program() -> Operation:
    leaves = [Value(0.5), Value(-0.25)]
    program = record(lambda x: leaves[0] * x + leaves[1], inputs=(1.0,), parameters=leaves)
    leaves[0].data, leaves[1].data = 2.0, 3.0
    return Operation(program.load, program.parameters.tolist)


def of_inputs() -> Operation:
    program = record(lambda x, y: at.tanh(x) * y, inputs=(1.0, 0.5))
    return Operation(partial(program.gradient, [1.0, 2.0], [3.0, 4.0]), program._lock._is_owned)


def checking() -> Operation:
    model, parameters = model_and_gradients()
    return Operation(
        lambda: at.check_gradients(lambda m: m([0.3, -0.4]) ** 2, model), partial(numbers_of, parameters)
    )


XS, YS = [0.5, -1.0, 3.0], [1.0, 0.0, -9.0]
"""Examples, of which the last takes the other branch of the program."""

OPERATIONS: dict[str, Callable[[], Operation]] = {
    "backward": of_graph(lambda root, nodes: root.backward()),
    "backward with hooks": with_hooks,
    "Value.zero_grad": of_graph(lambda root, nodes: root.zero_grad()),
    "grad": of_graph(lambda root, nodes: at.grad(root, nodes[:3])),
    "hessian": of_graph(lambda root, nodes: at.hessian(root, nodes[:2])),
    "jacobian": of_graph(lambda root, nodes: at.jacobian([root, nodes[5]], nodes[:2])),
    "grad of a function": of_function(lambda: at.grad(product)([2.0, 3.0])),
    "value_and_grad": of_function(lambda: at.value_and_grad(product)([2.0, 3.0])),
    "hessian of a function": of_function(lambda: at.hessian(product)([2.0, 3.0])),
    "jvp": of_function(lambda: at.jvp(product, ([2.0, 3.0],), ([1.0, 0.5],))),
    "hessian_vector_product": of_function(lambda: at.hessian_vector_product(product, ([2.0, 3.0],), ([1.0, 0.5],))),
    "derivative": of_function(lambda: at.derivative(at.sinc, order=2)(0.5)),
    "check_gradients": of_function(lambda: at.check_gradients(lambda x, y: x * at.exp(y), [1.0, 0.5])),
    "check_gradients of a module": checking,
    "register_hook": registration,
    "remove": removal,
    "copy": of_graph(lambda root, nodes: copy.copy(root)),
    "deepcopy": of_graph(lambda root, nodes: copy.deepcopy(root)),
    "pickle": of_graph(lambda root, nodes: pickle.loads(pickle.dumps(root))),
    "name_values": of_graph(lambda root, nodes: at.name_values({"root": root, "nodes": nodes})),
    "with no_grad": of_function(lambda: pause(no_grad())),
    "with no_gc": of_function(lambda: pause(no_gc())),
    "with record_lines": of_function(lambda: pause(at.record_lines())),
    "with detect_anomaly": of_function(lambda: pause(at.detect_anomaly())),
    "backward with detect_anomaly": of_graph(watched),
    "nan with detect_anomaly": of_graph(refused),
    "no_grad on a function": of_function(no_grad(lambda: Value(1.0) * 2.0)),
    "no_gc on a function": of_function(no_gc(lambda: Value(1.0) * 2.0)),
    "no_grad on a generator": of_function(lambda: list(no_grad(steps)())),
    "no_grad on a coroutine": of_function(lambda: finish(no_grad(task)())),
    "SGD.step": optimizer_step(nn.SGD, momentum=0.9, weight_decay=0.1),
    "RMSprop.step": optimizer_step(nn.RMSprop, momentum=0.9),
    "Adam.step": optimizer_step(nn.Adam),
    "AdamW.step": optimizer_step(nn.AdamW),
    "Optimizer.zero_grad": of_model(lambda model, parameters: nn.SGD(parameters).zero_grad()),
    "Module.zero_grad": of_model(lambda model, parameters: model.zero_grad()),
    "clip_gradient_norm": of_model(lambda model, parameters: nn.clip_gradient_norm(parameters, 0.5)),
    "clip_gradient_value": of_model(lambda model, parameters: nn.clip_gradient_value(parameters, 0.5)),
    "load_state_dict": of_model(lambda model, parameters: model.load_state_dict(OTHER)),
    "fit": fitting(),
    "fit without replay": fitting(replay=False),
    "load": loading,
    "save": saving,
    "record": recording,
    "a program of NumPy": of_program(lambda program: program(XS, YS), "numpy"),
    "Program.backward of NumPy": of_program(lambda program: program.backward(XS, YS), "numpy"),
    "Program.backward of Python": of_program(lambda program: program.backward(XS, YS), "python"),
    "Program.differentiate of NumPy": of_program(lambda program: program.differentiate(XS, YS), "numpy", flat=True),
    "Program.differentiate of Python": of_program(lambda program: program.differentiate(XS, YS), "python", flat=True),
    "Program.store": of_program(lambda program: program.store(), "numpy"),
    "Program.load": loading_of_program,
    "Program.gradient": of_inputs,
    "copy of a program": of_program(copy.copy, "numpy", on_mismatch="raise"),
}


def switches() -> tuple[Any, ...]:
    """Return all that an operation must leave as it was, whatever happens."""
    import gc

    from autograd_tiny.engine.backward_order import PASS
    from autograd_tiny.engine.grad_mode import OPEN, RECORDERS, is_paused
    from autograd_tiny.engine.gradient_check import MODULES
    from autograd_tiny.engine.hooks import CHANGE
    from nn.updates import UPDATE

    locks: list[Any] = [PASS, MODULES, CHANGE, UPDATE]
    x = Value(3.0)
    records = (x * x).inputs == (x, x)
    blocks = dict(RECORDERS), set(OPEN), (x * x).line
    return is_paused(), records, gc.isenabled(), blocks, [lock._is_owned() for lock in locks]
