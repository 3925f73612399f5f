"""Packages of procedures: out and in again without loss, the difference first, a draft and never more."""

import datetime as dt
import threading
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

import config
from domain.errors import DomainError
from domain.events import Tag
from domain.field_kinds import FieldKind
from models.event import Event
from models.ids import uuid7
from models.procedure import (
    DocumentType,
    Procedure,
    ProcedureField,
    ProcedureVersion,
    VersionState,
)
from services import packaging, procedure
from services.packaging import Origin, Refused, notation
from services.packaging.writing import PRODUCT_VERSION
from tests.factories.dossiers import actor, now
from tests.factories.procedures import STREET, street_permit
from tests.services.packages import SECRET, body, erase, text_of, who
from tests.tools.engines import sqlite_only


# ---- out and in again --------------------------------------------------------------------------------
def test_package_is_reviewable_text(session: Any) -> None:
    text = text_of(street_permit())
    assert text.startswith("format: mot-cua-thu-tuc\nformat_version: 2\n")
    assert "name: Cấp giấy phép sử dụng tạm thời một phần lòng đường, hè phố" in text
    assert "      choices: |-\n        xe = Trông giữ xe\n" in text
    assert "agency_id" not in text and "version_id" not in text
    assert text == text_of(session.scalars(sa.select(ProcedureVersion).where(
        ProcedureVersion.procedure.has(code=STREET))).one())  # fmt: skip


def test_street_permit_comes_back_as_it_was(session: Any, street: str) -> None:
    package = packaging.read(street, secret=SECRET)
    draft = packaging.take(package, **who())
    assert draft.state is VersionState.draft
    assert draft.procedure.code == STREET
    assert body(text_of(draft)) == body(street)
    assert package.sha256 == packaging.read(text_of(draft)).sha256


def test_taking_in_leaves_one_event(session: Any, street: str) -> None:
    before = set(session.scalars(sa.select(Event.id)))
    package = packaging.read(street)
    draft = packaging.take(package, **who())
    events = session.scalars(sa.select(Event).where(Event.id.not_in(before))).all()
    assert [e.tag for e in events] == [Tag.catalogue_import]
    assert events[0].subject_id == draft.id
    assert events[0].changes == {
        "procedure": STREET,
        "version": "1",
        "sha256": package.sha256,
        "origin": "elsewhere",
    }


def test_export_leaves_its_event(session: Any) -> None:
    version = street_permit()
    packaging.note_export(version, **who())
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.catalogue_export)).one()
    assert event.subject_id == version.id and event.changes["procedure"] == STREET


@sqlite_only
def test_shipped_catalogue_goes_out_and_comes_in_again(session: Any) -> None:
    """Every version that the product brings, in a database that no longer has it."""
    versions = list(session.scalars(sa.select(ProcedureVersion)))
    texts = [text_of(version) for version in versions]
    assert len(texts) > 100
    for version in versions:
        erase(session, version)
    assert session.scalar(sa.select(sa.func.count(Procedure.id))) == 0
    for text in texts:
        draft = packaging.take(packaging.read(text, secret=SECRET), **who())
        assert body(text_of(draft)) == body(text)
    assert session.scalar(sa.select(sa.func.count(ProcedureVersion.id))) == len(texts)


def test_taken_in_under_another_code_it_is_a_procedure_of_its_own(session: Any) -> None:
    version = street_permit()
    text = text_of(version).replace(f"code: '{STREET}'", "code: '9.000001'")
    package = packaging.read(text, secret=SECRET)
    assert package.origin is Origin.changed
    draft = packaging.take(package, **who())
    assert draft.procedure.code == "9.000001" and draft.procedure_id != version.procedure_id
    assert body(text_of(draft))["version"] == body(text)["version"]


def test_packed_procedure_is_found_by_its_words(session: Any, street: str) -> None:
    draft = packaging.take(packaging.read(street), **who())
    assert "hè phố" in draft.procedure.name and "he pho" in draft.procedure.search_key


def test_steps_with_gaps_are_counted_anew_and_what_names_them_follows(session: Any) -> None:
    version = street_permit()
    for step in reversed(version.steps):
        step.position *= 10
        session.flush()
    version.steps[4].same_as = 20
    field = next(f for f in version.data_fields if f.stages)
    field.stages = "20"
    session.commit()
    tree = body(text_of(version))["version"]
    assert tree["steps"][4]["same_as"] == 2
    assert [f["stages"] for f in tree["data_fields"] if "stages" in f] == ["2"]


def test_file_name_fits_every_file_system(session: Any) -> None:
    version = street_permit()
    assert packaging.file_name(version) == f"{STREET}-1.yaml"
    version.procedure.code, version.key = "../TT/01 ô", "2026/1"
    assert packaging.file_name(version) == "TT-01--2026-1.yaml"


def test_release_is_the_one_of_the_product() -> None:
    project = tomllib.loads((config.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == PRODUCT_VERSION


# ---- the seal ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "secret", "origin"),
    [
        (lambda text: text, SECRET, Origin.here),
        (lambda text: f"# Đã xem\n{text}".replace("\n", "\r\n"), SECRET, Origin.here),
        (lambda text: text, "another-installation" * 3, Origin.elsewhere),
        (lambda text: text.replace("Nguyễn Văn An", "Ai đó"), SECRET, Origin.elsewhere),
        (lambda text: text.replace("legal_term: 5wd", "legal_term: 3wd"), SECRET, Origin.changed),
        (lambda text: text.replace("sha256: ", "sha256: f"), SECRET, Origin.changed),
        (lambda text: _without(text, "sha256", "signature"), SECRET, Origin.unsealed),
    ],
)
def test_seal_says_where_a_package_comes_from(
    street: str, change: Callable[[str], str], secret: str, origin: Origin
) -> None:
    assert packaging.read(change(street), secret=secret).origin is origin


def _without(text: str, *names: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith(names))


# ---- what would come of it ---------------------------------------------------------------------------
def test_plan_keeps_nothing_and_names_every_part_of_a_new_procedure(
    session: Any, street: str
) -> None:
    found = packaging.plan(packaging.read(street), **who())
    assert found.procedure is None and found.against is None and found.problems == ()
    assert {c.place for c in found.changes if c.section == "steps"} == {
        f"steps[{n}]" for n in range(1, 7)
    }
    assert session.scalars(sa.select(Procedure).where(Procedure.code == STREET)).all() == []


def test_plan_says_what_differs_from_the_newest_version(session: Any) -> None:
    version = street_permit()
    text = text_of(version).replace("legal_term: 5wd", "legal_term: 3wd")
    found = packaging.plan(packaging.read(text), **who())
    assert found.against is version and found.same is None
    assert [(c.column, c.before, c.after) for c in found.changes] == [("legal_term", "5wd", "3wd")]
    assert found.key == f"{now().year}-1"


def test_plan_knows_a_version_that_says_the_same(session: Any) -> None:
    version = street_permit()
    assert packaging.plan(packaging.read(text_of(version)), **who()).same is version


def test_procedure_that_is_here_stays_as_it_is(session: Any) -> None:
    version = street_permit()
    name = version.procedure.name
    text = text_of(version).replace(f"name: {name}", "name: Tên khác")
    package = packaging.read(text)
    assert [c.column for c in packaging.plan(package, **who()).own] == ["name"]
    draft = packaging.take(package, **who())
    assert draft.procedure_id == version.procedure_id and draft.procedure.name == name


def test_published_version_is_never_touched(session: Any) -> None:
    version = street_permit()
    before = text_of(version)
    draft = packaging.take(packaging.read(before.replace("5wd", "3wd")), **who())
    session.refresh(version)
    assert text_of(version) == before and version.state is VersionState.published
    assert draft.key == f"{now().year}-1"
    procedure.publish(draft, **who())
    assert draft.state is VersionState.published


def test_what_cannot_be_resolved_is_named_with_its_place(session: Any, street: str) -> None:
    text = (
        street.replace("code: HKD", "code: KHONG-CO")
        .replace("function: KTHT", "function: XYZ")
        .replace("    - name: Giấy ủy quyền\n", "    - name: Giấy ủy quyền\n      type: KHONG\n")
    )
    package = packaging.read(text)
    problems = packaging.plan(package, **who()).problems
    assert [(p.place, p.error.code) for p in problems] == [
        ("procedure.field.code", "package.no_field"),
        ("documents[3].type", "package.no_document"),
        ("steps[3].function", "package.no_function"),
    ]
    with pytest.raises(Refused):
        packaging.take(package, **who())
    assert session.scalars(sa.select(Procedure).where(Procedure.code == STREET)).all() == []


def test_kinds_of_papers_are_known_by_their_code(session: Any, street: str) -> None:
    kind = session.scalars(sa.select(DocumentType)).first()
    text = street.replace(
        "    - name: Giấy ủy quyền\n", f"    - name: Giấy ủy quyền\n      type: {kind.code}\n"
    )
    draft = packaging.take(packaging.read(text), **who())
    assert draft.documents[2].type is kind


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("key: dien_tich", "key: Dien_Tich", "data_fields[5].key", "data.key"),
        ("group: phuong_tien", "group: khong_co", "data_fields[11].group", "data.no_table"),
        ("xe = Trông giữ xe", "X = Trông giữ xe", "data_fields[3].choices", "data.choice_code"),
        (
            "least: '1'\n      most",
            "least: '900'\n      most",
            "data_fields[5].most",
            "data.bounds",
        ),
        ("condition: authorised", "condition: Ủy quyền", "documents[3].condition", "case.key"),
        ("stages: '2'", "stages: hai", "data_fields[15].stages", "data.stage"),
    ],
)
def test_rules_of_the_designer_hold_for_packages(
    session: Any, street: str, old: str, new: str, place: str, code: str
) -> None:
    assert old in street
    problems = packaging.plan(packaging.read(street.replace(old, new)), **who()).problems
    assert (place, code) in [(p.place, p.error.code) for p in problems]


def test_nobody_but_an_administrator_takes_a_package_in(session: Any, street: str) -> None:
    for verb in (packaging.plan, packaging.take):
        with pytest.raises(DomainError) as refused:
            verb(packaging.read(street), actor=actor("tiepnhan"), at=now())
        assert refused.value.code == "dossier.role_not_allowed"


# ---- sent twice, two at once -------------------------------------------------------------------------
def test_package_sent_twice_makes_one_draft(session: Any, street: str) -> None:
    key = uuid7()
    package = packaging.read(street)
    first = packaging.take(package, **who(), op_id=key)
    assert packaging.take(package, **who(), op_id=key).id == first.id
    assert len(first.procedure.versions) == 1


def test_same_package_on_purpose_makes_another_draft_with_another_key(
    session: Any, street: str
) -> None:
    package = packaging.read(street)
    first = packaging.take(package, **who(), op_id=uuid7())
    second = packaging.take(package, **who(), op_id=uuid7())
    assert first.procedure_id == second.procedure_id
    assert {first.key, second.key} == {"1", f"{now().year}-1"}


@pytest.mark.parametrize("same_key", [True, False])
def test_two_imports_at_once_make_one_procedure(
    app: Any, session: Any, street: str, same_key: bool
) -> None:
    from models.base import db
    from models.scope import everything

    package, person = packaging.read(street), who()
    session.rollback()
    keys = [uuid7()] * 2 if same_key else [uuid7(), uuid7()]
    barrier, errors = threading.Barrier(2), []

    def work(key: str) -> None:
        with app.app_context(), everything():
            try:
                barrier.wait()
                packaging.take(package, **person, op_id=key)
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    found = session.scalars(sa.select(Procedure).where(Procedure.code == STREET)).one()
    assert len(found.versions) == (1 if same_key else 2)


# ---- odd but right ------------------------------------------------------------------------------------
def test_texts_that_look_like_something_else_stay_texts(session: Any, street: str) -> None:
    odd = ["null", "true", "1.10", "2026-01-01", "12:30:00", "*x", "&x", "# không", "a: b", "|"]
    tree = yaml.safe_load(street)
    fields = [
        {"key": f"o_{n}", "label": word, "kind": FieldKind.text.value} for n, word in enumerate(odd)
    ]
    tree["version"]["data_fields"] = fields
    for key in ("documents", "fees"):
        del tree["version"][key]
    for step in tree["version"]["steps"]:
        step.pop("only_if", None)
    package = packaging.read(notation.write(tree))
    assert [row["label"] for row in package.parts["data_fields"]] == odd
    draft = packaging.take(package, **who())
    assert [field.label for field in draft.data_fields] == odd
    assert packaging.read(text_of(draft)).sha256 == package.sha256


def test_field_of_administration_is_taken_by_its_code(session: Any, street: str) -> None:
    other = session.scalars(sa.select(ProcedureField).where(ProcedureField.code != "HKD")).first()
    draft = packaging.take(packaging.read(street.replace("HKD", other.code)), **who())
    assert draft.procedure.procedure_field is other


def test_day_of_a_package_is_a_day() -> None:
    assert notation.day("2026-10-01") == dt.date(2026, 10, 1)
