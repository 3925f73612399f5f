"""The kinds of data that a field of a procedure may take, and the definition of one field."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class FieldKind(StrEnum):
    """What a field takes."""

    text = "text"
    long_text = "long_text"
    number = "number"
    money = "money"
    date = "date"
    yes_no = "yes_no"
    choice = "choice"
    choices = "choices"
    id_number = "id_number"
    tax_code = "tax_code"
    phone = "phone"
    email = "email"
    person = "person"
    organisation = "organisation"
    address = "address"
    land_parcel = "land_parcel"
    file = "file"
    group = "group"
    heading = "heading"


Values = dict[str, Any]
#: A text fits in a paper; a table of a dossier is not a data file.
LONGEST_LINE, LONGEST_TEXT, MOST_ROWS = 500, 4000, 100


#: Kinds that have parts, each a text of its own with its kind.
PARTS: dict[FieldKind, dict[str, FieldKind]] = {
    FieldKind.person: {
        "name": FieldKind.text,
        "id_number": FieldKind.id_number,
        "birth_date": FieldKind.date,
        "phone": FieldKind.phone,
        "address": FieldKind.text,
    },
    FieldKind.organisation: {
        "name": FieldKind.text,
        "tax_code": FieldKind.tax_code,
        "representative": FieldKind.text,
        "address": FieldKind.text,
    },
    FieldKind.address: {"commune": FieldKind.text, "detail": FieldKind.text},
    FieldKind.land_parcel: {
        "map_sheet": FieldKind.text,
        "parcel_no": FieldKind.text,
        "area": FieldKind.number,
        "address": FieldKind.text,
    },
}
#: The parts as conditions and papers may call them too: Vietnamese name → part.
PART_NAMES: dict[str, str] = {
    "ten": "name",
    "so_giay_to": "id_number",
    "ngay_sinh": "birth_date",
    "dien_thoai": "phone",
    "dia_chi": "address",
    "ma_so_thue": "tax_code",
    "dai_dien": "representative",
    "xa": "commune",
    "chi_tiet": "detail",
    "to_ban_do": "map_sheet",
    "so_thua": "parcel_no",
    "dien_tich": "area",
}
#: Kinds that a column of a table may have.
IN_ROWS = frozenset(FieldKind) - {
    *(*PARTS, FieldKind.choices, FieldKind.long_text),
    *(FieldKind.group, FieldKind.heading, FieldKind.file),
}
#: Kinds with a closed list.
LISTS = frozenset({FieldKind.choice, FieldKind.choices})


@dataclass(frozen=True)
class FieldSpec:
    """One field. `choices` are (code, words); formulas are text, empty for none.

    least, most: bounds of a number or amount, or of the days from today for a date (least=0: not in the
    past), or how many files. stages: where it is filled in, `intake` or the position of a step as text;
    empty: intake.
    readers: names of roles that see it, empty for all who see the dossier. columns: of a group.
    """

    key: str
    label: str
    kind: FieldKind = FieldKind.text
    label_en: str = ""
    help: str = ""
    required: bool = False
    required_if: str = ""
    show_if: str = ""
    calculated: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    check: str = ""
    check_message: str = ""
    stages: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    columns: tuple["FieldSpec", ...] = ()
    listed: bool = False
    searched: bool = False

    @property
    def asks(self) -> bool:
        """Whether a person fills it in."""
        return self.kind is not FieldKind.heading and not self.calculated

    def stands_at(self, stage: str) -> bool:
        """Whether it belongs to the form of the counter (`intake`) or of a step (its position)."""
        return stage in (self.stages or {INTAKE})

    def filled_at(self, stage: str) -> bool:
        """Whether a person fills it in there."""
        return self.asks and self.stands_at(stage)


INTAKE = "intake"


def part_name(name: str) -> str | None:
    """The part that a name means, None for one that no kind has."""
    found = PART_NAMES.get(name, name)
    return found if any(found in parts for parts in PARTS.values()) else None


def parts_in_words(kind: FieldKind | None = None) -> list[str]:
    """The names of the parts of a kind, or of all kinds, as they are offered."""
    names = {part: name for name, part in PART_NAMES.items()}
    kinds = [kind] if kind is not None else [*PARTS]
    return list(dict.fromkeys(names[part] for one in kinds for part in PARTS.get(one, ())))
