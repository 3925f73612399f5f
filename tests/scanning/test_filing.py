"""The tray: pages go where a person says, or away with a reason, once; and only one's own are seen."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from models.attachment import Attachment
from models.base import db
from models.event import Event
from models.ids import uuid7
from models.scan import PieceState, ScanPiece
from models.scope import within
from services.acting import scope_of
from services.scanning import filing, tray
from tests.factories import dossiers as make
from tests.scanning import stacks
from tests.tools.engines import sqlite_only


@pytest.fixture
def piece(scan: Any) -> ScanPiece:
    """A page nobody could match."""
    return scan(stacks.pdf(stacks.text(1)), name="xấp sáng.pdf").pieces[0]


def act(verb: Any, *args: Any, who: str = "tiepnhan", **more: Any) -> Any:
    """A verb as a request of this officer does it."""
    actor = make.actor(who)
    db.session.expire_all()
    with within(scope_of(actor)):
        return verb(*args, actor=actor, at=make.now(), **more)


def tags(tag: Tag) -> list[Event]:
    return list(db.session.scalars(sa.select(Event).where(Event.tag == tag)))


def test_file_piece_attaches_the_pages_to_the_paper_that_was_named(session, piece, place):
    dossier = make.received()
    paper = dossier.papers[0].id
    filed = act(filing.file_piece, piece.id, dossier.id, paper, place=place)
    assert (filed.state, filed.dossier_id, filed.paper_id) == ("filed", dossier.id, paper)
    assert (filed.handled_by, filed.sha256) == ("Trần Thanh Hùng", None)
    attached = session.scalars(sa.select(Attachment)).one()
    assert (attached.id, attached.paper_id, attached.pages) == (filed.attachment_id, paper, 1)
    assert [e.dossier_id for e in tags(Tag.file_attach)] == [dossier.id]


def test_file_piece_sent_twice_attaches_once(session, piece, place):
    dossier, other = make.received(), make.received()
    for _ in range(2):
        act(filing.file_piece, piece.id, dossier.id, None, place=place)
    with pytest.raises(DomainError) as refusal:
        act(filing.file_piece, piece.id, other.id, None, place=place)
    assert refusal.value.code == "scan.done"
    assert len(session.scalars(sa.select(Attachment)).all()) == 1


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (lambda: (uuid7(), None), "dossier.not_found"),
        (lambda: (make.received(by="tiepnhan.krongana").id, None), "dossier.not_found"),
        (lambda: (make.received().id, make.received().papers[0].id), "value.invalid"),
    ],
    ids=["nothing", "another agency", "paper of another dossier"],
)
def test_file_piece_refuses_and_leaves_it_in_the_tray(session, piece, place, target, code):
    dossier_id, paper_id = target()
    with pytest.raises(DomainError) as refusal:
        act(filing.file_piece, piece.id, dossier_id, paper_id, place=place)
    assert refusal.value.code == code
    session.rollback()
    session.expire_all()
    assert session.get_one(ScanPiece, piece.id).state is PieceState.open
    assert session.scalars(sa.select(Attachment)).all() == []


def test_drop_piece_asks_for_the_reason_and_can_be_undone(session, piece, place):
    for reason, code in (("  ", "value.required"), ("x" * 301, "value.too_long")):
        with pytest.raises(DomainError) as refusal:
            act(filing.drop_piece, piece.id, reason)
        assert (refusal.value.code, refusal.value.field) == (code, "reason")
    dropped = act(filing.drop_piece, piece.id, " quét  thử ")
    assert (dropped.state, dropped.reason) == (PieceState.dropped, "quét thử")
    assert [(e.reason, e.changes["name"]) for e in tags(Tag.scan_drop)] == [
        ("quét thử", "xấp sáng.pdf")
    ]
    with pytest.raises(DomainError) as refusal:
        act(filing.file_piece, piece.id, make.received().id, None, place=place)
    assert refusal.value.code == "scan.done"
    back = act(filing.restore_piece, piece.id)
    assert (back.state, back.reason, back.handled_by) == (PieceState.open, None, None)
    assert len(tags(Tag.scan_restore)) == 1
    act(filing.file_piece, piece.id, make.received().id, None, place=place)
    for verb, more in ((filing.drop_piece, ("không cần",)), (filing.restore_piece, ())):
        with pytest.raises(DomainError) as refusal:
            act(verb, piece.id, *more)
        assert refusal.value.code == "scan.done"


@sqlite_only
def test_the_tray_shows_the_counter_everything_and_an_officer_only_own_stacks(session, scan):
    scan(stacks.pdf(stacks.text(1)))
    scan(stacks.pdf(stacks.text(2)), who="chuyenvien")
    scan(stacks.pdf(stacks.text(3)), who="tiepnhan.krongana")
    seen = {}
    for who in ("tiepnhan", "chuyenvien", "chuyenvien2", "tiepnhan.krongana", "vanthu"):
        actor = make.actor(who)
        db.session.expire_all()
        with within(scope_of(actor)):
            seen[who] = (len(tray.waiting(actor)), len(tray.batches(actor)))
    assert seen == {
        "tiepnhan": (2, 2),
        "chuyenvien": (1, 1),
        "chuyenvien2": (0, 0),
        "tiepnhan.krongana": (1, 1),
        "vanthu": (2, 2),
    }


@pytest.mark.parametrize("who", ["tiepnhan.krongana", "chuyenvien"])
def test_pieces_of_others_are_not_there(session, piece, place, who):
    dossier = make.received()
    for verb, args in (
        (filing.file_piece, (dossier.id, None)),
        (filing.drop_piece, ("không phải của tôi",)),
        (filing.restore_piece, ()),
    ):
        more = {"place": place} if verb is filing.file_piece else {}
        with pytest.raises(DomainError) as refusal:
            act(verb, piece.id, *args, who=who, **more)
        assert refusal.value.code == "row.not_found"
