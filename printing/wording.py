"""The words of the forms: kept values as paper says them, always in Vietnamese."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from domain.codes import FeeMoment, TermUnit
from domain.deadline import Term
from models.dossier import Dossier, DossierPaper
from models.fee import DossierFee
from models.organisation import Unit
from models.procedure import FeeRule
from printing import contexts as c

#: From this day the forms of TT 03/2025/TT-VPCP are used (day of entry into force: chưa xác minh).
FORMS_OF_2025 = date(2025, 9, 15)
_UNITS = {
    TermUnit.wd: "ngày làm việc",
    TermUnit.wh: "giờ làm việc",
    TermUnit.cd: "ngày",
}
_MOMENTS = {
    FeeMoment.on_receipt: "thu khi tiếp nhận",
    FeeMoment.on_supplement: "thu khi bổ sung hồ sơ",
    FeeMoment.on_return: "thu khi trả kết quả",
}
_METHODS = {"cash": "tiền mặt", "transfer": "chuyển khoản", "card": "thẻ", "qr": "quét mã QR"}


def edition(day: date) -> c.Edition:
    """The circular whose forms are used on that day."""
    return "2025" if day >= FORMS_OF_2025 else "2018"


def is_center(counter: Unit) -> bool:
    """Whether the counter is a public administrative service centre (NĐ 118/2025, NĐ 309/2026)."""
    return counter.abbr == "TTPVHCC"


def head(agency: Unit, counter: Unit | None) -> c.OfficeHead:
    """Who issues: the agency, and its centre where it has one."""
    center = counter is not None and is_center(counter)
    return c.OfficeHead(
        superior=agency.full_name,
        place_name=agency.place_name or agency.name,
        office=counter.full_name if center and counter else "",
        is_center=center,
        phone=(counter.phone if counter else None) or agency.phone or "",
        address=(counter.address if counter else None) or agency.address or "",
    )


def body_head(body: Unit) -> c.OfficeHead:
    """A body that issues in its own name: under the one above it, if any (NĐ 30/2020 Phụ lục I).

    A people's committee has none above it on paper; a department stands under its committee.
    """
    above = body.parent if not is_committee(body) else None
    agency = body if body.is_agency else body.parent or body
    return c.OfficeHead(
        superior=above.full_name if above else "",
        place_name=body.place_name or agency.place_name or agency.name,
        office=body.full_name,
        is_body=True,
        phone=body.phone or agency.phone or "",
        address=body.address or agency.address or "",
    )


def is_committee(body: Unit) -> bool:
    """Whether this is a people's committee, which is signed for “TM.”."""
    return body.full_name.startswith("Ủy ban nhân dân")


def owner(dossier: Dossier) -> c.Party:
    """The applicant as the dossier's snapshot has it; a body's number is its tax code."""
    number = dossier.owner_id_number or ""
    body = dossier.owner_kind in ("enterprise", "organisation")
    return c.Party(
        name=dossier.owner_name,
        id_no="" if body else number,
        tax_code=number if body else "",
        address=dossier.owner_address or "",
        phone=dossier.owner_phone or "",
        email=dossier.owner_email or "",
    )


def submitter(dossier: Dossier) -> c.Party | None:
    """The person who hands the dossier in for the owner, if another one."""
    if not dossier.submitter_name:
        return None
    return c.Party(
        name=dossier.submitter_name,
        id_no=dossier.submitter_id_number or "",
        phone=dossier.submitter_phone or "",
    )


def land(details: dict[str, Any]) -> c.LandParcel | None:
    """The parcel of a land dossier, as entered at the counter under `land`."""
    parcel = details.get("land") or {}
    values = {name: str(parcel.get(name) or "") for name in c.LandParcel.__slots__}
    return c.LandParcel(**values) if any(values.values()) else None


def papers(rows: Iterable[DossierPaper]) -> Iterator[c.PaperLine]:
    """The papers handed in; originals and copies of one paper are two lines, one used again is one."""
    for row in rows:
        if row.handed_in and row.note and not (row.originals or row.copies):
            yield c.PaperLine(name=f"{row.name} ({row.note})", kind="Bản đã nộp", quantity=1)
        elif row.handed_in:
            counts = {"Bản chính": row.originals, "Bản sao": row.copies}
            for kind, quantity in counts.items():
                if quantity or (kind == "Bản chính" and not any(counts.values())):
                    yield c.PaperLine(name=row.name, kind=kind, quantity=quantity or 1)


def copies_asked(kind: str | None) -> dict[str, int]:
    """One of the kind that was asked for, by its column on the supplement request."""
    column = {"original": "originals", "certified": "certified", "copy": "photocopies"}
    return {column[kind]: 1} if kind in column else {}


def term(text: str | None) -> str:
    """“3wd” → “03 ngày làm việc”."""
    if not text:
        return ""
    found = Term.parse(text)
    if found.unit is TermUnit.same_day:
        return "trong ngày làm việc"
    return f"{found.amount:02d} {_UNITS[found.unit]}"


def fees(rows: Iterable[DossierFee]) -> Iterator[c.FeeLine]:
    """Fees with the moment they are due, or that they have been paid."""
    for row in rows:
        paid = row.amount > 0 and row.paid >= row.amount
        yield c.FeeLine(
            name=row.name, amount=row.amount, when="đã thu" if paid else _MOMENTS[row.moment]
        )


def open_fees(rules: Iterable[FeeRule]) -> Iterator[c.FeeLine]:
    """Fees whose amount is written only on return."""
    for rule in rules:
        yield c.FeeLine(name=rule.name, amount=None, when=_MOMENTS[rule.moment])


def result_place(dossier: Dossier) -> str:
    """Where the applicant wants the result (NĐ 61/2018 Đ20)."""
    if dossier.return_method == "counter":
        return str(dossier.counter.full_name)
    way = {"post": "Qua dịch vụ bưu chính công ích", "online": "Bản điện tử"}
    found = way.get(dossier.return_method, "")
    return ": ".join(filter(None, (found, dossier.return_address)))


def method(code: str) -> str:
    """How was paid."""
    return _METHODS.get(code, code)


def signer(title: str, name: str, body: Unit | None) -> c.Signer:
    """Who signs for the body that issues; None: the counter, for which nobody else is signed.

    A people's committee is signed for “TM.”, a deputy signs “KT.” (NĐ 30/2020 Phụ lục I).
    """
    post = title.split(" Ủy ban")[0] or "Thủ trưởng cơ quan, đơn vị"
    if body is not None and post.startswith("Phó "):
        return c.Signer(authority=f"KT. {_first_upper(post[4:])}", title=post, name=name)
    committee = body is not None and is_committee(body)
    return c.Signer(authority="TM. Ủy ban nhân dân" if committee else "", title=post, name=name)


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
