"""Load the reference data of a profile into an empty database."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from domain.codes import FeeMoment, PauseMode, StepKind
from domain.names import fold
from domain.roles import Role
from models.base import Row, db
from models.calendar import CalendarDay, DayKind, WorkingHours
from models.ids import uuid7
from models.organisation import Unit, UnitKind, UnitSuccessor
from models.procedure import (
    CaseTerm,
    DocumentType,
    FeeRule,
    Level,
    Procedure,
    ProcedureField,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
    VersionState,
)
from models.reference import LandType, NationalStatus, PaperForm

ROOT = Path(__file__).resolve().parent
#: The safe loader in C where the package brings it: six times faster.
_Loading = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PROFILES = ("dak-lak-2014", "dak-lak-2026")
_LEVELS = {"vpdk": Level.land_office}


def load(profile: str) -> bool:
    """Fill an empty database with the profile's data; False when it was filled before.

    Errors: ValueError naming the known profiles.
    """
    if profile not in PROFILES:
        raise ValueError(f"PROFILE must be one of: {', '.join(PROFILES)}")
    if db.session.scalar(sa.select(Unit.id).limit(1)) is not None:
        return False
    _Loader(profile).run()
    db.session.commit()
    return True


class _Loader:
    """One run over all files; `hub` is the root unit, which owns the shared catalogues."""

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self.units: dict[str, Unit] = {}
        self.by_gso: dict[str, Unit] = {}
        self.hub = ""

    def run(self) -> None:
        self.load_units()
        self.load_calendar()
        self.load_reference()
        self.load_procedures()

    def add(self, model: type[Row], **values: Any) -> Any:
        """One shared row, owned by the hub."""
        row = model(id=uuid7(), agency_id=self.hub, **values)
        db.session.add(row)
        return row

    # ---- organisation ----------------------------------------------------------------------------
    def load_units(self) -> None:
        """The tree of the profile. The chosen organisation is in force without end: who runs the
        profile of 2014 today runs it as a living organisation, not as history."""
        rows = _csv(f"units/{self.profile}.csv")
        ids = {row["code"]: uuid7() for row in rows}
        parents = {row["code"]: row["parent_code"] for row in rows}
        agencies = {row["code"] for row in rows if row["is_agency"] == "1"}
        for row in rows:
            owner = row["code"]
            while owner not in agencies:
                owner = parents[owner]
            unit = Unit(
                id=ids[row["code"]],
                agency_id=ids[owner],
                parent_id=ids[row["parent_code"]] if row["parent_code"] else None,
                kind=UnitKind(row["kind"]),
                is_agency=row["is_agency"] == "1",
                valid_from=dt.date.fromisoformat(row["valid_from"]),
                valid_to=None,
                **{
                    name: row[name] or None
                    for name in (
                        "code",
                        "name",
                        "full_name",
                        "function",
                        "official_code",
                        "gso_code",
                        "place_name",
                        "abbr",
                        "source",
                    )
                },
            )
            self.units[unit.code] = unit
            if unit.gso_code:
                self.by_gso[unit.gso_code] = unit
        self.hub = next(u.id for u in self.units.values() if u.parent_id is None)
        db.session.add_all(self.units.values())
        db.session.flush()
        if self.profile == "dak-lak-2026":
            for row in _csv("units/successors.csv"):
                if row["to_gso"] in self.by_gso:
                    self.add(
                        UnitSuccessor,
                        from_code=row["from_gso"],
                        from_name=row["from_name"],
                        unit_id=self.by_gso[row["to_gso"]].id,
                        share=row["share"],
                        source=row["source"],
                    )

    # ---- calendar --------------------------------------------------------------------------------
    def load_calendar(self) -> None:
        for row in _csv("calendar/hours.csv"):
            self.add(
                WorkingHours,
                unit_id=self.units[row["unit_code"]].id if row["unit_code"] else None,
                weekday=int(row["weekday"]),
                starts=dt.time.fromisoformat(row["start"]),
                ends=dt.time.fromisoformat(row["end"]),
                valid_from=dt.date.fromisoformat(row["valid_from"]),
                valid_to=_date(row["valid_to"]),
                source=row["source"],
            )
        for row in _csv("calendar/holidays.csv"):
            self.add(
                CalendarDay,
                day=dt.date.fromisoformat(row["date"]),
                kind=DayKind(row["kind"]),
                name=row["name"],
                as_weekday=int(row["as_weekday"]) if row["as_weekday"] else None,
                source=_sourced(row),
            )

    # ---- small lists -----------------------------------------------------------------------------
    def load_reference(self) -> None:
        for row in _csv("statuses.csv"):
            self.add(
                NationalStatus,
                number=int(row["number"]),
                code=row["code"],
                name=row["name"],
                clock=row["clock"],
                source=_sourced(row),
            )
        for row in _csv("forms.csv"):
            self.add(
                PaperForm,
                code=row["code"],
                name=row["name"],
                number_2018=row["number_2018"] or None,
                number_2025=row["number_2025"] or None,
                source=_sourced(row),
            )
        for row in _csv("land_types.csv"):
            self.add(
                LandType,
                code=row["code"],
                name=row["name"],
                group=row.get("group") or None,
                valid_from=_date(row.get("valid_from")),
                valid_to=_date(row.get("valid_to")),
                source=_sourced(row),
            )

    # ---- procedures ------------------------------------------------------------------------------
    def load_procedures(self) -> None:
        self.fields = {
            row["code"]: self.add(
                ProcedureField,
                code=row["code"],
                name=row["name"],
                position=int(row["order"] or 0),
                source=_sourced(row),
            )
            for row in _csv("fields.csv")
        }
        self.documents = {
            row["code"]: self.add(
                DocumentType,
                code=row["code"],
                name=row["name"],
                template_no=row["template_no"] or None,
                from_register=row["obtainable_from_register"] == "1",
                source=_sourced(row),
            )
            for row in _csv("documents.csv")
        }
        steps = _yaml("steps.yaml")
        self.templates = {t["key"]: t for t in steps["templates"]}
        self.functions = steps["functions_2026"] if self.profile == "dak-lak-2026" else {}
        for path in sorted((ROOT / "procedures").glob("*.yaml")):
            for entry in yaml.load(path.read_text(encoding="utf-8"), _Loading):
                self.load_procedure(entry)

    def load_procedure(self, entry: dict[str, Any]) -> None:
        year = self.profile[-4:]
        level = entry.get(f"level_{year}") or entry["level_2026"]
        aliases = _lines(entry.get("aliases"), ", ") or ""
        procedure = self.add(
            Procedure,
            code=entry["code"],
            name=entry["name"],
            level=_LEVELS.get(level) or Level(level),
            subjects=_lines(entry.get("subjects")),
            how=_lines(entry.get("how")),
            conditions=_lines(entry.get("conditions")),
            result=(entry.get("result") or {}).get("name"),
            result_code=(entry.get("result") or {}).get("code"),
            aliases=aliases,
            procedure_field=self.fields[entry["field"]],
            search_key=fold(f"{entry['code']} {entry['name']} {aliases}"),
            source=_sourced(entry),
        )
        for version in entry["versions"]:
            if self.profile in version.get("profiles", PROFILES):
                self.load_version(procedure, version)

    def load_version(self, procedure: Procedure, entry: dict[str, Any]) -> None:
        version = self.add(
            ProcedureVersion,
            procedure=procedure,
            key=str(entry["key"]),
            state=VersionState.published,
            valid_from=entry["valid_from"],
            valid_to=entry.get("valid_to"),
            legal_term=entry.get("legal_term"),
            local_term=entry.get("local_term"),
            extra_term=entry.get("mountain_extra"),
            term_note=_lines(entry.get("term_note")),
            pause_mode=PauseMode(entry.get("pause_mode") or "pause"),
            legal_basis=_lines(entry.get("legal_basis")),
            source=_sourced(entry),
        )
        for position, case in enumerate(entry.get("case_terms") or (), 1):
            self.add(
                CaseTerm,
                version=version,
                position=position,
                case=case["key"],
                name=case["name"],
                term=case["legal_term"],
                source=version.source,
            )
        for position, paper in enumerate(entry.get("papers") or (), 1):
            self.load_paper(version, position, paper)
        fees = sorted(entry.get("fees") or (), key=lambda fee: str(fee["code"]))
        for position, fee in enumerate(fees, 1):
            self.load_fee(version, position, fee)
        template = self.templates[entry["steps"]]
        for position, step in enumerate(template["steps"], 1):
            self.load_step(version, position, step, template)

    def load_paper(self, version: ProcedureVersion, position: int, entry: dict[str, Any]) -> None:
        kind = self.documents.get(entry.get("document") or "")
        self.add(
            RequiredDocument,
            version=version,
            position=position,
            type=kind,
            name=entry.get("name") or kind.name,
            originals=entry.get("originals") or 0,
            copies=entry.get("copies") or 0,
            required=entry.get("required", True),
            condition=entry.get("condition"),
            condition_text=entry.get("condition_text"),
            from_register=bool(entry.get("obtainable_from_register")),
            source=_sourced(entry) or version.source,
        )

    def load_fee(self, version: ProcedureVersion, position: int, entry: dict[str, Any]) -> None:
        self.add(
            FeeRule,
            version=version,
            position=position,
            code=str(entry["code"]),
            name=entry["name"],
            amount=entry.get("amount"),
            per=entry.get("unit") or "case",
            cap=entry.get("cap"),
            moment=FeeMoment(entry["moment"]),
            refundable=bool(entry.get("refundable")),
            condition=entry.get("condition"),
            legal_basis=_lines(entry.get("legal_basis")),
            source=_sourced(entry),
        )

    def load_step(
        self,
        version: ProcedureVersion,
        position: int,
        entry: dict[str, Any],
        template: dict[str, Any],
    ) -> None:
        function, target = entry.get("function"), entry.get("agency")
        moved = self.functions.get(function, function)
        if self.functions:
            moved = entry.get("function_2026", moved)
        self.add(
            ProcedureStep,
            version=version,
            position=position,
            group=entry.get("group"),
            name=entry["name"],
            kind=StepKind(entry["kind"]),
            function=moved,
            role=Role(entry["role"]),
            term=entry.get("term"),
            silence=bool(entry.get("silence")),
            outside_total=bool(entry.get("outside_total")),
            external_body=entry.get("external_body"),
            target_level=(_LEVELS.get(target) or Level(target)) if target else None,
            source=_sourced(template),
        )


def _csv(name: str) -> list[dict[str, str]]:
    with (ROOT / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines))


def _yaml(name: str) -> Any:
    return yaml.load((ROOT / name).read_text(encoding="utf-8"), _Loading)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


#: Marks of the research as the reader sees them; data, not interface.
_MARKS = {
    "V": "đã xác minh",
    "V20": "đã xác minh (văn bản 2020–2021)",
    "V21": "đã xác minh (trang TTHC 2021)",
    "V99": "đã xác minh (NĐ 99/2022/NĐ-CP)",
    "V217": "đã xác minh (NĐ 217/2026/NĐ-CP)",
    "M": "chưa xác minh",
    "unverified": "chưa xác minh",
    "local": "mã của địa phương",
}


def _sourced(entry: dict[str, Any]) -> str | None:
    """Source and certainty in one line, as the reader sees it."""
    source, mark = entry.get("source"), _MARKS.get(str(entry.get("mark")), entry.get("mark"))
    if source and mark and str(mark) in str(source):
        mark = None
    return " · ".join(str(part) for part in (source, mark) if part)[:500] or None


def _lines(value: Any, between: str = "\n") -> str | None:
    return between.join(map(str, value)) if isinstance(value, list) else value
