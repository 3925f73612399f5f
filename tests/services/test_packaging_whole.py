"""A package carries everything that a procedure cannot do without: results, actions, registers, printed
papers, blank forms. What is here already stays."""

import base64
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.events import Tag
from models.event import Event
from models.ids import uuid7
from models.paper_template import PaperTemplate, TemplateState
from models.procedure import Procedure, ProcedureVersion
from models.register import Register, RegisterField, RegisterUse
from printing.own.proving import press
from services import blank_forms, packaging
from services.filestore import FileStore
from services.packaging import Origin, Refused
from services.packaging.body import TEMPLATE
from services.version_parts import PARTS, columns_of
from tests.factories.procedures import STREET
from tests.factories.registers import CODE
from tests.services.packages import AT, SECRET, who
from tests.services.test_blank_forms import DOCX, office
from tests.services.whole_procedure import (
    LICENCE,
    content,
    everything_gone,
    export,
    plan,
    printed_from,
    shelf,
    take,
    text,
    version,
)

__all__ = ["shelf", "text", "version"]


# ---- nothing is missing ------------------------------------------------------------------------------
#: What says whose a row is, where it stands or when it was written, and what follows from the rest.
APART = {
    *("id", "agency_id", "version_id", "procedure_id", "register_id", "type_id", "position"),
    *("created_at", "changed_at", "state", "use", "search_key", "procedure_field_id"),
    *("blank_type", "blank_size"),
}


def test_every_column_of_a_version_and_its_parts_is_carried() -> None:
    """Whoever adds a column says here, or in its declaration, that it is content."""
    models = [Procedure, ProcedureVersion, *PARTS.values(), Register, RegisterField]
    for model in models:
        columns = {attribute.key for attribute in sa.inspect(model).column_attrs}
        carried = {column.name for column in columns_of(model)}
        assert columns - carried - APART == set(), model.__name__


def test_every_part_of_a_version_is_carried() -> None:
    """Whoever gives a version a further part gives it a place in packages."""
    mapper = sa.inspect(ProcedureVersion)
    lists = {relation.key for relation in mapper.relationships if relation.uselist}
    assert lists == set(PARTS)
    assert {r.key for r in sa.inspect(Register).relationships if r.uselist} == {"data_fields"}
    kept = {
        *("id", "agency_id", "series", "number", "procedure_id", "state"),
        *("made_by", "made_at", "changed_by", "changed_at"),
    }
    columns = {attribute.key for attribute in sa.inspect(PaperTemplate).column_attrs}
    assert columns - kept == {column.name for column in TEMPLATE} - {"own"}


# ---- out and in again --------------------------------------------------------------------------------
def test_package_is_read_by_people(text: str) -> None:
    assert "registers:\n  - code: gp_long_duong\n" in text
    assert "      - key: ghi_chu\n        label: Ghi chú nội bộ\n" in text
    assert (
        "  - form: giay_phep\n    own: true\n    name: Mẫu giay_phep\n    size: a4\n    body: |-\n"
        "      <h1>Giấy phép</h1>\n      {% if data.tuyen_duong %}\n" in text
    )
    assert "phieu_khac" not in text
    assert text.rstrip().endswith(base64.encodebytes(DOCX).decode().split()[-1])


def test_everything_comes_back_where_nothing_was(
    session: Any, version: ProcedureVersion, text: str, tmp_path: Path
) -> None:
    everything_gone(session, version)
    elsewhere = FileStore(tmp_path / "elsewhere")
    draft = take(text, elsewhere)
    session.expire_all()
    assert content(export(draft, elsewhere)) == content(text)
    register = draft.results[0].register
    assert register.use is RegisterUse.draft and register.code == CODE
    assert [f.retired for f in register.data_fields][-1]
    papers = session.scalars(sa.select(PaperTemplate)).all()
    assert {p.state for p in papers} == {TemplateState.draft}
    assert {p.form: p.procedure_id for p in papers} == {
        "giay_phep": draft.procedure_id,
        "giay_chung_nhan": None,
    }
    blank = draft.documents[0]
    assert (blank.blank_type, blank.blank_size) == ("docx", len(DOCX))
    assert blank_forms.content(blank, elsewhere) == DOCX


def test_what_is_made_has_its_own_event(
    session: Any, version: ProcedureVersion, text: str, shelf: FileStore
) -> None:
    everything_gone(session, version)
    before = set(session.scalars(sa.select(Event.id)))
    draft = take(text, shelf)
    events = session.scalars(sa.select(Event).where(Event.id.not_in(before))).all()
    told = sorted((e.tag, e.subject_kind) for e in events)
    assert told == [
        (Tag.catalogue_create, "PaperTemplate"),
        (Tag.catalogue_create, "PaperTemplate"),
        (Tag.catalogue_create, "Register"),
        (Tag.catalogue_import, "ProcedureVersion"),
    ]
    came = next(e for e in events if e.tag is Tag.catalogue_import)
    assert came.subject_id == draft.id
    assert came.changes["registers"] == [CODE]
    assert came.changes["templates"] == ["giay_chung_nhan", "giay_phep"]


def test_plan_keeps_nothing_of_what_goes_with_a_version(
    session: Any, version: ProcedureVersion, text: str, tmp_path: Path
) -> None:
    everything_gone(session, version)
    found = plan(text)
    assert found.problems == ()
    assert [(r.code, r.known) for r in found.registers] == [(CODE, False)]
    assert [t.makes for t in found.templates] == [True, True]
    assert session.scalar(sa.select(sa.func.count(Register.id))) == 0
    assert session.scalar(sa.select(sa.func.count(PaperTemplate.id))) == 0


def test_seal_covers_what_goes_with_a_version(text: str) -> None:
    assert packaging.read(text, secret=SECRET).origin is Origin.here
    for old, new in (
        ("pattern: '{so:3}/{nam}/GP-SDLĐ'", "pattern: '{so:4}/{nam}/GP-SDLĐ'"),
        ("<h1>Giấy phép</h1>", "<h1>Giấy mời</h1>"),
        ("only_if: dien_tich > 1\n", "only_if: dien_tich > 2\n"),
        ("don-de-nghi.docx", "don-khac.docx"),
        ("writers:\n      - clerk", "writers:\n      - head\n      - clerk"),
    ):
        assert old in text, old
        assert packaging.read(text.replace(old, new, 1), secret=SECRET).origin is Origin.changed


def test_package_of_the_first_format_is_still_read(session: Any, street: str) -> None:
    old = street.replace("format_version: 2", "format_version: 1")
    assert packaging.read(old, secret=SECRET).sha256 == packaging.read(street).sha256
    assert packaging.take(packaging.read(old), **who()).procedure.code == STREET


def test_version_with_blank_forms_says_where_they_lie_or_is_not_written(
    version: ProcedureVersion, text: str
) -> None:
    with pytest.raises(ValueError, match="blank forms"):
        packaging.export(version, secret=SECRET, by="An", at=AT)
    with pytest.raises(ValueError, match="press"):
        packaging.take(packaging.read(text), **who())


# ---- what is here already ----------------------------------------------------------------------------
def test_nothing_is_made_of_what_is_here_word_for_word(
    session: Any, version: ProcedureVersion, text: str, shelf: FileStore
) -> None:
    found = plan(text)
    assert found.same is version and found.problems == ()
    assert [(r.known, r.changes) for r in found.registers] == [(True, [])]
    assert [t.makes for t in found.templates] == [False, False]
    draft = take(text, shelf)
    assert draft.results[0].register is version.results[0].register
    assert session.scalar(sa.select(sa.func.count(PaperTemplate.id))) == 3


def test_register_that_is_here_is_compared_and_stays(
    session: Any, version: ProcedureVersion, text: str, shelf: FileStore
) -> None:
    other = text.replace("label: Diện tích (m²)", "label: Số mét vuông").replace(
        "{so:3}/{nam}/GP-SDLĐ", "{so}/{nam}/GP"
    )
    found = plan(other)
    changes = [(c.section, c.column, c.after) for c in found.registers[0].changes]
    assert ("register", "pattern", "{so}/{nam}/GP") in changes
    assert ("register_fields", "label", "Số mét vuông") in changes and len(changes) == 2
    draft = take(other, shelf)
    session.expire_all()
    assert draft.results[0].register.pattern == "{so:3}/{nam}/GP-SDLĐ"


def test_printed_paper_of_other_words_becomes_a_draft_beside_the_one_in_use(
    session: Any, version: ProcedureVersion, text: str, shelf: FileStore
) -> None:
    printed_from(session)
    other = text.replace("<h1>Giấy phép</h1>", "<h1>Giấy phép mới</h1>")
    found = plan(other)
    assert found.same is None
    one = next(t for t in found.templates if t.makes)
    assert one.before is not None and one.before["body"] == LICENCE
    take(other, shelf)
    rows = session.scalars(sa.select(PaperTemplate).where(PaperTemplate.form == "giay_phep"))
    assert sorted((r.number, r.state, "mới" in r.body) for r in rows) == [
        (1, TemplateState.published, False),
        (2, TemplateState.draft, True),
    ]


def test_draft_of_a_paper_that_somebody_writes_is_not_overwritten(
    session: Any, version: ProcedureVersion, text: str, shelf: FileStore
) -> None:
    printed_from(session)
    take(text.replace("<h1>Giấy phép</h1>", "<h1>Một</h1>"), shelf)
    with pytest.raises(Refused) as refused:
        take(text.replace("<h1>Giấy phép</h1>", "<h1>Hai</h1>"), shelf)
    assert [(p.place, p.error.code) for p in refused.value.problems] == [
        ("templates[2].form", "package.template_draft")
    ]


def test_largest_package_is_written_and_read_quickly(
    session: Any, version: ProcedureVersion, shelf: FileStore
) -> None:
    data = office("word/document.xml", **{"word/media/plan.xml": "x" * 4_900_000})
    paper = version.documents[0]
    paper.blank_sha256, paper.blank_size = shelf.put(data), len(data)
    session.commit()
    text = export(version, shelf)
    assert len(text) < packaging.MOST_BYTES
    assert packaging.read(text).files == {paper.blank_sha256: data}


def test_sent_twice_it_makes_one_of_everything(
    session: Any, version: ProcedureVersion, text: str, shelf: FileStore
) -> None:
    everything_gone(session, version)
    key, package = uuid7(), packaging.read(text)
    for _ in range(2):
        packaging.take(package, **who(), op_id=key, press=press(AT), store=shelf)
    query = sa.select(ProcedureVersion).where(ProcedureVersion.procedure.has(code=STREET))
    assert len(session.scalars(query).all()) == 1
    assert session.scalar(sa.select(sa.func.count(Register.id))) == 1
    assert session.scalar(sa.select(sa.func.count(PaperTemplate.id))) == 2
