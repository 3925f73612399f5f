"""A sound draft without a database, and what can be done wrong to it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from domain.codes import FeeMoment, ResultAct, StepKind
from domain.field_kinds import FieldKind
from domain.roles import Role
from models.ids import uuid7
from models.outcome import ActionKind, ActionMoment, ProcedureResult, StepAction
from models.procedure import (
    CaseTerm,
    DataField,
    FeeRule,
    Level,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
)
from models.register import Register, RegisterField, RegisterUse

Draft = ProcedureVersion
DAY = dt.date(2026, 10, 1)


# ---- a sound draft, without a database -----------------------------------------------------------
def sound() -> Draft:
    """Using a part of a pavement: fields, a table, two cases, parallel steps, a reckoned fee."""
    return ProcedureVersion(
        key="2026-1",
        valid_from=DAY,
        legal_term="10wd",
        local_term="8wd",
        legal_basis="Nghị định 165/2024/NĐ-CP",
        case_terms=[CaseTerm(case="le_hoi", name="Phục vụ lễ hội", term="12wd")],
        data_fields=fields(),
        documents=papers(),
        steps=steps(),
        fees=[fee()],
    )


def field(key: str, kind: FieldKind, **more: Any) -> DataField:
    words = {"label": f"Nhãn {key}", "label_en": f"Label {key}"}
    return DataField(id=uuid7(), key=key, kind=kind, **{**words, **more})


def fields() -> list[DataField]:
    choices = "via_he = Vỉa hè\nlong_duong = Lòng đường"
    return [
        field("phan", FieldKind.heading),
        field("noi_su_dung", FieldKind.choice, choices=choices, required=True, listed=True),
        field("muc_dich", FieldKind.choices, choices="de_xe = Để xe\nban_hang = Bán hàng"),
        field("dien_tich", FieldKind.number, least="1", most="1000", required=True),
        field("tu_ngay", FieldKind.date, least="0"),
        field("den_ngay", FieldKind.date, check="den_ngay ≥ tu_ngay", check_message="Sau ngày đầu"),
        field("co_mai_che", FieldKind.yes_no, default="co"),
        field("loai_mai", FieldKind.text, show_if="co_mai_che", required_if="dien_tich > 50"),
        field("thoi_gian", FieldKind.number, calculated="days(tu_ngay, den_ngay)"),
        field("xe", FieldKind.group),
        field("bien_so", FieldKind.text, group="xe"),
        field("so_luong", FieldKind.number, group="xe"),
        field("so_banh", FieldKind.number, group="xe", calculated="so_luong * 4"),
        field("tong_xe", FieldKind.number, calculated="sum(xe, 'so_luong')"),
        field("nguoi", FieldKind.person),
        field("y_kien", FieldKind.long_text, stages="3, 4", readers="officer\nhead"),
    ]


def papers() -> list[RequiredDocument]:
    return [
        RequiredDocument(id=uuid7(), name="Đơn đề nghị", originals=1, required=True),
        RequiredDocument(id=uuid7(), name="Giấy ủy quyền", copies=1, condition="authorised"),
        RequiredDocument(
            id=uuid7(), name="Bản vẽ", originals=1, only_if="dien_tich > 20 hoặc le_hoi"
        ),
        RequiredDocument(id=uuid7(), name="Căn cước", copies=1, from_register=True, required=False),
    ]


def steps() -> list[ProcedureStep]:
    work, officer = StepKind.work, Role.officer
    plan: list[tuple[StepKind, Role, str, str, dict[str, Any]]] = [
        (StepKind.receive, Role.clerk, "MC", "4wh", {}),
        (StepKind.assign, Role.head, "KTHT", "2wh", {}),
        (work, officer, "KTHT", "3wd", {"group": 1}),
        (StepKind.consult, officer, "TNMT", "16wh", {"group": 1, "silence": True}),
        (work, officer, "KTHT", "1wd", {"same_as": 3, "only_if": "dien_tich > 100"}),
        (StepKind.external, Role.clerk, "MC", "1wd", {"external_body": "Công an"}),
        (StepKind.transfer, officer, "KTHT", "1wd", {"target_level": Level.commune}),
        (StepKind.sign, Role.leader, "UBND", "4wh", {}),
        (StepKind.number, Role.registrar, "VP", "2wh", {}),
        (StepKind.return_result, Role.clerk, "MC", "2wh", {}),
    ]
    return [
        ProcedureStep(
            id=uuid7(), position=n, name=kind, kind=kind, role=role, function=at, term=term, **more
        )
        for n, (kind, role, at, term, more) in enumerate(plan, 1)
    ]


def fee(**more: Any) -> FeeRule:
    values: dict[str, Any] = {
        "id": uuid7(),
        "code": "PHI",
        "name": "Phí sử dụng tạm thời",
        "amount": 20_000,
        "cap": 5_000_000,
        "moment": FeeMoment.on_receipt,
        "quantity": "dien_tich * thoi_gian",
        "free_if": "le_hoi",
        "legal_basis": "Nghị quyết 12/2025/NQ-HĐND",
    }
    return FeeRule(**{**values, **more})


def of(draft: Draft, key: str) -> DataField:
    return next(f for f in draft.data_fields if f.key == key)


def step(draft: Draft, position: int) -> ProcedureStep:
    return next(s for s in draft.steps if s.position == position)


def changed(row: Any, /, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)


# ---- what is done wrong --------------------------------------------------------------------------
Wrong = Callable[[Draft], None]


def version(**values: Any) -> Wrong:
    return lambda draft: changed(draft, **values)


def data(name: str, /, **values: Any) -> Wrong:
    return lambda draft: changed(of(draft, name), **values)


def more_data(key: str, kind: FieldKind = FieldKind.text, **values: Any) -> Wrong:
    return lambda draft: draft.data_fields.append(field(key, kind, **values))


def at_step(position: int, **values: Any) -> Wrong:
    return lambda draft: changed(step(draft, position), **values)


def without(position: int) -> Wrong:
    return lambda draft: draft.steps.remove(step(draft, position))


def paper(number: int, **values: Any) -> Wrong:
    return lambda draft: changed(draft.documents[number], **values)


def more_paper(**values: Any) -> Wrong:
    row = RequiredDocument(**{"name": "Bản vẽ", "originals": 1, **values})
    return lambda draft: draft.documents.append(row)


def the_fee(**values: Any) -> Wrong:
    return lambda draft: changed(draft.fees[0], **values)


def more_fee(**values: Any) -> Wrong:
    return lambda draft: draft.fees.append(fee(**values))


def more_step(position: int, kind: StepKind, role: Role, **values: Any) -> Wrong:
    row = ProcedureStep(position=position, name=kind, kind=kind, role=role, term="1wh", **values)
    return lambda draft: draft.steps.append(row)


def only_ends_sure(draft: Draft) -> None:
    for row in draft.steps[1:-1]:
        row.only_if = "dien_tich > 1"


def no_steps(draft: Draft) -> None:
    draft.steps = draft.steps[:1]
    of(draft, "y_kien").stages = of(draft, "y_kien").readers = None


def result(use: RegisterUse = RegisterUse.open, **values: Any) -> Wrong:
    """A result in a register of two fields, the first of them demanded, with these changes."""
    asked = [
        RegisterField(id=uuid7(), key="duong", label="Đường", kind=FieldKind.text, required=True),
        RegisterField(id=uuid7(), key="chu", label="Chủ", kind=FieldKind.person),
    ]
    book = Register(name="Sổ cấp phép", code="so_cap_phep", use=use, data_fields=asked)
    first = {"act": ResultAct.create, "fills": "duong = noi_dung"}
    row = {"id": uuid7(), "code": "gp", "name": "Giấy phép", "register": book}
    return lambda draft: draft.results.append(ProcedureResult(**{**row, **first, **values}))


def action(step: int, kind: ActionKind, **values: Any) -> Wrong:
    """Something that a step does by itself."""
    row = {"id": uuid7(), "step": step, "kind": kind, "moment": ActionMoment.exit}
    return lambda draft: draft.actions.append(StepAction(**{**row, **values}))
