"""What columns keep: ids in order, moments to the second with their zone, words in one form."""

import datetime as dt
import threading
import unicodedata
import uuid

import pytest
import sqlalchemy as sa

from domain.calendar import TZ
from domain.codes import Outcome, Status
from models.applicant import Applicant
from models.dossier import Dossier
from models.ids import uuid7
from models.types import NOWHERE, Id, Moment
from tests.services.dossier.common import MONDAY, processed, received, unit


# ---- ids -----------------------------------------------------------------------------------------
def test_ids_are_of_version_seven_and_carry_the_time():
    found = uuid.UUID(uuid7())
    assert (found.version, found.variant) == (7, uuid.RFC_4122)
    made = dt.datetime.fromtimestamp((found.int >> 80) / 1000, TZ)
    assert abs(dt.datetime.now(TZ) - made) < dt.timedelta(seconds=5)


def test_ids_of_one_process_are_in_order_and_differ_also_within_a_millisecond():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_stay_in_order_when_the_clock_is_set_back(monkeypatch):
    first = uuid7()
    monkeypatch.setattr("models.ids.time.time_ns", lambda: 1_000_000)
    assert uuid7() > first


def test_ids_of_many_threads_differ():
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.extend(uuid7() for _ in range(2000))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000


@pytest.mark.parametrize("text", ["", "nothing", "1; DROP TABLE dossier", "0192f000"])
def test_a_malformed_id_finds_nothing_instead_of_failing(session, text):
    assert Id().process_bind_param(text, session.get_bind().dialect) == NOWHERE
    assert session.get(Dossier, text) is None


# ---- moments -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2026, 4, 6, 9, 0, tzinfo=TZ),
        dt.datetime(2026, 4, 6, 2, 0, tzinfo=dt.UTC),
        dt.datetime(2026, 4, 6, 9, 0),  # a naive one is local
    ],
)
def test_a_moment_comes_back_in_local_time(session, moment):
    dossier = received()
    dossier.returned_at = moment
    session.commit()
    session.expire_all()
    found = session.get_one(Dossier, dossier.id).returned_at
    assert found == MONDAY
    assert (found.hour, found.utcoffset()) == (9, dt.timedelta(hours=7))


def test_a_moment_is_stored_as_utc(session):
    received()
    raw = session.connection().execute(sa.text("SELECT received_at FROM dossier")).scalar()
    if isinstance(raw, str):
        assert raw.startswith("2026-04-06 02:00:00")
    else:
        assert raw.astimezone(dt.UTC).hour == 2
    assert Moment().process_result_value(None, session.get_bind().dialect) is None


# ---- words ---------------------------------------------------------------------------------------
def test_words_are_kept_in_one_unicode_form_without_space_around(session):
    typed = unicodedata.normalize("NFD", "  Nguyễn Thị Ước ")
    row = Applicant(agency_id=unit("DL-648").id, name=typed)
    session.add(row)
    session.commit()
    session.expire_all()
    assert session.get_one(Applicant, row.id).name == "Nguyễn Thị Ước"
    query = sa.select(Applicant.id).where(Applicant.name == typed)
    assert session.scalar(query) == row.id


# ---- invariants that the database itself holds ---------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"status": Status.returned, "returned_at": None}, "returned_has_moment"),
        ({"outcome": None}, "processed_has_outcome"),
        ({"code": None}, "received_has_code"),
        ({"extensions": 2}, "extended_once"),
        ({"sets": 0}, "sets"),
    ],
)
def test_a_dossier_that_contradicts_itself_is_refused(session, changed, constraint):
    dossier = processed()
    for name, value in changed.items():
        setattr(dossier, name, value)
    with pytest.raises(sa.exc.IntegrityError, match=f"ck_dossier_{constraint}"):
        session.flush()


def test_a_code_is_given_once(session):
    first, second = received(), received()
    second.code = first.code
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


@pytest.mark.parametrize("column", ["status", "outcome"])
def test_a_value_outside_its_list_is_refused(session, column):
    received()
    with pytest.raises(sa.exc.IntegrityError):
        session.connection().execute(sa.text(f"UPDATE dossier SET {column} = 'lost'"))


def test_a_row_cannot_point_to_what_is_not_there(session):
    dossier = received()
    dossier.counter_id = uuid7()
    with pytest.raises(sa.exc.IntegrityError):
        session.commit()


def test_every_status_and_outcome_fits_the_column():
    for closed in (Status, Outcome):
        assert all(len(member.value) <= 60 and member.value == member.name for member in closed)
