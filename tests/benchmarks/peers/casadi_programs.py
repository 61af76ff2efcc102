"""The sixteen programs in CasADi: its virtual machine computes the loss of an example and its gradient.

The graph of the loss is translated node by node to CasADi's symbols; CasADi differentiates it, and maps the function
over the batch, serially. The arrays are given by address, so that nothing is converted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import add, mul, neg, sub, truediv
from typing import Any

import numpy as np

from autograd_tiny import Value
from autograd_tiny.engine.graph import topological_order
from tests.benchmarks.workloads.plain_programs import PROGRAMS, Computation


def _rows() -> dict[str, Callable[..., Any]]:
    import casadi

    return {
        "add": add,
        "sub": sub,
        "mul": mul,
        "div": truediv,
        "neg": neg,
        **{name: getattr(casadi, name) for name in ("exp", "log", "sin", "sqrt", "tanh")},
        "relu": lambda x: casadi.fmax(x, 0.0),
        "square": lambda x: x**2,
        "reciprocal": lambda x: 1.0 / x,
        "pow_constant_exponent": lambda x, exponent: x**exponent,
        "normal_cdf": lambda x: 0.5 * (1.0 + casadi.erf(x / math.sqrt(2.0))),
    }


def _nested(shape: Sequence[int], make: Callable[[], Any]) -> Any:
    return [_nested(shape[1:], make) for _ in range(shape[0])] if shape else make()


def _translated(name: str) -> tuple[list[Any], list[Any], Any]:
    """Return the symbols of the inputs and of the parameters of a program, and that of its loss."""
    import casadi

    program, inputs = PROGRAMS[name](), list[Value]()

    def leaf() -> Value:
        inputs.append(Value(0.7))
        return inputs[-1]

    root = program.loss(*(_nested(shape, leaf) for shape in program.shapes))
    leaves = [*inputs, *program.parameters]
    known = {id(node): casadi.SX.sym("x") for node in leaves}
    rows = _rows()
    for node in topological_order(root):
        if node.primitive is not None:
            operands = [known[id(x)] if isinstance(x, Value) else x for x in node.operands]
            known[id(node)] = rows[node.primitive.name](*operands)
    symbols = [known[id(node)] for node in leaves]
    return symbols[: len(inputs)], symbols[len(inputs) :], known[id(root)]


def casadi_computation(name: str) -> Computation:
    """Return the mean loss of a batch and its gradient, by CasADi."""
    import casadi

    program = PROGRAMS[name]()
    xs, ps, loss = _translated(name)
    x, p = casadi.vertcat(*xs), casadi.vertcat(*ps)
    one = casadi.Function("one", [x, p], [loss, casadi.gradient(loss, p)])
    whole = one.map("whole", "serial", program.batch, [1], [1])
    columns = [np.array(argument).reshape(program.batch, -1) for argument in program.examples()]
    inputs = np.ascontiguousarray(np.concatenate(columns, axis=1))
    parameters = np.array([leaf.data for leaf in program.parameters])
    losses, gradients = np.zeros(program.batch), np.zeros(len(parameters))
    buffer, trigger = whole.buffer()
    for place, array in enumerate((inputs, parameters)):
        buffer.set_arg(place, memoryview(array))
    for place, array in enumerate((losses, gradients)):
        buffer.set_res(place, memoryview(array))
    kept = buffer, inputs, parameters, losses, gradients

    def step() -> None:
        assert len(kept) == 5  # which the trigger points into
        trigger()

    return Computation(step, lambda: [losses.mean(), *(gradients / program.batch)])
