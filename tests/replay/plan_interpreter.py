"""Run the text of a plan for one example, forwards and backwards.

Gathers, printed as […], matrix products and repetitions of fewer numbers are not run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

REFERENCE = re.compile(r"\b(g?)([uv]\d+|[xp])\b('*)((?:\[[^\]]*\])*)")
STATEMENT = re.compile(r"(.+?)(?: \(([\d, ]+)\))? (=|\+=|-=) (.+)")
JOINED = re.compile(r"(?<!\w)\((number_\d+(?:, number_\d+)+)\)")
FUNCTIONS = {
    **{name: getattr(np, name) for name in ("tanh", "sin", "cos", "exp", "log")},
    "sum": np.sum,
    "sech": lambda x: 1.0 / np.cosh(x),
    "concatenate": lambda parts: np.concatenate(list(map(np.atleast_1d, parts))),
}


class PlanInterpreter:
    """Runs a plan.

    Args:
        plan: the text.
        inputs, parameters: of one example.
        seed: the gradient of the loss.
    """

    def __init__(self, plan: str, *, inputs: Sequence[float], parameters: Sequence[float], seed: float = 1.0) -> None:
        self.numbers: dict[tuple[str, int], Any] = {("x", -1): np.array(inputs), ("p", -1): np.array(parameters)}
        self.names = {**FUNCTIONS, "seed": seed}
        self.firsts: dict[tuple[str, str], str] = {}
        self.statement = ""
        self.last: dict[str, int] = {}
        self.k, self.shape = -1, ()
        forward, backward = plan.split("forward\n")[1].split("backward\n")
        self._run(forward.splitlines())
        self._run(backward.splitlines()[:-1])

    @property
    def gradient(self) -> Any:
        """The gradient of the parameters."""
        return self.numbers["gp", -1]

    def _run(self, lines: list[str]) -> None:
        while lines:
            line = lines.pop(0)[2:]
            head = re.match(r"([\d,]+) ×(.*)", line)
            if head:
                body = []
                while lines and lines[0].startswith("    "):
                    body.append(lines.pop(0)[4:])
                count = int(head[1].replace(",", ""))
                self._loop(range(count)[:: -1 if "backwards" in head[2] else 1], body)
            elif line.startswith("loss "):
                self.loss = float(self._value(line[5:]))
            else:
                self._statements(line)

    def _loop(self, repetitions: range, body: list[str]) -> None:
        starts = [line for line in body if line.startswith("at first ")]
        rest = [line for line in body if line not in starts]
        for start in "; ".join(line.removeprefix("at first ") for line in starts).split("; "):
            self._start(start, "; ".join(rest).split("; "))
        for k in repetitions:
            self.k = self.names["k"] = k
            for line in rest:
                self._statements(line)
        self.k = -1
        self.last |= {name: at for name, at in self.numbers if at == max(repetitions)}

    def _start(self, start: str, statements: list[str]) -> None:
        """Keep what a name, or the references of a statement, are in the first repetition."""
        name, _, first = start.partition(" = ")
        if "'" in name:
            self.firsts["", name] = first
        for statement in statements:
            if start and statement.startswith(f"{name} = "):
                pairs = zip(*(REFERENCE.finditer(x.partition(" = ")[2]) for x in (statement, start)), strict=True)
                self.firsts |= {(name.split()[0], x[0]): y[0] for x, y in pairs}

    def _statements(self, line: str) -> None:
        for statement in line.split("; "):
            target, shape, sign, formula = STATEMENT.fullmatch(statement).groups()  # type: ignore[union-attr]
            if sign == "=":
                self.shape = tuple(map(int, shape.split(", "))) if shape else ()
                self.statement = target
                value = np.broadcast_to(self._value(formula), self.shape or (1,))
                self.numbers[target, self.k] = value.ravel()
                self.numbers[f"shape of {target}", 0] = self.shape
                continue
            self.statement = upstream = re.findall(r"g([uv]\d+)", formula)[-1]
            self.shape = self.numbers[f"shape of {upstream}", 0]
            value = np.broadcast_to(self._value(formula), self.shape or (1,)) * (1.0 if sign == "+=" else -1.0)
            first = 0
            for reference in REFERENCE.finditer(target):
                name, k, places = self._places(reference)
                if target.startswith("(") and value.size > 1:  # each takes its part
                    self._add(name, k, places, value[first : first + places.size])
                    first += places.size
                else:
                    self._add(name, k, places, value)

    def _add(self, name: str, k: int, places: Any, value: Any) -> None:
        if name == "gx":
            return
        gradient = self.numbers.setdefault((name, k), np.zeros(len(self.numbers[name[1:], k])))
        shape = self.shape if places.size == prod(self.shape) else places.shape
        np.add.at(gradient, *np.broadcast_arrays(places.reshape(shape), value))

    def _value(self, formula: str) -> Any:
        joined = JOINED.sub(r"concatenate([\1])", REFERENCE.sub(self._number, formula))
        return eval(re.sub(r" of \d+", "", joined), dict(self.names))

    def _number(self, reference: re.Match[str]) -> str:
        name, k, places = self._places(reference)
        if name.startswith("g"):
            self.numbers.setdefault((name, k), np.zeros(len(self.numbers[name[1:], k])))
        value = self.numbers[name, k][places]
        self.names[f"number_{len(self.names)}"] = (
            value.reshape(self.shape) if value.size == prod(self.shape) else value
        )
        return list(self.names)[-1]

    def _places(self, reference: re.Match[str]) -> tuple[str, int, Any]:
        """Return the name, the repetition, and the positions that a reference means."""
        gradient, name, marks, brackets = reference.groups()
        k = self.k - len(marks)
        if self.k == 0:
            first = self.firsts.get((self.statement, name + marks + brackets))
            first = first or (self.firsts["", name + marks] + brackets if marks else name + brackets)
            _, name, _, brackets = REFERENCE.fullmatch(first).groups()  # type: ignore[union-attr]
            k = 0
        if (name, k) not in self.numbers:
            k = self.last.get(name, -1)  # after a loop a name means the last one
        places = np.arange(len(self.numbers[name, k]))
        for bracket in re.findall(r"\[([^\]]*)\]", brackets):
            names = {"places": places, **self.names}
            if "None" in bracket:
                places = eval(f"places[{bracket}]", names)
            else:
                places = np.concatenate([np.atleast_1d(eval(f"places[{x}]", names)) for x in bracket.split(", ")])
        return gradient + name, k, places
