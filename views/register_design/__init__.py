"""Where administrators define registers of their own: what stands in them, numbers, validity, rights."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import AppBuilder, BaseView, expose
from flask_babel import gettext, lazy_gettext as _l

from domain.errors import DomainError
from models.base import db
from models.ids import uuid7
from models.register import Register
from services.registers import definition
from views import access, kept_forms, present
from views.designer import parts
from views.designer.forms import PartForm, form_of
from views.designer.parts import empty_form, part_of
from views.generated.view import made_id
from views.register_design.page import Place, draw
from views.register_design.sections import FIELDS, GENERAL

PERMISSION = ("can_use", "Publish")
_USES: dict[str, tuple[Callable[..., Any], Any]] = {
    "mo": (definition.open_, _l("The register is in use; entries can be made.")),
    "dong": (definition.close, _l("The register is closed; what was entered stays readable.")),
}


def register(appbuilder: AppBuilder) -> None:
    """Put the list of registers into the menu of procedures."""
    appbuilder.add_view(
        RegisterDesign,
        "RegisterDesign",
        href="/thiet-ke-so/",
        icon="bi-journals",
        label=_l("Registers of the office's own"),
        category="procedures",
    )


class RegisterDesign(BaseView):  # type: ignore[misc]
    """`/thiet-ke-so`: the registers, and the designer of each; addresses as in that of procedures."""

    route_base = "/thiet-ke-so"
    default_view = "index"

    @expose("/", methods=["GET"])
    @access.permission(*PERMISSION)
    def index(self) -> Any:
        """All registers, and the form of a new one."""
        return _index(_new_form()(seen=uuid7()))

    @expose("/", methods=["POST"])
    @access.permission(*PERMISSION)
    def create(self) -> Any:
        """Make a draft of a register and go on to its fields."""
        form = _new_form()()
        if kept_forms.only_show():
            return _index(form)
        if form.validate():
            try:
                values = {k: v for k, v in form.values().items() if v is not None}
                row = definition.create(values, row_id=made_id(form.seen.data), **present.who())
            except DomainError as error:
                db.session.rollback()
                form.refuse(error)
            else:
                flash(
                    gettext("The draft is there; say now what stands in the register."), "success"
                )
                return redirect(Place(row, FIELDS).address(them=1), 303)
        return _index(form), 422

    @expose("/<uuid:register_id>", methods=["GET"])
    @access.permission(*PERMISSION)
    def show(self, register_id: Any) -> Any:
        """A section; beside its rows the form of one."""
        place = parts.spot_of(Place, register_id)
        if place.gone:
            flash(DomainError("row.not_found").text(gettext), "warning")
        return draw(place, empty_form(place))

    @expose("/<uuid:register_id>", methods=["POST"])
    @access.permission(*PERMISSION)
    def save(self, register_id: Any) -> Any:
        """Keep the form that stands open, or show it again with the reason and all that was typed."""
        return parts.save(Place, register_id, draw)

    @expose("/<uuid:register_id>/xem-thu", methods=["POST"])
    @access.permission(*PERMISSION)
    def preview(self, register_id: Any) -> Any:
        """The form of an entry with what was typed on trial; nothing is kept."""
        return draw(Place(access.seen(Register, register_id), FIELDS), None, typed=request.form)

    @expose("/<uuid:register_id>/<phan>/<uuid:row_id>/<viec>", methods=["POST"])
    @access.permission(*PERMISSION)
    def act(self, register_id: Any, phan: str, row_id: Any, viec: str) -> Any:
        """Move, copy or take out a field, and back to the list."""
        register = access.seen(Register, register_id)
        row = part_of(register, FIELDS, str(row_id))
        if phan != FIELDS.slug or row is None:
            abort(404)
        return parts.act(Place(register, FIELDS), row, viec, draw)

    @expose("/<uuid:register_id>/su-dung/<viec>", methods=["POST"])
    @access.permission(*PERMISSION)
    def use(self, register_id: Any, viec: str) -> Any:
        """Put a register into use, or close it."""
        register = access.seen(Register, register_id)
        if viec not in _USES:
            abort(404)
        verb, said = _USES[viec]
        try:
            verb(register, **present.who())
        except DomainError as error:
            db.session.rollback()
            flash(error.text(gettext), "danger")
            return draw(Place(access.seen(Register, register_id), FIELDS), None), 422
        flash(str(said), "success")
        return redirect(Place(register, FIELDS).address(), 303)

    @expose("/<uuid:register_id>/bo", methods=["POST"])
    @access.permission(*PERMISSION)
    def discard(self, register_id: Any) -> Any:
        """Throw a draft away."""
        register = access.seen(Register, register_id)
        name = register.name
        try:
            definition.discard(register, **present.who())
        except DomainError as error:
            db.session.rollback()
            flash(error.text(gettext), "danger")
            return draw(Place(access.seen(Register, register_id), FIELDS), None), 422
        flash(gettext("“%(name)s” was deleted.", name=name), "success")
        return redirect(url_for("RegisterDesign.index"), 303)


def _new_form() -> type[PartForm]:
    """The form of a new register: what it is called; the rest follows in its designer."""
    short = replace(GENERAL, fieldsets=(replace(GENERAL.fieldsets[0], names=("name", "entry")),))
    return form_of(short, Register(), None, "")


def _index(form: PartForm) -> str:
    counted = [(one, definition.count(one.id)) for one in definition.every()]
    return access.page(
        "register_design/index.html",
        title=gettext("Registers of the office's own"),
        registers=counted,
        form=form,
    )
