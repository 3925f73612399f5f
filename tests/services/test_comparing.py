"""Two versions side by side: what is named as added, taken out, changed, moved, and what is not."""

import datetime as dt
from typing import Any

import pytest

from domain.codes import FeeMoment, StepKind
from domain.field_kinds import FieldKind
from domain.roles import Role
from models.procedure import (
    CaseTerm,
    DataField,
    FeeRule,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
    VersionState,
)
from services import procedure
from services.comparing import Change, before, compare, unchanged
from tests.factories.dossiers import actor, now, version_of
from tests.factories.procedures import street_permit

#: name, kind, role
WORK = (
    ("Tiếp nhận hồ sơ", StepKind.receive, Role.clerk),
    ("Thẩm định hồ sơ", StepKind.work, Role.officer),
    ("Lấy ý kiến phòng Kinh tế - Hạ tầng", StepKind.consult, Role.officer),
    ("Ký giấy phép", StepKind.sign, Role.leader),
    ("Trả kết quả", StepKind.return_result, Role.clerk),
)


def step(place: int, name: str, kind: StepKind, role: Role, **more: Any) -> ProcedureStep:
    return ProcedureStep(position=place, name=name, kind=kind, role=role, **more)


def made(**parts: Any) -> ProcedureVersion:
    """A version that belongs to no session."""
    steps = [step(n, *work) for n, work in enumerate(WORK, 1)]
    fields = [
        DataField(position=1, key="dien_tich", label="Diện tích", kind=FieldKind.number),
        DataField(position=2, key="ket_qua", label="Kết quả", kind=FieldKind.text, stages="2, 4"),
    ]
    papers = [
        RequiredDocument(position=1, name="Đơn đề nghị cấp giấy phép", originals=1),
        RequiredDocument(position=2, name="Bản vẽ mặt bằng vị trí sử dụng", copies=1),
    ]
    fees = [FeeRule(code="PHI", name="Phí", amount=1000, moment=FeeMoment.on_receipt)]
    cases = [CaseTerm(position=1, case="le_hoi", name="Lễ hội", term="7wd")]
    values = {
        "key": "1",
        "state": VersionState.published,
        "valid_from": dt.date(2026, 1, 1),
        "legal_term": "5wd",
        "steps": steps,
        "data_fields": fields,
        "documents": papers,
        "fees": fees,
        "case_terms": cases,
    }
    return ProcedureVersion(**{**values, **parts})


def brief(changes: list[Change]) -> list[tuple[Any, ...]]:
    return [(c.what, c.place, c.column, c.before, c.after) for c in changes]


def test_versions_that_say_the_same_have_no_difference() -> None:
    assert compare(made(), made(key="2026-1", state=VersionState.draft)) == []
    assert unchanged(made(), []) == {
        "case_terms": 1,
        "data_fields": 2,
        "documents": 2,
        "steps": 5,
        "fees": 1,
        "results": 0,
        "actions": 0,
    }


def test_own_columns_are_named_with_what_stood_there() -> None:
    found = compare(made(), made(legal_term="3wd", term_note="Rút ngắn"))
    assert brief(found) == [
        ("changed", "version", "legal_term", "5wd", "3wd"),
        ("changed", "version", "term_note", None, "Rút ngắn"),
    ]


def test_empty_text_and_line_ends_make_no_difference() -> None:
    old, new = made(term_note="Một\r\nhai"), made(term_note="Một\nhai ", local_term="")
    assert compare(old, new) == []


def test_step_put_between_others_reads_as_one_step_added() -> None:
    steps = [
        step(1, *WORK[0]),
        step(2, "Kiểm tra thực địa", StepKind.work, Role.officer, term="1wd"),
        *(step(n, *work) for n, work in enumerate(WORK[1:], 3)),
    ]
    fields = made().data_fields
    fields[1].stages = "3, 5"  # the same steps by their new numbers
    found = compare(made(), made(steps=steps, data_fields=fields))
    assert {(c.what, c.place, c.name) for c in found} == {("added", "steps[2]", steps[1].name)}
    assert {c.column: c.after for c in found} == {
        "name": "Kiểm tra thực địa",
        "kind": StepKind.work,
        "role": Role.officer,
        "term": "1wd",
    }


def test_step_that_is_split_reads_as_one_changed_and_one_added() -> None:
    steps = [step(n, *work) for n, work in enumerate(WORK, 1)]
    steps[1].name = "Thẩm định hồ sơ tại phòng"
    steps[2:2] = [step(3, "Kiểm tra thực địa, lập biên bản", StepKind.work, Role.officer)]
    for place, one in enumerate(steps, 1):
        one.position = place
    fields = made().data_fields
    fields[1].stages = "2, 5"
    found = compare(made(), made(steps=steps, data_fields=fields))
    assert {(c.what, c.place) for c in found} == {("changed", "steps[2]"), ("added", "steps[3]")}


def test_step_reworded_altogether_in_its_place_is_changed_not_exchanged() -> None:
    steps = [step(n, *work) for n, work in enumerate(WORK, 1)]
    steps[1].name = "Đi xem xét vị trí và dự thảo văn bản trả lời"
    assert brief(compare(made(), made(steps=steps))) == [
        ("changed", "steps[2]", "name", WORK[1][0], steps[1].name)
    ]


def test_step_that_another_kind_of_work_replaces_is_taken_out() -> None:
    steps = [step(n, *work) for n, work in enumerate(WORK, 1)]
    steps[2] = step(3, "Chuyển cơ quan thuế xác định nghĩa vụ", StepKind.external, Role.officer)
    found = compare(made(), made(steps=steps))
    assert {(c.what, c.place) for c in found} == {("removed", "-steps[3]"), ("added", "steps[3]")}


def test_part_that_stands_elsewhere_is_moved_and_the_others_stay() -> None:
    steps = [step(n, *WORK[i]) for n, i in enumerate((0, 2, 1, 3, 4), 1)]
    fields = made().data_fields
    fields[1].stages = "3, 4"
    found = compare(made(), made(steps=steps, data_fields=fields))
    assert {c.what for c in found} == {"moved"} and len(found) == 1
    assert {found[0].before, found[0].after} == {2, 3}


def test_number_of_the_same_step_is_no_change_but_another_step_is() -> None:
    def with_owner(owner: int, extra: bool) -> ProcedureVersion:
        steps = [step(n, *work) for n, work in enumerate(WORK, 1)]
        if extra:
            steps[1:1] = [step(2, "Kiểm tra thực địa", StepKind.work, Role.officer)]
        for place, one in enumerate(steps, 1):
            one.position = place
        steps[-1].same_as = owner
        return made(steps=steps, data_fields=[])

    old = with_owner(2, extra=False)
    assert {c.what for c in compare(old, with_owner(3, extra=True))} == {"added"}
    assert [c.column for c in compare(old, with_owner(3, extra=False))] == ["same_as"]


def test_fields_are_known_by_their_name() -> None:
    fields = made().data_fields
    fields[0].label, fields[0].required = "Diện tích (m²)", True
    fields[1].key = "ket_luan"
    found = compare(made(), made(data_fields=fields))
    assert [(c.what, c.column) for c in found if c.what == "changed"] == [
        ("changed", "label"),
        ("changed", "required"),
    ]
    assert {c.place for c in found if c.what == "removed"} == {"-data_fields[2]"}
    assert {c.place for c in found if c.what == "added"} == {"data_fields[2]"}


def test_paper_with_another_wording_is_changed_and_one_of_another_case_is_not_the_same() -> None:
    papers = made().documents
    papers[0].name = "Đơn đề nghị cấp giấy phép (mẫu số 01)"
    papers.append(RequiredDocument(position=3, name="Giấy ủy quyền", condition="authorised"))
    found = compare(made(), made(documents=papers))
    assert {(c.what, c.place) for c in found} == {
        ("changed", "documents[1]"),
        ("added", "documents[3]"),
    }


def test_fees_of_one_code_are_told_apart_by_their_case() -> None:
    def fees(amount: int) -> list[FeeRule]:
        common = {"code": "LP", "name": "Lệ phí", "moment": FeeMoment.on_receipt}
        return [
            FeeRule(**common, amount=50_000, condition="trong_nuoc"),
            FeeRule(**common, amount=amount, condition="nuoc_ngoai"),
        ]

    found = compare(made(fees=fees(100_000)), made(fees=fees(200_000)))
    assert [(c.column, c.before, c.after) for c in found] == [("amount", 100_000, 200_000)]


def test_labels_come_from_the_declaration() -> None:
    found = compare(made(), made(legal_term="3wd"))
    assert found[0].label is ProcedureVersion.__table__.c.legal_term.info["ui"].label


def test_a_draft_made_of_a_version_says_the_same(session: Any) -> None:
    for old in (street_permit(), version_of()):
        draft = procedure.draft_from(old, actor=actor("quantri"), at=now())
        assert {c.column for c in compare(old, draft)} <= {"valid_from", "valid_to"}


@pytest.mark.parametrize("drafts", [1, 2])
def test_version_is_compared_with_the_published_one_before(session: Any, drafts: int) -> None:
    old = street_permit()
    made_ = [procedure.draft_from(old, actor=actor("quantri"), at=now()) for _ in range(drafts)]
    assert before(made_[-1]) is old


def test_only_version_of_a_procedure_has_none_before(session: Any) -> None:
    assert before(street_permit()) is None
