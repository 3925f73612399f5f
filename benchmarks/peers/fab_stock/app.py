"""Stock Flask-AppBuilder: one ModelView, nothing tuned. create_app() is the gunicorn factory."""

import os
from datetime import datetime
from decimal import Decimal

from flask import Flask
from flask_appbuilder import AppBuilder, Model, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import DateTime, ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

db = SQLAlchemy(model_class=Model)


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

    def __repr__(self):
        return self.code


class DossierView(ModelView):
    datamodel = SQLAInterface(Dossier)
    base_order = ("received_at", "desc")
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
    search_columns = ["code", "applicant_name", "status", "procedure", "department", "received_at"]
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


def create_app():
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="bench" * 8,
        SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
        APP_NAME="bench",
        FAB_UPDATE_PERMS=os.environ.get("FAB_UPDATE_PERMS", "1") == "1",
    )
    db.init_app(app)
    CSRFProtect(app)
    with app.app_context():
        ab = AppBuilder(app, db.session)
        ab.add_view(DossierView, "Dossiers", category="Dossiers")
        if not ab.sm.find_user("bench"):
            ab.sm.add_user(
                "bench", "b", "b", "bench@example.org", ab.sm.find_role("Admin"), "Bench@12345"
            )
    return app
