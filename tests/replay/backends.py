"""The back-ends that every test of replay runs on; "c" only with a compiler."""

from __future__ import annotations

import os
import shutil

import pytest

COMPILES = any(shutil.which(name) for name in (os.environ.get("CC") or "cc", "cc", "gcc", "clang"))
needs_compiler = pytest.mark.skipif(not COMPILES, reason='the back-end "c" needs a C compiler')
BACKENDS = ["numpy", "python", pytest.param("c", marks=[needs_compiler, pytest.mark.once])]
BY_ITSELF = ["numpy", "python", pytest.param("c", marks=[needs_compiler, pytest.mark.long])]
"""For small programs, of which each takes a compilation; other tests compile them together."""
NOT_IN_C = {"round"}
"""The rows that C cannot compute."""
