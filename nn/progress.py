"""A progress bar, drawn by rich where somebody watches.

>>> from nn import History
>>> with progress_bar(1, show=False) as advance:
...     advance(History(loss=[0.5]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nn.history import History


@contextmanager
def progress_bar(epochs: int, *, show: bool) -> Iterator[Callable[[History], None]]:
    """Show a progress bar if asked to and if there is a terminal; yield what moves it by one epoch."""
    if not show:
        yield lambda history: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("epochs", total=epochs)
        yield lambda history: bar.update(task, advance=1, description=f"loss {history.loss[-1]:.4g}")
