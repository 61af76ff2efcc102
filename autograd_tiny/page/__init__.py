"""Write a self-contained web page that steps through a trace: `loss.trace().save("pass.html")`.

The page is one file that needs no network, no server and no Python. A reader steps through the events and edits the
leaves; the page recomputes both passes with JavaScript that is translated from the table of primitives.

>>> from autograd_tiny import Value
>>> page = render_page((Value(3.0, label="a") ** 2).trace())
>>> page.splitlines()[0], "https:" in page
('<!doctype html>', False)
"""

from autograd_tiny.page.document import render_frame, render_page, render_training, save, save_training
from autograd_tiny.symbolic.translate.table_source import TranslationError

__all__ = ["TranslationError", "render_frame", "render_page", "render_training", "save", "save_training"]
