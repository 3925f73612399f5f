"""At which agencies a procedure is offered: everywhere until somebody chooses; what follows from it."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.event import Event
from models.ids import uuid7
from models.organisation import Unit
from models.procedure import Procedure, ProcedureUnit, ProcedureVersion
from services import draft_checks, lookup, offering, trials
from services.dossier import work
from services.draft_checks import people
from tests.factories import dossiers as make
from tests.factories.procedures import street_permit

WITHIN = dt.timedelta(minutes=10)


def who() -> dict[str, Any]:
    return {"actor": make.actor("quantri"), "at": make.now()}


def unit(code: str) -> Unit:
    return db.session.scalars(sa.select(Unit).where(Unit.code == code)).one()


@pytest.fixture
def version(session: Any) -> ProcedureVersion:
    return street_permit()


@pytest.fixture
def procedure(version: ProcedureVersion) -> Procedure:
    return version.procedure


HERE, THERE = "DL-648", "DL-655"


def told(*tags: Tag) -> list[tuple[str, Any]]:
    query = sa.select(Event).where(Event.tag.in_(tags)).order_by(Event.id)
    return [(e.tag, e.changes.get("code")) for e in db.session.scalars(query)]


# ---- choosing ----------------------------------------------------------------------------------------
def test_without_a_choice_everybody_offers_it(procedure: Procedure) -> None:
    assert offering.offered(procedure.id) is None
    assert offering.offers(unit(HERE).id, procedure.id)


def test_choosing_leaves_one_event_for_each_agency_and_one_for_the_whole(
    procedure: Procedure,
) -> None:
    assert offering.choose(procedure, {unit(HERE).id, unit(THERE).id}, **who())
    assert offering.offered(procedure.id) == {unit(HERE).id, unit(THERE).id}
    assert offering.choose(procedure, {unit(THERE).id}, **who())
    assert not offering.choose(procedure, {unit(THERE).id}, **who())
    assert told(Tag.procedure_offer) == [
        (Tag.procedure_offer, HERE),
        (Tag.procedure_offer, THERE),
    ]
    assert told(Tag.procedure_withdraw) == [(Tag.procedure_withdraw, HERE)]
    whole = db.session.scalars(sa.select(Event).where(Event.tag == Tag.procedure_units)).all()
    assert [(e.changes["added"], e.changes["removed"]) for e in whole] == [
        ([HERE, THERE], []),
        ([], [HERE]),
    ]
    assert not offering.offers(unit(HERE).id, procedure.id)
    assert offering.offers(unit(THERE).id, procedure.id)


def test_everywhere_again_leaves_no_choice(procedure: Procedure) -> None:
    offering.choose(procedure, {unit(HERE).id}, **who())
    offering.choose(procedure, None, **who())
    assert offering.offered(procedure.id) is None
    assert db.session.scalar(sa.select(sa.func.count(ProcedureUnit.id))) == 0


def test_sent_twice_it_is_done_once(procedure: Procedure) -> None:
    key = uuid7()
    assert offering.choose(procedure, {unit(HERE).id}, **who(), batch_id=key)
    offering.choose(procedure, None, **who())
    assert not offering.choose(procedure, {unit(HERE).id}, **who(), batch_id=key)
    assert offering.offered(procedure.id) is None


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        (lambda: set(), "offering.none"),
        (lambda: {uuid7()}, "unit.not_found"),
        (lambda: {u.id for u in db.session.scalars(sa.select(Unit).where(~Unit.is_agency))},
         "unit.not_found"),
    ],
)  # fmt: skip
def test_choice_of_nothing_or_of_no_agency_is_refused(
    procedure: Procedure, chosen: Any, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        offering.choose(procedure, chosen(), **who())
    assert refused.value.code == code and refused.value.field == "don-vi"
    assert offering.offered(procedure.id) is None


def test_what_somebody_else_chose_meanwhile_is_not_overwritten(procedure: Procedure) -> None:
    seen = offering.stamp(procedure)
    offering.choose(procedure, {unit(THERE).id}, **who())
    with pytest.raises(DomainError) as refused:
        offering.choose(procedure, {unit(HERE).id}, seen=seen, **who())
    assert refused.value.code == "row.stale"


def test_only_administrators_choose(procedure: Procedure) -> None:
    for verb in (offering.choose, offering.undo):
        more = {"within": WITHIN} if verb is offering.undo else {}
        with pytest.raises(DomainError) as refused:
            verb(procedure, uuid7(), actor=make.actor("tiepnhan"), at=make.now(), **more)
        assert refused.value.code == "dossier.role_not_allowed"


# ---- taking it back ----------------------------------------------------------------------------------
def test_newest_choice_is_taken_back_once(procedure: Procedure) -> None:
    offering.choose(procedure, {unit(HERE).id}, **who())
    offering.choose(procedure, {unit(THERE).id}, **who())
    last = offering.recent(procedure, within=WITHIN, **who())
    assert last is not None and (last.added, last.removed) == (1, 1)
    assert offering.undo(procedure, last.id, within=WITHIN, **who())
    assert offering.offered(procedure.id) == {unit(HERE).id}
    assert not offering.undo(procedure, last.id, within=WITHIN, **who())
    assert offering.recent(procedure, within=WITHIN, **who()) is None


def test_choice_is_not_taken_back_after_its_time_or_behind_a_later_one(
    procedure: Procedure,
) -> None:
    offering.choose(procedure, {unit(HERE).id}, **who())
    first = offering.recent(procedure, within=WITHIN, **who())
    assert first is not None
    late = {**who(), "at": make.now() + dt.timedelta(hours=1)}
    assert offering.recent(procedure, within=WITHIN, **late) is None
    with pytest.raises(DomainError) as refused:
        offering.undo(procedure, first.id, within=WITHIN, **late)
    assert refused.value.code == "bulk.too_late" and refused.value.text()
    offering.choose(procedure, None, **who())
    with pytest.raises(DomainError) as refused:
        offering.undo(procedure, first.id, within=WITHIN, **who())
    assert refused.value.code == "row.stale"


# ---- what follows from it ----------------------------------------------------------------------------
def test_lookup_at_the_counter_finds_what_is_offered_here_and_any_whole_code(
    procedure: Procedure,
) -> None:
    day, here = make.now().date(), unit(HERE).id
    offering.choose(procedure, {unit(THERE).id}, **who())

    def found(text: str, agency_id: str | None) -> list[str]:
        rows = lookup.suggest_procedures(text, on=day, agency_id=agency_id, limit=500)
        return [row.code for row in rows]

    words = "lòng đường hè phố"
    assert procedure.code in found(words, unit(THERE).id)
    assert procedure.code in found(words, None)
    assert procedure.code not in found(words, here)
    assert procedure.code in found(procedure.code, here)
    offering.choose(procedure, None, **who())
    assert procedure.code in found(words, here)


def test_agency_that_does_not_offer_it_receives_it_only_for_one_that_does(session: Any) -> None:
    procedure = make.version_of().procedure
    offering.choose(procedure, {unit(THERE).id}, **who())
    with pytest.raises(DomainError) as refused:
        make.received()
    assert refused.value.code == "procedure.not_offered"
    assert refused.value.field == "competent_id"
    assert unit(HERE).full_name in refused.value.text()
    dossier = make.received(competent_id=unit(THERE).id)
    assert dossier.competent_id == unit(THERE).id


def test_running_dossiers_go_on_where_it_is_no_longer_offered(session: Any) -> None:
    dossier = make.received()
    offering.choose(dossier.procedure, {unit(THERE).id}, **who())
    assert work.forward(dossier, actor=make.actor("tiepnhan"), at=make.now()).status != "new"


def test_checks_and_trials_look_only_at_agencies_that_offer_it(version: ProcedureVersion) -> None:
    offering.choose(version.procedure, {unit(THERE).id}, **who())
    assert [u.code for u in trials.agencies(version, make.now().date())] == [THERE]
    codes = {f.code for f in draft_checks.findings(version)}
    staffed = unit(THERE).id in people._held()
    assert ("steps.no_agency" in codes) is not staffed


def test_gaps_name_the_step_and_what_is_lacking(version: ProcedureVersion) -> None:
    version.steps[2].function = "KHONGCO"
    db.session.flush()
    empty = next(u for u in offering.agencies(make.now().date()) if u.id not in people._held())
    found = people.gaps(version, [unit(HERE), empty], make.now().date())
    assert version.steps[2] in [gap.step for gap in found[unit(HERE).id]]
    assert found[empty.id][0].step is None


def test_agencies_of_another_level_do_not_fit(procedure: Procedure) -> None:
    units = offering.agencies(make.now().date())
    fitting = {u.kind.value for u in units if offering.fits(u, procedure.level)}
    assert fitting == {procedure.level.value}
