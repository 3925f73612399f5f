"""Checks of a draft: one wrong draft for each finding, and sound ones without any."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import ResultAct, StepKind
from domain.field_kinds import FieldKind
from domain.roles import Role
from models.base import db
from models.officer import Officer
from models.organisation import Unit
from models.outcome import ActionKind
from models.procedure import (
    CaseTerm,
    Level,
    ProcedureVersion,
    VersionState,
)
from models.register import RegisterUse
from services import draft_checks
from services.draft_checks import Finding, finding
from tests.factories.dossiers import version_of
from tests.services.sound_draft import (
    Wrong,
    action,
    at_step,
    changed,
    data,
    more_data,
    more_fee,
    more_paper,
    more_step,
    no_steps,
    of,
    only_ends_sure,
    paper,
    result,
    sound,
    step,
    the_fee,
    version,
    without,
)

SHOW = "show_if"
TABLE: list[tuple[str, str, str | None, Wrong]] = [
    # the version as a whole
    ("general.no_term", "general", "legal_term", version(legal_term=None)),
    ("general.term", "general", "legal_term", version(legal_term="10 ngày")),
    ("general.term", "general", "extra_term", version(extra_term="nhiều")),
    ("general.local_longer", "general", "local_term", version(local_term="11wd")),
    ("general.local_longer", "general", "local_term", version(local_term="81wh")),
    ("general.extra_unit", "general", "extra_term", version(extra_term="10cd")),
    ("general.period", "general", "valid_to", version(valid_to=dt.date(2026, 9, 30))),
    ("general.no_legal_basis", "general", "legal_basis", version(legal_basis="  ")),
    # cases
    ("cases.term", "cases", "term", lambda d: changed(d.case_terms[0], term="x")),
    (
        "cases.twice",
        "cases",
        "case",
        lambda d: d.case_terms.append(CaseTerm(case="le_hoi", name="Lễ", term="13wd")),
    ),
    (
        "cases.code",
        "cases",
        "case",
        lambda d: d.case_terms.append(CaseTerm(case="Nhà ở", name="Nhà ở", term="13wd")),
    ),
    (
        "cases.code",
        "cases",
        "case",
        lambda d: d.case_terms.append(CaseTerm(case="trong", name="Trong đê", term="13wd")),
    ),
    # names of fields
    ("data.key", "data", "key", data("nguoi", key="Người")),
    ("data.key", "data", "key", data("nguoi", key="1_nguoi")),
    ("data.key_taken", "data", "key", more_data("tong_xe", FieldKind.number)),
    ("data.key_word", "data", "key", data("nguoi", key="class")),
    ("data.key_word", "data", "key", data("nguoi", key="trong")),
    ("data.key_function", "data", "key", data("nguoi", key="so_ngay")),
    ("data.key_case", "data", "key", data("nguoi", key="le_hoi")),
    ("data.key_case", "data", "key", data("nguoi", key="authorised")),
    ("data.no_english", "data", "label_en", data("nguoi", label_en="")),
    # lists, bounds, defaults
    ("data.choices", "data", "choices", data("muc_dich", choices=" \n ")),
    ("data.choice_twice", "data", "choices", data("muc_dich", choices="a = A\nb = B\na = C")),
    ("data.bound", "data", "least", data("dien_tich", least="một")),
    ("data.bound", "data", "most", data("dien_tich", most="nan")),
    ("data.bound", "data", "most", data("dien_tich", most="1.000")),
    ("data.bounds", "data", "most", data("dien_tich", least="5", most="4,5")),
    ("data.bound_unused", "data", "most", data("loai_mai", most="20")),
    ("data.default", "data", "default", data("dien_tich", default="rộng")),
    ("data.default", "data", "default", data("noi_su_dung", default="mai_nha")),
    ("data.default", "data", "default", data("muc_dich", default="nha")),
    # tables
    ("data.no_table", "data", "group", more_data("cot", group="khong_co")),
    ("data.no_table", "data", "group", more_data("cot", group="nguoi")),
    ("data.no_columns", "data", "kind", more_data("bang", FieldKind.group)),
    ("data.column_kind", "data", "kind", more_data("cot", FieldKind.person, group="xe")),
    ("data.column_listed", "data", "listed", data("bien_so", listed=True)),
    ("data.column_condition", "data", "show_if", data("bien_so", show_if="co_mai_che")),
    ("formula.outside_row", "data", "calculated", data("so_banh", calculated="dien_tich * 2")),
    ("formula.row_order", "data", "calculated", data("so_banh", calculated="so_banh + 1")),
    ("formula.mismatch", "data", "calculated", data("so_banh", calculated="bien_so * 2")),
    ("formula.invalid", "data", "calculated", data("so_banh", calculated="so_luong *")),
    # where and by whom
    ("data.stage", "data", "stages", data("y_kien", stages="3, 12")),
    ("data.stage", "data", "stages", data("y_kien", stages="1", readers=None)),
    ("data.stage", "data", "stages", data("y_kien", stages="10", readers=None)),
    ("data.stage", "data", "stages", data("y_kien", stages="một cửa")),
    ("data.not_reader", "data", "readers", data("y_kien", stages="3, 8")),
    ("data.not_reader", "data", "readers", data("dien_tich", readers="officer\nhead")),
    ("data.not_filterable", "data", "listed", data("y_kien", listed=True)),
    ("data.not_filterable", "data", "listed", data("xe", listed=True)),
    ("data.no_check_message", "data", "check_message", data("den_ngay", check_message=None)),
    ("data.calculated_kind", "data", "calculated", data("nguoi", calculated="dien_tich")),
    ("data.calculated_type", "data", "calculated", data("thoi_gian", calculated="tu_ngay")),
    ("data.calculated_type", "data", "calculated", data("tong_xe", calculated="count(xe) > 1")),
    # registers and actions
    ("results.not_open", "results", "register", result(use=RegisterUse.draft)),
    ("results.found_by", "results", "found_by", result(act=ResultAct.revoke, found_by="khac")),
    ("results.no_field", "results", "fills", result(fills="so_nha = noi_dung\nduong = noi_dung")),
    ("results.not_filled", "results", "fills", result(fills="")),
    ("results.other_kind", "results", "fills", result(fills="duong = noi_dung\nchu = noi_dung")),
    ("actions.no_step", "actions", "step", action(99, ActionKind.print, form="control_slip")),
    ("actions.no_fee", "actions", "fee", action(2, ActionKind.fee, fee="KHAC")),
    ("actions.no_result", "actions", "result", action(2, ActionKind.register, result="khac")),
    # conditions, in every column that has one
    ("formula.invalid", "data", SHOW, data("loai_mai", show_if="dien_tich >")),
    ("formula.too_long", "data", SHOW, data("loai_mai", show_if="không " * 200 + "co_mai_che")),
    ("formula.forbidden", "data", SHOW, data("loai_mai", show_if="xe[0]")),
    ("formula.comma", "data", SHOW, data("loai_mai", show_if="dien_tich > 0,5")),
    ("formula.function", "data", SHOW, data("loai_mai", show_if="len(xe) > 1")),
    ("formula.unknown_like", "data", SHOW, data("loai_mai", show_if="dientich > 5")),
    ("formula.unknown", "data", SHOW, data("loai_mai", show_if="zzz")),
    ("formula.unknown", "data", SHOW, data("loai_mai", show_if="phan")),
    ("formula.column_outside", "data", SHOW, data("loai_mai", show_if="so_luong > 5")),
    ("formula.mismatch", "data", SHOW, data("loai_mai", show_if="dien_tich > 'a'")),
    ("formula.mismatch", "data", SHOW, data("loai_mai", show_if="le_hoi và nguoi > 1")),
    ("formula.mismatch", "data", SHOW, data("loai_mai", show_if="le_hoi hoặc tu_ngay > 1")),
    ("formula.two_dates", "data", SHOW, data("loai_mai", show_if="tu_ngay + den_ngay > 1")),
    ("formula.date_sign", "data", "calculated", data("thoi_gian", calculated="tu_ngay * 2")),
    ("formula.whole_days", "data", SHOW, data("loai_mai", show_if="tu_ngay + 0.5 > den_ngay")),
    ("formula.no_part", "data", SHOW, data("loai_mai", show_if="nguoi.tuoi > 18")),
    ("formula.no_part", "data", SHOW, data("loai_mai", show_if="nguoi.dien_tich > 18")),
    ("formula.part_of_plain", "data", SHOW, data("loai_mai", show_if="dien_tich.ten = 'a'")),
    ("formula.mismatch", "data", SHOW, data("loai_mai", show_if="nguoi.ten > 18")),
    ("formula.no_choice", "data", SHOW, data("loai_mai", show_if="noi_su_dung = 'viahe'")),
    ("formula.no_choice", "data", SHOW, data("loai_mai", show_if="'nha' trong muc_dich")),
    (
        "formula.no_choice",
        "data",
        SHOW,
        data("loai_mai", show_if="noi_su_dung không trong ('via_he', 'nha')"),
    ),
    ("formula.no_column", "data", "calculated", data("tong_xe", calculated="sum(xe, 'so')")),
    ("formula.no_column", "data", "calculated", data("tong_xe", calculated="tong(xe, 'bien_so')")),
    ("formula.never", "data", SHOW, data("loai_mai", show_if="tu_ngay = '1/1/2026'")),
    ("formula.never", "data", SHOW, data("loai_mai", show_if="muc_dich ≠ 'de_xe'")),
    ("formula.too_late", "data", SHOW, data("loai_mai", show_if="không empty(y_kien)")),
    ("formula.circle", "data", SHOW, data("co_mai_che", show_if="không empty(loai_mai)")),
    ("formula.circle", "data", "calculated", data("tong_xe", calculated="tong_xe + 1")),
    ("formula.unknown", "data", "required_if", data("loai_mai", required_if="zzz > 1")),
    ("formula.unknown", "data", "check", data("den_ngay", check="zzz")),
    ("formula.unknown", "data", "calculated", data("tong_xe", calculated="zzz")),
    ("formula.unknown", "documents", "only_if", paper(2, only_if="zzz")),
    ("formula.unknown", "steps", "only_if", at_step(5, only_if="zzz")),
    ("formula.unknown", "fees", "only_if", the_fee(only_if="zzz")),
    ("formula.unknown", "fees", "quantity", the_fee(quantity="zzz")),
    ("formula.unknown", "fees", "free_if", the_fee(free_if="zzz")),
    ("formula.too_late", "documents", "only_if", paper(2, only_if="y_kien = 'a'")),
    ("formula.too_late", "steps", "only_if", at_step(3, only_if="y_kien = 'a'")),
    ("formula.too_late", "fees", "free_if", the_fee(free_if="empty(y_kien)")),
    # papers
    ("documents.none", "documents", None, lambda d: changed(d, documents=[])),
    ("documents.from_register", "documents", "required", paper(3, required=True)),
    ("documents.twice", "documents", "name", more_paper(name="đơn  đề nghị")),
    ("documents.twice", "documents", "name", more_paper(name="Căn cước", condition="le_hoi")),
    ("documents.no_copies", "documents", "originals", paper(0, originals=0)),
    ("documents.case_unnamed", "documents", "condition_text", paper(0, condition="the_chap")),
    # steps
    ("steps.none", "steps", None, no_steps),
    ("steps.no_receive", "steps", "kind", without(1)),
    ("steps.receive_late", "steps", "kind", at_step(2, kind=StepKind.receive, role=Role.clerk)),
    ("steps.no_return", "steps", None, without(10)),
    ("steps.no_sign", "steps", None, without(8)),
    ("steps.unreachable", "steps", None, more_step(11, StepKind.work, Role.officer)),
    ("steps.term", "steps", "term", at_step(5, term="một ngày")),
    ("steps.no_term", "steps", "term", at_step(5, term=None)),
    ("steps.role", "steps", "role", at_step(8, role=Role.officer)),
    ("steps.role", "steps", "role", at_step(2, role=Role.officer)),
    ("steps.role", "steps", "role", at_step(10, role=Role.leader)),
    ("steps.role", "steps", "role", at_step(6, role=Role.auditor)),
    ("steps.role", "steps", "role", at_step(9, role=Role.clerk)),
    ("steps.silence_term", "steps", "term", at_step(6, silence=True, term=None)),
    ("steps.silence_kind", "steps", "silence", at_step(5, silence=True)),
    ("steps.external_body", "steps", "external_body", at_step(6, external_body=" ")),
    ("steps.target_level", "steps", "target_level", at_step(7, target_level=None)),
    ("steps.ends_conditional", "steps", "only_if", at_step(10, only_if="dien_tich > 1")),
    ("steps.all_conditional", "steps", "only_if", only_ends_sure),
    ("steps.group_apart", "steps", "group", at_step(7, group=1)),
    ("steps.group_alone", "steps", "group", at_step(7, group=2)),
    ("steps.same_as_missing", "steps", "same_as", at_step(5, same_as=99)),
    ("steps.same_as_later", "steps", "same_as", at_step(5, same_as=5)),
    ("steps.same_as_later", "steps", "same_as", at_step(3, same_as=7)),
    ("steps.same_as_later", "steps", "same_as", at_step(4, same_as=3)),
    ("steps.same_as_other", "steps", "same_as", at_step(5, same_as=2)),
    ("steps.same_as_other", "steps", "same_as", at_step(5, same_as=4)),
    ("steps.too_long", "steps", "term", at_step(3, term="9wd")),
    ("steps.too_long", "steps", "term", at_step(4, term="72wh")),
    ("steps.may_be_too_long", "steps", "term", at_step(5, term="5wd")),
    ("steps.over_promise", "steps", "term", version(local_term="6wd")),
    # fees
    ("fees.no_amount", "fees", "amount", the_fee(amount=None)),
    ("fees.cap", "fees", "cap", the_fee(cap=19_999)),
    ("fees.no_legal_basis", "fees", "legal_basis", the_fee(legal_basis=None)),
    (
        "fees.period",
        "fees",
        "valid_to",
        the_fee(valid_from=dt.date(2027, 1, 2), valid_to=dt.date(2027, 1, 1)),
    ),
    ("fees.expired", "fees", "valid_to", the_fee(valid_to=dt.date(2026, 9, 30))),
    ("fees.overlap", "fees", "valid_from", more_fee(valid_from=dt.date(2027, 1, 1))),
    ("fees.quantity_type", "fees", "quantity", the_fee(quantity="tu_ngay")),
    ("fees.quantity_type", "fees", "quantity", the_fee(quantity="dien_tich > 5")),
]


def test_a_sound_draft_has_no_finding() -> None:
    assert draft_checks.written(sound()) == []


@pytest.mark.parametrize(
    ("code", "section", "column", "wrong"),
    TABLE,
    ids=[f"{code}-{n}" for n, (code, *_) in enumerate(TABLE)],
)
def test_a_wrong_draft_has_exactly_its_finding(
    code: str, section: str, column: str | None, wrong: Wrong
) -> None:
    draft = sound()
    wrong(draft)
    found = draft_checks.written(draft)
    assert {f.code for f in found} == {code}
    assert (found[0].section, found[0].field) == (section, column)
    assert found[0].text() and "%(" not in found[0].text()


def test_ends_that_run_beside_other_work_are_found() -> None:
    draft = sound()
    changed(step(draft, 9), group=5)
    changed(step(draft, 10), group=5)
    assert [f.code for f in draft_checks.written(draft)] == ["steps.ends_group"]


def test_every_code_has_a_wrong_draft() -> None:
    tried = {code for code, *_ in TABLE} | {"steps.ends_group"}
    with_people = {"steps.no_agency", "steps.nobody", "steps.nobody_at"}
    with_templates = {"actions.no_paper"}  # tests/views/test_designer_outcomes.py
    assert finding.MESSAGES.keys() - tried == with_people | with_templates


def test_a_finding_names_its_part_and_what_is_meant() -> None:
    draft = sound()
    row = of(draft, "loai_mai")
    row.show_if = "dientich > 5"
    [found] = draft_checks.written(draft)
    assert (found.part_id, found.part, found.severity) == (row.id, row.label, "error")
    assert found.facts == {"name": "dientich", "like": "dien_tich"}
    assert found.msgid == finding.MESSAGES["formula.unknown_like"]


def test_lengths_are_said_in_the_unit_of_the_term() -> None:
    draft = sound()
    changed(step(draft, 3), term="9wd")
    found = next(f for f in draft_checks.written(draft) if f.code == "steps.too_long")
    assert found.text() == (
        "The steps take at least 102 working hours together, longer than the legal term of"
        " 10 working days."
    )


@pytest.mark.parametrize(
    ("legal", "step_term", "over"),
    [
        ("10wd", "30cd", False),  # calendar days cannot be told in working days
        ("20cd", "30cd", True),
        ("20cd", "18wd", True),  # a working day is at least one calendar day
        ("20cd", "13wd", False),
        ("same-day", "1wh", True),  # the other steps alone take longer
        ("60wh", "1wd", False),
    ],
)
def test_only_what_is_certain_is_called_too_long(legal: str, step_term: str, over: bool) -> None:
    draft = sound()
    changed(draft, legal_term=legal, local_term=None, case_terms=[])
    draft.documents[2].only_if = draft.fees[0].free_if = None
    changed(step(draft, 3), term=step_term)
    found = {f.code for f in draft_checks.written(draft)}
    assert found == ({"steps.too_long"} if over else set())


def test_time_outside_the_legal_term_does_not_count() -> None:
    draft = sound()
    changed(step(draft, 6), term="30wd", outside_total=True)
    assert draft_checks.written(draft) == []


def test_a_hundred_conditions_are_checked_in_no_time() -> None:
    draft = sound()
    for number in range(200):
        more_data(f"them_{number}", FieldKind.number, show_if=f"dien_tich > {number}")(draft)
    assert draft_checks.written(draft) == []


# ---- with a database -----------------------------------------------------------------------------
def test_published_procedures_have_no_error(session: Any) -> None:
    versions = session.scalars(
        sa.select(ProcedureVersion).where(ProcedureVersion.state == VersionState.published)
    ).all()
    assert len({v.procedure_id for v in versions}) == 60
    wrong = {
        str(v): [f.code for f in draft_checks.findings(v) if f.severity == "error"]
        for v in versions
    }
    assert {name: codes for name, codes in wrong.items() if codes} == {}


def nobody(version: ProcedureVersion) -> list[Finding]:
    codes = ("steps.nobody", "steps.nobody_at", "steps.no_agency")
    return [f for f in draft_checks.findings(version) if f.code in codes]


def leave(function: str, role: Role) -> None:
    """All officers with this role in departments of this function leave office."""
    query = sa.select(Officer).join(Unit, Unit.id == Officer.unit_id)
    for officer in db.session.scalars(query.where(Unit.function == function)):
        if role.value in {r.name for r in officer.user.roles}:
            officer.active = False
    db.session.commit()


def test_roles_that_are_held_are_not_found(session: Any) -> None:
    assert nobody(version_of()) == []


def test_roles_that_nobody_holds_are_found_with_their_department(session: Any) -> None:
    version = version_of()
    leave("TCKH", Role.head)
    found = nobody(version)
    assert {f.code for f in found} == {"steps.nobody"}
    assert {f.part_id for f in found} == {
        s.id for s in version.steps if s.role is Role.head and s.function == "TCKH"
    }
    assert all("Phòng Tài chính" in f.facts["units"][0] for f in found)


def test_an_office_that_lacks_somebody_is_named_among_those_that_do_not(session: Any) -> None:
    version = version_of()
    query = sa.select(Officer).where(Officer.full_name == "Phạm Thị Yến")
    session.scalars(query).one().active = False
    session.commit()
    found = nobody(version)
    assert {f.code for f in found} == {"steps.nobody_at"}
    assert {(f.facts["count"], f.facts["all"]) for f in found} == {(1, 2)}


def test_a_level_without_officers_is_said_once(session: Any) -> None:
    version = version_of()
    version.procedure.level = Level.province
    for officer in session.scalars(sa.select(Officer)):
        officer.active = False
    session.commit()
    assert [f.code for f in nobody(version)] == ["steps.no_agency"]


def test_checks_ask_the_database_a_handful_of_times(session: Any) -> None:
    version = version_of()
    session.expire_all()
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        draft_checks.findings(version)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) <= 14
