"""Files as values of a field: how many, which ones, and how they are kept."""

import datetime as dt
from decimal import Decimal

import pytest

from domain.data_fields import FieldKind, FieldSpec, fill, freeze, thaw, words
from domain.data_files import MOST_FILES, FileRef, most_files
from domain.errors import DomainError
from domain.json_schema import schema

TODAY = dt.date(2026, 11, 2)
PHOTO = FileRef("ảnh.jpg", 900, 1, sha256="a" * 64, type="image/jpeg")
KEPT = FileRef("sơ đồ.pdf", 1200, 3, id="7")
TWO = FieldSpec("anh", "Ảnh hiện trạng", FieldKind.file, most=Decimal(2))


def read(spec: FieldSpec, *files: object) -> tuple[object, str]:
    filled = fill([spec], {"anh": list(files)}, today=TODAY)
    return filled.values.get("anh"), filled.problems["anh"].code if filled.problems else ""


def test_files_are_kept_once_each_and_in_their_order() -> None:
    assert read(TWO, PHOTO, KEPT, PHOTO) == ([PHOTO, KEPT], "")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "data.too_many_files"),
        ({"least": Decimal(2), "most": Decimal(3)}, ""),
        ({"least": Decimal(3), "most": Decimal(3)}, "data.too_few_files"),
    ],
)
def test_number_of_files_is_as_the_field_says(more: dict[str, Decimal], code: str) -> None:
    spec = FieldSpec("anh", "Ảnh", FieldKind.file, **more)  # type: ignore[arg-type]
    assert read(spec, PHOTO, KEPT)[1] == code


def test_required_field_without_file_is_refused() -> None:
    spec = FieldSpec("anh", "Ảnh", FieldKind.file, required=True)
    assert read(spec)[1] == "value.required"


def test_refused_file_is_said_at_the_field_and_the_others_stay() -> None:
    refused = DomainError("data.file_refused", name="x.exe", reason="…")
    assert read(TWO, refused, PHOTO) == ([PHOTO], "data.file_refused")


def test_words_of_a_program_never_name_a_stored_file() -> None:
    assert read(TWO, {"sha256": "a" * 64, "name": "x"}) == (None, "value.invalid")
    assert fill([TWO], {"anh": "a" * 64}, today=TODAY).problems["anh"].code == "value.invalid"


def test_conditions_count_files() -> None:
    more = FieldSpec("ly_do", "Lý do", required_if="count(anh) < 2")
    filled = fill([TWO, more], {"anh": [PHOTO]}, today=TODAY)
    assert filled.problems["ly_do"].code == "value.required"


def test_kept_files_come_back_and_conform_to_the_schema_of_programs() -> None:
    kept = freeze({"anh": [KEPT]})
    assert kept == {"anh": [{"id": "7", "name": "sơ đồ.pdf", "size": 1200, "pages": 3}]}
    assert thaw([TWO], kept) == {"anh": [KEPT]}
    assert words(TWO, [KEPT, PHOTO]) == "sơ đồ.pdf, ảnh.jpg"
    made = schema([TWO], "x")["properties"]["anh"]
    assert (made["type"], made["maxItems"]) == ("array", 2)
    assert most_files(FieldSpec("a", "A", FieldKind.file, most=Decimal(99))) == MOST_FILES
