"""What is done to entries: entered, changed, replaced, revoked, restored. Each act has a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request
from flask_babel import gettext, lazy_gettext as _l
from werkzeug.wrappers import Response

from domain.codes import EntryState
from domain.errors import DomainError
from models.base import db
from models.register import Register, RegisterEntry
from models.scope import current
from services.acting import Actor
from services.registers import definition, entries
from services.registers.definition import Right
from views import access, kept_forms, present
from views.registers import words
from views.registers.forms import ReasonForm, Sheet

#: Refusals that are not about what was typed.
STATUS = {"row.stale": 409, "register.not_valid": 409, "register.not_revoked": 409}


@dataclass(frozen=True)
class Act:
    """An act on an entry: its address, the right it needs, how the entry must stand, its button.

    asks: whether the fields of the register are filled in; done: what is said afterwards.
    """

    slug: str
    right: Right
    state: EntryState
    label: Any
    kind: str
    icon: str
    asks: bool
    confirm: Any
    done: Any


ACTS: dict[str, Act] = {
    act.slug: act
    for act in (
        Act(
            "sua", "write", EntryState.valid, _l("Amend"), "outline-primary", "bi-pencil", True,
            "", _l("The entry was amended."),
        ),
        Act(
            "thay-the", "write", EntryState.valid, _l("Replace by a new one"), "outline-primary",
            "bi-arrow-repeat", True, _l("The old entry will count as replaced. Go on?"),
            _l("The entry was replaced; this is the new one."),
        ),
        Act(
            "thu-hoi", "revoke", EntryState.valid, _l("Revoke"), "outline-danger", "bi-x-octagon",
            False, _l("The entry will no longer hold. Go on?"), _l("The entry was revoked."),
        ),
        Act(
            "khoi-phuc", "revoke", EntryState.revoked, _l("Take the revocation back"),
            "outline-primary", "bi-arrow-counterclockwise", False,
            _l("The entry will hold again. Go on?"), _l("The entry holds again."),
        ),
    )
}  # fmt: skip


def offered(register: Register, entry: RegisterEntry, actor: Actor) -> list[Act]:
    """The acts that this person may do to an entry as it stands."""
    return [
        act for act in ACTS.values() if _allowed(act, register, actor, entry) and _fits(act, entry)
    ]


def _allowed(act: Act, register: Register, actor: Actor, entry: RegisterEntry) -> bool:
    writes = current().writes
    mine = writes is None or entry.agency_id in writes
    rights = access.may("can_act", "RegisterEntry") and definition.may(register, actor, act.right)
    return mine and rights


def _fits(act: Act, entry: RegisterEntry) -> bool:
    return entry.state is act.state


# ---- a new entry ---------------------------------------------------------------------------------
def enter(code: str) -> Any:
    """The form of a new entry, and what was sent with it."""
    register, actor, today = words.register_of(code), present.actor(), present.now().date()
    if not definition.may(register, actor, "write"):
        abort(403)
    typed = request.form if request.method == "POST" else None
    sheet = Sheet(register, actor, today, typed=typed)
    if typed is None or _only_looks(sheet):
        return _sheet_page(sheet, None)

    def do() -> RegisterEntry:
        return entries.enter(register, sheet.typed, row_id=sheet.form.op_id.data, **present.who())

    sentence = _l("Entered in the register.")
    return _done(sheet, do, sentence) or (_sheet_page(sheet, None), sheet.status)


def _only_looks(sheet: Sheet) -> bool:
    """Whether the form is only to be drawn again, as it was filled in."""
    if kept_forms.only_show() or "look" in request.form:
        sheet.mark_what_can_be_read()
        return True
    return False


def _done(sheet: Sheet, do: Callable[[], RegisterEntry], sentence: Any) -> Response | None:
    """Carry it out and lead on; None where the form must be shown again, with what is wrong."""
    if not sheet.validate():
        return None
    try:
        row = do()
    except DomainError as error:
        db.session.rollback()
        sheet.status = STATUS.get(error.code, 422)
        sheet.refuse(error)
        return None
    flash(str(sentence), "success")
    return redirect(words.address(sheet.register, row), 303)


def _sheet_page(sheet: Sheet, act: Act | None, stale: Any = None) -> str:
    entry = sheet.entry
    return access.page(
        "registers/form.html",
        title=act.label if act else gettext("Enter in the register"),
        register=sheet.register,
        called=words.called(sheet.register),
        entry=entry,
        sheet=sheet,
        act=act,
        stale=stale or [],
        action=words.act_address(sheet.register, entry, act.slug if act else ""),
        back=words.address(sheet.register, entry),
    )


# ---- an act on an entry --------------------------------------------------------------------------
def perform(code: str, entry_id: Any, slug: str) -> Any:
    """The form of an act, and what was sent with it; 403 without the right, 409 where it does not fit."""
    register = words.register_of(code)
    entry, act, actor = words.entry_of(register, entry_id), ACTS.get(slug), present.actor()
    if act is None:
        abort(404)
    if not _allowed(act, register, actor, entry):
        abort(403)
    if request.method == "GET" and not _fits(act, entry):
        flash(gettext("This cannot be done to the entry as it stands now."), "warning")
        return redirect(words.address(register, entry), 303)
    return _with_fields(register, entry, act) if act.asks else _with_reason(register, entry, act)


def _with_fields(register: Register, entry: RegisterEntry, act: Act) -> Any:
    actor, today, fresh = present.actor(), present.now().date(), act.slug == "thay-the"
    typed = request.form if request.method == "POST" else None
    sheet = Sheet(register, actor, today, entry=entry, fresh=fresh, typed=typed)
    if typed is None or _only_looks(sheet):
        return _sheet_page(sheet, act)

    def do() -> RegisterEntry:
        form = sheet.form
        facts = {"reason": form.reason.data, "seen": form.seen, **present.who()}
        if fresh:
            return entries.replace(entry, sheet.typed, row_id=form.op_id.data, **facts)
        return entries.amend(entry, sheet.typed, op_id=form.op_id.data, **facts)

    answer = _done(sheet, do, act.done)
    if answer is not None:
        return answer
    if sheet.status != 409:
        return _sheet_page(sheet, act), sheet.status
    return _overtaken(register, entry.id, act, sheet), 409


def _overtaken(register: Register, entry_id: str, act: Act, sheet: Sheet) -> str:
    """Somebody else was quicker: what is stored now beside what was typed, which can be sent once more."""
    stored = words.entry_of(register, entry_id)
    again = Sheet(
        register,
        present.actor(),
        sheet.today,
        entry=stored,
        fresh=sheet.fresh,
        typed=request.form,
    )
    again.form.version.data = str(stored.version)
    again.form.form_errors = sheet.form.form_errors
    return _sheet_page(again, act, again.differences())


def _with_reason(register: Register, entry: RegisterEntry, act: Act) -> Any:
    if request.method == "GET":
        return _reason_page(register, entry, act, ReasonForm(data={"version": entry.version}))
    form, status = ReasonForm(), 422
    if kept_forms.only_show():
        return _reason_page(register, entry, act, form)
    verb = entries.revoke if act.slug == "thu-hoi" else entries.restore
    if form.validate():
        try:
            facts = {"reason": form.reason.data, "seen": form.seen, "op_id": form.op_id.data}
            verb(entry, **facts, **present.who())
            flash(str(act.done), "success")
            return redirect(words.address(register, words.entry_of(register, entry.id)), 303)
        except DomainError as error:
            db.session.rollback()
            status = STATUS.get(error.code, 422)
            form.refuse(error)
    stored = words.entry_of(register, entry.id)
    form.version.data = str(stored.version)
    return _reason_page(register, stored, act, form), status


def _reason_page(register: Register, entry: RegisterEntry, act: Act, form: ReasonForm) -> str:
    return access.page(
        "registers/reason.html",
        title=act.label,
        register=register,
        entry=entry,
        standing=words.standing(entry, present.now().date()),
        lines=words.written(register, entry, present.actor()),
        form=form,
        act=act,
        action=words.act_address(register, entry, act.slug),
        back=words.address(register, entry),
    )
