"""The folder that a scanner writes into, and the command: taken in once, moved when done."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import jobs
from models.attachment import Attachment
from models.dossier import Dossier
from models.organisation import Unit
from models.scan import BatchState, PieceState, ScanBatch
from services.scanning import watching, work
from services.scanning.watching import DONE, FAILED, Watcher
from tests.factories import dossiers as make
from tests.scanning import stacks
from tests.tools.engines import sqlite_only


@pytest.fixture
def folder(session: Any, tmp_path: Path) -> Path:
    """The folder of the counter that receives in these tests."""
    unit = session.get_one(Unit, make.received().counter_id)
    made = tmp_path / "may-quet" / unit.code
    made.mkdir(parents=True)
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the watcher believes to have passed."""
    passed = [100.0]
    monkeypatch.setattr(watching.time, "monotonic", lambda: passed[0])
    return passed


@pytest.fixture
def look(folder: Path, place: Any, clock: list[float]) -> Any:
    """One look at the folder, some seconds after the one before."""
    watcher = Watcher(folder.parent, lambda error: error.code)

    def act(seconds: float = 5) -> int:
        clock[0] += seconds
        return watcher.look(place, make.now())

    return act


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@sqlite_only
def test_a_scan_is_taken_in_once_it_has_settled_and_moved_once_it_is_filed(
    session, secret, folder, look, place
):
    dossier = make.received()
    data = stacks.pdf(stacks.slip(dossier, secret), stacks.text(1))
    path = folder / "SCAN0001.PDF"
    path.write_bytes(data[: len(data) // 2])
    assert (look(), look(1)) == (0, 0)
    path.write_bytes(data)  # the scanner goes on writing
    assert (look(30), look(1)) == (0, 0)
    assert look() == 1
    assert names(folder) == ["SCAN0001.PDF"]  # it stays until its pages are safe
    assert look() == 0
    work.run(place, make.now)
    assert look() == 0
    assert names(folder) == [f"{DONE}/SCAN0001.PDF"]
    session.expire_all()
    batch = session.scalars(sa.select(ScanBatch)).one()
    assert (batch.state, batch.source, batch.made_by) == (BatchState.done, "folder", "Hệ thống")
    assert [a.added_by for a in session.scalars(sa.select(Attachment))] == ["Hệ thống"]


def test_a_scan_is_known_again_after_the_process_was_killed(session, folder, place, clock):
    (folder / "a.pdf").write_bytes(stacks.pdf(stacks.text(1)))
    for _ in range(3):  # three processes, each seeing the folder for the first time
        watcher = Watcher(folder.parent)
        watcher.look(place, make.now())
        clock[0] += 10
        watcher.look(place, make.now())
    assert session.scalar(sa.select(sa.func.count(ScanBatch.id))) == 1
    work.run(place, make.now)
    watcher.look(place, make.now())
    assert names(folder) == [f"{DONE}/a.pdf"]
    (folder / "a.pdf").write_bytes((folder / DONE / "a.pdf").read_bytes())
    watcher.look(place, make.now())
    clock[0] += 10
    watcher.look(place, make.now())
    assert names(folder) == [f"{DONE}/a-2.pdf", f"{DONE}/a.pdf"]
    assert session.scalar(sa.select(sa.func.count(ScanBatch.id))) == 1


@sqlite_only
def test_what_cannot_be_read_is_put_aside_with_the_reason(session, folder, look, place):
    (folder / "hong.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    (folder / "la.pdf").write_bytes(b"MZ a program")
    look()
    look()
    work.run(place, make.now)
    look()
    assert names(folder) == [
        f"{FAILED}/hong.pdf",
        f"{FAILED}/hong.pdf.txt",
        f"{FAILED}/la.pdf",
        f"{FAILED}/la.pdf.txt",
    ]
    assert (folder / FAILED / "hong.pdf.txt").read_text() == "file.broken\n"
    assert (folder / FAILED / "la.pdf.txt").read_text() == "scan.type\n"


@sqlite_only
def test_other_files_and_folders_are_left_alone(session, folder, look, tmp_path):
    secret_file = tmp_path / "bi-mat.pdf"
    secret_file.write_bytes(stacks.pdf(stacks.text(1)))
    (folder / "link.pdf").symlink_to(secret_file)
    (folder / "ghi-chu.txt").write_text("x")
    (folder / ".tam.pdf").write_text("x")
    unknown = folder.parent / "KHONG-CO"
    unknown.mkdir()
    (unknown / "a.pdf").write_bytes(stacks.pdf(stacks.text(1)))
    look()
    look()
    assert session.scalar(sa.select(sa.func.count(ScanBatch.id))) == 0
    assert names(folder) == [".tam.pdf", "ghi-chu.txt", "link.pdf"]


@sqlite_only
def test_a_folder_files_only_in_dossiers_of_its_agency(session, secret, folder, look, place):
    theirs = make.received(by="tiepnhan.krongana")
    (folder / "a.pdf").write_bytes(stacks.pdf(stacks.slip(theirs, secret), stacks.text(1)))
    look()
    look()
    work.run(place, make.now)
    session.expire_all()
    piece = session.scalars(sa.select(ScanBatch)).one().pieces[0]
    assert (piece.state, piece.why, piece.dossier_id) == (PieceState.open, "unknown", None)


# ---- the command and the job ---------------------------------------------------------------------
@sqlite_only
def test_command_files_a_stack_and_says_what_came_of_it(app, session, secret, tmp_path):
    dossier = make.received()
    unit = session.get_one(Unit, dossier.agency_id).code
    path = tmp_path / "xap.pdf"
    path.write_bytes(stacks.pdf(stacks.slip(dossier, secret), stacks.text(1)))
    session.commit()
    answer = app.test_cli_runner().invoke(args=["scan", str(path), "--unit", unit])
    assert (answer.exit_code, "xap.pdf: 2 trang: đã lưu 1 phần" in answer.output) == (0, True)
    session.expire_all()
    assert session.scalars(sa.select(Attachment)).one().dossier_id == dossier.id


@sqlite_only
def test_command_ends_with_a_status_when_a_file_is_bad(app, session, tmp_path):
    unit = session.get_one(Unit, make.received().agency_id).code
    session.commit()
    path = tmp_path / "hong.pdf"
    for data, status in ((b"%PDF-1.7 broken", 1), (b"MZ", 2)):
        path.write_bytes(data)
        answer = app.test_cli_runner().invoke(args=["scan", str(path), "--unit", unit])
        assert answer.exit_code == status, answer.output
    answer = app.test_cli_runner().invoke(args=["scan", str(path), "--unit", "KHONG-CO"])
    assert answer.exit_code == 2


def test_one_process_at_a_time_works_through_scans_and_sweeps_go_on_beside(app, session):
    with app.app_context(), jobs._turn("scan", jobs.SCAN_LOCK) as mine:
        assert mine
        assert jobs.scan(app) is None
        assert jobs.run(app) is not None
    assert jobs.scan(app) == 0
    assert session.scalars(sa.select(Dossier.id)).all() == []
