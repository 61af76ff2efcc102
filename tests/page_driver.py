"""Drive a page in a browser, for the tests of the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograd_tiny import Value
from autograd_tiny.page import render_page
from autograd_tiny.trace import Trace


def used_twice() -> Trace:
    """Return the trace of L = v1 * a, where v1 = a * b: a is used twice."""
    a, b = Value(3.0, label="a"), Value(-2.0, label="b")
    return (a * b * a).trace()


def neuron() -> Trace:
    """Return the trace of L = relu(w*x + b)."""
    w, x, b = Value(-3.0, label="w"), Value(2.0, label="x"), Value(7.0, label="b")
    return (w * x + b).relu().trace()


class PageDriver:
    """Drives a page in a browser, and logs what goes wrong.

    Attributes:
        page: the page of Playwright.
        troubles: each console message, error and dialog.
        requests: the address of each request.
    """

    def __init__(self, page: Any, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.troubles: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(60_000)  # a busy machine is not a failure
        self._listeners = {
            "console": lambda message: self.troubles.append(message.text),
            "pageerror": lambda error: self.troubles.append(str(error)),
            "dialog": self._dismiss,
            "request": lambda request: self.requests.append(request.url),
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def stop(self) -> None:
        """Stop logging."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)

    def _dismiss(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, trace: Trace, *, fragment: str = "", title: str = "") -> PageDriver:
        """Open the page of a trace; the fragment is the end of its address."""
        return self.open_text(render_page(trace, title=title), fragment)

    def open_text(self, text: str, fragment: str = "") -> PageDriver:
        """Open a page that is given as HTML."""
        path = self.folder / "page.html"
        path.write_text(text, encoding="utf-8")
        self.page.goto("about:blank")
        self.requests.clear()
        self.page.goto(path.as_uri() + fragment)
        return self

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, name: str) -> None:
        """Click the button with an id."""
        self.page.click(f"#{name}")

    def text(self, selector: str) -> str:
        """Return the text of an element."""
        return str(self.page.text_content(selector))

    def ask(self, script: str, argument: Any = None) -> Any:
        """Return the value of a JavaScript expression."""
        return self.page.evaluate(script, argument)

    def wait_until(self, condition: str) -> None:
        """Wait for a JavaScript condition; that of Playwright evaluates a text, which the page's policy forbids."""
        for _ in range(400):
            if self.ask(condition):
                return
            self.page.wait_for_timeout(25)
        raise TimeoutError(condition)

    @property
    def step(self) -> int:
        """The number of events that are done."""
        return int(self.ask("state.cursor"))

    def gradient(self, name: str) -> str:
        """Return the gradient of a node as the picture shows it."""
        place = self.ask("name => graph.nodes.findIndex(node => node.name === name)", name)
        return self.text(f'[data-id="n{place}"] .gradient')

    def leaf(self, name: str) -> Any:
        """Return the number field of a leaf in the picture."""
        return self.page.locator(f'#picture input[aria-label="value of {name}"]')

    def enter(self, name: str, number: str) -> None:
        """Type a number into the field of a leaf."""
        self.leaf(name).fill(number)
        self.leaf(name).press("Enter")
