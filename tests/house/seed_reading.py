"""Read the files of seeds/ as plain rows, for the tests that check them."""

import csv
import datetime as dt
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SEEDS = Path(__file__).parents[2] / "seeds"
PROFILES = {"dak-lak-2014": "level_2014", "dak-lak-2026": "level_2026"}
TODAY = dt.date(2026, 11, 23)
MARKS = {"V", "V217", "V99", "V20", "V21", "unverified", "local"}
UNVERIFIED = "chưa xác minh"


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(name: str) -> set[str]:
    return {row["code"] for row in rows(name)}


def read_yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@cache
def steps_file() -> dict[str, Any]:
    return read_yaml(SEEDS / "steps.yaml")


@cache
def templates() -> dict[str, dict[str, Any]]:
    return {template["key"]: template for template in steps_file()["templates"]}


@cache
def procedures() -> list[dict[str, Any]]:
    files = sorted((SEEDS / "procedures").glob("*.yaml"))
    return [row for file in files for row in read_yaml(file)]


@cache
def units(profile: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows(f"units/{profile}.csv")}


def agency_of(profile: str, code: str) -> str:
    tree = units(profile)
    while tree[code]["is_agency"] != "1":
        code = tree[code]["parent_code"]
    return code


@cache
def functions_of(profile: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for code, row in units(profile).items():
        if row["function"]:
            found[agency_of(profile, code)].add(row["function"])
    return found
