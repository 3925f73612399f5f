"""Several rows of a list at once: choose what changes, look at it, give the reason, do it, undo it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import action, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, lazy_gettext as _l, ngettext
from flask_login import current_user

from domain.errors import DomainError
from models.base import Row
from models.ids import uuid7
from services import bulk
from views import kept_forms, present
from views.fields import read_key
from views.generated import navigation
from views.generated.columns import Register
from views.generated.listing import State, ordered, read_state
from views.generated.several_words import (
    DRAWN,
    ManyForm,
    drawn,
    left_alone,
    most,
    shareable,
    values_of,
    window,
)

if TYPE_CHECKING:
    from views.generated.interface import McInterface

MOST_REASON = 2000


class Several:
    """Mixin of McModelView."""

    register: Register
    datamodel: McInterface
    endpoint: str
    actions: Any
    appbuilder: Any
    class_permission_name: str
    get_action_permission_name: Any
    list: Any
    may: Any
    render_template: Any
    many_form: type[ManyForm]
    several_template = "generated/several.html"

    # ---- chosen in the list ----------------------------------------------------------------------
    @action("change_many", _l("Change together…"), "", "bi-pencil-square", single=False)
    def change_many(self, rows: Sequence[Row]) -> Any:
        """Ask which columns of these rows get which value."""
        return self._choosing([row.id for row in rows], self.many_form(formdata=None), 200)

    @action("delete_many", _l("Delete"), "", "bi-trash3")
    def delete_many(self, rows: Sequence[Row]) -> Any:
        """Show what deleting these rows would do."""
        return self._looked_at("remove", [row.id for row in rows], 200)

    @expose("/action/<string:name>/<pk>", methods=["POST"])
    def action(self, name: str, pk: str) -> Any:
        """An act on one row, from its page."""
        return self._act(name, [pk])

    @expose("/action_post", methods=["POST"])
    def action_post(self) -> Any:
        """An act on the rows selected in a list, or on all that match it."""
        name = request.form.get("action", "")
        if request.form.get("all") != "1" or name not in self.actions:
            return self._act(name, request.form.getlist("rowid"))
        self._ask_permission(name)
        ids = every_id(read_state(self.register, came_from()))
        if len(ids) > most():
            flash(DomainError("bulk.too_many", limit=most()).text(gettext), "warning")
            return self.list(), 422
        return self._act(name, ids)

    def _ask_permission(self, name: str) -> None:
        if not current_user.is_authenticated:
            abort(401)
        permission = self.get_action_permission_name(name)
        if not self.appbuilder.sm.has_access(permission, self.class_permission_name):
            abort(403)

    def _act(self, name: str, pks: Sequence[str]) -> Any:
        """Rows are fetched through the scope: one that is hidden stops the act for all."""
        if not current_user.is_authenticated:
            abort(401)
        if name not in self.actions:
            abort(404)
        self._ask_permission(name)
        rows = self.datamodel.several([*pks][: most() + 1])
        if rows is None:
            abort(404)
        if not rows:
            flash(gettext("Select at least one row."), "warning")
            return self.list(), 422
        return self.actions[name].func(rows)

    # ---- choose, look, do ------------------------------------------------------------------------
    @expose("/change", methods=["POST"])
    @has_access
    def change(self) -> Any:
        """The values for several rows: look at what they change, then change it."""
        ids, form = chosen(), self.many_form()
        again = request.form.get("stage") == "form"
        if again or kept_forms.only_show():
            form.read()
            return self._choosing(ids, form, 200)
        if not form.picked():
            problem = DomainError("bulk.nothing").text(gettext)
            return self._choosing(ids, form, 422, problem)
        if not form.read():
            return self._choosing(ids, form, 422)
        return self._looked_at("change", ids, 200, form)

    @expose("/change/do", methods=["POST"])
    @has_access
    def change_now(self) -> Any:
        """Change what was looked at."""
        form = self.many_form()
        if not form.picked() or not form.read():
            return self._choosing(chosen(), form, 422)
        return self._do("change", form)

    @expose("/remove", methods=["POST"])
    @has_access
    def remove(self) -> Any:
        """Delete what was looked at."""
        return self._do("remove")

    def _do(self, act: str, form: ManyForm | None = None) -> Any:
        if kept_forms.only_show():
            return self._looked_at(act, chosen(), 200, form)
        noted = {
            "reason": request.form.get("reason", "")[:MOST_REASON],
            "batch_id": read_key(request.form.get("idempotency_key")) or uuid7(),
            **present.who(),
        }
        try:
            if form is None:
                done = bulk.delete(self.register.model, seen(), **noted)
            else:
                done = bulk.change(self.register.model, seen(), values_of(form), **noted)
        except DomainError as error:
            return self._looked_at(act, chosen(), 422, form, error)
        if act == "change":
            told = ngettext("%(num)d row has changed.", "%(num)d rows have changed.", done)
        else:
            told = ngettext("%(num)d row was deleted.", "%(num)d rows were deleted.", done)
        flash(told, "success")
        return redirect(back_to(self.endpoint), 303)

    @expose("/undo", methods=["POST"])
    @has_access
    def undo(self) -> Any:
        """Take back one's own act on several rows while that may be done."""
        if not (self.may("edit") or self.may("delete")):
            abort(403)
        batch_id = read_key(request.form.get("batch")) or uuid7()
        try:
            found = bulk.undo(self.register.model, batch_id, within=window(), **present.who())
        except DomainError as error:
            flash(error.text(gettext), "warning")
            return redirect(back_to(self.endpoint), 303)
        told = ngettext("%(num)d row is as before.", "%(num)d rows are as before.", found.done)
        flash(told, "success" if found.done else "info")
        if found.refused:
            flash(left_alone(found), "warning")
        return redirect(back_to(self.endpoint), 303)

    # ---- pages -----------------------------------------------------------------------------------
    def _choosing(self, ids: Sequence[str], form: ManyForm, status: int, problem: str = "") -> Any:
        page = self.render_template(
            self.several_template,
            title=gettext("Change several: %(title)s", title=self.register.screen.plural),
            stage="form",
            form=form,
            columns=shareable(self.register),
            picked={column.name for column in form.picked()},
            problem=problem,
            **self._around(ids),
        )
        return str(page), status

    def _looked_at(
        self,
        act: str,
        ids: Sequence[str],
        status: int,
        form: ManyForm | None = None,
        error: DomainError | None = None,
    ) -> Any:
        """The preview: every row before and after, or why it is left alone."""
        model, who = self.register.model, present.who()
        picked = form.picked() if form is not None else []
        if form is None:
            planned = bulk.plan_delete(model, ids, **who)
            returns = bulk.can_return(model, who["actor"], ids)
        else:
            planned, returns = bulk.plan_change(model, ids, values_of(form), **who), True
        good = [one for one in planned if one.error is None and (act == "remove" or one.changes)]
        page = self.render_template(
            self.several_template,
            title=gettext("Delete several: %(title)s", title=self.register.screen.plural)
            if act == "remove"
            else gettext("Change several: %(title)s", title=self.register.screen.plural),
            stage="look",
            act=act,
            good=" ".join(f"{one.row_id}:{one.stamp}" for one in good),
            count=len(good),
            total=len(planned),
            refused=sum(one.error is not None for one in planned),
            same=sum(one.error is None and one not in good for one in planned),
            lines=drawn(self.register, planned, good),
            most_drawn=DRAWN,
            returns=returns,
            minutes=int(window().total_seconds() // 60),
            given=[(c.name, v) for c in picked for v in request.form.getlist(c.name)],
            picked=[column.name for column in picked],
            reason=request.form.get("reason", ""),
            error=error.text(gettext) if error is not None else "",
            at_reason=error is not None and error.field == "reason",
            key=uuid7(),
            **self._around(ids),
        )
        return str(page), status

    def _around(self, ids: Sequence[str]) -> dict[str, Any]:
        """What every page of an act carries along: its rows and the way back."""
        at = {
            name: url_for(f"{self.endpoint}.{name}") for name in ("change", "change_now", "remove")
        }
        return {"rows": " ".join(ids), "number": len(ids), "at": at, "back": back_to(self.endpoint)}


# ---- what the request holds ----------------------------------------------------------------------
def came_from() -> dict[str, str]:
    """The state of the list that a form was sent from; of the address when nothing was sent."""
    if request.method == "GET":
        return request.args.to_dict()
    return dict(parse_qsl(request.form.get("state", "")))


def chosen() -> list[str]:
    """Ids of the rows in hand, each once."""
    pairs = request.form.get("rows", "").split()
    found = [read_key(pair.partition(":")[0]) for pair in pairs]
    return list(dict.fromkeys(one for one in found if one))[: most()]


def seen() -> dict[str, str]:
    """Row → stamp of what was looked at and can be done."""
    pairs = (pair.partition(":") for pair in request.form.get("good", "").split())
    return {row_id: mark for row_id, _, mark in [*pairs][: most()] if read_key(row_id) == row_id}


def back_to(endpoint: str) -> str:
    """The list that the act began in, in the state it had."""
    state = urlencode(parse_qsl(request.form.get("state", "")))
    if not state and "state" not in request.form:
        _, _, query = navigation.referred()
        return navigation.list_url(endpoint, query)
    base = url_for(f"{endpoint}.list")
    return f"{base}?{state}" if state else base


def every_id(state: State) -> list[str]:
    """Ids of all rows that match a list, in its order; one more than may be changed says “too many”."""
    model = state.register.model
    return [row_id for (row_id,) in ordered(state).with_entities(model.id).limit(most() + 1)]
