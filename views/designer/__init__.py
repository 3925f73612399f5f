"""The designer of a procedure: the screen on which an administrator shapes a draft version."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from domain.codes import ResultAct
from domain.errors import DomainError
from models.base import db
from models.ids import uuid7
from models.procedure import ProcedureVersion
from services import blank_forms, catalogue, designing
from views import access, kept_forms, present
from views.designer.forms import PartForm
from views.designer.history import history
from views.designer.page import Place, draw, empty_form, form_class, part_of, place_of
from views.designer.sections import BY_SLUG, DATA, GENERAL, PAPERS, RESULTS
from views.generated.view import STATUS, made_id
from views.stored import store

PERMISSION = ("can_use", "Publish")
#: The last part of an address → what is done to a row.
ACTS = {
    "len": lambda row, who: designing.move(row, -1, **who),
    "xuong": lambda row, who: designing.move(row, 1, **who),
    "sao-chep": lambda row, who: designing.copy(row, **who),
    "xoa": lambda row, who: designing.remove(row, **who),
}


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
        place = place_of(version_id)
        if place.gone:
            flash(DomainError("row.not_found").text(gettext), "warning")
        return draw(place, empty_form(place))

    @expose("/<uuid:version_id>", methods=["POST"])
    @access.permission(*PERMISSION)
    def save(self, version_id: Any) -> Any:
        """Keep the form that stands open, or show it again with the reason and all that was typed."""
        place = place_of(version_id)
        if place.section.model is None or not (place.open or place.gone):
            abort(404)
        form, status = form_class(place)(), 422
        if place.gone:
            return draw(_anew(place, form), form), 409
        if kept_forms.only_show():
            return draw(place, form)
        if form.validate():
            try:
                return _kept(place, _save(place, form))
            except DomainError as error:
                db.session.rollback()
                form.refuse(error)
                status = STATUS.get(error.code, 422)
                place = place_of(version_id)
                if error.code == "row.stale" and place.row is not None:
                    form.compare(place.row, catalogue.stamp(place.row))
        return draw(_anew(place, form) if place.gone else place, form), status

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
        section, verb = BY_SLUG.get(phan), ACTS.get(viec)
        row = part_of(version, section, str(row_id)) if section is not None else None
        if section is None or verb is None or row is None:
            abort(404)
        if viec in ("len", "xuong") and not designing.numbered(type(row)):
            abort(404)
        place, name = Place(version, section), str(row)
        after = _neighbour(version, section, row)
        try:
            done = verb(row, present.who())
        except DomainError as error:
            db.session.rollback()
            flash(error.text(gettext), "danger")
            return draw(Place(access.seen(ProcedureVersion, version_id), section), None), 422
        if viec == "xoa":
            flash(gettext("“%(name)s” was deleted.", name=name), "success")
        return redirect(place.address(dong=after if done is None else done.id), 303)


def _anew(place: Place, form: PartForm) -> Place:
    """The row has gone while somebody typed: what was typed may be kept as a new one."""
    sentence = gettext("Somebody else has deleted this meanwhile. Saving again adds it anew.")
    form.form_errors = [sentence]
    form.seen.data = uuid7()
    form.seen.raw_data = [form.seen.data]
    return replace(place, adding=True, gone=False)


def _change_blank(row: Any) -> None:
    """Do what was sent with a blank form. Errors: those of `services.blank_forms`."""
    if request.form.get("bo"):
        blank_forms.take_away(row, **present.who())
        return
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise DomainError("blank.none", field="file")
    blank_forms.attach(row, upload.stream, upload.filename, store=store(), **present.who())


def _save(place: Place, form: PartForm) -> Any:
    """Write the form; the row as it stands then."""
    values, seen, who = form.values(), form.seen.data or "", present.who()
    if place.section is GENERAL:
        return catalogue.update(place.version, values, seen=seen, **who)
    if place.adding:
        model = place.section.model
        assert model is not None
        return designing.add(place.version, model, values, row_id=made_id(seen), **who)
    return designing.change(place.row, values, seen=seen, **who)


def _kept(place: Place, row: Any) -> Response:
    """Back to the list at the row, or on to a further new one."""
    flash(gettext("Saved."), "success")
    if place.section is GENERAL:
        return redirect(place.address(), 303)
    if place.adding and place.section is RESULTS and row.act is not ResultAct.revoke:
        return redirect(place.address(sua=row.id), 303)  # now the fields of the register are known
    if place.adding and request.form.get("then") == "more":
        return redirect(place.address(them=1, bang=place.table), 303)
    return redirect(place.address(dong=row.id), 303)


def _neighbour(version: ProcedureVersion, section: Any, row: Any) -> str | None:
    """The row that has the focus when this one is gone."""
    ids = [one.id for one in getattr(version, section.rows)]
    place = ids.index(row.id)
    rest = [*ids[place + 1 :], *reversed(ids[:place])]
    return rest[0] if rest else None
