"""Save and load parameters as JSON, which is readable and, unlike a pickle, safe to load.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from nn import MLP
>>> model, copy = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
>>> with TemporaryDirectory() as folder:
...     path = Path(folder, "model.json")
...     save(model, path)
...     load(copy, path)
>>> copy.state_dict() == model.state_dict()
True
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

from autograd_tiny.errors import shorten
from autograd_tiny.support.atomic_files import write_whole
from autograd_tiny.support.json_numbers import indented_json
from nn.errors import ArgumentError, ArgumentTypeError, FileFormatError
from nn.module import Module

FORMAT = "autograd_tiny.nn parameters"
VERSION = 1


def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Save all parameters of a model to a file.

    The file is replaced as a whole: if anything fails, an old file is left unchanged.

    Args:
        model: the module to save.
        path: the path of the file, in an existing folder.

    Raises:
        ArgumentError: a parameter is infinite or nan.
        OSError: the file cannot be written; it names `path`.
    """
    _require_module("save", model)
    target = as_path("save", path)
    state = model.state_dict()
    for name, data in state.items():
        if not math.isfinite(data):
            raise ArgumentError("save", name, data, "finite parameters; load the last finite ones, or train again")
    text = indented_json({"format": FORMAT, "version": VERSION, "parameters": state}, ensure_ascii=False)
    write_whole(target, f"{text}\n".encode())


def load(model: Module, path: str | os.PathLike[str]) -> None:
    """Load all parameters of a model from a file that `save` wrote; if that fails, the model is left unchanged.

    Args:
        model: a module built in the same way as the one that was saved.
        path: the path of the file.

    Raises:
        FileFormatError: the file was not written by `save`, is truncated, or is of a newer version.
        StateError: the file contains the parameters of another model.
        OSError: the file cannot be read.
    """
    _require_module("load", model)
    source = as_path("load", path)
    try:
        text = source.read_text(encoding="utf-8-sig")
        content = json.loads(text, parse_constant=_refuse, object_pairs_hook=_without_duplicates)
    except _DuplicateKeyError as error:
        raise FileFormatError(path, f"has the key {shorten(error.args[0])} twice") from None
    except (ValueError, RecursionError):
        raise FileFormatError(path, "is not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FileFormatError(path, f"has no format {FORMAT!r}")
    version = content.get("version")
    if type(version) is not int or version != VERSION:  # True and 1.0 are equal to 1
        raise FileFormatError(path, f"has version {shorten(version)}, but this program reads version {VERSION}")
    parameters = content.get("parameters")
    if not isinstance(parameters, dict) or not all(_is_number(data) for data in parameters.values()):
        raise FileFormatError(path, "has no finite numbers by name under 'parameters'")
    model.load_state_dict(parameters)


def _require_module(place: str, model: Any) -> None:
    if not isinstance(model, Module):
        raise ArgumentTypeError(place, "model", model, "a module, such as MLP(2, [3, 1])")


def as_path(place: str, path: Any) -> Path:
    """Return a path that was given as a text or a path.

    Raises:
        ArgumentTypeError: it is neither.
    """
    if not isinstance(path, str | os.PathLike):
        raise ArgumentTypeError(place, "path", path, "a path, such as 'model.json'")
    return Path(path)


class _DuplicateKeyError(ValueError):
    """An object of JSON that has a key twice."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, item in pairs:
        if key in content:
            raise _DuplicateKeyError(key)
        content[key] = item
    return content


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are not JSON


def _is_number(data: Any) -> bool:
    return type(data) is float and math.isfinite(data)  # 1e999 is JSON but infinite
