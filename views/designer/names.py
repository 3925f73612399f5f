"""What may stand in a condition: the names that a version knows, the functions and the words, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext as _l

from domain.data_fields import LISTS, PARTS
from domain.field_kinds import PART_NAMES, FieldKind
from models.procedure import DataField, ProcedureVersion
from services.dossier.data import choices_of
from views.counter.lines import BY_CHANNEL, cases_of
from views.data_form import PART_LABELS
from views.generated.titles import title

_NUMBERS = frozenset({FieldKind.number, FieldKind.money})
_CHANNELS = {"in_person": _l("Filed in person"), "not_in_person": _l("Filed online or by post")}
#: Part → the name by which conditions call it.
_SHORT = {part: name for name, part in PART_NAMES.items()}
#: What a function is called with, and what it gives.
FUNCTIONS: dict[str, tuple[str, Any]] = {
    "empty": ("bo_trong(ten)", _l("nothing is filled in there")),
    "days": ("so_ngay(tu_ngay, den_ngay)", _l("days from the first to the last, both counted")),
    "years": ("so_nam(ngay_sinh, hom_nay())", _l("whole years between two days, such as an age")),
    "today": ("hom_nay()", _l("the day of today")),
    "day": ('ngay("01/07/2026")', _l("a fixed day")),
    "count": ("dem(bang)", _l("how many lines a table, or files a field has")),
    "sum": ('tong(bang, "so_luong")', _l("the sum of a column of a table")),
    "round": ("lam_tron(so, 2)", _l("rounded to so many digits after the comma")),
    "min": ("nho_nhat(a, b)", _l("the smallest of several")),
    "max": ("lon_nhat(a, b)", _l("the largest of several")),
}
EXAMPLES: tuple[tuple[str, Any], ...] = (
    ("dien_tich > 50", _l("a number is larger than 50")),
    ('loai = "cho_xe" hoặc loai = "kho"', _l("one of two choices of a list")),
    ("uy_quyen và không bo_trong(so_giay)", _l("a case is given and a field is filled in")),
    ("dien_tich * so_ngay(tu_ngay, den_ngay) * 2000", _l("a calculation, for a value or a fee")),
    ("tu_ngay + 30", _l("the day thirty days later")),
    ("den_ngay - tu_ngay > 90", _l("days between two dates, the first not counted")),
    ("so_nam(nguoi_thue.ngay_sinh, hom_nay()) < 18", _l("a part of a person: younger than 18")),
)
WORDS = ("và", "hoặc", "không", "trong", "=", "≠", "<", "≤", ">", "≥", "( )")


@dataclass(frozen=True)
class Name:
    """A name of a condition: `label` says what it is, `pieces` are (what is inserted, its words)."""

    label: str
    kind: str
    pieces: tuple[tuple[str, str], ...]


def of_fields(version: ProcedureVersion, table: str = "") -> list[Name]:
    """The fields that a condition may name; in a column of a table, the columns beside it."""
    shown = [f for f in version.data_fields if (f.group or "") == table]
    return [
        Name(f.label, title(f.kind), _pieces(f, version))
        for f in shown
        if f.kind is not FieldKind.heading
    ]


def _pieces(field: DataField, version: ProcedureVersion) -> tuple[tuple[str, str], ...]:
    if field.kind is FieldKind.group:
        columns = [c for c in version.data_fields if c.group == field.key and c.kind in _NUMBERS]
        sums = ((f'tong({field.key}, "{c.key}")', c.label) for c in columns)
        return ((f"dem({field.key})", gettext("number of lines")), *sums)
    if field.kind in PARTS:
        parts = ((f"{field.key}.{_SHORT[p]}", str(PART_LABELS[p])) for p in PARTS[field.kind])
        return ((f"bo_trong({field.key})", gettext("not filled in")), *parts)
    if field.kind is FieldKind.file:
        return (
            (f"bo_trong({field.key})", gettext("not filled in")),
            (f"dem({field.key})", gettext("number of files")),
        )
    if field.kind not in LISTS:
        return ((field.key, ""),)
    written = '{0} = "{1}"' if field.kind is FieldKind.choice else '"{1}" trong {0}'
    return tuple(
        (written.format(field.key, code), words) for code, words in choices_of(field.choices)
    )


def of_cases(version: ProcedureVersion) -> list[Name]:
    """The cases that the clerk ticks or that follow from how the dossier is filed."""
    word = gettext("Case")
    known = {**cases_of(version), **{code: str(_CHANNELS[code]) for code in BY_CHANNEL}}
    known |= {code: code for code in _of_fees(version) if code not in known}
    return [Name(words, word, ((code, ""),)) for code, words in known.items()]


def _of_fees(version: ProcedureVersion) -> Iterable[str]:
    return (fee.condition for fee in version.fees if fee.condition)


def helper(version: ProcedureVersion, table: str = "") -> dict[str, Any]:
    """Everything that the help beside a condition shows."""
    return {
        "fields": of_fields(version, table),
        "cases": of_cases(version) if isinstance(version, ProcedureVersion) and not table else [],
        "functions": [*FUNCTIONS.values()],
        "examples": EXAMPLES,
        "words": WORDS,
    }
