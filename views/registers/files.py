"""The files that leave a register: its entries as CSV or XLSX, and as a printed book."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote

from flask import Response, abort, request, stream_with_context
from flask_babel import gettext

from domain.data_fields import FieldSpec
from domain.field_kinds import FieldKind
from models.register import Register, RegisterEntry
from models.scope import Scope, current, within
from services.acting import Actor
from services.jobs import Progress
from services.registers import definition, listing, writing
from views import data_form, jobs, present
from views.fields import write_day
from views.generated import files
from views.registers import words
from views.registers.asked import SIZES, Wanted, listed_fields, read, roles_of

#: A longer list is written by a job, which can be left and found again.
AT_ONCE = listing.COUNTED
#: Entries between two looks at the bar.
STEP = 200
JOB = "register"
_EXACT = frozenset({FieldKind.number, FieldKind.money, FieldKind.date})
_WIDE, _NARROW = 6, 3


def export(code: str, form: str) -> Any:
    """The entries of the list as csv or xlsx, sent while they are read."""
    if form not in {"csv", "xlsx"}:
        abort(404)
    return _sent(words.register_of(code), form)


def book(code: str) -> Any:
    """The entries of the list as a printed book."""
    return _sent(words.register_of(code), "pdf")


def _sent(register: Register, form: str) -> Any:
    actor = present.actor()
    if not definition.may(register, actor, "export"):
        abort(403)
    wanted = read(register, request.args)
    query = wanted.query(after="", before="", rows=SIZES[0])
    listing.note_export(register, form=form, query=query, **present.who())
    made = _Made(words.register_of(register.code), wanted, actor)
    if listing.count(made.asked) > AT_ONCE:
        facts = {"code": register.code, "form": form, "query": query}
        return jobs.asked(JOB, register.name, facts)
    name = made.named(form)
    plain = f"{register.code}.{form}"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    }
    if form == "pdf":
        return Response(made.book(), content_type="application/pdf", headers=headers)
    pieces = _inside(current(), made.pieces(form))
    return Response(stream_with_context(pieces), content_type=_type(form), headers=headers)


def _type(form: str) -> str:
    known = {"csv": "text/csv; charset=utf-8", "xlsx": files.XLSX_TYPE, "pdf": "application/pdf"}
    return known[form]


def _inside(scope: Scope, pieces: Iterator[Any]) -> Iterator[Any]:
    """An answer is sent after its request has ended, scope included: enter it again."""
    with within(scope):
        yield from pieces


def exported(facts: dict[str, Any], progress: Progress) -> tuple[str, str, bytes]:
    """The job: the entries of a list as a file, with the rights its person has now; (name, type, content)."""
    actor, register = jobs.person(facts["user"]), definition.by_code(facts["code"])
    if register is None or actor is None or not definition.may(register, actor, "export"):
        raise LookupError("the right to export this register is gone")
    made = _Made(register, read(register, dict(parse_qsl(facts["query"]))), actor)
    total = listing.count(made.asked, most=files.MOST_LINES)
    progress(0, total)

    def told(number: int) -> None:
        if number % STEP == 0:
            progress(min(number, total), total)

    form = facts["form"]
    if form == "pdf":
        content = made.book(told)
    else:
        pieces = made.pieces(form, told)
        content = b"".join(p.encode() if isinstance(p, str) else p for p in pieces)
    progress(total, total)
    return made.named(form), _type(form), content


jobs.KINDS[JOB] = exported


def _untold(number: int) -> None:
    """Nobody waits to hear how far it is."""


class _Made:
    """A list as a file: what stands in its columns, for whoever asks."""

    def __init__(self, register: Register, wanted: Wanted, actor: Actor) -> None:
        self.register, self.today = register, present.now().date()
        self.listed = listed_fields(register, actor)
        self.asked = wanted.asked(self.listed, self.today)
        fields = definition.fields_of(register, all_=True)
        seen = definition.seen_fields(fields, roles_of(actor))
        self.fields = [f for f in seen if f.kind is not FieldKind.heading]
        self.wide = words.wide()

    def named(self, form: str) -> str:
        """The name of the file."""
        return f"{self.register.name}.{form}"

    def rows(self, told: Callable[[int], None]) -> Iterator[RegisterEntry]:
        """The entries, one after another; `told` hears each number."""
        for number, entry in enumerate(listing.every(self.asked), start=1):
            yield entry
            told(number)

    def pieces(self, form: str, told: Callable[[int], None] = _untold) -> Iterator[Any]:
        """The file in pieces."""
        rows = self.rows(told)
        if form == "csv":
            return files.csv_of(self._header(), ([*map(_text, self._cells(e))] for e in rows))
        return files.xlsx_of(self._header(), (self._cells(entry) for entry in rows))

    def _header(self) -> list[str]:
        return [
            "id",
            gettext("Number"),
            gettext("Holder"),
            *(data_form.label_of(f) for f in self.fields),
            gettext("Registered on"),
            gettext("Valid from"),
            gettext("Valid to"),
            gettext("State"),
            *([gettext("Agency")] if self.wide else []),
        ]

    def _cells(self, entry: RegisterEntry) -> list[Any]:
        values = writing.values_of(entry, self.register)
        return [
            entry.id,
            entry.number,
            entry.holder,
            *(_cell(f, values.get(f.key)) for f in self.fields),
            entry.registered_on,
            entry.valid_from,
            entry.valid_to,
            words.standing(entry, self.today).word,
            *([words.agency(entry)] if self.wide else []),
        ]

    def book(self, told: Callable[[int], None] = _untold) -> bytes:
        """The columns of the list on A4 across. Errors: export.too_long."""
        shown = words.columns(self.register, self.listed)
        heads: list[tuple[str, float]] = [
            (gettext("Number in the register"), _WIDE),
            (words.holder_label(self.register), _WIDE),
            *((data_form.label_of(f), _share(f)) for f in shown),
            *([(gettext("Agency"), _WIDE)] if self.wide else []),
            (gettext("Registered on"), _NARROW),
            (gettext("Valid to"), _NARROW),
            (gettext("State"), _NARROW),
        ]
        lines = (self._printed(entry, shown) for entry in self.rows(told))
        return files.book_of(self.register.name, heads, lines)

    def _printed(self, entry: RegisterEntry, shown: tuple[FieldSpec, ...]) -> list[str]:
        values = writing.values_of(entry, self.register)
        return [
            entry.number,
            entry.holder,
            *(data_form.in_words(f, values.get(f.key)) for f in shown),
            *([words.agency(entry)] if self.wide else []),
            write_day(entry.registered_on),
            write_day(entry.valid_to),
            words.standing(entry, self.today).word,
        ]


def _cell(spec: FieldSpec, value: Any) -> Any:
    """A value as a cell: numbers, amounts and days stay such, the rest is words."""
    return value if value is not None and spec.kind in _EXACT else data_form.in_words(spec, value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return write_day(value) if isinstance(value, dt.date) else str(value)


def _share(spec: FieldSpec) -> float:
    return _NARROW if spec.kind in _EXACT or spec.kind is FieldKind.yes_no else _WIDE
