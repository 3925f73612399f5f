"""The reference data of seeds/: units, calendar and lists, each complete and with its sources."""

import datetime as dt
import re
import unicodedata
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from tests.house.seed_reading import (
    MARKS,
    PROFILES,
    SEEDS,
    UNVERIFIED,
    agency_of,
    functions_of,
    rows,
    units,
)

UNIT_HEADER = (
    "code,name,full_name,kind,parent_code,is_agency,function,official_code,gso_code,place_name,"
    "abbr,valid_from,valid_to,source"
)
HEADERS = {
    "units/dak-lak-2014.csv": UNIT_HEADER,
    "units/dak-lak-2026.csv": UNIT_HEADER,
    "units/successors.csv": "from_gso,from_name,to_gso,to_name,share,source",
    "calendar/holidays.csv": "date,kind,name,scope,source,mark,as_weekday",
    "calendar/hours.csv": "unit_code,weekday,start,end,valid_from,valid_to,source,mark",
    "fields.csv": "code,name,source,order,mark",
    "documents.csv": "code,name,template_no,obtainable_from_register,source,mark",
    "land_types.csv": "code,name,group,valid_from,valid_to,source,mark",
    "statuses.csv": "number,code,name,clock,terminal,source,mark",
    "forms.csv": "code,name,number_2018,number_2025,paper,number_sign,source,mark",
    "results.csv": "code,name,national_code,source,mark",
    "conditions.csv": "code,name,source,mark",
}


# --- the files as text ------------------------------------------------------------------


def seed_texts() -> list[Path]:
    found = [
        *SEEDS.rglob("*.csv"),
        *SEEDS.rglob("*.yaml"),
        *SEEDS.rglob("*.txt"),
        SEEDS / "sources.md",
    ]
    return [path for path in found if "demo" not in path.name]


def test_seed_files_are_composed_utf8_without_byte_order_mark() -> None:
    bad = []
    for path in seed_texts():
        raw = path.read_bytes()
        text = raw.decode("utf-8")
        if (
            raw.startswith(b"\xef\xbb\xbf")
            or b"\r" in raw
            or not unicodedata.is_normalized("NFC", text)
        ):
            bad.append(path.name)
    assert not bad


@pytest.mark.parametrize(("name", "header"), HEADERS.items(), ids=list(HEADERS))
def test_csv_has_its_header_and_every_row_a_source(name: str, header: str) -> None:
    assert rows(name), f"{name} is empty"
    assert ",".join(rows(name)[0]) == header
    for row in rows(name):
        assert None not in row and None not in row.values(), row
        assert row["source"].strip(), row
        assert row.get("mark", "V") in MARKS, row
        assert row.get("mark") != "unverified" or UNVERIFIED in row["source"], row


@pytest.mark.parametrize(
    "name",
    ["fields.csv", "documents.csv", "statuses.csv", "forms.csv", "results.csv", "conditions.csv"],
)
def test_codes_of_a_list_are_unique_and_well_formed(name: str) -> None:
    found = [row["code"] for row in rows(name)]
    assert len(found) == len(set(found))
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", code) for code in found)


# --- units ----------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_units_form_one_tree_with_unique_codes(profile: str) -> None:
    listed = rows(f"units/{profile}.csv")
    tree = units(profile)
    assert len(listed) == len(tree)
    assert [row["code"] for row in listed if not row["parent_code"]] == ["DL"]
    seen: set[str] = set()
    for row in listed:  # a parent stands above its children, so there is no cycle
        assert re.fullmatch(r"DL(-[A-Z0-9]+)*", row["code"])
        assert row["parent_code"] in seen or row["code"] == "DL"
        assert row["kind"] in {"province", "district", "commune", "department", "counter"}
        assert row["is_agency"] in {"0", "1"}
        assert row["place_name"] and row["abbr"]
        seen.add(row["code"])


@pytest.mark.parametrize("profile", PROFILES)
def test_every_agency_has_its_own_identifier_and_a_counter(profile: str) -> None:
    agencies = [row for row in units(profile).values() if row["is_agency"] == "1"]
    given = [row["official_code"] for row in agencies]
    assert len(given) == len(set(given))
    assert all(re.fullmatch(r"H15(\.\d{2}){2}", code) for code in given)
    assert not any(
        row["official_code"] for row in units(profile).values() if row["is_agency"] == "0"
    )
    within = functions_of(profile)
    assert not [row["code"] for row in agencies if not {"MC", "UBND"} <= within[row["code"]]]
    counters = [c for c, u in units(profile).items() if u["kind"] == "counter"]
    served = Counter(agency_of(profile, c) for c in counters)
    assert served == {row["code"]: 1 for row in agencies}


@pytest.mark.parametrize(
    ("profile", "counts"),
    [
        ("dak-lak-2014", {"province": 1, "district": 15, "commune": 180}),
        ("dak-lak-2026", {"province": 1, "district": 0, "commune": 102}),
    ],
)
def test_units_are_complete(profile: str, counts: dict[str, int]) -> None:
    found = Counter(row["kind"] for row in units(profile).values())
    assert {kind: found[kind] for kind in counts} == counts
    statistical = [row["gso_code"] for row in units(profile).values() if row["gso_code"]]
    assert len(statistical) == len(set(statistical)) == sum(counts.values())
    assert all(row["valid_from"] for row in units(profile).values())


def test_districts_of_2014_have_the_departments_of_their_procedures() -> None:
    wanted = {"UBND", "VP", "MC", "TCKH", "KTHT", "TNMT", "VPDK", "TP", "LD"}
    within = functions_of("dak-lak-2014")
    tree = units("dak-lak-2014")
    assert all(within[c] == wanted for c, u in tree.items() if u["kind"] == "district")


def test_every_former_commune_of_dak_lak_has_a_successor() -> None:
    former = {
        u["gso_code"]: u["name"] for u in units("dak-lak-2014").values() if u["kind"] == "commune"
    }
    later = {
        u["gso_code"]: u["name"] for u in units("dak-lak-2026").values() if u["kind"] == "commune"
    }
    listed = rows("units/successors.csv")
    assert {row["from_gso"] for row in listed} == set(former)
    for row in listed:
        assert former[row["from_gso"]] == row["from_name"]
        assert later[row["to_gso"]] == row["to_name"]
    targets = Counter(row["from_gso"] for row in listed)
    for row in listed:
        assert row["share"] == ("part" if targets[row["from_gso"]] > 1 else "whole"), row
    assert len({(r["from_gso"], r["to_gso"]) for r in listed}) == len(listed)


# --- calendar ---------------------------------------------------------------------------


def days() -> dict[dt.date, dict[str, str]]:
    return {dt.date.fromisoformat(row["date"]): row for row in rows("calendar/holidays.csv")}


def named_days(year: int, prefix: str) -> list[dt.date]:
    return [d for d, row in days().items() if d.year == year and row["name"].startswith(prefix)]


@pytest.mark.parametrize("year", [2014, *range(2024, 2031)])
def test_holidays_of_a_year_are_complete(year: int) -> None:
    assert named_days(year, "Tết Dương lịch") == [dt.date(year, 1, 1)]
    new_year = named_days(year, "Tết Âm lịch")
    assert len(new_year) == 5
    assert all(b - a == dt.timedelta(days=1) for a, b in pairwise(new_year))
    assert len(named_days(year, "Giỗ Tổ")) == 1
    assert named_days(year, "Ngày Chiến thắng") == [dt.date(year, 4, 30)]
    assert named_days(year, "Ngày Quốc tế lao động") == [dt.date(year, 5, 1)]
    national = named_days(year, "Quốc khánh")
    assert dt.date(year, 9, 2) in national
    assert len(national) == (1 if year == 2014 else 2)
    assert abs((national[-1] - national[0]).days) == len(national) - 1
    culture = [dt.date(year, 11, 24)] if year >= 2026 else []
    assert named_days(year, "Ngày Văn hóa") == culture


def test_every_holiday_on_a_weekend_has_its_day_in_lieu() -> None:
    for day, row in days().items():
        weekend = day.weekday() > 4
        if row["kind"] == "off" and weekend:
            lieu = [d for d, r in days().items() if f"{day:%d/%m/%Y}" in r["name"] and d > day]
            assert len(lieu) == 1 and lieu[0].weekday() < 5, row
        if row["name"].startswith(("Nghỉ bù", "Nghỉ hoán đổi")):
            assert not weekend, row


def test_every_worked_weekend_makes_up_for_a_day_off_and_keeps_its_hours() -> None:
    assert len(days()) == len(rows("calendar/holidays.csv"))
    made_up = {d: r for d, r in days().items() if r["kind"] == "makeup"}
    swapped = {d: r for d, r in days().items() if r["name"].startswith("Nghỉ hoán đổi")}
    assert len(made_up) == len(swapped) > 0
    for day, row in made_up.items():
        number, month, year = map(int, row["name"][-10:].split("/"))
        other = dt.date(year, month, number)
        assert day.weekday() > 4 and f"{day:%d/%m/%Y}" in swapped[other]["name"]
        assert int(row["as_weekday"]) == other.weekday()
    assert {row["kind"] for row in days().values()} == {"off", "makeup"}


@pytest.mark.parametrize(
    "day",
    ["2025-01-27", "2025-01-31", "2026-02-16", "2026-02-20", "2026-04-27", "2026-11-24"],
)
def test_verified_days_off_are_there(day: str) -> None:
    assert days()[dt.date.fromisoformat(day)]["kind"] == "off"


def test_default_hours_are_monday_to_friday_in_two_sessions() -> None:
    week = defaultdict(list)
    for row in rows("calendar/hours.csv"):
        assert row["unit_code"] == "" or row["unit_code"] in units("dak-lak-2014")
        week[int(row["weekday"])].append((row["start"], row["end"]))
    assert week == {day: [("07:00", "11:30"), ("13:30", "17:00")] for day in range(5)}


# --- small lists ------------------------------------------------------------------------


def test_land_type_codes_are_three_letters_and_unique_in_their_time() -> None:
    listed = [(row["code"], row["valid_from"]) for row in rows("land_types.csv")]
    assert len(listed) == len(set(listed))
    assert all(re.fullmatch(r"[A-Z]{3}", code) for code, _ in listed)


def test_statuses_are_the_ten_of_the_nation() -> None:
    assert [int(row["number"]) for row in rows("statuses.csv")] == list(range(1, 11))


def test_forms_of_both_circulars_are_numbered_without_a_hole() -> None:
    for column, last in (("number_2018", 6), ("number_2025", 7)):
        numbers = sorted(int(row[column]) for row in rows("forms.csv") if row[column])
        assert numbers == list(range(1, last + 1))
