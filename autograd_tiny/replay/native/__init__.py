"""The back-end "c": a tape as C, compiled once by the compiler of the machine, and kept in the user's cache.

`text` writes numbers and formulas, `functions` and `lists` hold what the library of C lacks, `layout` gives every
number its place, `statements`, `dots` and `source` write the program, `library` compiles it, and `machine` runs it.
"""

from autograd_tiny.replay.native.errors import BackendError
from autograd_tiny.replay.native.machine import Native

__all__ = ["BackendError", "Native"]
