"""Generate the stub of `autograd_tiny`: overloads for the functions of the table, and the other public names.

    python -m tests.annotations.stub > autograd_tiny/__init__.pyi

>>> print("\\n".join(overloads("cbrt", [Operand("x")])[:2]))
@overload
def cbrt(x: Value) -> Value: ...
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import autograd_tiny

STUB: Final = Path(autograd_tiny.__file__).with_name("__init__.pyi")
KINDS: Final = {"Value": "Value", "Symbol": "Symbol", "_Array": "_Array"}
"""What functions take beside numbers, and what they return for it."""
HEADER: Final = '''# mypy: disable-error-code="overload-overlap"
"""The public names and their types; made by `python -m tests.annotations.stub`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

'''
ALIASES: Final = """
_Number: TypeAlias = float | np.floating[Any] | np.integer[Any] | np.bool_
_Array: TypeAlias = NDArray[Any]
_T = TypeVar("_T")
_D = TypeVar("_D")

__version__: str
"""
EXTREME: Final = """
@overload
def {name}(x: Value, y: Value | _Number, /, *xs: Value | _Number) -> Value: ...
@overload
def {name}(x: _Number, y: Value, /, *xs: Value | _Number) -> Value: ...
@overload
def {name}(x: _T, y: _T, /, *xs: _T, key: Callable[[_T], Any] | None = ...) -> _T: ...
@overload
def {name}(xs: Iterable[_T], /, *, key: Callable[[_T], Any] | None = ...) -> _T: ...
@overload
def {name}(xs: Iterable[_T], /, *, key: Callable[[_T], Any] | None = ..., default: _D) -> _T | _D: ...
"""
AFFINE: Final = """
@overload
def affine(
    weights: Sequence[Sequence[_Number]], xs: Sequence[_Number], biases: Sequence[_Number]
) -> list[float]: ...
@overload
def affine(
    weights: Sequence[Sequence[Value | _Number]], xs: Sequence[Value | _Number], biases: Sequence[Value | _Number]
) -> list[Value]: ...
"""


@dataclass(frozen=True, slots=True)
class Operand:
    """A parameter: a number, or a list of numbers; `default` is its text, and `only` a type that it always has."""

    name: str
    is_list: bool = False
    default: str = ""
    only: str = ""

    def of(self, numbers: str) -> str:
        """Return the parameter for operands of a type."""
        numbers = self.only or (f"Iterable[{numbers}]" if self.is_list else numbers)
        numbers += " | None" * (self.default == "None")
        return f"{self.name}: {numbers}{f' = {self.default}' if self.default else ''}"


CORRECTION: Final = Operand("correction", default="...", only="float")
LIST: Final = Operand("xs", is_list=True)
COMPOSED: Final = {
    "dist": [Operand("p", is_list=True), Operand("q", is_list=True)],
    "dot": [Operand("ws", is_list=True), LIST, Operand("bias", default="...")],
    "gelu": [Operand("x"), Operand("approximate", default="...", only="str")],
    "log": [Operand("x"), Operand("base", default="None")],
    "prelu": [Operand("x"), Operand("weight")],
    "std": [LIST, CORRECTION],
    "sum": [LIST, Operand("start", default="...")],
    "var": [LIST, CORRECTION],
}
OF_PYTHON: Final = {
    "abs": ["(x: int) -> int"],
    "pow": ["(x: int, y: int, mod: int | None = ...) -> Any"],
    "round": ["(x: float, ndigits: None = ...) -> int"],
    "sum": [
        "(xs: Iterable[int], start: int = ...) -> int",
        "(xs: Iterable[list[_T]], start: list[_T]) -> list[_T]",
    ],
}
"""What they return for plain numbers and lists, as Python's own functions."""
OF_LISTS: Final = ("log_softmax", "softmax", "softmin")
WRITTEN_OUT: Final = {"affine": AFFINE, "max": EXTREME.format(name="max"), "min": EXTREME.format(name="min")}


def stub() -> str:
    """Return the stub."""
    names = autograd_tiny.__all__
    functions = [name for name in names if name in WRITTEN_OUT or operands_of(name)]
    bodies = [WRITTEN_OUT.get(name) or _described(name) for name in functions]
    imports = sorted(_import(name) for name in names if name not in functions)
    exported = "".join(f'    "{name}",\n' for name in names)
    return f"{HEADER}{''.join(imports)}{ALIASES}{''.join(bodies)}\n__all__ = [\n{exported}]\n"


def _import(name: str) -> str:
    return f"from {getattr(autograd_tiny, name).__module__} import {name} as {name}\n"


def operands_of(name: str) -> list[Operand]:
    """Return the operands of a function of numbers; none of another public name."""
    if name in COMPOSED:
        return COMPOSED[name]
    if name in OF_LISTS:
        return [LIST]
    row = getattr(getattr(autograd_tiny, name), "primitive", None)
    if not inspect.isfunction(getattr(autograd_tiny, name)) or row is None:
        return []
    return [
        Operand(operand, many, "..." * (operand in row.defaults))
        for operand, many in zip(row.operands, row.takes_list, strict=True)
    ]


def _described(name: str) -> str:
    """Return the overloads of a function, the first one with its description."""
    first, second, *others = overloads(name, operands_of(name), "list[{}]" if name in OF_LISTS else "{}")
    description = inspect.getdoc(getattr(autograd_tiny, name)) or ""
    text = re.sub(r"\n(?=.)", "\n    ", description).replace("\\", "\\\\")
    documented = f'{second.removesuffix(" ...")}\n    """{text}\n    """' if "\n" in text else second
    return "\n".join(["", first, documented, *others, ""])


def overloads(name: str, operands: Sequence[Operand], result: str = "{}") -> list[str]:
    """Return the lines of the overloads of a function."""
    signatures = _of_lists(operands) if any(operand.is_list for operand in operands) else _of_numbers(operands)
    lines = [line for known in OF_PYTHON.get(name, []) for line in ("@overload", f"def {name}{known}: ...")]
    for parameters, returned in signatures:
        kind = returned if returned == "Any" else result.format(returned)
        lines += ["@overload", f"def {name}({parameters}) -> {kind}: ..."]
    return lines


def _of_lists(operands: Sequence[Operand]) -> Iterator[tuple[str, str]]:
    arrays = [replace(operand, only="_Array", default="") if operand.is_list else operand for operand in operands]
    yield ", ".join(operand.of("Value | Symbol | _Number") for operand in arrays), "Any"
    for kind in ("", "Value", "Symbol"):
        numbers = f"{kind} | _Number" if kind else "_Number"
        yield ", ".join(operand.of(numbers) for operand in operands), kind or "float"


def _of_numbers(operands: Sequence[Operand]) -> Iterator[tuple[str, str]]:
    """Yield for each kind, and the place of its first operand, the parameters and the result."""
    for kind, returned in KINDS.items():
        others = "Value | _Number" if kind == "_Array" else "_Number"
        for place, operand in enumerate(operands):
            if operand.only:
                continue
            before = [each.of(others) for each in operands[:place]]
            after = [each.of(f"{kind} | {others}") for each in operands[place + 1 :]]
            own = replace(operand, default="").of(kind)
            if any(each.default for each in operands[:place]):
                yield ", ".join([*before, "*", own, *after]), returned
                before = [replace(each, default="").of(others) for each in operands[:place]]
            yield ", ".join([*before, own, *after]), returned
    yield ", ".join(operand.of("_Number") for operand in operands), "float"


if __name__ == "__main__":
    print(stub(), end="")
