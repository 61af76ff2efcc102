"""`autograd-tiny lesson`: run one of five lessons, each an example worked from the data to the last gradient.

The lessons are the programs in `demos/`. They are loaded when they run, so that `--help` is fast.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from autograd_tiny.cli.arguments import positive, whole_number
from autograd_tiny.errors import InputError

SUMMARY = "work through an example, from the data to the last gradient"
DESCRIPTION = """\
Work through an example, from the data to the last gradient.

lessons:
  iris       three species, three output neurons: forward, backward layer by layer, descent, test
  two-layer  a network of two layers, symbol by symbol: by hand in NumPy, and by the engine
  exam       study and sleep, passed or not: 2-3-1, every gradient by hand, and the boundary moving
  digits     handwritten digits: what one example wants to change, and the average over a batch
  by-hand    three layers with small integers in eleven steps; a worksheet for pencil and paper

Pictures go to the folder lesson-NAME unless --pictures is given. They overwrite nothing: where a file
exists, the new one has a number. The same seed gives the same lesson.
Each lesson is a short program to read, demos/NAME.py in the repository; run a copy that you have
changed by its path.

examples:
  autograd-tiny lesson iris
  autograd-tiny lesson exam --rates 0.001,0.1 --pictures exam
  autograd-tiny lesson by-hand --worksheet --seed 7
  autograd-tiny lesson mine/iris.py --epochs 20"""

LESSONS: Final[dict[str, tuple[str, ...]]] = {
    "iris": ("epochs",),
    "two-layer": (),
    "exam": ("epochs", "rates"),
    "digits": ("epochs", "mnist"),
    "by-hand": ("worksheet",),
}
"""The lessons, and the options that only some of them take."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("lesson", metavar="LESSON", type=lesson, help=", ".join(LESSONS))
    parser.add_argument("--seed", type=int, metavar="N", help="of all random numbers")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--pictures", type=Path, metavar="FOLDER", help="where to write pictures")
    where.add_argument("--no-pictures", action="store_true", help="draw nothing")
    some = parser.add_argument_group("for some lessons")
    some.add_argument("--epochs", type=whole_number, metavar="N", help="iris, exam, digits: passes over all examples")
    some.add_argument(
        "--rates", type=rates, metavar="R,R", help="exam: the learning rates to compare, such as 0.001,0.1"
    )
    some.add_argument("--mnist", type=Path, metavar="FOLDER", help="digits: a folder with the idx files of MNIST")
    some.add_argument(
        "--worksheet",
        type=Path,
        nargs="?",
        const=Path("lesson-by-hand"),
        metavar="FOLDER",
        help="by-hand: write a worksheet with blanks and its solution there (default: lesson-by-hand)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the lesson."""
    from autograd_tiny.lessons.programs import load_program, path_of
    from autograd_tiny.support.timing import one_thread

    given = own_options(arguments)
    if arguments.seed is not None:
        given["seed"] = arguments.seed
    path = Path(arguments.lesson) if is_path(arguments.lesson) else path_of(arguments.lesson)
    program, folder = load_program(path), folder_of(arguments)
    with one_thread():
        program.teach(folder=folder, **given)
    return 0


def lesson(text: str) -> str:
    """Return the name or the path of a lesson if it is one.

    >>> lesson("two-layer"), lesson("mine/two_layer.py")
    ('two-layer', 'mine/two_layer.py')
    """
    if name_of(text) not in LESSONS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a lesson; choose {', '.join(LESSONS)}")
    return text


def is_path(text: str) -> bool:
    """Return whether LESSON is the path of a program and not a name."""
    return text.endswith(".py")


def name_of(text: str) -> str:
    """Return the name of a lesson that is given by name or by path.

    >>> name_of("mine/two_layer.py")
    'two-layer'
    """
    return Path(text).stem.replace("_", "-") if is_path(text) else text


def own_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return those of the options given that only some lessons take.

    Raises:
        InputError: this lesson does not take one of them.
    """
    given, name = {}, name_of(arguments.lesson)
    for option in dict.fromkeys(option for options in LESSONS.values() for option in options):
        setting = getattr(arguments, option)
        if setting is None:
            continue
        if option not in LESSONS[name]:
            takers = ", ".join(other for other, options in LESSONS.items() if option in options)
            raise InputError(f"--{option} is for {takers}; the lesson {name} does not take it")
        given[option] = setting
    return given


def folder_of(arguments: argparse.Namespace) -> Path | None:
    """Return the folder for the pictures of a lesson; None where there are none.

    Raises:
        InputError: a folder for pictures is given for worksheets, which have none.
    """
    from autograd_tiny.lessons import picture_folder

    if arguments.worksheet is not None:
        if arguments.pictures is not None:
            raise InputError("--worksheet draws no pictures: leave out --pictures, or --worksheet")
        return None
    if arguments.no_pictures:
        return None
    folder = arguments.pictures or Path(f"lesson-{name_of(arguments.lesson)}")
    return picture_folder(folder, asked=arguments.pictures is not None)


def rates(text: str) -> tuple[float, ...]:
    """Return learning rates, separated by commas.

    >>> rates("0.001,1")
    (0.001, 1.0)
    """
    return tuple(map(positive, text.split(",")))
