"""Labels that contain markup and code never run in the page."""

from __future__ import annotations

import html

from autograd_tiny import Value, dot
from tests.page_driver import PageDriver

HOSTILE = [
    "<img src=x onerror=hacked=1>",
    "</script><script>hacked=1</script>",
    "<script>hacked=1</script>",
    "<svg onload=hacked=1>",
    "</title><script>hacked=1</script>",
    "</style><script>hacked=1</script>",
    "<!--",
    "--><script>hacked=1</script>",
    "]]><script>hacked=1</script>",
    '"><img src=x onerror=hacked=1>',
    "'><img src=x onerror=hacked=1>",
    '" onfocus="hacked=1" autofocus="',
    "' onmouseover='hacked=1",
    "javascript:hacked=1",
    "{{script}}",
    "{{data}}",
    "${hacked=1}",
    "`${hacked=1}`",
    "\\u003cscript>hacked=1</script>",
    "&lt;script&gt;hacked=1&lt;/script&gt;",
    "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<a href=javascript:hacked=1>x</a>",
    "<math><mtext></p><img src=x onerror=hacked=1>",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
    "\x00",
    "\n\r\t",
    "\u2028hacked=1\u2029",
    "\u202eevil",
    "\ud800",
    "\U0001f4a3" * 20,
    "a" * 5000,
    "⟨0⟩",
    "⟨z⟩",
    "$1 $& $`",
    "\\",
    '\\"];hacked=1;[',
    "#step=3",
    "a.b.c]'[\"",
    "..",
    "%3Cscript%3E",
    "&",
    "<",
]


def test_labels_never_run_as_script(driver: PageDriver) -> None:
    labels = [
        prefix + label + suffix
        for label in HOSTILE
        for prefix, suffix in (("", ""), ("x.", ".y"), ("'\">", ""), (" ", "<b>"), ("w[0]", "&"))
    ]
    assert len(labels) >= 200
    leaves = [Value(1.0 + i, label=label) for i, label in enumerate(labels)]
    named = leaves[0] * leaves[1]
    named.label = HOSTILE[1]
    trace = (dot(leaves, leaves[::-1]) * named.relu()).trace()
    driver.open(trace, title=HOSTILE[1])
    driver.ask("graph.clusters.forEach((_, cluster) => state.opened.add(cluster)); changed('opened')")
    shown = driver.ask("graph.nodes.map((node) => node.name)")
    assert shown == [
        name.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if "\ud800" not in name else shown[i]
        for i, name in enumerate(trace.names.values())
    ]
    driver.press("End")
    for button in ("mistakes", "predict", "more"):
        driver.ask(f"byId('{button}').click()")
    for place in range(0, 200, 20):
        driver.ask("place => { goTo(place); setNumbers([[place, 2.5]]); toggleBreakpoint(place); }", place)
    driver.ask("[toSvg, toDot, toMermaid, toLatex, toPython].map((write) => write().length)")
    driver.page.wait_for_timeout(300)
    fragment = driver.ask("location.hash")
    driver.open(trace, fragment=fragment)
    assert driver.ask("state.numbers.size") == 10
    assert driver.ask("typeof hacked") == "undefined"
    assert driver.page.locator("script").count() == 2
    assert driver.page.locator("img, iframe, a").count() == 0


def test_labels_never_run_in_frame(driver: PageDriver) -> None:
    trace = (Value(1.0, label=HOSTILE[1]) * Value(2.0, label=HOSTILE[9])).trace()
    driver.open_text(f"<!doctype html><title>notebook</title>{trace._repr_html_()}")
    driver.page.frames[1].wait_for_selector("#next")
    assert driver.ask("typeof hacked") == "undefined"
    assert driver.page.frames[1].evaluate("typeof hacked") == "undefined"
    assert html.escape(HOSTILE[1]) not in driver.text("title")
