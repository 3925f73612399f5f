"""Identity numbers, tax codes, telephones: vocabulary.md §5."""

from datetime import date

import pytest

from domain.errors import MESSAGES, DomainError
from domain.names import (
    Sex,
    check_id_number,
    check_tax_code,
    mask_id,
    mask_name,
    normalise_id_number,
    normalise_phone,
)


@pytest.mark.parametrize(
    ("number", "birth", "sex", "warnings"),
    [
        ("066080000001", date(1980, 5, 1), Sex.male, []),
        ("066180000001", date(1980, 5, 1), Sex.female, []),
        ("066201000001", date(2001, 5, 1), Sex.male, []),
        ("066301000001", date(2001, 5, 1), Sex.female, []),
        ("066 080 000 001", None, None, []),
        ("066080000001", date(1981, 5, 1), None, ["id_number.birth_mismatch"]),
        ("066080000001", date(2080, 5, 1), None, ["id_number.birth_mismatch"]),
        ("066080000001", None, Sex.female, ["id_number.sex_mismatch"]),
        (
            "066301000001",
            date(1901, 5, 1),
            Sex.male,
            ["id_number.birth_mismatch", "id_number.sex_mismatch"],
        ),
        ("240123456", date(1980, 5, 1), Sex.male, ["id_number.old"]),
    ],
)
def test_check_id_number_warns_and_does_not_block(
    number: str, birth: date | None, sex: Sex | None, warnings: list[str]
) -> None:
    assert check_id_number(number, birth, sex) == warnings
    assert set(warnings) <= set(MESSAGES)


@pytest.mark.parametrize(
    "number", ["", "06608000000", "0660800000011", "06608000000A", "٠٦٦٠٨٠٠٠٠٠٠١"]
)
def test_an_id_number_of_another_length_is_refused(number: str) -> None:
    for check in (check_id_number, normalise_id_number):
        with pytest.raises(DomainError) as caught:
            check(number)
        assert (caught.value.code, caught.value.field) == ("id_number.invalid", "id_number")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0100109106", "0100109106"),
        ("01 0010 9106", "0100109106"),
        ("0100109106-001", "0100109106-001"),
        ("0100109106001", "0100109106-001"),
        ("066080000001", "066080000001"),
    ],
)
def test_check_tax_code_accepts_and_normalises(typed: str, kept: str) -> None:
    assert check_tax_code(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "0100109107", "0100109107-001", "010010910", "0100109106-01", "MST0100109106"]
)
def test_check_tax_code_refuses(typed: str) -> None:
    with pytest.raises(DomainError) as caught:
        check_tax_code(typed, field="mst")
    assert (caught.value.code, caught.value.field) == ("tax_code.invalid", "mst")


def test_check_tax_code_has_one_check_digit_and_none_when_it_would_be_ten() -> None:
    """A sum divisible by 11 leaves no digit: no code of that stem is valid."""
    valid = {stem: [d for d in range(10) if _valid(f"{stem:09d}{d}")] for stem in range(300)}
    assert {len(found) for found in valid.values()} == {0, 1}


def _valid(code: str) -> bool:
    try:
        check_tax_code(code)
    except DomainError:
        return False
    return True


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0905123456", "0905123456"),
        ("0905.123.456", "0905123456"),
        ("+84 905 123 456", "0905123456"),
        ("84905123456", "0905123456"),
        ("(0262) 3852 123", "02623852123"),
        ("+842623852123", "02623852123"),
        ("0500 3852 123", "02623852123"),
        ("024 3825 1234", "02438251234"),
    ],
)
def test_normalise_phone_reads_what_people_type(typed: str, kept: str) -> None:
    assert normalise_phone(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "905123456", "0105123456", "09051234567", "090512345", "+1 905 123 4567", "0905-abc"],
)
def test_normalise_phone_refuses(typed: str) -> None:
    with pytest.raises(DomainError) as caught:
        normalise_phone(typed)
    assert caught.value.code == "phone.invalid"


def test_masks_show_initials_and_never_the_second_factor() -> None:
    """reliability.md §3.3: the last four digits prove who asks, so they are never shown."""
    assert mask_name("Nguyễn Thị Hoa") == "N***** T** H**"
    assert mask_name("") == ""
    assert mask_id("066080001234") == "066*********"
    assert mask_id("06") == "06"
