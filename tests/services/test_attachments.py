"""Files of a dossier: kept by fingerprint, read back unchanged, swept when nobody owns them."""

import datetime as dt
import io
import os
import time
from collections.abc import Iterator

import pytest

from domain.codes import Status
from domain.errors import DomainError
from domain.events import Tag
from models.attachment import Attachment
from models.dossier import DossierPaper
from models.event import Event
from models.ids import uuid7
from services import attachments
from services.attachments import attach, opened, read, sweep
from services.filestore import FileStore
from tests.services import small_office
from tests.services.scans import picture
from tests.services.small_office import NOW, Office


# ---- the store -----------------------------------------------------------------------------------
@pytest.fixture
def files(tmp_path) -> FileStore:
    return FileStore(tmp_path / "uploads")


def test_store_keeps_the_same_bytes_once_and_nothing_half(files):
    first, second = files.put(b"abc"), files.put(b"abc")
    assert first == second
    assert files.get(first) == b"abc"
    kept = [p for p in files.root.rglob("*") if p.is_file()]
    assert [p.name for p in kept] == [first]
    assert kept[0].stat().st_mode & 0o077 == 0


def test_store_leaves_nothing_behind_when_writing_fails(files, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        files.put(b"abc")
    assert [p for p in files.root.rglob("*") if p.is_file()] == []


def test_store_repairs_a_damaged_file_when_the_same_is_put_again(files):
    name = files.put(b"abc")
    (files.root / name[:2] / name).write_bytes(b"ab")
    files.put(b"abc")
    assert files.get(name) == b"abc"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "/" + "0" * 63])
def test_store_knows_no_other_names(files, name):
    with pytest.raises(DomainError):
        files.get(name)


# ---- the verb ------------------------------------------------------------------------------------
@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


@pytest.fixture
def dossier(office, session):
    made = small_office.dossier(office)
    session.commit()
    return made


def add(dossier, office, files, data=None, name="đơn.jpg", **more):
    actor = more.pop("actor", office.clerk)
    return attach(
        dossier, picture() if data is None else data, name, actor=actor, at=NOW, store=files, **more
    )


def test_attach_keeps_the_file_and_leaves_its_event(dossier, office, files, session):
    made = add(dossier, office, files, io.BytesIO(picture()), "C:\\Ảnh\\đơn đề nghị.jpg")
    session.expire_all()
    kept = session.get(Attachment, made.id)
    assert (kept.original_name, kept.title) == ("đơn đề nghị.jpg", "đơn đề nghị")
    assert (kept.original_type, kept.pages, kept.kind) == ("image/jpeg", 1, "scan")
    assert (kept.added_by, kept.added_at) == ("Nguyễn Thị Mận", NOW)
    assert kept.agency_id == office.agency.id
    data = read(kept, files)
    assert len(data) == kept.size
    event = session.query(Event).one()
    assert (event.tag, event.dossier_id, event.subject_id) == (Tag.file_attach, dossier.id, kept.id)
    assert event.changes["sha256"] == kept.sha256


def test_attach_belongs_to_a_paper_of_the_same_dossier(dossier, office, files, session):
    paper = DossierPaper(
        id=uuid7(), agency_id=office.agency.id, dossier_id=dossier.id, name="Đơn đề nghị"
    )
    session.add(paper)
    session.commit()
    assert add(dossier, office, files, paper_id=paper.id).paper_id == paper.id
    other = small_office.dossier(office, "Người khác")
    session.commit()
    for target, wrong in ((other, paper.id), (dossier, uuid7())):
        with pytest.raises(DomainError) as error:
            add(target, office, files, paper_id=wrong)
        assert (error.value.code, error.value.field) == ("value.invalid", "paper_id")


def test_attach_outdates_no_page_that_somebody_else_has_open(dossier, office, files, session):
    version = dossier.version
    add(dossier, office, files)
    session.expire_all()
    assert dossier.version == version


def test_attach_sent_twice_is_done_once(dossier, office, files, session):
    key = uuid7()
    first = add(dossier, office, files, op_id=key)
    assert add(dossier, office, files, op_id=key).id == first.id
    assert session.query(Attachment).count() == session.query(Event).count() == 1


def test_attach_refuses_a_file_too_large_before_looking_inside(dossier, office, files):
    with pytest.raises(DomainError) as error:
        add(dossier, office, files, io.BytesIO(b"x" * 2_000_001), limit=2_000_000)
    assert (error.value.code, error.value.facts) == ("file.too_large", {"limit": 2})


def test_attach_refuses_when_the_dossier_is_full(dossier, office, files, monkeypatch):
    add(dossier, office, files)
    monkeypatch.setattr(attachments, "MAX_DOSSIER", 5_000)
    with pytest.raises(DomainError) as error:
        add(dossier, office, files)
    assert error.value.code == "file.dossier_full"


def test_attach_refuses_what_the_state_machine_refuses(office, files, session):
    done = small_office.dossier(office, status=Status.returned, returned_at=NOW)
    session.commit()
    with pytest.raises(DomainError) as error:
        add(done, office, files)
    assert error.value.code == "dossier.not_allowed"
    assert session.query(Attachment).count() == session.query(Event).count() == 0


def test_attach_refuses_an_officer_of_another_agency(dossier, files, session):
    other = small_office.build("T88", "H15.88")
    with pytest.raises(DomainError):
        add(dossier, other, files)
    assert session.query(Attachment).count() == 0


def test_attach_refuses_when_somebody_else_changed_the_dossier(dossier, office, files, session):
    with pytest.raises(DomainError) as error:
        add(dossier, office, files, version=dossier.version + 1)
    assert error.value.code == "dossier.stale"


def test_attach_refuses_an_unknown_kind(dossier, office, files):
    with pytest.raises(DomainError) as error:
        add(dossier, office, files, kind="program")
    assert error.value.field == "kind"


def test_opened_leaves_the_event_of_the_reader(dossier, office, files, session):
    made = add(dossier, office, files)
    data = opened(made, actor=office.officer, at=NOW + dt.timedelta(hours=1), store=files)
    assert data.startswith(b"%PDF-")
    last = session.query(Event).order_by(Event.id.desc()).first()
    assert (last.tag, last.actor_name) == (Tag.file_read, "Trần Văn Đào")


@pytest.mark.parametrize("change", ["cut", "other", "gone"])
def test_read_refuses_a_file_that_is_no_longer_what_it_was(dossier, office, files, change):
    made = add(dossier, office, files)
    path = files.root / made.sha256[:2] / made.sha256
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + (b"" if change == "cut" else b"x"))
    with pytest.raises(DomainError) as error:
        read(made, files)
    assert error.value.code == "file.damaged"


def test_sweep_takes_old_files_without_a_row_and_nothing_else(dossier, office, files):
    made = add(dossier, office, files)
    orphan, young = files.put(b"left by a crash"), files.put(b"on its way")
    draft = files.root / orphan[:2] / f".{orphan}.1"
    draft.write_bytes(b"half")
    old = time.time() - attachments.ORPHAN_AGE - 60
    for name in (made.sha256, orphan):
        os.utime(files.root / name[:2] / name, (old, old))
    os.utime(draft, (old, old))
    assert sweep(files) == 1
    assert files.get(young) == b"on its way"
    assert read(made, files)
    assert not draft.exists()
    with pytest.raises(DomainError):
        files.get(orphan)


def test_sweep_spares_an_old_file_that_was_just_put_again(files, session):
    name = files.put(b"again")
    old = time.time() - attachments.ORPHAN_AGE - 60
    os.utime(files.root / name[:2] / name, (old, old))
    files.put(b"again")
    assert sweep(files) == 0
