"""Numbers without duplicate and without hole, whatever happens at once."""

import datetime as dt

import pytest
import sqlalchemy as sa

from models.base import db
from models.dossier import Dossier
from models.paper import NumberCounter
from services import dossier as verbs
from services.numbers import next_number, numbering_day
from services.transaction import transaction
from tests.services.dossier.common import MONDAY, events, intake, later, officer, stored, unit
from tests.services.many import at_once

CLERKS = ("tiepnhan", "tiepnhan2")


def receiving(count: int, at: dt.datetime = MONDAY):
    """So many receipts, by two clerks in turn."""
    clerks = [officer(who) for who in CLERKS]
    forms = [intake() for _ in range(count)]
    db.session.remove()

    def act(form, clerk):
        return clerk, lambda: verbs.receive(form, actor=clerk, at=at).code

    return [act(form, clerks[i % 2]) for i, form in enumerate(forms)]


def test_fifty_receipts_at_once_are_numbered_from_one_to_fifty(session, app):
    codes = at_once(app, receiving(50))
    assert sorted(codes) == [f"H15.36.00-260406-{n:04d}" for n in range(1, 51)]
    orders = session.scalars(sa.select(Dossier.book_order))
    assert sorted(orders) == list(range(1, 51))
    assert len(events()) == 50


def test_a_receipt_that_fails_gives_its_number_back_while_others_go_on(session, app, monkeypatch):
    import services.dossier.intake as module

    good, lock = module.record, iter(range(10_000))

    def sometimes(*args, **facts):
        if next(lock) % 4 == 0:
            raise OSError("no space left on device")
        return good(*args, **facts)

    monkeypatch.setattr(module, "record", sometimes)
    answers = at_once(app, receiving(24))
    failed = [a for a in answers if isinstance(a, OSError)]
    codes = [a for a in answers if isinstance(a, str)]
    assert len(failed) == 6
    assert sorted(codes) == [f"H15.36.00-260406-{n:04d}" for n in range(1, 19)]


def test_the_same_form_sent_eight_times_at_once_makes_one_dossier(session, app):
    clerk, form = officer("tiepnhan"), intake()
    send = (clerk, lambda: verbs.receive(form, actor=clerk, at=MONDAY).code)
    codes = at_once(app, [send] * 8)
    assert codes == ["H15.36.00-260406-0001"] * 8
    assert session.scalar(sa.select(sa.func.count(Dossier.id))) == 1
    assert len(events()) == 1


@pytest.mark.parametrize(
    ("first", "then", "counted"),
    [
        (MONDAY, later(days=-1), dt.date(2026, 4, 6)),  # the clock was set back: never backwards
        (MONDAY, MONDAY, dt.date(2026, 4, 6)),
        (MONDAY, later(days=1), dt.date(2026, 4, 7)),
    ],
)
def test_the_day_of_numbering_never_goes_back(session, first, then, counted):
    agency = unit("DL-648").id
    next_number(agency, "dossier", first.date().isoformat())
    assert numbering_day(agency, "dossier", then.date()) == counted
    assert numbering_day(unit("DL-655").id, "dossier", then.date()) == then.date()


def test_each_agency_scheme_and_period_counts_for_itself(session):
    ours, theirs = unit("DL-648").id, unit("DL-655").id
    given = [
        next_number(*key)
        for key in (
            (ours, "book", "2026"),
            (ours, "book", "2026"),
            (ours, "book", "2027"),
            (ours, "receipt", "2026"),
            (theirs, "book", "2026"),
            (ours, "book", "2026"),
        )
    ]
    assert given == [1, 2, 1, 1, 1, 3]


def test_a_number_taken_in_a_transaction_that_fails_is_given_again(session):
    agency = unit("DL-648").id
    before = stored()
    with pytest.raises(ZeroDivisionError), transaction():
        assert next_number(agency, "book", "2026") == 1
        _ = 1 / 0
    assert stored() == before
    with transaction():
        assert next_number(agency, "book", "2026") == 1
    assert session.scalar(sa.select(NumberCounter.last)) == 1


def test_past_nine_thousand_nine_hundred_and_ninety_nine_the_code_grows_and_never_wraps(session):
    agency = unit("DL-648").id
    next_number(agency, "dossier", "2026-04-06")
    session.execute(sa.update(NumberCounter).values(last=9999))
    session.commit()
    clerk = officer("tiepnhan")
    assert verbs.receive(intake(), actor=clerk, at=MONDAY).code == "H15.36.00-260406-10000"
