"""The register book (sổ theo dõi hồ sơ): by year, period and field; paged, printed, written out."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Response, redirect, request, stream_with_context, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import force_locale, gettext
from markupsafe import Markup, escape

from domain.errors import DomainError
from models import marks
from models.base import db
from models.dossier import Dossier
from models.organisation import Unit
from models.procedure import ProcedureField
from models.scope import Scope, current, within
from printing import papers
from services import book, catalogue, reference
from services.jobs import Progress
from views import access, book_columns, frames, jobs, lists, present
from views.book_lines import as_csv, as_xlsx, printed, shown
from views.counter.known import agencies
from views.fields import read_day, write_day

PERMISSION = ("can_read", "RegisterBook")
#: A book of more lines is drawn by a job, which can be left and found again.
AT_ONCE = 500
#: More lines than this belong into several printed volumes.
MOST_PRINTED = 5_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Wanted:
    """Which part of which book; `query` repeats it in addresses."""

    agency: Unit
    year: int
    field_id: str | None
    start: dt.date | None
    end: dt.date | None

    @property
    def query(self) -> dict[str, Any]:
        """As parameters of an address."""
        given = {
            "don_vi": self.agency.id if current().agencies is None else None,
            "nam": self.year,
            "linh_vuc": self.field_id,
            "tu": write_day(self.start) or None,
            "den": write_day(self.end) or None,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def pairs(self) -> dict[str, str]:
        """The conditions that a saved view keeps: the book of this year is that of every year to come."""
        given = {name: str(value) for name, value in self.query.items()}
        return {n: v for n, v in given.items() if n != "nam" or self.year != present.now().year}

    @property
    def facts(self) -> dict[str, Any]:
        """As a job keeps it."""
        span = {"start": write_day(self.start), "end": write_day(self.end)}
        return {"agency": self.agency.id, "year": self.year, "field": self.field_id, **span}

    @property
    def span(self) -> dict[str, Any]:
        """As `services.book` takes it."""
        return {"field_id": self.field_id, "start": self.start, "end": self.end}


def wanted(errors: dict[str, str]) -> Wanted:
    """Read the address; what cannot be read is told in `errors` and left out."""
    at = present.now()
    days: dict[str, dt.date | None] = {}
    for name in ("tu", "den"):
        try:
            days[name] = read_day(request.args.get(name, ""))
        except DomainError as error:
            days[name], errors[name] = None, error.text(gettext)
    typed = request.args.get("nam", "")
    year = int(typed) if typed.isdecimal() and 1900 <= int(typed[:5]) <= 9000 else at.year
    asked = request.args.get("linh_vuc")
    known = asked if asked and any(field.id == asked for field in _fields()) else None
    return Wanted(_agency(), year, known, days["tu"], days["den"])


def _agency() -> Unit:
    """One's own agency; whoever sees all of them may name another."""
    own = present.actor().home.agency_id
    named = request.args.get("don_vi") if current().agencies is None else None
    unit = reference.unit(named) if named else None
    found = unit if unit is not None and unit.is_agency else reference.unit(own)
    assert found is not None
    return found


class RegisterBook(BaseView):  # type: ignore[misc]
    """The columns of form 06 (TT 01/2018), 07 (TT 03/2025)."""

    route_base = "/so-theo-doi"
    default_view = "index"

    @expose("", methods=["GET"])
    @access.permission(*PERMISSION)
    def index(self) -> Any:
        """A page of the book."""
        errors: dict[str, str] = {}
        look = lists.look(book_columns.shape(), request.args)
        if look.instead:
            return redirect(look.instead)
        want = wanted(errors)
        address = {**want.query, **look.keep}
        after = request.args.get("sau") or None
        try:
            lines = _lines(want, look.group, after)
        except DomainError:
            return redirect(url_for("RegisterBook.index", **address))
        links = {"newer": after, "older": lines.after}
        holes = {"lines": _drawn_rows(lines, look), "older": escape(_next(address, lines.after))}
        key = (*want.query.items(), *errors.items(), *map(bool, (*links.values(), lines.rows)))
        key += tuple(pair for pair in look.given.items() if pair[0] != "sau")
        if errors:
            key += tuple(request.args.items(multi=True))  # what was typed comes back

        def draw(given: Mapping[str, str]) -> str:
            newer = url_for("RegisterBook.index", **address) if after else None
            older = given["older"] if lines.after else None
            label = gettext("From the start")
            page = self.render_template(
                "book/index.html",
                title=gettext("Register book"),
                want=want,
                look=look,
                views=look.bar(want.pairs),
                wide=current().agencies is None,
                years=_years(want),
                fields=_fields(),
                errors=errors,
                lines=given["lines"] if lines.rows else "",
                pager={"newer": newer, "older": older, "newer_label": label}
                if newer or older
                else None,
            )
            return str(page)

        return frames.framed(key, holes, draw), 422 if errors else 200

    @expose("/co-quan", methods=["GET"])
    @access.permission(*PERMISSION)
    def agencies(self) -> Any:
        """Agencies whose books may be looked at: [{value, text, hint}]."""
        if current().agencies is not None:
            return []
        found = agencies(request.args.get("q", "")[:100], present.now().date())
        return [choice._asdict() for choice in found]

    @expose("/xuat/<string:form>", methods=["GET"])
    @access.permission(*PERMISSION)
    def export(self, form: str) -> Any:
        """The book as csv or xlsx, sent while it is read."""
        want = wanted({})
        if form not in {"csv", "xlsx"}:
            return redirect(url_for("RegisterBook.index", **want.query))
        _noted(want, form)
        lines = book.every(want.agency.id, want.year, **want.span)
        pieces: Iterable[Any] = as_csv(lines) if form == "csv" else as_xlsx(lines)
        kind = "text/csv; charset=utf-8" if form == "csv" else XLSX
        return Response(
            stream_with_context(_within(current(), pieces)),
            content_type=kind,
            headers={"Content-Disposition": f'attachment; filename="{_name(want)}.{form}"'},
        )

    @expose("/in", methods=["GET"])
    @access.permission(*PERMISSION)
    def print(self) -> Any:
        """The book on A4 landscape; a thick one is drawn by a job. Errors: export.too_long."""
        want = wanted({})
        lines = list(islice(book.every(want.agency.id, want.year, **want.span), MOST_PRINTED + 1))
        if len(lines) > MOST_PRINTED:
            raise DomainError("export.too_long", limit=MOST_PRINTED)
        _noted(want, "pdf")
        if len(lines) > AT_ONCE:
            title = gettext("Register book %(year)s", year=want.year)
            return jobs.asked("register book", title, {**want.facts, "lines": len(lines)})
        content = _drawn(want, lines, present.who()["actor"].name)
        headers = {"Content-Disposition": f'inline; filename="{_name(want)}.pdf"'}
        return Response(content, content_type="application/pdf", headers=headers)


def _drawn(want: Wanted, lines: list[book.Line], keeper: str) -> bytes:
    """The pages; a paper prescribed by law, hence in Vietnamese for every reader."""
    at = present.now()
    with force_locale("vi"):
        rows = tuple(printed(number, line) for number, line in enumerate(lines, 1))
    return papers.register_book(
        db.session.get_one(Unit, want.agency.id),
        rows,
        book=str(want.year),
        first_day=want.start or dt.date(want.year, 1, 1),
        last_day=want.end or min(dt.date(want.year, 12, 31), at.date()),
        at=at,
        keeper=keeper,
    )


def printed_aside(facts: dict[str, Any], progress: Progress) -> tuple[str, str, bytes]:
    """The job: gather the lines, then draw the pages; drawing counts as much as gathering."""
    agency = reference.unit(facts["agency"])
    assert agency is not None
    days = (read_day(facts["start"]), read_day(facts["end"]))
    want = Wanted(agency, facts["year"], facts["field"], *days)
    keeper = jobs.person(facts["user"])
    lines: list[book.Line] = []
    total = 2 * facts["lines"]
    for line in islice(book.every(agency.id, want.year, **want.span), MOST_PRINTED):
        if len(lines) % book.STRETCH == 0:
            progress(len(lines), total)
        lines.append(line)
    progress(len(lines), 2 * len(lines))
    content = _drawn(want, lines, keeper.name if keeper is not None else "")
    progress(2 * len(lines), 2 * len(lines))
    return f"{_name(want)}.pdf", "application/pdf", content


jobs.KINDS["register book"] = printed_aside


def _years(want: Wanted) -> list[int]:
    found = {want.year, present.now().year, *book.years(want.agency.id)}
    return sorted(found, reverse=True)


def _lines(want: Wanted, group: str, after: str | None) -> book.Lines:
    """A page of the book; days and months stand together in the order of receipt anyway."""
    ordered = group if group in book.GROUPS else ""
    grouped = {"group": ordered} if ordered else {}
    return book.rows(want.agency.id, want.year, after=after, **want.span, **grouped)


def _drawn_rows(lines: book.Lines, look: lists.Look) -> Markup:
    if look.columns == book_columns.STANDARD and not look.group:
        return shown(lines.rows)
    return book_columns.drawn(lines.rows, look.columns, look.group)


def _next(address: Mapping[str, Any], after: str | None) -> str:
    return url_for("RegisterBook.index", sau=after, **address) if after else ""


def _within(scope: Scope, pieces: Iterable[Any]) -> Iterator[Any]:
    """The pieces are read after the request has left its scope, so they bring it along."""
    with within(scope):
        yield from pieces


class Field(NamedTuple):
    """A field of administration to choose from."""

    id: str
    name: str


def _fields() -> tuple[Field, ...]:
    return marks.kept("fields of administration", _read_fields)


def _read_fields() -> tuple[Field, ...]:
    columns = sa.select(ProcedureField.id, ProcedureField.name)
    found = db.session.execute(columns.order_by(ProcedureField.position))
    return tuple(Field(*row) for row in found)


def _name(want: Wanted) -> str:
    return f"so-theo-doi-{want.agency.code}-{want.year}"


def _noted(want: Wanted, form: str) -> None:
    """Who took the book out of the house is an event."""
    parts = "&".join(f"{name}={value}" for name, value in want.query.items())
    catalogue.note_export(Dossier, form=form, query=parts, **present.who())
