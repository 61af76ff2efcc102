"""Write the eleven steps of the lesson by hand as worksheet and solution, print them, and draw them.

>>> equation("∂L/∂z3", [["____", "____", "____"]])
['∂L/∂z3 = ( ____  ____  ____ )']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.lessons.exercises import STEPS, HandExercise
from autograd_tiny.lessons.pictures import NeuronText, draw_network
from autograd_tiny.lessons.printing import apart, heading, in_digits, say
from autograd_tiny.lessons.value_arrays import difference, largest_difference
from autograd_tiny.support.atomic_files import write_numbered
from autograd_tiny.support.console import show
from autograd_tiny.support.figures import name_panel, new_figure, panels_of, save_picture

BLANK: Final = "____"

PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
@page {{ size: A4; margin: 14mm 16mm; }}
body {{ font: 11pt/1.4 Georgia, "Times New Roman", serif; color: #222; max-width: 46em; margin: 2em auto; }}
h1 {{ font-size: 17pt; margin: 0 0 .2em; }}
h2 {{ font-size: 11.5pt; margin: 0; }}
p {{ margin: .15em 0 .5em; }}
.name {{ float: right; }}
section {{ break-inside: avoid; border-top: 1px solid #bbb; padding: .5em 0 .7em; }}
.rule {{ color: #555; font-style: italic; }}
.results {{ display: flex; flex-wrap: wrap; gap: .7em 2em; align-items: center; }}
.result {{ display: flex; align-items: center; gap: .5em; }}
table {{ border-collapse: separate; border-spacing: 2px; border-left: 1.5px solid; border-right: 1.5px solid; }}
table {{ border-radius: 5px; padding: 0 3px; }}
td {{ min-width: 2.5em; height: 1.55em; text-align: center; font-variant-numeric: tabular-nums; }}
td.blank {{ border: 1px solid #999; min-width: 3em; }}
td.bias {{ background: #f0f0f0; }}
@media print {{ body {{ margin: 0; max-width: none; }} }}
</style>
</head>
<body>
{name}<h1>{title}</h1>
<p>{introduction}</p>
{sections}
</body>
</html>
"""


Results = Mapping[str, Any]
"""The results of the eleven steps, by name."""
Section = tuple[str, str, Mapping[str, Any], bool]


def write_worksheet(exercise: HandExercise, results: Results, folder: Path) -> None:
    """Write worksheet and solution, each as Markdown and as HTML, and print the paths of the four files.

    They overwrite nothing: where a file of that name exists, the new one has a number.

    Raises:
        OSError: the folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, blank in (("worksheet", True), ("solution", False)):
        for suffix, render in ((".md", as_markdown), (".html", as_page)):
            path = write_numbered(folder / f"{name}{suffix}", render(exercise, results, blank=blank).encode())
            show(f"written: {path}", in_files=False)


def as_markdown(exercise: HandExercise, results: Results, *, blank: bool) -> str:
    """Return the worksheet, or its solution where nothing is blank, as Markdown."""
    lines = [f"# {title_of(exercise, blank=blank)}", "", introduction_of(exercise), ""]
    for title, rule, shown, hidden in sections_of(exercise, results, blank=blank):
        lines += [f"## {title}", "", *([rule, ""] if rule else []), "```text"]
        for name, numbers in shown.items():
            lines += equation(name, cells_of(numbers, blank=hidden))
        lines += ["```", ""]
    return "\n".join(lines)


def as_page(exercise: HandExercise, results: Results, *, blank: bool) -> str:
    """Return the worksheet, or its solution where nothing is blank, as a page of HTML for the printer."""
    sections = []
    for title, rule, shown, hidden in sections_of(exercise, results, blank=blank):
        tables = "\n".join(_table(name, cells_of(numbers, blank=hidden)) for name, numbers in shown.items())
        text = f'<p class="rule">{escape(rule)}</p>\n' if rule else ""
        sections.append(
            f'<section>\n<h2>{escape(title)}</h2>\n{text}<div class="results">\n{tables}\n</div>\n</section>'
        )
    return PAGE.format(
        title=escape(title_of(exercise, blank=blank)),
        introduction=escape(introduction_of(exercise)),
        name='<p class="name">Name: ______________________</p>\n' if blank else "",
        sections="\n".join(sections),
    )


def title_of(exercise: HandExercise, *, blank: bool) -> str:
    """Return the title of a worksheet or of its solution."""
    title = f"Backpropagation by hand{exercise.name and f', exercise {exercise.name}'}"
    return title if blank else f"{title}: the solution"


def introduction_of(exercise: HandExercise) -> str:
    """Return a description of the network, in four sentences."""
    return (
        "A network of three layers: relu, relu, softmax, with the cross-entropy L of the target y as its loss. "
        f"The true class is number {exercise.target + 1}. Each matrix has a row for each neuron; its last column, "
        "behind the line, holds the biases. Nearly all numbers are whole or halves."
    )


def sections_of(exercise: HandExercise, results: Results, *, blank: bool) -> list[Section]:
    """Return title, rule, numbers, and whether these are blank, for the given numbers and the eleven steps."""
    given = {"x": exercise.x, "y": exercise.y}
    given |= {f"W{layer} | b{layer}": A for layer, A in ((1, exercise.A1), (2, exercise.A2), (3, exercise.A3))}
    return [
        ("Given", "", given, False),
        *(
            (f"Step {number}: {title}", rule, {name: results[name] for name in names}, blank)
            for number, (title, rule, names) in enumerate(STEPS, start=1)
        ),
    ]


def cells_of(numbers: Any, *, blank: bool) -> list[list[str]]:
    """Return a number, a vector or a matrix as rows of texts."""
    show: Callable[[Any], str] = (lambda _: BLANK) if blank else in_digits
    rows = numbers.reshape(1, -1) if numbers.ndim < 2 else numbers
    return [[show(number) for number in row] for row in rows.tolist()]


def equation(name: str, cells: list[list[str]]) -> list[str]:
    """Return the lines of a vector in parentheses, a matrix [W | b] in brackets, a number after its name.

    >>> equation("x", [["2", "1"]]), equation("W | b", [["1", "-2"], ["10", "3"]])
    (['x = ( 2  1 )'], ['W | b = [  1 | -2 ]', '        [ 10 |  3 ]'])
    """
    if len(cells) == len(cells[0]) == 1:
        return [f"{name} = {cells[0][0]}"]
    if "|" not in name:
        return [f"{name} = ( {'  '.join(cells[0])} )"]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rows = [[cell.rjust(width) for cell, width in zip(row, widths, strict=True)] for row in cells]
    lines = [f"[ {'  '.join(row[:-1])} | {row[-1]} ]" for row in rows]
    start = f"{name} = "
    return [f"{' ' * len(start) if place else start}{line}" for place, line in enumerate(lines)]


def _table(name: str, cells: list[list[str]]) -> str:
    """Return one result as a table; the blanks are boxes, the column of the biases is grey."""
    rows = []
    for row in cells:
        last = len(row) - 1
        tags = [
            f'<td class="{"blank " * (cell == BLANK)}{"bias" * (place == last and "|" in name)}">'
            f"{'' if cell == BLANK else escape(cell)}</td>"
            for place, cell in enumerate(row)
        ]
        rows.append(f"<tr>{''.join(tags)}</tr>")
    return f'<div class="result"><span>{escape(name)} =</span><table>{"".join(rows)}</table></div>'


def show_eleven_steps(exercise: HandExercise, hand: Results, engine: Results, *, loss_after: float) -> None:
    """Print the given numbers and the eleven steps, and how far the numbers of the engine are apart."""
    heading(title_of(exercise, blank=True))
    say(introduction_of(exercise))
    for title, rule, shown, _ in sections_of(exercise, hand, blank=False):
        heading(title)
        say(*([rule, ""] if rule else []))
        for name, numbers in shown.items():
            first, *others = equation(name, cells_of(numbers, blank=False))
            check = f"the engine: {apart(difference(numbers, engine[name]))} apart" if name in engine else ""
            say(f"    {first:48}{check}".rstrip(), *(f"    {line}" for line in others))
    heading("In the end")
    say(f"Hand and engine are at most {apart(largest_difference(hand, engine))} apart.")
    say(f"The 0 in ŷ is {np.min(engine['ŷ']):.0e}: no finite logit gives exactly 0, but no pencil sees that.")
    say(f"The update takes the loss from {hand['L']:.4f} to {loss_after:.2g}.")


def draw_steps(exercise: HandExercise, results: Results, path: Path) -> None:
    """Draw the network with its numbers: forward in black, backward in colour."""
    figure = new_figure(9.0, 4.4)
    (panel,) = panels_of(figure, 1)
    layers = [[NeuronText(f"$x$\n{in_digits(number)}") for number in exercise.x.tolist()]]
    matrices = (exercise.A1, exercise.A2, exercise.A3)
    for layer, (output, A) in enumerate(zip(("a_1", "a_2", "\\hat{y}"), matrices, strict=True), start=1):
        after = results["ŷ" if layer == 3 else f"a{layer}"]
        rows = zip(results[f"z{layer}"], after, results[f"∂L/∂z{layer}"], A[:, -1], strict=True)
        layers.append(
            [
                NeuronText(f"${output}$\n{a:g}", f"$z_{layer}$ = {z:g}", f"∂L/∂z = {d + 0.0:g}", bias=float(b))
                for z, a, d, b in rows
            ]
        )
    draw_network(panel, layers, [A[:, :-1].T for A in matrices], form=".0f")
    name_panel(panel, "By hand: forward to the prediction, and the error back to the first layer")
    save_picture(figure, path)
