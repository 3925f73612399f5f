"""The designer of a procedure: the screen on which an administrator shapes a draft version."""

from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext

from domain.errors import DomainError
from models.base import db
from models.procedure import ProcedureVersion
from services import blank_forms
from views import access, present
from views.designer import parts
from views.designer.history import history
from views.designer.page import Place, draw
from views.designer.parts import empty_form, part_of
from views.designer.sections import BY_SLUG, DATA, PAPERS
from views.stored import store

PERMISSION = ("can_use", "Publish")


class Designer(BaseView):  # type: ignore[misc]
    """`/thiet-ke/<version>`: its sections, the form of one row, and the acts on rows.

    In the address `phan` is the section, `sua` the row that stands open, `them` a new one (with `bang` a
    column of that table), `dong` the row that was just changed.
    """

    route_base = "/thiet-ke"
    default_view = "show"

    @expose("/<uuid:version_id>", methods=["GET"])
    @access.permission(*PERMISSION)
    def show(self, version_id: Any) -> Any:
        """A section; beside its rows the form of one."""
        place = parts.spot_of(Place, version_id)
        if place.gone:
            flash(DomainError("row.not_found").text(gettext), "warning")
        return draw(place, empty_form(place))

    @expose("/<uuid:version_id>", methods=["POST"])
    @access.permission(*PERMISSION)
    def save(self, version_id: Any) -> Any:
        """Keep the form that stands open, or show it again with the reason and all that was typed."""
        return parts.save(Place, version_id, draw)

    @expose("/<uuid:version_id>/lich-su", methods=["GET"])
    @access.permission(*PERMISSION)
    def history(self, version_id: Any) -> Any:
        """What was done to the version and to its parts."""
        return history(access.seen(ProcedureVersion, version_id))

    @expose("/<uuid:version_id>/xem-thu", methods=["POST"])
    @access.permission(*PERMISSION)
    def preview(self, version_id: Any) -> Any:
        """The form of the draft with what was typed on trial; nothing is kept."""
        version = access.seen(ProcedureVersion, version_id)
        return draw(Place(version, DATA), None, typed=request.form)

    @expose("/<uuid:version_id>/giay-to/<uuid:row_id>/mau", methods=["POST"])
    @access.permission(*PERMISSION)
    def blank(self, version_id: Any, row_id: Any) -> Any:
        """Upload the blank form of a paper, or take it away, and back to the paper."""
        version = access.seen(ProcedureVersion, version_id)
        row = part_of(version, PAPERS, str(row_id))
        if row is None:
            abort(404)
        try:
            _change_blank(row)
        except DomainError as error:
            db.session.rollback()
            version = access.seen(ProcedureVersion, version_id)
            place = Place(version, PAPERS, part_of(version, PAPERS, str(row_id)))
            return draw(place, empty_form(place), blank_error=error.text(gettext)), 422
        flash(gettext("Saved."), "success")
        return redirect(Place(version, PAPERS, row).here + "#mau-don", 303)

    @expose("/<uuid:version_id>/<phan>/<uuid:row_id>/<viec>", methods=["POST"])
    @access.permission(*PERMISSION)
    def act(self, version_id: Any, phan: str, row_id: Any, viec: str) -> Any:
        """Move, copy or take out a row, and back to the list."""
        version = access.seen(ProcedureVersion, version_id)
        section = BY_SLUG.get(phan)
        row = part_of(version, section, str(row_id)) if section is not None else None
        if section is None or row is None:
            abort(404)
        return parts.act(Place(version, section), row, viec, draw)


def _change_blank(row: Any) -> None:
    """Do what was sent with a blank form. Errors: those of `services.blank_forms`."""
    if request.form.get("bo"):
        blank_forms.take_away(row, **present.who())
        return
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise DomainError("blank.none", field="file")
    blank_forms.attach(row, upload.stream, upload.filename, store=store(), **present.who())
