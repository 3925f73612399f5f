"""What a check of a draft finds, and every sentence it can say (as English message ids)."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.deadline import Term, TermUnit
from domain.errors import MESSAGES as ERRORS, shown
from domain.text import N_, Gettext, untranslated
from domain.titles import title

SECTIONS = ("general", "cases", "data", "documents", "steps", "fees", "results", "actions")
ERROR, WARNING = "error", "warning"

#: What stops publishing: code → message id.
_ERRORS: dict[str, str] = {
    "general.no_term": ERRORS["procedure.no_term"],
    "general.term": ERRORS["term.invalid"],
    "general.period": ERRORS["period.backwards"],
    "general.local_longer": N_("The promised term is longer than the legal term of %(term)s."),
    "cases.term": ERRORS["term.invalid"],
    "cases.code": ERRORS["case.key"],
    "cases.twice": N_("There are two terms for the case “%(case)s”."),
    # conditions, wherever they stand
    **{code: text for code, text in ERRORS.items() if code.startswith("formula.")},
    "formula.unknown": N_("There is no field or case “%(name)s”."),
    "formula.unknown_like": N_("There is no field or case “%(name)s”; is “%(like)s” meant?"),
    "formula.column_outside": N_(
        "“%(name)s” is a column of the table “%(table)s”; conditions reach it as sum(%(table)s, “%(name)s”)."
    ),
    "formula.outside_row": N_(
        "A column is reckoned from other columns of its table; “%(name)s” is none of them."
    ),
    "formula.row_order": N_("“%(name)s” is reckoned after this column; move it before."),
    "formula.no_column": N_("The table “%(table)s” has no column of numbers “%(column)s”."),
    "formula.no_choice": N_("“%(code)s” is no code of a choice of “%(label)s”."),
    # data
    "data.key": ERRORS["data.key"],
    "data.key_taken": ERRORS["data.key_taken"],
    "data.key_word": ERRORS["data.key_word"],
    "data.key_case": N_(
        "“%(key)s” is also a case of this procedure; conditions cannot tell the two apart."
    ),
    "data.choices": ERRORS["data.choices"],
    "data.choice_twice": ERRORS["data.choice_twice"],
    "data.bound": N_("“%(bound)s” is not a number."),
    "data.bounds": ERRORS["data.bounds"],
    "data.no_table": ERRORS["data.no_table"],
    "data.no_columns": N_("A table needs at least one column."),
    "data.column_kind": ERRORS["data.column_kind"],
    "data.stage": N_(
        "“%(stage)s” is no place to fill in data: write “intake” or the number of a step between"
        " receipt and return."
    ),
    "data.not_reader": N_(
        "At step %(step)s it is filled in by the role “%(role)s”, which is not among those who see it."
    ),
    "data.calculated_kind": N_("A field of the kind “%(kind)s” cannot be calculated."),
    "data.calculated_type": N_("The calculation does not give a value of the kind “%(kind)s”."),
    # steps
    "steps.none": ERRORS["procedure.no_steps"],
    "steps.term": ERRORS["term.invalid"],
    "steps.no_receive": N_("The first step must be the receipt at the counter."),
    "steps.receive_late": N_("The receipt happens once, as the first step."),
    "steps.unreachable": N_("This step is never reached: the result has been returned before it."),
    "steps.ends_group": N_(
        "The receipt and the return of the result cannot run beside other work."
    ),
    "steps.ends_conditional": N_(
        "The receipt and the return of the result cannot depend on a condition."
    ),
    "steps.all_conditional": N_(
        "Every step of work has a condition: where none is met the dossier has nowhere to go."
    ),
    "steps.role": N_(
        "The role “%(role)s” cannot finish a step of the kind “%(kind)s”: dossiers would stand still here."
    ),
    "steps.group_apart": N_(
        "Steps of the parallel group %(group)s must stand next to one another."
    ),
    "steps.same_as_missing": N_("There is no step %(step)s whose person could take this one."),
    "steps.same_as_later": N_("Step %(step)s is not finished before this one begins."),
    "steps.same_as_other": N_(
        "Step %(step)s has another role or department; its person cannot do this one."
    ),
    "steps.silence_term": N_("Silence can mean consent only where the step has a duration."),
    "steps.silence_kind": N_("Silence means consent only for opinions and outside bodies."),
    "steps.too_long": N_(
        "The steps take at least %(needed)s together, longer than the legal term of %(term)s."
    ),
    # fees
    "fees.period": ERRORS["period.backwards"],
    "fees.overlap": N_("The fee “%(code)s” is in force twice from %(day)s on."),
    "fees.cap": N_("The cap is below the amount."),
    "fees.quantity_type": N_("The quantity does not give a number."),
    # registers and actions
    "results.found_by": N_("There is no data field “%(key)s” that holds the number of the entry."),
    "results.no_field": N_("The register “%(register)s” has no field “%(key)s”."),
    "results.not_filled": N_(
        "The register “%(register)s” demands “%(label)s”, which nothing fills."
    ),
    "actions.no_step": N_("There is no step %(step)s."),
    "actions.no_fee": N_("There is no fee “%(code)s”."),
    "actions.no_result": N_("There is no result “%(code)s”."),
    "actions.no_paper": N_("No paper “%(code)s” is in use: publish its template first."),
}
#: What an experienced administrator would ask about: code → message id.
_WARNINGS: dict[str, str] = {
    "general.no_legal_basis": N_("No decree or decision is named on which this version rests."),
    "general.extra_unit": N_(
        "The term added in mountainous communes is not counted: its unit is not that of the term."
    ),
    "formula.never": N_(
        "“%(name)s” is compared with a value of another kind: that is never equal."
    ),
    "formula.too_late": N_(
        "“%(label)s” is filled in at step %(step)s only, after this is decided."
    ),
    "data.key_function": N_(
        "“%(key)s” is also the name of a function in conditions; another name is easier to read."
    ),
    "data.no_english": N_("The label has no English translation."),
    "data.not_filterable": N_("Lists cannot be narrowed by a field of the kind “%(kind)s”."),
    "data.column_listed": N_("Lists cannot be narrowed by a column of a table."),
    "data.column_condition": N_(
        "This is not looked at in a column: only “required”, bounds and calculations count there."
    ),
    "data.bound_unused": N_("Bounds count only for numbers, amounts and dates."),
    "data.default": N_("The default “%(default)s” does not fit the kind of the field."),
    "data.no_check_message": N_(
        "Say in words what must hold; else the clerk reads only that the value is not valid."
    ),
    "documents.none": N_("No paper is asked for."),
    "documents.from_register": N_(
        "It is obtainable from a register, so that it may not be asked for, but is marked as required."
    ),
    "documents.twice": N_("“%(name)s” is asked for twice."),
    "documents.no_copies": N_("It is asked for neither as an original nor as a copy."),
    "documents.case_unnamed": N_("The case “%(case)s” that the clerk ticks is not said in words."),
    "steps.no_term": N_("Without a duration nobody sees when this step is late."),
    "steps.no_return": N_("No step returns the result to the applicant."),
    "steps.no_sign": N_("Nobody signs: no step is of the kind “Signature”."),
    "steps.may_be_too_long": N_(
        "Where all conditions are met the steps take at least %(needed)s, longer than the legal term"
        " of %(term)s."
    ),
    "steps.over_promise": N_(
        "The steps take at least %(needed)s together, longer than the promised term of %(term)s."
    ),
    "steps.group_alone": N_("A parallel group of one step runs like any other step."),
    "steps.external_body": N_("The outside body that is waited for is not named."),
    "steps.target_level": N_("Without a level the officer chooses the agency each time."),
    "steps.no_agency": N_(
        "No agency that resolves this procedure has officers with accounts; nobody could do the steps."
    ),
    "steps.nobody": N_("Nobody in service holds the role “%(role)s” in: %(units)s."),
    "steps.nobody_at": N_(
        "In %(count)s of %(all)s agencies nobody in service holds the role “%(role)s” here: %(units)s."
    ),
    "fees.no_amount": N_("No amount is set; the clerk writes it from the resolution each time."),
    "fees.expired": N_("It ended before this version begins."),
    "results.not_open": N_("The register “%(register)s” is not in use yet."),
    "results.other_kind": N_(
        "“%(label)s” of the register is of the kind “%(kind)s”; what fills it may not fit."
    ),
    "fees.no_legal_basis": N_("The resolution on which this fee rests is not named."),
}
MESSAGES = {**_ERRORS, **_WARNINGS}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing to look at, with its place.

    severity: `error` or `warning`. section: one of SECTIONS. part_id: id of the row, part: the words it
    is known by; none for the version as a whole. field: name of the column, if it is one.
    """

    code: str
    section: str
    part_id: str | None = None
    field: str | None = None
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    part: str = ""

    @property
    def severity(self) -> str:
        """Whether it stops publishing."""
        return ERROR if self.code in _ERRORS else WARNING

    @property
    def msgid(self) -> str:
        """The English message id, placeholders unfilled."""
        return MESSAGES[self.code]

    def text(self, gettext: Gettext = untranslated) -> str:
        """The sentence in the language of `gettext`, placeholders filled."""
        return gettext(self.msgid) % {
            name: _words(fact, gettext) for name, fact in self.facts.items()
        }


def found(
    code: str, section: str, part: Any = None, field: str | None = None, /, **facts: Any
) -> Finding:
    """A finding at a row, or at the version as a whole. An unknown code is refused with a KeyError."""
    _ = MESSAGES[code] % facts
    return Finding(code, section, getattr(part, "id", None), field, facts, str(part or ""))


def _words(fact: Any, gettext: Gettext) -> str:
    if isinstance(fact, Term):
        unit = gettext(title(fact.unit))
        return unit if fact.unit is TermUnit.same_day else f"{shown(fact.amount, gettext)} {unit}"
    if isinstance(fact, Decimal):
        return f"{fact:f}".replace(".", ",")
    return shown(fact, gettext)
