"""An import on trial, repeated, broken off, and beside another one."""

from collections.abc import Iterator
from functools import partial

import pytest
import sqlalchemy as sa

from models.dossier import Dossier, DossierLeg, DossierStep
from models.event import Event
from models.paper import NumberCounter
from services.importing import Report, dossiers
from tests.services import old_book, small_office
from tests.services.old_book import RUNNING, take
from tests.services.small_office import Office


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


@pytest.fixture
def book(tmp_path):
    """`book(rows)` writes a CSV of rows (dicts of cells that differ from a good row)."""
    return partial(old_book.write, tmp_path)


def test_import_writes_nothing_on_a_trial(office, book, session):
    before = {t: session.scalar(sa.select(sa.func.count()).select_from(t)) for t in _tables()}
    report = take(book({}, RUNNING, {"Ngày nhận": ""}), office, dry_run=True)
    assert (report.read, report.imported, report.running, report.refused) == (3, 2, 1, 1)
    after = {t: session.scalar(sa.select(sa.func.count()).select_from(t)) for t in _tables()}
    assert after == before


def _tables():
    return [*(m.__table__ for m in (Dossier, DossierLeg, DossierStep, Event, NumberCounter))]


def test_import_leaves_out_what_an_earlier_run_imported(office, book, session):
    path = book({}, {}, {"Người nộp": ""})
    assert take(path, office).imported == 2
    report = take(book({}, {}, {}, {"Ngày nhận": "05/03/2014"}), office)
    assert (report.imported, report.skipped, report.refused) == (2, 2, 0)
    assert session.query(Dossier).count() == session.query(Event).count() == 4


def test_import_goes_on_where_it_was_interrupted(office, book, session, monkeypatch):
    path = book(*[{} for _ in range(10)])
    write, done = dossiers.Writer.write, []

    def breaks(self, session, entries):
        write(self, session, entries)
        done.append(len(entries))
        if len(done) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(dossiers.Writer, "write", breaks)
    with pytest.raises(KeyboardInterrupt):
        take(path, office, batch=3)
    assert session.query(Dossier).count() == session.query(Event).count() == 6
    monkeypatch.setattr(dossiers.Writer, "write", write)
    report = take(path, office, batch=3)
    assert (report.imported, report.skipped) == (4, 6)
    assert session.query(Dossier).count() == session.query(Event).count() == 10
    codes = session.scalars(sa.select(Dossier.code).order_by(Dossier.code)).all()
    assert codes == [f"H15.99-140303-L{n:05d}" for n in range(1, 11)]


def test_import_takes_another_agency_for_another_book(office, book, session):
    path = book({})
    assert take(path, office).imported == 1
    other = small_office.build("T88", "H15.88")
    assert take(book({"Mã thủ tục": "9.T88"}), other).imported == 1


def test_import_leaves_out_what_another_one_wrote_in_the_meantime(office, book, session):
    path = book({}, {}, {}, {})
    rivals: list[Report] = []

    def meanwhile(_report: Report) -> None:
        if not rivals:
            rivals.append(Report())
            rivals[0] = take(path, office)

    report = take(path, office, batch=2, progress=meanwhile)
    assert [(r.imported, r.skipped) for r in (*rivals, report)] == [(2, 2), (2, 2)]
    assert session.query(Dossier).count() == session.query(Event).count() == 4
