"""One verb, one transaction: two officers at once, a form sent twice, a process killed."""

import os
import re
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa

import config
from domain.codes import StepKind
from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier, DossierStep
from models.event import Event
from models.ids import uuid7
from models.scope import Scope, within
from services import dossier as verbs
from services.transaction import locked, repeated, transaction
from tests.conftest import ENVIRONMENT
from tests.services.dossier.common import (
    MONDAY,
    SUSPENSION,
    at_step,
    at_work,
    later,
    new_events,
    officer,
    received,
    stored,
)
from tests.services.many import at_once
from tests.tools.engines import postgresql_only


def answers_of(app, dossier, acts):
    """The verbs done at once on one dossier, all from the same page."""
    dossier_id = dossier.id
    people = [officer(who) for _, who, _ in acts]
    db.session.remove()

    def act(verb, actor, facts):
        def do():
            found = db.session.get_one(Dossier, dossier_id)
            return getattr(verbs, verb)(found, actor=actor, at=later(hours=1), **facts)

        return actor, do

    return at_once(app, [act(verb, people[i], facts) for i, (verb, _, facts) in enumerate(acts)])


def test_two_heads_sign_at_once_and_exactly_one_wins(session, app):
    dossier = at_step(StepKind.sign, SUSPENSION)
    facts = {"result_text": "Đồng ý", "version": dossier.version}
    with new_events() as found:
        answers = answers_of(app, dossier, [("approve", "truongphong", facts)] * 4)
    refused = [a for a in answers if isinstance(a, DomainError)]
    assert [a.code for a in refused] == ["dossier.stale"] * 3
    assert [e.tag for e in found] == ["dossier:step:approve"]


def test_two_officers_who_do_different_things_at_once_do_not_undo_each_other(session, app):
    dossier = at_work()
    seen = dossier.version
    with new_events() as found:
        answers = answers_of(
            app,
            dossier,
            [
                ("propose", "chuyenvien", {"proposal": "Đạt", "version": seen}),
                ("send_back", "chuyenvien2", {"reason": "Thiếu", "version": seen}),
                ("stop", "lanhdao", {"reason": "Rút", "version": seen}),
            ],
        )
    assert sum(isinstance(a, DomainError) for a in answers) == 2
    assert len(found) == 1


def test_two_officers_without_a_page_to_compare_with_still_act_one_after_the_other(session, app):
    dossier = received()
    with new_events() as found:
        answers = answers_of(app, dossier, [("forward", "tiepnhan", {})] * 3)
    assert sum(isinstance(a, DomainError) for a in answers) == 2
    assert len(found) == 1


def test_one_form_sent_five_times_at_once_is_one_act_and_no_refusal(session, app):
    dossier = at_work()
    facts = {"proposal": "Đạt", "version": dossier.version, "op_id": uuid7()}
    with new_events() as found:
        answers = answers_of(app, dossier, [("propose", "chuyenvien", facts)] * 5)
    assert not [a for a in answers if isinstance(a, Exception)]
    assert len(found) == 1


def test_a_form_of_one_dossier_is_not_taken_for_done_on_another(session):
    op_id = uuid7()
    actor = officer("tiepnhan")
    first, second = received(), received()
    verbs.forward(first, actor=actor, at=later(hours=1), op_id=op_id)
    assert repeated(op_id)
    assert not repeated(uuid7())
    assert not repeated(None)
    assert second.status == "received"


# ---- the block itself ----------------------------------------------------------------------------
def test_a_block_that_fails_leaves_nothing(session):
    dossier = received()
    before = stored()
    with pytest.raises(ZeroDivisionError), transaction():
        row = locked(dossier)
        row.subject = "Khác"
        session.flush()
        _ = 1 / 0
    assert stored() == before


def test_a_verb_inside_another_joins_its_transaction(session):
    dossier = received()
    before = stored()
    with pytest.raises(ZeroDivisionError), transaction():
        verbs.comment(dossier, text="Ghi chú", actor=officer("tiepnhan"), at=MONDAY)
        _ = 1 / 0
    assert stored() == before


def test_the_lock_finds_the_row_as_it_stands_and_not_as_it_was_read(session, app):
    dossier = received()
    assert dossier.subject
    with app.app_context():
        with db.engine.begin() as other:
            other.execute(sa.text("SELECT 1"))
        with db.engine.connect() as other:
            if other.dialect.name == "postgresql":
                other.execute(sa.text("SELECT set_config('app.agencies', '*', false)"))
            other.execute(sa.text("UPDATE dossier SET subject = 'Mới'"))
            other.commit()
    with transaction():
        assert locked(dossier).subject == "Mới"


@pytest.mark.parametrize("wrong", ["0192f000-0000-7000-8000-000000000000", "not an id"])
def test_a_dossier_that_is_not_there_is_a_sentence(session, wrong):
    with pytest.raises(DomainError) as refusal, transaction():
        locked(wrong)
    assert refusal.value.code == "dossier.not_found"


def test_a_comment_counts_no_version_and_an_act_counts_one(session):
    dossier = received()
    seen = dossier.version
    with transaction():
        locked(dossier, moves=False)
    assert dossier.version == seen
    with transaction():
        locked(dossier)
    assert dossier.version == seen + 1


# ---- the process dies ----------------------------------------------------------------------------
#: Receives one dossier after the other and says so only when it is safe.
_COUNTER = """
import sys
from app import create_app
from models.scope import everything
from services import dossier as verbs
from tests.services.dossier.common import MONDAY, intake, officer

app = create_app()
with app.app_context(), everything():
    clerk = officer(sys.argv[1])
    for _ in range(500):
        print(verbs.receive(intake(), actor=clerk, at=MONDAY).code, flush=True)
"""


def test_a_counter_killed_in_the_middle_loses_nothing_it_has_said_and_leaves_no_half(
    built_app, store, tmp_path
):
    url = store.copy(f"killed_{os.getpid()}")
    environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": url}
    environment |= {"UPLOAD_DIR": str(tmp_path), "PYTHONPATH": str(config.ROOT)}
    command = [sys.executable, "-c", _COUNTER]
    counters = [
        subprocess.Popen(
            [*command, who],
            cwd=config.ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for who in ("tiepnhan", "tiepnhan2")
    ]
    said = [counters[0].stdout.readline() for _ in range(12)]
    for counter in counters:
        counter.send_signal(signal.SIGKILL)
    for counter in counters:
        rest, complaint = counter.communicate()
        assert counter.returncode == -signal.SIGKILL, complaint
        said += rest.splitlines()
    promised = {line.strip() for line in said if re.fullmatch(r"H15\S+-\d{4}", line.strip())}
    assert len(promised) >= 12
    _nothing_is_half(url, promised)


def _nothing_is_half(url: str, promised: set[str]) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT set_config('app.agencies', '*', false)"))
        rows = connection.execute(sa.select(Dossier.id, Dossier.code, Dossier.book_order)).all()
        codes = {row.code for row in rows}
        assert promised <= codes
        numbers = sorted(int(code[-4:]) for code in codes)
        assert numbers == list(range(1, len(numbers) + 1))  # no hole where the process died
        assert sorted(row.book_order for row in rows) == numbers
        for model, least in ((DossierStep, 6), (Event, 1)):
            query = sa.select(model.dossier_id, sa.func.count()).group_by(model.dossier_id)
            found = dict(connection.execute(query).all())
            assert set(found) == {row.id for row in rows}
            assert set(found.values()) == {least}
        last = connection.scalar(
            sa.text("SELECT max(last) FROM number_counter WHERE scheme = 'book'")
        )
        assert last == len(rows)
    engine.dispose()


@postgresql_only
def test_a_connection_that_the_server_has_closed_is_opened_anew(session, store):
    session.scalars(sa.select(Dossier)).all()
    session.remove()
    store.cluster.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{store.live}' AND pid <> pg_backend_pid()"
    )
    assert session.scalars(sa.select(Dossier)).all() == []


@postgresql_only
def test_a_scope_is_told_with_the_beginning_and_ends_with_the_transaction(session):
    told = sa.text("SELECT current_setting('app.agencies', true)")
    assert session.scalar(told) == "*"
    session.rollback()
    with session.get_bind().connect() as connection:
        assert not connection.scalar(told)
    with within(Scope(agencies=frozenset({"it's"}))):
        assert session.scalar(told) == "it's"
