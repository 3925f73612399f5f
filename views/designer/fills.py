"""What fills the fields of a register: a line for each, with the names of the procedure to choose from."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext as _l
from wtforms import Field

from domain import formula
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from domain.register import fills_of
from models.procedure import ProcedureVersion
from services.registers.results import TODAY
from views.generated import values
from views.generated.fields import Typed
from views.generated.titles import title

#: The facts of a dossier that may fill a field, in words.
FACTS: dict[str, Any] = {
    "chu_ho_so": _l("Applicant"),
    "so_giay_to": _l("ID number of the applicant"),
    "dia_chi_chu_ho_so": _l("Address of the applicant"),
    "dien_thoai": _l("Telephone of the applicant"),
    "ma_ho_so": _l("Dossier code"),
    "noi_dung": _l("Content of the request"),
    "so_ket_qua": _l("Number of the result"),
    TODAY: _l("The day of registration"),
}


@dataclass(frozen=True)
class Line:
    """One field of the register. by_itself: the field of the procedure that fills it without a word."""

    key: str
    label: str
    kind: str
    required: bool
    by_itself: str = ""


class Fills(Typed, Field):  # type: ignore[misc]
    """Lines “field of the register = field or formula”, kept as one text."""

    asked: tuple[Line, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    written: dict[str, str] = {}
    wrong: dict[str, str] = {}

    def process(self, formdata: Any, *args: Any, **more: Any) -> None:
        """Read the inputs of all lines, of which none is called like the field itself."""
        super().process(None, *args, **more)
        if formdata is None:
            return
        start = f"{self.name}-"
        typed = {k[len(start) :]: str(v) for k, v in formdata.items() if k.startswith(start)}
        self.written = {key: " ".join(text.split()) for key, text in typed.items() if text.strip()}
        self.wrong = {k: said for k, text in self.written.items() if (said := _unread(text))}
        labels = {line.key: line.label for line in self.asked}
        self.process_errors = [f"{labels.get(k, k)}: {said}" for k, said in self.wrong.items()]
        text = "\n".join(f"{key} = {text}" for key, text in self.written.items())
        try:
            self.data = values.read(self.column, text)
        except DomainError as error:
            self.process_errors = [*self.process_errors, error.text(gettext)]

    def process_data(self, value: Any) -> None:
        """Show what is kept."""
        super().process_data(value)
        self.written = {fill.key: fill.formula for fill in fills_of(value)}

    def lines(self) -> list[tuple[Line, str]]:
        """Each field of the register with what stands there; what is written of no field of it last."""
        known = {line.key for line in self.asked}
        gone = (Line(key, key, "", False) for key in self.written if key not in known)
        return [(line, self.written.get(line.key, "")) for line in (*self.asked, *gone)]


def _unread(text: str) -> str:
    """Why a formula cannot be read, as a sentence; nothing where it can."""
    try:
        formula.parse(text)
    except DomainError as error:
        return error.text(gettext)
    return ""


def fills_for(version: ProcedureVersion, row: Any) -> type[Fills]:
    """The field for a result that stands open; without its register there is nothing to fill yet."""
    register = row.register if row is not None else None
    mine = {f.key: f for f in version.data_fields if not f.group}
    lines = tuple(
        Line(
            f.key,
            f.label,
            title(f.kind),
            bool(f.required) and not f.calculated,
            mine[f.key].label if f.key in mine and mine[f.key].kind is f.kind else "",
        )
        for f in (register.data_fields if register is not None else ())
        if not (f.group or f.retired or f.calculated or f.kind is FieldKind.heading)
    )
    names = [(f.key, f.label) for f in mine.values() if f.kind is not FieldKind.heading]
    facts = [(name, str(words)) for name, words in FACTS.items()]
    return type("Fills", (Fills,), {"asked": lines, "names": (*names, *facts)})
