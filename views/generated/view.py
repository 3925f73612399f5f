"""The generated screens of one register: list, page, forms, deletion, files, pickers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.widgets import ListWidget
from flask_babel import gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from domain.errors import DomainError
from models.base import Row, db
from models.ids import uuid7
from services import catalogue
from views import kept_forms, lists, present
from views.generated import history, navigation, values
from views.generated.columns import Column, Register
from views.generated.fields import McForm, form_of
from views.generated.frame import child_frame, frame
from views.generated.importing import Importing
from views.generated.interface import McInterface
from views.generated.listing import (
    State,
    counted,
    loading,
    ordered,
    page_of,
    read_state,
    sortable,
)
from views.generated.several import Several, came_from
from views.generated.several_words import many_form_of
from views.generated.shape import shape
from views.generated.transfer import Transfer

#: Method of a view → permission, in the words of the role matrix.
PERMISSIONS = {
    **dict.fromkeys(("list", "show", "pick"), "read"),
    "add": "add",
    "edit": "edit",
    "delete": "delete",
    "delete_many": "delete",
    "remove": "delete",
    **dict.fromkeys(("change_many", "change", "change_now"), "edit"),
    "undo": "read",
    **dict.fromkeys(("export", "book"), "export"),
    **dict.fromkeys(("take_in", "import_run", "import_wrong"), "import"),
}
STATUS = {"row.stale": 409, "row.in_use": 409, "row.duplicate": 422, "row.not_found": 404}
PICKED = 30


class McModelView(Transfer, Importing, Several, ModelView):  # type: ignore[misc]
    """Screens of one declared model. FAB registers routes and asks permissions; rows, forms and
    files go through the register, so that no state is shared between requests."""

    datamodel: McInterface
    method_permission_name = PERMISSIONS
    exclude_route_methods = frozenset({"download"})
    show_template = "generated/show.html"

    @property
    def register(self) -> Register:
        """What the model declares."""
        return self.datamodel.register

    def _init_properties(self) -> None:
        register = self.register
        self.route_base = self.route_base or f"/danh-muc/{register.model.__tablename__}"
        self.class_permission_name = register.name
        self.label_columns = {c.name: c.ui.label for c in register.columns}
        self.list_columns = [c.name for c in register.where("listed")]
        self.show_columns = [c.name for c in register.shown]
        self.add_columns = self.edit_columns = [c.name for c in register.where("edited")]
        self.order_columns = list(sortable(register))
        self.search_form = FlaskForm
        self.add_form = self.edit_form = form_of(register, type(self).__name__)
        self.many_form = many_form_of(register, type(self).__name__)
        super()._init_properties()

    def _init_titles(self) -> None:
        screen = self.register.screen
        self.title = self.list_title = screen.plural
        self.show_title = screen.title
        self.add_title = _l("New: %(title)s", title=screen.title)
        self.edit_title = _l("Edit: %(title)s", title=screen.title)

    def update_redirect(self) -> None:
        """Addresses people have seen, with their search words, are not kept in the session."""

    def get_redirect(self) -> str:
        """The list, in the state it had."""
        return navigation.list_url(self.endpoint, request.args)

    def may(self, verb: str) -> bool:
        """Whether the person may read, add, edit, delete, export or import here."""
        return bool(self.appbuilder.sm.has_access(f"can_{verb}", self.class_permission_name))

    def further(self) -> Sequence[dict[str, str]]:
        """Buttons of the list beside the generated ones: items {url, label, icon}."""
        return ()

    # ---- list ------------------------------------------------------------------------------------
    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """Rows that the address asks for; the plain address leads to the view that opens by itself."""
        look = lists.look(shape(self), came_from())
        if look.instead:
            return redirect(look.instead)
        state = replace(read_state(self.register, came_from()), keep=look.keep)
        columns = tuple(self.register[name] for name in look.columns)
        grouped = (self.register[state.group],) if state.group else ()
        page = page_of(state, (*columns, *grouped))
        total = counted(state)
        links = navigation.Links(list=state.query())
        widget = self.rows_widget(page.rows, frame(self, state, page, total, look), links, columns)
        return str(
            self.render_template(
                self.list_template, title=self.list_title, widgets={"list": widget}
            )
        )

    def rows_widget(
        self,
        rows: Sequence[Row],
        listing: dict[str, Any],
        links: navigation.Links,
        columns: tuple[Column, ...] = (),
    ) -> ListWidget:
        """A table of rows; without columns the standard ones."""
        columns = columns or self.register.where("listed")
        return self.list_widget(
            label_columns=self.label_columns,
            include_columns=[c.name for c in columns],
            value_columns=[{c.name: shown(c, row) for c in columns} for row in rows],
            order_columns=[],
            formatters_columns={},
            page=0,
            page_size=len(rows),
            count=len(rows),
            pks=[row.id for row in rows],
            actions=self.actions,
            filters=links,
            modelview_name=self.endpoint,
            listing=listing,
        )

    # ---- one row ---------------------------------------------------------------------------------
    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        """One row, what belongs to it, and its history."""
        return self._page(self._row(pk))

    def _row(self, pk: str) -> Row:
        row = self.datamodel.get(pk)
        if row is None:
            abort(404)
        return row

    def _page(self, row: Row) -> str:
        columns = self.register.shown
        show = self.show_widget(
            pk=row.id,
            label_columns=self.label_columns,
            include_columns=[c.name for c in columns],
            value_columns=[shown(c, row) for c in columns],
            formatters_columns={},
            actions=self.actions if catalogue.editable(row) else {},
            fieldsets=[],
            modelview_name=self.endpoint if catalogue.editable(row) else "",
        )
        children = list(self._children(row))
        widgets = {"show": show, "related_views": [widget for _, widget in children]}
        return str(
            self.render_template(
                self.show_template,
                pk=row.id,
                title=f"{self.show_title}: {row}",
                widgets=widgets,
                related_views=[view for view, _ in children],
                history=history.timeline(self.register, row),
            )
        )

    def _children(self, row: Row) -> Iterator[tuple[McModelView, ListWidget]]:
        """The registers declared to belong to this one, with the rows of `row`."""
        views = {
            v.register.name: v for v in self.appbuilder.baseviews if isinstance(v, McModelView)
        }
        for name in self.register.screen.children:
            view = views[name]
            relation = next(c for c in view.register.relations if c.target is self.register.model)
            if view.may("read"):
                state = State(view.register, filters={relation.name: row})
                page = page_of(state, view.register.where("listed"))
                here = url_for(f"{self.endpoint}.show", pk=row.id)
                links = navigation.Links(**{relation.name: row.id, "up": here})
                widget = view.rows_widget(page.rows, child_frame(view, state, page), links)
                widget.template_args["fixed"] = not catalogue.editable(row)
                yield view, widget

    # ---- forms -----------------------------------------------------------------------------------
    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """A new row. A refusal shows the form again with all that was typed."""
        if request.method == "GET":
            form = self.add_form(data=self._given(), seen=uuid7())
            return self._form(form, "add", self.add_title, 200)
        form = self.add_form()
        if kept_forms.only_show():
            return self._form(form, "add", self.add_title, 200)
        if form.validate():
            try:
                row = catalogue.create(
                    self.register.model,
                    form.values(),
                    row_id=made_id(form.seen.data),
                    **present.who(),
                )
                return self._done(_l("Saved."), row.id)
            except DomainError as error:
                form.refuse(error)
        return self._form(form, "add", self.add_title, 422)

    def _given(self) -> dict[str, Any]:
        """Relations that the address fills in, for a row added below another."""
        found = {}
        for column in self.register.relations:
            raw = request.args.get(f"_flt_0_{column.name}")
            if raw and column.ui.edited:
                try:
                    found[column.name] = values.read(column, raw)
                except DomainError:
                    continue
        return found

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Change a row, unless somebody else has changed it since it was shown."""
        row = self._row(pk)
        if not catalogue.editable(row):
            raise DomainError("procedure.read_only")
        if request.method == "GET":
            form = self.edit_form(obj=row, seen=catalogue.stamp(row))
            return self._form(form, "edit", self.edit_title, 200)
        form, status = self.edit_form(), 422
        if kept_forms.only_show():
            return self._form(form, "edit", self.edit_title, 200)
        if form.validate():
            try:
                catalogue.update(row, form.values(), seen=form.seen.data or "", **present.who())
                return self._done(_l("Saved."), pk)
            except DomainError as error:
                status = STATUS.get(error.code, 422)
                form.refuse(error)
                if error.code == "row.stale":
                    stored = self._row(pk)
                    form.compare(stored, catalogue.stamp(stored))
        return self._form(form, "edit", self.edit_title, status)

    def _form(self, form: McForm, kind: str, title: Any, status: int) -> tuple[str, int]:
        widget = getattr(self, f"{kind}_widget")(
            form=form, include_cols=self.edit_columns, exclude_cols=[], fieldsets=[]
        )
        template = getattr(self, f"{kind}_template")
        page = self.render_template(template, title=title, widgets={kind: widget}, related_views=[])
        return str(page), status

    def _done(self, sentence: Any, pk: str) -> AnyResponse:
        flash(str(sentence), "success")
        kept = navigation.carried()
        return redirect(url_for(f"{self.endpoint}.show", pk=pk, **kept), 303)

    # ---- deletion; acts on several rows stand in `several` ---------------------------------------
    @expose("/delete/<pk>", methods=["POST"])
    @has_access
    def delete(self, pk: str) -> Any:
        """Delete one row."""
        row = self._row(pk)
        try:
            catalogue.delete(row, **present.who())
        except DomainError as error:
            flash(error.text(gettext), "danger")
            status = STATUS.get(error.code, 422)
            found = self.datamodel.get(pk)
            return (self._page(found) if found is not None else self.list()), status
        flash(gettext("Deleted."), "success")
        _, _, query = navigation.referred()
        return redirect(navigation.list_url(self.endpoint, query), 303)

    # ---- pickers ---------------------------------------------------------------------------------
    @expose("/pick/<relation>")
    @has_access
    def pick(self, relation: str) -> Any:
        """At most 30 rows a relation may lead to, as [{value, text}], found by `q`."""
        column = self.register.get(relation)
        if column is None or column.target is None or not column.ui.edited:
            abort(404)
        if not (self.may("add") or self.may("edit")):
            abort(403)
        return jsonify([{"value": row.id, "text": str(row)} for row in picked(column)])


# ---- small helpers -------------------------------------------------------------------------------
def made_id(seen: str | None) -> str | None:
    """The id a form was opened with, if it is one."""
    return seen if seen and len(seen) == 36 and seen[14] == "7" else None


def shown(column: Column, row: Row) -> Any:
    """A value for the templates: words, or a yes/no that they draw."""
    value = getattr(row, column.name)
    return value if column.kind == "yes_no" else values.text(column, value) or None


def picked(column: Column) -> Sequence[Row]:
    """Rows a relation may lead to that match the words asked for, in their own order."""
    target = column.target
    assert target is not None
    if target.__screen__ is None:
        return db.session.scalars(sa.select(target).limit(PICKED)).all()
    state = State(McInterface(target).register, q=request.args.get("q", "").strip()[:120])
    return loading(ordered(state), state.register.relations).limit(PICKED).all()
