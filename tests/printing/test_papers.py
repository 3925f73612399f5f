"""Every paper: its sheet, its form number, its head, and every value it was given."""

import io
import re
from dataclasses import fields, is_dataclass
from datetime import date, datetime

import pypdf
import pytest

from domain.money import format_vnd, in_words
from printing import contexts, text
from printing.engine import PaperError, page_count
from printing.registry import PAPERS, render
from tests.printing import samples
from tests.printing.conftest import squeezed

MM = 72 / 25.4
NOT_SHOWN = {
    "edition",
    "qr",
    "is_center",
    "is_body",
    "title",
}  # title and authority print in capitals
OUTCOMES = {"early": "Trước hạn", "on_time": "Đúng hạn", "late": "Quá hạn", "": ""}


# What the forms of one-stop offices do not ask for (Mẫu 02-06); the slip shows all but the address
# of the office.
HEAD_LEFT_OUT = dict.fromkeys(PAPERS, ("address", "phone")) | {
    "receipt_slip": ("address",),
    "supplement_request": (),
}
PARTY_LEFT_OUT = {
    "supplement_request": ("id_no",),
    "apology": ("id_no", "phone", "email"),
    "stop_notice": ("id_no", "phone", "email"),
    "control_slip": ("id_no", "address", "phone", "email"),
    "fee_receipt": ("phone", "email"),
    "cover_sheet": ("id_no", "address", "phone", "email"),
}


def shown(value: object, name: str = "") -> list[str]:
    """How each value of a context must appear on its paper."""
    if is_dataclass(value):
        parts = [(f.name, getattr(value, f.name)) for f in fields(value)]
        return [part for key, item in parts for part in shown(item, key)]
    if isinstance(value, tuple):
        return [part for item in value for part in shown(item)]
    if name in NOT_SHOWN or value is None or value == "":
        return []
    if isinstance(value, datetime | date):
        return [text.day(value) if name == "issued_at" else f"~{value.isoformat()}"]
    if name == "outcome":
        return [OUTCOMES[str(value)]]
    if isinstance(value, int):
        return [format_vnd(value) if name == "amount" else str(value)]
    return [str(value)]


def moments_of(value: object) -> list[datetime]:
    if is_dataclass(value):
        return [m for f in fields(value) for m in moments_of(getattr(value, f.name))]
    if isinstance(value, tuple):
        return [moment for item in value for moment in moments_of(item)]
    return [value] if isinstance(value, datetime) else []


@pytest.mark.parametrize("code", list(PAPERS))
def test_paper_shows_every_value_it_is_given(code, words):
    context = samples.ALL[code]()
    read = words(render(code, context, strict=True)).casefold()
    left_out = {getattr(context.head, name) for name in HEAD_LEFT_OUT.get(code, ())}
    left_out |= {getattr(samples.APPLICANT, name) for name in PARTY_LEFT_OUT.get(code, ())}
    for part in shown(context):
        if not part.startswith("~") and part not in left_out:
            assert squeezed(part).casefold() in read, part


@pytest.mark.parametrize("code", [code for code in PAPERS if code != "register_book"])
def test_paper_writes_its_moments_in_words(code, words):
    context = samples.ALL[code]()
    read = words(render(code, context)).casefold()
    for at in moments_of(context):
        assert squeezed(text.day(at)).casefold() in read
    if code != "refusal":
        assert any(squeezed(text.moment(at)).casefold() in read for at in moments_of(context))


@pytest.mark.parametrize("code", list(PAPERS))
def test_paper_text_is_vietnamese_with_motto_on_one_line(code, layout):
    lines = layout(render(code, samples.ALL[code](), strict=True)).splitlines()
    for motto in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"):
        assert any(motto in line for line in lines), motto


@pytest.mark.parametrize(
    ("code", "width", "height"),
    [
        (code, 148, 210)
        for code in PAPERS
        if code not in {"control_slip", "cover_sheet", "register_book"}
    ]
    + [("control_slip", 210, 297), ("cover_sheet", 210, 297), ("register_book", 297, 210)],
)
def test_paper_has_the_prescribed_size_on_every_page(code, width, height):
    pages = pypdf.PdfReader(io.BytesIO(render(code, samples.ALL[code]()))).pages
    for page in pages:
        assert float(page.mediabox.width) == pytest.approx(width * MM, abs=0.5)
        assert float(page.mediabox.height) == pytest.approx(height * MM, abs=0.5)


@pytest.mark.parametrize(
    ("code", "of_2018", "of_2025"),
    [
        ("receipt_slip", "01", "01"),
        ("supplement_request", "02", "02"),
        ("refusal", "03", "03"),
        ("apology", "04", "04"),
        ("stop_notice", "", "05"),
        ("control_slip", "05", "06"),
        ("register_book", "06", "07"),
        ("fee_receipt", "", ""),
        ("cover_sheet", "", ""),
    ],
)
def test_paper_names_its_form_in_the_circular_of_its_edition(code, of_2018, of_2025, words):
    for edition, number, circular in (
        ("2018", of_2018, "TT01/2018/TT-VPCP"),
        ("2025", of_2025, "TT03/2025/TT-VPCP"),
        ("", "", ""),
    ):
        read = words(render(code, samples.ALL[code](edition=edition)))
        assert (f"Mẫusố{number}({circular})" in read) if number else ("Mẫusố" not in read[:60])


def test_apology_bears_the_title_of_its_edition(words):
    old, new = (words(render("apology", samples.apology(edition=e))) for e in ("2018", "2025"))
    assert squeezed("PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ") in old
    assert squeezed("VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT") in new


@pytest.mark.parametrize("code", list(PAPERS))
def test_paper_says_when_it_is_a_reprint(code, words):
    first = words(render(code, samples.ALL[code]()))
    again = words(render(code, samples.ALL[code](reprint=samples.REPRINT)))
    assert "BẢNINLẠI" not in first
    assert squeezed("BẢN IN LẠI (lần 2) lúc 14 giờ 07 phút, ngày 03 tháng 02 năm 2026") in again


@pytest.mark.parametrize("code", list(PAPERS))
def test_paper_carries_title_and_language_for_readers(code):
    document = pypdf.PdfReader(io.BytesIO(render(code, samples.ALL[code](edition="2018"))))
    assert document.metadata.title == PAPERS[code].title("2018")
    assert document.trailer["/Root"]["/Lang"] == "vi"


BODY = contexts.OfficeHead(
    superior="", office="Ủy ban nhân dân huyện Krông Ana", place_name="Krông Ana", is_body=True
)
LEADER = contexts.Signer(authority="TM. Ủy ban nhân dân", title="Chủ tịch", name="Lê Thị Ảnh")


@pytest.mark.parametrize("code", ["refusal", "apology", "stop_notice"])
def test_letter_of_a_body_bears_its_name_and_no_counter(code, words):
    signed = {"head": BODY, "signer": LEADER, "recipients": ("Người nộp hồ sơ",)}
    read = words(render(code, samples.ALL[code](**signed), strict=True))
    assert "BỘPHẬN" not in read and "Bộphận" not in read
    assert squeezed("ỦY BAN NHÂN DÂN HUYỆN KRÔNG ANA") in read
    assert squeezed("TM. ỦY BAN NHÂN DÂN CHỦ TỊCH Lê Thị Ảnh") in read
    assert "NGƯỜITIẾPNHẬN" not in read


def test_stop_notice_without_a_legal_basis_leaves_the_line_out(words):
    read = words(render("stop_notice", samples.stop(legal_basis="")))
    assert "Căncứ" not in read and "…" not in read


def test_supplement_request_leaves_out_a_telephone_that_is_not_known(words):
    head = contexts.OfficeHead(superior="Ủy ban nhân dân xã Ea Na", place_name="Ea Na")
    read = words(render("supplement_request", samples.supplement(head=head)))
    assert squeezed("liên hệ với Đặng Văn Ổn để được hướng dẫn") in read


def test_every_paper_has_a_file_name_of_its_own_in_plain_letters():
    names = [paper.file for paper in PAPERS.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)+", name) for name in names)


def test_receipt_adds_its_lines_up_and_says_the_sum_in_words(words):
    read = words(render("fee_receipt", samples.receipt()))
    assert format_vnd(126_000) in read
    assert squeezed(in_words(126_000)) in read


def test_head_names_the_centre_of_a_commune(words):
    head = contexts.OfficeHead(superior="UBND xã Ea Na", place_name="Ea Na", is_center=True)
    assert "TRUNGTÂMPHỤCVỤHÀNHCHÍNHCÔNG" in words(render("refusal", samples.refusal(head=head)))


def test_control_slip_leaves_a_gap_for_the_hand_over_still_to_come(words):
    read = words(render("control_slip", samples.control()))
    assert squeezed("2. Nhận: …… giờ …… phút") in read


@pytest.mark.parametrize(
    ("code", "copies", "context"),
    [
        ("no_such_paper", 1, samples.slip()),
        ("refusal", 1, samples.slip()),
        ("refusal", 2, samples.refusal()),
        ("receipt_slip", 3, samples.slip()),
        ("receipt_slip", 0, samples.slip()),
    ],
)
def test_render_refuses_what_is_not_a_paper(code, copies, context):
    with pytest.raises(PaperError):
        render(code, context, copies=copies)


def test_render_refuses_a_moment_without_zone():
    with pytest.raises(ValueError, match="time zone"):
        render("receipt_slip", samples.slip(due_at=datetime(2026, 1, 5, 9, 5)))


@pytest.mark.parametrize("code", [code for code in PAPERS if code != "register_book"])
def test_an_ordinary_paper_is_one_page(code):
    assert page_count(render(code, samples.ALL[code]())) == 1
