"""Labels that break out of a format, or out of its reader, unless they are escaped."""

HOSTILE = [
    *(chr(code) for code in range(128) if not chr(code).isalnum()),
    *(f"a{chr(code)}b" for code in range(33)),
    *(f"{c}{c}" for c in "\"'\\<>&{}[]|#$%^_~`;"),
    "</svg><script>alert(1)</script>", "<b>&amp;</b>", "&lt;", "&#0;", "]]>", "<!--", "-->", "<![CDATA[x]]>",
    "\\N", "\\G", "\\L", "\\E", "\\T", "\\H", "\\l", "\\r", "\\n", "ends with \\", '\\"', '"]; evil [label="',
    "<<b>html</b>>", "<i>", "n0 -> n1", "subgraph cluster_0 {", "{a|b}", "<port>", "//", "/* x */", "# line",
    "end", "graph TD", "%% comment", "%%{init: {}}%%", "click n0 callback", "style n0 fill:#f00", ":::leaf", "1. one",
    "- item", "* item", "+ item", "`code`", "**bold**", "__bold__", "#quot;", "#35;", "fa:fa-ban", "$$x^2$$",
    "\\end{tikzpicture}", "\\input{/etc/passwd}", "\\write18{rm x}", "^^41", "^^M", "$x$", "%", "\\\\", "}{",
    "~", "\\usepackage{x}", "---", "``quoted''", "?`", "fi fl ffi", "<<", ">>", ",,", "a]b", "[a]", "(a)", "a,b=c",
    "é", "ß", "ÿ", "中文", "😀", "e\u0301", "\u200d", "\u202eabc", "\u2066x", "\ufeff", "\u2028", "\u2029", "\ud800",
    "\udfff", "\uffff", "\U000e0001", "\x85", "\xa0", "\xad", "∂L/∂a", "α_1", "a" * 300, " " * 5, "  lead", "trail  ",
    "a\r\nb", "a\n\nb", "\t", "$(rm -rf x)", "`rm`", "; rm x", "../../x", "--version", "%s", "{0}", "{x}", "%n",
    "javascript:alert(1)", "onload=alert(1)", "' onmouseover='x", '" onmouseover="x', "&quot;", "&apos;", "&nbsp;",
]  # fmt: skip
