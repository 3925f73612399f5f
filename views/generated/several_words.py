"""What the pages of several rows at once offer and say; `several` has their acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import current_app, request, url_for
from flask_appbuilder.forms import DynamicForm
from flask_babel import gettext, ngettext

from domain.events import Tag
from services import bulk
from views import present
from views.generated import history
from views.generated.columns import Column, Register
from views.generated.fields import field_of
from views.generated.listing import State

if TYPE_CHECKING:
    from views.generated.several import Several

#: Rows of a preview that are drawn; all of them are counted, and those that are refused come first.
DRAWN = 200


def most() -> int:
    """How many rows one act may change."""
    return int(current_app.config["BULK_ROWS"])


def window() -> dt.timedelta:
    """How long an act can be taken back."""
    return dt.timedelta(minutes=current_app.config["UNDO_MINUTES"])


# ---- the form ------------------------------------------------------------------------------------
class ManyForm(DynamicForm):  # type: ignore[misc]
    """One new value for each column that several rows may share; only what is picked is read."""

    declared: Register

    def picked(self) -> list[Column]:
        """Columns to change, in the order of their declaration."""
        named = request.form.getlist("pick")
        return [c for c in shareable(self.declared) if c.name in named]

    def read(self) -> bool:
        """Read what is picked; what is wrong stands at its field. Other fields are not looked at."""
        self.validate()
        names = {column.name for column in self.picked()}
        for column in shareable(self.declared):
            if column.name not in names:
                self[column.name].errors = []
        return not any(self[name].errors for name in names)


def shareable(register: Register) -> tuple[Column, ...]:
    """Columns that several rows may have the same value in: those of the form that need not differ."""
    alone = {c.name for c in register.model.__table__.columns if c.unique}
    return tuple(c for c in register.where("edited") if c.name not in alone)


def many_form_of(register: Register, endpoint: str) -> type[ManyForm]:
    """The form class of a register."""
    fields = {c.name: field_of(c, endpoint) for c in shareable(register)}
    return type(f"{register.name}Many", (ManyForm,), {"declared": register, **fields})


def values_of(form: ManyForm) -> dict[str, Any]:
    """Column → new value of what is picked."""
    return {column.name: form[column.name].data for column in form.picked()}


# ---- words ---------------------------------------------------------------------------------------
class Line(NamedTuple):
    """One row of a preview: what changes, as (label, before, after), or why it is left alone."""

    id: str
    name: str
    changes: list[tuple[str, str, str]]
    problem: str
    same: bool


def drawn(
    register: Register, planned: Sequence[bulk.Planned], good: Sequence[bulk.Planned]
) -> list[Line]:
    """The first rows of a preview in words, the refused ones before all others."""
    fine = {one.row_id for one in good}
    first = sorted(planned, key=lambda one: (one.error is None, one.row_id not in fine))[:DRAWN]
    words = history.Words(register)
    return [
        Line(
            one.row_id,
            one.name,
            words.changes(one.changes),
            one.error.text(gettext) if one.error is not None else "",
            one.error is None and one.row_id not in fine,
        )
        for one in first
    ]


def left_alone(found: bulk.Undone) -> str:
    """Which rows stay as they are, and why."""
    named = [f"{name} ({error.text(gettext)})" for name, error in found.refused[:20]]
    named += ["…"] if len(found.refused) > len(named) else []
    return gettext("Left as they are now: %(rows)s", rows="; ".join(named))


def offered(view: Several, state: State) -> dict[str, Any] | None:
    """The banner over a list: one's last act on several rows that can still be taken back."""
    if not (view.may("edit") or view.may("delete")):
        return None
    found = bulk.recent(view.register.model, within=window(), **present.who())
    if found is None:
        return None
    if found.tag is Tag.catalogue_bulk_delete:
        told = ngettext("You deleted %(num)d row.", "You deleted %(num)d rows.", found.rows)
    else:
        told = ngettext("You changed %(num)d row.", "You changed %(num)d rows.", found.rows)
    return {
        "text": told,
        "until": found.at + window(),
        "url": url_for(f"{view.endpoint}.undo"),
        "fields": {"batch": found.id, "state": state.query()},
    }
