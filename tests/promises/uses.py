"""Use every part of the package once, each use a function of its own, for tests of the garbage that a use leaves.

A use takes a folder for its files. All that it builds is unreachable when it returns. The command is not among the
uses: it is a process of its own.
"""

from __future__ import annotations

import contextlib
import copy
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

import autograd_tiny as at
import nn
from autograd_tiny import Value
from autograd_tiny.engine.source_lines import LINES
from autograd_tiny.errors import AutogradError, ReplayMismatch
from autograd_tiny.playground.page import page_of
from autograd_tiny.playground.training import PlaySettings, train
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.tabular.columns import read_dataset
from nn import ArgumentError

Use = Callable[[Path], object]
USES: dict[str, Use] = {}
X, Y = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]), np.array([1.0, -1.0, 0.5])


def seen(things: object) -> None:
    """Require that the results of a use are not empty."""
    assert things


def caught(mistake: Callable[[], object], *kinds: type[Exception]) -> None:
    """Make a mistake and catch the exception, as a user does."""
    try:
        mistake()
    except kinds as error:
        seen([error, error.__traceback__])
    else:
        raise AssertionError("no exception was raised")


def use(function: Use) -> Use:
    USES[function.__name__] = function
    return function


def graph() -> tuple[Value, Value, Value]:
    """Return two leaves and a root over unary, binary and n-ary nodes, some of them shared."""
    a, b = Value(0.5, label="a"), Value(2.0, label="b")
    c = a * b + a
    return a, b, at.dot([a, c], [at.exp(c), b], at.sum([c, c, 1.0])) ** 2.0 + at.softmax([a, b, c])[1]


# ── the engine ──


@use
def backward(folder: Path) -> None:
    a, _, root = graph()
    root.backward()
    root.backward(2.0)
    root.zero_grad()
    assert a.grad == 0.0
    assert repr(root)
    assert at.leaves(root)[0] in at.topological_order(root)


@use
def switches(folder: Path) -> None:
    @at.no_grad()
    def steps(x: Value) -> Any:
        yield x * x

    with at.no_grad(), at.no_gc():
        a, _, _ = graph()
    assert list(steps(a))
    iterator = steps(a)
    next(iterator)
    assert a.detach() < 1.0


@use
def lines(folder: Path) -> None:
    known = len(LINES)
    with at.record_lines():
        root = graph()[2]
        copy.deepcopy(root).backward()
    assert root.trace().line(root)
    with contextlib.suppress(at.AnomalyError), at.detect_anomaly():
        a = Value(0.0)
        root = a.log() * root
        root.backward()
    assert len(LINES) > known
    del a, root
    assert len(LINES) == known


@use
def copies(folder: Path) -> None:
    _, _, root = graph()
    for again in (copy.copy, copy.deepcopy, lambda node: pickle.loads(pickle.dumps(node))):
        again(root).backward()
        again([root, root])


@use
def arrays(folder: Path) -> None:
    xs = np.array([Value(1.0), Value(2.0)])
    loss = (at.tanh(np.outer(xs, xs) @ xs) * 2.0).sum()
    loss.backward()
    caught(lambda: np.max(np.array([Value(float("nan")), Value(1.0)])), AutogradError)


@use
def hooks(folder: Path) -> None:
    a, _, root = graph()
    seen: list[float] = []
    handle = a.register_hook(seen.append)
    with root.register_hook(lambda gradient: 2.0 * gradient):
        root.backward()
    handle.remove()
    a.register_hook(lambda gradient: None)
    root.register_hook(abs)
    root.backward()


@use
def hook_that_fails(folder: Path) -> None:
    a, _, root = graph()
    a.register_hook(lambda gradient: 1 / 0)
    caught(root.backward, ZeroDivisionError)
    with root.register_hook(lambda gradient: "2"):
        caught(root.backward, AutogradError)
    with root.register_hook(lambda gradient: root.backward()):
        caught(root.backward, AutogradError)


@use
def threads(folder: Path) -> None:
    _, _, root = graph()
    workers = [Thread(target=root.backward) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


# ── derivatives ──


def polynomial(p: dict[str, Any], x: Any) -> Any:
    return p["w"] * x**2 + at.tanh(p["b"]) * x


@use
def derivatives_of_nodes(folder: Path) -> None:
    a, b, root = graph()
    slope = at.grad(root, a)
    at.grad(slope, [a, b])
    at.hessian(root, [a, b])
    at.jacobian([root, slope], [a, b])


@use
def derivatives_of_functions(folder: Path) -> None:
    at.grad(polynomial)({"w": 2.0, "b": 0.5}, 3.0)
    at.grad(at.grad(lambda x: at.sin(x) * x))(2.0)
    at.value_and_grad(polynomial, argnums=(0, 1))({"w": 2.0, "b": 0.5}, 3.0)
    at.jacobian(lambda xs: [x * xs[0] for x in xs])([1.0, 2.0])
    at.hessian(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0)
    at.hessian_vector_product(at.prod, [[1.0, 2.0]], [[0.5, 0.0]])
    at.jvp(at.mul, [1.0, 2.0], [1.0, 0.0])
    at.derivative(at.sin, order=3)(0.5)
    at.taylor(at.exp, 0.5, 3)


@use
def gradient_checks(folder: Path) -> None:
    print(at.check_gradients(polynomial, [{"w": 2.0, "b": 0.5}, 3.0]), file=io.StringIO())


# ── errors that a user catches ──


@use
def errors(folder: Path) -> None:
    a, b, root = graph()
    model = nn.MLP(2, [1])
    with at.no_grad():
        unrecorded = a * b
    mistakes: list[Callable[[], object]] = [
        *(lambda: a + "2", lambda: float(a), lambda: at.relu([a, b]), lambda: at.dot([a], [b, b]), lambda: a.sin(1)),
        *(lambda: Value("x"), lambda: Value(10**400), lambda: at.max([]), lambda: at.softmax(a), lambda: a ** [2]),
        *(
            unrecorded.backward,
            lambda: at.grad(root, Value(1.0)),
            lambda: at.grad(root, 1),
            lambda: root.backward("1"),
        ),
        *(
            lambda: setattr(a, "data", None),
            lambda: setattr(a, "label", 1),
            lambda: at.Symbol(1) + a,
            lambda: at.grad(3),
        ),
        *(
            lambda: nn.MLP(2, [0]),
            lambda: nn.load(model, folder / "none"),
            lambda: at.primitive("exp", "x", abs, abs),
        ),
        *(lambda: at.record(lambda x: float(x + a), inputs=[1.0], parameters=[a]), lambda: root.trace().why("none")),
        *(
            lambda: at.record(lambda x: a * x if a > 0 else x, inputs=(1.0,), parameters=[a], backend="none"),
            lambda: a.x,
        ),
    ]
    for mistake in mistakes:
        caught(mistake, AutogradError, ArgumentError, AttributeError, OSError, TypeError)
    a.data = 3.0
    caught(lambda: at.grad(root, a), AutogradError)


# ── replay ──


def squared(w: list[Value], x: Any, y: Any) -> Any:
    return (at.relu(w[0] * x[0] + w[1] * x[1] + w[2]) - y) ** 2


def replay(backend: str) -> None:
    w = [Value(0.5), Value(-0.25), Value(0.1)]
    program = at.record(lambda x, y: squared(w, x, y), inputs=(X[0], Y[0]), parameters=w, backend=backend)
    for _ in range(2):
        program.backward(X, Y)
    assert program(X, Y).shape == program.evaluate(X, Y).shape
    field = at.record(lambda x, y: at.sin(x) * y, inputs=(1.0, 2.0), backend=backend)
    assert len(field.gradient(Y, Y)) == 2
    seen([program.plan, program.source, repr(program)])
    program.parameters = program.parameters - 0.1 * program.gradients
    twin = pickle.loads(pickle.dumps(copy.deepcopy(program)))
    twin.backward(X, Y)
    branching = at.record(lambda x: w[0] * x if x > 0.0 else x, inputs=(1.0,), parameters=w[:1], backend=backend)
    caught(lambda: branching(np.array([-1.0, 1.0])), ReplayMismatch)


@use
def replay_in_numpy(folder: Path) -> None:
    replay("numpy")


@use
def replay_in_python(folder: Path) -> None:
    replay("python")


@use
def replay_in_c(folder: Path) -> None:
    replay("c")


# ── the tools ──


@use
def traces(folder: Path) -> None:
    _, _, root = graph()
    trace = root.trace(forward=True)
    while trace.step():
        pass
    for node in trace.nodes:
        seen([trace.why(node), trace.notes(node), trace.check(node)])
    trace.back()
    trace.set("a", 0.25)
    trace.goto(3)
    trace.reset()
    trace.as_json()
    trace.save(folder / "trace.html")
    seen([repr(trace), trace._repr_markdown_()])


@use
def pictures(folder: Path) -> None:
    _, _, root = graph()
    root.backward()
    for draw in (at.to_dot, at.to_svg, at.to_mermaid, at.to_latex, at.to_json):
        draw(root)
    root.draw()._repr_mimebundle_()
    root.draw().save(folder / "picture.svg")


@use
def text(folder: Path) -> None:
    _, _, root = graph()
    root.backward()
    seen([repr(root.formula()), repr(root.latex())])
    for form in ("text", "markdown", "latex", "html"):
        with contextlib.suppress(AutogradError):
            str(root.explain(form, full=True))
    root.trace().save(folder / "page.html")


@use
def debugger(folder: Path) -> None:
    _, _, root = graph()
    commands = "s\ns 3\nb a if grad > 1\nc\nwhy a\np a.grad * 2\nset a 3\nn\nundo\nlist\nq\n"
    root.debug(stdin=io.StringIO(commands), stdout=io.StringIO())


@use
def networks(folder: Path) -> None:
    model = nn.MLP(2, [3, 1], hidden="tanh", seed=0)
    optimizer = nn.Adam(model.parameters(), lr=0.1)
    for _ in range(2):
        loss = at.mean([nn.losses.squared_error(model(x), y) for x, y in zip(X.tolist(), Y.tolist(), strict=True)])
        model.zero_grad()
        loss.backward()
        optimizer.step()
    nn.save(model, folder / "model.json")
    nn.load(nn.MLP(2, [3, 1], seed=1), folder / "model.json")
    seen([repr(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))])
    for replay in (True, False):
        nn.fit(model, X.tolist(), Y.tolist(), loss="squared_error", optimizer=optimizer, epochs=2, replay=replay)


@use
def symbols(folder: Path) -> None:
    root = parse("d = a*b; e = tanh(d) + 2; e*f").evaluate(a=1.0, b=2.0, f=3.0)
    root.backward()
    at.name_values({"root": root})
    x = at.Symbol("x")
    seen([str(root.formula()), str(at.tanh(x * 2.0) + x**2.0)])
    caught(lambda: parse("a +* 2"), AutogradError)


@use
def playground(folder: Path) -> None:
    seen(page_of(train(PlaySettings("moons", epochs=2))))


@use
def tables(folder: Path) -> None:
    path = folder / "table.csv"
    path.write_text("x,y,class\n" + "\n".join(f"{i},{i * i % 7},{'ab'[i % 2]}" for i in range(20)), encoding="utf-8")
    seen(read_dataset(path, target="class"))
    caught(lambda: read_dataset(path, target="none"), AutogradError)
