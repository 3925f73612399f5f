"""Tuned Flask-AppBuilder: the same ModelView with its known slow spots taken out.

The floor of the benchmark: a product on this framework must not be slower than this.
"""

import os
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from flask import Flask, jsonify, redirect, request
from flask_appbuilder import AppBuilder, Model, action, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup
from sqlalchemy import DateTime, ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from tuning import (
    McInterface,
    McModelView,
    McSearchWidget,
    McSecurityManager,
    RemoteSelectField,
    ViDateTimeField,
    db,
    fold,
)
from wtforms.validators import DataRequired, Optional as Opt


class Department(Model):
    __tablename__ = "department"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))

    def __repr__(self):
        return self.name


class Procedure(Model):
    __tablename__ = "procedure"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(500))
    days: Mapped[int]

    def __repr__(self):
        return self.name


class Dossier(Model):
    __tablename__ = "dossier"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    applicant_name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20))
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    procedure: Mapped[Procedure] = relationship()
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    department: Mapped[Department] = relationship()
    status: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    fee: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    received_at: Mapped[datetime] = mapped_column(DateTime)
    due_at: Mapped[datetime] = mapped_column(DateTime)
    returned_at: Mapped[datetime | None] = mapped_column(DateTime)
    note: Mapped[str | None] = mapped_column(Text)
    search_text: Mapped[str | None] = mapped_column(Text)

    def __repr__(self):
        return self.code


@sa.event.listens_for(Dossier, "before_insert")
@sa.event.listens_for(Dossier, "before_update")
def _fold(mapper, conn, d):
    d.search_text = fold(f"{d.code} {d.applicant_name} {d.phone or ''}")


STATUS = {
    "received": ("Mới tiếp nhận", "info"),
    "processing": ("Đang xử lý", "primary"),
    "waiting": ("Chờ bổ sung", "warning"),
    "approved": ("Đã duyệt", "success"),
    "rejected": ("Từ chối", "danger"),
    "returned": ("Đã trả", "secondary"),
}


def badge(v):
    t, c = STATUS.get(v, (v, "light"))
    return Markup(f'<span class="badge text-bg-{c} bg-opacity-75">{t}</span>')


def dmy(v):
    return (
        v.strftime("%d/%m/%Y %H:%M") if v else Markup('<span class="text-body-tertiary">—</span>')
    )


def clamp(v):
    return Markup(
        f'<span class="clamp" title="{Markup.escape(str(v))}">{Markup.escape(str(v))}</span>'
    )


def text(v):
    return v if v is not None else Markup('<span class="text-body-tertiary">—</span>')


class DossierView(McModelView):
    datamodel = McInterface(Dossier)
    datamodel.eager = ("procedure", "department")
    base_order = ("received_at", "desc")
    list_title, add_title, edit_title, show_title = (
        "Hồ sơ",
        "Tiếp nhận hồ sơ",
        "Sửa hồ sơ",
        "Chi tiết hồ sơ",
    )
    list_columns = [
        "code",
        "applicant_name",
        "phone",
        "procedure",
        "department",
        "status",
        "received_at",
        "due_at",
        "returned_at",
    ]
    order_columns = ["code", "received_at", "due_at"]
    search_columns = ["status"]
    search_widget = McSearchWidget
    facets = {"status": ("Trạng thái", {k: v[0] for k, v in STATUS.items()})}
    formatters_columns = {
        "status": badge,
        "received_at": dmy,
        "due_at": dmy,
        "returned_at": dmy,
        "phone": text,
        "procedure": clamp,
    }
    label_columns = {
        "code": "Mã hồ sơ",
        "applicant_name": "Người nộp",
        "phone": "Điện thoại",
        "procedure": "Thủ tục",
        "department": "Phòng ban",
        "status": "Trạng thái",
        "channel": "Kênh",
        "fee": "Lệ phí",
        "received_at": "Ngày nhận",
        "due_at": "Hẹn trả",
        "returned_at": "Ngày trả",
        "note": "Ghi chú",
    }
    add_columns = edit_columns = [
        "code",
        "applicant_name",
        "phone",
        "procedure",
        "department",
        "status",
        "channel",
        "fee",
        "received_at",
        "due_at",
        "returned_at",
        "note",
    ]
    add_fieldsets = edit_fieldsets = [
        ("Hồ sơ", {"fields": ["code", "procedure", "department", "status", "channel", "fee"]}),
        ("Người nộp", {"fields": ["applicant_name", "phone"]}),
        ("Thời hạn", {"fields": ["received_at", "due_at", "returned_at", "note"]}),
    ]
    add_form_extra_fields = edit_form_extra_fields = {
        "procedure": RemoteSelectField(
            "Thủ tục",
            [DataRequired("Bắt buộc chọn")],
            model=Procedure,
            endpoint="/dossierview/pick/procedure",
        ),
        "department": RemoteSelectField(
            "Phòng ban",
            [DataRequired("Bắt buộc chọn")],
            model=Department,
            endpoint="/dossierview/pick/department",
        ),
        "received_at": ViDateTimeField("Ngày nhận", [DataRequired("Bắt buộc nhập")]),
        "due_at": ViDateTimeField("Hẹn trả", [DataRequired("Bắt buộc nhập")]),
        "returned_at": ViDateTimeField("Ngày trả", [Opt()]),
    }

    @expose("/pick/<string:rel>")
    @has_access
    @permission_name("list")
    def pick(self, rel):
        model = {"procedure": Procedure, "department": Department}[rel]
        q = request.args.get("q", "")[:80]
        s = (
            sa.select(model.id, model.code, model.name)
            .where(sa.or_(model.name.ilike(f"%{q}%"), model.code.ilike(f"{q}%")))
            .order_by(model.code)
            .limit(30)
        )
        return jsonify([{"value": i, "text": f"{c} · {n}"} for i, c, n in db.session.execute(s)])

    @action(
        "close",
        "Kết thúc",
        "Kết thúc các hồ sơ đã chọn?",
        "bi-check2-circle",
        single=True,
        multiple=True,
    )
    def close(self, items):
        for item in items if isinstance(items, list) else [items]:
            item.status = "returned"
        db.session.commit()
        return redirect(self.get_redirect())


def create_app():
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="bench" * 8,
        SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
        APP_NAME="Một cửa số",
        FAB_CREATE_DB=os.environ.get("FAB_SYNC") == "1",
        FAB_UPDATE_PERMS=os.environ.get("FAB_SYNC") == "1",
        BABEL_DEFAULT_LOCALE="vi",
        LANGUAGES={"vi": {"flag": "vn", "name": "Tiếng Việt"}},
        TEMPLATES_AUTO_RELOAD=False,
    )
    db.init_app(app)
    CSRFProtect(app)
    with app.app_context():
        ab = AppBuilder(app, db.session, security_manager_class=McSecurityManager)
        app.jinja_env.filters["view_of"] = lambda n: next(
            v for v in ab.baseviews if type(v).__name__ == n
        )
        app.jinja_env.filters["vnum"] = lambda n: f"{n:,}".replace(",", ".")
        ab.add_view(
            DossierView,
            "Dossiers",
            label="Hồ sơ",
            icon="bi-folder2-open",
            category="Nghiệp vụ",
            category_icon="bi-briefcase",
        )
        if os.environ.get("FAB_SYNC") == "1" and not ab.sm.find_user("bench"):
            ab.sm.add_user(
                "bench", "Quản", "Trị", "bench@example.org", ab.sm.find_role("Admin"), "Bench@12345"
            )
    return app
