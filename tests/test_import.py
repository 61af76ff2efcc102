"""Imports load little and change nothing; public names exist and are documented."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LOADED = """
import sys
before = set(sys.modules)
import autograd_tiny
print(*sorted(set(sys.modules) - before))
"""

CHANGED = """
import gc, os, random, signal, sys, threading, warnings
def state():
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "garbage collector": (gc.isenabled(), gc.get_threshold()),
        "interrupt": signal.getsignal(signal.SIGINT),
        "random numbers": random.getstate(),
        "recursion limit": sys.getrecursionlimit(),
        "threads": threading.active_count(),
        "warning filters": list(warnings.filters),
    }
before = state()
import autograd_tiny, nn
after = state()
print(*[name for name in before if before[name] != after[name]])
"""


LATE = """
import sys
import autograd_tiny
print("numpy" in sys.modules, "record" in dir(autograd_tiny))
autograd_tiny.record
print("numpy" in sys.modules)
"""


def output_of(program: str) -> str:
    """Run a program in a fresh interpreter and return all that it writes."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout


def is_documented(thing: object) -> bool:
    """Return True if a class, function or module has a docstring, and a callable instance one of its own."""
    if inspect.isclass(thing) or inspect.isroutine(thing) or inspect.ismodule(thing):
        return bool((thing.__doc__ or "").strip())
    return not callable(thing) or thing.__doc__ not in {None, "", type(thing).__doc__}


class Rule:
    """A rule."""

    def __init__(self, description: str | None) -> None:
        self.__doc__ = description

    def __call__(self) -> None: ...


def test_import_loads_no_optional_package() -> None:
    loaded = {name.split(".")[0] for name in output_of(LOADED).split()}
    assert "autograd_tiny" in loaded
    assert loaded.isdisjoint({"numpy", "graphviz", "matplotlib", "sklearn", "rich", "IPython", "nn"})


def test_package_is_imported_on_first_use() -> None:
    assert output_of(LATE).split() == ["False", "True", "True"]


def test_unknown_attribute_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'autograd_tiny' has no attribute 'backward'"):
        importlib.import_module("autograd_tiny").backward
    assert {"draw", "record", "Trace", "Value"} <= set(dir(importlib.import_module("autograd_tiny")))


def test_version_is_read_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    package = importlib.import_module("autograd_tiny")
    monkeypatch.setattr(metadata, "version", lambda name: "1.2.3")
    assert package.__version__ == "1.2.3"
    assert "__version__" in dir(package)


def test_import_has_no_side_effects() -> None:
    assert output_of(CHANGED).strip() == ""


@pytest.mark.parametrize("name", ["autograd_tiny", "nn"])
def test_public_names_exist_once(name: str) -> None:
    package = importlib.import_module(name)
    assert [public for public in package.__all__ if not hasattr(package, public)] == []
    assert len(package.__all__) == len(set(package.__all__))


@pytest.mark.parametrize("name", ["autograd_tiny", "nn"])
def test_public_names_are_documented(name: str) -> None:
    package = importlib.import_module(name)
    public = [name for name in package.__all__ if hasattr(package, name)]
    assert [name for name in public if not is_documented(getattr(package, name))] == []


@pytest.mark.parametrize("thing", [Path, inspect.getdoc, inspect, 3.0, Rule("The sine.")])
def test_documented_thing_is_accepted(thing: object) -> None:
    assert is_documented(thing)


@pytest.mark.parametrize("thing", [lambda: None, type("Bare", (), {}), Rule(Rule.__doc__), Rule("")])
def test_undocumented_thing_is_found(thing: object) -> None:
    assert not is_documented(thing)
