"""Find the encoding of a text file, and open it: UTF-8, UTF-16, or the one-byte code of Windows.

>>> import pathlib, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = pathlib.Path(folder, "a.csv")
...     _ = path.write_bytes("a;größe".encode("cp1252"))
...     source = find_source(path)
...     with source.open() as stream:
...         print(source.encoding, stream.read())
cp1252 a;größe
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from autograd_tiny.tabular.problems import TableError

BLOCK: Final = 1 << 20
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""The bytes with which a file tells its encoding."""
OTHER_FILES: Final = (
    (b"\x1f\x8b", "is compressed by gzip; unpack it first"),
    (b"PK\x03\x04", "is an Excel workbook or a zip archive; save the sheet as CSV UTF-8, or unpack it first"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook; save the sheet as CSV UTF-8"),
    (b"PAR1", "is a Parquet file; write it as CSV"),
    (b"%PDF", "is a PDF document; save its table as CSV"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A text file whose encoding is known.

    Attributes:
        path: of the file.
        encoding: Python's name of it.
        note: how the encoding was found, where the file leaves it open.
        content: the bytes of what can be read only once, such as a pipe; None for a file.
    """

    path: Path
    encoding: str
    note: str = ""
    content: bytes | None = None

    def open(self) -> TextIO:
        """Open the text, with the ends of its lines as they are."""
        binary: BinaryIO = self.path.open("rb") if self.content is None else io.BytesIO(self.content)
        return io.TextIOWrapper(binary, encoding=self.encoding, newline="")


def find_source(path: Path, encoding: str | None = None) -> Source:
    """Find the encoding of a file.

    Args:
        path: the file.
        encoding: the name that the user gives; None to find it.

    Raises:
        TableError: the file cannot be read, is not text, or does not have the given encoding.
    """
    try:
        content = None if path.is_file() else path.read_bytes()
        with path.open("rb") if content is None else io.BytesIO(content) as stream:
            return Source(path, *encoding_of(path, stream, encoding), content)
    except OSError as error:
        raise TableError(path, f"cannot be read: {error.strerror}") from None


def encoding_of(path: Path, stream: BinaryIO, given: str | None) -> tuple[str, str]:
    """Return the encoding of a stream of bytes, and a note where it had to be assumed."""
    start = stream.read(4096)
    for mark, problem in OTHER_FILES:
        if start.startswith(mark):
            raise TableError(path, problem)
    if given is not None:
        require_encoding(path, stream, given)
        return given, ""
    marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
    if marked is not None:
        require_encoding(path, stream, marked)
        return marked, ""
    if b"\0" in start:
        name = "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        require_encoding(path, stream, name)
        return name, "the file has no mark of its encoding; read as UTF-16"
    if bad_byte(stream, "utf-8") is None:
        return "utf-8", ""
    name, title = ("cp1252", "Windows-1252") if bad_byte(stream, "cp1252") is None else ("latin-1", "Latin-1")
    return name, f"the file is not UTF-8; read as {title}, as of Western Europe (another: --encoding NAME)"


def require_encoding(path: Path, stream: BinaryIO, name: str) -> None:
    """Raise a TableError if a stream has not this encoding, or Python does not know it."""
    try:
        line = bad_byte(stream, name)
    except LookupError:
        raise TableError(path, f"--encoding {name} is not known to Python; give utf-8, utf-16, cp1252, ...") from None
    if line is not None:
        raise TableError(path, f"is not {name}; name another with --encoding", line=line)


def bad_byte(stream: BinaryIO, name: str) -> int | None:
    """Return the line of the first bytes that are not of this encoding, or None."""
    decoder = codecs.getincrementaldecoder(name)()
    stream.seek(0)
    begin = 0
    try:
        for block, is_last in blocks(stream):
            decoder.decode(block, is_last)
            begin += len(block) - len(decoder.getstate()[0])
    except UnicodeDecodeError as error:
        stream.seek(0)
        before = stream.read(begin) + error.object[: error.start]
        return before.decode(name, "replace").count("\n") + 1
    return None


def blocks(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield the bytes of a stream in blocks, each with whether it is the last, an empty one."""
    while block := stream.read(BLOCK):
        yield block, False
    yield b"", True
