"""What differs between two versions, in words: parts by section, each with its lines before and after."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext, lazy_gettext as _l

from domain.errors import DomainError
from models.base import db
from models.outcome import ActionKind, StepAction
from models.procedure import DocumentType, Procedure, ProcedureVersion
from models.register import Register, RegisterField
from services.comparing import Change
from services.version_parts import PARTS
from views.generated import values
from views.generated.columns import register_of

#: Section → its heading and icon, in the order of a procedure.
SECTIONS: dict[str, tuple[Any, str]] = {
    "procedure": (_l("Procedure"), "bi-journal-text"),
    "version": (_l("General"), "bi-info-circle"),
    "case_terms": (_l("Cases"), "bi-hourglass-split"),
    "data_fields": (_l("Data"), "bi-input-cursor-text"),
    "documents": (_l("Papers"), "bi-list-check"),
    "steps": (_l("Steps"), "bi-signpost-split"),
    "fees": (_l("Fees"), "bi-cash-coin"),
    "results": (_l("Results in registers"), "bi-journal-check"),
    "actions": (_l("Actions of steps"), "bi-lightning-charge"),
    "register": (_l("General"), "bi-info-circle"),
    "register_fields": (_l("Fields of the register"), "bi-input-cursor-text"),
}
#: Section → the model whose columns its lines name.
MODELS: dict[str, Any] = {
    "procedure": Procedure,
    "version": ProcedureVersion,
    **PARTS,
    "register": Register,
    "register_fields": RegisterField,
}
#: Below this likeness marking single words is a mess: the whole text is another one.
_LIKE = 0.4
_LONGEST_MARKED = 400
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Piece(NamedTuple):
    """A run of words; `marked` where they stand on one side only."""

    text: str
    marked: bool


class Line(NamedTuple):
    """One column: its label, and what stands there before and after (empty: nothing)."""

    label: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@dataclass
class Block:
    """One part: what became of it (added, removed, changed, moved), its name, its lines."""

    what: str
    name: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Section:
    """The parts of one kind; `same` are those without a change."""

    name: str
    title: str
    icon: str
    blocks: list[Block]
    same: int = 0


def sections(changes: Sequence[Change], same: dict[str, int] | None = None) -> list[Section]:
    """The changes by section, only those in which something differs."""
    kinds = _kinds(changes)
    found = []
    for name, (heading, icon) in SECTIONS.items():
        blocks = _blocks([c for c in changes if c.section == name], kinds)
        if blocks:
            found.append(Section(name, str(heading), icon, blocks, (same or {}).get(name, 0)))
    return found


def counts(found: Iterable[Section]) -> dict[str, int]:
    """What → how many parts, for the line on top."""
    totals: dict[str, int] = {}
    for section in found:
        for block in section.blocks:
            totals[block.what] = totals.get(block.what, 0) + 1
    return totals


def _blocks(changes: Sequence[Change], kinds: dict[str, str]) -> list[Block]:
    blocks: dict[str, Block] = {}
    for change in changes:
        block = blocks.setdefault(change.place, Block(change.what, _title(change)))
        if block.what == "moved" and change.what != "moved":
            block.what = change.what
        if change.what not in ("added", "removed") or not _is_name(change):
            block.lines.append(_line(change, kinds))
    return list(blocks.values())


def _title(change: Change) -> str:
    """What a part is called: an action, which has no name, by its step and what is done."""
    if change.section != "actions":
        return change.name
    step, _, kind = change.name.partition(" · ")
    column = register_of(StepAction)["kind"]
    return gettext("Step %(step)s: %(done)s", step=step, done=values.text(column, ActionKind(kind)))


def _is_name(change: Change) -> bool:
    """Whether a line would only say again what stands above it."""
    return change.name in (change.before, change.after)


def _line(change: Change, kinds: dict[str, str]) -> Line:
    was, now = (_words(change, value, kinds) for value in (change.before, change.after))
    if change.what == "changed" and was and now:
        return Line(str(change.label), *marked(was, now))
    return Line(str(change.label), _whole(was), _whole(now))


def _words(change: Change, value: Any, kinds: dict[str, str]) -> str:
    if value is None:
        return ""
    if change.column == "position":
        return str(value)
    column = register_of(MODELS[change.section])[change.column]
    if column.kind == "relation":
        return kinds.get(value, str(value))
    try:
        return values.text(column, value)
    except DomainError:
        return str(value)


def _kinds(changes: Sequence[Change]) -> dict[str, str]:
    """Code → name of the kinds of papers and of the registers that changes name."""
    return {**_called(changes, "type", DocumentType), **_called(changes, "register", Register)}


def _called(changes: Sequence[Change], column: str, model: Any) -> dict[str, str]:
    codes = {code for c in changes if c.column == column for code in (c.before, c.after) if code}
    if not codes:
        return {}
    rows = db.session.scalars(sa.select(model).where(model.code.in_(codes)))
    return {row.code: f"{row.name} ({row.code})" for row in rows}


# ---- which words -----------------------------------------------------------------------------------
def marked(was: str, now: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces, those marked that stand on one side only; whole where too little is alike."""
    old, new = _WORD.findall(was), _WORD.findall(now)
    found = SequenceMatcher(None, old, new, False)
    if (
        len(old) + len(new) > _LONGEST_MARKED
        or found.quick_ratio() < _LIKE
        or found.ratio() < _LIKE
    ):
        return _whole(was), _whole(now)
    left: list[Piece] = []
    right: list[Piece] = []
    for what, i, i_end, j, j_end in found.get_opcodes():
        if i < i_end:
            left.append(Piece("".join(old[i:i_end]), what != "equal"))
        if j < j_end:
            right.append(Piece("".join(new[j:j_end]), what != "equal"))
    return tuple(left), tuple(right)


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, False),) if text else ()


def what_words() -> dict[str, tuple[str, str, str]]:
    """What → its word, the kind of its badge, its icon."""
    return {
        "added": (gettext("added"), "success", "bi-plus-circle"),
        "removed": (gettext("taken out"), "danger", "bi-dash-circle"),
        "changed": (gettext("changed"), "info", "bi-pencil"),
        "moved": (gettext("moved"), "neutral", "bi-arrow-down-up"),
    }
