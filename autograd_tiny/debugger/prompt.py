r"""The prompt: all commands together, their help, and how a session begins and ends.

>>> import io
>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> screen = io.StringIO()
>>> debug(a * b, stdin=io.StringIO("s\n"), stdout=screen)
>>> print(screen.getvalue())
L = a * b = -6: 3 nodes, 3 steps in the backward pass. s makes one, h helps.
   node       value  partial  contribution  gradient
▶  L = a * b     -6                                —
   ├─ a           2       -3                       —
   └─ b          -3        2                       —
(backward) s
L = a * b = -6
[1/3]  L.grad          — → 1          the seed: ∂L/∂L = 1
(backward)
<BLANKLINE>
"""

from __future__ import annotations

import inspect
import sys
from typing import Final, TextIO

from autograd_tiny.debugger.breaking import Breaking
from autograd_tiny.debugger.changing import CHOICES, Changing
from autograd_tiny.debugger.errors import PromptError
from autograd_tiny.debugger.levels import levels_of
from autograd_tiny.debugger.looking import Looking
from autograd_tiny.debugger.screen import Screen
from autograd_tiny.debugger.session import ALIASES
from autograd_tiny.debugger.terminal import Keyboard
from autograd_tiny.debugger.walking import Walking
from autograd_tiny.engine.value import Value

GROUPS: Final = {
    "walk": "s n c rs rn rc j forward backward",
    "stop": "b tb cl",
    "look": "l p w u d why check display undisplay",
    "try": "set quiz",
    "end": "save h q",
}
"""The commands as `h` lists them."""


class Prompt(Walking, Breaking, Looking, Changing):
    """A session with every command."""

    def do_h(self, line: str) -> None:
        """`h [COMMAND]`: list the commands, or tell more about one."""
        if line:
            name = ALIASES.get(line.strip(), line.strip())
            if name not in self.commands():
                raise PromptError(f"no command {line.strip()!r}; h lists them")
            for paragraph in self._help_of(name).replace("`", "").split("\n\n"):
                self.show_text(" ".join(paragraph.split()))
            return
        for group, names in GROUPS.items():
            self.screen.show(group, style="bold")
            for name in names.split():
                usage, _, summary = self._help_of(name).partition("\n")[0].strip("`").partition("`: ")
                self.screen.show(f"  {usage:<26} {summary.replace('`', '')}")
        self.screen.show("A blank line repeats the last command. NODE is a label, or a name as l shows it.")

    def complete_h(self, text: str, *ignored: object) -> list[str]:
        """Return the commands that begin with a text."""
        return self.completenames(text)

    def complete_n(self, text: str, *ignored: object) -> list[str]:
        """Return the levels of the network that begin with a text."""
        trace = self.course.trace
        return [word for word in levels_of(map(trace.module, trace.nodes)) if word.startswith(text)]

    complete_rn = complete_n

    def complete_q(self, text: str, *ignored: object) -> list[str]:
        """Return what may become of the gradients."""
        return [choice for choice in CHOICES if choice.startswith(text)]

    def _help_of(self, name: str) -> str:
        return inspect.getdoc(getattr(self, f"do_{name}")) or ""


def debug(root: Value, *, stdin: TextIO | None = None, stdout: TextIO | None = None, keeps: bool = True) -> None:
    """Walk through the backward pass of a graph at a prompt, one contribution at a time, forwards and backwards.

    Neither numbers nor gradients of the graph change, unless `q` is told so at the end.

    Args:
        root: of the graph.
        stdin: where the commands come from; the keyboard, or a notebook's field, if not given.
        stdout: where the answers go; the standard output if not given.
        keeps: whether gradients may stay in the graph at the end, so that `q` asks.

    Raises:
        OperandError: the root is no Value.
        StaleDataError: the data of a node was changed after an operation used it.
    """
    session = Prompt(root, Keyboard(stdin), Screen(stdout or sys.stdout), keeps=keeps)
    trace = session.course.trace
    nodes, steps = len(trace.nodes), session.course.total
    session.show_text(
        f"{session.lines.node(trace.root)}: {nodes} node{'s' * (nodes != 1)}, {steps} step{'s' * (steps != 1)} "
        "in the backward pass. s makes one, h helps."
    )
    session.show_picture(trace.root)
    session.show_hints(session.hints.before(session.course))
    session.run()
