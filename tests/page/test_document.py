"""The document of a page, its file, and the frame of a notebook."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path

import pytest

from autograd_tiny import Value
from autograd_tiny.page import render_page, save
from autograd_tiny.trace import Trace


def square() -> Trace:
    a = Value(3.0, label="a")
    return (a * a).trace()


def element(page: str, opening: str, tag: str) -> str:
    found = re.search(rf"<{opening}>(.*?)</{tag}>", page, re.DOTALL)
    assert found is not None
    return found[1]


def test_policy_allows_only_own_script_and_style() -> None:
    page = render_page(square())
    for opening, tag in (("script", "script"), ("style", "style")):
        digest = base64.b64encode(hashlib.sha256(element(page, opening, tag).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_page_loads_nothing() -> None:
    page = render_page(square())
    assert re.findall(r"https?:[^\"' ]*", page) == ["http://www.w3.org/2000/svg"]
    assert re.findall(r"<link|<img|@import|url\(|import\(|fetch\(|XMLHttpRequest|WebSocket", page) == []


def test_page_without_data_is_below_100_kilobytes() -> None:
    page = render_page(square())
    data = element(page, 'script type="application/json" id="data"', "script")
    assert len(page.encode()) - len(data.encode()) < 100_000


def test_data_cannot_end_its_element() -> None:
    page = render_page(Value(1.0, label="</script><!--").trace())
    data = element(page, 'script type="application/json" id="data"', "script")
    assert "<" not in data
    assert json.loads(data)["nodes"][0]["name"] == "</script><!--"


def test_title_is_formula_or_argument() -> None:
    assert "<title>L = a * a</title>" in render_page(square())
    assert "<title>a</title>" in render_page(Value(1.0, label="a").trace())
    a = Value(1.0, label="a")
    assert "<title>L = (relu(a + 1) - a) ** 2</title>" in render_page((((a + 1.0).relu() - a) ** 2).trace())
    shared = a * a
    assert "<title>L = v1 * v1</title>" in render_page((shared * shared).trace())
    long = a
    for _ in range(100):
        long = long + 1.0
    assert "<title>L = v99 + 1</title>" in render_page(long.trace())
    assert "<title>L = a - 1.000001</title>" in render_page((Value(1.0000012, label="a") - 1.000001).trace())
    assert "<title>&lt;b&gt; {{script}}?</title>" in render_page(square(), title="<b> {{script}}\n")
    assert f"<title>{'x' * 79}…</title>" in render_page(square(), title="x" * 100)


def test_page_is_deterministic() -> None:
    assert render_page(square()) == render_page(square())


def test_frame_holds_whole_page() -> None:
    frame = square()._repr_html_()
    source = re.search(r'srcdoc="([^"]*)"', frame)
    assert source is not None
    assert html.unescape(source[1]) == render_page(square())


def test_trace_saves_its_page(tmp_path: Path) -> None:
    square().save(tmp_path / "page.html", title="a square")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == render_page(square(), title="a square")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_failed_save_keeps_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.html"
    path.write_text("old", encoding="utf-8")

    def fail(self: Path, target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        save(square(), path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.html"]


def test_missing_folder_raises(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"the folder .* does not exist"):
        square().save(tmp_path / "nowhere" / "page.html")


def test_title_has_labels_in_quotes() -> None:
    x = Value(2.0, label="x + y")
    h = x * 3.0
    h.label = "m - n"
    root = h * h + x
    root.label = "r s"
    assert "<title>&quot;r s&quot; = v1 + &quot;x + y&quot;</title>" in render_page(root.trace())
