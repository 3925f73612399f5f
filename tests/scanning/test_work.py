"""A stack from the scanner to its dossiers: split, filed once, refused or kept for the tray."""

from typing import Any

import sqlalchemy as sa

from domain.events import Tag
from models.attachment import Attachment
from models.dossier import Dossier
from models.event import Event
from models.scan import BatchState
from tests.factories import dossiers as make
from tests.scanning import stacks


def facts(batch: Any) -> list[tuple[Any, ...]]:
    return [(p.first, p.last, p.pages, p.state.value, p.why) for p in batch.pieces]


def filed(session: Any, dossier: Dossier) -> list[Attachment]:
    query = sa.select(Attachment).where(Attachment.dossier_id == dossier.id)
    return list(session.scalars(query.order_by(Attachment.id)))


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
