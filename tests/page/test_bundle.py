"""The bundle of the JavaScript modules."""

from __future__ import annotations

import re
from pathlib import Path

from autograd_tiny import page
from autograd_tiny.page.bundle import MODULES, bundle, read_module
from autograd_tiny.page.rows import pick
from autograd_tiny.primitives.primitive import TABLE


def test_every_module_is_listed() -> None:
    folder = Path(page.__file__).parent / "scripts"
    assert sorted(path.name for path in folder.glob("*.js")) == sorted(MODULES)


def test_modules_import_existing_exports() -> None:
    exports = {
        name: set(re.findall(r"^export (?:async )?(?:function|const) (\w+)", read_module(name), re.MULTILINE))
        for name in MODULES
    }
    for name in MODULES:
        for names, origin in re.findall(r"^import \{([^}]*)\} from \"\./(.*)\";$", read_module(name), re.MULTILINE):
            assert set(re.findall(r"\w+", names)) <= exports[origin], f"{name} imports from {origin}"
    everything = [export for names in exports.values() for export in names]
    assert len(everything) == len(set(everything))


def test_modules_use_their_imports() -> None:
    for name in MODULES:
        text = read_module(name)
        for names in re.findall(r"^import \{([^}]*)\}", text, re.MULTILINE):
            for imported in re.findall(r"\w+", names):
                assert len(re.findall(rf"\b{imported}\b", text)) > 1, f"{name} does not use {imported}"


def test_unneeded_modules_are_left_out() -> None:
    assert "ERFC_FAR" not in bundle(pick([TABLE["tanh"]]).text)
    assert "ERFC_FAR" in bundle(pick([TABLE["gelu"]]).text)
    assert "LANCZOS_G" in bundle(pick([TABLE["lgamma"]]).text)
    assert "LANCZOS_G" not in bundle(pick([TABLE["erf"]]).text)


def test_no_text_of_a_module_spans_lines() -> None:
    for name in MODULES:
        for line in read_module(name).splitlines():
            assert line.count("`") % 2 == 0, f"{name}: {line}"


def test_bundle_has_neither_indentation_nor_comments() -> None:
    lines = bundle(pick([TABLE["tanh"]]).text, training=True).splitlines()
    assert [line for line in lines if line.startswith(" ") or " // " in line] == []
