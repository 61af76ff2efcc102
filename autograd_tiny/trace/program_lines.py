"""Find and write the lines of the program that made the nodes of a graph; see `record_lines`.

>>> from autograd_tiny import Value, record_lines
>>> with record_lines():
...     x = Value(3.0, label="x")
...     y = x.log()
>>> lines = ProgramLines([x, y])
>>> lines.where(y).partition(":")[2], lines.sentence(y, "y").partition("]>:")[2]
('3', '3: y = x.log()')
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath

from autograd_tiny.engine.source_lines import SourceLine, lines_of
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.symbolic.notation import text_name
from autograd_tiny.trace.errors import UnknownLineError
from autograd_tiny.trace.name_ranges import list_names


class ProgramLines:
    """The lines of some nodes, as far as they were recorded.

    Args:
        nodes: of a graph.

    Attributes:
        known: the line of each node that has one.
        files: the files of these, each with as much of its path as tells it from the others.
    """

    def __init__(self, nodes: Sequence[Value]) -> None:
        lines = zip(nodes, lines_of(nodes), strict=True)
        self.known: dict[Value, SourceLine] = {node: line for node, line in lines if line is not None}
        self.files = short_paths(dict.fromkeys(line.file for line in self.known.values()))

    def where(self, node: Value) -> str:
        """Return the file and the line of a node, such as `net.py:4`; an empty text if they are not known."""
        line = self.known.get(node)
        return "" if line is None else f"{self.files[line.file]}:{line.line}"

    def sentences(self, nodes: Mapping[Value, str]) -> list[str]:
        """Return where nodes were made, a sentence for each line.

        Args:
            nodes: of the graph, with their names.
        """
        made: defaultdict[SourceLine, list[Value]] = defaultdict(list)
        for node in nodes:
            if node in self.known:
                made[self.known[node]].append(node)
        names = {node: text_name(name) for node, name in nodes.items()}
        return [
            f"{list_names([names[node] for node in several])} {'was' if len(several) == 1 else 'were'} made at "
            f"{line.quote(self.where(several[0]))}"
            for line, several in made.items()
        ]

    def sentence(self, node: Value, name: str) -> str:
        """Return where a node was made, with the code of the line; an empty text if it is not known.

        Args:
            node: of the graph.
            name: its name.
        """
        return "".join(self.sentences({node: name}))

    def find(self, text: str) -> list[Value]:
        """Return the nodes of a line, such as `net.py:4`, or `layers/net.py:4` if there are others.

        Raises:
            UnknownLineError: no node was made at such a line. It is a KeyError.
            OperandError: the argument is not a text.
        """
        if not isinstance(text, str):
            raise OperandError("lines.find", text, expected="a text such as 'net.py:4'", remedy="write file and line")
        file, _, number = text.rpartition(":")
        wanted = PurePath(file).parts
        files = [path for path in self.files if PurePath(path).parts[-len(wanted) :] == wanted]
        found = [node for node, line in self.known.items() if line.file in files and str(line.line) == number]
        if found and len(files) == 1:
            return found
        several = [f"{self.files[path]}:{number}" for path in files] if len(files) > 1 else []
        near = self._near(files[0], int(number)) if len(files) == 1 else []
        raise UnknownLineError(text, list(self.files.values()), near=near, several=several)

    def _near(self, file: str, number: int) -> list[str]:
        """Return the lines of a file before and after a number."""
        numbers = sorted({line.line for line in self.known.values() if line.file == file})
        place = bisect_left(numbers, number)
        return [f"{self.files[file]}:{near}" for near in numbers[max(0, place - 1) : place + 1]]


def short_paths(files: Collection[str]) -> dict[str, str]:
    """Return the last parts of each path, as many as tell it from all others.

    >>> short_paths(["/a/net.py", "/b/net.py", "/b/data.py", "<stdin>"])
    {'/a/net.py': 'a/net.py', '/b/net.py': 'b/net.py', '/b/data.py': 'data.py', '<stdin>': '<stdin>'}
    """
    endings: defaultdict[str, list[str]] = defaultdict(list)
    for file in files:
        parts = PurePath(file).parts
        for count in range(1, len(parts) + 1):
            endings["/".join(parts[-count:])].append(file)
    short: dict[str, str] = {}
    for ending, ends in endings.items():
        if len(ends) == 1:
            short.setdefault(ends[0], printable(ending))
    return {file: short.get(file, printable(file)) for file in files}
