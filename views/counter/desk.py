"""One visit at the counter: the form with the lines of its procedure, and what they give."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from flask_babel import gettext

from domain.codes import ApplicantKind, Channel
from domain.data_fields import INTAKE, Filled, Values
from domain.errors import DomainError
from domain.explain import explain_text
from domain.numbering import dossier_code
from domain.roles import Role
from domain.terms import Reckoning
from models.organisation import Unit
from models.procedure import Level, ProcedureVersion
from services import procedure, reference
from services.acting import Actor, Post
from services.dossier import clock, data
from services.dossier.checking import problems
from services.dossier.data import Known
from services.dossier.forms import Intake, Person, plain
from services.numbers import expected, numbering_day
from views.counter import lines
from views.counter.batch import BatchLine, examine
from views.counter.form import LAND, CounterForm
from views.data_form import DataForm

#: Fields of administration whose dossiers are about a parcel of land.
LAND_FIELDS = frozenset({"DD", "BPBD"})
#: How a visit ends.
Act = Literal["receive", "guide", "refuse"]
_NAMES = {
    "card_qr": "card",
    "version_id": "procedure",
    "reason": "guide_reason",
    "name": "owner_name",
    "tax_code": "owner_tax_code",
}


@dataclass
class Desk:
    """Everything the page shows. `typed` is the posted form, None when the page is opened."""

    form: CounterForm
    actor: Actor
    at: dt.datetime
    typed: Any = None
    version: ProcedureVersion | None = None
    papers: list[lines.PaperLine] = field(default_factory=list)
    extra: list[lines.PaperForm] = field(default_factory=list)
    fees: list[lines.FeeEntry] = field(default_factory=list)
    lacks: list[lines.LackForm] = field(default_factory=list)
    batch: list[BatchLine] = field(default_factory=list)
    ticked: frozenset[str] = frozenset()
    offered: Any = ()
    doubled: bool = False
    handed: dict[str, Any] | None = None
    data: DataForm | None = None
    filled: Filled | None = None
    given: Values | None = None

    # ---- what the page is about ------------------------------------------------------------------
    @property
    def post(self) -> Post:
        """The post at the counter through which the clerk acts."""
        found = self.actor.post(Role.clerk)
        if found is None:
            raise DomainError("dossier.role_not_allowed")
        return found

    @property
    def agency(self) -> Unit:
        """The agency of this counter."""
        found = reference.unit(self.post.agency_id)
        assert found is not None
        return found

    @property
    def competent(self) -> Unit:
        """The agency that resolves it: the chosen one, else our own."""
        chosen = self.form.competent_id.data
        unit = reference.unit(chosen) if chosen else None
        return unit if unit is not None and unit.is_agency else self.agency

    @property
    def cases(self) -> frozenset[str]:
        """The cases of this visit: ticked ones, the channel's, and that of a proxy."""
        implied = {lines.case_of_channel(self.form.channel.data or Channel.in_person)}
        if self.form.has_submitter.data:
            implied.add("authorised")
        return self.ticked | implied

    @property
    def about_land(self) -> bool:
        """Whether the parcel is asked for."""
        return (
            self.version is not None and self.version.procedure.procedure_field.code in LAND_FIELDS
        )

    @property
    def elsewhere(self) -> bool:
        """Whether the chosen agency is of another level than the one that resolves this procedure."""
        if self.version is None:
            return False
        level = self.version.procedure.level
        return level is not Level.land_office and level.value != self.competent.kind.value

    def lay_out(self) -> None:
        """Put the lines of the chosen procedure on the page."""
        self.extra = lines.extra_papers(self.typed)
        chosen = self.form.version_id.data
        self.version = reference.version(chosen) if chosen else None
        if self.version is None:
            self.form.version_id.data = ""
            return
        if self.typed is not None:
            offered = lines.cases_of(self.version)
            self.ticked = frozenset(self.typed.getlist("cases")) & frozenset(offered)
        known = self._lay_out_data(self.version)
        self.papers = lines.papers(self.version, known, self.typed)
        self.fees = lines.fees(self.version, known, self.typed)

    def _lay_out_data(self, version: ProcedureVersion) -> Known:
        """Put the version's own fields on the page; what conditions may ask about them and the cases."""
        fields = data.specs(version)
        typed = self.typed if self.given is None else None
        here = typed is not None and typed.get("data_of") == version.id
        self.data = DataForm(
            [f for f in fields if f.stands_at(INTAKE)],
            typed=typed if here else None,
            values=self.given,
            watched=data.watched(version),
        )
        self.filled = data.read(version, self.data.typed, self.cases, self.at.date())
        self.data.show(self.filled.shown, self.filled.values)
        return Known(version, self.cases, self.filled.values, self.at.date())

    def choose(self, version: ProcedureVersion) -> None:
        """Take another procedure: its own papers, fees and cases."""
        self.form.fill(version_id=version.id, procedure=str(version.procedure))
        self.lay_out()

    @property
    def renewed(self) -> dt.date | None:
        """The day from which another version of the chosen procedure is in force."""
        return procedure.soon(self.version, self.at.date()) if self.version else None

    def guide(self) -> None:
        """Offer a line of guidance for every paper that is missing."""
        self.lacks = lines.lacks(self.typed, [p for p in self.papers if p.lacking])

    # ---- what it comes to ------------------------------------------------------------------------
    def reckoning(self) -> Reckoning | None:
        """The deadline that a receipt at this moment would get."""
        if self.version is None:
            return None
        extra = bool(self.form.extra_term.data and self.version.extra_term)
        return clock.preview(self.version, self.competent, self.at, extra, self.cases)

    def preview(self) -> dict[str, Any]:
        """Due moment with its day-by-day explanation, and what is to be paid, as the page shows them."""
        found = self.reckoning()
        totals = [f.total() for f in self.fees if f.form.taken.data]
        return {
            "due_at": found.due_at if found else None,
            "explanation": explain_text(found, gettext) if found else [],
            "number": self.expected_code(),
            "total": sum(t for t in totals if t is not None),
            "open": sum(1 for t in totals if t is None),
        }

    def expected_code(self) -> str:
        """The code that a receipt now would get, if nobody else receives before."""
        return next(iter(self.expected_codes(1)), "")

    def expected_codes(self, count: int) -> list[str]:
        """The codes that this many receipts now would get; none before a procedure is chosen."""
        if self.version is None or not count:
            return []
        day = numbering_day(self.agency.id, "dossier", self.at.date())
        unit = self.agency.official_code or self.agency.code
        start = expected(self.agency.id, "dossier", day.isoformat())
        return [dossier_code(unit, day, start + n) for n in range(count)]

    @property
    def batch_written(self) -> list[BatchLine]:
        """The lines of the batch that name somebody."""
        return [line for line in self.batch if line.written]

    # ---- what goes to the services ---------------------------------------------------------------
    def valid(self, act: Act) -> bool:
        """Whether everything typed can be kept; every message is at its field, all at once.

        A visit that ends without receipt has no fees; guidance needs its lines, a refusal its reason.
        """
        read = self._readable(act == "receive")
        self._complete()
        if act == "refuse" and not plain(self.form.refuse_reason.data):
            self.form.refuse(DomainError("dossier.reason_required", field="refuse_reason"), {})
        if act == "guide":
            lines.check_lacks(self.lacks)
        if act == "receive":
            self._say_missing()
            self._say_running()
            self._price()
            self._say_data()
        if read:
            self._examine()
        return not self.form.errors and not self.marked

    def valid_for_all(self) -> bool:
        """Whether every line of the batch can be received; every message is at its field."""
        read = self._readable(True)
        self.form.owner_name.errors = []  # who applies stands in the lines
        self._complete()
        self._say_missing()
        self._price()
        self._say_data()
        if not self.batch_written:
            self.form.refuse(DomainError("applicant.required"), {})
        if read:
            for error in examine(self.batch_written, self.intake(), self.at.date()):
                self.form.refuse(error, _NAMES)
        return not self.form.errors and not self.marked

    def _readable(self, receiving: bool) -> bool:
        """Read every field; whether the choices are such that the visit can be put together."""
        rows = [*(p.form for p in self.papers if p.asked), *self.extra]
        rows += [f.form for f in self.fees] if receiving else []
        for form in rows:
            form.validate()
        self.form.validate()
        return not (self.form.channel.errors or self.form.owner_kind.errors)

    def _complete(self) -> None:
        if self.version is None:
            unknown = plain(self.form.procedure.data) and not self.offered
            code = "procedure.not_found" if unknown else "procedure.required"
            self.form.refuse(DomainError(code, field="procedure"), {})
        if self.form.has_submitter.data and not plain(self.form.submitter_name.data):
            self.form.refuse(DomainError("name.required", field="submitter_name"), {})

    def _say_missing(self) -> None:
        missing = tuple(p.document.name for p in self.papers if p.lacking)
        if missing:
            self.form.refuse(DomainError("dossier.papers_missing", papers=missing), {})
            self.guide()

    def _say_data(self) -> None:
        if self.data is not None and self.filled is not None:
            self.data.refuse(self.filled.problems)

    def _say_running(self) -> None:
        if self.doubled and not self.form.doubled.data:
            self.form.refuse(DomainError("applicant.running", field="doubled"), {})

    def _price(self) -> None:
        sentence = DomainError("money.invalid").text(gettext)
        for entry in self.fees:
            unpriced = entry.form.taken.data and entry.total() is None and not entry.later
            if unpriced and not entry.form.amount.errors:
                entry.form.amount.errors = [sentence]

    def _examine(self) -> None:
        """What the services would refuse, at fields that have no message yet."""
        for error in problems(self.intake(), self.at.date()):
            name = error.field or ""
            if name not in self.form or not self.form[name].errors:
                self.form.refuse(error, {})

    @property
    def marked(self) -> list[lines.Mark]:
        """The lines of papers, fees and guidance that must be corrected."""
        forms = [(p.form, p.document.name) for p in self.papers if p.asked]
        forms += [(f, f.name.data or f.name.label.text) for f in self.extra]
        forms += [(f.form, f.rule.name) for f in self.fees]
        forms += [(f, f.paper.data or f.paper.label.text) for f in self.lacks]
        forms += [(f, f.name.data or f.id_number.data or "–") for f in self.batch]
        of_data = [lines.Mark(*found) for found in self.data.errors] if self.data else []
        return [*of_data, *(mark for form, words in forms for mark in lines.marks(form, words))]

    def refuse(self, error: DomainError, reason: str = "guide_reason") -> None:
        """Show a refusal of the services where it belongs."""
        self.form.refuse(error, {**_NAMES, "reason": reason})

    def intake(self) -> Intake:
        """The visit as the services take it."""
        form = self.form
        extra = lines.extra_values(self.extra)
        given = [line.value() for line in self.papers if line.asked]
        taken = (entry.value() for entry in self.fees)
        return Intake(
            id=form.id.data,
            version_id=form.version_id.data,
            owner=self._owner(),
            submitter=self._submitter(),
            authorisation=form.authorisation.data if form.has_submitter.data else None,
            subject=form.subject.data,
            channel=Channel(form.channel.data),
            cases=tuple(sorted(self.cases)),
            papers=(*given, *extra),
            fees=tuple(line for line in taken if line is not None),
            sets=form.sets.data or 1,
            return_method=form.return_method.data,
            return_address=form.return_address.data,
            competent_id=form.competent_id.data or None,
            extra_term=bool(form.extra_term.data),
            details=self._details(),
            data=self.data.typed if self.data else {},
        )

    def _owner(self) -> Person:
        form = self.form
        return Person(
            name=form.owner_name.data or "",
            kind=ApplicantKind(form.owner_kind.data),
            id_number=form.owner_id_number.data or None,
            tax_code=form.owner_tax_code.data or None,
            birth_date=form.owner_birth_date.data,
            sex=form.owner_sex.data or None,
            phone=form.owner_phone.data or None,
            email=form.owner_email.data or None,
            address=form.owner_address.data or None,
            old_number=form.owner_old_number.data or None,
        )

    def _submitter(self) -> Person | None:
        form = self.form
        if not form.has_submitter.data:
            return None
        return Person(
            name=form.submitter_name.data or "",
            id_number=form.submitter_id_number.data or None,
            phone=form.submitter_phone.data or None,
        )

    def _details(self) -> dict[str, Any]:
        if not self.about_land:
            return {}
        parcel = {name: plain(self.form[f"land_{name}"].data) for name in LAND}
        return {"land": parcel} if any(parcel.values()) else {}
