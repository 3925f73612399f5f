"""The HTML that a template gave, held against what the engine needs: closed lists of tags, attributes
and styles. What passes is well-formed, so that every reader of it sees the same."""

import re
from collections.abc import Collection
from html.parser import HTMLParser

from domain.errors import DomainError
from printing.codes import DATA_PREFIX
from printing.own.checks import mistake

#: Tags that stand alone; those of the engine turn the page.
ALONE = frozenset({"br", "hr", "img", "pdf:nexttemplate", "pdf:nextpage", "pdf:resetpagenumber"})
TAGS = ALONE | {
    *("p", "b", "strong", "i", "em", "u", "sup", "sub", "span", "div", "h1", "h2", "h3"),
    *("table", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li"),
}
#: Attribute → what it may say.
ATTRIBUTES: dict[str, re.Pattern[str]] = {
    "class": re.compile(r"[\w -]{0,80}"),
    "width": re.compile(r"\d{1,4}(?:%|pt|mm|px)?"),
    "height": re.compile(r"\d{1,4}(?:%|pt|mm|px)?"),
    "size": re.compile(r"\d{1,2}(?:\.\d)?(?:pt|px)?"),
    "align": re.compile(r"left|right|center|justify"),
    "valign": re.compile(r"top|middle|bottom"),
    "colspan": re.compile(r"\d{1,2}"),
    "rowspan": re.compile(r"\d{1,2}"),
    "style": re.compile(r".{0,400}", re.DOTALL),
    "src": re.compile(r".*", re.DOTALL),
    "name": re.compile(r"rest|body"),
    "value": re.compile(r"\d{1,3}"),
    "alt": re.compile(r"[^<>]{0,200}"),
}
#: Attributes that only these tags have.
ONLY = {
    "src": {"img"},
    "alt": {"img"},
    "name": {"pdf:nexttemplate", "pdf:nextpage"},
    "value": {"pdf:resetpagenumber"},
}
STYLES = re.compile(
    r"text-align|text-indent|text-decoration|text-transform|font-weight|font-style|font-size"
    r"|(?:padding|margin|border)(?:-(?:top|right|bottom|left))?|width|height|vertical-align"
    r"|line-height|color|background-color|white-space|page-break-(?:before|after|inside)"
    r"|letter-spacing"
)
_STYLE_VALUE = re.compile(r"[a-z0-9#.%\s-]{1,60}")
_LARGE = re.compile(r"\d{4,}")
LONGEST, MOST_TAGS, DEEPEST = 500_000, 5_000, 30


def check(html: str, pictures: Collection[str], body: str) -> None:
    """Refuse what a paper may not hold. pictures: those that our filters drew; body: for the line.

    Errors: template.html_*, template.picture, template.endless.
    """
    if len(html) > LONGEST:
        raise mistake("endless", 1)
    reader = _Reader(pictures, body)
    reader.feed(html)
    reader.finish()


class _Reader(HTMLParser):
    """Reads strictly: what is not plainly a tag of the list is refused."""

    def __init__(self, pictures: Collection[str], body: str) -> None:
        super().__init__(convert_charrefs=False)
        self.pictures, self.body = pictures, body
        self.open: list[str] = []
        self.count = 0

    def refuse(self, code: str, tag: str, **facts: str) -> DomainError:
        return mistake(code, self.line(tag, *facts.values()), **{"tag": tag, **facts})

    def line(self, tag: str, *more: str) -> int:
        """Where the template writes such a tag, and in it what is wrong; 1 when it cannot be found."""
        source = self.body.lower()
        begun = [m.start() for m in re.finditer(rf"<{re.escape(tag)}\b", source)]
        ends = [max(source.find(">", start), start) for start in begun]
        exact = [s for s, e in zip(begun, ends, strict=True) if all(w in source[s:e] for w in more)]
        found = (exact or begun or [0])[0]
        return source.count("\n", 0, found) + 1

    # what may stand there
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += 1
        if tag not in TAGS:
            raise self.refuse("html_tag", tag)
        if self.count > MOST_TAGS or len(self.open) > DEEPEST:
            raise self.refuse("html_many", tag)
        names = [name for name, _ in attrs]
        for name, value in attrs:
            allowed = name in ATTRIBUTES and tag in ONLY.get(name, TAGS)
            if not allowed or names.count(name) > 1:
                raise self.refuse("html_attribute", tag, name=name)
            self.attribute(tag, name, value or "")
        if tag == "img" and "src" not in names:
            raise self.refuse("picture", tag)
        if tag not in ALONE:
            self.open.append(tag)

    handle_startendtag = handle_starttag

    def attribute(self, tag: str, name: str, value: str) -> None:
        if name == "src" and not (value in self.pictures and value.startswith(DATA_PREFIX)):
            raise self.refuse("picture", tag)
        if not ATTRIBUTES[name].fullmatch(value):
            raise self.refuse("html_attribute", tag, name=name)
        if name == "style":
            self.styles(tag, value)

    def styles(self, tag: str, value: str) -> None:
        for rule in filter(str.strip, value.lower().split(";")):
            name, _, said = rule.partition(":")
            known = STYLES.fullmatch(name.strip()) and _STYLE_VALUE.fullmatch(said.strip())
            if not known or _LARGE.search(said):
                raise self.refuse("html_style", tag, name=name.strip()[:40])

    def handle_endtag(self, tag: str) -> None:
        if tag in ALONE:
            return
        if not self.open or tag not in TAGS:
            raise self.refuse("html_closed", tag)
        if self.open[-1] != tag:
            raise self.unclosed()
        self.open.pop()

    def unclosed(self) -> DomainError:
        """The tag that is still open, at the line where the template forgot it, as far as can be told."""
        tag = self.open[-1]
        return mistake("html_open", _forgotten(self.body, tag) or self.line(tag), tag=tag)

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise mistake("html_sign", self.near(data))

    def near(self, data: str) -> int:
        """The line with the sign that is no tag."""
        found = self.body.find(data[data.index("<") :][:12].rstrip())
        return self.body.count("\n", 0, max(found, 0)) + 1

    def handle_comment(self, data: str) -> None:
        raise self.refuse("html_tag", "!--")

    def handle_decl(self, decl: str) -> None:
        raise self.refuse("html_tag", "!")

    def unknown_decl(self, data: str) -> None:
        raise self.refuse("html_tag", "!")

    def handle_pi(self, data: str) -> None:
        raise self.refuse("html_tag", "?")

    def finish(self) -> None:
        """The end: everything is closed, and nothing is left that is half a tag."""
        self.close()
        if self.open:
            raise self.unclosed()


_PIECES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def _forgotten(body: str, tag: str) -> int:
    """The line of the last such tag without an end, in the template as it is written; 0: none is."""
    plain = _PIECES.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), body)
    begun: list[int] = []
    for found in re.finditer(rf"<(/?){re.escape(tag)}\b[^>]*>", plain, re.IGNORECASE):
        if not found[1]:
            begun.append(plain.count("\n", 0, found.start()) + 1)
        elif begun:
            begun.pop()
    return begun[-1] if begun else 0
