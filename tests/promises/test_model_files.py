"""Promise 10: a damaged model file is refused by its name, changes nothing; a killed writer leaves a whole file."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nn
from nn import FileFormatError, StateError
from nn.files import FORMAT
from tests.sampling import sizes

ROOT = Path(__file__).parents[2]
LONGEST = 1.0
"""The most seconds that a file may take."""


def network(seed: int) -> Any:
    return nn.MLP(2, [3, 1], hidden="tanh", seed=seed)


# ── damaged files ──────────────────────────────────────────────────────────────────────────────────────────────

STRANGE: list[Callable[[random.Random], str]] = [
    lambda draw: draw.choice(
        ["null", "true", "false", '""', '"1.0"', "[]", "{}", "[1.0]", '{"a": 1.0}', "0", "-0.0"]
    ),
    lambda draw: draw.choice(
        ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "0x10", "1_0", "01.5", "+1.5"]
    ),
    lambda draw: "9" * draw.choice([20, 400, 5000, 50_000]),
    lambda draw: "0." + "1" * draw.choice([20, 5000]),
    lambda draw: "[" * (depth := draw.choice([10, 300, 600, 900, 100_000])) + "]" * depth,
    lambda draw: '{"a":' * (depth := draw.choice([10, 300, 600, 900, 100_000])) + "1" + "}" * depth,
    lambda draw: json.dumps(draw.choice(["\ud800", "\0", "é" * 1000, "\u202e", "w[0]", FORMAT, "x" * 100_000])),
    lambda draw: str(draw.choice([2, 0, -1, 1.0, 1e300, 2**64])),
]
"""JSON, or nearly, in the place of something else."""

MARK = "\x01"


def replaced(document: Any, draw: random.Random) -> bytes:
    """Return a document in which one part is something strange."""
    content = json.loads(json.dumps(document))
    whole: Any = content
    key = draw.choice(list(whole))
    if key == "parameters" and draw.random() < 0.8:
        whole, key = whole[key], draw.choice(list(whole[key]))
    whole[key] = MARK
    return json.dumps(content).replace(json.dumps(MARK), draw.choice(STRANGE)(draw)).encode()


def renamed(document: Any, draw: random.Random) -> bytes:
    """Return a document in which names are missing, new, twice or others."""
    content = json.loads(json.dumps(document))
    whole = draw.choice([content, content["parameters"]])
    key = draw.choice(list(whole))
    kind = draw.randrange(4)
    if kind == 0:
        del whole[key]
    elif kind == 1:
        whole[draw.choice(["", "w", "\ud800", key + " ", key.upper(), "x" * 50_000])] = draw.choice([1.5, None, "é"])
    elif kind == 2:
        whole[key + "\x02"] = 1.25
    else:
        whole[key.replace("0", "7") or "a"] = whole.pop(key)
    return json.dumps(content).replace("\\u0002", "").encode()


def damaged(text: bytes, draw: random.Random) -> bytes:
    """Return a text with wrong bytes, a piece less, twice or elsewhere, or the end missing."""
    content = bytearray(text)
    start, stop = sorted(draw.randrange(len(text) + 1) for _ in range(2))
    kind = draw.randrange(6)
    if kind == 0:
        for _ in range(draw.randrange(1, 8)):
            content[draw.randrange(len(content))] = draw.randrange(256)
    elif kind == 1:
        del content[start:]
    elif kind == 2:
        del content[start : start + draw.randrange(1, 20)]
    elif kind == 3:
        content[start:start] = content[start:stop]
    elif kind == 4:
        content[start:start] = bytes(draw.randrange(256) for _ in range(draw.randrange(1, 9)))
    else:
        return draw.choice(
            [text.decode().encode("utf-16"), b"\xef\xbb\xbf" + text, text + text, b"", text[:start] + text[stop:]]
        )
    return bytes(content)


def read_by_json(content: bytes) -> Any:
    """Return the parameters that a file holds, None if it is not a file of a model; by the rules, not by our code."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        document = json.loads(content.decode("utf-8-sig"), object_pairs_hook=once)
        version, parameters = document["version"], document["parameters"]
        is_model = document["format"] == FORMAT and type(version) is int and version == 1
        return parameters if is_model and all(map(is_finite_float, parameters.values())) else None
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None


def is_finite_float(x: Any) -> bool:
    return type(x) is float and math.isfinite(x)


def check_damaged_files(folder: Path, files: int, seed: int = 0) -> tuple[int, int, float]:
    """Load damaged files; return the number that is refused, that is loaded, and the longest time."""
    draw, path = random.Random(seed), folder / "model.json"
    nn.save(network(1), path)
    text, model, refused, loaded, longest = path.read_bytes(), network(2), 0, 0, 0.0
    document = json.loads(text)
    for _ in range(files):
        kind = draw.randrange(4)
        content = (
            replaced(document, draw) if kind == 0 else renamed(document, draw) if kind == 1 else damaged(text, draw)
        )
        path.write_bytes(content)
        before, expected = model.state_dict(), read_by_json(content)
        begin, error = time.perf_counter(), None
        try:
            nn.load(model, path)
        except (FileFormatError, StateError) as raised:
            error = raised
        longest = max(longest, time.perf_counter() - begin)
        if error is None:
            loaded += 1
            assert model.state_dict() == expected, "a file was loaded that holds something else"
        else:
            refused += 1
            is_short = len(str(error)) < 2000
            assert is_short, "the sentence is too long"
            assert model.state_dict() == before, "half a model was loaded"
            assert expected is None or isinstance(error, StateError), f"a good file was refused: {error}"
    assert longest < LONGEST
    return refused, loaded, longest


@sizes("files", 600, 100_000)
@pytest.mark.no_cover
def test_damaged_file_is_refused_by_its_name(
    tmp_path: Path, files: int, report_figure: Callable[[str], None]
) -> None:
    refused, loaded, longest = check_damaged_files(tmp_path, files)
    assert refused > loaded
    report_figure(f"{refused + loaded:,} files, {loaded:,} of them whole, the longest in {1e3 * longest:.0f} ms")


def test_planted_loader_that_catches_nothing_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        nn, "load", lambda model, path: model.load_state_dict(json.loads(path.read_text("utf-8"))["parameters"])
    )
    with pytest.raises(json.JSONDecodeError):
        check_damaged_files(tmp_path, 100)


def test_planted_loader_of_half_a_model_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(model: Any, path: Path) -> None:
        try:
            parameters = json.loads(path.read_text("utf-8"))["parameters"]
            for name, parameter in model.named_parameters():
                parameter.data = parameters[name]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise FileFormatError(path, "is damaged") from None

    monkeypatch.setattr(nn, "load", load)
    with pytest.raises(AssertionError, match=r"half a model was loaded|a good file|something else"):
        check_damaged_files(tmp_path, 300)


# ── killed writers ─────────────────────────────────────────────────────────────────────────────────────────────

KILLER = """
import os, random, signal, sys, time
from pathlib import Path
import nn
import nn.files

def in_place(path, content):
    with open(path, "wb") as file:
        for start in range(0, len(content), 1000):
            file.write(content[start:start + 1000])
            file.flush()

if sys.argv[3:] == ["in place"]:
    nn.files.write_whole = in_place
path, kills, draw = Path(sys.argv[1]), int(sys.argv[2]), random.Random(0)
models = [nn.MLP(8, [32, 1], seed=seed) for seed in range(2)]
whole = []
for model in models:
    begin = time.perf_counter()
    nn.save(model, path)
    duration = time.perf_counter() - begin
    whole.append(path.read_bytes())
left = 0
for _ in range(kills):
    child = os.fork()
    if child == 0:
        while True:
            for model in models:
                nn.save(model, path)
    time.sleep(draw.uniform(0.0, 3.0 * duration))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if path.read_bytes() not in whole:
        sys.exit("half a file was left")
    left += len(list(path.parent.iterdir())) - 1
    nn.save(models[0], path)
    if list(path.parent.iterdir()) != [path]:
        sys.exit("a temporary file was left")
print(left)
"""


def killed(path: Path, kills: int, *settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLER, str(path), str(kills), *settings]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=600)


@sizes("kills", 20, 500)
@pytest.mark.no_cover
@pytest.mark.skipif(sys.platform == "win32", reason="fork and SIGKILL of POSIX")
def test_killed_writer_leaves_a_whole_file(tmp_path: Path, kills: int, report_figure: Callable[[str], None]) -> None:
    done = killed(tmp_path / "model.json", kills)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
    report_figure(
        f"{kills} kills while writing left a whole file each, and {int(done.stdout)} temporary files that the next "
        "write removed"
    )


@pytest.mark.no_cover
@pytest.mark.skipif(sys.platform == "win32", reason="fork and SIGKILL of POSIX")
def test_planted_writer_in_place_is_found(tmp_path: Path) -> None:
    assert "half a file was left" in killed(tmp_path / "model.json", 500, "in place").stderr
