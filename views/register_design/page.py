"""What the designer of registers shows: one section of one register, and the row that stands open."""

from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext

from domain.data_fields import fill
from domain.errors import DomainError
from models.ids import uuid7
from models.register import Register, RegisterUse
from services import catalogue
from services.dossier import data
from services.part_order import columns_of
from services.part_rules import FORMULAS
from services.registers.definition import fields_of, has_entries
from views import access, present
from views.data_form import DataForm
from views.designer import forms, names, rows
from views.designer.page import groups
from views.designer.preview import PREFIX, Preview
from views.designer.sections import Section
from views.generated.titles import title as title_of
from views.register_design.sections import BY_SLUG, FIELDS, GENERAL, SECTIONS


@dataclass(frozen=True)
class Place:
    """Where somebody is: a section of a register, the row that is open, or a new one; see the designer of
    procedures."""

    register: Register
    section: Section
    row: Any = None
    adding: bool = False
    table: str = ""
    gone: bool = False

    @property
    def draft(self) -> bool:
        """Whether anything may change: all but a closed register, within the rules."""
        return self.register.use is not RegisterUse.closed

    @property
    def open(self) -> bool:
        """Whether a row stands open."""
        return self.row is not None or self.adding

    def address(self, **more: Any) -> str:
        """The address of this section; `more` are further parameters, empty ones left out."""
        return address(self.register, self.section, **more)

    def act(self, row_id: str, what: str) -> str:
        """Where the button of an act on a row leads."""
        facts = {"register_id": self.register.id, "row_id": row_id}
        return url_for("RegisterDesign.act", **facts, viec=what)

    @property
    def trial(self) -> str:
        """Where the form on trial asks what follows."""
        return url_for("RegisterDesign.preview", register_id=self.register.id)

    @property
    def here(self) -> str:
        """The address of the form that stands open."""
        if self.adding:
            return self.address(them=1, bang=self.table)
        return self.address(sua=None if self.section is GENERAL else self.row.id)


def address(register: Register, section: Section, **more: Any) -> str:
    """The address of a section of a register."""
    given = {name: value for name, value in more.items() if value}
    return url_for("RegisterDesign.show", register_id=register.id, phan=section.slug, **given)


def place_of(register_id: Any) -> Place:
    """What the address asks for; 404 for a register or a section that is not there."""
    register = access.seen(Register, register_id)
    section = BY_SLUG.get(request.args.get("phan", FIELDS.slug))
    if section is None:
        abort(404)
    if section is GENERAL:
        return Place(register, section, row=register)
    wanted = request.args.get("sua", "")
    row = part_of(register, wanted) if wanted else None
    adding = bool(request.args.get("them")) and row is None
    table = (row.group or "") if row is not None else request.args.get("bang", "")
    table = table if table in dict(forms.tables(register)) else ""
    return Place(register, section, row, adding, table, gone=bool(wanted) and row is None)


def part_of(register: Register, row_id: str) -> Any:
    """The field of a register with this id, or None."""
    return next((one for one in register.data_fields if one.id == row_id), None)


def form_class(place: Place) -> type[forms.PartForm]:
    """The class of the form of the row that stands open."""
    return forms.form_of(place.section, place.register, place.row, place.table)


def empty_form(place: Place) -> forms.PartForm | None:
    """The form as it stands when it is opened; none when nothing is open or nothing may change."""
    if not place.open or not place.draft:
        return None
    made = form_class(place)
    if place.adding:
        return made(data=forms.empty(place.section, place.table), seen=uuid7())
    return made(obj=place.row, seen=catalogue.stamp(place.row))


def draw(place: Place, form: forms.PartForm | None, typed: Any = None) -> str:
    """The page; `typed` is what was sent to the form on trial."""
    register, section = place.register, place.section
    return access.page(
        "register_design/page.html",
        title=register.name,
        register=register,
        use=title_of(register.use),
        place=place,
        section=section,
        tabs=_tabs(place),
        lines=rows.of(section, register, ()),
        at=request.args.get("dong", ""),
        form=form,
        groups=groups(place, form) if form is not None else [],
        kinds={f.name: forms.kinds_of(section, f.name) for f in form} if form is not None else {},
        conditions=FORMULAS.get(section.model, ()) if section.model is not None else (),
        helper=names.helper(register, place.table) if form is not None else None,
        columns=columns_of(place.row, register) if section is FIELDS and place.row else [],
        of_row=[],
        preview=trial(register, typed) if section is FIELDS else None,
        entered=has_entries(register.id),
        heading=_heading(place),
    )


def _tabs(place: Place) -> list[dict[str, Any]]:
    return [
        {
            "url": address(place.register, one),
            "label": one.label,
            "active": one is place.section,
            "count": len(place.register.data_fields) if one is FIELDS else None,
            "mark": "",
        }
        for one in SECTIONS
    ]


def _heading(place: Place) -> str:
    if place.adding and place.table:
        table = dict(forms.tables(place.register))[place.table]
        return gettext("New column of “%(table)s”", table=table)
    if place.adding:
        return str(place.section.one)
    return "" if place.section is GENERAL or place.row is None else str(place.row)


def trial(register: Register, typed: Any) -> Preview:
    """The form of an entry with what was typed on trial and what follows from it."""
    fields = fields_of(register)
    watched = frozenset(
        name
        for row in register.data_fields
        for text in (row.show_if, row.required_if, row.calculated, row.check)
        if text
        for name in data.formula_names(text)
    )
    form = DataForm(fields, typed=typed, prefix=PREFIX, watched=watched, uploads=False)
    try:
        filled = fill(fields, form.typed, today=present.now().date(), facts={}, stage=None)
    except DomainError as error:
        return Preview(None, [], error.text(gettext))
    form.show(filled.shown, filled.values)
    if typed is not None:
        form.refuse({p: e for p, e in filled.problems.items() if e.code != "value.required"})
    return Preview(form, [])
