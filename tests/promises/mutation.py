"""Mutation testing with Cosmic Ray: change one operator or number of the package, and see a test fail.

python -m tests.promises.mutation autograd_tiny/engine/value.py    # every mutant of a module
python -m tests.promises.mutation --sample 20 --log mutants.jsonl  # 20 drawn at random
python -m tests.promises.mutation --again mutants.jsonl            # those that survived, with the tests of today

Cosmic Ray finds the places and writes the mutants. The rest is done here, because Cosmic Ray starts Python and
imports all packages anew for each mutant: the tests run in a fork of this process, in a copy of the repository; those
that mirror the module come first, and the wider ones when these pass; and a random sample can be drawn. The settings
are in pyproject.toml, `[tool.cosmic-ray]`. It needs `pip install -e ".[dev]"`, and a system that can fork.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import gc
import importlib
import json
import math
import os
import pickle
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process with threads is not to be forked

import hypothesis
import mpmath
import numpy as np
import pytest
import toml
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[2]
SETTINGS = toml.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["cosmic-ray"]
EQUIVALENT = Path(__file__).with_name("equivalent-mutants.json")
"""Mutants that no test can kill, each with its reason."""

hypothesis.settings.register_profile(
    "mutation",
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=20,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),  # nobody reads the smallest example
)


# ── the true numbers, which no mutant changes ──

FUNCTIONS_OF_MPMATH = """
exp expm1 log log1p log10 sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh sech asinh acosh atanh
erf erfc erfinv ncdf gamma loggamma polygamma
"""


class KnownNumbers:
    """Functions of mpmath that remember their results, so that they are computed once and not for each mutant."""

    def __init__(self) -> None:
        """Replace the functions; the tests import them in a fork, and so these."""
        self.numbers: dict[tuple[Any, ...], Any] = {}
        for name in FUNCTIONS_OF_MPMATH.split():
            setattr(mpmath, name, self._remembering(name, getattr(mpmath.mp, name)))

    def _remembering(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def function_with_memory(*numbers: Any) -> Any:
            if any(type(x) not in (int, mpmath.mpf) for x in numbers):
                return function(*numbers)
            place = (name, mpmath.mp.prec, *(getattr(x, "_mpf_", x) for x in numbers))
            if place not in self.numbers:
                result = function(*numbers)
                if type(result) is not mpmath.mpf:
                    return result
                self.numbers[place] = result._mpf_
            return mpmath.mp.make_mpf(self.numbers[place])

        return function_with_memory

    def save(self, path: Path) -> None:
        """Write them to a file, in a fork."""
        path.write_bytes(pickle.dumps(self.numbers))

    def load(self, path: Path) -> None:
        """Read what a fork has written, for all later forks."""
        self.numbers = pickle.loads(path.read_bytes())
        gc.freeze()


# ── the mutants ──


@dataclass(frozen=True)
class Mutant:
    """One change of one module: an occurrence of one operator of Cosmic Ray."""

    module: str
    operator: str
    occurrence: int
    line: int


def find_mutants(module: str, root: Path) -> list[Mutant]:
    """Return every mutant of a module by the operators in the settings, but those of types."""
    source = (root / module).read_text("utf-8")
    spans = list(_types(source))
    nodes = list(ast_nodes(get_ast(source)))
    wanted = re.compile("core/(" + "|".join(SETTINGS["operators"]) + ")")
    found = []
    for name in filter(wanted.fullmatch, operator_names()):
        operator = get_operator(name)()
        starts = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        found += [
            Mutant(module, name.removeprefix("core/"), occurrence, start[0])
            for occurrence, start in enumerate(starts)
            if not any(begin <= start < end for begin, end in spans)
        ]
    return found


def _types(source: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield where each annotation and each overload begins and ends: they are for the type checker alone."""
    for node in ast.walk(ast.parse(source)):
        for span in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(span, ast.expr):
                yield (span.lineno, span.col_offset), (span.end_lineno, span.end_col_offset)
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(x) == "overload" for x in node.decorator_list):
            yield (node.decorator_list[0].lineno, 0), (node.end_lineno, node.end_col_offset)


def mutate(mutant: Mutant, source: str) -> str | None:
    """Return the source with the change, or None if it is the same program: `1e300 + 1`, or no Python at all."""
    changed = mutate_code(source, get_operator("core/" + mutant.operator)(), mutant.occurrence)
    try:
        return None if changed is None or _program(changed) == _program(source) else changed
    except SyntaxError:
        return None


def _program(source: str) -> str:
    return ast.dump(ast.parse(source))


def difference(before: str, after: str) -> tuple[str, str]:
    """Return the lines that a mutant changes, before and after."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[2:]
    sides = ("".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return next(sides), next(sides)


# ── the tests ──


class Judge:
    """A copy of the repository in which the tests are run on one mutant after the other."""

    def __init__(self, root: Path, *, mirrored: bool = False) -> None:
        """Copy a repository; `mirrored` is to run only the tests that mirror a module."""
        self.folder = Path(tempfile.mkdtemp(prefix="mutation-")) / "copy"
        shutil.copytree(root, self.folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        self.mirrored = mirrored
        self.seconds: dict[tuple[str, ...], float] = {}
        self.known = KnownNumbers()
        gc.freeze()

    def close(self) -> None:
        """Delete the copy."""
        shutil.rmtree(self.folder.parent)

    def stages(self, module: str) -> list[tuple[str, ...]]:
        """Return the files of each run: the tests that mirror the module, with its examples, and the wider ones."""
        path, tests = Path(module), SETTINGS["tests"]
        mirrored = [str(Path("tests", *path.parts[1:-1], f"test_{path.name}")), module]
        patterns = [mirrored + tests.get(path.stem, []), tests.get(path.parent.name, [])]
        stages: list[tuple[str, ...]] = []
        for some in patterns:
            found = [str(file.relative_to(self.folder)) for p in some for file in sorted(self.folder.glob(p))]
            if new := [file for file in dict.fromkeys(found) if file not in chain(*stages)]:
                stages.append(tuple(new))
        return stages[:1] if self.mirrored else stages

    def judge(self, mutant: Mutant) -> dict[str, Any]:
        """Return a row with the outcome: "killed" with the test that failed, "survived", or "same" as before."""
        path = self.folder / mutant.module
        source, times = path.read_text("utf-8"), path.stat()
        changed = mutate(mutant, source)
        if changed is None:
            return {**asdict(mutant), "outcome": "same"}
        start, killer = time.perf_counter(), ""
        for stage in self.stages(mutant.module):
            self._measure(stage)
            path.write_text(changed, "utf-8")
            killer = self._failing_test(stage, 10.0 + 4.0 * self.seconds[stage])
            path.write_text(source, "utf-8")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # what is compiled already is right again
            if killer:
                break
        was, becomes = difference(source, changed)
        return {
            **asdict(mutant),
            "outcome": "killed" if killer else "survived",
            "killer": killer,
            "was": was,
            "becomes": becomes,
            "seconds": round(time.perf_counter() - start, 2),
        }

    def _measure(self, stage: tuple[str, ...]) -> None:
        """Run the tests on the unchanged package, once; they must pass."""
        if stage not in self.seconds:
            before = os.times()
            failing = self._failing_test(stage, 600.0)
            if failing:
                raise SystemExit(f"a test fails on the unchanged package: {failing}")
            after = os.times()
            used = after.children_user - before.children_user + after.children_system - before.children_system
            self.seconds[stage] = used
            self.known.load(self.folder.parent / "numbers")

    def _failing_test(self, files: tuple[str, ...], seconds: float) -> str:
        """Run tests in a fork until one fails; return its name, or "" if all pass. Seconds are of processor time."""
        record = self.folder.parent / "failing.txt"
        record.write_text("")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of threads in a process that forks
            process = os.fork()
        if process == 0:
            if files in self.seconds:  # the code of a mutant is not to be found compiled by the next
                sys.dont_write_bytecode = True
                os.environ.update(PYTHONDONTWRITEBYTECODE="1", AUTOGRAD_TINY_MUTANT="1")  # the latter for conftest.py
            self._run_in_fork(files, seconds, record)
        deadline = time.monotonic() + 6.0 * seconds + 60.0
        while (finished := os.waitpid(process, os.WNOHANG)) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)  # what a test started and left behind
        code = os.waitstatus_to_exitcode(finished[1])
        return record.read_text("utf-8") or ("" if code in PASSED else f"exit {code}")

    def _run_in_fork(self, files: tuple[str, ...], seconds: float, record: Path) -> None:
        """Run pytest in this process, which is a fork, and end it."""
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets a command in the background ignore it
        for limit, most in ((resource.RLIMIT_CPU, int(seconds) + 1), (resource.RLIMIT_AS, 4 << 30)):
            resource.setrlimit(limit, (most, most))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os.chdir(self.folder)
        os.environ.update(PYTHONPATH=str(self.folder), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
        sys.path.insert(0, str(self.folder))
        for name in [name for name in sys.modules if name.split(".")[0] in ("autograd_tiny", "nn", "tests")]:
            del sys.modules[name]  # what this process imported, if it is a test itself
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002  # what tests of old programs use
        code = 70
        try:
            importlib.import_module("autograd_tiny")  # or pytest imports a module for its examples twice
            code = int(pytest.main([*OPTIONS, *files], plugins=[_FirstFailure(record)]))
            if files not in self.seconds:
                self.known.save(record.with_name("numbers"))
        finally:
            os._exit(code)


PASSED = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
OPTIONS = [
    "-x",
    "-q",
    "--tb=no",
    "-m=not long and not ci",
    "-p",
    "_hypothesis_pytestplugin",
    "--hypothesis-profile=mutation",
]


class _FirstFailure:
    """A plugin of pytest that writes down the first test or file that fails."""

    def __init__(self, record: Path) -> None:
        self.record = record

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "no_cover: as in pytest-cov, which is not loaded here")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._write(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._write(report)

    def _write(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed and not self.record.stat().st_size:
            self.record.write_text(report.nodeid, "utf-8")


# ── the campaign ──


def modules(paths: list[str], root: Path) -> list[str]:
    """Return the modules in the given folders and files."""
    found = [
        p for path in paths for p in ([root / path] if path.endswith(".py") else sorted((root / path).glob("*.py")))
    ]
    return [str(p.relative_to(root)) for p in found]


def draw(mutants: list[Mutant], sample: int | None, seed: int) -> list[Mutant]:
    """Return the mutants in a random order, all or the first of them."""
    order = random.Random(seed).sample(mutants, len(mutants))
    return order[:sample]


def wilson(hits: int, of: int, deviations: float = 1.96) -> tuple[float, float]:
    """Return the interval of 95 % for a rate, by Wilson (1927); it never leaves [0, 1]."""
    if of == 0:
        return 0.0, 1.0
    rate, square = hits / of, deviations**2 / of
    middle = (rate + square / 2.0) / (1.0 + square)
    half = deviations * math.sqrt(rate * (1.0 - rate) / of + square / (4.0 * of)) / (1.0 + square)
    return middle - half, middle + half


def equivalent_mutants() -> dict[tuple[str, str, str], str]:
    """Return the reason of each mutant that no test can kill, by its module and by its line before and after."""
    rows = json.loads(EQUIVALENT.read_text("utf-8"))
    return {_key(row): row["reason"] for row in rows}


def summary(results: list[dict[str, Any]]) -> str:
    """Return the figure of a campaign: how many mutants were run, and how many of them killed."""
    known = equivalent_mutants()
    run = [row for row in results if row["outcome"] != "same"]
    killed = sum(row["outcome"] == "killed" for row in run)
    equivalent = sum(row["outcome"] == "survived" and _key(row) in known for row in run)
    low, high = wilson(killed, len(run) - equivalent)
    return (
        f"{killed} of {len(run)} mutants killed; {equivalent} of the {len(run) - killed} others are equivalent: "
        f"{killed / max(1, len(run) - equivalent):.1%} (95 %: {low:.1%} to {high:.1%})"
    )


def main() -> None:
    """Run the campaign that the command line asks for, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", default=SETTINGS["paths"], help="modules or folders")
    parser.add_argument("--root", type=Path, default=ROOT, help="another repository, with the same folders")
    parser.add_argument("--sample", type=int, help="the number of mutants; all by default")
    parser.add_argument(
        "--mirrored", action="store_true", help="run only the tests that mirror a module: a first look"
    )
    parser.add_argument("--seed", type=int, default=13, help="of the random sample")
    parser.add_argument("--log", type=Path, help="a file of results, one a line; those in it are not run again")
    parser.add_argument("--again", type=Path, metavar="LOG", help="run the survivors in a file of results again")
    arguments = parser.parse_args()
    judge = Judge(arguments.root, mirrored=arguments.mirrored)
    try:
        results = (_again if arguments.again else _campaign)(judge, arguments)
    finally:
        judge.close()
    print(f"all: {summary(results)}")


def _campaign(judge: Judge, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    found = {module: find_mutants(module, arguments.root) for module in modules(arguments.paths, arguments.root)}
    results: list[dict[str, Any]] = []
    _run(judge, draw(list(chain(*found.values())), arguments.sample, arguments.seed), results, arguments.log)
    for module, population in found.items():
        if rows := [row for row in results if row["module"] == module]:
            print(f"{module}: {len(population)} mutants; {summary(rows)}")
    return results


def _again(judge: Judge, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Judge the survivors of a log again, but for those that are known as equivalent."""
    rows = [json.loads(line) for line in arguments.again.read_text("utf-8").splitlines()]
    present = set(chain(*(find_mutants(module, arguments.root) for module in {row["module"] for row in rows})))
    rows = [row for row in rows if row["outcome"] == "killed" or _mutant(row) in present]
    open_ = [row for row in rows if row["outcome"] == "survived" and _key(row) not in equivalent_mutants()]
    results = [row for row in rows if row not in open_]
    _run(judge, draw([_mutant(row) for row in open_], None, arguments.seed), results, arguments.log)
    return results


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["module"], row["was"], row["becomes"]


def _mutant(row: dict[str, Any]) -> Mutant:
    return Mutant(row["module"], row["operator"], row["occurrence"], row["line"])


def _run(judge: Judge, mutants: list[Mutant], results: list[dict[str, Any]], log: Path | None) -> None:
    """Judge mutants, append the results to a list and to the log, and print the survivors."""
    known = equivalent_mutants()
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log and log.exists() else []
    done = {_mutant(row): row for row in rows}
    for mutant in mutants:
        row = done.get(mutant) or judge.judge(mutant)
        results.append(row)
        if log and mutant not in done:
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        if row["outcome"] == "survived" and _key(row) not in known:
            print(f"survived: {row['module']}:{row['line']}\n  - {row['was']}\n  + {row['becomes']}", flush=True)


if __name__ == "__main__":
    main()
