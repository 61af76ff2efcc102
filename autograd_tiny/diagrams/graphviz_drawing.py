"""`Drawing`: a `graphviz.Digraph` that renders without Graphviz too.

The program `dot` renders if it is installed; else the wheel pygraphviz, which includes Graphviz; else the layout of
this package, as SVG. It also renders an SVG where one of them fails, or where no program may be started, as in a
browser. No file name reaches another program, and files are written whole or not at all.

>>> from autograd_tiny import Value
>>> from autograd_tiny.diagrams.graph_diagram import graph_diagram
>>> from autograd_tiny.diagrams.options import settings
>>> drawing = drawing_of(graph_diagram(Value(2.0, label="a") + 1.0, settings()))
>>> drawing.source.splitlines()[-2].strip()
'n0 -> n1 [tooltip="partial of L with respect to a: 1"]'
>>> drawing.pipe(format="svg").decode().rstrip().endswith("</svg>")
True
"""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path
from typing import Any

import graphviz

from autograd_tiny.diagrams.diagram import Diagram
from autograd_tiny.diagrams.dot import dot_body, dot_source
from autograd_tiny.diagrams.errors import ChangedDrawingError, RenderError
from autograd_tiny.diagrams.svg import escape_xml, svg
from autograd_tiny.support.atomic_files import write_numbered, write_whole

PathLike = str | os.PathLike[str]


class Drawing(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no types
    """The diagram that `draw` returns: a `graphviz.Digraph` that renders without Graphviz too.

    Args:
        picture: the diagram; None for a Digraph that is made from a drawing, such as a subgraph.
        arguments: those of `graphviz.Digraph`.
    """

    def __init__(self, *arguments: Any, picture: Diagram | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.picture = picture

    def svg(self) -> str:
        """Return the diagram as SVG by the layout of this package: the same bytes everywhere.

        Raises:
            ChangedDrawingError: something was added to the drawing after `draw` made it.
        """
        if self.picture is None or self._is_changed():
            raise ChangedDrawingError
        return svg(self.picture)

    def _is_changed(self) -> bool:
        return self.picture is None or bool(self.source != dot_source(self.picture))

    def pipe(self, format: str | None = None, *arguments: Any, encoding: str | None = None, **named: Any) -> Any:
        """Return the rendered diagram as bytes, or as text in an encoding.

        Args:
            format: "svg" if not given, "png", "pdf" or another that Graphviz knows.
            arguments: those of `graphviz.Digraph.pipe`, for the program `dot`.
            encoding: of the text; bytes are returned if it is not given.
            named: as `arguments`.

        Raises:
            RenderError: Graphviz is not installed, and the format is not SVG.
            ChangedDrawingError: Graphviz is not installed, and something was added to the drawing.
            graphviz.CalledProcessError: the program fails, and only Graphviz can render this.
        """
        format = (format or self.format).lower()
        try:
            content: bytes = super().pipe(format, *arguments, **named)
        except (graphviz.ExecutableNotFound, OSError):  # not installed, not executable, or forbidden
            content = self._without_program(format)
        except graphviz.CalledProcessError:
            if format != "svg" or self._is_changed():
                raise
            content = b""
        if format == "svg":
            content = self._described(content if b"<svg" in content else self.svg().encode())
        return content.decode(encoding) if encoding else content

    def render(
        self,
        filename: PathLike | None = None,
        directory: PathLike | None = None,
        view: bool = False,  # noqa: FBT001, FBT002 - as in graphviz
        cleanup: bool = False,  # noqa: FBT001, FBT002 - as in graphviz
        format: str | None = None,
        *,
        outfile: PathLike | None = None,
        **named: Any,
    ) -> str:
        """Write the source and the picture to files, and return the name of the picture.

        Where neither `filename` nor `outfile` names a file, it overwrites nothing, but gets a number.

        Args:
            filename: of the source; the picture is called the same, followed by a dot and the format.
            directory: which both are in; it is made where it does not exist.
            view: whether to show the picture in the browser.
            cleanup: whether not to write the source.
            format: of the picture; "svg" if neither this nor `outfile` says.
            outfile: of the picture, ending in the format; the source is called the same, ending in .gv.
            named: other arguments of `graphviz.Digraph.pipe`.

        Raises:
            RenderError: as for `pipe`.
            OSError: a file cannot be written.
        """
        if outfile is not None:
            picture = Path(directory or self.directory, outfile)
            format = format or picture.suffix.removeprefix(".").lower() or None
            source = picture.with_suffix(".gv")
        else:
            source = Path(directory or self.directory, filename or self.filename)
            picture = source.with_name(f"{source.name}.{(format or self.format).lower()}")
        content = self.pipe(format, **named)
        picture.parent.mkdir(parents=True, exist_ok=True)
        if not cleanup:
            (write_numbered if filename is None else write_whole)(source, self.source.encode(self.encoding))
        picture = (write_numbered if filename is None and outfile is None else write_whole)(picture, content)
        if view:
            webbrowser.open(picture.resolve().as_uri())
        return str(picture)

    def save(self, filename: PathLike | None = None, directory: PathLike | None = None, **named: Any) -> str:
        """Write the source to a file, and return its name; `named` are those of `graphviz.Digraph.save`."""
        path = Path(directory or self.directory, filename or self.filename)
        if not (named.get("skip_existing") and path.exists()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path = (write_numbered if filename is None else write_whole)(path, self.source.encode(self.encoding))
        return str(path)

    def _without_program(self, format: str) -> bytes:
        try:
            import pygraphviz
        except ImportError:
            if format != "svg":
                raise RenderError(format) from None
            return self.svg().encode()
        program = "neato" if self.picture is not None and self.picture.columns else "dot"
        try:
            content: bytes = pygraphviz.AGraph(string=self.source).draw(format=format, prog=program)
        except (OSError, RuntimeError, ValueError):
            if format != "svg" or self._is_changed():
                raise
            return self.svg().encode()
        return content

    def _described(self, content: bytes) -> bytes:
        """Return an SVG with a title and a description for screen readers; that of this package has them."""
        text = content.decode()
        if self.picture is None or "<desc>" in text:
            return content
        start = text.index("<svg")
        end = text.index(">", start)
        title, description = escape_xml(self.picture.title), escape_xml(self.picture.description)
        texts = f"<title>{title}</title>\n<desc>{description}</desc>"
        return f'{text[:start]}<svg role="img"{text[start + 4 : end]}>\n{texts}{text[end + 1 :]}'.encode()

    def _copy_kwargs(self, **named: Any) -> dict[str, Any]:
        copied: dict[str, Any] = super()._copy_kwargs(**named)
        return {**copied, "picture": self.picture}


def drawing_of(diagram: Diagram) -> Drawing:
    """Return the drawing of a diagram."""
    return Drawing(format="svg", body=dot_body(diagram), picture=diagram)
