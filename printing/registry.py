"""Every paper by its code, and the one call that makes it: `render(code, context)`."""

from dataclasses import dataclass, replace

from printing import contexts, register_book, templates
from printing.contexts import Edition, RegisterBookContext, Sheet
from printing.engine import A4, A4_LANDSCAPE, A5, PageSize, PaperError, page_count, render_pdf

CIRCULARS = {"2018": "TT 01/2018/TT-VPCP", "2025": "TT 03/2025/TT-VPCP"}
COMPACT = 0.9  # the least a form may shrink to stay on one sheet: 8.8 pt on A5
COPY_LABELS = {1: ("",), 2: ("Liên 1: giao người nộp hồ sơ", "Liên 2: lưu cùng hồ sơ")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One form: its name, what it shows, its sheet, how many copies the rule asks for.

    `template` is its folder in `forms/`; None for a long table. `file` begins the name of its
    files, in ASCII: some printers and mail programs spoil other letters. `numbers` is the form
    number in each circular, `renamed` the title where a circular gives another one.
    """

    name: str
    context: type[Sheet]
    template: str | None
    file: str
    size: PageSize
    copies: int = 1
    numbers: dict[Edition, str]
    renamed: dict[Edition, str]

    def heading(self, edition: Edition) -> str:
        """The title the form bears under that circular, with the line break it may ask for."""
        return self.renamed.get(edition, self.name)

    def title(self, edition: Edition) -> str:
        """The same on one line: what a file list or a reader's window shows."""
        return self.heading(edition).replace("\n", " ")

    def form_note(self, edition: Edition) -> str:
        """`Mẫu số 01 (TT 03/2025/TT-VPCP)`, empty when the circular has no such form."""
        number = self.numbers.get(edition)
        return f"Mẫu số {number} ({CIRCULARS[edition]})" if number else ""


def _paper(
    name: str,
    context: type[Sheet],
    size: PageSize,
    numbers: tuple[str, str],
    *,
    template: str | None,
    file: str,
    copies: int = 1,
    in_2025: str = "",
) -> Paper:
    editions: tuple[Edition, Edition] = ("2018", "2025")
    return Paper(
        name=name,
        context=context,
        template=template,
        file=file,
        size=size,
        copies=copies,
        numbers={e: n for e, n in zip(editions, numbers, strict=True) if n},
        renamed={"2025": in_2025} if in_2025 else {},
    )


# Titles and numbers: TT 01/2018/TT-VPCP Đ9; TT 03/2025/TT-VPCP, Phụ lục I (titles only verified).
# Sheets: A5 for the forms, A4 for the book (TT 01/2018 Đ9-10); the control slip is A4 because its
# table of hand-overs, each with two signatures, does not fit A5. The fee receipt is no form of
# these circulars: it carries no form number.
PAPERS: dict[str, Paper] = {
    "receipt_slip": _paper(
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        contexts.SlipContext, A5, ("01", "01"), template="receipt_slip", file="giay-hen", copies=2,
    ),
    "supplement_request": _paper(
        "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
        contexts.SupplementContext, A5, ("02", "02"),
        template="supplement_request", file="phieu-bo-sung",
    ),
    "refusal": _paper(
        "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
        contexts.RefusalContext, A5, ("03", "03"), template="refusal", file="phieu-tu-choi",
    ),
    "apology": _paper(
        "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
        contexts.ApologyContext, A5, ("04", "04"), template="apology", file="phieu-xin-loi",
        in_2025="Văn bản xin lỗi\nvà đề nghị gia hạn thời gian giải quyết",
    ),
    "stop_notice": _paper(
        "Thông báo dừng giải quyết hồ sơ",
        contexts.StopContext, A5, ("", "05"), template="stop_notice", file="thong-bao-dung",
    ),
    "control_slip": _paper(
        "Phiếu kiểm soát quá trình giải quyết hồ sơ",
        contexts.ControlSlipContext, A4, ("05", "06"),
        template="control_slip", file="phieu-kiem-soat",
    ),
    "register_book": _paper(
        "Sổ theo dõi hồ sơ",
        contexts.RegisterBookContext, A4_LANDSCAPE, ("06", "07"), template=None, file="so-theo-doi",
    ),
    "fee_receipt": _paper(
        "Biên nhận thu phí, lệ phí",
        contexts.FeeReceiptContext, A5, ("", ""), template="fee_receipt", file="bien-nhan-phi",
    ),
    # Of the office's own making: it goes into the scanner and back into the drawer.
    "cover_sheet": _paper(
        "Tờ bìa quét",
        contexts.CoverContext, A4, ("", ""), template="cover_sheet", file="to-bia-quet",
    ),
}  # fmt: skip


def render(code: str, context: Sheet, *, copies: int = 1, strict: bool = False) -> bytes:
    """The paper `code` for `context` as PDF bytes; `copies` 1 or 2 in one file (slip only).

    PaperError for an unknown code, a context of another paper, copies the form does not have, or
    what the engine cannot set; ValueError for a moment without time zone or an unfit QR payload.
    """
    paper = PAPERS.get(code)
    if paper is None or not isinstance(context, paper.context):
        raise PaperError(f"no paper {code} for {type(context).__name__}")
    if not 1 <= copies <= paper.copies:
        raise PaperError(f"{code} has no {copies} copies")
    title = paper.title(context.edition)
    if isinstance(context, RegisterBookContext):
        note = paper.form_note(context.edition)
        return register_book.draw(context, title=title, note=note, paper=paper.size)
    assert paper.template is not None
    values = {"sheet": context, "paper": paper, "copies": COPY_LABELS[copies]}
    html = templates.fill(paper.template, values)
    return set_on_paper(html, paper, title, copies=copies, strict=strict)


def set_on_paper(
    html: str, paper: Paper, title: str, *, copies: int = 1, strict: bool = False
) -> bytes:
    """What a template gave, as PDF; in smaller letters where it misses its sheet by a few lines.

    PaperError for what the engine cannot set.
    """
    pdf = render_pdf(html, title=title, paper=paper.size, strict=strict)
    if page_count(pdf) == 2 * copies:
        # A few lines too many: one sheet in smaller letters serves better than a second one.
        smaller = replace(paper.size, base_size=paper.size.base_size * COMPACT)
        compact = render_pdf(html, title=title, paper=smaller, strict=strict)
        pdf = compact if page_count(compact) == copies else pdf
    return pdf
