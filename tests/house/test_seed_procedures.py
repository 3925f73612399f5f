"""The procedures of seeds/: versions, terms, steps, papers and fees are consistent and sourced."""

import datetime as dt
import re
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest

from domain.codes import FeeMoment, PauseMode, StepKind, TermUnit
from domain.deadline import Term
from domain.roles import Role
from tests.house.seed_reading import (
    MARKS,
    PROFILES,
    TODAY,
    UNVERIFIED,
    codes,
    functions_of,
    procedures,
    rows,
    steps_file,
    templates,
    units,
)

HOURS_A_DAY = 8


def versions() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(procedure, version) for procedure in procedures() for version in procedure["versions"]]


def named(procedure: dict[str, Any], version: dict[str, Any]) -> str:
    return f"{procedure['code']} ({version['key']})"


# --- step templates ---------------------------------------------------------------------


def known_functions() -> set[str]:
    return {f for profile in PROFILES for found in functions_of(profile).values() for f in found}


def hours(term: str | None) -> int:
    """Working hours at most that a term of a step takes: 8 a working day, 5 working days a week."""
    if term is None:
        return 0
    parsed = Term.parse(term)
    if parsed.unit is TermUnit.wh:
        return parsed.amount
    if parsed.unit is TermUnit.cd:
        weeks, rest = divmod(parsed.amount, 7)
        return (5 * weeks + min(rest, 5)) * HOURS_A_DAY
    return parsed.amount * HOURS_A_DAY


def promised_hours(term: str) -> int:
    """Working hours that a legal term holds at least, holidays apart."""
    parsed = Term.parse(term)
    if parsed.unit is TermUnit.cd:
        weeks, rest = divmod(parsed.amount, 7)
        return (5 * weeks + max(rest - 2, 0)) * HOURS_A_DAY
    return hours(term)


def total_hours(template: dict[str, Any]) -> int:
    """Sum of the steps inside the legal term; of a parallel group the longest, where silence is
    consent only when nothing else runs beside it (the office need not wait longer)."""
    total = 0
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for step in template["steps"]:
        if step["outside_total"]:
            continue
        if step["group"] is None:
            total += hours(step["term"])
        else:
            groups[step["group"]].append(step)
    for members in groups.values():
        awaited = [s for s in members if not s["silence"]] or members
        total += max(hours(s["term"]) for s in awaited)
    return total


def test_step_templates_have_unique_keys_and_p1_to_p17_are_there() -> None:
    listed = [template["key"] for template in steps_file()["templates"]]
    assert len(listed) == len(set(listed))
    assert {f"P{n}" for n in range(1, 18)} <= set(listed)


@pytest.mark.parametrize("key", sorted(templates()))
def test_step_template_is_well_formed(key: str) -> None:
    template = templates()[key]
    assert template["title"] and template["source"] and template["mark"] in MARKS
    assert template["mark"] != "unverified" or UNVERIFIED in template["source"]
    steps = template["steps"]
    assert [step["no"] for step in steps] == list(range(1, len(steps) + 1))
    assert steps[0]["kind"] == "receive" and steps[-1]["kind"] == "return_result"
    for step in steps:
        assert StepKind(step["kind"]) and Role(step["role"]) and step["name"]
        assert step["term"] is None or Term.parse(step["term"])
        assert step["function"] in known_functions()
        assert step.get("function_2026", "MC") in known_functions()
        assert ("agency" in step) == (step["kind"] == "transfer")
        assert step.get("agency", "commune") in {"commune", "district", "vpdk", "province"}
        assert step["external_body"] or step["kind"] not in {"external", "wait_payment"}
        assert not step["silence"] or step["kind"] == "consult"
    numbered = [s["group"] for s in steps]
    runs = [g for i, g in enumerate(numbered) if g is not None and (i == 0 or numbered[i - 1] != g)]
    assert len(runs) == len(set(runs)), "a group is interrupted"
    assert all(numbered.count(group) > 1 for group in runs)


def test_every_function_of_the_district_has_a_place_in_2026() -> None:
    moved = steps_file()["functions_2026"]
    within = {f for found in functions_of("dak-lak-2026").values() for f in found}
    former = {f for found in functions_of("dak-lak-2014").values() for f in found}
    assert {moved.get(f, f) for f in former} <= within


# --- procedures -------------------------------------------------------------------------


def test_there_are_sixty_procedures_with_unique_codes() -> None:
    found = [procedure["code"] for procedure in procedures()]
    assert len(found) == len(set(found)) == 60
    for procedure in procedures():
        local = procedure["code"].startswith("DL.")
        assert re.fullmatch(r"DL\.\d{3}" if local else r"[123]\.\d{6}", procedure["code"])
        assert local == (procedure["mark"] == "local")
        assert all(re.fullmatch(r"[123]\.\d{6}", c) for c in procedure.get("related_codes", []))


@pytest.mark.parametrize("procedure", procedures(), ids=lambda p: p["code"])
def test_procedure_refers_only_to_what_exists(procedure: dict[str, Any]) -> None:
    assert procedure["field"] in codes("fields.csv")
    assert procedure["result"]["code"] in codes("results.csv")
    assert procedure["level_2014"] in {"province", "district", "commune"}
    assert procedure["level_2026"] in {"province", "commune", "vpdk"}
    assert set(procedure["how"]) <= {"in_person", "online", "postal"}
    kinds = {"citizen", "household_business", "enterprise", "organisation"}
    assert procedure["subjects"] and set(procedure["subjects"]) <= kinds
    assert procedure["source"] and procedure["mark"] in MARKS
    for version in procedure["versions"]:
        assert version["steps"] in templates()
        for paper in version["papers"]:
            assert paper["document"] in codes("documents.csv")
            assert paper["condition"] is None or paper["condition"] in codes("conditions.csv")
        for fee in version["fees"]:
            assert fee["condition"] is None or fee["condition"] in codes("conditions.csv")


@pytest.mark.parametrize("procedure", procedures(), ids=lambda p: p["code"])
@pytest.mark.parametrize("profile", PROFILES)
def test_versions_of_a_profile_follow_one_another_to_today(
    profile: str, procedure: dict[str, Any]
) -> None:
    mine = [v for v in procedure["versions"] if profile in v["profiles"]]
    mine.sort(key=lambda v: v["valid_from"])
    assert mine, "no version in this profile"
    for before, after in pairwise(mine):
        assert before["valid_to"] + dt.timedelta(days=1) == after["valid_from"]
    assert mine[-1]["valid_from"] <= TODAY and mine[-1]["valid_to"] is None
    keys = [v["key"] for v in procedure["versions"]]
    assert len(keys) == len(set(keys))
    assert all(re.fullmatch(r"\d{4}(-\d{2})?(-xa)?", key) for key in keys)


def test_versions_state_term_clock_source_and_mark() -> None:
    for procedure, version in versions():
        name = named(procedure, version)
        term = Term.parse(version["legal_term"])
        assert version["local_term"] is None or Term.parse(version["local_term"])
        assert version["mountain_extra"] is None or Term.parse(version["mountain_extra"])
        assert PauseMode(version["pause_mode"]), name
        assert version["cutoff_next_day"] == (term.unit is TermUnit.same_day), name
        assert version["source"] and version["mark"] in MARKS, name
        assert version["mark"] != "unverified" or UNVERIFIED in version["source"], name
        cases = [promised_hours(case["legal_term"]) for case in version.get("case_terms", [])]
        assert not cases or min(cases) == promised_hours(version["legal_term"]), name


def test_steps_of_a_version_fit_in_its_legal_term() -> None:
    late = {}
    for procedure, version in versions():
        needed = total_hours(templates()[version["steps"]])
        if needed > promised_hours(version["legal_term"]):
            late[named(procedure, version)] = (version["steps"], needed, version["legal_term"])
    assert not late


def test_papers_of_a_version_are_counted_and_listed_once() -> None:
    documents = {row["code"]: row for row in rows("documents.csv")}
    for procedure, version in versions():
        name = named(procedure, version)
        assert version["papers"], name
        listed = [(p["document"], p["condition"]) for p in version["papers"]]
        assert len(listed) == len(set(listed)), name
        for paper in version["papers"]:
            assert paper["originals"] + paper["copies"] > 0, name
            assert isinstance(paper["required"], bool), name
            assert (paper["condition"] is None) == (paper["condition_text"] is None), name
            if paper["obtainable_from_register"]:
                assert documents[paper["document"]]["obtainable_from_register"] == "1", name
        assert any(p["required"] and not p["condition"] for p in version["papers"]), name


def test_fees_of_a_version_are_whole_dong_and_have_their_source() -> None:
    for procedure, version in versions():
        name = named(procedure, version)
        listed = [fee["code"] for fee in version["fees"]]
        assert len(listed) == len(set(listed)), name
        for fee in version["fees"]:
            for value in (fee["amount"], fee["cap"]):
                assert value is None or (type(value) is int and value > 0), name
            assert fee["amount"] is not None or fee["mark"] == "unverified", name
            assert FeeMoment(fee["moment"]) and fee["unit"] in {"case", "page", "copy", "each"}
            assert isinstance(fee["refundable"], bool) and isinstance(fee["valid_from"], dt.date)
            assert fee["source"] and fee["legal_basis"] and fee["mark"] in MARKS, name
            assert fee["mark"] != "unverified" or UNVERIFIED in fee["source"], name


def offices(profile: str, procedure: dict[str, Any]) -> list[str]:
    """Agencies that resolve a procedure: those it names, else all of its level."""
    named_here = (procedure.get("agencies") or {}).get(profile)
    if named_here:
        return list(named_here)
    level = procedure[PROFILES[profile]]
    if level == "vpdk":
        return [c for c in units(profile) if re.fullmatch(r"DL-CNVPDK-[A-Z]+", c)]
    return [c for c, u in units(profile).items() if u["kind"] == level]


def test_every_step_finds_its_department_in_the_office_that_resolves() -> None:
    moved = steps_file()["functions_2026"]
    lost = set()
    for procedure, version in versions():
        for profile in version["profiles"]:
            found = offices(profile, procedure)
            assert found, procedure["code"]
            within = functions_of(profile)
            for step in templates()[version["steps"]]["steps"]:
                function = step["function"]
                if profile == "dak-lak-2026":
                    function = step.get("function_2026", moved.get(function, function))
                if "agency" not in step and any(function not in within[c] for c in found):
                    lost.add((named(procedure, version), profile, version["steps"], function))
    assert not lost
