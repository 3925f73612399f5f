"""A stack from the scanner to its dossiers: split, filed once, refused or kept for the tray."""

import importlib
import os
import subprocess
import sys
from typing import Any

import pytest
import sqlalchemy as sa

import config
from domain.codes import Status
from domain.errors import DomainError
from domain.events import Tag
from models.attachment import Attachment
from models.dossier import Dossier, DossierPaper
from models.event import Event
from models.ids import uuid7
from models.scan import BatchState, ScanBatch, ScanPiece
from services import dossier as verbs
from services.scanning import work
from services.scanning.filing import retry
from tests.factories import dossiers as make
from tests.scanning import stacks
from tests.tools.engines import sqlite_only


def facts(batch: Any) -> list[tuple[Any, ...]]:
    return [(p.first, p.last, p.pages, p.state.value, p.why) for p in batch.pieces]


def filed(session: Any, dossier: Dossier) -> list[Attachment]:
    query = sa.select(Attachment).where(Attachment.dossier_id == sa.inspect(dossier).identity[0])
    return list(session.scalars(query.order_by(Attachment.id)))


@sqlite_only  # filing itself is proven on both engines in test_filing.py
def test_work_files_each_paper_behind_its_cover_sheet_in_its_dossier(session, secret, scan):
    one, two = make.received(), make.received()
    first, second = stacks.covers(one, secret), stacks.covers(two, secret)
    sheets = [
        *(first[0], stacks.text(1), None, stacks.text(2)),
        *(first[1], None, stacks.text(3)),
        *(second[-1], stacks.text(4)),
    ]
    stack = [stacks.back(n) if p is None else stacks.scanned(p, n) for n, p in enumerate(sheets)]
    batch = scan(stacks.pdf(*stack))
    assert (batch.state, batch.pages, batch.pages_done, batch.blanks) == (BatchState.done, 9, 9, 2)
    assert facts(batch) == [
        (2, 4, 2, "filed", None),
        (7, 7, 1, "filed", None),
        (9, 9, 1, "filed", None),
    ]
    assert [(a.paper_id, a.pages, a.title) for a in filed(session, one)] == [
        (one.papers[0].id, 2, one.papers[0].name[:300]),
        (None, 1, "quet"),
    ]
    assert [(a.paper_id, a.pages) for a in filed(session, two)] == [(None, 1)]
    tags = list(session.scalars(sa.select(Event.tag).where(Event.subject_kind == "ScanBatch")))
    assert tags == [Tag.scan_receive, Tag.scan_finish]


@sqlite_only  # filing itself is proven on both engines in test_filing.py
def test_work_splits_at_slips_and_keeps_them_with_their_pages(session, secret, scan):
    one, two = make.received(), make.received()
    stack = (
        *(stacks.slip(one, secret), stacks.text(1), stacks.text(2)),
        *(stacks.slip(two, secret), stacks.text(3)),
    )
    batch = scan(stacks.tiff(*stack), name="xap 1.tif")
    assert facts(batch) == [(1, 3, 3, "filed", None), (4, 5, 2, "filed", None)]
    assert [(a.pages, a.title, a.kind) for a in filed(session, one)] == [(3, "xap 1", "scan")]
    assert [a.pages for a in filed(session, two)] == [2]


def tray(batch: Any) -> list[tuple[str, str | None, str | None]]:
    return [(p.state.value, p.why, p.code) for p in batch.pieces]


@sqlite_only  # filing itself is proven on both engines in test_filing.py
def test_work_leaves_to_a_person_what_it_cannot_prove(session, secret, scan):
    mine = make.received()
    theirs = make.received(by="tiepnhan.krongana")
    forged = stacks.slip(mine, "another-secret-" * 4)
    closed = make.received()
    cover = stacks.covers(closed, secret)[0]
    act = verbs.withdraw(
        closed, reason="Người nộp rút", actor=make.actor("tiepnhan"), at=make.now()
    )
    assert act.status is Status.withdrawn
    stack = (
        *(stacks.text(1), forged, stacks.text(2)),
        *(stacks.slip(theirs, secret), stacks.text(3)),
        *(cover, stacks.text(4)),
    )
    batch = scan(stacks.pdf(*stack))
    assert tray(batch) == [
        ("open", "no_mark", None),
        ("open", "untrue", mine.code),
        ("open", "unknown", theirs.code),
        ("open", "dossier.not_allowed", closed.code),
    ]
    assert batch.state is BatchState.done
    assert session.scalars(sa.select(Attachment)).all() == []


def test_work_believes_no_cover_whose_paper_has_moved(session, secret, scan):
    dossier = make.received()
    cover = stacks.covers(dossier, secret)[0]
    first = dossier.papers[0]
    session.add(
        DossierPaper(
            id=uuid7(),
            agency_id=dossier.agency_id,
            dossier_id=dossier.id,
            position=first.position - 1,
            name="Giấy tờ chen vào trước",
        )
    )
    session.commit()
    session.expire_all()
    assert tray(scan(stacks.pdf(cover, stacks.text(1)))) == [("open", "untrue", dossier.code)]


def test_the_same_bytes_are_one_stack_however_often_they_are_handed_in(session, secret, scan):
    dossier = make.received()
    data = stacks.pdf(stacks.slip(dossier, secret), stacks.text(1))
    first, again = scan(data), scan(data, name="lan hai.pdf")
    assert first.id == again.id and again.name == "quet.pdf"
    assert len(filed(session, dossier)) == 1


def test_a_file_that_cannot_be_read_says_why_and_can_be_tried_again(session, scan, hand_in, place):
    broken = b"%PDF-1.7 and nothing more"
    batch = scan(broken)
    assert (batch.state, batch.error, batch.pieces) == (BatchState.failed, "file.broken", [])
    tags = list(session.scalars(sa.select(Event.tag).where(Event.subject_id == batch.id)))
    assert tags == [Tag.scan_receive, Tag.scan_fail]
    retry(batch.id, actor=make.actor("tiepnhan"), at=make.now())
    session.expire_all()
    assert batch.state is BatchState.waiting and batch.error is None
    with pytest.raises(DomainError) as refusal:
        retry(batch.id, actor=make.actor("tiepnhan"), at=make.now())
    assert refusal.value.code == "scan.running"
    with pytest.raises(DomainError) as refusal:
        hand_in(b"MZ a program", name="quet.exe")
    assert refusal.value.code == "scan.type"
    assert not list(place.scans.root.glob("*/MZ*"))


@sqlite_only
def test_pages_that_crash_their_process_again_and_again_are_given_up(
    session, hand_in, place, monkeypatch
):
    monkeypatch.setattr(work.sys, "executable", "/bin/false")
    batch_id = hand_in(stacks.pdf(stacks.text(1)))
    for _ in range(work.ATTEMPTS):
        assert work.due() == [batch_id]
        with pytest.raises(work.Crashed):
            work.work(batch_id, place=place, now=make.now)
    work.run(place, make.now)
    session.expire_all()
    batch = session.get_one(ScanBatch, batch_id)
    assert (batch.state, batch.error) == (BatchState.failed, "scan.crashed")
    assert work.due() == []


class Killed(BaseException):
    """Nobody catches it: the process is gone."""


#: Where the work is broken off: name of the function, and whether it had done its part by then.
MOMENTS = [
    ("services.attachments.attach", True),
    ("services.scanning.work.settle", False),
    ("services.scanning.work.settle", True),
    ("services.scanning.work._end", False),
]


@pytest.mark.parametrize(("where", "after"), MOMENTS)
def test_work_killed_at_any_moment_loses_nothing_and_files_nothing_twice(
    session, secret, hand_in, place, monkeypatch, where, after
):
    one, two = make.received(), make.received()
    stack = [stacks.slip(one, secret), stacks.text(1), stacks.slip(two, secret), stacks.text(2)]
    batch_id = hand_in(stacks.pdf(*stack, stacks.covers(one, secret)[0], stacks.text(3), dpi=200))
    module, _, name = where.rpartition(".")
    whole, calls = getattr(importlib.import_module(module), name), []

    def broken(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) != 2 and name in {"attach", "settle"}:
            return whole(*args, **kwargs)
        if after:
            whole(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(where, broken)
        with pytest.raises(Killed):
            work.work(batch_id, place=place, now=make.now)
    session.rollback()
    session.expunge_all()
    work.run(place, make.now)
    session.expire_all()
    batch = session.get_one(ScanBatch, batch_id)
    assert batch.state is BatchState.done
    assert [(p.number, p.first, p.last, p.state.value) for p in batch.pieces] == [
        (1, 1, 2, "filed"),
        (2, 3, 4, "filed"),
        (3, 6, 6, "filed"),
    ]
    assert sorted(a.pages for a in filed(session, one)) == [1, 2]
    assert [a.pages for a in filed(session, two)] == [2]
    tags = session.scalars(sa.select(Event.tag).where(Event.tag == Tag.file_attach)).all()
    assert len(tags) == 3
    assert work.run(place, make.now) == 0


@sqlite_only
def test_the_process_killed_in_the_middle_of_the_pages_goes_on_where_it_was(
    session, secret, hand_in, place
):
    """A real kill -9 of the working process; its pages so far are kept, the rest is done later."""
    dossier = make.received()
    pages = [stacks.slip(dossier, secret), *(stacks.text(n) for n in range(1, 8))]
    batch_id = hand_in(stacks.pdf(*pages, dpi=200))
    batch = session.get_one(ScanBatch, batch_id)
    desk = place.desk / batch_id
    desk.mkdir(parents=True)
    file = place.scans.path(batch.sha256)
    command = [sys.executable, "-m", "services.scanning.sheets", str(file), str(desk)]
    with subprocess.Popen(command, cwd=config.ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if b'"done": 3' in line:
                process.kill()
                break
    done = {p.name: p.stat().st_mtime_ns for p in desk.glob("*.json")}
    assert 3 <= len(done) < len(pages)
    seen = []
    whole = work._progress

    def noted(batch_id: str, so_far: int, total: int | None = None) -> None:
        seen.append((so_far, total))
        kept.update({p.name: p.stat().st_mtime_ns for p in desk.glob("*.json")})
        whole(batch_id, so_far, total)

    kept: dict[str, int] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "_progress", noted)
        work.work(batch_id, place=place, now=make.now)
    session.expire_all()
    assert seen[0] == (len(done), 8) and seen[-1][0] == 8
    assert {name: kept[name] for name in done} == done
    assert [a.pages for a in filed(session, dossier)] == [8]
    assert not desk.exists()


@sqlite_only
def test_sweep_keeps_what_is_needed_and_removes_the_rest(session, secret, scan, hand_in, place):
    dossier = make.received()
    batch = scan(stacks.pdf(stacks.slip(dossier, secret), stacks.text(1)))
    scan(stacks.pdf(stacks.text(5)), name="khay.pdf")  # one piece in the tray
    waiting = hand_in(stacks.pdf(stacks.text(6)))
    in_tray = session.scalars(sa.select(ScanPiece.sha256).where(ScanPiece.state == "open")).one()
    queued = session.get_one(ScanBatch, waiting).sha256
    for path in place.scans.root.glob("??/*"):
        os.utime(path, (0, 0))
    work.sweep(place, make.now())
    left = {path.name for path in place.scans.root.glob("??/*")}
    assert left == {in_tray, queued} and batch.sha256 not in left
