"""The marks a scanner must read: the code as Code128, the look-up address as QR."""

import base64
import io

import pytest
from PIL import Image

from printing import codes, registry
from tests.printing import samples


@pytest.mark.parametrize(
    "code", [samples.CODE, "000.00.15.H15-140102-0007", "1709-000123-9", "0123/TNHS"]
)
def test_slip_carries_its_code_and_its_address_as_marks(code, marks):
    address = f"https://motcua.daklak.example/tra-cuu?m={code}&t=3q2-7wAAAADf8Jc1Yk9Xew"
    read = marks(registry.render("receipt_slip", samples.slip(code=code, qr=address)))
    assert read == {f"QR-Code:{address}", f"CODE-128:{code}"}


@pytest.mark.parametrize(
    "paper", [code for code in registry.PAPERS if code not in {"register_book", "cover_sheet"}]
)
def test_every_paper_of_a_dossier_carries_its_marks(paper, marks):
    read = marks(registry.render(paper, samples.ALL[paper]()))
    assert read == {f"CODE-128:{samples.CODE}", f"QR-Code:{samples.QR}"}


def test_a_cover_sheet_carries_the_mark_of_its_paper_and_no_other(marks):
    line = samples.c.CoverLine(number=2, paper="Đơn", qr=f"MC1:{samples.CODE}:2:ABCDEFGHIJKL")
    read = marks(registry.render("cover_sheet", samples.cover(lines=(line,))))
    assert read == {f"QR-Code:{line.qr}"}


@pytest.mark.parametrize("paper", ["supplement_request", "refusal"])
def test_a_paper_from_before_the_receipt_carries_none(paper, marks):
    assert marks(registry.render(paper, samples.ALL[paper](code="", qr=""))) == set()


def test_every_payload_makes_a_readable_mark_under_the_fixed_mask(marks):
    for token in ("A" * 22, "0" * 22, "-_" * 11, "zZ9" * 7, "3q2-7wAAAADf8Jc1Yk9Xew"):
        address = f"https://a.example/{token}"
        assert f"QR-Code:{address}" in marks(
            registry.render("receipt_slip", samples.slip(qr=address))
        )


def test_a_legacy_code_that_code128_cannot_say_prints_without_the_bars(marks, words):
    pdf = registry.render("receipt_slip", samples.slip(code="0123/TNHS-ĐĐ"))
    assert marks(pdf) == {f"QR-Code:{samples.QR}"}
    assert "0123/TNHS-ĐĐ" in words(pdf)


def test_marks_are_pictures_in_memory():
    for address in (codes.qr_image("x"), codes.barcode_image("x")):
        data = base64.b64decode(address.removeprefix(codes.DATA_PREFIX))
        assert Image.open(io.BytesIO(data)).format == "PNG"


def test_marks_refuse_what_they_cannot_say():
    for make, payload in ((codes.qr_image, ""), (codes.barcode_image, "Đ")):
        with pytest.raises(ValueError, match="needs"):
            make(payload)
