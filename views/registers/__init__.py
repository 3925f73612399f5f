"""Registers that administrators define, as everybody sees them: lists, entries, acts, certificates."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from domain.codes import EntryState
from services.registers import definition, entries, listing
from views import access, present
from views.access import permission
from views.generated.titles import title
from views.registers import acts, files, history, papers, rows, words
from views.registers.asked import read, roles_of

blueprint = Blueprint("registers", __name__, url_prefix="/so")
READ, ACT = ("can_read", "RegisterEntry"), ("can_act", "RegisterEntry")


@blueprint.get("")
@permission(*READ)
def index() -> str:
    """The registers that this person may read, each with how many entries hold and how many end soon."""
    today = present.now().date()
    found = definition.readable(present.actor())
    span = listing.coming(today)
    ending = {
        "state": EntryState.valid.value,
        "valid_to_from": f"{span.first:%d/%m/%Y}",
        "valid_to_to": f"{span.last:%d/%m/%Y}",
    }
    return access.page(
        "registers/index.html",
        title=gettext("Registers"),
        registers=found,
        counts=listing.counts(found, today),
        most=listing.COUNTED,
        days=listing.SOON,
        ending=ending,
        use=title,
    )


@blueprint.get("/<code>")
@permission(*READ)
def show(code: str) -> Any:
    """The entries of a register that the address asks for."""
    return access.page(
        "registers/list.html", **rows.gather(read(words.register_of(code), request.args))
    )


@blueprint.get("/<code>/xuat/<string:form>")
@permission(*READ)
def export(code: str, form: str) -> Any:
    """The entries of the list as csv or xlsx."""
    return files.export(code, form)


@blueprint.get("/<code>/in")
@permission(*READ)
def book(code: str) -> Any:
    """The entries of the list as a printed book."""
    return files.book(code)


@blueprint.route("/<code>/them", methods=["GET", "POST"])
@permission(*ACT)
def enter(code: str) -> Any:
    """Enter something by hand."""
    return acts.enter(code)


@blueprint.get("/<code>/<uuid:entry_id>")
@permission(*READ)
def entry(code: str, entry_id: Any) -> str:
    """One entry; that somebody looked at it leaves an event, once an hour."""
    register = words.register_of(code)
    entries.note_look(words.entry_of(register, entry_id), **present.who())
    register = words.register_of(code)
    row, actor = words.entry_of(register, entry_id), present.actor()
    return access.page(
        "registers/entry.html",
        title=row.number,
        register=register,
        called=words.called(register),
        entry=row,
        standing=words.standing(row, present.now().date()),
        agency=words.agency(row) if words.wide() else "",
        lines=words.written(register, row, actor),
        before=listing.in_place_of(row),
        later=listing.followed_by(row),
        dossier=listing.dossier_of(row),
        offers=acts.offered(register, row, actor),
        papers=papers.shown(register, row, actor),
        history=history.timeline(register, row, roles_of(actor)),
        address=words.address,
        act_address=words.act_address,
        back=url_for("registers.show", code=register.code),
    )


@blueprint.route("/<code>/<uuid:entry_id>/<slug>", methods=["GET", "POST"])
@permission(*ACT)
def perform(code: str, entry_id: Any, slug: str) -> Any:
    """Amend, replace, revoke, restore: the form, and what was sent with it."""
    return acts.perform(code, entry_id, slug)


@blueprint.post("/<code>/in-giay/<uuid:entry_id>")
@permission(*ACT)
def issue(code: str, entry_id: Any) -> Any:
    """Print the certificate of an entry."""
    return papers.issue(code, entry_id)


@blueprint.get("/<code>/giay/<uuid:paper_id>")
@permission(*READ)
def paper(code: str, paper_id: Any) -> Any:
    """A certificate as it was last printed."""
    return papers.show(code, paper_id)


@blueprint.post("/<code>/giay/<uuid:paper_id>/in-lai")
@permission(*ACT)
def reprint(code: str, paper_id: Any) -> Any:
    """Print a certificate again, which is an event, and open it."""
    return papers.reprint(code, paper_id)
