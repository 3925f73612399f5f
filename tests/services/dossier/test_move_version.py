"""A running dossier goes on under another version; and what is never touched by a new version.

The street permit is changed while three of its dossiers run: a field becomes required, a question goes,
and the work in the department is split in two.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import Status, StepKind, StepState
from domain.events import Tag
from models.base import db
from models.dossier import Dossier
from models.procedure import ProcedureStep, ProcedureVersion
from services import designing, moves, procedure
from services.dossier import data, moving
from services.dossier.forms import FeeLine, HandedIn
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.factories.procedures import STREET, TYPED, street_permit
from tests.services.dossier.common import (
    MONDAY,
    act,
    key,
    later,
    new_events,
    refuses,
    unit,
)

CHANGE = later(days=2)


@pytest.fixture
def old(session: Any) -> ProcedureVersion:
    return street_permit()


def here(row: Any) -> Any:
    """The row in the session of now: acts are done in sessions that let everything go."""
    return db.session.get_one(type(row), key(row))


def form(version: ProcedureVersion, **typed: Any) -> Any:
    version = here(version)
    handed = tuple(HandedIn(d.name, d.id) for d in version.documents[:2])
    return made.intake(
        STREET,
        version_id=version.id,
        papers=handed,
        fees=(FeeLine(version.fees[0].id),),
        data={**TYPED, **typed},
    )


def receive(version: ProcedureVersion, at: dt.datetime = MONDAY, **typed: Any) -> Dossier:
    return act("receive", form(version, **typed), who="tiepnhan", at=at)


def at_work(version: ProcedureVersion, **typed: Any) -> Dossier:
    return act("forward", receive(version, **typed), who="tiepnhan")


def changed(old: ProcedureVersion, **more: Any) -> ProcedureVersion:
    """The next version, in force from Wednesday on: its work is split, `so_ngay` is not asked any more,
    and who does the building is demanded."""
    who: dict[str, Any] = {"actor": made.actor("quantri", CHANGE), "at": CHANGE}
    draft = procedure.draft_from(here(old), **who)
    draft.valid_from = CHANGE.date()
    for name, value in more.items():
        setattr(draft, name, value)
    fields = {f.key: f for f in draft.data_fields}
    fields["muc_dich_khac"].required, fields["muc_dich_khac"].show_if = True, None
    db.session.delete(fields["loai_xe"])
    db.session.delete(fields["so_luong"])
    db.session.delete(fields["tong_xe"])
    db.session.delete(fields["phuong_tien"])
    db.session.commit()
    work = next(s for s in draft.steps if s.kind is StepKind.work)
    values = {"name": "Kiểm tra thực địa", "kind": StepKind.work, "role": work.role}
    values |= {"function": work.function, "term": "1wh"}
    first = designing.add(draft, ProcedureStep, values, **who)
    while first.position > work.position:
        designing.move(first, -1, **who)
    db.session.expire_all()
    return procedure.publish(draft, **who)


def mapping(old: ProcedureVersion, new: ProcedureVersion) -> dict[str, str]:
    return moves.proposed(here(old), here(new))


def move(dossier: Dossier, new: ProcedureVersion, **more: Any) -> Dossier:
    facts = {"version_id": key(new), "reason": "Quyết định mới", "at": later(days=3)}
    facts["mapping"] = mapping(here(dossier).procedure_version, new)
    return act("move_version", dossier, who="quantri", **{**facts, **more})


def snapshot(dossier: Dossier) -> Any:
    """Everything of a dossier and its parts, as the database has it."""
    db.session.expire_all()
    tables = ("dossier", "dossier_step", "dossier_leg", "dossier_paper", "data_value")
    found = {}
    for name in tables:
        table = db.metadata.tables[name]
        owner = table.c.id if name == "dossier" else table.c.dossier_id
        rows = db.session.execute(
            sa.select(table).where(owner == key(dossier)).order_by(table.c.id)
        )
        found[name] = [tuple(map(repr, row)) for row in rows]
    return found


# ---- proof: a procedure is changed while dossiers run --------------------------------------------
def test_a_new_version_moves_nothing_of_what_runs_and_a_moved_one_follows_the_mapping(old):
    three = [receive(old), at_work(old), at_work(old, dien_tich="15")]
    before = [snapshot(one) for one in three]
    new = changed(old)
    assert [snapshot(one) for one in three] == before
    act("answer_consult", three[2], who="cv.xaydung", opinion="Nhất trí", at=later(days=3))
    again = here(three[2])
    assert again.version_id == key(old)
    assert {s.name for s in again.steps} == {s.name for s in here(old).steps}

    with refuses("value.required", "muc_dich_khac"):
        receive(new, at=later(days=3))
    fresh = receive(new, at=later(days=3), muc_dich_khac="Không")
    assert [s.name for s in fresh.steps][1] == "Kiểm tra thực địa"

    moved = move(three[1], new)
    assert moved.version_id == key(new)
    assert {s.name for s in live(moved)} == {"Bước 2", "Bước 3"}
    assert snapshot(three[0]) == before[0]


# ---- the verb ------------------------------------------------------------------------------------
def test_move_version_keeps_holder_opening_and_appointment_and_leaves_one_event(old):
    dossier = act("take_over", at_work(old), who="chuyenvien")
    dossier = here(dossier)
    work = next(s for s in live(dossier) if s.kind is StepKind.work)
    kept = (work.holder_id, work.opened_at, work.due_at, dossier.due_at, dossier.original_due_at)
    new = changed(old)
    number, follower = here(old).key, here(new).key
    with new_events() as events:
        dossier = move(dossier, new)
    now = next(s for s in live(dossier) if s.kind is StepKind.work)
    assert (
        now.holder_id,
        now.opened_at,
        now.due_at,
        dossier.due_at,
        dossier.original_due_at,
    ) == kept
    assert [(e.tag, e.reason, e.actor_role) for e in events] == [
        (Tag.dossier_move_version, "Quyết định mới", "admin")
    ]
    changes = events[0].changes
    assert changes["version"] == [number, follower]
    assert ["Bước 2", "Bước 2"] in changes["steps"]
    assert "Phương tiện" in changes["left"] and changes["needed"] == ["Nói rõ mục đích"]
    assert "Xe máy" not in str(changes)


def test_a_moved_dossier_goes_on_to_its_end_by_the_new_steps(old):
    new = changed(old)
    plan = mapping(old, new)
    work = next(s.id for s in here(old).steps if s.kind is StepKind.work)
    check = next(s.id for s in here(new).steps if s.name == "Kiểm tra thực địa")
    dossier = move(at_work(old), new, mapping={**plan, work: check})
    passed = []
    for n in range(12):
        if dossier.status is Status.processed:
            break
        step = live(dossier)[0]
        passed.append(step.name)
        if step.kind is StepKind.work and data.missing(dossier, step, CHANGE.date()):
            typed = {"ket_qua_kiem_tra": "Đúng bản vẽ"}
            facts = {"typed": typed, "step_id": step.id, "at": later(days=3, hours=n)}
            dossier = act("record_data", dossier, who="chuyenvien", **facts)
            step = next(s for s in live(dossier) if s.id == facts["step_id"])
        dossier = made.advance(dossier, step, later(days=3, hours=n))
    assert dossier.status is Status.processed, passed
    assert passed[0] == "Kiểm tra thực địa" and "Bước 2" in passed
    assert len(passed) == len(set(passed))


def test_data_that_the_new_version_does_not_ask_for_stays_with_the_dossier(old):
    dossier = at_work(old)
    new = changed(old)
    found = moving.told(here(dossier), new, mapping(old, new), later(days=3))
    assert "Tuyến đường" in found.carried
    assert "Phương tiện" in [label for label, _words in found.lost]
    assert found.needed == ("Nói rõ mục đích",)
    dossier = move(dossier, new)
    assert dossier.details["data"]["dien_tich"] == 40
    assert "phuong_tien" not in dossier.details["data"]
    assert dossier.details["left"][here(old).key]["tong_xe"] == 32


def test_papers_answer_the_components_of_the_same_name(old):
    new = changed(old)
    dossier = move(at_work(old), new)
    names = {d.id: d.name for d in here(new).documents}
    assert [names[p.document_id] for p in dossier.papers] == list(names.values())[:2]


@pytest.mark.parametrize(
    ("term", "earlier"), [("4wd", True), ("20wd", False)], ids=["shorter", "longer"]
)
def test_a_deadline_that_is_reckoned_anew_is_never_later_than_the_appointment(old, term, earlier):
    dossier = at_work(old)
    promised = dossier.due_at
    dossier = move(dossier, changed(old, legal_term=term), deadline=moving.RECKONED)
    assert (dossier.due_at < promised) is earlier
    assert dossier.due_at <= promised and dossier.original_due_at == promised
    assert dossier.term == ("4wd" if earlier else "5wd")


def test_done_steps_stay_done_and_a_step_beside_them_is_not_asked_twice(old):
    dossier = at_work(old)
    opinion = next(s for s in live(dossier) if s.kind is StepKind.consult)
    dossier = act(
        "answer_consult", dossier, who="cv.xaydung", opinion="Nhất trí", step_id=opinion.id
    )
    dossier = move(dossier, changed(old))
    assert [s.name for s in live(dossier)] == ["Bước 2"]
    rows = [s for s in dossier.steps if s.round == 2]
    assert [(s.name, s.state) for s in rows if s.kind is StepKind.consult] == [
        ("Bước 3", StepState.done)
    ]


def test_move_version_refuses_what_nobody_has_mapped_and_what_is_of_another_kind(old):
    dossier, new = at_work(old), changed(old)
    plan = mapping(old, new)
    work = next(s.id for s in here(old).steps if s.kind is StepKind.work)
    back = next(s.id for s in here(new).steps if s.kind is StepKind.return_result)
    with refuses("move.unmapped"):
        move(dossier, new, mapping={k: v for k, v in plan.items() if k != work})
    with refuses("move.kind"):
        move(dossier, new, mapping={**plan, work: back})
    with refuses("dossier.reason_required", "reason"):
        move(dossier, new, reason=" ")
    with refuses("procedure.not_published", "version_id"):
        move(dossier, old, mapping={})
    moved = move(dossier, new)
    with refuses("dossier.same_procedure", "version_id"):
        move(moved, new, mapping={})
    other = made.version_of(made.BUSINESS, CHANGE.date())
    with refuses("move.other_procedure", "version_id"):
        move(dossier, other, mapping={})


@pytest.mark.parametrize("who", ["tiepnhan", "chuyenvien", "lanhdao", "kiemtra"])
def test_only_an_administrator_moves_a_dossier(old, who):
    dossier, new = at_work(old), changed(old)
    facts = {"version_id": key(new), "mapping": mapping(old, new), "reason": "Thử"}
    with refuses("dossier.role_not_allowed"):
        act("move_version", dossier, who=who, at=later(days=3), **facts)


def test_a_version_whose_day_has_not_come_takes_no_dossier(old):
    dossier, new = at_work(old), changed(old, valid_from=later(days=9).date())
    with refuses("procedure.not_published", "version_id"):
        move(dossier, new)


# ---- many ----------------------------------------------------------------------------------------
def test_many_are_moved_one_by_one_and_a_refused_one_holds_up_no_other(old):
    first, second, third = at_work(old), at_work(old), receive(old)
    act("suspend", second, who="truongphong", kind="outage", reason="Mất điện")
    new = changed(old)
    ids = [key(first), key(second), key(third)]
    old, new = here(old), here(new)
    assert [(row.version.id, row.count) for row in moves.older(new)] == [(old.id, 3)]
    assert {d.id for d in moves.running(old)} == set(ids)
    who = {"actor": made.actor("quantri", later(days=3)), "at": later(days=3)}
    facts = {"mapping": mapping(old, new), "deadline": moving.KEPT, "reason": "Luật mới"}
    done = moves.move_many(ids, new, **facts, **who)
    assert [(d.refusal.code if d.refusal else None) for d in done] == [None, "dossier.paused", None]
    assert [d.id for d in moves.running(old)] == [key(second)]


def test_the_steps_in_hand_are_counted_for_the_mapping(old):
    at_work(old)
    receive(old)
    old = here(old)
    names = {s.id: s.name for s in old.steps}
    found = {names[key]: count for key, count in moves.in_hand(old).items()}
    assert found == {"Bước 1": 1, "Bước 2": 1, "Bước 3": 1}


# ---- at another agency ---------------------------------------------------------------------------
def test_a_dossier_that_another_agency_resolves_is_moved_where_the_work_is(old):
    competent = unit("DL-648").id
    handed = form(old)
    visit = replace(handed, competent_id=competent)
    dossier = act("receive", visit, who="tiepnhan.xa", at=MONDAY)
    dossier = act("forward", dossier, who="tiepnhan.xa")
    waiting = next(s.id for s in live(dossier) if s.kind is StepKind.transfer)
    assert "Bước 2" in {s.name for s in live(dossier)}
    new = changed(old)
    dossier = move(dossier, new)
    assert {s.name for s in live(dossier) if s.agency_id == competent} == {"Bước 2", "Bước 3"}
    assert [s.id for s in live(dossier) if s.kind is StepKind.transfer] == [waiting]
    leg = dossier.legs[-1]
    assert (leg.agency_id, leg.sender_step_id, leg.finished_at) == (competent, waiting, None)
    work = {s.id for s in here(new).steps}
    assert {s.definition_id for s in live(dossier) if s.agency_id == competent} <= work
