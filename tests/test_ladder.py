"""The import ladder: a module imports only from the rungs below its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import autograd_tiny

ROOT = Path(__file__).parents[1]

LADDERS = {
    "autograd_tiny": [
        "errors",
        "columns floats letters operands recording writing",
        "ieee special",
        "row",
        "primitive",
        "primitives",
        "graph node",
        "calls copying",
        "doors",
        "methods",
        "value",
        "softmaxes sums symbol derivatives expressions labels modules",
        "compositions formulas",
        "trace",
        "explanation check",
        "debugger diagrams labs replay",
        "page",
        "__init__",
        "cli",
        "__main__",
    ],
    "nn": [
        "errors",
        "checks",
        "activations clipping history initializers losses metrics optimizers schedules",
        "batches module progress replaying",
        "files layers",
        "training",
        "__init__",
    ],
}
RUNGS = {
    package: {part: rung for rung, parts in enumerate(ladder) for part in parts.split()}
    for package, ladder in LADDERS.items()
}
ABOVE_BOTH = {"autograd_tiny.cli", "autograd_tiny.__main__"}
"""The parts of autograd_tiny that may import nn."""

UPWARDS = "autograd_tiny.doors"
"""The one module that may import from above: late, inside a function, or for the type checker."""

SOURCES = sorted(path for package in LADDERS for path in (ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    """Return the dotted name of a module, `__init__` included: autograd_tiny.diagrams.__init__."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(source: str, module: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the absolute dotted name of everything that a module imports, wherever it does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")[: -node.level] if node.level else []
            origin = ".".join([*package, *filter(None, [node.module])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def late_lines(source: str) -> set[int]:
    """Return the lines that the import of a module does not run: in functions, and for the type checker."""
    late: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if for_types or isinstance(node, ast.FunctionDef):
            late.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return late


def part_of(name: str) -> str:
    """Return the file or folder directly below a package that a dotted name belongs to."""
    package, *rest = name.split(".")
    return rest[0] if rest and rest[0] in RUNGS[package] else "__init__"


def objection(module: str, imported: str) -> str:
    """Return why a module may not import a name; an empty string if it may."""
    package, part = module.split(".")[:2]
    other, _, _ = imported.partition(".")
    if other not in LADDERS:
        return ""
    if other == package:
        above, below = RUNGS[package][part], RUNGS[package][part_of(imported)]
        if part_of(imported) == part or below < above:
            return ""
        return f"{part} is on rung {above}, and {part_of(imported)} on rung {below}, not below it"
    if other == "nn":
        return "" if f"{package}.{part}" in ABOVE_BOTH else "only cli and __main__ stand above nn"
    public = {"autograd_tiny", *(f"autograd_tiny.{name}" for name in autograd_tiny.__all__)}
    return "" if imported in public else "nn uses only the public names of autograd_tiny"


def objections(source: str, module: str) -> list[str]:
    """Return a sentence for each import of a module that the ladder forbids."""
    package, part = module.split(".")[:2]
    if part not in RUNGS[package]:
        return [f"{module} is on no rung: put {part!r} on one, in LADDERS of tests/test_ladder.py"]
    late = late_lines(source) if module == UPWARDS else set()
    return [
        f"{module}, line {line}, imports {imported}: {reason}"
        for line, imported in imports(source, module)
        if not (line in late and imported.startswith(package)) and (reason := objection(module, imported))
    ]


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_a_module_imports_only_from_rungs_below(path: Path) -> None:
    assert objections(path.read_text(encoding="utf-8"), module_name(path)) == []


def test_a_part_stands_on_one_rung() -> None:
    for ladder in LADDERS.values():
        parts = " ".join(ladder).split()
        assert len(parts) == len(set(parts))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("autograd_tiny.value", "from autograd_tiny.graph import order"),
        ("autograd_tiny.value", "from .graph import order"),
        ("autograd_tiny.value", "import math, numpy.linalg"),
        ("autograd_tiny.cli.main", "from ..diagrams.svg import draw"),
        ("autograd_tiny.cli.main", "import nn.layers"),
        ("autograd_tiny.__main__", "from .cli import main"),
        ("autograd_tiny.diagrams.svg", "from .boxes import Box"),
        ("autograd_tiny.diagrams.svg", "from . import boxes"),
        ("autograd_tiny.diagrams.__init__", "from .svg import draw"),
        ("autograd_tiny.__init__", "from . import errors, value"),
        ("autograd_tiny.doors", "def trace(self):\n    from autograd_tiny.trace import Trace"),
        ("autograd_tiny.doors", "if TYPE_CHECKING:\n    from autograd_tiny.trace import Trace"),
        ("nn.layers", "from .module import Module"),
        ("nn.layers", "import autograd_tiny"),
        ("nn.layers", "from autograd_tiny import Value"),
    ],
)
def test_a_good_import_is_let_through(module: str, source: str) -> None:
    assert objections(source, module) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("autograd_tiny.graph", "from autograd_tiny.value import Value"),
        ("autograd_tiny.graph", "import autograd_tiny.value"),
        ("autograd_tiny.graph", "from .value import Value"),
        ("autograd_tiny.graph", "from . import value"),
        ("autograd_tiny.graph", "from autograd_tiny import Value"),
        ("autograd_tiny.graph", "from .value import *"),
        ("autograd_tiny.graph", "def walk():\n    from .value import Value"),
        ("autograd_tiny.graph", "if TYPE_CHECKING:\n    from .value import Value"),
        ("autograd_tiny.doors", "from autograd_tiny.trace import Trace"),
        ("autograd_tiny.doors", "def trace(self):\n    import nn"),
        ("autograd_tiny.diagrams.svg", "from ..page import write"),
        ("autograd_tiny.symbol", "from .derivatives import grad"),
        ("autograd_tiny.cli.main", "from ..__main__ import run"),
        ("autograd_tiny.value", "import nn"),
        ("autograd_tiny.value", "from nn import Layer"),
        ("nn.layers", "from autograd_tiny.value import Value"),
        ("nn.layers", "from autograd_tiny import _hidden"),
        ("nn.layers", "import autograd_tiny.value"),
        ("nn.layers", "from .training import fit"),
    ],
)
def test_a_planted_bad_import_is_found(module: str, source: str) -> None:
    assert len(objections(source, module)) == 1


def test_a_complaint_names_the_line_and_both_rungs() -> None:
    (complaint,) = objections("import math\nfrom .value import Value\n", "autograd_tiny.graph")
    assert complaint.startswith("autograd_tiny.graph, line 2, imports autograd_tiny.value.Value: ")
    graph, value = RUNGS["autograd_tiny"]["graph"], RUNGS["autograd_tiny"]["value"]
    assert complaint.endswith(f"graph is on rung {graph}, and value on rung {value}, not below it")


def test_a_module_on_no_rung_is_told_to_take_one() -> None:
    assert objections("", "autograd_tiny.novelty") == [
        "autograd_tiny.novelty is on no rung: put 'novelty' on one, in LADDERS of tests/test_ladder.py"
    ]
