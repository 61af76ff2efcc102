"""A web page on which a backward pass can be walked and changed: `loss.trace().save("pass.html")`.

One file, which needs no network, no server and no Python. Leaves can be given other numbers; the page computes
everything anew, forward and backward, with JavaScript that is translated from the table of primitives.

>>> from autograd_tiny import Value
>>> page = page_of((Value(3.0, label="a") ** 2).trace())
>>> page.splitlines()[0], "https:" in page
('<!doctype html>', False)
"""

from autograd_tiny.page.document import frame_of, page_of
from autograd_tiny.page.saving import save
from autograd_tiny.symbolic.translate.table_source import TranslationError

__all__ = ["TranslationError", "frame_of", "page_of", "save"]
