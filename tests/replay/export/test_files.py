"""The files for Python, NumPy, PyTorch and JAX compute what their programs compute."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, primitive, record, sin, tanh
from autograd_tiny.errors import BackendError, OperandError
from autograd_tiny.replay.program import Program
from tests.replay.export.files import differences, load, run
from tests.replay.export.programs import CASES, X

LIBRARIES = [
    pytest.param(name, marks=[pytest.mark.ci, pytest.mark.skipif(not find_spec(name), reason=f"no {name} here")])
    for name in ("torch", "jax")
]
LANGUAGES = ["python", "numpy", *LIBRARIES]
w, b = Value(0.5), [Value(0.1), Value(-0.2)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_file_agrees_with_program(name: str, language: str, tmp_path: Path) -> None:
    program, arguments = CASES[name]()
    assert max(differences(program, program.export(language, tmp_path / "loss.py"), *arguments)) < 1e-12


@pytest.mark.parametrize("language", LANGUAGES)
def test_gradient_of_inputs(language: str, tmp_path: Path) -> None:
    program = record(lambda x, y: sin(x[0]) * x[1] + y * y, inputs=([1.0, 2.0], 1.0))
    names, y = load(program.export(language, tmp_path / "loss.py")), np.array([1.0, 2.0, 3.0])
    if language == "python":
        rows = [names["loss_and_gradient"]({}, x, z)[1] for x, z in zip(X.tolist(), y.tolist(), strict=True)]
        found = [np.array([row[name] for row in rows]) for name in ("x", "y")]
    else:
        found = list(names["losses_and_gradient"]({}, X, y)[1].values())
    for mine, expected in zip(found, program.gradient(X, y), strict=True):
        assert np.allclose(np.asarray(mine), expected, rtol=1e-12, atol=0.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_outputs(language: str, tmp_path: Path) -> None:
    program = record(lambda x: [[w * x[0], x[1]], [3.0, tanh(b[0] * x[1])]], inputs=([1.0, 2.0],), parameters=[w, *b])
    names = load(program.export(language, tmp_path / "loss.py"))
    if language == "python":
        found = [names["outputs"](names["parameters"], row) for row in X.tolist()]
    else:
        found = names["outputs"](names["parameters"], X).tolist()
    assert np.allclose(found, program(X), rtol=1e-12, atol=0.0)


def guarded() -> Program:
    return record(lambda x: w * x[0] if x[0] > 0 else x[1] * w, inputs=([1.0, 2.0],), parameters=[w])


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_branch_raises_an_error(language: str, tmp_path: Path) -> None:
    names = load(guarded().export(language, tmp_path / "loss.py"))
    function = names.get("losses_and_gradient") or names["loss_and_gradient"]
    wrong = [-1.0, 1.0] if language == "python" else np.array([[-1.0, 1.0], [1.0, 1.0]])
    with pytest.raises(ValueError, match="another branch than the recorded one, which was True at line"):
        function(names["parameters"], wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_training_is_that_of_the_program(language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program, (xs, ys) = CASES["recurrent"]()
    rows = np.column_stack([xs, ys])
    lines = ["x1,x2,x3,x4,x5,x6,y", *(",".join(map(repr, row)) for row in rows.tolist()), ""]
    (tmp_path / "data.csv").write_text("\n".join(lines), encoding="utf-8")
    run(program.export(language, tmp_path / "loss.py"), str(tmp_path / "data.csv"), "3", "0.5")
    losses = []
    for _ in range(3):
        losses.append(float(np.mean(program.differentiate(xs, ys))))
        program.parameters -= 0.5 * program.gradients
    *epochs, weight, bias = capsys.readouterr().out.splitlines()
    assert np.allclose([float(line.split()[-1]) for line in epochs], losses, rtol=1e-12, atol=0.0)
    trained = np.concatenate([np.ravel(ast.literal_eval(line.partition("= ")[2])) for line in (weight, bias)])
    assert np.allclose(trained, program.parameters, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2\n", "line 1: 2 columns instead of 7"),
        ("a,b\n\n1,2,3,4,5,6, x\n", "line 3: ' x' is not a finite number"),
        ("a,b,c,d,e,f,2020\n", "line 1: 'a' is not a finite number"),
        ("1,2,3,nan,5,6,7\n", "line 1: 'nan' is not a finite number"),
        ("1,2,3,4,5,6,1_0\n", "line 1: '1_0' is not a finite number"),
        ("a,b\n", "no rows"),
        (None, "No such file"),
    ],
)
def test_bad_file_of_rows(text: str | None, message: str, tmp_path: Path) -> None:
    path = CASES["recurrent"]()[0].export("python", tmp_path / "loss.py")
    if text is not None:
        (tmp_path / "data.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit, match=message):
        run(path, str(tmp_path / "data.csv"))


def test_bad_arguments_of_the_command(tmp_path: Path) -> None:
    path = CASES["recurrent"]()[0].export("python", tmp_path / "loss.py")
    with pytest.raises(SystemExit, match="usage"):
        run(path)
    with pytest.raises(SystemExit, match="epochs is a whole number"):
        run(path, "data.csv", "many")


def test_file_needs_nothing_of_ours(tmp_path: Path) -> None:
    path = CASES["own_loss"]()[0].export("python", tmp_path / "loss.py")
    (tmp_path / "data.csv").write_text("0.3,0.4\n", encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(path), str(tmp_path / "data.csv"), "1"]
    assert "epoch 1: mean loss" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("language", ["python", "numpy", "torch", "jax"])
def test_imports_are_few(language: str, tmp_path: Path) -> None:
    allowed = {"python": set(), "numpy": {"numpy"}, "torch": {"torch"}, "jax": {"jax"}}[language]
    tree = ast.parse(CASES["own_loss"]()[0].export(language, tmp_path / "loss.py").read_text(encoding="utf-8"))
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in found} - sys.stdlib_module_names == allowed


HOSTILE = [
    'a"""b', "x\ny", "class", "np", "θ₁", "'; import os", "gamma", "sigmoid", "g_v1", "v1", "loss", "\\", "sum", "k",
    "parameters", "w w", "#c", "\u202e", "rows", "1x", "a" * 200, "{x}", "print", "x", "losses_and_gradient", "λ",
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_labels_are_mended(language: str, tmp_path: Path) -> None:
    leaves = {label: Value(0.01 * k + 0.1, label=label) for k, label in enumerate(HOSTILE)}

    def hidden() -> Any:
        return leaves.values()

    program = record(lambda x, of=hidden: sum(tanh(h * x) for h in of()), inputs=(1.0,), parameters=leaves.values())
    path = program.export(language, tmp_path / "loss.py")
    assert max(differences(program, path, np.array([1.0, 2.0]))) < 1e-12
    assert not set("\u202eθλ").intersection(path.read_text(encoding="utf-8"))
    assert load(path)["parameters"].keys() == leaves.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_names_stay(language: str, tmp_path: Path) -> None:
    names = ["c", "i", "g", "g_w", "loss", "batch", "v1", "sum", "rows", "np", "parameters", "lambda"]
    leaves = [Value(0.1 * k + 0.1, label=name) for k, name in enumerate(names)]
    program = record(lambda x: sum(tanh(w * x) for w in iter(leaves)), inputs=(1.0,), parameters=leaves)
    path = program.export(language, tmp_path / "loss.py")
    assert max(differences(program, path, np.array([1.0, 2.0]))) < 1e-12
    assert list(load(path)["parameters"]) == names


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_of_another_branch_ends_the_command(language: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,1\n-1,1\n", encoding="utf-8")
    with pytest.raises(
        SystemExit, match=r"data.csv: an example takes another branch than the recorded one, which was"
    ):
        run(guarded().export(language, tmp_path / "loss.py"), str(tmp_path / "data.csv"), "1")


def test_parameters_have_the_names_of_the_program(tmp_path: Path) -> None:
    names = {name: load(CASES[name]()[0].export("numpy", tmp_path / "loss.py"))["parameters"] for name in CASES}
    assert {name: numbers.shape for name, numbers in names["recurrent"].items()} == {"W": (3, 3), "b": (3,)}
    assert list(names["moons"]) == ["layers_0_weight", "layers_0_bias", "layers_1_weight", "layers_1_bias"]
    assert names["moons"]["layers_0_weight"].shape == (4, 2)


@cache
def bump() -> Any:
    return primitive("exported_bump", "bump({x})", lambda x: x * x, lambda x, z: (2.0 * x,))


@pytest.mark.parametrize("language", ["python", "numpy", "torch", "jax"])
def test_row_of_the_user_is_refused_by_name(language: str, tmp_path: Path) -> None:
    program = record(lambda x: bump()(w * x), inputs=(1.0,), parameters=[w])
    with pytest.raises(BackendError, match=r"^the program cannot be exported: .*'exported_bump', which is your own"):
        program.export(language, tmp_path / "loss.py")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("language", ["cobol", None, 5, []])
def test_unknown_language_is_refused(language: Any, tmp_path: Path) -> None:
    with pytest.raises(OperandError, match="'numpy'"):
        guarded().export(language, tmp_path / "loss.py")


@pytest.mark.parametrize("path", [5, "", None])
def test_path_must_be_one(path: Any) -> None:
    with pytest.raises(OperandError, match="path of a file"):
        guarded().export("numpy", path)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="missing"):
        guarded().export("numpy", tmp_path / "missing" / "loss.py")


@pytest.mark.parametrize("name", ["recurrent", "own_loss", "embedding"])
def test_file_is_clean(name: str, tmp_path: Path) -> None:
    program = CASES[name]()[0]
    for language in ("python", "numpy", "torch", "jax"):
        program.export(language, tmp_path / f"{language}.py")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length=120", "--select=E,F,W"]
    found = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert found.stdout == "All checks passed!\n"
