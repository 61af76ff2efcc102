"""Recorded functions for the tests of the tape, fusion, grouping and stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_tiny import Value
from autograd_tiny.replay.fusion import FusedTape, SumOfProducts, fuse
from autograd_tiny.replay.grouping import grouped
from autograd_tiny.replay.layout import place_in_stores
from autograd_tiny.replay.recorder import Number, Recorder
from autograd_tiny.replay.tape import Tape, tape_of

Function = Callable[[list[Any], list[Value]], Any]


def tape(function: Function, inputs: int = 3, parameters: int = 6) -> Tape:
    """Record a function of inputs and parameters."""
    x, w = [Number(1.0 + i) for i in range(inputs)], [Value(0.5 + i) for i in range(parameters)]
    with Recorder() as recorder:
        root = function(x, w)
    return tape_of(root, inputs=x, parameters=w, guards=recorder.guards, conditions=recorder.conditions)


def steps(function: Function, **sizes: int) -> FusedTape:
    """Return the fused tape of a function."""
    recorded = tape(function, **sizes)
    return fuse(recorded, varying=recorded.depends_on(0, recorded.inputs))


def names(program: FusedTape) -> list[str]:
    """Return the names of the rows of a fused tape."""
    return [
        step.primitive.name if not isinstance(step, SumOfProducts) else "sum of products"
        for step in program.steps.values()
    ]


def groups(function: Function, **sizes: int) -> Sequence[Any]:
    """Return the groups of a function."""
    recorded = tape(function, **sizes)
    program = fuse(recorded, varying=recorded.depends_on(0, recorded.inputs))
    wanted = recorded.is_differentiated(recorded.inputs, recorded.inputs + recorded.parameters)
    flows = program.flows(wanted)
    return place_in_stores(program, grouped(program, flows=flows), flows=flows).groups
