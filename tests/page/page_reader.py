"""Somebody who reads a page in a browser, for the tests of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograd_tiny.page import page_of
from autograd_tiny.trace import Trace


class Reader:
    """Somebody who reads a page in a browser; whatever goes wrong on the way is written down.

    Attributes:
        page: of Playwright.
        troubles: every message on the console, every error, every dialog.
        requests: the address of everything that was asked for.
    """

    def __init__(self, page: Any, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.troubles: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(10_000)
        self._listeners = {
            "console": lambda message: self.troubles.append(message.text),
            "pageerror": lambda error: self.troubles.append(str(error)),
            "dialog": self._dismiss,
            "request": lambda request: self.requests.append(request.url),
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def stop(self) -> None:
        """Listen no longer."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)

    def _dismiss(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, trace: Trace, *, fragment: str = "", title: str = "") -> Reader:
        """Open the page of a trace, with this fragment in its address."""
        return self.open_text(page_of(trace, title=title), fragment)

    def open_text(self, text: str, fragment: str = "") -> Reader:
        """Open a page."""
        path = self.folder / "page.html"
        path.write_text(text, encoding="utf-8")
        self.page.goto("about:blank")
        self.requests.clear()
        self.page.goto(path.as_uri() + fragment)
        return self

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, name: str) -> None:
        """Click the button of that id."""
        self.page.click(f"#{name}")

    def text(self, selector: str) -> str:
        """Return the text of an element."""
        return str(self.page.text_content(selector))

    def ask(self, script: str, argument: Any = None) -> Any:
        """Return what JavaScript answers."""
        return self.page.evaluate(script, argument)

    def wait_until(self, condition: str) -> None:
        """Wait until JavaScript says so; the page's policy forbids Playwright's own way, which evaluates a text."""
        for _ in range(400):
            if self.ask(condition):
                return
            self.page.wait_for_timeout(25)
        raise TimeoutError(condition)

    @property
    def step(self) -> int:
        """How many events are done."""
        return int(self.ask("state.cursor"))

    def gradient(self, name: str) -> str:
        """Return what the picture shows as the gradient of a node."""
        place = self.ask("name => graph.nodes.findIndex(node => node.name === name)", name)
        return self.text(f'[data-id="n{place}"] .gradient')

    def leaf(self, name: str) -> Any:
        """Return the number box of a leaf in the picture."""
        return self.page.locator(f'#picture input[aria-label="value of {name}"]')

    def enter(self, name: str, number: str) -> None:
        """Type another number into a leaf."""
        self.leaf(name).fill(number)
        self.leaf(name).press("Enter")
