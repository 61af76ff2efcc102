"""Set up all tests: no limits of time, no tracing of `no_cover`, the figures of promises, and a browser for pages."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages
from sys import gettrace, settrace  # as they are before a test replaces them
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, settings

import autograd_tiny
import nn
from autograd_tiny.replay import choice
from autograd_tiny.symbolic import variable_names

if TYPE_CHECKING:
    from tests.page_driver import PageDriver

collect_ignore = [] if find_spec("cosmic_ray") else ["promises/mutation.py"]  # its doctests would import it

os.environ["AUTOGRAD_TINY_HISTORY"] = ""  # no test writes into the history of the user
if "AUTOGRAD_TINY_MUTANT" not in os.environ:  # see `promises/mutation.py`
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process of a test would compile the packages again
os.environ.pop("COLUMNS", None)  # the width of lines in files

settings.register_profile("any load", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any load")


# ── what is traced for coverage, and what is not ──


class Tracing:
    """The tracing of the main thread: on while a module of the packages is imported and while a test runs.

    Nothing else may cover a line, and tracing takes half the time of what is traced: collection, reports, plugins.
    """

    trace: Any = None  # as it was when it was last on: pytest-cov starts another one after a test marked `no_cover`
    dirty = True  # caches hold what was computed without tracing

    def pause(self) -> None:
        self.trace = gettrace() or self.trace
        settrace(None)

    @contextmanager
    def on(self) -> Iterator[None]:
        self.pause()
        settrace(self.trace)
        try:
            yield
        finally:
            settrace(None)

    @contextmanager
    def nowhere(self) -> Iterator[None]:
        """Trace neither this thread, which pytest-cov may trace again, nor new threads and processes."""
        self.pause()
        self.dirty = True
        trace_of_threads = threading.gettrace()
        variables = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_")}
        threading.settrace(None)  # type: ignore[arg-type]  # what it is without a tracer
        try:
            yield
        finally:
            threading.settrace(trace_of_threads)  # type: ignore[arg-type]  # as above
            os.environ.update(variables)

    def empty_caches(self) -> None:
        """Empty the caches of the packages, so that a traced test computes what it takes from them."""
        if self.dirty and self.trace:
            for name, module in list(sys.modules.items()):
                if name.startswith(("autograd_tiny.", "nn.")):
                    for thing in list(vars(module).values()):
                        if hasattr(type(thing), "cache_clear"):
                            thing.cache_clear()
            self.dirty = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, object, object]:
        """Import all modules under tracing, and collect the tests without it.

        The thousands of collected tests stay to the end: the garbage collector need not visit them again and again.
        """
        if gettrace() and not session.config.pluginmanager.has_plugin("dsession"):  # its workers collect
            for package in (autograd_tiny, nn):
                for module in walk_packages(package.__path__, package.__name__ + "."):
                    if not module.name.endswith(".__main__"):
                        import_module(module.name)
        self.pause()
        result = yield
        gc.collect()
        gc.freeze()
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Trace the fixtures of all tests: those of a module may serve several."""
        if not item.get_closest_marker("no_cover"):
            self.empty_caches()
        with self.on():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Trace neither a test that is marked `no_cover` nor the processes that it starts."""
        with self.nowhere() if item.get_closest_marker("no_cover") else self.on():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        with self.on():
            return (yield)


class Worker:
    """Saves time in a worker of xdist."""

    @pytest.hookimpl(trylast=True)  # after pytest-randomly
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Begin with the longest test: at the end the other workers would wait for it."""
        items.sort(key=lambda item: item.name != "test_mypy_finds_nothing")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test, and send one report if it passes, not three: they take a third of the time between tests."""
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in runtestprotocol(item, log=False, nextitem=nextitem):
            if report.when == "call" or not report.passed:
                item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True


def pytest_configure(config: pytest.Config) -> None:
    """Register them as plugins: the hooks of this file itself serve only the tests below it, and no doctest."""
    config.pluginmanager.register(Tracing())
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Worker())


@pytest.fixture(scope="module", autouse=True)
def no_names_of_variables() -> Iterator[None]:
    """Name nodes by their labels alone: what the tests show must not depend on how their variables are named."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variable_names, "MOST_FRAMES", 0)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_compiler_by_default() -> Iterator[None]:
    """Compile no program that does not ask for C: the tests record hundreds of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "WORTH", 10**9)
        yield


@pytest.fixture
def names_of_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name nodes after the variables of a test too, as outside of the tests."""
    monkeypatch.setattr(variable_names, "MOST_FRAMES", 20)


# ── the figures of tests/promises ──


@pytest.fixture
def report_figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return a function that prints what a promise measured, at the end of the run."""
    return lambda figure: record_property("figure", figure)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each figure with its test."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    figures = [(report.nodeid, text) for report in reports for _, text in report.user_properties]
    if figures:
        terminalreporter.section("figures")
        for test, text in sorted(figures):
            terminalreporter.write_line(f"{test}: {text}")


# ── the browser ──

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


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need the browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("ci")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium, once for all tests."""
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
    """Return the window that most tests share."""
    return browser.new_page(viewport={"width": 1280, "height": 860})


@pytest.fixture
def driver(window: Any, tmp_path: Path) -> Iterator[PageDriver]:
    """Return a driver of the shared window; its page must cause no error and no request."""
    from tests.page_driver import PageDriver

    driver = PageDriver(window, tmp_path)
    yield driver
    driver.stop()
    assert driver.troubles == []
    assert [url for url in driver.requests if not url.startswith(tmp_path.as_uri())] == []


@pytest.fixture
def driver_with(browser: Any, tmp_path: Path) -> Iterator[Callable[..., PageDriver]]:
    """Return a function that opens a driver with a window of its own, of other colours, width or motion."""
    from tests.page_driver import PageDriver

    drivers = []

    def open_window(**options: Any) -> PageDriver:
        drivers.append(PageDriver(browser.new_page(**options), tmp_path))
        return drivers[-1]

    yield open_window
    for driver in drivers:
        driver.page.close()
        assert driver.troubles == []
