"""Both sides of every comparison compute the same numbers, so the benchmarks compare equal work."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import shutil
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

import pytest

import autograd_tiny
from tests.benchmarks.harness.comparisons import Row
from tests.benchmarks.harness.measure import Cost, Run
from tests.benchmarks.harness.replay_comparisons import ALL_ROWS, replayed_transformer, torch_transformer
from tests.benchmarks.harness.special_comparisons import SPECIAL, slope_by_scipy, slope_of, value_by_scipy, value_of
from tests.benchmarks.peers import bare_engine, bare_networks, closure_engine, torch_engine
from tests.benchmarks.peers.array_networks import (
    digits_network,
    jax_step,
    moons_network,
    plain_numpy,
    replay,
    torch_step,
    tuned_numpy,
)
from tests.benchmarks.peers.c_networks import c_step
from tests.benchmarks.peers.c_programs import BODIES, c_computation
from tests.benchmarks.peers.casadi_programs import casadi_computation
from tests.benchmarks.peers.replayed_programs import replayed, replayed_plain
from tests.benchmarks.peers.torch_programs import torch_computation
from tests.benchmarks.workloads import scalar
from tests.benchmarks.workloads.names_transformer import Transformer
from tests.benchmarks.workloads.plain_programs import PROGRAMS, Computation
from tests.benchmarks.workloads.scalar import Training
from tests.benchmarks.workloads.trainings import own_loop, with_fit


def loss_and_gradients(training: Training) -> list[float]:
    loss = training.loss()
    training.model.zero_grad()
    loss.backward()
    return [float(loss.data), *(float(parameter.grad) for parameter in training.model.parameters())]


def copy_parameters(model: Training, other: Training) -> Training:
    mine, theirs = model.model.parameters(), other.model.parameters()
    for parameter, source in zip(mine, theirs, strict=True):
        parameter.data = source.data
    return model


def close(expected: list[float]) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_expression_has_sixty_operations() -> None:
    tree = ast.parse(inspect.getsource(scalar.sixty_operations))
    operations = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call)]
    assert len(operations) == 60


def test_expression_gradients_agree() -> None:
    peer, ours, bare = (scalar.expression(engine)() for engine in (closure_engine, autograd_tiny, bare_engine))
    assert list(ours) == close(list(peer))
    assert list(bare) == close(list(peer))
    assert all(gradient != 0.0 for gradient in ours)


@pytest.mark.parametrize("build", [scalar.moons, scalar.digits])
def test_same_user_code_gradients_agree(build: Callable[[ModuleType], Training]) -> None:
    peer, ours = build(closure_engine), build(autograd_tiny)
    assert loss_and_gradients(ours) == close(loss_and_gradients(peer))


@pytest.mark.parametrize(
    ("build", "build_with_layers"),
    [(scalar.moons, scalar.moons_with_layers), (scalar.digits, scalar.digits_with_layers)],
)
def test_layer_gradients_agree_with_peer(
    build: Callable[[ModuleType], Training], build_with_layers: Callable[[], Training]
) -> None:
    peer = build(closure_engine)
    ours = copy_parameters(build_with_layers(), peer)
    assert loss_and_gradients(ours) == close(loss_and_gradients(peer))


@pytest.mark.parametrize(
    ("build", "build_bare"), [(scalar.moons, bare_networks.moons), (scalar.digits, bare_networks.digits)]
)
def test_bare_engine_gradients_agree_with_peer(
    build: Callable[[ModuleType], Training], build_bare: Callable[[], Training]
) -> None:
    peer, bare = build(closure_engine), build_bare()
    assert loss_and_gradients(bare) == close(loss_and_gradients(peer))


def test_torch_gradients_agree_with_peer() -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")
    peer, torch = scalar.moons(closure_engine), scalar.moons(torch_engine)
    assert loss_and_gradients(torch) == close(loss_and_gradients(peer))


def without(package: str) -> bool:
    return importlib.util.find_spec(package) is None


@pytest.mark.parametrize("build", [moons_network, digits_network])
@pytest.mark.parametrize("make", [plain_numpy, tuned_numpy, torch_step, jax_step])
def test_batched_peers_have_the_losses_of_replay(build: Callable[[], Any], make: Any) -> None:
    package = {torch_step: "torch", jax_step: "jax"}.get(make, "numpy")
    if without(package):
        pytest.skip(f"{package} is not installed")
    ours, peer = replay(build()), make(build())
    assert [ours() for _ in range(3)] == close([peer() for _ in range(3)])


@pytest.mark.parametrize("build", [moons_network, digits_network])
def test_c_losses_agree_with_numpy(build: Callable[[], Any]) -> None:
    if shutil.which("cc") is None:
        pytest.skip("cc is not installed")
    expected = close([step() for step in [replay(build())] * 3])
    for make in (c_step, lambda network: replay(network, "c")):
        step = make(build())
        assert [step() for _ in range(3)] == expected


def require_same(ours: list[float], peer: Computation) -> None:
    peer.step()
    numbers = peer.results()
    assert numbers == pytest.approx(ours, rel=1e-9, abs=1e-9 * max(map(abs, ours[1:])))
    assert numbers[0] == pytest.approx(ours[0], rel=1e-9)


@cache
def results_of(name: str) -> list[float]:
    return replayed(name, "numpy").results()


@pytest.mark.parametrize("name", PROGRAMS)
def test_torch_computes_the_same_plain_program(name: str) -> None:
    pytest.importorskip("torch")
    require_same(results_of(name), torch_computation(name))


def test_attention_by_hand_computes_the_same() -> None:
    pytest.importorskip("torch")
    require_same(results_of("attention"), torch_computation("attention", "attention_by_hand"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_casadi_computes_the_same_plain_program(name: str) -> None:
    pytest.importorskip("casadi")
    require_same(results_of(name), casadi_computation(name))


@pytest.mark.parametrize("name", PROGRAMS)
def test_c_computes_the_same_plain_program(name: str) -> None:
    if shutil.which("cc") is None:
        pytest.skip("cc is not installed")
    require_same(results_of(name), replayed(name, "c"))
    if name in BODIES:
        require_same(results_of(name), c_computation(name))


@pytest.mark.parametrize("build", [moons_network, digits_network])
def test_plain_operators_have_the_losses_of_layers(build: Callable[[], Any]) -> None:
    layers, plain = replay(build()), replayed_plain(build())
    assert [plain() for _ in range(3)] == close([layers() for _ in range(3)])


def test_python_losses_agree_with_numpy() -> None:
    ours, python = replay(moons_network()), replay(moons_network(), "python")
    assert [ours(), ours()] == close([python(), python()])


def test_transformer_losses_agree() -> None:
    eager = Transformer(closure_engine).loss().data
    ours = replayed_transformer()
    assert ours() == pytest.approx(eager, rel=1e-9)
    if not without("torch"):
        assert torch_transformer()() == pytest.approx(eager, rel=1e-9)


def test_step_changes_parameters_and_hardly_the_loss() -> None:
    training = scalar.moons(autograd_tiny)
    before = training.loss().data
    old = [parameter.data for parameter in training.model.parameters()]
    for _ in range(10):
        training.step()
    assert training.loss().data == pytest.approx(before, rel=1e-6)
    moved = [parameter.data != data for parameter, data in zip(training.model.parameters(), old, strict=True)]
    assert sum(moved) > 300


def test_sum_of_products_is_dot() -> None:
    weights, inputs = (scalar.numbers(autograd_tiny, 100) for _ in range(2))
    assert scalar.sum_of_products(weights, inputs).data == pytest.approx(autograd_tiny.dot(weights, inputs).data)


def test_row_names_are_unique() -> None:
    assert len({row.name for row in ALL_ROWS}) == len(ALL_ROWS)


@pytest.mark.parametrize(
    ("has_peer", "bound", "kept"), [(True, 1.5, True), (True, 2.5, False), (False, 3.5, True), (False, 2.5, False)]
)
def test_bound_of_ratio_is_least_and_of_cost_most(has_peer: bool, bound: float, kept: bool) -> None:
    ours, peer = (Cost(iter(samples).__next__) for samples in ([4.0, 3.0, 5.0], [6.0, 7.0, 9.0]))
    row = Row("row", "a row", ours=ours, peer=peer if has_peer else None, bound=bound)
    run = Run(ours, row.peer)  # type: ignore[arg-type]  # a task answers as the worker that holds it
    for _ in range(3):
        run.let_the_peer_have_its_round()
        run.have_our_round()
    assert row.keeps_its_promise(run) == kept


@pytest.mark.parametrize("name", ["moons", "digits", "small"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_trainings_agree(name: str, optimizer: str) -> None:
    ours, by_hand = (training(name, optimizer, epochs=5, shuffle=False) for training in (with_fit, own_loop))
    assert ours() == pytest.approx(by_hand(), rel=1e-12)


@pytest.mark.parametrize("name", SPECIAL)
def test_special_functions_agree_with_scipy(name: str) -> None:
    pytest.importorskip("scipy")
    value, slope = slope_by_scipy(name)()
    assert value_of(name)() == pytest.approx(value, rel=1e-12, abs=1e-14)
    assert value_by_scipy(name)() == pytest.approx(value)
    assert slope_of(name)()[0] == pytest.approx(slope, rel=1e-11, abs=1e-14)
