"""What can go wrong with a page."""

from __future__ import annotations

import ast

from autograd_tiny.errors import AutogradError


class TranslationError(AutogradError, ValueError):
    """A piece of Python that the page's JavaScript has no words for.

    Attributes:
        source: the piece.
        line: where it stands; 0 where that is not known.
    """

    def __init__(self, node: ast.AST) -> None:
        is_text = isinstance(node, ast.expr | ast.stmt)
        self.source = ast.unparse(node) if is_text else type(node).__name__
        self.line = getattr(node, "lineno", 0)
        super().__init__(
            f"line {self.line}: {self.source!r} is not translated to JavaScript; write it with arithmetic, "
            "comparisons, conditions and functions of the table"
        )
