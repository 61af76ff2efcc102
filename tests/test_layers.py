"""The layers: a module imports from the layers below its own or within its folder, and never in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import autograd_tiny
from tests.layers import ABOVE_ALL, LAYER_OF, LAYERS, ROOT, UPWARDS, with_picture

SOURCES = sorted(path for package in ("autograd_tiny", "nn") for path in (ROOT / package).rglob("*.py"))
PUBLIC = {"autograd_tiny", *(f"autograd_tiny.{name}" for name in autograd_tiny.__all__)}
OPEN_TO_NN = ("autograd_tiny.errors", "autograd_tiny.support.")


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


def folder_of(name: str) -> str:
    """Return the folder that a dotted name belongs to; `__init__` for what the package itself exports."""
    package, *rest = name.split(".")
    if package == "nn":
        return "nn"
    return rest[0] if rest and (rest[0] in LAYER_OF or rest[0] in ABOVE_ALL) else "__init__"


def objection(module: str, imported: str) -> str:
    """Return why a module may not import a name; an empty string if it may."""
    folder, other = folder_of(module), folder_of(imported)
    if not imported.startswith(("autograd_tiny", "nn.")) and imported != "nn":
        return ""
    if folder == other or folder in {"__init__", *ABOVE_ALL}:
        return ""
    if folder == "nn":
        allowed = imported in PUBLIC or f"{imported}.".startswith(OPEN_TO_NN)
        return "" if allowed else "nn uses only the public names of autograd_tiny, its errors and support"
    if other == "__init__":
        return "" if LAYER_OF[folder] > LAYER_OF["nn"] else "only nn and the layers above it import from the package"
    above, below = LAYER_OF[folder], LAYER_OF.get(other, len(LAYERS))
    return (
        "" if below < above else f"{folder} is in layer {above + 1}, and {other} in layer {below + 1}, not below it"
    )


def objections(source: str, module: str) -> list[str]:
    """Return a sentence for each import of a module that the layers forbid."""
    package, folder = module.split(".")[:2]
    if package != "nn" and folder not in {"__init__", *LAYER_OF, *ABOVE_ALL}:
        return [f"{module} is in no layer: add {folder!r} to LAYERS in tests/layers.py"]
    late = late_lines(source) if module in UPWARDS else set()
    return [
        f"{module}, line {line}, imports {imported}: {reason}"
        for line, imported in imports(source, module)
        if not (line in late and imported.startswith("autograd_tiny")) and (reason := objection(module, imported))
    ]


def dependencies() -> dict[str, set[str]]:
    """Return for each module the modules that importing it imports at once."""
    modules = {module_name(path).removesuffix(".__init__"): path for path in SOURCES}
    found: dict[str, set[str]] = {}
    for module, path in modules.items():
        source = path.read_text(encoding="utf-8")
        late = late_lines(source)
        names = [name for line, name in imports(source, module_name(path)) if line not in late]
        targets = {name if name in modules else name.rpartition(".")[0] for name in names}
        found[module] = (targets & modules.keys()) - {module}
    return found


@pytest.mark.no_cover
def test_modules_import_only_from_layers_below() -> None:
    found = [line for path in SOURCES for line in objections(path.read_text(encoding="utf-8"), module_name(path))]
    assert found == []


@pytest.mark.no_cover
def test_no_imports_form_a_circle() -> None:
    TopologicalSorter(dependencies()).prepare()


@pytest.mark.no_cover
def test_planted_circle_is_found() -> None:
    with pytest.raises(CycleError):
        TopologicalSorter({**dependencies(), "autograd_tiny.errors": {"autograd_tiny.engine.value"}}).prepare()


def test_there_are_at_most_ten_layers_and_each_folder_exists_once() -> None:
    folders = [folder for layer in LAYERS for folder in layer]
    assert len(LAYERS) <= 10
    assert len(folders) == len(set(folders))
    package = ROOT / "autograd_tiny"
    assert all(name == "nn" or (package / name).is_dir() or (package / f"{name}.py").exists() for name in folders)


def test_picture_in_contributing_is_up_to_date() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert with_picture(text) == text, "run python -m tests.layers"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("autograd_tiny.engine.value", "from autograd_tiny.engine.graph import order"),
        ("autograd_tiny.engine.value", "from .graph import order"),
        ("autograd_tiny.engine.value", "from ..primitives.table import tanh"),
        ("autograd_tiny.engine.value", "import math, numpy.linalg"),
        ("autograd_tiny.cli.main", "from ..diagrams.svg import draw"),
        ("autograd_tiny.cli.main", "import nn.layers"),
        ("autograd_tiny.__main__", "from .cli import main"),
        ("autograd_tiny.diagrams.svg", "from . import boxes"),
        ("autograd_tiny.__init__", "from . import errors, engine"),
        ("autograd_tiny.engine.tool_methods", "def trace(self):\n    from autograd_tiny.trace import Trace"),
        ("autograd_tiny.engine.tool_methods", "if TYPE_CHECKING:\n    from autograd_tiny.trace import Trace"),
        ("autograd_tiny.lessons.iris", "from autograd_tiny import Value"),
        ("nn.debugging", "def debug_training():\n    from autograd_tiny.debugger import debug_training"),
        ("nn.layers", "from .module import Module"),
        ("nn.layers", "import autograd_tiny"),
        ("nn.layers", "from autograd_tiny import Value"),
        ("nn.files", "from autograd_tiny.support.atomic_files import write_whole"),
    ],
)
def test_good_import_is_accepted(module: str, source: str) -> None:
    assert objections(source, module) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("autograd_tiny.engine.graph", "from autograd_tiny.trace import Trace"),
        ("autograd_tiny.engine.graph", "import autograd_tiny.symbolic.symbol"),
        ("autograd_tiny.engine.graph", "from ..symbolic.symbol import Symbol"),
        ("autograd_tiny.engine.graph", "from autograd_tiny import Value"),
        ("autograd_tiny.engine.graph", "def walk():\n    from ..trace import Trace"),
        ("autograd_tiny.engine.graph", "if TYPE_CHECKING:\n    from ..trace import Trace"),
        ("autograd_tiny.engine.tool_methods", "from autograd_tiny.trace import Trace"),
        ("autograd_tiny.engine.tool_methods", "def trace(self):\n    import nn"),
        ("autograd_tiny.support.terminal_text", "from ..errors import AutogradError"),
        ("autograd_tiny.diagrams.svg", "from ..page import write"),
        ("autograd_tiny.diagrams.svg", "from autograd_tiny.explanation import explain"),
        ("autograd_tiny.diagrams.svg", "from autograd_tiny import Value"),
        ("autograd_tiny.cli.main", "from ..__main__ import run"),
        ("autograd_tiny.page.document", "from ..debugger import debug"),
        ("autograd_tiny.diagrams.network", "from nn import Layer"),
        ("nn.debugging", "from autograd_tiny.debugger import debug_training"),
        ("nn.layers", "from autograd_tiny.engine.value import Value"),
        ("nn.layers", "from autograd_tiny import _hidden"),
        ("nn.layers", "import autograd_tiny.engine.value"),
    ],
)
def test_planted_bad_import_is_found(module: str, source: str) -> None:
    assert len(objections(source, module)) == 1


def test_objection_names_the_line_and_both_layers() -> None:
    (complaint,) = objections("import math\nfrom ..trace import Trace\n", "autograd_tiny.engine.graph")
    assert complaint.startswith("autograd_tiny.engine.graph, line 2, imports autograd_tiny.trace.Trace: ")
    assert complaint.endswith(
        f"engine is in layer {LAYER_OF['engine'] + 1}, and trace in layer {LAYER_OF['trace'] + 1}, not below it"
    )


def test_folder_in_no_layer_is_named() -> None:
    assert objections("", "autograd_tiny.novelty") == [
        "autograd_tiny.novelty is in no layer: add 'novelty' to LAYERS in tests/layers.py"
    ]
