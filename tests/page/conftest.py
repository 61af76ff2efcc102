"""A real browser for the tests of the page: Chromium, driven by Playwright, one window for all of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.page.page_reader import Reader

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(tryfirst=True)  # before those that are not wanted are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what happens in the browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("ci")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start the browser, once."""
    api = pytest.importorskip("playwright.sync_api", reason='Playwright is not installed: pip install -e ".[ci]"')
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium is installed, as by: apt-get install chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(browser: Any) -> Any:
    """Return the one window of most tests."""
    return browser.new_page(viewport={"width": 1280, "height": 860})


@pytest.fixture
def reader(window: Any, tmp_path: Path) -> Iterator[Reader]:
    """Return a reader whose page must stay without errors and without requests."""
    reader = Reader(window, tmp_path)
    yield reader
    reader.stop()
    assert reader.troubles == []
    assert [url for url in reader.requests if not url.startswith(tmp_path.as_uri())] == []


@pytest.fixture
def reader_with(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Reader]]:
    """Return what makes a reader with a window of its own: other colours, another width, less motion."""
    readers = []

    def open_window(**options: Any) -> Reader:
        readers.append(Reader(browser.new_page(**options), tmp_path))
        return readers[-1]

    yield open_window
    for reader in readers:
        reader.page.close()
        assert reader.troubles == []
