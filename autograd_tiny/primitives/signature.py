"""What may stand in the columns of a row: mistakes are told where it is defined, as far as they show there.

>>> from autograd_tiny import primitive
>>> primitive("third", "third({x})", lambda x: x**3, lambda x: (3.0 * x * x,))
Traceback (most recent call last):
    ...
autograd_tiny.errors.PrimitiveError: primitive 'third': its partials would be called with (x, z), but the function \
takes (x)

Python's own functions are looked at; others, such as `math.sin`, do not tell what they take.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import FunctionType
from typing import Any

from autograd_tiny.errors import PrimitiveError, shorten

FIELD = re.compile(r"{(\*?[^\W\d]\w*)}")
TAKES_MORE = 0x04  # `inspect.CO_VARARGS`: there is a *parameter


def fields_of(name: str, text: Any) -> list[str]:
    """Return the fields of a text, each once, a list with its star.

    Raises:
        PrimitiveError: there are none, or a brace is left over.
    """
    if not isinstance(text, str):
        raise PrimitiveError(name, f"its text must be a string such as '{name}({{x}})', not {shorten(text)}")
    fields = list(dict.fromkeys(FIELD.findall(text)))
    if "{" in (rest := FIELD.sub("", text)) or "}" in rest:
        raise PrimitiveError(
            name, f"its text {text!r} has a brace too many; write {{x}} for a number, {{*xs}} for a list"
        )
    if not fields:
        raise PrimitiveError(name, f"its text {text!r} names no operand; write it as '{name}({{x}})'")
    return fields


def require_function(name: str, column: str, function: Any, given: Sequence[str]) -> None:
    """Raise a PrimitiveError if the function in a column can not be called with operands of these names."""
    operands = ", ".join(given)
    if not callable(function):
        problem = f"must be a function such as lambda {operands}: …, not {shorten(function)}"
        raise PrimitiveError(name, f"its {column} {problem}")
    if not isinstance(function, FunctionType):
        return
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    more = code.co_varnames[code.co_argcount + code.co_kwonlyargcount :][: bool(code.co_flags & TAKES_MORE)]
    fewest = len(names) - len(function.__defaults__ or ())
    fits = fewest <= len(given) and (more or len(given) <= len(names))
    if not fits or set(more) & set(given) or _are_others(names, given):
        taken = ", ".join([*names, *(f"*{rest}" for rest in more)])
        problem = f"would be called with ({operands}), but the function takes ({taken})"
        raise PrimitiveError(name, f"its {column} {problem}")


def require_defaults(name: str, operands: Collection[str], defaults: Mapping[str, float]) -> None:
    """Raise a PrimitiveError if a default is of no operand."""
    for unknown in defaults.keys() - set(operands):
        raise PrimitiveError(name, f"there is a default for {unknown!r}; its operands are {', '.join(operands)}")


def _are_others(names: Sequence[str], given: Sequence[str]) -> bool:
    """Tell whether parameters have none of the given names, or all of them in another order."""
    firsts, due = list(names[: len(given)]), list(given[: len(names)])
    return bool(firsts) and (not set(firsts) & set(due) or (firsts != due and sorted(firsts) == sorted(due)))
