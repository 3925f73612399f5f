"""A register with fields of its own: permits for temporary use of roads and pavements.

Rows are written directly, as the designer would leave them.
"""

from typing import Any

import sqlalchemy as sa

from domain.codes import ResultAct
from domain.field_kinds import FieldKind as K
from models.base import db
from models.ids import uuid7
from models.organisation import Unit
from models.outcome import ActionKind, ActionMoment, ProcedureResult, StepAction
from models.procedure import ProcedureVersion
from models.register import Register, RegisterField, RegisterUse

CODE = "gp_long_duong"
#: key → kind, label, and what differs from the defaults.
FIELDS: tuple[tuple[str, K, str, dict[str, Any]], ...] = (
    ("chu_giay_phep", K.text, "Người được cấp phép", {"required": True}),
    ("tuyen_duong", K.text, "Tuyến đường", {"required": True, "listed": True, "searched": True}),
    (
        "muc_dich",
        K.choice,
        "Mục đích sử dụng",
        {
            "listed": True,
            "choices": "xe = Trông giữ xe\nvat_lieu = Trung chuyển vật liệu\n"
            "dam_cuoi = Đám cưới, đám tang\nkhac = Mục đích khác",
        },
    ),
    ("dien_tich", K.number, "Diện tích (m²)", {"required": True, "least": "1", "listed": True}),
    ("tu_ngay", K.date, "Từ ngày", {"required": True}),
    ("den_ngay", K.date, "Đến ngày", {"required": True, "check": "den_ngay >= tu_ngay"}),
    ("phuong_tien", K.group, "Phương tiện", {}),
    ("loai_xe", K.text, "Loại xe", {"group": "phuong_tien"}),
    ("so_luong", K.number, "Số lượng", {"group": "phuong_tien"}),
    ("ghi_chu", K.long_text, "Ghi chú nội bộ", {"readers": "head\nleader"}),
)


def street_register(use: RegisterUse = RegisterUse.open, **more: Any) -> Register:
    """Permits of roads: valid from and to by their own dates, numbers 001/2026/GP-SDLĐ."""
    agency = db.session.scalars(sa.select(Unit).where(Unit.code == "DL-648")).one()
    values: dict[str, Any] = {
        "code": CODE,
        "name": "Sổ cấp giấy phép sử dụng tạm thời lòng đường, hè phố",
        "entry": "Giấy phép",
        "pattern": "{so:3}/{nam}/GP-SDLĐ",
        "holder_key": "chu_giay_phep",
        "starts_key": "tu_ngay",
        "ends_key": "den_ngay",
        "writers": "clerk\nregistrar",
        "revokers": "leader",
        "exporters": "head\nleader\nauditor",
    }
    made = Register(id=uuid7(), agency_id=agency.id, use=use, **{**values, **more})
    db.session.add(made)
    for place, (key, kind, label, rest) in enumerate(FIELDS, 1):
        db.session.add(
            RegisterField(
                agency_id=agency.id,
                register=made,
                position=place,
                key=key,
                kind=kind,
                label=label,
                **rest,
            )
        )
    db.session.commit()
    return made


def writes_into(version: ProcedureVersion, register: Register, **more: Any) -> ProcedureResult:
    """The dossiers of a version end with a new entry; the holder is whoever applied."""
    values: dict[str, Any] = {
        "code": "giay_phep",
        "name": "Giấy phép sử dụng lòng đường",
        "act": ResultAct.create,
        "fills": "chu_giay_phep = chu_ho_so\ndien_tich = dien_tich",
        "position": 1,
    }
    made = ProcedureResult(
        id=uuid7(),
        agency_id=version.agency_id,
        version=version,
        register=register,
        **{**values, **more},
    )
    db.session.add(made)
    db.session.commit()
    return made


def does(
    version: ProcedureVersion, step: int, kind: ActionKind, moment: ActionMoment, **more: Any
) -> StepAction:
    """Something that a step of a version does by itself."""
    made = StepAction(
        id=uuid7(),
        agency_id=version.agency_id,
        version=version,
        step=step,
        kind=kind,
        moment=moment,
        position=len(version.actions) + 1,
        **more,
    )
    db.session.add(made)
    db.session.commit()
    return made


#: What a clerk types of a permit from the paper book.
TYPED: dict[str, Any] = {
    "chu_giay_phep": "Nguyễn Thị Hoa",
    "tuyen_duong": "Đường Hùng Vương",
    "muc_dich": "xe",
    "dien_tich": "40",
    "tu_ngay": "1/5/2026",
    "den_ngay": "10/5/2026",
    "phuong_tien": [{"loai_xe": "Xe máy", "so_luong": "30"}],
}
