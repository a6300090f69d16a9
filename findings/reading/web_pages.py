"""From a saved web page to the lines that the reader knows: headings, paragraphs, bullets, table rows."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

CHROME = "script, style, noscript, template, nav, aside, form, button, svg, iframe, object, select, [hidden], [aria-hidden='true']"
SITE_CHROME = (
    "body > header, body > footer, [role='banner'], [role='navigation'], [role='contentinfo'], [role='search']"
)
BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
CELLS = frozenset({"td", "th"})
INVISIBLE = str.maketrans({"\xad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\xa0": " "})


def text_of_page(html: str) -> str:
    """The text of a web page as lines: a blank line between blocks, "• " before list items, tabs between cells.

    The site's own furniture (menus, banners, forms, scripts) is left out. Nothing is fetched or run.
    """
    tree = LexborHTMLParser(html)
    root = tree.css_first("main") or tree.css_first("article") or tree.body
    if root is None:
        return ""
    junk = CHROME if root.tag != "body" else f"{CHROME}, {SITE_CHROME}"
    for node in root.css(junk):
        node.decompose()
    writer = _Writer()
    for node, opening in _walk(root):
        writer.open(node) if opening else writer.close(node)
    return writer.text()


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node, once as it opens and once as it closes, without recursion: pages may nest without end."""
    node: LexborNode | None = root
    depth = 0
    while node is not None:
        yield node, True
        if node.child is not None:
            node, depth = node.child, depth + 1
            continue
        while node is not None:
            yield node, False
            if depth == 0:
                return
            if node.next is not None:
                node = node.next
                break
            node, depth = node.parent, depth - 1


class _Writer:
    """Gathers text into lines; lists and tables change how a line begins and what separates its parts."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._parts: list[str] = []
        self._cells: list[str] | None = None
        self._bullet = False

    def open(self, node: LexborNode) -> None:
        tag = node.tag
        if tag == "-text":
            self._parts.append(node.text_content or "")
        elif tag == "br":
            self._parts.append(" ")
        elif tag == "tr":
            self._flush()
            self._cells = []
        elif tag in CELLS:
            self._parts = []
        elif tag in BLOCKS and self._cells is None:
            self._flush()
            self._bullet = tag == "li" or (self._bullet and tag not in {"ul", "ol"})

    def close(self, node: LexborNode) -> None:
        tag = node.tag
        if tag in CELLS and self._cells is not None:
            self._cells.append(self._taken())
        elif tag == "tr" and self._cells is not None:
            row, self._cells = "\t".join(self._cells), None
            if row.strip():
                self._lines += [row, ""]
        elif tag in BLOCKS and self._cells is None:
            self._flush()
            if tag == "li":
                self._bullet = False

    def text(self) -> str:
        self._flush()
        return "\n".join(self._lines)

    def _taken(self) -> str:
        text = " ".join("".join(self._parts).translate(INVISIBLE).split())
        self._parts = []
        return text

    def _flush(self) -> None:
        text = self._taken()
        if text:
            self._lines += [f"  • {text}" if self._bullet else text, ""]
            self._bullet = False
