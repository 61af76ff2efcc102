"""Validate a primitive when it is defined, so that mistakes are reported there.

>>> from autograd_tiny import primitive
>>> primitive("third", "third({x})", lambda x: x**3, lambda x: (3.0 * x * x,))
Traceback (most recent call last):
    ...
autograd_tiny.errors.PrimitiveError: primitive 'third': partials takes (x); it will be called with (x, z)

Functions written in C, such as `math.sin`, have no signature to check.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import FunctionType
from typing import Any

from autograd_tiny.errors import PrimitiveError, shorten

FIELD = re.compile(r"{(\*?[^\W\d]\w*)}")
VARARGS = 0x04  # inspect.CO_VARARGS, the function has a *parameter; `inspect` is slow to import


def fields_of(name: str, text: Any) -> list[str]:
    """Return the fields of a text, each once, lists with their star.

    Raises:
        PrimitiveError: there are none, or braces are unbalanced.
    """
    if not isinstance(text, str):
        raise PrimitiveError(name, f"its text is {shorten(text)}; it must be a string such as '{name}({{x}})'")
    fields = list(dict.fromkeys(FIELD.findall(text)))
    if "{" in (rest := FIELD.sub("", text)) or "}" in rest:
        raise PrimitiveError(
            name, f"its text {text!r} has unbalanced braces; write {{x}} for a number and {{*xs}} for a list"
        )
    if not fields:
        raise PrimitiveError(name, f"its text {text!r} names no operand; write '{name}({{x}})'")
    return fields


def require_function(name: str, field: str, function: Any, given: Sequence[str]) -> None:
    """Raise a PrimitiveError if the function in a field cannot be called with operands of these names."""
    operands = ", ".join(given)
    if not callable(function):
        problem = f"{field} is {shorten(function)}; it must be a function such as lambda {operands}: …"
        raise PrimitiveError(name, problem)
    if not isinstance(function, FunctionType):
        return
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    more = code.co_varnames[code.co_argcount + code.co_kwonlyargcount :][: bool(code.co_flags & VARARGS)]
    fewest = len(names) - len(function.__defaults__ or ())
    fits = fewest <= len(given) and (more or len(given) <= len(names))
    if not fits or set(more) & set(given) or _are_misplaced(names, given):
        taken = ", ".join([*names, *(f"*{rest}" for rest in more)])
        raise PrimitiveError(name, f"{field} takes ({taken}); it will be called with ({operands})")


def require_defaults(name: str, operands: Collection[str], defaults: Mapping[str, float]) -> None:
    """Raise a PrimitiveError if a default does not belong to an operand."""
    for unknown in defaults.keys() - set(operands):
        raise PrimitiveError(name, f"it has a default for {unknown!r}; its operands are {', '.join(operands)}")


def _are_misplaced(names: Sequence[str], given: Sequence[str]) -> bool:
    """Return whether parameters have none of the given names, or all of them in another order."""
    firsts, due = list(names[: len(given)]), list(given[: len(names)])
    return bool(firsts) and (not set(firsts) & set(due) or (firsts != due and sorted(firsts) == sorted(due)))


def with_signature(function: Any, names: Sequence[str], defaults: Mapping[str, Any]) -> None:
    """Let `help` and `inspect.signature` show these parameters of a function, whatever its own are.

    They read the function in `__wrapped__`; an `inspect.Signature` needs `inspect`, which is slow to import.
    """
    last = next((i for i, name in enumerate(reversed(names)) if name not in defaults), len(names))
    count, values = len(names), tuple(defaults[name] for name in names[len(names) - last :])
    code = _shown.__code__.replace(co_argcount=count, co_nlocals=count, co_varnames=tuple(names))
    function.__wrapped__ = FunctionType(code, function.__globals__, function.__name__, values)


def _shown() -> None:
    """Serve as the code of a function that is shown, and never called."""
