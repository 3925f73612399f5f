"""DEMONSTRATION ONLY: synthetic dossiers in every state, made by the product's own verbs."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from domain.calendar import TZ, Calendar, add_working_minutes, counted_moment
from domain.codes import Channel, Status, StepKind
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierStep
from models.fee import DossierFee
from models.ids import uuid7
from models.officer import Officer
from models.organisation import Unit
from models.procedure import Level, Procedure, ProcedureVersion, VersionState
from seeds.demo_people import person
from services import dossier as verbs, reference
from services.acting import Actor, actor_of
from services.dossier.steps import live, unit_with
from services.transaction import transaction
from services.working_time import calendar_of

#: How far a dossier goes, and how often.
_PLOTS = {
    "received": 10,
    "assigned": 8,
    "working": 14,
    "supplement": 9,
    "supplemented": 6,
    "payment": 6,
    "suspended": 3,
    "signing": 9,
    "numbering": 6,
    "processed": 12,
    "returned": 60,
    "refused": 5,
    "withdrawn": 4,
    "stopped": 3,
    "extended": 5,
    "consulting": 6,
    "transferred": 4,
    "guided": 4,
    "not_accepted": 3,
    "late": 8,
}


#: When, in which order, at whose counter; for which procedure, where that is not left to the dice.
_Visit = tuple[dt.datetime, int, Officer, ProcedureVersion | None]


def load(count: int, now: dt.datetime | None = None) -> None:
    """Make `count` dossiers, received over the last sixty days, in one transaction; once only."""
    if db.session.scalar(sa.select(Dossier.id).limit(1)) is not None:
        return
    moment = now or dt.datetime.now(TZ).replace(microsecond=0)
    with transaction():
        _Maker(moment, random.Random(2014)).run(count)


@dataclass
class _Maker:
    """One run; the same seed gives the same people and plots."""

    now: dt.datetime
    dice: random.Random
    people: dict[tuple[str, Role], Officer] = field(default_factory=dict)

    def run(self, count: int) -> None:
        for officer in db.session.scalars(sa.select(Officer)):
            for role in officer.user.roles if officer.user else ():
                self.people.setdefault((officer.unit_id, Role(role.name)), officer)
        clerks = [o for (_, role), o in self.people.items() if role is Role.clerk]
        visits: list[_Visit] = []
        for i in range(count):
            clerk = clerks[0] if i % 6 else clerks[i // 6 % len(clerks)]
            visits.append((self.moment(clerk, self.dice.random() * 60), i, clerk, None))
        visits += self.desk(clerks[0], count) if count else []
        for at, _, clerk, version in sorted(visits, key=lambda visit: visit[:2]):
            if version is None:
                self.one(clerk, at)
            else:
                self.tell(clerk, version, at, "working")

    def desk(self, clerk: Officer, number: int) -> list[_Visit]:
        """Whatever the dice gave: the first officer of the first office has work in hand."""
        agency, today = db.session.get_one(Unit, clerk.unit.agency_id), self.now.date()
        officer = next(
            o
            for (_, role), o in self.people.items()
            if role is Role.officer and o.unit.agency_id == agency.id
        )
        fitting = [v for v in self.versions(agency, today) if self.leads_to(v, officer.unit)]
        return [
            (self.moment(clerk, days_ago), number + days_ago, clerk, self.dice.choice(fitting))
            for days_ago in ((9, 6, 4) if fitting else ())
        ]

    def leads_to(self, version: ProcedureVersion, unit: Unit) -> bool:
        """Whether the work on this procedure is done in that department."""
        departments = reference.departments(unit.agency_id, self.now.date())
        work = [s for s in version.steps if s.kind is StepKind.work]
        return bool(work) and all(
            unit_with(step.function, departments).id == unit.id for step in work
        )

    def moment(self, clerk: Officer, days_ago: float) -> dt.datetime:
        """A working moment about so many days ago, never in the future."""
        calendar = self.calendar(clerk, self.now.date())
        day = self.now - dt.timedelta(days=days_ago)
        hour = self.dice.choice((7, 8, 9, 10, 14, 15))
        opening = counted_moment(day.replace(hour=hour, minute=0), calendar)
        at = add_working_minutes(opening, self.dice.randrange(1, 50), calendar)
        return at if at < self.now else add_working_minutes(day - dt.timedelta(days=3), 5, calendar)

    def calendar(self, clerk: Officer, on: dt.date) -> Calendar:
        return calendar_of(
            db.session.get_one(Unit, clerk.unit.agency_id), on - dt.timedelta(days=90)
        )

    def actor(self, officer: Officer, at: dt.datetime) -> Actor:
        return actor_of(officer, at)

    def one(self, clerk: Officer, at: dt.datetime) -> None:
        """One visit at the counter and what became of it."""
        agency = db.session.get_one(Unit, clerk.unit.agency_id)
        version = self.version(agency, at.date())
        if version is None:
            return
        plot = self.dice.choices(list(_PLOTS), list(_PLOTS.values()))[0]
        if (self.now - at).days < 2 and plot not in ("guided", "not_accepted"):
            plot = self.dice.choice(("received", "assigned", "working"))
        self.tell(clerk, version, at, plot)

    def tell(self, clerk: Officer, version: ProcedureVersion, at: dt.datetime, plot: str) -> None:
        _Story(self, self.calendar(clerk, self.now.date()), plot).tell(clerk, version, at)

    def version(self, agency: Unit, on: dt.date) -> ProcedureVersion | None:
        found = self.versions(agency, on)
        return self.dice.choice(found) if found else None

    def versions(self, agency: Unit, on: dt.date) -> list[ProcedureVersion]:
        levels = (
            (Level.commune,) if agency.kind == "commune" else (Level.district, Level.land_office)
        )
        if agency.code.startswith("DL-24") and len(agency.code) == 8:
            levels = (Level.commune, Level.land_office)
        query = (
            sa.select(ProcedureVersion)
            .join(Procedure, Procedure.id == ProcedureVersion.procedure_id)
            .where(
                Procedure.level.in_(levels),
                ProcedureVersion.state == VersionState.published,
                ProcedureVersion.valid_from <= on,
                sa.or_(ProcedureVersion.valid_to.is_(None), ProcedureVersion.valid_to >= on),
            )
            .order_by(Procedure.code, ProcedureVersion.key)
        )
        return [v for v in db.session.scalars(query) if v.steps]


@dataclass
class _Story:
    """One dossier on its way; `at` is the moment reached, `left` tells when today is reached."""

    maker: _Maker
    calendar: Calendar
    plot: str

    def tell(self, clerk: Officer, version: ProcedureVersion, at: dt.datetime) -> None:
        self.at = at
        form = self.form(version)
        actor = self.maker.actor(clerk, at)
        if self.plot == "guided":
            lack = verbs.Lack(
                form.papers[0].name if form.papers else "Đơn đề nghị", "chưa ký", "ký tên"
            )
            verbs.ask_before_intake(form, items=(lack,), reason="Hồ sơ chưa đủ", actor=actor, at=at)
            return
        if self.plot == "not_accepted":
            verbs.refuse_intake(
                form, reason="Không thuộc thẩm quyền giải quyết", actor=actor, at=at
            )
            return
        self.dossier = verbs.receive(form, actor=actor, at=at)
        if self.plot != "received":
            self.pay(actor)
            self.go_on()

    def form(self, version: ProcedureVersion) -> verbs.Intake:
        dice = self.maker.dice
        return verbs.Intake(
            id=uuid7(),
            version_id=version.id,
            owner=person(dice),
            channel=dice.choices(list(Channel), (8, 1, 1))[0],
            papers=tuple(
                verbs.HandedIn(d.name, d.id, d.originals or 1, d.copies)
                for d in version.documents
                if d.condition is None and not d.from_register
            ),
            fees=tuple(
                verbs.FeeLine(f.id, amount=f.amount if f.amount is not None else 50_000)
                for f in version.fees
                if f.condition is None
            ),
        )

    def pay(self, actor: Actor) -> None:
        """What is due at receipt, in cash at the counter."""
        query = sa.select(DossierFee).where(DossierFee.dossier_id == self.dossier.id)
        amounts = {f.id: f.amount - f.paid for f in db.session.scalars(query) if f.amount > f.paid}
        if amounts and actor.post(Role.clerk, Role.cashier):
            verbs.record_payment(self.dossier, amounts=amounts, actor=actor, at=self.at)

    def wait(self, least: int = 20, most: int = 400) -> bool:
        """Let working time pass; False when that would lie in the future."""
        minutes = self.maker.dice.randrange(least, most) * (4 if self.plot == "late" else 1)
        moment = add_working_minutes(self.at, minutes, self.calendar)
        if moment >= self.maker.now:
            return False
        self.at = moment
        return True

    def go_on(self) -> None:
        """Walk the steps until the plot, the present or a department without officers ends it."""
        for _ in range(30):
            db.session.flush()
            step = next(iter(live(self.dossier)), None)
            officer = step and self.maker.people.get((step.unit_id, step.role))
            if step is None or officer is None or not self.wait():
                return
            actor = self.maker.actor(officer, self.at)
            try:
                if self.turn(step, actor) or not self.do(step, actor):
                    return
            except DomainError:
                return  # the plot does not fit this procedure; the dossier stays where it is

    def turn(self, step: DossierStep, actor: Actor) -> bool:
        """What this plot does at this step instead of the ordinary; True when the story ends here."""
        happening: dict[tuple[str, StepKind], Callable[[DossierStep, Actor], bool]] = {
            ("assigned", StepKind.work): lambda s, a: True,
            ("supplement", StepKind.work): self.supplement,
            ("supplemented", StepKind.work): self.supplemented,
            ("payment", StepKind.work): self.payment,
            ("consulting", StepKind.work): self.consult,
            ("transferred", StepKind.work): self.transfer,
            ("signing", StepKind.sign): lambda s, a: True,
            ("numbering", StepKind.number): lambda s, a: True,
            ("processed", StepKind.return_result): lambda s, a: True,
            ("refused", StepKind.sign): self.refuse,
            ("stopped", StepKind.sign): self.stop,
            ("suspended", StepKind.sign): self.suspend,
            ("withdrawn", StepKind.work): self.withdraw,
            ("extended", StepKind.work): self.extend,
        }
        if self.plot in ("working", "late") and step.kind is StepKind.work:
            verbs.take_over(self.dossier, actor=actor, at=self.at, step_id=step.id)
            return True
        act = happening.get((self.plot, step.kind))
        return act is not None and act(step, actor)

    def do(self, step: DossierStep, actor: Actor) -> bool:
        """The ordinary act of a step; False where the story has to wait for somebody outside."""
        common = {"actor": actor, "at": self.at, "step_id": step.id}
        if step.kind is StepKind.assign:
            mine = [o for (u, r), o in self.maker.people.items() if u == step.unit_id]
            officers = [o for o in mine if Role.officer in {Role(r.name) for r in o.user.roles}]
            if not officers:
                return False
            verbs.assign(self.dossier, officer_id=self.maker.dice.choice(officers).id, **common)
        elif step.kind is StepKind.work:
            verbs.propose(self.dossier, proposal="Đủ điều kiện, đề nghị giải quyết", **common)
        elif step.kind is StepKind.sign:
            verbs.approve(self.dossier, result_no=self.number(), result_text="Chấp thuận", **common)
        elif step.kind is StepKind.number:
            verbs.finish(
                self.dossier, result_no=self.number(), result_text="Đã cấp kết quả", **common
            )
        elif step.kind is StepKind.return_result:
            return self.hand_over(actor)
        elif step.kind is StepKind.consult:
            verbs.answer_consult(self.dossier, opinion="Thống nhất", **common)
        elif step.kind in (StepKind.receive, StepKind.external, StepKind.posting):
            verbs.forward(self.dossier, **common)
        else:
            return False
        return True

    def number(self) -> str:
        return f"{self.maker.dice.randrange(1, 900):02d}/KQ"

    def hand_over(self, actor: Actor) -> bool:
        if self.dossier.status is not Status.processed:
            return False
        self.pay(actor)
        verbs.return_result(
            self.dossier,
            receiver=self.dossier.owner_name,
            receiver_id=self.dossier.owner_id_number or "999000000000",
            slip_collected=True,
            actor=actor,
            at=self.at,
        )
        return False

    # ---- plots -----------------------------------------------------------------------------------
    def supplement(self, step: DossierStep, actor: Actor) -> bool:
        lack = verbs.Lack("Bản sao giấy tờ kèm theo", "bản sao mờ, không đọc được", "bản sao rõ")
        verbs.request_supplement(
            self.dossier,
            items=(lack,),
            reason="Thành phần hồ sơ chưa đủ điều kiện thẩm định",
            actor=actor,
            at=self.at,
            step_id=step.id,
        )
        return True

    def supplemented(self, step: DossierStep, actor: Actor) -> bool:
        if self.dossier.supplement_requests:
            return False
        self.supplement(step, actor)
        db.session.flush()
        clerk = self.clerk()
        if clerk is not None and self.wait(300, 900):
            actor = self.maker.actor(clerk, self.at)
            verbs.receive_supplement(self.dossier, actor=actor, at=self.at)
            self.plot = "returned"
            return False
        return True

    def clerk(self) -> Officer | None:
        return self.maker.people.get((self.dossier.counter_id, Role.clerk))

    def payment(self, step: DossierStep, actor: Actor) -> bool:
        verbs.request_payment(
            self.dossier,
            name="Lệ phí trước bạ theo thông báo của cơ quan thuế",
            amount=self.maker.dice.randrange(3, 90) * 100_000,
            actor=actor,
            at=self.at,
            step_id=step.id,
        )
        return True

    def consult(self, step: DossierStep, actor: Actor) -> bool:
        others = [
            u
            for (u, r), o in self.maker.people.items()
            if r is Role.officer and o.agency_id == step.agency_id and u != step.unit_id
        ]
        if not others:
            return False
        verbs.consult(
            self.dossier,
            unit_ids=(self.maker.dice.choice(others),),
            question="Đề nghị cho ý kiến về sự phù hợp quy hoạch",
            term="2wd",
            actor=actor,
            at=self.at,
            step_id=step.id,
        )
        return True

    def transfer(self, step: DossierStep, actor: Actor) -> bool:
        target = db.session.scalar(sa.select(Unit).where(Unit.code.in_(("DL-24262", "DL-24538"))))
        if target is None or target.id == step.agency_id:
            return False
        verbs.transfer(
            self.dossier,
            to_agency_id=target.id,
            request="Xác nhận hiện trạng, tình trạng tranh chấp",
            term="5wd",
            actor=actor,
            at=self.at,
            step_id=step.id,
        )
        return True

    def refuse(self, step: DossierStep, actor: Actor) -> bool:
        verbs.refuse(
            self.dossier,
            reason="Không đủ điều kiện theo quy định",
            actor=actor,
            at=self.at,
            step_id=step.id,
        )
        return True

    def stop(self, step: DossierStep, actor: Actor) -> bool:
        verbs.stop(
            self.dossier, reason="Người nộp không bổ sung theo yêu cầu", actor=actor, at=self.at
        )
        return True

    def suspend(self, step: DossierStep, actor: Actor) -> bool:
        verbs.suspend(
            self.dossier,
            kind="outage",
            reason="Mất điện, hệ thống ngừng hoạt động",
            actor=actor,
            at=self.at,
        )
        return True

    def withdraw(self, step: DossierStep, actor: Actor) -> bool:
        clerk = self.clerk()
        if clerk is None:
            return False
        verbs.withdraw(
            self.dossier,
            reason="Người nộp đề nghị rút hồ sơ",
            actor=self.maker.actor(clerk, self.at),
            at=self.at,
        )
        return True

    def extend(self, step: DossierStep, actor: Actor) -> bool:
        leaders = [o for (_, r), o in self.maker.people.items() if r is Role.leader]
        mine = [o for o in leaders if o.agency_id == self.dossier.agency_id]
        if not mine or self.dossier.due_at is None:
            return False
        verbs.extend(
            self.dossier,
            extended_to=add_working_minutes(self.dossier.due_at, 960, self.calendar),
            reason="Cần xác minh thêm tại thực địa",
            actor=self.maker.actor(mine[0], self.at),
            at=self.at,
        )
        self.plot = "working"
        return False
