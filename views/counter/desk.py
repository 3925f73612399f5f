"""One visit at the counter: the form with the lines of its procedure, and what they give."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from domain.codes import ApplicantKind, Channel
from domain.errors import DomainError
from domain.explain import explain_text
from domain.roles import Role
from domain.terms import Reckoning
from models.base import db
from models.organisation import Unit
from models.procedure import Level, ProcedureVersion
from services.acting import Actor, Post
from services.dossier import clock
from services.dossier.forms import Intake, Person, plain
from views.counter import lines
from views.counter.form import LAND, CounterForm

#: Fields of administration whose dossiers are about a parcel of land.
LAND_FIELDS = frozenset({"DD", "BPBD"})
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
    ticked: frozenset[str] = frozenset()
    handed: dict[str, Any] | None = None

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
        return db.session.get_one(Unit, self.post.agency_id)

    @property
    def competent(self) -> Unit:
        """The agency that resolves it: the chosen one, else our own."""
        chosen = self.form.competent_id.data
        unit = db.session.get(Unit, chosen) if chosen else None
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
        self.version = db.session.get(ProcedureVersion, chosen) if chosen else None
        if self.version is None:
            self.form.version_id.data = ""
            return
        if self.typed is not None:
            offered = lines.cases_of(self.version)
            self.ticked = frozenset(self.typed.getlist("cases")) & frozenset(offered)
        self.papers = lines.papers(self.version, self.cases, self.typed)
        self.fees = lines.fees(self.version, self.cases, self.typed)

    def choose(self, version: ProcedureVersion) -> None:
        """Take another procedure: its own papers, fees and cases."""
        self.form.fill(version_id=version.id, procedure=str(version.procedure))
        self.lay_out()

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
            "total": sum(t for t in totals if t is not None),
            "open": sum(1 for t in totals if t is None),
        }

    # ---- what goes to the services ---------------------------------------------------------------
    def valid(self, *, receiving: bool) -> bool:
        """Whether everything typed can be read; messages are at the fields.

        receiving: the fees must be complete too, since a visit that ends without receipt has none.
        """
        rows = [*(p.form for p in self.papers if p.asked), *self.extra]
        rows += [f.form for f in self.fees] if receiving else []
        good = [form.validate() for form in rows]
        fine = bool(self.form.validate()) and all(good)
        if self.version is None:
            self.form.refuse(DomainError("procedure.not_found", field="procedure"), {})
            fine = False
        if self.form.has_submitter.data and not plain(self.form.submitter_name.data):
            self.form.refuse(DomainError("name.required", field="submitter_name"), {})
            fine = False
        priced = self._fees_priced() if receiving else True
        if not (all(good) and priced):
            sentence = gettext("Check the marked lines of papers and fees.")
            self.form.form_errors = [*self.form.form_errors, sentence]
        return fine and priced

    def _fees_priced(self) -> bool:
        unpriced = [f for f in self.fees if f.form.taken.data and f.total() is None]
        sentence = DomainError("money.invalid").text(gettext)
        for entry in unpriced:
            if not entry.form.amount.errors:
                entry.form.amount.errors = [sentence]
        return not unpriced

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
