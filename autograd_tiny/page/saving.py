"""A page in a file, written whole or not at all.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from autograd_tiny import Value
>>> with TemporaryDirectory() as folder:
...     save((Value(3.0, label="a") ** 2).trace(), Path(folder, "square.html"))
...     print(*(path.name for path in Path(folder).iterdir()))
square.html
"""

from __future__ import annotations

import os

from autograd_tiny.page.document import page_of
from autograd_tiny.support.atomic_files import write_whole
from autograd_tiny.trace import Trace


def save(trace: Trace, path: str | os.PathLike[str], *, title: str = "") -> None:
    """Write the page of a trace to a file.

    It goes to a new file beside it, which then takes its name: whatever fails, an old file stays as it was.

    Args:
        trace: a pass, where its cursor stands.
        path: where to; its folder must exist.
        title: what the page is about; the formula of the root where it is empty.

    Raises:
        OSError: the file cannot be written; it names `path`.
    """
    write_whole(path, page_of(trace, title=title).encode())
