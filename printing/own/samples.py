"""Dummy values of every form, for looking at a template and for trying it before it is published.

People and places are made up. `full` fills in everything a form can show, `bare` only what it always has:
a template must print both.
"""

import dataclasses
import types
import typing
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from domain.data_fields import FieldSpec
from domain.field_kinds import PARTS, FieldKind
from printing.contexts import OfficeHead, OwnPaperContext, Sheet
from printing.registry import PAPERS

_BODY = "Ủy ban nhân dân phường Hoa Phượng"
#: Field of a context, or Class.field → what it says.
_TEXTS: dict[str, str] = {
    "superior": _BODY,
    "place_name": "Hoa Phượng",
    "OfficeHead.phone": "0262 3000 111",
    "OfficeHead.address": "Số 1 đường Hoa Ban",
    "number": "05/TNHS",
    "edition": "2025",
    "code": "H15.00.00-260105-0001",
    "qr": "https://motcua.example/tra-cuu/H15.00.00-260105-0001",
    "lookup_url": "motcua.example/theo-doi-ho-so",
    "request": "Cấp giấy phép sử dụng tạm thời một phần hè phố",
    "procedure": "Cấp giấy phép sử dụng tạm thời một phần lòng đường, hè phố",
    "term": "05 ngày làm việc",
    "officer": "Nguyễn Thị Ước",
    "submitter_role": "người được ủy quyền",
    "result": "Đồng ý cấp phép",
    "result_place": "Trung tâm Phục vụ hành chính công",
    "book": "01/2026",
    "order": "0001",
    "Party.name": "H’Hương Êban",
    "id_no": "066099000123",
    "tax_code": "6001234567",
    "address": "Buôn Kô Tam, phường Hoa Phượng, tỉnh Đắk Lắk",
    "phone": "0905 123 456",
    "email": "huong.eban@thu.example",
    "title": "Chủ tịch",
    "authority": "TM. Ủy ban nhân dân",
    "Signer.name": "Trần Đình Khuê",
    "PaperLine.name": "Đơn đề nghị cấp giấy phép",
    "PaperLine.kind": "Bản chính",
    "FeeLine.name": "Phí sử dụng tạm thời hè phố",
    "when": "thu khi tiếp nhận",
    "paper": "Bản vẽ mặt bằng vị trí sử dụng",
    "wrong": "thiếu chữ ký",
    "needed": "bổ sung chữ ký ở trang 2",
    "unit": "Phòng Kinh tế, Hạ tầng và Đô thị",
    "giver": "Nguyễn Thị Ước",
    "taker": "Y Thuân Mlô",
    "outcome": "on_time",
    "note": "Hồ sơ giấy 07 tờ",
    "map_sheet": "27",
    "parcel_no": "153",
    "area": "1.250,4 m²",
    "reason": "Hồ sơ chưa đủ thành phần theo quy định của thủ tục.",
    "contact_name": "Nguyễn Thị Ước",
    "legal_basis": "Nghị định số 165/2024/NĐ-CP",
    "guidance": "Nộp lại hồ sơ khi đã bổ sung đủ giấy tờ.",
    "agency": "Phòng Kinh tế, Hạ tầng và Đô thị",
    "cashier": "Hồ Thị Lựu",
    "method": "tiền mặt",
    "series": "AA-26T",
    "returned": "Văn bản ủy quyền",
    "register": "Sổ cấp giấy phép sử dụng tạm thời lòng đường, hè phố",
    "EntryFacts.number": "012/2026/GP-SDLĐ",
    "holder": "H’Hương Êban",
    "state": "còn hiệu lực",
    "replaces": "007/2025/GP-SDLĐ",
    "recipients": "Như trên",
}
_AMOUNT = 105_000


def full(form: str, at: datetime) -> Sheet:
    """Everything that the form can show, at that moment."""
    return _sheet(form, at, whole=True)


def bare(form: str, at: datetime) -> Sheet:
    """Only what the form always has: no optional value, no line."""
    return _sheet(form, at, whole=False)


def data(fields: Iterable[FieldSpec], *, whole: bool = True) -> dict[str, Any]:
    """The dossier's own fields, filled in or empty."""
    asked = [spec for spec in fields if spec.kind is not FieldKind.heading]
    if not whole:
        return {spec.key: [] if spec.kind is FieldKind.group else "" for spec in asked}
    return {spec.key: _answer(spec) for spec in asked}


_ANSWERS = {
    FieldKind.number: "12,5",
    FieldKind.money: "1.250.000 đồng",
    FieldKind.date: "05/01/2026",
    FieldKind.yes_no: "Có",
    FieldKind.id_number: _TEXTS["id_no"],
    FieldKind.tax_code: _TEXTS["tax_code"],
    FieldKind.phone: _TEXTS["phone"],
    FieldKind.email: _TEXTS["email"],
    FieldKind.person: f"{_TEXTS['Party.name']}, {_TEXTS['id_no']}",
    FieldKind.organisation: "Công ty TNHH Hoa Ban, 6001234567",
    FieldKind.address: "Số 12 đường Hoa Ban, phường Hoa Phượng",
    FieldKind.file: "anh-hien-trang.jpg",
    FieldKind.land_parcel: "tờ 27, thửa 153, 1.250,4 m²",
}


_PARTS = {
    "name": _TEXTS["Party.name"],
    "id_number": _TEXTS["id_no"],
    "birth_date": "05/01/1985",
    "phone": _TEXTS["phone"],
    "address": "Số 12 đường Hoa Ban, phường Hoa Phượng",
    "tax_code": _TEXTS["tax_code"],
    "representative": _TEXTS["Party.name"],
    "commune": "phường Hoa Phượng",
    "detail": "Số 12 đường Hoa Ban",
    "map_sheet": "27",
    "parcel_no": "153",
    "area": "1.250,4 m²",
}


def _answer(spec: FieldSpec) -> Any:
    if spec.kind is FieldKind.group:
        row = {column.key: _answer(column) for column in spec.columns}
        return [row, dict(row)]
    if spec.choices:
        return spec.choices[0][1]
    if spec.kind in PARTS:
        parts = {part: _PARTS[part] for part in PARTS[spec.kind]}
        return {"": _ANSWERS[spec.kind], **parts}
    return _ANSWERS.get(spec.kind, f"({spec.label.lower()})")


def _sheet(form: str, at: datetime, *, whole: bool) -> Sheet:
    paper = PAPERS.get(form)
    kind = paper.context if paper else OwnPaperContext
    sheet: Sheet = _made(kind, at, whole)
    if paper is None:  # in the name of the body, not of its counter
        head = OfficeHead(superior="", place_name=_TEXTS["place_name"], office=_BODY, is_body=True)
        number = "12/GP-UBND" if whole else ""
        return dataclasses.replace(sheet, reprint=None, head=head, number=number)
    return dataclasses.replace(sheet, reprint=None)


def _made(kind: type[Any], at: datetime, whole: bool) -> Any:
    hints = typing.get_type_hints(kind)
    values = {}
    for part in dataclasses.fields(kind):
        optional = part.default is not dataclasses.MISSING
        if whole or not optional:
            values[part.name] = _value(hints[part.name], part.name, kind, at, whole)
    return kind(**values)


def _value(hint: Any, name: str, owner: type[Any], at: datetime, whole: bool) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        only = next(part for part in inner if part is not type(None))
        return _value(only, name, owner, at, whole) if whole else None
    if origin is tuple:
        one = _value(inner[0], name, owner, at, whole)
        return (one, one) if whole else ()
    if dataclasses.is_dataclass(hint):
        return _made(typing.cast(type[Any], hint), at, whole)
    if hint is datetime:
        return at + timedelta(days=7) if name in ("due_at", "new_due_at", "reply_by") else at
    if hint is date:
        return at.date()
    if hint is bool:
        return False
    if hint is int:
        return _AMOUNT if name == "amount" else 1
    return _TEXTS.get(f"{owner.__name__}.{name}") or _TEXTS.get(name, "")
