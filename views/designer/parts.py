"""What the designers share: where somebody is among the rows of an owner, the form of a row, how it is kept.

The owner is a draft version of a procedure or a register of the office's own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from domain.errors import DomainError
from models.base import Row, db
from models.ids import uuid7
from services import catalogue, designing
from views import access, kept_forms, present
from views.designer import forms
from views.designer.sections import Section
from views.generated.view import STATUS, made_id

#: The last part of an address → what is done to a row.
ACTS: dict[str, Callable[..., Any]] = {
    "len": lambda row, who: designing.move(row, -1, **who),
    "xuong": lambda row, who: designing.move(row, 1, **who),
    "sao-chep": lambda row, who: designing.copy(row, **who),
    "xoa": lambda row, who: designing.remove(row, **who),
}


@dataclass(frozen=True)
class Spot:
    """Where somebody is: a section of an owner, the row that is open (of its general section the owner
    itself), or a new one, perhaps a column of `table`. gone: the row that was asked for is not there."""

    owner: Any
    section: Section
    row: Any = None
    adding: bool = False
    table: str = ""
    gone: bool = False

    #: The model of the owner, its sections by their slug, the section an address without one means, the
    #: view, and how the view's addresses call the owner.
    model: ClassVar[type[Row]]
    by_slug: ClassVar[dict[str, Section]]
    first: ClassVar[Section]
    view: ClassVar[str]
    named: ClassVar[str]

    @property
    def draft(self) -> bool:
        """Whether anything may change."""
        raise TypeError("every designer says so itself")

    @property
    def open(self) -> bool:
        """Whether a row stands open."""
        return self.row is not None or self.adding

    @property
    def general(self) -> bool:
        """Whether the owner itself is what stands open."""
        return self.row is self.owner

    def address(self, **more: Any) -> str:
        """The address of this section; `more` are further parameters, empty ones left out."""
        given = {name: value for name, value in more.items() if value}
        return self._url("show", phan=self.section.slug, **given)

    def act(self, row_id: str, what: str) -> str:
        """Where the button of an act on a row leads."""
        return self._url("act", phan=self.section.slug, row_id=row_id, viec=what)

    @property
    def trial(self) -> str:
        """Where the form on trial asks what follows."""
        return self._url("preview")

    @property
    def here(self) -> str:
        """The address of the form that stands open."""
        if self.adding:
            return self.address(them=1, bang=self.table)
        return self.address(sua=None if self.general else self.row.id)

    def _url(self, method: str, **more: Any) -> str:
        return url_for(f"{self.view}.{method}", **{self.named: self.owner.id}, **more)


P = TypeVar("P", bound=Spot)


def spot_of(kind: type[P], owner_id: Any) -> P:
    """What the address asks for; 404 for an owner or a section that is not there."""
    owner = access.seen(kind.model, owner_id)
    section = kind.by_slug.get(request.args.get("phan", kind.first.slug))
    if section is None:
        abort(404)
    if section.model is kind.model:
        return kind(owner, section, row=owner)
    wanted = request.args.get("sua", "")
    row = part_of(owner, section, wanted) if wanted else None
    adding = bool(request.args.get("them")) and section.model is not None and row is None
    table = _table(owner, section, row)
    return kind(owner, section, row, adding, table, gone=bool(wanted) and row is None)


def part_of(owner: Any, section: Section, row_id: str) -> Any:
    """The row of a section with this id, or None."""
    parts = getattr(owner, section.rows) if section.rows else []
    return next((part for part in parts if part.id == row_id), None)


def _table(owner: Any, section: Section, row: Any) -> str:
    """The table that the open row is a column of."""
    if section.rows != "data_fields":
        return ""
    wanted = row.group or "" if row is not None else request.args.get("bang", "")
    return wanted if wanted in dict(forms.tables(owner)) else ""


# ---- the form ------------------------------------------------------------------------------------
def empty_form(place: Spot) -> forms.PartForm | None:
    """The form as it stands when it is opened; none when nothing is open or nothing may change."""
    if not place.open or not place.draft or place.section.model is None:
        return None
    made = form_class(place)
    if place.adding:
        data = forms.empty(place.section, place.table)
        return made(formdata=None, data=data, seen=uuid7())
    return made(formdata=None, obj=place.row, seen=catalogue.stamp(place.row))


def form_class(place: Spot) -> type[forms.PartForm]:
    """The class of the form of the row that stands open."""
    return forms.form_of(place.section, place.owner, place.row, place.table)


@dataclass(frozen=True)
class Group:
    """A group of fields as the form shows it."""

    title: Any
    fields: list[Any]
    folded: bool
    opened: bool


def groups(place: Spot, form: forms.PartForm) -> list[Group]:
    """The fields of the form in their groups; a folded one opens where something stands in it."""
    found = []
    for fieldset in place.section.fieldsets:
        fields = [form[name] for name in fieldset.names if name in form]
        if fields:
            used = any(_says_something(field) for field in fields)
            found.append(Group(fieldset.title, fields, fieldset.folded, used))
    return found


#: What is there without anybody having written it.
_BY_ITSELF = frozenset({"key", "case", "code", "source"})


def _says_something(field: Any) -> bool:
    """Whether something stands in a field that nobody would miss in a closed group."""
    if field.errors:
        return True
    return bool(field.data) and field.name not in _BY_ITSELF


def heading(place: Spot) -> str:
    """What stands above the form."""
    if place.adding and place.table:
        table = dict(forms.tables(place.owner))[place.table]
        return gettext("New column of “%(table)s”", table=table)
    if place.adding:
        return str(place.section.one)
    return "" if place.row is None or place.general else str(place.row)


# ---- keeping it ----------------------------------------------------------------------------------
def save(kind: type[P], owner_id: Any, draw: Callable[..., Any]) -> Any:
    """Keep the form that stands open, or show it again with the reason and all that was typed."""
    place = spot_of(kind, owner_id)
    if place.section.model is None or not (place.open or place.gone):
        abort(404)
    form, status = form_class(place)(), 422
    if place.gone:
        return draw(_anew(place, form), form), 409
    if kept_forms.only_show():
        return draw(place, form)
    if form.validate():
        try:
            return _kept(place, _write(place, form))
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
            status = STATUS.get(error.code, 422)
            place = spot_of(kind, owner_id)
            if error.code == "row.stale" and place.row is not None:
                form.compare(place.row, catalogue.stamp(place.row))
    return draw(_anew(place, form) if place.gone else place, form), status


def _anew(place: P, form: forms.PartForm) -> P:
    """The row has gone while somebody typed: what was typed may be kept as a new one."""
    sentence = gettext("Somebody else has deleted this meanwhile. Saving again adds it anew.")
    form.form_errors = [sentence]
    form.seen.data = uuid7()
    form.seen.raw_data = [form.seen.data]
    return replace(place, adding=True, gone=False)


def _write(place: Spot, form: forms.PartForm) -> Any:
    """Write the form; the row as it stands then."""
    values, seen, who = form.values(), form.seen.data or "", present.who()
    if place.general:
        return catalogue.update(place.owner, values, seen=seen, **who)
    if place.adding:
        model = place.section.model
        assert model is not None
        return designing.add(place.owner, model, values, row_id=made_id(seen), **who)
    return designing.change(place.row, values, seen=seen, **who)


def _kept(place: Spot, row: Any) -> Response:
    """Back to the list at the row, or on: to what only a kept row can ask, to a further new one."""
    flash(gettext("Saved."), "success")
    if place.general:
        return redirect(place.address(), 303)
    if place.adding and forms.asks_more(row):
        return redirect(place.address(sua=row.id), 303)
    if place.adding and request.form.get("then") == "more":
        return redirect(place.address(them=1, bang=place.table), 303)
    return redirect(place.address(dong=row.id), 303)


def act(place: Spot, row: Any, what: str, draw: Callable[..., Any]) -> Any:
    """Move, copy or take out a row, and back to the list; 404 for what cannot be done to it."""
    verb = ACTS.get(what)
    if verb is None or (what in ("len", "xuong") and not designing.numbered(type(row))):
        abort(404)
    name, after = str(row), _neighbour(place, row)
    try:
        done = verb(row, present.who())
    except DomainError as error:
        db.session.rollback()
        flash(error.text(gettext), "danger")
        owner = access.seen(type(place).model, place.owner.id)
        return draw(type(place)(owner, place.section), None), 422
    if what == "xoa":
        flash(gettext("“%(name)s” was deleted.", name=name), "success")
    return redirect(place.address(dong=after if done is None else done.id), 303)


def _neighbour(place: Spot, row: Any) -> str | None:
    """The row that has the focus when this one is gone."""
    ids = [one.id for one in getattr(place.owner, place.section.rows)]
    at = ids.index(row.id)
    rest = [*ids[at + 1 :], *reversed(ids[:at])]
    return rest[0] if rest else None
