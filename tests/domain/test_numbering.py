"""The numbers an office gives, and reading them back."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from domain.errors import DomainError
from domain.numbering import (
    KINDS,
    BookNumber,
    DocumentNumber,
    DossierCode,
    ReceiptNumber,
    dossier_code,
    looks_like_code,
    looks_like_legacy_code,
    parse_code,
)

DAY = date(2026, 10, 8)


@pytest.mark.parametrize(
    ("unit", "n", "code"),
    [
        ("H15.50.05", 975, "H15.50.05-261008-0975"),
        ("H15.50.05.13", 1, "H15.50.05.13-261008-0001"),
        ("H15", 9999, "H15-261008-9999"),
        ("H15", 10_000, "H15-261008-10000"),
        ("000.00.15.H15", 7, "000.00.15.H15-261008-0007"),
    ],
)
def test_dossier_code_is_unit_day_and_sequence(unit: str, n: int, code: str) -> None:
    """TT 01/2018 Đ19; after 9999 five digits, never a second 0001 on one day."""
    assert dossier_code(unit, DAY, n) == code
    assert parse_code(code) == (unit, DAY, n)


def test_dossier_code_is_used_up_after_99999() -> None:
    with pytest.raises(DomainError) as caught:
        dossier_code("H15", DAY, 100_000)
    assert caught.value.code == "numbering.exhausted"
    assert "H15" in caught.value.text()


@pytest.mark.parametrize("unit", ["", "h15", "H15.", "H15-50", "H15 50", ".H15", "Đ15"])
def test_dossier_code_refuses_a_unit_without_a_proper_code(unit: str) -> None:
    with pytest.raises(DomainError) as caught:
        DossierCode(unit, DAY)
    assert caught.value.code == "numbering.unit_code"


@pytest.mark.parametrize("scheme", KINDS.values())
def test_numbers_start_at_one(scheme: type) -> None:
    made = {
        DossierCode: lambda: DossierCode("H15", DAY),
        BookNumber: lambda: BookNumber("H15", 2026),
        DocumentNumber: lambda: DocumentNumber("H15", 2026, "TNHS"),
        ReceiptNumber: lambda: ReceiptNumber("H15", 2026),
    }[scheme]()
    with pytest.raises(ValueError, match="start at 1"):
        made.format(0)


def test_other_numbers_are_written_as_the_forms_want_them() -> None:
    """NĐ 30/2020 Phụ lục I: below 10 with a leading zero; TT 01/2018 Đ10: from 01 in the year."""
    assert DocumentNumber("H15", 2026, "TNHS").format(5) == "05/TNHS"
    assert DocumentNumber("H15", 2026, "TNHS").format(123) == "123/TNHS"
    assert BookNumber("H15", 2026).format(1) == "01"
    assert ReceiptNumber("H15", 2026).format(42) == "BL-2026-0000042"
    with pytest.raises(DomainError, match=r"numbering\.exhausted"):
        ReceiptNumber("H15", 2026).format(10_000_000)


def test_every_scheme_has_its_own_counter() -> None:
    schemes = [
        DossierCode("H15", DAY),
        DossierCode("H15", date(2026, 10, 9)),
        DossierCode("H16", DAY),
        BookNumber("H15", 2026),
        BookNumber("H15", 2026, 2),
        BookNumber("H15", 2027),
        DocumentNumber("H15", 2026, "TNHS"),
        DocumentNumber("H15", 2026, "PXL"),
        ReceiptNumber("H15", 2026),
        ReceiptNumber("H15", 2026, "PL"),
    ]
    counters = {(scheme.kind, scheme.unit, scheme.period) for scheme in schemes}
    assert len(counters) == len(schemes)
    assert {kind: scheme.kind for kind, scheme in KINDS.items()} == {
        kind: kind for kind in ("dossier", "book", "document", "receipt")
    }


@pytest.mark.parametrize(
    ("text", "n"),
    [
        (" h15.50.05.13-261008-0975 ", 975),
        ("H15.50.05.13–261008–0975", 975),
        ("H15.50.05.13 - 261008 - 0975", 975),
        ("H15.50.05.13-261008-1700001", 1_700_001),  # a portal of a ministry
    ],
)
def test_parse_code_reads_what_people_type(text: str, n: int) -> None:
    assert parse_code(text) == ("H15.50.05.13", DAY, n)
    assert looks_like_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "H15",
        "H15-261008",
        "H15-261008-97",
        "H15-261308-0975",
        "H15-260231-0975",
        "H15-261008-٠٩٧٥",
        "H15-261008-0975x",
        "066080001234",
        "0123/TNHS",
    ],
)
def test_parse_code_refuses_what_is_no_code(text: str) -> None:
    assert not looks_like_code(text)
    with pytest.raises(DomainError) as caught:
        parse_code(text)
    assert (caught.value.code, caught.value.field) == ("dossier_code.invalid", "code")


@pytest.mark.parametrize(
    ("text", "legacy"),
    [
        ("0123/TNHS", True),
        ("12/tnhs-ubnd", True),
        ("123", False),
        ("TNHS/12", False),
        ("12/", False),
    ],
)
def test_looks_like_legacy_code_knows_the_paper_years(text: str, legacy: bool) -> None:
    assert looks_like_legacy_code(text) is legacy


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, 99_999))
def test_a_code_reads_back_as_what_it_was_made_of(day: date, n: int) -> None:
    assert parse_code(dossier_code("H15.50", day, n)) == ("H15.50", day, n)
