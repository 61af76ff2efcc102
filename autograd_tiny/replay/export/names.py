r"""Name the inputs and the parameters of an exported program as the user does; lists of them become arrays.

A name is a label, such as that of a parameter of `nn`, or a variable that the recorded function reads, such as `w`,
`W[2][0]` or `gates[1]["bias"][3]`; elements of a list `w` with labels such as `w1` are named after the list. Names
that the file cannot have are mended, and listed.

>>> names = Names(["lambda"])
>>> names.new("lambda"), names.new("θ"), names.new("w[0]\n"), names.mended[0]
('lambda_', 'theta', 'w_0', ('lambda', 'lambda_'))
"""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.engine.value import Value
from autograd_tiny.replay.export.arrays import Array, Shape
from autograd_tiny.symbolic.variable_names import names_of_variables

if TYPE_CHECKING:
    from autograd_tiny.replay.program import Program

INDEX: Final = re.compile(r"\[(\d{1,9})\]|\.([^\W\d]\w*)|\['([^'\\]+)'\]")
PATH: Final = re.compile(rf"([^\W\d]\w*)((?:{INDEX.pattern})*)")
NEURON: Final = re.compile(r"(?:layers\[(\d+)\]\.)?neurons(\[\d+\])\.(?:w(\[\d+\])|b)")
"""A parameter of a layer of `nn`, which becomes one of a weight or a bias with the names of PyTorch."""
LOCAL: Final = re.compile(r"[uvg]\d+|g_\w*|constants\d+|places\d+|loss|gradient\w*|[ijkmnrcg]|batch")
"""The variables of a file in which inputs and parameters are variables, too."""
LONGEST: Final = 40
"""The most characters of a name."""

Tree = dict[Any, Any]
"""Parts by their index or attribute; a leaf is the place of a parameter."""


class NameClash(Exception):  # noqa: N818 - resolved by other names
    """Inputs or parameters have names of functions that a file needs.

    Attributes:
        names: of all these functions.
    """

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(names)
        self.names = names


class Names:
    """The names of a file.

    Args:
        reserved: those that it cannot have.
        local: the pattern of others.

    Attributes:
        mended: the names that were changed: the user's, and that in the file.
    """

    def __init__(self, reserved: Iterable[str], local: re.Pattern[str] = LOCAL) -> None:
        self.taken, self.local = set(reserved), local
        self.mended: list[tuple[str, str]] = []

    def new(self, name: str, default: str = "p") -> str:
        """Return a name as an identifier that is not taken yet, of letters that all languages have."""
        letters = "".join(c if c.isascii() else f"_{_spelled(c)}_" if c.isalnum() else "_" for c in name)
        plain = re.sub(r"_+", "_", re.sub(r"\W", "_", letters)).strip("_")[:LONGEST].rstrip("_")
        if name.isascii() and name.isidentifier() and len(name) <= LONGEST:
            plain = name
        if not plain or plain[0].isdigit() or SYSTEM.match(plain):
            plain = f"{default}_{plain.strip('_')}".rstrip("_")
        if plain in self.taken:
            plain += "_"
        elif self.local.fullmatch(plain):
            plain = f"{default}_{plain}" if self.local.fullmatch(f"{plain}_") else f"{plain}_"
        unique, number = plain, 2
        while unique in self.taken or self.local.fullmatch(unique):
            unique, number = f"{plain}{number}", number + 1
        self.taken.add(unique)
        if unique != name:
            self.mended.append((name, unique))
        return unique


SYSTEM: Final = re.compile(r"__|_[A-Z]")
"""The beginning of names that compilers of C, and modules of Python, keep for themselves."""


def _spelled(character: str) -> str:
    """Return the name of a letter: theta for θ."""
    return unicodedata.name(character, "letter").split()[-1].lower()


def named_arrays(program: Program, names: Names) -> tuple[list[Array], list[Array], list[Array]]:
    """Return the inputs, the parameters and the other leaves of a program as arrays."""
    recording = program.recording()
    function, leaves, tape = recording["function"], recording["leaves"], recording["tape"]
    others = list(tape.others)
    found = names_of_variables([*leaves, *others], scopes=scopes_of(function), labelled=True).shown
    found |= names_of_variables([leaf for leaf in (*leaves, *others) if leaf not in found]).shown
    arguments = _argument_names(function, len(recording["arguments"]))
    inputs, first = [], 0
    for argument, name in zip(recording["arguments"], arguments, strict=True):
        places = tuple(range(first, first + argument.size))
        varying = program.is_batched
        own = names.new(name, "x")
        title = name if name != own else ""
        differentiated = not leaves
        inputs.append(
            Array(own, argument.shape, "input", (), places, title, varying=varying, differentiated=differentiated)
        )
        first += argument.size
    numbers = program.parameters.tolist()
    parameters = _arrays(leaves, numbers, found, names, "parameter")
    return inputs, parameters, _arrays(others, [leaf.data for leaf in others], found, names, "constant")


def scopes_of(function: Any) -> list[dict[str, Any]]:
    """Return the variables that a function reads: its own first, then those of functions among them."""
    scopes: list[dict[str, Any]] = []
    waiting, seen = [function], set[int]()
    while waiting and len(scopes) < 20:
        function = waiting.pop(0)
        function = getattr(function, "func", function)
        if id(function) in seen or not callable(function):
            continue
        seen.add(id(function))
        scope: dict[str, Any] = {}
        if inspect.ismethod(function):
            scope["self"] = function.__self__
            function = function.__func__
        if inspect.isfunction(function):
            code = function.__code__
            cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
            scope |= {name: _content(cell) for name, cell in cells}
            scope |= {name: function.__globals__[name] for name in _globals_of(code) if name in function.__globals__}
        elif function is not None and not inspect.isclass(function):
            scope["self"] = function
        scopes.append(scope)
        waiting += [thing for thing in scope.values() if inspect.isfunction(thing) or inspect.ismethod(thing)]
    return scopes


def _globals_of(code: CodeType) -> list[str]:
    """Return the names that a function and the functions and comprehensions in it may read as globals."""
    inner = [name for part in code.co_consts if isinstance(part, CodeType) for name in _globals_of(part)]
    return list(dict.fromkeys([*code.co_names, *inner]))


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned
        return None


def _argument_names(function: Callable[..., Any] | None, count: int) -> list[str]:
    """Return the names of the arguments of the function."""
    try:
        parameters = list(inspect.signature(function).parameters.values()) if function is not None else []
    except (TypeError, ValueError):
        parameters = []
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    found = [parameter.name for parameter in parameters if parameter.kind in kinds][:count]
    if not found and count == 1:
        return ["x"]
    return [*found, *(f"x{k + 1}" for k in range(len(found), count))]


def _arrays(
    leaves: Sequence[Value], numbers: Sequence[float], found: dict[Value, str], names: Names, kind: str
) -> list[Array]:
    """Return leaves as arrays, by their names; those without a name are one array."""
    tree: Tree = {}
    unnamed = []
    for place, leaf in enumerate(leaves):
        if not any(_put(tree, _keys(_as_of_torch(name)), place) for name in _possible(leaf, found.get(leaf, ""))):
            unnamed.append(place)
    arrays = []
    for stem, node in tree.items():
        for suffix, (shape, places) in _stacked(node).items():
            title = f"{stem}{suffix}"
            arrays.append((title, shape, places))
    if unnamed:
        arrays.append(("p" if kind == "parameter" else "others", (len(unnamed),), unnamed))
    made = []
    for title, shape, places in sorted(arrays, key=lambda array: min(array[2])):
        name = names.new(title)
        data = tuple(numbers[place] for place in places)
        made.append(
            Array(
                name,
                shape,
                kind,
                data,
                tuple(places),
                "" if name == title else title,
                differentiated=kind == "parameter",
            )
        )
    return made


def _possible(leaf: Value, variable: str) -> Iterator[str]:
    """Yield possible names of a leaf: its label, its variable, and then the label with a number.

    In a list w with labels such as w12 the element of the list comes first.
    """
    label = leaf.label
    is_element = "[" in variable and variable.partition("[")[0] == label.rstrip("0123456789_,")
    yield from filter(None, [variable, label] if is_element else [label, variable])
    if label:
        yield from (f"{label}_{number}" for number in count(2))


def _as_of_torch(name: str) -> str:
    """Return the name of a parameter of `nn` with the names of PyTorch."""

    def replaced(match: re.Match[str]) -> str:
        layer = f"layers_{match[1]}_" if match[1] else ""
        return f"{layer}weight{match[2]}{match[3]}" if match[3] else f"{layer}bias{match[2]}"

    return NEURON.sub(replaced, name)


def _keys(name: str) -> list[Any]:
    """Return a name as a variable and what follows it: indices and attributes."""
    match = PATH.fullmatch(name)
    if match is None:
        return [name]
    rest = [int(index) if index else attribute or key for index, attribute, key in INDEX.findall(match[2])]
    return rest if match[1] == "self" and rest else [match[1], *rest]


def _put(tree: Tree, keys: Sequence[Any], place: int) -> bool:
    """Put a place into a tree, unless there is another."""
    for key in keys[:-1]:
        tree = tree.setdefault(key, {})
        if not isinstance(tree, dict):
            return False
    if keys[-1] in tree:
        return False
    tree[keys[-1]] = place
    return True


def _stacked(node: Any) -> dict[str, tuple[Shape, list[int]]]:
    """Return what is in a part of a tree as arrays by the ends of their names: lists of what is alike are stacked."""
    if not isinstance(node, dict):
        return {"": ((), [node])}
    children = {key: _stacked(child) for key, child in node.items()}
    keys = list(children)
    if sorted(keys, key=str) == sorted(range(len(keys)), key=str):
        parts = [children[k] for k in range(len(keys))]
        shapes = [{suffix: shape for suffix, (shape, _) in part.items()} for part in parts]
        if all(x == shapes[0] for x in shapes) and all(re.fullmatch(r"(_\d+)*", x) for x in shapes[0]):
            return {
                suffix: ((len(parts), *shape), [place for part in parts for place in part[suffix][1]])
                for suffix, shape in shapes[0].items()
            }
    return {f"_{key}{suffix}": array for key, part in children.items() for suffix, array in part.items()}
