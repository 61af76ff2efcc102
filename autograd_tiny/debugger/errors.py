"""What can go wrong at the prompt: a sentence for the person who sits there.

>>> str(PromptError("no command 'sing'; h lists them"))
"no command 'sing'; h lists them"
"""

from __future__ import annotations

from autograd_tiny.errors import AutogradError


class PromptError(AutogradError, ValueError):
    """A command that cannot be carried out; the message says what can."""


class UnknownYetError(PromptError):
    """An expression asks for a number that nothing has computed at this step.

    Attributes:
        mention: what was asked for, such as a.grad.
    """

    def __init__(self, mention: str) -> None:
        self.mention = mention
        super().__init__(f"{mention} is not known yet at this step; go on, and ask again")
