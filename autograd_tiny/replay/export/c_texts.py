r"""Write numbers, names and the user's texts so that they are safe in C.

>>> comment("a */ b ??/ \n é"), literal('say "x" ??/ é')
('a * / b ? ? / \\n \\xe9', '"say \\"x\\" ?\\?/ \\303\\251"')
>>> print(*initializer(".w", (2, 2), (1.0, 2.0, -0.5, 4.0)), sep="\n")
.w = {{1.0, 2.0}, {-0.5, 4.0}}
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from math import prod
from typing import Final

from autograd_tiny.symbolic.translate.c import number

WIDTH: Final = 110
"""Of a line."""
LONGEST: Final = 200
"""The most characters of a user's text in a comment."""

RESERVED: Final = frozenset(
    {
        *(
            "auto",
            "break",
            "case",
            "char",
            "const",
            "continue",
            "default",
            "do",
            "double",
            "else",
            "enum",
            "extern",
            "float",
        ),
        *(
            "for",
            "goto",
            "if",
            "inline",
            "int",
            "long",
            "register",
            "restrict",
            "return",
            "short",
            "signed",
            "sizeof",
        ),
        *("static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "alignas"),
        *("alignof", "asm", "bool", "constexpr", "false", "nullptr", "static_assert", "thread_local", "true"),
        *("typeof", "typeof_unqual", "and", "and_eq", "bitand", "bitor", "catch", "class", "compl", "delete"),
        *("explicit", "export", "friend", "mutable", "namespace", "new", "not", "not_eq", "operator", "or", "or_eq"),
        *("private", "protected", "public", "template", "this", "throw", "try", "typename", "using", "virtual"),
        *(
            "wchar_t",
            "xor",
            "xor_eq",
            "NAN",
            "INFINITY",
            "HUGE_VAL",
            "HUGE_VALF",
            "HUGE_VALL",
            "NULL",
            "EOF",
            "BUFSIZ",
        ),
        *("EXIT_FAILURE", "EXIT_SUCCESS", "RAND_MAX", "MB_CUR_MAX", "FILENAME_MAX", "FOPEN_MAX"),
        *("L_tmpnam", "TMP_MAX", "SEEK_SET", "SEEK_CUR", "SEEK_END", "stdin", "stdout", "stderr", "errno"),
        *("math_errhandling", "MATH_ERRNO", "MATH_ERREXCEPT", "FP_NAN", "FP_INFINITE", "FP_ZERO"),
        *("FP_SUBNORMAL", "FP_NORMAL", "FP_ILOGB0", "FP_ILOGBNAN", "FP_FAST_FMA", "FP_FAST_FMAF"),
        *("FP_FAST_FMAL", "DOMAIN", "SING", "OVERFLOW", "UNDERFLOW", "PLOSS", "TLOSS", "HUGE", "MAXFLOAT"),
        *("X_TLOSS", "P_tmpdir", "L_ctermid", "L_cuserid", "M_E", "M_LOG2E", "M_LOG10E", "M_LN2", "M_LN10", "M_PI"),
        *("M_PI_2", "M_PI_4", "M_1_PI", "M_2_PI", "M_2_SQRTPI", "M_SQRT2", "M_SQRT1_2", "linux", "unix", "i386"),
        *("assert", "near", "far", "small"),
    }
)
"""Keywords of C and C++, and macros of the headers: names that no member of a struct can have."""


def comment(text: str) -> str:
    """Return a text for a comment: printable ASCII that neither ends nor nests it, nor forms a trigraph."""
    plain = text[:LONGEST].encode("unicode_escape").decode("ascii")
    plain = re.sub(r"\?(?=\?)", "? ", re.sub(r"(\*)(?=/)|(/)(?=\*)", r"\1\2 ", plain)).replace("? ?/", "? ? /")
    return plain + " ..." * (len(text) > LONGEST)


def literal(text: str) -> str:
    """Return a text as a literal of bytes in UTF-8."""
    data = text.encode("utf-8", "surrogatepass")
    return '"' + "".join(_character(byte, last) for byte, last in zip(data, b"\0" + data, strict=False)) + '"'


def _character(byte: int, last: int) -> str:
    character = chr(byte)
    if character in '"\\' or (character == "?" and chr(last) == "?"):
        return f"\\{character}"
    return character if 32 <= byte < 127 else f"\\{byte:03o}"


def initializer(name: str, shape: Sequence[int], numbers: Sequence[float], *, whole: bool = False) -> Iterator[str]:
    """Yield the lines of `name = {...}`, in rows."""
    texts = [str(int(x)) if whole else _number(x) for x in numbers]
    if not shape:
        yield f"{name} = {texts[0]}"
        return
    one_line = f"{name} = {_braced(texts, shape)}"
    if len(one_line) <= WIDTH:
        yield one_line
        return
    yield f"{name} = {{"
    yield from (f"    {line}" for line in _rows(texts, shape))
    yield "}"


def _rows(texts: Sequence[str], shape: Sequence[int]) -> Iterator[str]:
    """Yield the elements of an array in lines, without the outer braces."""
    if len(shape) == 1:
        yield from textwrap.wrap(", ".join(texts), WIDTH - 4)
        return
    size = prod(shape[1:])
    for start in range(0, len(texts), size):
        row = texts[start : start + size]
        one_line = f"{_braced(row, shape[1:])},"
        if len(one_line) <= WIDTH - 4:
            yield one_line
        else:
            yield "{"
            yield from (f"    {line}" for line in _rows(row, shape[1:]))
            yield "},"


def _braced(texts: Sequence[str], shape: Sequence[int]) -> str:
    if len(shape) == 1:
        return f"{{{', '.join(texts)}}}"
    size = len(texts) // shape[0]
    return f"{{{', '.join(_braced(texts[k * size : (k + 1) * size], shape[1:]) for k in range(shape[0]))}}}"


def _number(x: float) -> str:
    text = number(x)
    return text[1:-1] if text.startswith("(") else text
