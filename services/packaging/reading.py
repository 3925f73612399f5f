"""A text as a package, or all that is wrong with it."""

from dataclasses import dataclass
from typing import Any

from domain import data_fields
from domain.errors import DomainError
from domain.unicode import nfc
from models.procedure import DataField, Procedure, ProcedureVersion
from services.dossier.data import specs
from services.packaging import enclosed, notation
from services.packaging.body import FIELD, Content, Values, body_of
from services.packaging.problem import Problem, Refused, stop
from services.packaging.seal import Origin, hash_of, origin_of
from services.packaging.values import read_row
from services.packaging.writing import FORMAT, FORMAT_VERSION
from services.version_parts import PARTS

MOST_ROWS = 500
_HEADER = (
    *("format", "format_version", "product_version", "exported_at", "exported_by", "decree"),
    *("sha256", "signature"),
)
_CONTENT = ("procedure", "version", "registers", "templates", notation.FILES)
_LONGEST = 2000
_FIELD_LENGTHS = {"code": 40, "name": 300}


@dataclass(frozen=True, kw_only=True)
class Package(Content):
    """A package that was read without a fault.

    header: what stands on top, as texts. sha256: of the content as it is.
    """

    header: dict[str, str]
    sha256: str
    origin: Origin


def read(content: str | bytes, *, secret: str = "") -> Package:
    """Read a package; nothing in it is ever run.

    secret: that of this installation, by which its own packages are known. A changed hash is no fault,
    `origin` says it. Raises Refused with everything that is wrong, each at its place.
    """
    tree = notation.parse(notation.decode(content))
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise stop("package.format", format=FORMAT)
    _refuse_newer(tree.get("format_version"))
    problems: list[Problem] = []
    header = _header(tree, problems)
    procedure = _procedure(tree.get("procedure"), problems)
    version, parts = _version(tree.get("version"), problems)
    registers = enclosed.registers(tree.get("registers"), problems)
    templates = enclosed.templates(tree.get("templates"), problems)
    files = enclosed.files(tree.get(notation.FILES), parts["documents"], problems)
    if not problems:
        problems = _together(parts)
    if problems:
        raise Refused(problems)
    whole = Content(
        procedure=procedure,
        version=version,
        parts=parts,
        registers=registers,
        templates=templates,
        files=files,
    )
    found = hash_of(body_of(whole))
    origin = origin_of(header, found, secret)
    return Package(**vars(whole), header=header, sha256=found, origin=origin)


def _refuse_newer(raw: Any) -> None:
    if not isinstance(raw, str) or not raw.isdecimal() or int(raw[:9]) < 1:
        raise stop("package.format_version", "format_version", known=FORMAT_VERSION)
    if int(raw[:9]) > FORMAT_VERSION:
        raise stop("package.newer", "format_version", found=int(raw[:9]), known=FORMAT_VERSION)


def _header(tree: dict[str, Any], problems: list[Problem]) -> dict[str, str]:
    known = [*_HEADER, *_CONTENT]
    for key in tree.keys() - {*known}:
        error = DomainError("package.unknown_key", key=key[:40], known=known)
        problems.append(Problem(key[:40], error))
    header = {}
    for key in _HEADER:
        value = tree.get(key)
        if isinstance(value, str):
            header[key] = nfc(value).strip()[:_LONGEST]
        elif value is not None:
            problems.append(Problem(key, DomainError("package.expected_text")))
    return header


def _procedure(tree: Any, problems: list[Problem]) -> Values:
    values = read_row(Procedure, tree, "procedure", problems, (FIELD,))
    field = tree.get(FIELD) if isinstance(tree, dict) else None
    given = field if isinstance(field, dict) else {}
    values[FIELD] = {}
    for name, length in _FIELD_LENGTHS.items():
        raw, place = given.get(name), f"procedure.{FIELD}.{name}"
        if not isinstance(raw, str) or not raw.strip():
            problems.append(Problem(place, DomainError("value.required")))
        elif len(raw) > length:
            problems.append(Problem(place, DomainError("value.too_long", limit=length)))
        else:
            values[FIELD][name] = nfc(raw).strip()
    for key in given.keys() - _FIELD_LENGTHS.keys():
        error = DomainError("package.unknown_key", key=key[:40], known=list(_FIELD_LENGTHS))
        problems.append(Problem(f"procedure.{FIELD}.{key[:40]}", error))
    return values


def _version(tree: Any, problems: list[Problem]) -> tuple[Values, dict[str, list[Values]]]:
    values = read_row(ProcedureVersion, tree, "version", problems, PARTS)
    parts = {
        part: _rows(part, tree.get(part) if isinstance(tree, dict) else None, problems)
        for part in PARTS
    }
    return values, parts


def _rows(part: str, tree: Any, problems: list[Problem]) -> list[Values]:
    rows = enclosed.rows_in(tree, f"version.{part}", MOST_ROWS, problems)
    return [read_row(PARTS[part], row, f"{part}[{n}]", problems) for n, row in enumerate(rows, 1)]


# ---- what only the whole can say -----------------------------------------------------------------
def _together(parts: dict[str, list[Values]]) -> list[Problem]:
    """Names that stand twice, columns of no table, fields that depend on one another in a circle."""
    problems: list[Problem] = []
    for part, name, code in (
        ("data_fields", "key", "data.key_taken"),
        ("case_terms", "case", "row.duplicate"),
        ("results", "code", "row.duplicate"),
    ):
        problems += enclosed.twice(parts[part], part, name, code)
    problems += _steps(parts["steps"])
    return problems or _circles(parts["data_fields"])


def _steps(rows: list[Values]) -> list[Problem]:
    return [
        Problem(f"steps[{n}].same_as", DomainError("step.same_as"))
        for n, row in enumerate(rows, 1)
        if row["same_as"] is not None and not 0 < row["same_as"] < n
    ]


def _circles(rows: list[Values]) -> list[Problem]:
    version = ProcedureVersion(data_fields=[DataField(**row) for row in rows])
    try:
        data_fields.ordered(specs(version))
    except DomainError as error:
        return [Problem("data_fields", error)]
    return []


__all__ = ["MOST_ROWS", "Package", "read"]
