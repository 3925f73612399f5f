"""The sections of the designer and the groups of fields of their forms, as tables of facts."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from domain.codes import ResultAct, StepKind
from domain.data_fields import IN_ROWS, LISTS
from domain.field_kinds import FieldKind as Kind
from models.base import Row
from models.outcome import ActionKind, ProcedureResult, StepAction
from models.procedure import (
    CaseTerm,
    DataField,
    FeeRule,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
)
from models.register import RegisterField
from services.part_rules import BOUNDED
from services.register_rules import NEEDS


@dataclass(frozen=True)
class Fieldset:
    """Fields that belong together; a folded one opens by itself when something stands in it."""

    title: Any
    names: tuple[str, ...]
    folded: bool = False


@dataclass(frozen=True)
class Section:
    """A tab: its rows are of `model` and stand in `rows` of the version; `one` is the word for adding,
    `checked` the name of the section in the checks of a draft."""

    slug: str
    label: Any
    icon: str
    model: type[Row] | None = None
    rows: str = ""
    one: Any = ""
    none: Any = ""
    fieldsets: tuple[Fieldset, ...] = ()
    checked: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All columns of the form, in their order."""
        return tuple(name for group in self.fieldsets for name in group.names)


_SOURCE = _l("Source")
_WHEN = _l("When")

GENERAL = Section(
    "chung",
    _l("General"),
    "bi-info-circle",
    ProcedureVersion,
    fieldsets=(
        Fieldset(_l("Validity"), ("key", "valid_from", "valid_to")),
        Fieldset(
            _l("Terms"), ("legal_term", "local_term", "extra_term", "pause_mode", "term_note")
        ),
        Fieldset(_l("Basis and source"), ("legal_basis", "source")),
    ),
    checked="general",
)
DATA = Section(
    "du-lieu",
    _l("Data"),
    "bi-input-cursor-text",
    DataField,
    "data_fields",
    _l("Add a field"),
    _l("No field yet: only the applicant and the papers are recorded."),
    (
        Fieldset(_l("Question"), ("label", "kind", "choices", "help", "required", "group")),
        Fieldset(_WHEN, ("show_if", "required_if"), folded=True),
        Fieldset(
            _l("Value"),
            ("default", "calculated", "least", "most", "check", "check_message"),
            folded=True,
        ),
        Fieldset(_l("Who and where"), ("stages", "readers", "listed", "searched"), folded=True),
        Fieldset(_l("Name and source"), ("key", "label_en", "source"), folded=True),
    ),
    "data",
)
PAPERS = Section(
    "giay-to",
    _l("Papers"),
    "bi-list-check",
    RequiredDocument,
    "documents",
    _l("Add a paper"),
    _l("No paper yet: nothing has to be handed in."),
    (
        Fieldset(_l("Paper"), ("name", "originals", "copies", "required", "from_register", "type")),
        Fieldset(_WHEN, ("condition", "condition_text", "only_if"), folded=True),
        Fieldset(_SOURCE, ("source",), folded=True),
    ),
    "documents",
)
STEPS = Section(
    "buoc",
    _l("Steps"),
    "bi-signpost-split",
    ProcedureStep,
    "steps",
    _l("Add a step"),
    _l("No step yet: without one the draft cannot be published."),
    (
        Fieldset(
            _l("Work"),
            ("name", "kind", "role", "function", "term", "external_body", "target_level"),
        ),
        Fieldset(_l("Course"), ("group", "only_if", "same_as", "silence", "outside_total"), True),
        Fieldset(_SOURCE, ("source",), folded=True),
    ),
    "steps",
)
FEES = Section(
    "phi",
    _l("Fees"),
    "bi-cash-coin",
    FeeRule,
    "fees",
    _l("Add a fee"),
    _l("No fee yet: nothing is collected."),
    (
        Fieldset(_l("Fee"), ("name", "amount", "per", "cap", "quantity", "moment", "refundable")),
        Fieldset(_WHEN, ("condition", "only_if", "free_if"), folded=True),
        Fieldset(_l("Resolution"), ("legal_basis", "valid_from", "valid_to"), folded=True),
        Fieldset(_l("Code and source"), ("code", "source"), folded=True),
    ),
    "fees",
)
CASES = Section(
    "truong-hop",
    _l("Cases"),
    "bi-hourglass-split",
    CaseTerm,
    "case_terms",
    _l("Add a case"),
    _l("No case with a term of its own: the legal term holds for all."),
    (
        Fieldset(_l("Case"), ("name", "term")),
        Fieldset(_l("Code and source"), ("case", "source"), folded=True),
    ),
    "cases",
)
RESULTS = Section(
    "ket-qua",
    _l("Registers"),
    "bi-journal-check",
    ProcedureResult,
    "results",
    _l("Add a result in a register"),
    _l("No register: the result is only handed over."),
    (
        Fieldset(_l("Result"), ("name", "register", "act", "found_by", "fills")),
        Fieldset(_WHEN, ("only_if",), folded=True),
        Fieldset(_l("Code and source"), ("code", "source"), folded=True),
    ),
    "results",
)
ACTIONS = Section(
    "viec-tu-dong",
    _l("Automatic acts"),
    "bi-lightning-charge",
    StepAction,
    "actions",
    _l("Add an automatic act"),
    _l("Nothing happens by itself at the steps."),
    (
        Fieldset(
            _l("Automatic act"),
            ("step", "moment", "kind", "form", "fee", "result", "notified", "text"),
        ),
        Fieldset(_WHEN, ("only_if",), folded=True),
        Fieldset(_SOURCE, ("source",), folded=True),
    ),
    "actions",
)
CHECKS = Section("kiem-tra", _l("Checks"), "bi-clipboard-check")

SECTIONS = (GENERAL, DATA, PAPERS, STEPS, FEES, CASES, RESULTS, ACTIONS, CHECKS)
BY_SLUG = {section.slug: section for section in SECTIONS}
BY_MODEL = {section.model: section for section in SECTIONS if section.model is not None}

# ---- which properties fit which kind -------------------------------------------------------------
_ASKED = frozenset(Kind) - {Kind.heading}
#: Properties of a field that only some kinds have; the others fit all.
FIELD_KINDS: dict[str, frozenset[Kind]] = {
    "choices": LISTS,
    "required": _ASKED,
    "required_if": _ASKED,
    "group": IN_ROWS,
    "default": IN_ROWS,
    "calculated": IN_ROWS & {*BOUNDED, Kind.text, Kind.long_text, Kind.yes_no},
    "least": BOUNDED,
    "most": BOUNDED,
    "check": _ASKED,
    "check_message": _ASKED,
    "stages": _ASKED,
    "listed": _ASKED - {Kind.group, Kind.long_text, Kind.file},
    "searched": _ASKED - {Kind.yes_no, Kind.file},
}
#: What the engine asks of a column of a table; the rest belongs to the table.
OF_COLUMNS = frozenset(
    {"key", "label", "label_en", "kind", "group", "help", "required", "calculated", "choices"}
    | {"least", "most", "source"}
)
STEP_KINDS: dict[str, frozenset[StepKind]] = {
    "silence": frozenset({StepKind.consult, StepKind.external}),
    "external_body": frozenset({StepKind.external}),
    "target_level": frozenset({StepKind.transfer}),
    "same_as": frozenset(StepKind) - {StepKind.receive},
    "only_if": frozenset(StepKind) - {StepKind.receive},
}
ACTION_KINDS: dict[str, frozenset[ActionKind]] = {
    name: frozenset({kind}) for kind, names in NEEDS.items() for name in names
}
KINDS: dict[type[Row], dict[str, frozenset[Any]]] = {
    DataField: FIELD_KINDS,
    RegisterField: FIELD_KINDS,
    StepAction: ACTION_KINDS,
    ProcedureResult: {
        "found_by": frozenset(ResultAct) - {ResultAct.create},
        "fills": frozenset(ResultAct) - {ResultAct.revoke},
    },
    ProcedureStep: STEP_KINDS,
}


def fits(model: type[Row], name: str, kind: Any) -> bool:
    """Whether a part of this kind has this property; without a kind it may have all."""
    allowed = KINDS.get(model, {}).get(name)
    return allowed is None or kind is None or kind in allowed
