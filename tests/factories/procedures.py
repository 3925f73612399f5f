"""A procedure with data of its own: temporary use of part of a roadway or pavement.

Rows are written directly, as the designer would leave them; that they can be made in a browser is
tested elsewhere.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from domain.codes import FeeMoment, StepKind
from domain.field_kinds import FieldKind as K
from domain.roles import Role
from models.base import db
from models.ids import uuid7
from models.organisation import Unit
from models.procedure import (
    DataField,
    FeeRule,
    Level,
    Procedure,
    ProcedureField,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
    VersionState,
)

STREET = "1.000999"
#: key → kind, label, and what differs from the defaults.
FIELDS: tuple[tuple[str, K, str, dict[str, Any]], ...] = (
    ("muc_vi_tri", K.heading, "Vị trí sử dụng", {"help": "Ghi theo bản vẽ mặt bằng kèm theo."}),
    ("tuyen_duong", K.text, "Tuyến đường", {"required": True, "listed": True, "searched": True}),
    (
        "muc_dich",
        K.choice,
        "Mục đích sử dụng",
        {
            "required": True,
            "listed": True,
            "choices": "xe = Trông giữ xe\nvat_lieu = Trung chuyển vật liệu\n"
            "dam_cuoi = Đám cưới, đám tang\nkhac = Mục đích khác",
        },
    ),
    (
        "muc_dich_khac",
        K.text,
        "Nói rõ mục đích",
        {"show_if": 'muc_dich = "khac"', "required": True},
    ),
    (
        "dien_tich",
        K.number,
        "Diện tích (m²)",
        {"required": True, "least": "1", "most": "500", "listed": True},
    ),
    ("tu_ngay", K.date, "Từ ngày", {"required": True, "listed": True}),
    (
        "den_ngay",
        K.date,
        "Đến ngày",
        {
            "required": True,
            "check": "den_ngay >= tu_ngay",
            "check_message": "Ngày kết thúc không được trước ngày bắt đầu.",
        },
    ),
    ("so_ngay", K.number, "Số ngày", {"calculated": "days(tu_ngay, den_ngay)"}),
    (
        "don_vi_thi_cong",
        K.organisation,
        "Đơn vị thi công",
        {"show_if": 'muc_dich = "vat_lieu"', "required_if": "dien_tich > 50"},
    ),
    ("phuong_tien", K.group, "Phương tiện", {"show_if": 'muc_dich = "xe"'}),
    ("loai_xe", K.text, "Loại xe", {"group": "phuong_tien", "required": True}),
    ("so_luong", K.number, "Số lượng", {"group": "phuong_tien", "least": "1"}),
    (
        "tong_xe",
        K.number,
        "Tổng số xe",
        {"calculated": 'sum(phuong_tien, "so_luong")', "show_if": 'muc_dich = "xe"'},
    ),
    ("cam_ket", K.yes_no, "Cam kết hoàn trả mặt bằng", {"required": True}),
    (
        "ket_qua_kiem_tra",
        K.long_text,
        "Kết quả kiểm tra thực địa",
        {"stages": "2", "required": True, "readers": "officer\nhead\nleader"},
    ),
)
#: name, and what differs.
DOCUMENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Đơn đề nghị cấp giấy phép", {}),
    ("Bản vẽ mặt bằng vị trí sử dụng", {"copies": 1}),
    ("Giấy ủy quyền", {"condition": "authorised", "condition_text": "Nộp hồ sơ theo ủy quyền"}),
    ("Phương án bảo đảm giao thông", {"only_if": "dien_tich > 50"}),
    ("Hợp đồng thi công", {"only_if": 'muc_dich = "vat_lieu"', "required": False}),
)
#: kind, role, department, term, and what differs.
STEPS: tuple[tuple[StepKind, Role, str, str | None, dict[str, Any]], ...] = (
    (StepKind.receive, Role.clerk, "MC", "2wh", {}),
    (StepKind.work, Role.officer, "TCKH", "2wd", {"group": 1}),
    (StepKind.consult, Role.officer, "KTHT", "1wd", {"group": 1, "silence": True}),
    (StepKind.sign, Role.head, "TCKH", "4wh", {"only_if": "dien_tich > 20"}),
    (StepKind.sign, Role.leader, "UBND", "4wh", {}),
    (StepKind.return_result, Role.clerk, "MC", "2wh", {}),
)


def street_permit(
    state: VersionState = VersionState.published, start: dt.date = dt.date(2010, 1, 1)
) -> ProcedureVersion:
    """Twelve questions, two cases of papers, an opinion beside the work, a fee by area and days."""
    agency = db.session.scalars(sa.select(Unit).where(Unit.code == "DL-648")).one()
    own = {"agency_id": agency.id}
    procedure = Procedure(
        id=uuid7(),
        code=STREET,
        name="Cấp giấy phép sử dụng tạm thời một phần lòng đường, hè phố",
        level=Level.district,
        procedure_field=db.session.scalars(sa.select(ProcedureField)).first(),
        search_key="1 000999 cap giay phep su dung tam thoi mot phan long duong he pho gpsdld",
        **own,
    )
    version = ProcedureVersion(
        id=uuid7(),
        procedure=procedure,
        key="1",
        state=state,
        valid_from=start,
        legal_term="5wd",
        **own,
    )
    db.session.add_all([procedure, version])
    own |= {"version": version}
    for place, (key, kind, label, more) in enumerate(FIELDS, 1):
        db.session.add(
            DataField(position=place, key=key, kind=kind, label=label, **{**more, **own})
        )
    for place, (name, more) in enumerate(DOCUMENTS, 1):
        db.session.add(RequiredDocument(position=place, name=name, **{**more, **own}))
    for place, (kind, role, function, term, more) in enumerate(STEPS, 1):
        db.session.add(
            ProcedureStep(
                position=place,
                kind=kind,
                role=role,
                function=function,
                term=term,
                name=f"Bước {place}",
                **{**more, **own},
            )
        )
    db.session.add(
        FeeRule(
            code="PSDLD",
            name="Phí sử dụng tạm thời lòng đường, hè phố",
            amount=1000,
            moment=FeeMoment.on_receipt,
            quantity="dien_tich * so_ngay",
            free_if='muc_dich = "dam_cuoi"',
            **own,
        )
    )
    db.session.commit()
    return version


#: What a clerk types for it: forty square metres for parking, for ten days.
TYPED: dict[str, Any] = {
    "tuyen_duong": "Đường Hùng Vương",
    "muc_dich": "xe",
    "dien_tich": "40",
    "tu_ngay": "1/5/2026",
    "den_ngay": "10/5/2026",
    "phuong_tien": [{"loai_xe": "Xe máy", "so_luong": "30"}, {"loai_xe": "Ô tô", "so_luong": "2"}],
    "cam_ket": "1",
}
