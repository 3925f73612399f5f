"""What the designer of registers shows: one section of one register, and the row that stands open."""

from typing import Any

from flask import request
from flask_babel import gettext

from domain.data_fields import fill
from domain.errors import DomainError
from models.register import Register, RegisterUse
from services.dossier import data
from services.part_order import columns_of
from services.part_rules import FORMULAS
from services.registers.definition import fields_of, has_entries
from views import access, present
from views.data_form import DataForm
from views.designer import forms, names, rows
from views.designer.parts import Spot, groups, heading
from views.designer.preview import PREFIX, Preview
from views.generated.titles import title as title_of
from views.register_design.sections import BY_SLUG, FIELDS, SECTIONS


class Place(Spot):
    """Where somebody is in the designer of a register."""

    model, by_slug, first = Register, BY_SLUG, FIELDS
    view, named = "RegisterDesign", "register_id"

    @property
    def register(self) -> Register:
        """The register that is shaped."""
        register: Register = self.owner
        return register

    @property
    def draft(self) -> bool:
        """Whether anything may change: all but a closed register, within the rules."""
        return self.register.use is not RegisterUse.closed


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
        heading=heading(place),
    )


def _tabs(place: Place) -> list[dict[str, Any]]:
    return [
        {
            "url": Place(place.register, one).address(),
            "label": one.label,
            "active": one is place.section,
            "count": len(place.register.data_fields) if one is FIELDS else None,
            "mark": "",
        }
        for one in SECTIONS
    ]


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
