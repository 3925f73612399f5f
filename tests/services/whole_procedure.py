"""A procedure with a register, printed papers and a blank form, for the tests of packages."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from models.outcome import ActionKind, ActionMoment
from models.paper_template import PaperTemplate, SheetSize, TemplateState
from models.procedure import ProcedureVersion
from models.register import Register, RegisterField, RegisterUse
from printing.own.proving import press
from services import packaging
from services.filestore import FileStore
from tests.factories.procedures import street_permit
from tests.factories.registers import does, street_register, writes_into
from tests.services.packages import AT, SECRET, erase, who
from tests.services.test_blank_forms import DOCX

LICENCE = (
    "<h1>Giấy phép</h1>\n{% if data.tuyen_duong %}\n  <p>{{ data.tuyen_duong }}</p>\n{% endif %}"
)
CERTIFICATE = "<h1>Giấy chứng nhận</h1>\n<p>{{ data.chu_giay_phep }}</p>"


@pytest.fixture
def shelf(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def version(session: Any, shelf: FileStore) -> ProcedureVersion:
    """The street permit with a register, a paper of its own, a certificate and a blank form."""
    made = street_permit()
    register = street_register(RegisterUse.open, form="giay_chung_nhan", legal_basis="NĐ 165/2024")
    register.data_fields[-1].retired = True
    writes_into(made, register)
    template(made, "giay_phep", LICENCE, own=True)
    template(made, "giay_chung_nhan", CERTIFICATE)
    template(made, "phieu_khac", "<p>Của thủ tục khác</p>")
    does(made, 5, ActionKind.print, ActionMoment.entry, form="giay_phep")
    does(
        made, 5, ActionKind.register, ActionMoment.exit, result="giay_phep", only_if="dien_tich > 1"
    )
    does(made, 6, ActionKind.notify, ActionMoment.exit, notified="clerk\nhead", text="Đã xong")
    paper = made.documents[0]
    paper.blank_name, paper.blank_type, paper.blank_size = "don-de-nghi.docx", "docx", len(DOCX)
    paper.blank_sha256 = shelf.put(DOCX)
    session.commit()
    return made


def template(version: ProcedureVersion, form: str, body: str, own: bool = False) -> PaperTemplate:
    mine = version.procedure_id if own else None
    made = PaperTemplate(
        agency_id=version.agency_id,
        series=f"{form}@{mine}" if mine else form,
        form=form,
        procedure_id=mine,
        name=f"Mẫu {form}",
        size=SheetSize.a4,
        state=TemplateState.draft,
        body=body,
        made_by="Quản trị",
        made_at=AT,
        changed_by="Quản trị",
        changed_at=AT,
    )
    sa.inspect(version).session.add(made)
    return made


def export(version: ProcedureVersion, shelf: FileStore) -> str:
    return packaging.export(version, secret=SECRET, by="Nguyễn Văn An", at=AT, store=shelf)


def printed_from(session: Any) -> None:
    """All papers are in use."""
    for row in session.scalars(sa.select(PaperTemplate)):
        row.state = TemplateState.published
    session.commit()


@pytest.fixture
def text(version: ProcedureVersion, shelf: FileStore) -> str:
    return export(version, shelf)


def content(text: str) -> dict[str, Any]:
    tree = yaml.safe_load(text)
    return {
        key: tree.get(key) for key in ("procedure", "version", "registers", "templates", "files")
    }


def everything_gone(session: Any, version: ProcedureVersion) -> None:
    """As in an installation that has never seen any of it."""
    session.execute(sa.delete(PaperTemplate))
    erase(session, version)
    session.execute(sa.delete(RegisterField))
    session.execute(sa.delete(Register))
    session.commit()


def plan(text: str) -> packaging.Plan:
    package = packaging.read(text, secret=SECRET)
    return packaging.plan(package, **who(), press=press(AT))


def take(text: str, shelf: FileStore) -> ProcedureVersion:
    package = packaging.read(text, secret=SECRET)
    return packaging.take(package, **who(), press=press(AT), store=shelf)
