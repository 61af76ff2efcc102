"""The bundle of the JavaScript modules."""

from __future__ import annotations

import re
from pathlib import Path

from autograd_tiny import page
from autograd_tiny.page.bundle import MODULES, SPACE, bundle, read_module
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
    assert "roundDecimals" in bundle(pick([TABLE["round"]]).text)
    assert "roundDecimals" not in bundle(pick([TABLE["tanh"]]).text)


def test_no_text_of_a_module_spans_lines() -> None:
    for name in MODULES:
        for line in read_module(name).splitlines():
            assert line.count("`") % 2 == 0, f"{name}: {line}"


def test_bundle_has_neither_indentation_nor_comments() -> None:
    lines = bundle(pick([TABLE["tanh"]]).text, training=True).splitlines()
    assert [line for line in lines if line.startswith(" ") or " // " in line] == []


def test_bundle_removes_no_space_of_a_text() -> None:
    for name in MODULES:
        for text in re.findall(
            r"\"(?:[^\"\\\n]|\\.)*\"|`[^`\n]*`", re.sub(r"(?m)^const ATOM.*", "", read_module(name))
        ):
            plain = re.sub(r"\$\{.*", "", text)
            assert SPACE.sub(r"\1", plain) == plain, f"{name}: {text}"


def test_exports_are_defined_above_their_uses_outside_of_functions() -> None:
    for name in MODULES:
        lines = read_module(name).splitlines()
        for place, line in enumerate(lines):
            if exported := re.match(r"export (?:async )?function (\w+)", line):
                early = [text for text in lines[:place] if re.match(r"(const|let|\w+\()(?!.*(=>|//))", text)]
                assert not [text for text in early if re.search(rf"\b{exported[1]}\b", text)], (
                    f"{name}: {exported[1]}"
                )


def test_private_names_stay_in_their_block() -> None:
    text = bundle(pick([TABLE["tanh"]]).text)
    block = text.partition("// events.js\n")[2].partition("// state.js\n")[0]
    assert block.startswith("{\n")
    assert block.endswith("\n}\n")
    assert "var countEvents=(graph)=>" in block
    assert "var eventAt=function(graph, place){" in block
    assert "\nfunction latestInto(" in block
