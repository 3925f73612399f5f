"""What goes with a version, read from a package: the registers it names, printed papers, blank forms."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from domain import data_fields
from domain.errors import DomainError
from models.paper_template import LONGEST_BODY
from models.register import Register, RegisterField
from services import blank_forms, paper_templates
from services.dossier.data import specs_of
from services.packaging.body import REGISTER_FIELDS, TEMPLATE, Values, lines_of
from services.packaging.notation import FILES
from services.packaging.problem import Problem
from services.packaging.values import read_columns, read_row

#: More of them no procedure has.
MOST_REGISTERS, MOST_TEMPLATES, MOST_FIELDS, MOST_FILES = 20, 30, 500, 100
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SPACE = re.compile(r"\s+")


def rows_in(tree: Any, place: str, most: int, problems: list[Problem]) -> list[Any]:
    """The entries of a list; of one that is none, or too long, nothing and a problem."""
    if tree is None:
        return []
    if not isinstance(tree, list):
        problems.append(Problem(place, DomainError("package.expected_list")))
        return []
    if len(tree) > most:
        problems.append(Problem(place, DomainError("package.too_many", limit=most)))
        return []
    return tree


# ---- registers -----------------------------------------------------------------------------------
def registers(tree: Any, problems: list[Problem]) -> list[Values]:
    """The registers of a package, each with the rows of its fields."""
    found = []
    for n, entry in enumerate(rows_in(tree, "registers", MOST_REGISTERS, problems), 1):
        place = f"registers[{n}]"
        values = read_row(Register, entry, place, problems, (REGISTER_FIELDS,))
        given = entry.get(REGISTER_FIELDS) if isinstance(entry, dict) else None
        inner = f"{place}.{REGISTER_FIELDS}"
        values[REGISTER_FIELDS] = [
            read_row(RegisterField, row, f"{inner}[{i}]", problems)
            for i, row in enumerate(rows_in(given, inner, MOST_FIELDS, problems), 1)
        ]
        found.append(values)
    if not problems:
        problems += _registers_together(found)
    return found


def _registers_together(found: list[Values]) -> list[Problem]:
    """Codes and names of fields that stand twice, fields that depend on one another in a circle."""
    problems = twice(found, "registers", "code", "row.duplicate")
    for n, values in enumerate(found, 1):
        inner, rows = f"registers[{n}].{REGISTER_FIELDS}", values[REGISTER_FIELDS]
        again = twice(rows, inner, "key", "data.key_taken")
        problems += again or _circle(rows, inner)
    return problems


def twice(rows: Sequence[Values], place: str, name: str, code: str) -> list[Problem]:
    """A problem for each row whose name an earlier one has."""
    seen: set[str] = set()
    problems = []
    for n, row in enumerate(rows, 1):
        if row[name] in seen:
            problems.append(Problem(f"{place}[{n}].{name}", DomainError(code)))
        seen.add(row[name])
    return problems


def _circle(rows: list[Values], place: str) -> list[Problem]:
    try:
        data_fields.ordered(specs_of(RegisterField(**row) for row in rows))
    except DomainError as error:
        return [Problem(place, error)]
    return []


# ---- printed papers ------------------------------------------------------------------------------
def templates(tree: Any, problems: list[Problem]) -> list[Values]:
    """The printed papers of a package; what they say is proved when it is tried."""
    found = []
    for n, entry in enumerate(rows_in(tree, "templates", MOST_TEMPLATES, problems), 1):
        place = f"templates[{n}]"
        before = len(problems)
        values = read_columns(TEMPLATE, entry, place, problems)
        if len(problems) == before:
            problems += _template(values, place)
            values["name"] = " ".join(values["name"].split())
            values["body"] = lines_of(values["body"])
        found.append(values)
    if not problems:
        keyed = [{"form": f"{row['form']}@{row['own']}"} for row in found]
        problems += twice(keyed, "templates", "form", "row.duplicate")
    return found


def _template(values: Values, place: str) -> list[Problem]:
    problems = []
    if not paper_templates.CODE.fullmatch(values["form"]):
        problems.append(Problem(f"{place}.form", DomainError("template.code")))
    if len(values["body"].encode()) > LONGEST_BODY:
        error = DomainError("template.too_long", limit=LONGEST_BODY // 1000)
        problems.append(Problem(f"{place}.body", error))
    return problems


# ---- blank forms ---------------------------------------------------------------------------------
def files(tree: Any, documents: list[Values], problems: list[Problem]) -> dict[str, bytes]:
    """Fingerprint → bytes of the blank forms that the papers name, each what it says it is."""
    given = tree if isinstance(tree, dict) else {}
    if tree is not None and not isinstance(tree, dict):
        problems.append(Problem(FILES, DomainError("package.expected_map")))
    if len(given) > MOST_FILES:
        problems.append(Problem(FILES, DomainError("package.too_many", limit=MOST_FILES)))
        return {}
    found: dict[str, bytes] = {}
    for name, raw in given.items():
        try:
            found[name] = _file(name, raw)
        except DomainError as error:
            problems.append(Problem(f"{FILES}.{name[:64]}", error))
    problems += _named(found, given, documents)
    return found


def _file(name: str, raw: Any) -> bytes:
    """Errors: package.fingerprint, package.not_base, and what the upload of a blank form refuses."""
    if not _FINGERPRINT.fullmatch(name):
        raise DomainError("package.fingerprint")
    if not isinstance(raw, str):
        raise DomainError("package.not_base")
    try:
        data = base64.b64decode(_SPACE.sub("", raw), validate=True)
    except (binascii.Error, ValueError):
        raise DomainError("package.not_base") from None
    if hashlib.sha256(data).hexdigest() != name:
        raise DomainError("package.fingerprint")
    blank_forms.kind_of(data)
    return data


def _named(
    found: dict[str, bytes], given: dict[str, Any], documents: list[Values]
) -> list[Problem]:
    """What papers name and the package lacks, and the other way round."""
    problems, wanted = [], set()
    for n, row in enumerate(documents, 1):
        name, print_ = row.get("blank_name"), row.get("blank_sha256")
        if bool(name) != bool(print_):
            missing = "blank_sha256" if name else "blank_name"
            problems.append(Problem(f"documents[{n}].{missing}", DomainError("value.required")))
        if print_:
            wanted.add(print_)
            if print_ not in given:
                error = DomainError("package.no_file")
                problems.append(Problem(f"documents[{n}].blank_sha256", error))
        if name and print_ in found:
            ending = name.lower().rpartition(".")[2]
            if ending != blank_forms.kind_of(found[print_]):
                problems.append(Problem(f"documents[{n}].blank_name", DomainError("file.mismatch")))
    extra = sorted(found.keys() - wanted)
    problems += [Problem(f"{FILES}.{name}", DomainError("package.file_unnamed")) for name in extra]
    return problems
