"""`autograd-tiny step`: step through the backward pass of an expression, or through a training, at a prompt."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.cli.arguments import (
    LANGUAGE,
    add_expression,
    positive,
    read_numbers,
    require_trainable,
    root_of,
    whole_number,
)
from autograd_tiny.cli.table_options import TABLE_OPTIONS, show_reading
from autograd_tiny.cli.train import add_training, load_dataset, settings_of
from autograd_tiny.debugger import debug, debug_training
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import InputError, require_own_nn, shorten
from autograd_tiny.support.console import show
from autograd_tiny.symbolic.expression import CONSTANTS, Expression, parse
from autograd_tiny.tabular.experiment import make_optimizer, prepare
from autograd_tiny.tabular.sample_data import LOADERS, SEED, TrainingSettings

if TYPE_CHECKING:
    from nn.training_walk import TrainingWalk

EPOCHS: Final = 1000
LEARNING_RATE: Final = 0.1
"""The length and the learning rate of the training of an expression, if they are not given."""

SUMMARY = "step through the backward pass of an expression, or through a training"
DESCRIPTION = f"""\
Step through the backward pass of an expression at a prompt, one contribution at a time, forwards and
backwards, with breakpoints and an explanation of each number. The commands are those of gdb and pdb: s does
a step, n a node, c continues, rs rn rc go back, l lists the graph, b breaks, p prints, q quits, h helps.

With --train, step through a training: of the network that autograd-tiny train makes for iris, digits, moons,
exam or a CSV file, or of an expression, by default in {EPOCHS} updates of SGD with the learning rate {LEARNING_RATE}.
n update makes an update, n epoch an epoch, rs and rn go back, until loss < 0.1 goes on, update shows how the
numbers came about, loss plots.

{LANGUAGE}

examples:
  autograd-tiny step "d = a*b; e = d + c; e*f" a=2 b=-3 c=10 f=-2
  autograd-tiny step "b = a + a; b * b" a=3
  autograd-tiny step --train exam
  autograd-tiny step --train "(w*x - y)**2" w=1 x=2 y=3 --lr 0.1
  printf 'b a if grad > 4\\nc\\nwhy a\\n' | autograd-tiny step "a * a" a=3

Commands may come from a file or a pipe; its end ends the session."""

DATA: Final = re.compile(r"[xyt]_?\d*")
"""The names of data: the other leaves of an expression are its parameters, if there are any."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_expression(parser)
    training = parser.add_argument_group("the training")
    training.add_argument(
        "--train",
        action="store_true",
        help="step through a training of iris, digits, moons, exam, a CSV file, or of EXPRESSION",
    )
    training.add_argument(
        "--parameters",
        metavar="NAME,NAME",
        help="the leaves of EXPRESSION to update (default: all but x, y, t, x1, ...; all if there are no others)",
    )
    training.add_argument("--clip-norm", type=positive, metavar="NORM", help="scale the gradients to this norm")
    training.add_argument("--clip-value", type=positive, metavar="SIZE", help="limit each gradient to this size")
    training.add_argument(
        "--history", type=whole_number, metavar="N", help="how many updates are kept to go back to (default: 200)"
    )
    add_training(parser, optimizer="adam; sgd for an expression")
    parser.set_defaults(optimizer=None, seed=None, test_size=None)  # to see which are given


def run(arguments: argparse.Namespace) -> int:
    """Open the prompt."""
    if arguments.train:
        walk = training_of(arguments)
        debug_training(walk, keeps=False, variable_names=False)
        return 0
    for name in TRAINING_OPTIONS:
        if getattr(arguments, name):
            option = "--classes and --number" if name == "kind" else f"--{name.replace('_', '-')}"
            raise InputError(f"{option} belongs to a training; add --train")
    _, root = root_of(arguments)
    debug(root, keeps=False, variable_names=False)
    return 0


TRAINING_OPTIONS: Final = (
    *(
        "parameters",
        "clip_norm",
        "clip_value",
        "history",
        "target",
        "ignore",
        "kind",
        "hidden",
        "activation",
        "epochs",
    ),
    *("batch", "lr", "l2", "optimizer", "seed", "test_size"),
    *TABLE_OPTIONS,
)


def training_of(arguments: argparse.Namespace) -> TrainingWalk:
    """Return the training that is asked for, before its first update."""
    require_own_nn()
    data = arguments.expression.strip()
    if data in LOADERS or data.lower().endswith(".csv") or os.path.isfile(data):  # noqa: PTH113 - Path's raises where a name is too long
        return training_of_data(arguments, data)
    return training_of_expression(arguments)


def settings_of_walk(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the settings of a walk that are given."""
    names = ("clip_norm", "clip_value", "history")
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}


def training_of_data(arguments: argparse.Namespace, data: str) -> TrainingWalk:
    """Return the training of a network on a data set, as `autograd-tiny train` does it.

    Raises:
        InputError: numbers or --parameters are given, which belong to an expression.
    """
    from nn.training_walk import TrainingWalk

    if arguments.numbers or arguments.parameters:
        what = shorten(arguments.numbers[0]) if arguments.numbers else "--parameters"
        raise InputError(f"{what} belongs to the training of an expression; {data} is a data set")
    arguments.data, arguments.seed = data, SEED if arguments.seed is None else arguments.seed
    dataset, settings = load_dataset(arguments), settings_of(arguments)
    if data not in LOADERS:
        show_reading(dataset)
    require_trainable(len(dataset.input_names), settings.hidden, len(dataset.classes) or 1)
    task = prepare(
        dataset,
        settings,
        optimizer=arguments.optimizer or "adam",
        test_size=arguments.test_size or 0.33,
        seed=arguments.seed,
    )
    return TrainingWalk(
        task.model,
        *task.examples(task.train),
        loss=task.loss,
        optimizer=task.optimizer,
        epochs=settings.epochs,
        batch_size=settings.batch,
        seed=arguments.seed,
        **settings_of_walk(arguments),
    )


class ExpressionModel:
    """An expression as a model: its value is the loss, some of its leaves are the parameters.

    Args:
        expression: of the loss.
        numbers: of its leaves.
        trained: the names of the parameters.
    """

    def __init__(self, expression: Expression, numbers: dict[str, float], trained: list[str]) -> None:
        self.expression, self.trained = expression, trained
        self.leaves = {name: Value(number, label=name) for name, number in numbers.items()}

    def parameters(self) -> list[Value]:
        """Return the leaves that are updated."""
        return [self.leaves[name] for name in self.trained]

    def describe(self) -> str:
        """Return the expression."""
        return self.expression.text

    def __call__(self, x: object) -> Value:
        """Return the loss."""
        return self.expression.evaluate(**self.leaves)


def training_of_expression(arguments: argparse.Namespace) -> TrainingWalk:
    """Return the training of an expression by gradient descent.

    Raises:
        InputError: options of a data set are given, or a parameter is not a leaf.
    """
    from nn.training_walk import TrainingWalk

    for name in ("target", "ignore", "kind", "hidden", "activation", "batch", "test_size", "seed", *TABLE_OPTIONS):
        if getattr(arguments, name):
            option, data = f"--{name.replace('_', '-')}", ", ".join(LOADERS)
            raise InputError(f"{option} belongs to the training of a data set: {data} or a CSV file")
    expression = parse(arguments.expression)
    numbers = read_numbers(arguments.numbers, expression)
    expression.evaluate(**numbers)  # reports what is missing
    model = ExpressionModel(expression, numbers, parameters_of(expression, list(numbers), arguments.parameters))
    if arguments.parameters is None:
        tell_choice(list(numbers), model.trained)
    lr = LEARNING_RATE if arguments.lr is None else arguments.lr
    settings = TrainingSettings((), "tanh", arguments.epochs or EPOCHS, lr, 1, arguments.l2 or 0.0)
    return TrainingWalk(
        model,
        [0.0],
        [0.0],
        loss=lambda prediction, target: prediction,
        optimizer=make_optimizer(arguments.optimizer or "sgd", model, settings),
        epochs=settings.epochs,
        **settings_of_walk(arguments),
    )


def tell_choice(leaves: list[str], trained: list[str]) -> None:
    """Show which leaves are updated, unless those with the names of parameters are all there are.

    >>> tell_choice(["w", "x"], ["w"])
    w is updated, not x; --parameters chooses.
    >>> tell_choice(["x", "y"], ["x", "y"])
    x, y are updated, as the expression has no other leaves; --parameters chooses.
    """
    others = [name for name in leaves if name not in trained]
    reason = f"not {', '.join(others)}" if others else "as the expression has no other leaves"
    if others or any(map(DATA.fullmatch, trained)):
        show(f"{', '.join(trained)} {'is' if len(trained) == 1 else 'are'} updated, {reason}; --parameters chooses.")


def parameters_of(expression: Expression, leaves: list[str], chosen: str | None) -> list[str]:
    """Return the names of the leaves to update.

    >>> parameters_of(parse("w*x + b"), ["w", "x", "b"], None), parameters_of(parse("x*x"), ["x"], None)
    (['w', 'b'], ['x'])

    Raises:
        InputError: one that was chosen is not a leaf, or there is none.
    """
    if chosen is None:
        others = [name for name in leaves if not DATA.fullmatch(name)]
        names = others or leaves
    else:
        names = list(dict.fromkeys(name.strip() for name in chosen.split(",")))
    for name in names:
        if name not in leaves:
            raise InputError(
                f"--parameters {shorten(name)} is not a leaf of the expression; its leaves: {', '.join(leaves)}"
            )
    if not names:
        constants = [name for name in expression.names if name in CONSTANTS]
        remedy = f"; give {constants[0]} a number" if constants else "; name what is to be updated, as in w*w w=1"
        raise InputError(f"{shorten(expression.text)} has no leaf to update{remedy}")
    return names
