"""The layers of the package, lowest first: the one table that the test of imports and CONTRIBUTING read.

python -m tests.layers        # updates the table in CONTRIBUTING.md
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]

LAYERS: list[dict[str, str]] = [
    {
        "errors": "the errors that several folders raise, with their data as attributes",
        "support": "helpers that know nothing of this project: whole-file writing, terminal text, figures",
    },
    {
        "primitives": "calculus of plain numbers: the table, rules, IEEE arithmetic, special functions, operands",
    },
    {
        "engine": "`Value`, nodes, recording, `backward()`, hooks, reductions, derivatives, the gradient check",
    },
    {
        "symbolic": "graphs as text, LaTeX and source; the expression parser; names; the translator",
    },
    {
        "trace": "one pass as a list of events; what-if; the facts behind hints and remarks, and their text",
        "replay": "record, plan, and one folder for each back-end",
    },
    {
        "explanation": "the worked solution of a graph",
        "diagrams": "one layout, every picture format",
        "nn": "neurons, layers, losses, optimizers, training; built on the public names alone",
    },
    {
        "page": "the page that steps through a trace in a browser",
        "debugger": "the prompt that steps through a trace",
        "distributed": "batches in shards over any executor: threads, processes, a cluster",
    },
    {
        "tabular": "the user's table: read a CSV file, prepare columns, train on it; sample data; no printing",
    },
    {
        "lessons": "the headings, tables, pictures and data of the lessons; their programs are in `demos/`",
        "labs": "the exercises of the labs and their checks",
        "playground": "a network that trains in a browser",
    },
    {
        "cli": "the command: parsing of arguments and printing",
    },
]
"""Each layer: its folders, and what each is for; each is a folder or a file of `autograd_tiny`, or `nn`."""

LAYER_OF = {folder: number for number, layer in enumerate(LAYERS) for folder in layer}
UPWARDS = {"autograd_tiny.engine.tool_methods", "nn.debugging"}
"""The modules that may import from above their layer: late, inside a function, or for the type checker."""
ABOVE_ALL = {"__main__"}
"""The files of `autograd_tiny` that start the command."""

BEGIN, END = "<!-- layers: python -m tests.layers -->", "<!-- end of layers -->"


def picture() -> str:
    """Return the layers as a Markdown table, the top first."""
    lines = ["| layer | folder or file | what it is for |", "|---|---|---|"]
    for number, layer in reversed(list(enumerate(LAYERS, start=1))):
        for folder, purpose in layer.items():
            place = folder if folder == "nn" else f"autograd_tiny/{folder}"
            lines.append(f"| {number} | `{place if (ROOT / place).is_dir() else f'{place}.py'}` | {purpose} |")
    return "\n".join(lines)


def with_picture(text: str) -> str:
    """Return a document whose picture of the layers is up to date."""
    block = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", flags=re.DOTALL)
    return block.sub(lambda _: f"{BEGIN}\n{picture()}\n{END}", text)


if __name__ == "__main__":
    path = ROOT / "CONTRIBUTING.md"
    path.write_text(with_picture(path.read_text(encoding="utf-8")), encoding="utf-8")
