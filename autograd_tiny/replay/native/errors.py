"""What keeps a program from being C on this machine.

>>> print(BackendError("there is no compiler", "install one"))
the back-end "c" cannot be used: there is no compiler; install one
"""

from __future__ import annotations

from autograd_tiny.errors import AutogradError


class BackendError(AutogradError, RuntimeError):
    """A program cannot be compiled: it needs what C lacks, or the machine lacks what it takes.

    Attributes:
        problem: what is in the way.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        super().__init__(f'the back-end "c" cannot be used: {problem}; {remedy}')
