"""Reading what was typed into fields that an administrator has defined."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from domain.data_fields import (
    MOST_ROWS,
    FieldSpec,
    fill,
    freeze,
    initial,
    ordered,
    read_number,
    thaw,
    typed_again,
    words,
)
from domain.errors import DomainError
from domain.field_kinds import FieldKind as K

TODAY = dt.date(2026, 4, 6)
LIST = (("xe", "Trông giữ xe"), ("khac", "Mục đích khác"))
D = Decimal


def one(kind: K, typed: Any, **more: Any) -> Any:
    """The value that one field gives, or the code of what is wrong with it and where."""
    spec = FieldSpec("x", "X", kind, **more)
    found = fill([spec], {"x": typed}, today=TODAY)
    if found.problems:
        return {path: error.code for path, error in found.problems.items()}
    return found.values.get("x")


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (K.text, "  Đường  Hùng Vương ", "Đường Hùng Vương"),
        (K.text, "Hoa\u0300", "Hoà"),
        (K.text, "a\nb", "a b"),
        (K.text, " ", None),
        (K.text, "a" * 501, {"x": "value.too_long"}),
        (K.long_text, " một \r\n hai ", "một\nhai"),
        (K.long_text, "a" * 4001, {"x": "value.too_long"}),
        (K.number, "1.250,5", D("1250.5")),
        (K.number, "12,5", D("12.5")),
        (K.number, "12.5", D("12.5")),
        (K.number, "1.000", D(1000)),
        (K.number, "-3", D(-3)),
        (K.number, "1e9", {"x": "number.invalid"}),
        (K.number, "NaN", {"x": "number.invalid"}),
        (K.number, "٣", {"x": "number.invalid"}),
        (K.number, "9" * 40, {"x": "number.invalid"}),
        (K.number, "1,2,3", {"x": "number.invalid"}),
        (K.money, "1.500.000", 1_500_000),
        (K.money, "mười", {"x": "money.invalid"}),
        (K.date, "1/2/26", dt.date(2026, 2, 1)),
        (K.date, "31/2/2026", {"x": "date.invalid"}),
        (K.date, "2/13/2026", {"x": "date.month_first"}),
        (K.yes_no, "1", True),
        (K.yes_no, "0", False),
        (K.yes_no, "", None),
        (K.id_number, "066 190 001 234", "066190001234"),
        (K.id_number, "12", {"x": "id_number.invalid"}),
        (K.tax_code, "123", {"x": "tax_code.invalid"}),
        (K.phone, "+84 905 123 456", "0905123456"),
        (K.email, "a@b", {"x": "email.invalid"}),
        (K.heading, "thừa", None),
    ],
)
def test_fill_reads_each_kind(kind: K, typed: Any, value: Any) -> None:
    assert one(kind, typed) == value


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (K.choice, "xe", "xe"),
        (K.choice, "Mục đích khác", "khac"),
        (K.choice, "la", {"x": "value.choice"}),
        (K.choices, ["khac", "xe", "khac"], ["khac", "xe"]),
        (K.choices, "xe", ["xe"]),
        (K.choices, [], None),
        (K.choices, ["la"], {"x": "value.choice"}),
    ],
)
def test_fill_reads_lists(kind: K, typed: Any, value: Any) -> None:
    assert one(kind, typed, choices=LIST) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ({"name": "y bhiăm niê"}, {"name": "y bhiăm niê"}),
        ({"phone": "0905123456"}, {"x-name": "name.required"}),
        (
            {"name": "H’Hương", "birth_date": "1/2/85"},
            {"name": "H’Hương", "birth_date": dt.date(1985, 2, 1)},
        ),
        ({"name": "Hoa", "birth_date": "1/2/2030"}, {"x-birth_date": "birth_date.future"}),
        ({"name": "Hoa", "id_number": "1"}, {"x-id_number": "id_number.invalid"}),
        ({}, None),
        ("không phải", None),
    ],
)
def test_fill_reads_a_person_by_parts(typed: Any, value: Any) -> None:
    assert one(K.person, typed) == value


def test_fill_reads_a_parcel_as_the_register_writes_it() -> None:
    typed = {"map_sheet": "12(2)", "parcel_no": "DC-05", "area": "1.250,5 m²"}
    assert one(K.land_parcel, typed) == {
        "map_sheet": "12(2)",
        "parcel_no": "DC-05",
        "area": D("1250.5"),
    }
    assert one(K.land_parcel, {"area": "0"}) == {"x-area": "area.invalid"}


COLUMNS = (
    FieldSpec("ten", "Tên", required=True),
    FieldSpec("so", "Số", K.number, least=D(1)),
    FieldSpec("gia", "Giá", K.money),
    FieldSpec("tien", "Tiền", K.money, calculated="so * gia"),
)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (
            [{"ten": "Xe", "so": "2", "gia": "1.000"}, {"ten": " "}],
            [{"ten": "Xe", "so": D(2), "gia": 1000, "tien": 2000}],
        ),
        ([{"so": "2"}], {"x-0-ten": "value.required"}),
        ([{"ten": "a"}, {"ten": "b", "so": "0"}], {"x-1-so": "data.least"}),
        ([{"ten": "a"}] * (MOST_ROWS + 1), {"x": "data.too_many"}),
        ("không phải", None),
        ([7, {"ten": "a"}], [{"ten": "a"}]),
    ],
)
def test_fill_reads_a_table_by_rows(typed: Any, value: Any) -> None:
    assert one(K.group, typed, columns=COLUMNS) == value


@pytest.mark.parametrize(
    ("least", "most", "typed", "code"),
    [
        ("1", "9", "0", "data.range"),
        ("1", None, "0,9", "data.least"),
        (None, "9", "10", "data.most"),
        ("1", "9", "9", None),
    ],
)
def test_fill_keeps_numbers_within_their_bounds(
    least: Any, most: Any, typed: str, code: Any
) -> None:
    found = one(K.number, typed, least=least and D(least), most=most and D(most))
    assert found == ({"x": code} if code else D(typed))


def test_bounds_of_a_date_are_days_from_today() -> None:
    assert one(K.date, "6/4/2026", least=D(0)) == TODAY
    assert one(K.date, "5/4/2026", least=D(0)) == {"x": "value.invalid"}


FORM = (
    FieldSpec("b", "B", K.number, calculated="a * 2"),
    FieldSpec("a", "A", K.number, required=True),
    FieldSpec("c", "C", show_if="b > 10", required=True),
    FieldSpec("d", "D", required_if='c = "x" và uy_quyen'),
    FieldSpec("e", "E", check="a < 100", check_message="Quá lớn."),
    FieldSpec("g", "G", stages=frozenset({"2"}), required=True),
)


@pytest.mark.parametrize(
    ("typed", "cases", "values", "problems"),
    [
        ({"a": "4"}, (), {"a": D(4), "b": D(8)}, {}),
        ({}, (), {}, {"a": "value.required"}),
        ({"a": "6"}, (), {"a": D(6), "b": D(12)}, {"c": "value.required"}),
        ({"a": "4", "c": "ẩn"}, (), {"a": D(4), "b": D(8)}, {}),
        ({"a": "6", "c": "x"}, (), {"a": D(6), "b": D(12), "c": "x"}, {}),
        (
            {"a": "6", "c": "x"},
            ("uy_quyen",),
            {"a": D(6), "b": D(12), "c": "x"},
            {"d": "value.required"},
        ),
        (
            {"a": "100", "c": "y", "e": "z"},
            (),
            {"a": D(100), "b": D(200), "c": "y", "e": "z"},
            {"e": "data.refused"},
        ),
        ({"a": "4", "b": "999", "g": "sớm"}, (), {"a": D(4), "b": D(8)}, {}),
    ],
)
def test_fill_shows_demands_and_reckons_by_the_conditions(
    typed: Any, cases: Any, values: Any, problems: Any
) -> None:
    found = fill(FORM, typed, today=TODAY, facts={"uy_quyen": "uy_quyen" in cases})
    assert found.values == values
    assert {path: error.code for path, error in found.problems.items()} == problems


def test_fill_at_a_step_leaves_the_other_fields_as_they_are() -> None:
    before = {"a": D(4), "b": D(8), "d": "cũ"}
    found = fill(
        FORM,
        {"g": "xong", "a": "77"},
        today=TODAY,
        before=before,
        stage="2",
        facts={"uy_quyen": False},
    )
    assert found.values == {"a": D(4), "b": D(8), "d": "cũ", "g": "xong"} and not found.problems


def test_message_of_a_check_is_the_administrators_own() -> None:
    found = fill(FORM, {"a": "100", "c": "y", "e": "z"}, today=TODAY, facts={"uy_quyen": False})
    assert found.problems["e"].text() == "Quá lớn."


def test_ordered_names_the_fields_of_a_circle() -> None:
    circle = (FieldSpec("a", "Một", calculated="b"), FieldSpec("b", "Hai", show_if="a > 1"))
    with pytest.raises(DomainError) as found:
        ordered(circle)
    assert found.value.code == "formula.circle" and {"Một", "Hai"} <= set(
        found.value.facts["fields"]
    )


ALL = (
    FieldSpec("t", "T"),
    FieldSpec("n", "N", K.number),
    FieldSpec("m", "M", K.money),
    FieldSpec("d", "D", K.date),
    FieldSpec("y", "Y", K.yes_no),
    FieldSpec("l", "L", K.choices, choices=LIST),
    FieldSpec("p", "P", K.person),
    FieldSpec("r", "R", K.group, columns=COLUMNS),
)
TYPED = {
    "t": "Chữ",
    "n": "1.250,5",
    "m": "1.000.000",
    "d": "01/02/2026",
    "y": "0",
    "l": ["xe"],
    "p": {"name": "Hoa", "birth_date": "01/02/1985"},
    "r": [{"ten": "Xe", "so": "2", "gia": "500"}],
}


def test_values_survive_json_and_the_way_back_into_the_form() -> None:
    values = fill(ALL, TYPED, today=TODAY).values
    assert thaw(ALL, freeze(values)) == values
    again = {f.key: typed_again(f, values[f.key]) for f in ALL}
    assert fill(ALL, again, today=TODAY).values == values


def test_words_say_each_kind_as_people_read_it() -> None:
    values = fill(ALL, TYPED, today=TODAY).values
    assert [words(f, values[f.key]) for f in ALL] == [
        *("Chữ", "1.250,5", "1.000.000 đồng", "01/02/2026", "Không", "Trông giữ xe"),
        *("Hoa, 01/02/1985", "Xe, 2, 500 đồng, 1.000 đồng"),
    ]


def test_thaw_leaves_aside_what_no_field_asks_for() -> None:
    assert thaw(ALL[:1], {"t": "Chữ", "cu": 1, "n": None}) == {"t": "Chữ"}


def test_initial_gives_the_defaults_of_what_is_asked() -> None:
    fields = (
        FieldSpec("a", "A", default="5"),
        FieldSpec("b", "B", calculated="1", default="9"),
        FieldSpec("c", "C"),
    )
    assert initial(fields) == {"a": "5"}


@pytest.mark.parametrize(
    "text", ["1.25.3", "1.2345,1", "--1", ",", "", ".", "1.00000001", "0,1234567"]
)
def test_read_number_refuses_what_is_no_number_here(text: str) -> None:
    with pytest.raises(DomainError):
        read_number(text)
