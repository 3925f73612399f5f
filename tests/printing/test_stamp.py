"""Papers of a draft on trial say so on every page, and no other paper does."""

import io

from pypdf import PdfReader

from printing.engine import A4, A5, page_count, render_pdf
from printing.stamp import stamped

LONG = "<p>Dòng chữ</p>" * 120


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_every_page_bears_the_words_and_keeps_its_own() -> None:
    with stamped("BẢN THỬ"):
        pdf = render_pdf(LONG, title="Phiếu", paper=A4)
    found = pages(pdf)
    assert len(found) > 1 and all("BẢN THỬ" in page and "Dòng chữ" in page for page in found)
    assert page_count(pdf) == len(found)


def test_outside_the_block_nothing_is_stamped() -> None:
    with stamped("BẢN THỬ"):
        pass
    assert "BẢN THỬ" not in "".join(pages(render_pdf("<p>x</p>", title="", paper=A5)))
