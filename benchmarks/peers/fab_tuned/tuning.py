"""What the tuned peer changes in Flask-AppBuilder: permissions, reading of lists, fields, views."""

import math
import time
import unicodedata

import sqlalchemy as sa
from flask import abort, g, request
from flask_appbuilder import Model, ModelView, expose
from flask_appbuilder.models.filters import BaseFilter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.widgets import SearchWidget
from flask_sqlalchemy import SQLAlchemy
from markupsafe import Markup
from sqlalchemy.orm import joinedload, selectinload
from wtforms import DateTimeField, Field

db = SQLAlchemy(model_class=Model)


def fold(s):
    """NFC-insensitive, accent-insensitive, lower-case key: 'Đặng Ước' -> 'dang uoc'."""
    s = unicodedata.normalize("NFD", (s or "").replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in s if not unicodedata.combining(c)).lower()


# ---- security: one user query, permissions cached per role set --------------------------------
class McSecurityManager(SecurityManager):
    userstatschartview = None  # loads Google Charts from the internet
    _perm_cache: dict = {}
    perm_ttl = 10

    def load_user(self, pk):
        u = self.session.get(
            self.user_model,
            int(pk),
            options=[selectinload(self.user_model.roles), selectinload(self.user_model.groups)],
        )
        return u if u and u.is_active else None

    def _has_view_access(self, user, perm, view):
        if not hasattr(g, "_mc_perms"):
            roles = self.get_user_roles(user)
            key = tuple(sorted(r.id for r in roles))
            hit = self._perm_cache.get(key)
            if not hit or hit[0] < time.monotonic():
                hit = (
                    time.monotonic() + self.perm_ttl,
                    frozenset().union(*(self.get_role_permissions(r) for r in roles))
                    if roles
                    else frozenset(),
                )
                self._perm_cache[key] = hit
            g._mc_perms = hit[1]
        return (perm, view) in g._mc_perms


# ---- datamodel: eager relations, capped count, deferred join -----------------------------------
class McInterface(SQLAInterface):
    eager: tuple = ()
    count_cap = 10_000
    exact_ttl = 30
    _total = (0.0, 0)

    def _total_rows(self):
        if self._total[0] < time.monotonic():
            # exact and cached: an estimate would break paging from the far end
            n = self.session.scalar(sa.select(sa.func.count()).select_from(self.obj.__table__))
            type(self)._total = (time.monotonic() + self.exact_ttl, n)
        return self._total[1]

    def query(
        self,
        filters=None,
        order_column="",
        order_direction="",
        page=None,
        page_size=None,
        select_columns=None,
        outer_default_load=False,
    ):
        q = self.session.query(self.obj)
        fq = self.apply_filters(q, filters)
        pk = self.get_pk()
        filtered = fq.whereclause is not None
        if filtered:
            sub = fq.with_entities(pk).limit(self.count_cap + 1).subquery()
            count = self.session.scalar(sa.select(sa.func.count()).select_from(sub))
        else:
            count = self._total_rows()
        page_size = min(page_size or 25, 200)
        page = max(0, min(page or 0, math.ceil(max(count, 1) / page_size) - 1))
        ids = self.apply_order_by(fq.with_entities(pk), order_column, order_direction, add_pk=True)
        off = page * page_size
        if not filtered and off > count // 2 and order_column:  # walk the index from the nearer end
            flip = "asc" if order_direction == "desc" else "desc"
            rev = self.apply_order_by(q.with_entities(pk), order_column, flip, add_pk=True)
            ids = rev.offset(max(0, count - off - page_size)).limit(
                min(page_size, max(0, count - off))
            )
        else:
            ids = ids.offset(off).limit(page_size)
        sub = ids.subquery()
        rows = q.join(sub, pk == sub.c[0])
        for rel in self.eager:
            rows = rows.options(joinedload(getattr(self.obj, rel)))
        return count, self.apply_order_by(rows, order_column, order_direction, add_pk=True).all()

    def get_scoped(self, pk, base):  # every by-id read goes through the row filter
        return self.get(pk, base)


# ---- fields: AJAX many-to-one, dd/mm/yyyy --------------------------------------------------------
class RemoteSelectWidget:
    def __call__(self, field, **kw):
        cur = ""
        if field.data is not None:
            key, text = field.pk_of(field.data), Markup.escape(str(field.data))
            cur = f'<option value="{key}" selected>{text}</option>'
        req = " required" if field.flags.required else ""
        return Markup(
            f'<select id="{field.id}" name="{field.name}" class="form-select" '
            f'data-remote="{field.endpoint}"{req}>{cur}</select>'
        )


class RemoteSelectField(Field):
    """Many-to-one without loading the table. `scope` is the same query the AJAX endpoint uses."""

    widget = RemoteSelectWidget()

    def __init__(self, label=None, validators=None, model=None, endpoint="", scope=None, **kw):
        super().__init__(label, validators, **kw)
        self.model, self.endpoint, self.scope = model, endpoint, scope

    def pk_of(self, o):
        return o.id

    def process_formdata(self, v):
        self.data = None
        if v and v[0]:
            q = db.session.query(self.model).filter(self.model.id == int(v[0]))
            self.data = (self.scope(q) if self.scope else q).one_or_none()
            if self.data is None:
                raise ValueError("Giá trị không hợp lệ")


class ViDateTimeWidget:
    def __call__(self, field, **kw):
        req = " required" if field.flags.required else ""
        return Markup(
            f'<input id="{field.id}" name="{field.name}" class="form-control" data-datetime '
            f'value="{Markup.escape(field._value())}" autocomplete="off"{req}>'
        )


class ViDateTimeField(DateTimeField):
    widget = ViDateTimeWidget()

    def __init__(self, label=None, validators=None, **kw):
        super().__init__(
            label, validators, format=["%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"], **kw
        )


class QuickSearch(BaseFilter):
    name, arg_name = "quick", "quick"

    def apply(self, query, value):
        for w in fold(value).split():
            query = query.filter(
                self.model.search_text.like(
                    "%" + w.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%",
                    escape="\\",
                )
            )
        return query


# ---- views: filters of one request, scoped actions, no 500 on bad arguments ---------------------
class McModelView(ModelView):
    @property
    def _filters(self):
        store = g.setdefault("_mc_filters", {}) if g else {}
        k = id(self)
        if k not in store:
            f = object.__new__(type(self._filters_tpl))
            f.__dict__.update(self._filters_tpl.__dict__)
            f.clear_filters()
            store[k] = f
        return store[k]

    @_filters.setter
    def _filters(self, v):
        self.__dict__["_filters_tpl"] = v

    @expose("/action/<string:name>/<pk>", methods=["POST"])
    def action(self, name, pk):
        if not self.datamodel.get(pk, self._base_filters):
            abort(404)
        return super().action(name, pk)

    def _get_list_widget(self, filters, page_size=None, order_column="", order_direction="", **kw):
        if order_column not in self.order_columns:
            order_column, order_direction = "", ""
        q = request.args.get("q", "").strip()
        if q and "search_text" in self.datamodel.list_columns:
            filters._add_filter(QuickSearch("search_text", self.datamodel), q)
        for col in self.facets:
            v = request.args.get(col)
            if v:
                filters._add_filter(self.datamodel.FilterEqual(col, self.datamodel), v)
        return super()._get_list_widget(
            filters=filters,
            page_size=min(page_size or self.page_size, 200),
            order_column=order_column,
            order_direction=order_direction,
            **kw,
        )

    facets: dict = {}


class McSearchWidget(SearchWidget):
    """Renders nothing per column: no select with every row of a related table."""

    def __call__(self, **kw):
        return super(SearchWidget, self).__call__(**kw)
