"""A page as one text, the file it is saved in, and the frame of a notebook."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path

import pytest

from autograd_tiny import Value
from autograd_tiny.page import page_of, save, saving
from autograd_tiny.page.scripts import MODULES, script
from autograd_tiny.trace import Trace


def square() -> Trace:
    a = Value(3.0, label="a")
    return (a * a).trace()


def element(page: str, opening: str, tag: str) -> str:
    found = re.search(rf"<{opening}>(.*?)</{tag}>", page, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_policy_allows_the_one_script_and_the_one_style_and_nothing_else() -> None:
    page = page_of(square())
    for opening, tag in (("script", "script"), ("style", "style")):
        digest = base64.b64encode(hashlib.sha256(element(page, opening, tag).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_the_page_asks_for_nothing_from_anywhere() -> None:
    page = page_of(square())
    assert re.findall(r"https?:[^\"' ]*", page) == ["http://www.w3.org/2000/svg"]
    assert re.findall(r"<link|<img|@import|url\(|import\(|fetch\(|XMLHttpRequest|WebSocket", page) == []


def test_without_the_trace_a_page_is_smaller_than_100_kilobytes() -> None:
    page = page_of(square())
    data = element(page, 'script type="application/json" id="data"', "script")
    assert len(page.encode()) - len(data.encode()) < 100_000


def test_the_data_cannot_end_its_element() -> None:
    page = page_of(Value(1.0, label="</script><!--").trace())
    data = element(page, 'script type="application/json" id="data"', "script")
    assert "<" not in data
    assert json.loads(data)["nodes"][0]["name"] == "</script><!--"


def test_the_title_is_the_formula_or_what_was_given() -> None:
    assert "<title>L = a * a</title>" in page_of(square())
    assert "<title>a</title>" in page_of(Value(1.0, label="a").trace())
    a = Value(1.0, label="a")
    assert "<title>L = (relu(a + 1) - a) ** 2</title>" in page_of((((a + 1.0).relu() - a) ** 2).trace())
    shared = a * a
    assert "<title>L = v1 * v1</title>" in page_of((shared * shared).trace())
    long = a
    for _ in range(100):
        long = long + 1.0
    assert "<title>L = v99 + 1</title>" in page_of(long.trace())
    assert "<title>&lt;b&gt; {{script}}?</title>" in page_of(square(), title="<b> {{script}}\n")
    assert f"<title>{'x' * 79}…</title>" in page_of(square(), title="x" * 100)


def test_the_same_trace_gives_the_same_page() -> None:
    assert page_of(square()) == page_of(square())


def test_a_frame_holds_the_whole_page() -> None:
    frame = square()._repr_html_()
    source = re.search(r'srcdoc="([^"]*)"', frame)
    assert source is not None
    assert html.unescape(source[1]) == page_of(square())


def test_every_module_of_the_script_is_in_the_list() -> None:
    folder = Path(saving.__file__).parent / "scripts"
    assert sorted(path.name for path in folder.glob("*.js")) == sorted(MODULES)


def test_a_module_imports_only_what_another_exports() -> None:
    exports = {
        name: set(re.findall(r"^export (?:async )?(?:function|const) (\w+)", script(name), re.MULTILINE))
        for name in MODULES
    }
    for name in MODULES:
        for names, origin in re.findall(r"^import \{ ([^}]*) \} from \"\./(.*)\";$", script(name), re.MULTILINE):
            assert set(names.split(", ")) <= exports[origin], f"{name} imports from {origin}"
    everything = [export for names in exports.values() for export in names]
    assert len(everything) == len(set(everything))


def test_a_module_uses_all_that_it_imports() -> None:
    for name in MODULES:
        text = script(name)
        for names in re.findall(r"^import \{ ([^}]*) \}", text, re.MULTILINE):
            for imported in names.split(", "):
                assert len(re.findall(rf"\b{imported}\b", text)) > 1, f"{name} does not use {imported}"


def test_a_trace_saves_its_page(tmp_path: Path) -> None:
    square().save(tmp_path / "page.html", title="a square")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page_of(square(), title="a square")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_whatever_fails_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.html"
    path.write_text("old", encoding="utf-8")

    def fail(self: Path, target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        save(square(), path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.html"]


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"the folder .* does not exist"):
        square().save(tmp_path / "nowhere" / "page.html")
