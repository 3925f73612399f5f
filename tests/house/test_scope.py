"""Nobody sees or writes rows of another agency: in the session, and again inside PostgreSQL."""

import gc
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from domain.codes import StepKind
from models import scope as scopes
from models.applicant import Applicant
from models.base import Row, ScopeKind, db
from models.dossier import Dossier, DossierStep
from models.event import Event
from models.ids import uuid7
from models.organisation import Unit
from models.scope import NOTHING, Scope, ScopeViolation, current, everything, within
from services.acting import scope_of
from tests.services.dossier.common import act, at_work, key, officer, received, step, unit
from tests.tools.engines import postgresql_only

OTHER = aliased(Dossier)


class World:
    """One dossier of the district Cư M’gar, one of Krông Ana; ids only, so that nothing is cached."""

    def __init__(self) -> None:
        dossier = received()
        self.ours, self.our_agency = dossier.id, dossier.agency_id
        dossier = received(by="tiepnhan.krongana")
        self.theirs, self.their_agency = dossier.id, dossier.agency_id
        self.clerk = scope_of(officer("tiepnhan"))
        db.session.remove()


@pytest.fixture
def world(session) -> Iterator[World]:
    """Inside the scope of nobody, whatever fixture was there before."""
    made = World()
    with within(NOTHING):
        yield made


# ---- reading -------------------------------------------------------------------------------------
#: How many dossiers each shape of statement finds; a count, a sub-query or a union leaks like a list.
SHAPES = {
    "list": lambda: len(db.session.scalars(sa.select(Dossier)).all()),
    "columns": lambda: len(db.session.execute(sa.select(Dossier.code)).all()),
    "legacy query": lambda: len(db.session.query(Dossier).all()),
    "legacy count": lambda: db.session.query(Dossier).count(),
    "count of a column": lambda: db.session.scalar(sa.select(sa.func.count(Dossier.id))),
    "count from": lambda: db.session.scalar(sa.select(sa.func.count()).select_from(Dossier)),
    "alias": lambda: db.session.scalar(sa.select(sa.func.count(OTHER.id))),
    "sub-query": lambda: db.session.scalar(
        sa.select(sa.func.count()).select_from(sa.select(Dossier.id).subquery())
    ),
    "common table": lambda: db.session.scalar(
        sa.select(sa.func.count()).select_from(sa.select(Dossier.id).cte())
    ),
    "scalar sub-query": lambda: db.session.scalar(
        sa.select(sa.select(sa.func.count(Dossier.id)).scalar_subquery())
    ),
    "union": lambda: len(
        db.session.execute(sa.union(sa.select(Dossier.id), sa.select(OTHER.id))).all()
    ),
    "exists": lambda: int(db.session.scalar(sa.select(sa.exists(sa.select(Dossier.id))))),
    "join": lambda: db.session.scalar(
        sa.select(sa.func.count(sa.distinct(DossierStep.dossier_id)))
        .select_from(DossierStep)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
    ),
    "in": lambda: len(
        set(
            db.session.scalars(
                sa.select(Event.dossier_id).where(Event.dossier_id.in_(sa.select(Dossier.id)))
            )
        )
    ),
    "eager": lambda: len(
        db.session.scalars(sa.select(Dossier).options(selectinload(Dossier.steps))).all()
    ),
    "joined": lambda: len(
        db.session.scalars(sa.select(Dossier).options(joinedload(Dossier.steps))).unique().all()
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_without_a_scope_nothing_is_seen_and_with_one_only_ones_own(world, shape):
    find = SHAPES[shape]
    assert find() == 0
    with within(world.clerk):
        assert find() == 1
    db.session.remove()
    with everything():
        assert find() == (1 if shape == "exists" else 2)


def test_without_a_scope_no_table_of_an_agency_shows_a_row(session):
    act("forward", received(competent_id=unit("DL-655").id), who="tiepnhan")
    scoped = [m.class_ for m in Row.registry.mappers if issubclass(m.class_, Row)]
    scoped = [m for m in scoped if m.__scope__ is not ScopeKind.shared and m.__tablename__]
    filled = set()
    for model in scoped:
        count = sa.select(sa.func.count(model.id))
        if session.scalar(count):
            filled.add(model.__name__)
        with within(NOTHING):
            assert session.scalar(count) == 0, model.__name__
    assert {"Dossier", "DossierLeg", "DossierStep", "Event", "Message", "NumberCounter"} <= filled


def test_get_finds_no_row_of_another_agency(world):
    with within(world.clerk):
        assert db.session.get(Dossier, world.theirs) is None
        assert db.session.get(Dossier, world.ours) is not None


def test_a_relation_loads_no_row_of_another_agency(world):
    with within(world.clerk):
        dossier = db.session.get_one(Dossier, world.ours)
        assert len(dossier.steps) == 6
        person = db.session.scalars(sa.select(Applicant)).one()
        assert person.agency_id == world.our_agency


def test_a_department_sees_the_dossiers_that_have_a_step_there_and_no_others(session):
    at_work()  # steps in TCKH
    received("1.012784")  # land: steps in the registration office
    scopes = {w: scope_of(officer(w)) for w in ("chuyenvien", "cv.datdai", "cv.tuphap", "tiepnhan")}
    session.remove()
    seen = {}
    for who, scope in scopes.items():
        with within(scope):
            counts = (
                Dossier.id,
                sa.distinct(DossierStep.dossier_id),
                sa.distinct(Event.dossier_id),
            )
            seen[who] = [session.scalar(sa.select(sa.func.count(c))) for c in counts]
    assert seen == {
        "chuyenvien": [1, 1, 1],
        "cv.datdai": [1, 1, 1],
        "cv.tuphap": [0, 0, 0],
        "tiepnhan": [2, 2, 2],
    }


def test_an_agency_at_work_on_a_dossier_sees_it_until_and_after_its_answer(session):
    dossier = act("forward", received(competent_id=unit("DL-655").id), who="tiepnhan")
    scope, dossier_id = scope_of(officer("truongphong.krongana")), key(dossier)
    session.remove()
    with within(scope):
        assert session.get_one(Dossier, dossier_id).owner_name == "Nguyễn Thị Hoa"


def test_the_scope_in_force_ends_with_its_block(world):
    with within(world.clerk):
        assert current() == world.clerk
    assert current() == NOTHING


# ---- writing -------------------------------------------------------------------------------------
def new_applicant(agency_id: str) -> Applicant:
    return Applicant(id=uuid7(), agency_id=agency_id, name="Lê Văn Tám")


def test_a_new_row_of_another_agency_is_refused(world):
    with within(world.clerk):
        db.session.add(new_applicant(world.our_agency))
        db.session.flush()
        db.session.add(new_applicant(world.their_agency))
        with pytest.raises(ScopeViolation):
            db.session.flush()


def test_a_change_or_removal_of_a_row_of_another_agency_is_refused(world):
    with everything():
        person = db.session.scalars(
            sa.select(Applicant).where(Applicant.agency_id == world.their_agency)
        ).one()
    with within(world.clerk):
        person.name = "Khác"
        with pytest.raises(ScopeViolation):
            db.session.flush()
        db.session.rollback()
        with everything():
            person = db.session.get_one(Applicant, person.id)
        db.session.delete(person)
        with pytest.raises(ScopeViolation):
            db.session.flush()


def test_a_bulk_change_reaches_only_rows_that_may_be_written(world):
    # The leader of the province reads every agency and writes none of them.
    with everything():
        leader = scope_of(officer("lanhdaotinh"))
    for scope, reached in ((NOTHING, 0), (world.clerk, 1), (leader, 0)):
        with within(scope):
            changed = db.session.execute(sa.update(Applicant).values(address="Buôn Ma Thuột"))
            assert changed.rowcount == reached
            removed = db.session.execute(
                sa.delete(Applicant).where(Applicant.name == "no such name")
            )
            assert removed.rowcount == 0
            db.session.rollback()
    with within(leader):
        assert db.session.execute(sa.delete(DossierStep)).rowcount == 0


def test_a_bulk_insert_is_refused_inside_a_scope(world):
    with within(world.clerk), pytest.raises(ScopeViolation):
        row = {"id": uuid7(), "agency_id": world.their_agency, "name": "Lê Văn Tám"}
        db.session.execute(sa.insert(Applicant), [row])


def test_the_owner_of_a_row_never_changes_through_the_session(session):
    dossier = received()
    dossier.agency_id = unit("DL-655").id
    with pytest.raises(ScopeViolation):
        session.flush()


OWNED = ("dossier", "dossier_step", "applicant", "event", "unit", "procedure")


@pytest.mark.parametrize("table", OWNED)
def test_the_owner_of_a_row_never_changes_by_plain_sql(session, table):
    received()
    elsewhere = (
        sa.select(sa.text("id")).select_from(sa.text("unit")).where(sa.text("code='DL-655'"))
    )
    other = session.execute(elsewhere).scalar_one()
    connection = session.connection()
    with pytest.raises(sa.exc.DBAPIError) as refused:
        connection.execute(sa.text(f"UPDATE {table} SET agency_id = :other"), {"other": other})
    assert "never changes" in str(refused.value) or "append-only" in str(refused.value)


# ---- PostgreSQL's own row-level security ---------------------------------------------------------
SECURED = ("dossier", "dossier_leg", "dossier_step", "dossier_paper", "event", "applicant")


@pytest.fixture
def doors(world, request) -> Iterator[dict[str, psycopg.Connection]]:
    """Plain connections: the role that owns the tables, and one that owns nothing."""
    plain = request.getfixturevalue("pg_app_role_url")
    owner = request.getfixturevalue("database_url")
    opened = {
        name: psycopg.connect(url.replace("+psycopg", ""))
        for name, url in (("plain", plain), ("owner", owner))
    }
    yield opened
    for connection in opened.values():
        connection.close()


def announce(connection: psycopg.Connection, agencies: str) -> None:
    connection.rollback()
    connection.execute("SELECT set_config('app.agencies', %s, true)", (agencies,))


def count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


@postgresql_only
@pytest.mark.parametrize("role", ["plain", "owner"])
def test_row_level_security_shows_only_rows_of_the_agencies_announced(world, doors, role):
    door = doors[role]
    for agencies, dossiers in (("", 0), (world.our_agency, 1), ("*", 2)):
        announce(door, agencies)
        assert count(door, "dossier") == dossiers
    announce(door, "")
    assert {table: count(door, table) for table in SECURED} == dict.fromkeys(SECURED, 0)


@postgresql_only
@pytest.mark.parametrize("role", ["plain", "owner"])
def test_row_level_security_holds_where_nothing_was_ever_announced(doors, role):
    assert count(doors[role], "dossier") == 0


@postgresql_only
@pytest.mark.parametrize("role", ["plain", "owner"])
def test_row_level_security_refuses_rows_of_another_agency(world, doors, role):
    door = doors[role]
    announce(door, world.our_agency)
    changed = door.execute(
        "UPDATE applicant SET name = 'x' WHERE agency_id = %s", (world.their_agency,)
    )
    assert changed.rowcount == 0
    assert door.execute("DELETE FROM dossier_paper").rowcount == count_of_papers(world)
    announce(door, world.our_agency)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute(
            "INSERT INTO applicant (id, agency_id, kind, name, search_key, sort_key) "
            "VALUES (%s, %s, 'citizen', 'x', '', '')",
            (uuid7(), world.their_agency),
        )


def count_of_papers(world: World) -> int:
    with within(world.clerk):
        dossier = db.session.get_one(Dossier, world.ours)
        return len(dossier.papers)


@postgresql_only
def test_row_level_security_shows_a_dossier_to_the_agency_that_has_a_leg_of_it(
    session, pg_app_role_url
):
    act("forward", received(competent_id=unit("DL-655").id), who="tiepnhan")
    theirs = unit("DL-655").id
    session.remove()
    with psycopg.connect(pg_app_role_url.replace("+psycopg", "")) as door:
        announce(door, theirs)
        assert count(door, "dossier") == 1
        assert door.execute("UPDATE dossier SET subject = 'x'").rowcount == 0


@postgresql_only
def test_every_table_with_an_owner_that_is_not_shared_is_secured_and_forced(session):
    wanted = {
        m.class_.__tablename__
        for m in Row.registry.mappers
        if issubclass(m.class_, Row)
        and m.class_.__scope__ is not ScopeKind.shared
        and m.class_.__module__.startswith("models.")
    } - {"number_counter"}  # counters say nothing about anybody
    query = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    found = set(session.scalars(sa.text(query)))
    assert found == wanted


@postgresql_only
def test_a_savepoint_that_fails_does_not_leave_the_scope_of_its_block_behind(world):
    with within(world.clerk):
        assert db.session.scalar(sa.select(sa.func.count(Dossier.id))) == 1
        savepoint = db.session.begin_nested()
        with everything():
            assert db.session.scalar(sa.select(sa.func.count(Dossier.id))) == 2
        savepoint.rollback()
        raw = db.session.connection().execute(sa.text("SELECT count(*) FROM dossier")).scalar()
        assert raw == 1
        with everything():
            assert db.session.scalar(sa.select(sa.func.count(Dossier.id))) == 2


def test_the_step_in_hand_is_seen_by_its_department(session):
    dossier = at_work()
    scope = scope_of(officer("chuyenvien"))
    step_id = step(dossier, StepKind.work).id
    session.remove()
    with within(scope):
        assert session.get_one(DossierStep, step_id).kind is StepKind.work
    with within(Scope(scope.agencies, frozenset({uuid7()}), scope.writes)):
        session.remove()
        assert session.get(DossierStep, step_id) is None


def test_a_statement_that_was_executed_is_not_kept_for_ever(session):
    """What was looked through for a scope goes with its statement, limited or not."""
    gc.collect()
    before = len(scopes._options)
    with within(Scope(agencies=frozenset({uuid7()}))):
        for model in (Unit, Dossier) * 20:
            session.execute(sa.select(model.id).where(model.id == uuid7())).all()
    gc.collect()
    assert len(scopes._options) - before < 5
