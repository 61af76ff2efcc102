"""The hook of the build: with AUTOGRAD_TINY_COMPILE=1 a wheel holds the engine compiled by mypyc beside its sources.

Without the variable nothing here is done: the wheel is pure Python, and mypyc is not needed. What is compiled is a
copy of the sources in which `for_mypyc` writes, line for line, what mypyc has to be told and a reader has not.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "autograd_tiny"
COMPILED = ("graph", "node", "copying", "doors", "methods", "value", "sums")
"""Left as they are: `errors` and `ieee`, since mypyc makes no native classes of exceptions and floats; `operands`,
whose errors come `from None`, which it does not know; `row` and `primitive`, each row of which has a docstring of its
own; `columns`, which looks at functions once; `calls`, whose functions are pickled by name, as compiled closures are
not; `floats`, `special` and `primitives`, written for numbers of every kind, so that there are no types to compile;
`recording`, which has nothing that takes time; and all that stands beside `sums` or above."""

TOOLS = ["mypy==2.4.*", "setuptools>=77"]
"""mypyc comes with mypy; its version is bounded since `C_CHANGES` are written for what it writes."""

Edit = tuple[int, int, int, str]
"""A line of a source, the bytes from and to, and what to write there."""


class CompilingHook(BuildHookInterface[Any]):
    """What hatchling calls while it builds a wheel."""

    def dependencies(self) -> list[str]:
        """Return what the build needs besides hatchling."""
        return TOOLS if os.environ.get("AUTOGRAD_TINY_COMPILE") == "1" else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the results beside the sources in the wheel; an editable installation stays as it is."""
        if os.environ.get("AUTOGRAD_TINY_COMPILE") != "1" or version == "editable":
            return
        self._folder = TemporaryDirectory()  # until the wheel is written
        here = Path(self._folder.name)
        for source in Path(self.root, PACKAGE).rglob("*.py"):
            copy = here / source.relative_to(self.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text(encoding="utf-8")
            compiled = copy.parent.name == PACKAGE and source.stem in COMPILED
            copy.write_text(for_mypyc(source.stem, text) if compiled else text, encoding="utf-8")
        modules = [f"{PACKAGE}/{name}.py" for name in COMPILED]
        subprocess.run([sys.executable, __file__, *modules], cwd=here, check=True)
        for library in (here / "built").rglob("*.*"):
            build_data["force_include"][str(library)] = library.relative_to(here / "built").as_posix()
        build_data["infer_tag"], build_data["pure_python"] = True, False


# ── the copy that mypyc reads ──

HEADER = "; ".join(
    [
        "from __future__ import annotations",
        "from typing import TYPE_CHECKING, Any, Final, cast",
        "ZERO: Final[object] = float('0')",  # partials that most nodes have: of 0.0 many objects would be made
        "ONE: Final[object] = float('1')",
        "MINUS_ONE: Final[object] = float('-1')",
    ]
)
VALUE = "; from autograd_tiny.engine.value import Value"
NUMBERS = {"0.0": "ZERO", "1.0": "ONE", "-1.0": "MINUS_ONE"}

REWRITTEN = {
    "node": {
        "\n\n    _data: float\n": "\n    def __new__(cls) -> Node: return object.__new__(cls)\n    _data: Any\n",
    },
    "value": {
        "\n\n    def __init__(": (
            "\n    def __new__(cls, *data: Any, **label: Any) -> Value: return object.__new__(cls)\n    def __init__("
        ),
        "_new(Value)": 'cast("Value", Node.__new__(Value))',
    },
    "methods": {
        "\n\n    def __lt__(": "\n    def __hash__(self) -> int: return id(self) >> 4\n    def __lt__(",
    },
    "sums": {
        "if type(xs[0]) is float": "if all(type(x) is float for x in xs)",
    },
}
"""What is written otherwise, by module. `object.__new__` refuses native classes, save in a `__new__` of their own. A
number is one object whoever holds it: the data of a node is also the partial of the next one. What compares has no
hash of its own accord. And to make sure of all numbers of a list costs nothing, compiled, while a native float would
take in whatever can be converted."""


def for_mypyc(module: str, source: str) -> str:
    """Return the source of a module as mypyc needs it, each line where it was: tracebacks point into the real one.

    Raises:
        RuntimeError: what was to be rewritten is not there.
    """
    for known, written in REWRITTEN.get(module, {}).items():
        if source.count(known) != 1:
            raise RuntimeError(f"{module}.py has {source.count(known)} times, and not once: {known!r}")
        source = source.replace(known, written)
    lines, tree = source.encode().split(b"\n"), ast.parse(source)
    for line, start, end, text in sorted(edits_of(module, tree), reverse=True):
        lines[line] = lines[line][:start] + text.encode() + lines[line][end:]
    return b"\n".join(lines).decode()


def edits_of(module: str, tree: ast.Module) -> Iterator[Edit]:
    """Yield the edits of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            names = {"value": "; from autograd_tiny.engine.node import Node"}.get(module, VALUE)
            yield instead_of(node, HEADER)
            yield node.lineno, 0, 0, f"if TYPE_CHECKING: from mypy_extensions import mypyc_attr{names}"
        elif isinstance(node, ast.ClassDef) and "Protocol" not in map(ast.unparse, node.bases):
            yield from edits_of_class(node)
        elif isinstance(node, ast.FunctionDef) and node.returns is not None and may_not_be_implemented(node):
            yield instead_of(node.returns, "Any")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "new_node":
            yield from (instead_of(x, NUMBERS[ast.unparse(x)]) for x in node.args if ast.unparse(x) in NUMBERS)
        if module in {"node", "value", "sums"}:
            yield from types_of_slots(node)


def edits_of_class(node: ast.ClassDef) -> Iterator[Edit]:
    """Yield the edits of a class: Python may inherit from it, and what is assigned in its body is its own.

    Methods take arguments of any type, for else mypyc would refuse them with its own words, not with the engine's.
    A node is in no reference cycle, so the collector need not look at it.
    """
    acyclic = "" if node.name == "TraceDoors" else ", acyclic=True"
    yield node.lineno - 2, 0, 0, f"@mypyc_attr(allow_interpreted_subclasses=True{acyclic})"
    methods = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    for part in node.body:
        if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) != "__slots__":
            yield instead_of(part, of_the_class(part, methods))
        elif isinstance(part, ast.FunctionDef):
            annotations = [argument.annotation for argument in [*part.args.args, *part.args.kwonlyargs]]
            if "property" in map(ast.unparse, part.decorator_list):
                annotations.append(part.returns)
            for annotation in annotations:
                if annotation is not None and ast.unparse(annotation) in {"float", "int", "str", "Operand"}:
                    yield instead_of(annotation, "Any")


def of_the_class(assignment: ast.Assign, methods: set[str]) -> str:
    """Return an assignment in the body of a class as mypyc understands it: one name each, and Final."""
    statements = []
    for target in reversed(assignment.targets):
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = (
            assignment.value.elts
            if isinstance(assignment.value, ast.Tuple) and len(names) > 1
            else [assignment.value]
        )
        for name, value in zip(map(ast.unparse, names), map(ast.unparse, values), strict=True):
            statements.append(f"{name}: Final = {value}")
            if value in methods:
                return f"def {name}(self) -> Any: return self.{value}()"
    return "; ".join(statements)


def may_not_be_implemented(function: ast.FunctionDef) -> bool:
    """Tell whether a function may return NotImplemented, whatever its signature says."""
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return bool(names & {"NotImplemented", "_record_operator", "_compare"})


def types_of_slots(node: ast.AST) -> Iterator[Edit]:
    """Yield the edits that tell of an expression what the sources leave to the reader: it is a node, or a number."""
    if isinstance(node, ast.Attribute) and node.attr in {"_data", "_grad", "_mark"}:
        name = ast.unparse(node.value)
        if name.isidentifier() and name not in {"self", "node", "other"}:
            yield instead_of(node.value, f"cast('Value', {name})")
    if not isinstance(node, ast.BinOp | ast.UnaryOp | ast.AugAssign | ast.IfExp):
        return
    for operand in (getattr(node, field, None) for field in ("left", "right", "operand", "value", "orelse")):
        is_slot = isinstance(operand, ast.Attribute) and operand.attr in {"_data", "_dx", "_dy"}
        if is_slot or (isinstance(operand, ast.Name) and operand.id in {"x", "partial"}):
            yield operand.lineno - 1, operand.col_offset, operand.col_offset, "cast('float', "
            yield operand.lineno - 1, operand.end_col_offset, operand.end_col_offset, ")"


def instead_of(node: ast.expr | ast.stmt, text: str) -> Edit:
    """Return the edit that writes a text in the place of a node of the tree."""
    return node.lineno - 1, node.col_offset, node.end_col_offset or 0, text


# ── what mypyc writes ──

STRUCT, FREE = f"{PACKAGE}___value___ValueObject", "value___Value_dealloc"
C_CHANGES = {
    rf"\n}} {STRUCT};": r"\n    PyObject *weak_references;\g<0>",
    rf"\.tp_basicsize = sizeof\({STRUCT}\),": (rf"\g<0> .tp_weaklistoffset = offsetof({STRUCT}, weak_references),"),
    rf"static void\s+{FREE}\({STRUCT} \*self\)\s+{{": (
        rf"static {STRUCT} *waiting = NULL; static int depth = 0;\n\g<0>\n"
        "if (self->weak_references != NULL) PyObject_ClearWeakRefs((PyObject *)self);\n"
        "if (depth >= 50) { self->vtable = (CPyVTableItem *)waiting; waiting = self; return; }\n"
        "for (depth++; self != NULL; self = depth == 1 ? waiting : NULL) {\n"
        f"if (self == waiting) waiting = ({STRUCT} *)self->vtable;"
    ),
    rf"CPy_TRASHCAN_BEGIN\(self, {FREE}\)([^}}]*)CPy_TRASHCAN_END\(self\)": r"\1} depth--;",
}
"""What is changed in mypyc's C. Values can be referred to weakly, as `__weakref__` among their slots says, which
mypyc does not read. And a chain of a million Values is freed without recursion: what is more than 50 deep waits in a
list, linked by a pointer that is not needed any more. Python's own list needs the header of the garbage collector."""


def docstrings(module: Path) -> Iterator[tuple[str, str]]:
    """Yield for each function and class the place in the C where its docstring belongs, which mypyc leaves out."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        for part in [node, *(node.body if isinstance(node, ast.ClassDef) else [])]:
            if not isinstance(part, ast.ClassDef | ast.FunctionDef) or not (text := ast.get_docstring(part)):
                continue
            names = [module.stem, part.name] if part is node else [module.stem, node.name, part.name]
            place = rf"\.tp_doc = PyDoc_STR\(\"{part.name}\("
            if isinstance(part, ast.FunctionDef):
                place = rf"\(PyCFunction\)CPyPy_{'___'.join(names)},[^\"]*PyDoc_STR\(\""
            in_c = "".join(chr(x) if chr(x).isalnum() and x < 128 else f"\\{x:03o}" for x in text.encode())
            yield rf"{place}[^\"]*(?=\"\))", in_c


def change_c(code: Path, modules: list[str]) -> None:
    """Make the changes, each once.

    Raises:
        RuntimeError: this mypyc writes other C than the changes were written for.
    """
    missing = set(C_CHANGES)
    for file in code.glob("__native*"):
        text = file.read_text(encoding="utf-8")
        for pattern, replacement in C_CHANGES.items():
            text, count = re.subn(pattern, replacement, text)
            missing -= {pattern} if count else set()
        for pattern, replacement in (change for module in modules for change in docstrings(Path(module))):
            text = re.sub(pattern, lambda found, added=replacement: found[0] + added, text)
        file.write_text(text, encoding="utf-8")
    if missing:
        raise RuntimeError(f"mypyc does not write {' and not '.join(missing)} any more: see C_CHANGES")


def compile_modules(modules: list[str]) -> None:
    """Compile modules below the working folder into its subfolder `built`."""
    from mypyc.build import mypycify
    from setuptools import Distribution

    options = ["--config-file=", "--follow-imports=silent", "--ignore-missing-imports"]
    extensions = mypycify([*options, *modules], opt_level="3", debug_level="0", target_dir="code", group_name=PACKAGE)
    change_c(Path("code"), modules)
    command = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = "built", "temporary"
    command.ensure_finalized()
    command.run()


if __name__ == "__main__":
    compile_modules(sys.argv[1:])
