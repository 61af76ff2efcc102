"""Independent readers of the formats: each returns the boxes and edges that it finds, by nothing of the writers.

Boxes are the texts in them, by number; edges are pairs of numbers with their labels, in the order of the file.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field

from lxml import etree

with warnings.catch_warnings():  # pydot calls functions of pyparsing by names that are deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    import pydot

SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Found:
    """The content of a diagram file."""

    boxes: dict[int, list[str]] = field(default_factory=dict)
    edges: list[tuple[int, int, str]] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)


def read_svg(text: str) -> Found:
    root = etree.fromstring(text.encode())
    assert root.tag == SVG + "svg"
    found = Found()
    for element in root.iter(SVG + "g"):
        texts = [text.text or "" for text in element.iter(SVG + "text")]
        if "data-node" in element.attrib:
            found.boxes[int(element.get("data-node"))] = texts
        if "data-tail" in element.attrib:
            found.edges.append((int(element.get("data-tail")), int(element.get("data-head")), "".join(texts)))
    found.clusters = [text.text for text in root.find(SVG + "g").findall(SVG + "text")]
    return found


def _unquoted(text: str | None) -> str:
    """Return what Graphviz shows for a string of DOT."""
    inner = (text or '""').strip()
    assert inner.startswith('"'), inner
    inner = inner[1:-1]
    shown, i = "", 0
    while i < len(inner):
        if inner[i] == "\\":
            follower = inner[i + 1]
            assert follower in '\\"n', follower
            shown += {"n": "\n"}.get(follower, follower)
            i += 2
        else:
            assert inner[i] != '"'
            shown += inner[i]
            i += 1
    assert re.fullmatch(r"(&amp;|[^&])*", shown, re.DOTALL)
    return shown.replace("&amp;", "&")


def read_dot(text: str) -> Found:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        (graph,) = pydot.graph_from_dot_data(text)
    assert graph.get_type() == "digraph"
    found = Found()

    def walk(scope):
        for node in scope.get_nodes():
            name = node.get_name()
            if re.fullmatch(r"n\d+", name) and "label" in node.get_attributes():
                found.boxes[int(name[1:])] = re.split(r"\n|   | = ", _unquoted(node.get("label")))
        for part in scope.get_subgraphs():
            walk(part)

    walk(graph)
    for edge in graph.get_edges():
        tail, head = edge.get_source(), edge.get_destination()
        found.edges.append((int(tail[1:]), int(head[1:]), _unquoted(edge.get("label"))))
    return found


ENTITY = re.compile(r"#(\d+);\u200b?")


def _decoded(text: str) -> str:
    assert '"' not in text
    assert not re.search(r"[<>`;](?!\u200b)", ENTITY.sub("", text).replace("<br/>", "").replace("&nbsp;", "")), text
    return ENTITY.sub(lambda match: chr(int(match[1])), text).replace(" &nbsp; ", "   ")


def read_mermaid(text: str) -> Found:
    found = Found()
    first, *lines = text.splitlines()
    assert re.fullmatch("flowchart (LR|TB)", first)
    depth = 0
    for line in map(str.strip, lines):
        node = re.fullmatch(r'n(\d+)(\(\[|\(\(|\[)"([^"]*)"(\]\)|\)\)|\]):::(\w+)', line)
        edge = re.fullmatch(r'n(\d+) (-->|-\.->|---)(?:\|"([^"]*)"\|)? n(\d+)', line)
        group = re.fullmatch(r'subgraph g\d+\["([^"]*)"\]', line)
        if node:
            lines_of_box = [_decoded(part) for part in node[3].split("<br/>")]
            found.boxes[int(node[1])] = [text for part in lines_of_box for text in re.split("   | = ", part)]
        elif edge:
            found.edges.append((int(edge[1]), int(edge[4]), _decoded(edge[3] or "")))
        elif group:
            depth += 1
            found.clusters.append(_decoded(group[1]))
        elif line == "end":
            depth -= 1
        else:
            assert re.fullmatch(r"classDef \w+ [\w#:,.-]+|class (g\d+,?)+ group|linkStyle \d+ [\w#:,.-]+", line), line
    assert depth == 0
    return found


SETS = {
    r"\textbackslash{}": "\\",
    r"\textasciicircum{}": "^",
    r"\textasciitilde{}": "~",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"\textquotedbl{}": '"',
    r"\textasciigrave{}": "`",
    r"\textquotesingle{}": "'",
    "{-}": "-",
    "{,}": ",",
    "{[}": "[",
    "{]}": "]",
    r"\ ": " ",
    r"\{": "{",
    r"\}": "}",
    r"\$": "$",
    r"\&": "&",
    r"\#": "#",
    r"\%": "%",
    r"\_": "_",
    r"\ldots{}": "…",
    "---": "—",
    "$-$": "−",
    r"$\times$": "×",
}
TOKEN = re.compile("|".join(map(re.escape, sorted(SETS, key=len, reverse=True))) + r"|\$[^$]*\$|.", re.DOTALL)
SPECIALS = set("\\{}$&#%_^~")


def _set(text: str) -> str:
    """Return what TeX sets."""
    shown = ""
    for token in TOKEN.findall(text):
        assert token not in SPECIALS, (token, text)
        shown += SETS.get(token, token)
    return shown


def read_tikz(text: str) -> Found:
    found = Found()
    assert text.endswith("\\end{tikzpicture}\n")
    assert text.count("\\begin{tikzpicture}") == 1
    assert "\n\n" not in text
    place: int | None = None
    for line in text.splitlines():
        box = re.fullmatch(r"  \\filldraw.*; % n(\d+)", line)
        edge = re.fullmatch(r"  \\draw.*; % n(\d+) -> n(\d+)", line)
        node = re.fullmatch(r"  \\node\[[^\]]*\] at \([-\d.,]+\) \{(.*)\};", line)
        if box:
            place = int(box[1])
            found.boxes[place] = []
        elif edge:
            found.edges.append((int(edge[1]), int(edge[2]), ""))
        elif node and place is not None:
            found.boxes[place].append(_set(node[1]))
        elif node and found.edges:
            tail, head, _ = found.edges[-1]
            found.edges[-1] = (tail, head, _set(node[1]))
        elif node:
            found.clusters.append(_set(node[1]))
    return found


READERS = {"svg": read_svg, "dot": read_dot, "mermaid": read_mermaid, "tikz": read_tikz}
