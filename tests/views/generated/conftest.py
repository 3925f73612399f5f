"""An application with two registers declared only for these tests, on databases of its own.

The classes are taken out of the registry and the metadata again, so that no other test sees them.
"""

import datetime as dt
import enum
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, instrumentation

from domain.roles import Role
from models.base import Row, ScopeKind, Screen, db, field, related
from models.types import Choice, Id, Moment, Text
from tests.conftest import Visitor, settings_for
from tests.tools.databases import PostgresStore, SqliteStore, Store
from tests.tools.postgres import Cluster

PASSWORD = "only-for-tests"
#: Agencies of the tests: the hub and two districts.
HUB, HERE, THERE = "HUB", "D1", "D2"


class Temper(enum.StrEnum):
    """A closed list that brings its own words."""

    calm = "calm"
    wild = "wild"

    @property
    def label(self) -> str:
        """English message id."""
        return {"calm": "Calm", "wild": "Wild"}[self.value]


def declare() -> SimpleNamespace:
    """Declare the registers: a parent, its child with every kind of column, and a shared list."""

    class Keeper(Row):
        """A beekeeper."""

        __tablename__ = "test_keeper"
        __screen__ = Screen(
            title=_l("Keeper"),
            plural=_l("Keepers"),
            menu="reference",
            roles={Role.clerk: "raedxi", Role.leader: "r", Role.auditor: "rx"},
            order=("name", "asc"),
            children=("Hive",),
        )

        code: Mapped[str] = field(_l("Code"), Text(20), unique=True, listed=True, searched=True)
        name: Mapped[str] = field(_l("Full name"), Text(60), listed=True, searched=True)

        def __str__(self):
            return self.name

    class Hive(Row):
        """A beehive."""

        __tablename__ = "test_hive"
        __screen__ = Screen(
            title=_l("Hive"),
            plural=_l("Hives"),
            menu="reference",
            roles={Role.clerk: "raedxi", Role.officer: "ra", Role.leader: "r", Role.auditor: "rx"},
            order=("label", "asc"),
        )

        label: Mapped[str] = field(_l("Name"), Text(40), unique=True, listed=True, searched=True)
        temper: Mapped[Temper] = field(_l("Temper"), Choice(Temper), listed=True, faceted=True)
        price: Mapped[int | None] = field(_l("Price"), sa.BigInteger, default=None, listed=True)
        weight: Mapped[Decimal | None] = field(_l("Weight"), sa.Numeric(8, 2), default=None)
        frames: Mapped[int] = field(_l("Frames"), default=10, listed=True)
        settled: Mapped[dt.date | None] = field(_l("Settled"), sa.Date, default=None, listed=True)
        opens: Mapped[dt.time | None] = field(_l("Opens"), sa.Time, default=None)
        seen_at: Mapped[dt.datetime | None] = field(_l("Seen"), Moment, default=None, listed=True)
        alive: Mapped[bool] = field(_l("Alive"), default=True, listed=True, faceted=True)
        note: Mapped[str | None] = field(_l("Note"), Text(500), default=None, multiline=True)
        keeper_id: Mapped[str | None] = field(
            _l("Keeper"), Id, sa.ForeignKey("test_keeper.id"), edited=False, exported=False
        )
        keeper: Mapped[Keeper | None] = related(_l("Keeper"), foreign_keys=[keeper_id], listed=True)

        def __str__(self):
            return self.label

    class Flower(Row):
        """A shared list that only the administrator writes."""

        __tablename__ = "test_flower"
        __scope__ = ScopeKind.shared
        __screen__ = Screen(
            title=_l("Flower"),
            plural=_l("Flowers"),
            menu="reference",
            roles={Role.clerk: "r", Role.admin: "raedxi"},
            order=("name", "asc"),
        )

        name: Mapped[str] = field(_l("Name"), Text(60), listed=True, searched=True)
        rank: Mapped[int | None] = field(_l("Rank"), default=None, listed=True)

        def __str__(self):
            return self.name

    return SimpleNamespace(Keeper=Keeper, Hive=Hive, Flower=Flower)


def forget(*classes: type[Row]) -> None:
    """Undo declarations."""
    for cls in classes:
        manager = instrumentation.manager_of_class(cls)
        Row.metadata.remove(cls.__table__)
        Row.registry._dispose_manager_and_mapper(manager)
        Row.registry._managers.pop(manager, None)


class OwnPostgres(PostgresStore):
    """Databases beside those of the other tests."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.live, self.frozen = f"generated_{os.getpid()}", f"generated_0_{os.getpid()}"
        self.url = cluster.url(self.live)
        cluster.create(self.live)


@pytest.fixture(scope="module")
def store(engine_name: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    """Databases with the test registers and a handful of people."""
    made: Store
    if engine_name == "sqlite":
        made = SqliteStore()
    else:
        made = OwnPostgres(request.getfixturevalue("cluster"))
    yield made
    if isinstance(made, PostgresStore):
        made.cluster.drop(made.live)
        made.cluster.drop(made.frozen)
    made.close()


@pytest.fixture(scope="module")
def registers() -> Iterator[SimpleNamespace]:
    """The declared classes, as long as this module's tests run."""
    from app import roles

    found = declare()
    roles.granted.cache_clear()
    yield found
    forget(*vars(found).values())
    roles.granted.cache_clear()


@pytest.fixture(scope="module")
def built_app(store: Store, registers: SimpleNamespace, upload_dir: Path) -> Flask:
    """The product with the test registers, migrated, with three agencies and their people."""
    from app import create_app, roles
    from app.cli.setup import migrate
    from models.scope import everything

    app = create_app(settings_for(store.url, upload_dir))
    with app.app_context(), everything():
        migrate()
        tables = [cls.__table__ for cls in vars(registers).values()]
        Row.metadata.create_all(db.engine, tables=tables)
        roles.sync(app)
        _people(app)
        db.session.remove()
        db.engine.dispose()
    store.freeze()
    return app


def _people(app: Flask) -> None:
    from models.ids import uuid7
    from models.organisation import Unit, UnitKind

    units = {}
    for code, name in ((HUB, "Tỉnh Đắk Lắk"), (HERE, "Huyện Ea H’leo"), (THERE, "Huyện Krông Ana")):
        kind = UnitKind.province if code == HUB else UnitKind.district
        unit = Unit(code=code, name=name, full_name=name, kind=kind, is_agency=True)
        unit.id, unit.valid_from, unit.parent = uuid7(), dt.date(2014, 1, 1), units.get(HUB)
        unit.agency_id = unit.id
        units[code] = unit
        db.session.add(unit)
        db.session.flush()
    for role in Role:
        if role is not Role.system:
            place = HUB if role in {Role.admin, Role.province_leader} else HERE
            _person(app, role.value, role, units[place])
    _person(app, "clerk.there", Role.clerk, units[THERE])
    db.session.commit()


def _person(app: Flask, username: str, role: Role, unit: Row) -> None:
    from models.officer import Officer

    sm = app.appbuilder.sm  # type: ignore[attr-defined]
    account = sm.find_role(role.value)
    user = sm.add_user(username, username, "X", f"{username}@vidu.invalid", account, PASSWORD)
    officer = Officer(full_name=f"Ông {username}", title="Công chức", unit=unit, user_id=user.id)
    officer.agency_id = unit.agency_id
    db.session.add(officer)


@pytest.fixture
def login(app: Flask) -> Callable[[Role | str], FlaskClient]:
    """``login(Role.clerk)`` or ``login("clerk.there")``: a new client, signed in by the form."""

    def sign_in(who: Role | str) -> FlaskClient:
        client = Visitor(app)
        answer = client.post("/login/", data={"username": str(who), "password": PASSWORD})
        assert answer.status_code == 302, f"{who} could not sign in"
        assert "/login" not in answer.headers["Location"], f"{who} could not sign in"
        return client

    return sign_in


@pytest.fixture
def agencies(session: sa.orm.Session) -> dict[str, str]:
    """Code of an agency → its id."""
    from models.organisation import Unit

    return {unit.code: unit.id for unit in session.scalars(sa.select(Unit))}


@pytest.fixture
def keep(session: sa.orm.Session, agencies: dict[str, str]) -> Callable[..., Row]:
    """``keep(Model, agency, **values)``: a row that is there already."""

    def add(model: type[Row], agency: str = HERE, **given: object) -> Row:
        row = model(**given)
        row.agency_id = agencies[agency]
        session.add(row)
        session.commit()
        return row

    return add
