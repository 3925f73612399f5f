"""YAML as packages are written and read: everything spelt out, nothing that runs.

Nothing is loaded as YAML would load it. The events of the parser become texts, lists and mappings by
hand; anchors, references and tags, out of which YAML can make objects or a billion copies, stop it.
"""

import base64
import datetime as dt
from collections.abc import Iterator
from typing import Any

import yaml
from yaml import events

from services.packaging.problem import stop

#: With blank forms in it; what people write of a procedure is far less.
MOST_BYTES = 8_000_000
#: A procedure with two hundred fields has some five thousand.
MOST_NODES, DEEPEST = 60_000, 8
#: The key under which files stand.
FILES = "files"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING = {"", "~", "null", "Null", "NULL"}

#: What a package consists of: texts (None for nothing), lists, mappings.
Tree = str | None | list[Any] | dict[str, Any]


# ---- reading -------------------------------------------------------------------------------------
def decode(content: bytes | str) -> str:
    """The text of a file. Refuses: file.empty, file.too_large, package.not_text."""
    size = len(content) if isinstance(content, bytes) else len(content.encode(errors="replace"))
    if size > MOST_BYTES:
        raise stop("file.too_large", limit=MOST_BYTES // 1_000_000)
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        text.encode()
    except UnicodeError:
        raise stop("package.not_text") from None
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    if "\x00" in text:
        raise stop("package.not_text")
    if not text.strip():
        raise stop("file.empty")
    return text


def parse(text: str) -> Tree:
    """The one document of a text. Refuses: package.not_yaml with its line, package.reference,
    package.tag, package.deep, package.too_many, package.twice, package.several."""
    reader = _Reader(yaml.parse(text, Loader=_LOADER))
    try:
        return reader.document()
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise stop("package.not_yaml", line=mark.line + 1 if mark else 1) from None


class _Reader:
    def __init__(self, found: Iterator[Any]) -> None:
        self.events, self.count = found, 0

    def next(self) -> Any:
        event = next(self.events)
        self.count += 1
        if self.count > MOST_NODES:
            raise stop("package.too_many", limit=MOST_NODES)
        return event

    def document(self) -> Tree:
        root: Tree = None
        documents = 0
        for event in self.events:
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise stop("package.several")
                root = self.node(self.next(), "", 0)
        return root

    def node(self, event: Any, place: str, depth: int) -> Tree:
        _refuse_magic(event, place)
        if depth > DEEPEST:
            raise stop("package.deep", place)
        if isinstance(event, events.ScalarEvent):
            plain = event.style is None or event.style == ""
            return None if plain and event.value in _NOTHING else str(event.value)
        if isinstance(event, events.SequenceStartEvent):
            return self.sequence(place, depth)
        return self.mapping(place, depth)

    def sequence(self, place: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self.next(), events.SequenceEndEvent):
            found.append(self.node(event, f"{place}[{len(found) + 1}]", depth + 1))
        return found

    def mapping(self, place: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self.next(), events.MappingEndEvent):
            _refuse_magic(event, place)
            if not isinstance(event, events.ScalarEvent):
                raise stop("package.key", place)
            key = str(event.value)
            inner = f"{place}.{key[:60]}" if place else key[:60]
            if key in found:
                raise stop("package.twice", inner, key=key[:60])
            found[key] = self.node(self.next(), inner, depth + 1)
        return found


def _refuse_magic(event: Any, place: str) -> None:
    if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
        raise stop("package.reference", place)
    tag = getattr(event, "tag", None)
    if tag and tag != "!":
        raise stop("package.tag", place, tag=str(tag)[:60])


class Block(str):
    """A text that stands on lines of its own, even when it has only one."""

    __slots__ = ()


# ---- writing -------------------------------------------------------------------------------------
class _Dumper(yaml.SafeDumper):
    """Lists stand in from their name, texts of several lines as they are."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> Any:
    style = "|" if "\n" in value or isinstance(value, Block) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Block, _text)


def write(tree: dict[str, Any], files: dict[str, bytes] | None = None) -> str:
    """The tree as text, its keys in the order given; texts, whole numbers, true and false, days.

    files: by fingerprint, in base64 at the end, where they are in nobody's way.
    """
    text = str(yaml.dump(tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100))
    if not files:
        return text
    # Set by hand: the library looks at every letter, which takes seconds for some megabytes.
    blocks = (f"  {name}: |\n{_block(data)}" for name, data in sorted(files.items()))
    return f"{text}{FILES}:\n{''.join(blocks)}"


def _block(data: bytes) -> str:
    lines = base64.encodebytes(data).decode("ascii").splitlines()
    return "".join(f"    {line}\n" for line in lines)


def day(text: str) -> dt.date:
    """A day as packages write it. Errors: ValueError."""
    return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
