"""The file in C: it compiles without a warning, agrees with the program, trains, and says what is wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
import nn
from autograd_tiny import Value, record
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay import BackendError
from autograd_tiny.replay.export import c_passes
from autograd_tiny.replay.program import Program
from tests.benchmarks.workloads.plain_programs import PROGRAMS
from tests.replay.backends import needs_compiler
from tests.replay.export.c_programs import Exported, assert_same, compiled
from tests.replay.test_rows import ROWS_IN_C, examples_of, sum_of_rows

SEED = np.random.default_rng(0)
ONE = Value(0.5, label="w")


def moons() -> Program:
    """A network with a hidden layer, and a squared error."""
    model = nn.MLP(2, [8, 1])
    return record(lambda x, y: (model(x) - y) ** 2, inputs=([0.1, 0.2], 1.0), parameters=model.parameters())


def digits() -> Program:
    """A classifier of images of 64 numbers."""
    model = nn.MLP(64, [16, 10])
    parameters = model.parameters()
    return record(
        lambda image, digit: at.cross_entropy(model(image), digit), inputs=([0.5] * 64, 3), parameters=parameters
    )


def recurrent() -> Program:
    """Steps of tanh(W h + x + b)."""
    W, b = [[Value(0.1 * (i - j)) for j in range(3)] for i in range(3)], [Value(0.1 * i) for i in range(3)]

    def loss(xs: Any, y: Any) -> Any:
        h = [0.0, 0.0, 0.0]
        for x in xs:
            h = [
                at.tanh(sum(w * z for w, z in zip(row, h, strict=True)) + x + c) for row, c in zip(W, b, strict=True)
            ]
        return (h[0] + h[1] * h[2] - y) ** 2

    return record(loss, inputs=([0.1] * 6, 0.5), parameters=[*(w for row in W for w in row), *b])


def own_loss() -> Program:
    """Lists of several kinds, an index that varies, a choice, a constant, and a parameter that is not trained."""
    E = [[Value(0.1 * i * j + 0.3) for j in range(3)] for i in range(7)]
    w, frozen = Value(0.7), Value(1.5)

    def loss(xs: Any, i: Any, t: Any) -> Any:
        v = [w * xs[0], i, at.sin(xs[1] * w), xs[2], 2.5]
        row = E[i]
        mixed = at.logsumexp(v) * at.max(v) + at.norm(v) + at.prod(v) / frozen
        p = at.softmax([w * x for x in xs])
        return mixed + at.where(xs[0] > w, row[0] * row[1], row[2]) + at.log(p[1]) * at.cross_entropy(row, t)

    return record(loss, inputs=([1.0, 2.0, 0.5], 1, 2), parameters=[*(x for row in E for x in row), w])


CASES: dict[str, tuple[Callable[[], Program], Callable[[], list[Any]]]] = {
    "moons": (moons, lambda: [SEED.normal(size=(4, 2)), SEED.normal(size=4)]),
    "digits": (digits, lambda: [SEED.random((4, 64)), [0, 9, 3, 3]]),
    "recurrent": (recurrent, lambda: [SEED.normal(size=(4, 6)), SEED.normal(size=4)]),
    "own loss": (own_loss, lambda: [SEED.normal(size=(4, 3)), [0, 6, -1, -7], [0, 1, 2, 0]]),
}


@needs_compiler
@pytest.mark.once
@pytest.mark.parametrize("name", CASES)
def test_file_agrees_with_program(name: str, tmp_path: Path) -> None:
    make, arguments = CASES[name]
    assert_same(make(), tmp_path, *arguments())


@needs_compiler
@pytest.mark.long
@pytest.mark.parametrize("name", PROGRAMS)
def test_plain_programs_agree(name: str, tmp_path: Path) -> None:
    plain = PROGRAMS[name]()
    program = record(plain.loss, inputs=plain.example(), parameters=plain.parameters, backend="numpy")
    assert_same(program, tmp_path, *(argument[:4] for argument in plain.examples()))


@needs_compiler
@pytest.mark.once
@pytest.mark.no_cover
def test_every_row_agrees(tmp_path: Path) -> None:
    X = np.hstack([examples_of(row) for row in ROWS_IN_C])
    program = record(sum_of_rows, inputs=(X[0], np.ones(len(ROWS_IN_C))), backend="numpy")
    exported = Exported(program, tmp_path, flags=("-O0", "-shared", "-fPIC", "-Dmain=exported_main"))
    weights = np.ones((len(X), len(ROWS_IN_C)))
    _, gradients = exported.differentiate(X, weights)
    for ours, expected in zip(np.split(gradients, [X.shape[1]], axis=1), program.gradient(X, weights), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12)


@needs_compiler
@pytest.mark.once
@pytest.mark.skipif(shutil.which("clang") is None, reason="clang is not here")
def test_clang_compiles_it_without_a_warning(tmp_path: Path) -> None:
    compiled(own_loss(), tmp_path / "program", compiler="clang")


def steps(x: Any) -> Any:
    for _ in range(9):
        x = at.sin(ONE * x)
    return x


SMALL: dict[str, tuple[Callable[..., Any], tuple[Any, ...], list[Any]]] = {
    "an unused input": (lambda x: ONE * ONE + 1.0, (1.0,), [[1.0, 2.0]]),
    "arrays that are static": (steps, (1.0,), [[1.0, 0.3]]),
    "a position that is computed": (
        lambda xs, t: at.cross_entropy([ONE * x for x in xs], t),
        ([1.0, 2.0], 1),
        [[[3.0, 1.0]], [0]],
    ),
    "a choice": (lambda x: at.where(x > 0.5, x * ONE, at.exp(ONE)) + (x > ONE) * 1.5, (1.0,), [[1.0, 0.3]]),
    "places from a table": (
        lambda xs: sum(xs[k] * ONE for k in (0, 1, 4, 2, 7, 6, 3)),
        ([1.0] * 8,),
        [[[*range(8)]]],
    ),
}


@needs_compiler
@pytest.mark.once
@pytest.mark.parametrize("name", SMALL)
def test_small_programs_agree(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c_passes, "ON_STACK", 30)  # the loop has more
    function, example, arguments = SMALL[name]
    program = record(function, inputs=example, parameters=[ONE], backend="numpy")
    assert_same(program, tmp_path, *arguments)


# ── how it reads ──


def text_of(program: Program, folder: Path) -> str:
    return program.export("c", folder / "file.c").read_text(encoding="ascii")


def test_recorded_loop_stays_a_loop_and_a_layer_a_product(tmp_path: Path) -> None:
    text = text_of(recurrent(), tmp_path)
    assert re.search(r"for \(int k = 0; k < [45]; k\+\+\) \{", text)
    assert re.search(r"for \(int k = [34]; k >= 0; k--\) \{", text)
    assert re.search(r"sum \+= p\.W\[i\]\[j\] \* v\d+\[k\]\[j\];", text)
    assert "double W[3][3];" in text


def test_top_states_columns_parameters_and_commands(tmp_path: Path) -> None:
    top = text_of(moons(), tmp_path).partition("*/")[0]
    assert "(3 inputs, 33 parameters)" in top
    assert "x[0] to x[1], y." in top
    assert "./program data.csv [epochs [rate [parameters.json]]]" in top


def test_numbers_have_all_digits(tmp_path: Path) -> None:
    w = Value(0.1 + 0.2, label="w")
    assert ".w = 0.30000000000000004," in text_of(record(lambda x: w * x, inputs=(1.0,), parameters=[w]), tmp_path)


def test_lines_are_short(tmp_path: Path) -> None:
    for make, _ in CASES.values():
        lines = text_of(make(), tmp_path).splitlines()
        assert max(map(len, lines)) <= 120
        assert not any(line.endswith("\\") for line in lines)


# ── what is refused ──


@pytest.fixture
def own_rows() -> Iterator[list[Any]]:
    rows = [
        at.primitive("cube_of_user", "cube_of_user({x})", lambda x: x * x * x, lambda x, z: (3.0 * x * x,)),
        at.primitive("total_of_user", "total_of_user({*xs})", sum, lambda xs, z: ([1.0] * len(xs),)),
    ]
    yield rows
    for row in rows:
        del TABLE[row.primitive.name]


def test_rows_that_c_lacks_are_refused_by_name(own_rows: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "file.c"
    cube, total = own_rows
    for row, name, remedy in (
        (lambda x: cube(x * ONE), "'cube_of_user', which is your own", "rows of the table"),
        (lambda x: total([x, ONE]) * 1.0, "'total_of_user', which is your own", "rows of the table"),
        (lambda x: at.round(x * ONE, 1.0), "'round'", 'export to "numpy"'),
    ):
        program = record(row, inputs=(1.0,), parameters=[ONE], backend="numpy")
        with pytest.raises(BackendError, match=f"^the program cannot be exported: .*{name}.*{remedy}"):
            program.export("c", path)
    assert not path.exists()


# ── names ──

HOSTILE = [
    *(
        "*/ int main(void) {} /*",
        "int",
        "main",
        "y0",
        "gamma",
        "j1",
        "a\nb",
        "??/",
        "θ",
        "NAN",
        'a"b',
        "\\",
        "in",
        "p",
    ),
    *("g", "g_2", "gradient", "sum", "v1", "loss", "x" * 300, "%s%n", "linux", "_Bool", "__LINE__", "/*", "", "é"),
]


@needs_compiler
@pytest.mark.once
def test_hostile_labels_are_mended_and_listed(tmp_path: Path) -> None:
    leaves = {label: Value(0.1 * k + 0.1, label=label) for k, label in enumerate(HOSTILE)}

    def hidden() -> Any:
        return leaves.values()

    def loss(y0: Any, main: Any, NAN: Any, xs: Any, of: Any = hidden) -> Any:
        return sum([h * h * (y0 + main) for h in of()]) * NAN + xs[0]

    program = record(loss, inputs=(1.0, 2.0, 3.0, [1.0, 2.0]), parameters=list(leaves.values()))
    exported = assert_same(program, tmp_path, [1.0], [2.0], [3.0], [[5.0, 6.0]])
    top = (tmp_path / "exported.c").read_text(encoding="ascii").partition(" */\n")[0]
    assert len(exported.made.parameters) == len(HOSTILE)
    for line in (
        "int_ was int",
        "int_main_void was * / int main(void) {} / *",
        r"a_b was a\nb",
        "NAN_ was NAN",
        "p_LINE was __LINE__",
    ):
        assert f" *     {line}\n" in top


# ── the program that is compiled ──


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, Path]:
    """A program with a branch and an index, and its file compiled."""
    E, w = [Value(0.5, label="E[0]"), Value(0.25, label="E[1]")], Value(0.75, label="weight of x")

    def loss(x: Any, i: Any) -> Any:
        return (w * x - E[i]) ** 2 if x < 5.0 else w

    program = record(loss, inputs=(1.0, 0), parameters=[*E, w])
    return program, compiled(program, tmp_path_factory.mktemp("trainer") / "program")


def run(path: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run([path, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@needs_compiler
@pytest.mark.once
def test_training_equals_that_of_the_program(trainer: tuple[Program, Path], tmp_path: Path) -> None:
    program, path = trainer
    rng = np.random.default_rng(0)
    x, i = rng.normal(size=70), rng.integers(0, 2, 70)
    data, written = tmp_path / "data.csv", tmp_path / "parameters.json"
    lines = ["\ufeffx, i\r", "", *(f"{a!r} ,{b}\r" for a, b in zip(x.tolist(), i.tolist(), strict=True))]
    data.write_text("\n".join(lines), encoding="utf-8")
    code, out, err = run(path, str(data), "3", "0.125", str(written))
    assert (code, err) == (0, "")
    program.load()
    means = []
    for _ in range(3):
        total = 0.0
        for first in range(0, 70, 32):
            total += program.differentiate(x[first : first + 32], i[first : first + 32]).sum()
            program.parameters -= 0.125 * program.gradients
        means.append(total / 70)
    assert re.findall(r"epoch (\d): mean loss", out) == ["1", "2", "3"]
    np.testing.assert_allclose([float(x) for x in re.findall(r"mean loss (.*)", out)], means, rtol=1e-12)
    numbers = json.loads(written.read_text(encoding="ascii"))
    assert list(numbers) == ["E", "weight of x"]
    np.testing.assert_allclose([*numbers["E"], numbers["weight of x"]], program.parameters, rtol=1e-12)


@needs_compiler
@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "data.csv: there is no example in it"),
        ("x,i\n", "data.csv: there is no example in it"),
        ("1,0\n\n1,0,3\n", "data.csv, line 3: 3 columns, not 2"),
        ("1,0\n1\n", "data.csv, line 2: 1 columns, not 2"),
        ("1,0\n1,one\n", "data.csv, line 2: column 2 is not a decimal number"),
        ("1,0\nx,i\n", "data.csv, line 2: column 1 is not a decimal number"),
        ("1,\n", "data.csv, line 1: column 2 is not a decimal number"),
        ("nan,0\n", "data.csv, line 1: column 1 is not a decimal number"),
        ("1,inf\n", "data.csv, line 1: column 2 is not a decimal number"),
        ("0x10,0\n", "data.csv, line 1: column 1 is not a decimal number"),
        ("1,0\0\n", "data.csv, line 1: column 2 is not a decimal number"),
        ("1e999,0\n", "data.csv, line 1: the number in column 1 is too large"),
        ("1,0\n1,2\n", "data.csv, line 2: an index of a list of 2 is not a whole number from -2 to 1"),
        ("1,0.5\n", "data.csv, line 1: an index of a list of 2 is not a whole number from -2 to 1"),
        ("1,0\n6,0\n", "line 2: the example takes another branch than the recorded one, which was True at line"),
    ],
)
def test_bad_files_are_refused(text: str, message: str, trainer: tuple[Program, Path], tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8")
    code, out, err = run(trainer[1], str(path))
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1


@needs_compiler
@pytest.mark.once
def test_bad_words_are_refused(trainer: tuple[Program, Path], tmp_path: Path) -> None:
    path, data = trainer[1], tmp_path / "data.csv"
    data.write_text("1,0\n3,1", encoding="utf-8")
    assert run(path, str(tmp_path / "none.csv")) == (1, "", f"{tmp_path / 'none.csv'}: No such file or directory\n")
    assert run(path, str(tmp_path))[::2] == (1, f"{tmp_path}: it cannot be read\n")
    for words in ([], [str(data), "ten"], [str(data), "1", "-1"], [str(data), "1", "nan"], [str(data), *"1234"]):
        assert run(path, *words)[::2] == (1, "usage: ./program data.csv [epochs [rate [parameters.json]]]\n")
    code, out, err = run(path, str(data), "1", "0.1", str(tmp_path / "none" / "parameters.json"))
    assert (code, '"weight of x": ' in out) == (1, True)
    assert err.endswith("parameters.json: No such file or directory\n")
    code, out, err = run(path, str(data), "99", "1e200")
    assert (code, err) == (1, f"{path}: the loss is not finite; try a smaller rate\n")


@needs_compiler
@pytest.mark.once
def test_outputs_are_printed_for_each_example(tmp_path: Path) -> None:
    program = record(lambda x: [[ONE * x[0], x[1]], [at.sin(x[0]), 2.0]], inputs=([1.0, 2.0],), parameters=[ONE])
    path, data = compiled(program, tmp_path / "program"), tmp_path / "data.csv"
    data.write_text("1,2\n3,4\n", encoding="utf-8")
    code, out, err = run(path, str(data))
    assert (code, err) == (0, "")
    assert np.array_equal(np.loadtxt(out.splitlines(), delimiter=","), program([[1, 2], [3, 4]]).reshape(2, 4))
    assert run(path, str(data), "1")[::2] == (1, "usage: ./program data.csv\n")


@needs_compiler
@pytest.mark.once
def test_gradients_of_inputs_are_printed_for_each_example(tmp_path: Path) -> None:
    path, data = tmp_path / "program", tmp_path / "data.csv"
    compiled(record(lambda x: x[0] * x[1], inputs=([1.0, 2.0],)), path)
    data.write_text("1,2\n3,4\n", encoding="utf-8")
    assert run(path, str(data)) == (0, "2,2,1\n12,4,3\n", "")


@needs_compiler
@pytest.mark.once
def test_program_without_inputs_trains(tmp_path: Path) -> None:
    w = Value(0.5, label="w")
    program = record(lambda: (w - 3) ** 2, parameters=[w], batched=False)
    path = compiled(program, tmp_path / "program")
    assert run(path, "2", "0.125") == (
        0,
        'epoch 1: mean loss 6.25\nepoch 2: mean loss 3.515625\n{"w": 1.59375}\n',
        "",
    )
