"""Methods of `Value` and `Trace` that open a tool; each imports its subpackage when it is first called.

The tools are built on `Value`, so these late imports are the one place in the package that points upwards.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO, cast

from autograd_tiny.errors import OperandError, require_path

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autograd_tiny.diagrams import Options
    from autograd_tiny.diagrams.graphviz_drawing import Drawing
    from autograd_tiny.engine.value import Value
    from autograd_tiny.explanation import Explanation
    from autograd_tiny.symbolic.formulas import Formula, Latex
    from autograd_tiny.trace import Trace
else:
    from autograd_tiny.support.typing_names import Unpack

    Drawing = Explanation = Formula = Latex = Options = Trace = Any  # as typing.get_type_hints finds them


class ToolMethods:
    """A mixin of `Value`: `loss.trace()` for `Trace(loss)` and the like."""

    __slots__ = ()

    def trace(self, *, forward: bool = False, variable_names: bool = True) -> Trace:
        """Return the backward pass from this node as a list of events, with a cursor to step through them.

        Args:
            forward: also record the forward pass, which comes first, one event for each node.
            variable_names: name nodes without a label after the variables of the caller; labels stay as they are.

        >>> from autograd_tiny import Value
        >>> a = Value(3.0, label="a")
        >>> [str(event) for event in (a * a).trace()][-1]
        '∂L/∂a += ∂L/∂L·a = 1·3 = 3, now 6'
        """
        from autograd_tiny.trace import Trace

        return Trace(cast("Value", self), forward=forward, variable_names=variable_names)

    def formula(self) -> Formula:
        """Return the formula of the graph up to this node as text, with a line for each part that is used twice.

        >>> from autograd_tiny import Value
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> ((a * b + 1.0) ** 2).formula()
        L = (a * b + 1) ** 2
        """
        from autograd_tiny.symbolic.formulas import text_formula

        return text_formula(cast("Value", self))

    def latex(self) -> Latex:
        r"""Return the formula of the graph up to this node as LaTeX for math mode.

        >>> from autograd_tiny import Value
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> ((a * b + 1.0) ** 2).latex()
        L = \left(a \cdot b + 1\right)^{2}
        """
        from autograd_tiny.symbolic.formulas import latex_formula

        return latex_formula(cast("Value", self))

    def explain(self, format: str = "text", *, full: bool = False, variable_names: bool = True) -> Explanation:
        """Return the worked solution: how each gradient is computed, step by step.

        Args:
            format: "text", "markdown", "latex" or "html".
            full: write out a large graph too, instead of a summary.
            variable_names: name nodes without a label after the variables of the caller.

        >>> from autograd_tiny import Value
        >>> a = Value(3.0, label="a")
        >>> print((a + 1.0).explain().splitlines()[-1])
            ∂L/∂a = 1
        """
        from autograd_tiny.explanation import explain

        return explain(cast("Value", self), format, full=full, variable_names=variable_names)

    def debug(
        self, *, stdin: TextIO | None = None, stdout: TextIO | None = None, variable_names: bool = True
    ) -> None:
        """Step through the backward pass from this node at a prompt, one contribution at a time.

        `h` lists the commands. The graph is not changed, unless `q` is told to keep gradients in it.

        Args:
            stdin: where commands are read from; by default the keyboard, or the input field of a notebook.
            stdout: where output is written; the standard output by default.
            variable_names: name nodes without a label after the variables of the caller.

        >>> import io, sys
        >>> from autograd_tiny import Value
        >>> a = Value(3.0, label="a")
        >>> (a * 2.0).debug(stdin=io.StringIO("q final"), stdout=sys.stdout)
        L = a * 2 = 6: 2 nodes, 2 steps in the backward pass. s makes one, h helps.
           node       value  partial  contribution  gradient
        ▶  L = a * 2      6                                —
           └─ a           3        2                       —
        (backward) q final
        >>> a.grad
        2.0
        """
        from autograd_tiny.debugger import debug

        debug(cast("Value", self), stdin=stdin, stdout=stdout, variable_names=variable_names)

    def draw(self, **options: Unpack[Options]) -> Drawing:
        """Return a diagram of the graph of this node, as `autograd_tiny.draw(loss)`.

        Args:
            options: see `autograd_tiny.diagrams.Options`.

        >>> from autograd_tiny import Value
        >>> Value(3.0, label="a").draw(values=False).source.count("label=")
        1
        """
        from autograd_tiny.diagrams import draw

        return draw(self, **options)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None, **_: Any
    ) -> dict[str, str]:
        """Return the repr and the diagram of this node, which a notebook shows."""
        from autograd_tiny.diagrams.render import mime_bundle

        return mime_bundle(cast("Value", self), include, exclude)


class TraceToolMethods:
    """A mixin of `Trace`: its page, in a file and in a notebook."""

    __slots__ = ()

    def save(self, path: str | os.PathLike[str], *, title: str = "") -> None:
        """Write an HTML page that steps through this pass and edits its leaves, starting at the cursor.

        The file is self-contained: it needs no network, server or Python. It is written whole or not at all.

        Args:
            path: the file to write, in an existing folder.
            title: the heading of the page; by default the formula of the root.

        Raises:
            OSError: the file cannot be written.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from autograd_tiny import Value
        >>> a = Value(3.0, label="a")
        >>> with TemporaryDirectory() as folder:
        ...     (a * a).trace().save(Path(folder, "square.html"))
        ...     print(Path(folder, "square.html").read_text(encoding="utf-8").splitlines()[0])
        <!doctype html>
        """
        from autograd_tiny.page import save

        require_path("save", path)
        if not isinstance(title, str):
            raise OperandError("save", title, expected="a text as title", remedy="write it in quotes")
        save(cast("Trace", self), path, title=title)

    def _save_training(
        self, path: str | os.PathLike[str], passes: Sequence[Trace], training: Mapping[str, Any], *, title: str
    ) -> None:
        """Write the page of a training whose latest pass this is; see `autograd_tiny.page.render_training`."""
        from autograd_tiny.page import save_training

        save_training(training, [*passes, cast("Trace", self)], path, title=title)

    def _repr_html_(self) -> str:
        """Return the page in a frame for notebooks; it works without a kernel, and in exported files."""
        from autograd_tiny.page import render_frame

        return render_frame(cast("Trace", self))
