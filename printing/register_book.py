"""The register of dossiers (Mẫu 06 of TT 01/2018, Mẫu 07 of TT 03/2025): A4 landscape."""

from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Paragraph, Spacer, Table

from domain.unicode import nfc
from printing import text, typefaces
from printing.contexts import RegisterBookContext, RegisterRow
from printing.engine import PageSize
from printing.tables import Column, LongTableSpec, render_table

HEADER = (
    (
        "STT", "Mã hồ sơ", "Tên TTHC", "Số lượng hồ sơ (bộ)", "Tên cá nhân, tổ chức",
        "Địa chỉ, số điện thoại", "Cơ quan chủ trì giải quyết", "Nhận và trả kết quả",
        "", "", "", "", "Ghi chú",
    ),
    (
        "", "", "", "", "", "", "", "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả",
        "Phương thức nhận kết quả", "Ký nhận", "",
    ),
)  # fmt: skip
SHARES = (10, 24, 36, 11, 31, 38, 26, 17, 17, 17, 19, 15, 18)
CENTRED = {0, 1, 3, 7, 8, 9, 10}
HEAD_STYLE = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER")]
SPANS = (
    *(((column, 0), (column, 1)) for column in (0, 1, 2, 3, 4, 5, 6, 12)),
    ((7, 0), (11, 0)),
)


def draw(sheet: RegisterBookContext, *, title: str, note: str, paper: PageSize) -> bytes:
    """The book as PDF bytes: head on the first page, table, closing line and signatures."""
    typefaces.register()
    spec = LongTableSpec(
        title=title,
        columns=[
            Column(share=share, centred=index in CENTRED) for index, share in enumerate(SHARES)
        ],
        header=HEADER,
        rows=[_cells(row) for row in sheet.rows],
        spans=SPANS,
        before=_opening(sheet, title, note),
        after=_closing(sheet),
    )
    return render_table(spec, paper=paper)


def _cells(row: RegisterRow) -> tuple[str, ...]:
    return (
        text.two_digits(row.order),
        row.code,
        row.procedure,
        text.two_digits(row.sets),
        row.applicant,
        "\n".join(filter(None, (row.address, row.phone))),
        row.lead_unit,
        text.short_moment(row.received_at),
        text.short_moment(row.due_at),
        text.short_moment(row.returned_at),
        row.result_channel,
        "",
        row.note,
    )


def _paragraph(
    words: str, *, face: str = typefaces.REGULAR, size: float = 12, **style: Any
) -> Paragraph:
    """A centred line of plain words; reportlab would read markup in them, so they are escaped."""
    look = ParagraphStyle(
        "", fontName=face, fontSize=size, leading=size * 1.2, **{"alignment": TA_CENTER, **style}
    )
    return Paragraph(escape(nfc(words)), look)


def _opening(sheet: RegisterBookContext, title: str, note: str) -> list[Flowable]:
    left = [
        _paragraph(sheet.head.superior.upper()),
        _paragraph(sheet.head.name.upper(), face=typefaces.BOLD),
        HRFlowable("30%", 0.6, color="black", spaceBefore=3, spaceAfter=1),
    ]
    right = [
        _paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", face=typefaces.BOLD),
        _paragraph("Độc lập - Tự do - Hạnh phúc", face=typefaces.BOLD, size=13),
        HRFlowable("41%", 0.6, color="black", spaceBefore=3, spaceAfter=1),
    ]
    period = f"Từ {text.day(sheet.first_day)} đến {text.day(sheet.last_day)}"
    story = [
        Table([[left, right]], ["50%", "50%"], style=HEAD_STYLE),
        _paragraph(title.upper(), face=typefaces.BOLD, size=14, spaceBefore=6),
        _paragraph(f"Quyển số: {text.or_gap(sheet.book)}"),
        _paragraph(period, face=typefaces.ITALIC),
        Spacer(1, 6),
    ]
    if note:
        style = {"alignment": TA_RIGHT}
        story.insert(0, _paragraph(note, face=typefaces.ITALIC, size=9, **style))
    if sheet.reprint:
        story.insert(0, _paragraph(_reprint(sheet), face=typefaces.BOLD, size=10))
    return story


def _reprint(sheet: RegisterBookContext) -> str:
    assert sheet.reprint is not None
    return f"BẢN IN LẠI (lần {sheet.reprint.number}) lúc {text.moment(sheet.reprint.at)}"


def _closing(sheet: RegisterBookContext) -> list[Flowable]:
    """How many dossiers the pages hold, then who kept the book and who closes it."""
    signer = sheet.signer
    posts = ["NGƯỜI GHI SỔ", signer.title.upper() if signer else ""]
    names = [sheet.keeper, signer.name if signer else ""]
    place = f"{sheet.head.place_name}, {text.day(sheet.issued_at)}"
    rows = [
        ["", _paragraph(place, face=typefaces.ITALIC)],
        [_paragraph(post, face=typefaces.BOLD) for post in posts],
        [Spacer(1, 42), Spacer(1, 42)],
        [_paragraph(name, face=typefaces.BOLD) for name in names],
    ]
    total = f"Tổng cộng: {text.two_digits(len(sheet.rows))} hồ sơ."
    return [
        Spacer(1, 6),
        KeepTogether([_paragraph(total, alignment=0), Table(rows, ["50%", "50%"])]),
    ]
