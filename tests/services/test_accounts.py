"""Accounts of officers and delegations between them."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.security import check_password_hash

from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.event import Event
from models.ids import uuid7
from models.officer import Officer, StandIn
from services import accounts, catalogue
from tests.factories.dossiers import actor, now

GOOD = "con-trâu-đi-cày"


def administrator() -> dict[str, Any]:
    return {"actor": actor("quantri"), "at": now()}


def newcomer(session: Any) -> Officer:
    """An officer of the finance department without an account."""
    known = session.get(Officer, actor("chuyenvien").officer_id)
    officer = Officer(
        id=uuid7(),
        agency_id=known.agency_id,
        unit_id=known.unit_id,
        full_name="Nguyễn Văn Mới",
        title="Chuyên viên",
        active=True,
    )
    session.add(officer)
    session.commit()
    return officer


def test_open_account_lets_the_officer_act_in_the_roles_given(session: Any) -> None:
    officer = newcomer(session)
    user = accounts.open_account(
        officer,
        username="Moi.Nguyen",
        password=GOOD,
        roles=frozenset({Role.officer}),
        **administrator(),
    )
    assert user.username == "moi.nguyen"
    assert check_password_hash(user.password, GOOD)
    assert actor("moi.nguyen").roles == {Role.officer}
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.account_create)).one()
    assert event.changes == {"username": "moi.nguyen", "roles": ["officer"]}
    assert GOOD not in str(event.changes)


@pytest.mark.parametrize(
    ("username", "password", "roles", "code", "field"),
    [
        ("ab", GOOD, {Role.officer}, "account.username", "username"),
        ("Nguyễn", GOOD, {Role.officer}, "account.username", "username"),
        ("tiepnhan", GOOD, {Role.officer}, "row.duplicate", "username"),
        ("nguoimoi", "123", {Role.officer}, "password.weak", "password"),
        ("nguoimoi", "nguoimoi-2026", {Role.officer}, "password.weak", "password"),
        ("nguoimoi", "matkhau-2026", {Role.officer}, "password.weak", "password"),
        ("nguoimoi", GOOD, set(), "value.required", "roles"),
        ("nguoimoi", GOOD, {Role.system}, "value.choice", "roles"),
    ],
)
def test_open_account_refuses_and_stores_nothing(
    session: Any, username: str, password: str, roles: set[Role], code: str, field: str
) -> None:
    officer = newcomer(session)
    with pytest.raises(DomainError) as refused:
        accounts.open_account(
            officer,
            username=username,
            password=password,
            roles=frozenset(roles),
            **administrator(),
        )
    assert (refused.value.code, refused.value.field) == (code, field)
    assert session.get(Officer, officer.id).user_id is None


def test_change_account_closes_it_and_says_so_in_the_event(session: Any) -> None:
    officer = session.get(Officer, actor("chuyenvien").officer_id)
    accounts.change_account(
        officer, roles=frozenset({Role.officer, Role.head}), active=False, **administrator()
    )
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.account_update)).one()
    assert event.changes == {"roles": [["officer"], ["head", "officer"]], "active": [True, False]}
    assert actor("chuyenvien").posts == ()


def test_an_administrator_cannot_lock_himself_out(session: Any) -> None:
    me = session.get(Officer, actor("quantri").officer_id)
    with pytest.raises(DomainError) as refused:
        accounts.change_account(me, roles=frozenset({Role.officer}), active=True, **administrator())
    assert refused.value.code == "account.self"


def test_only_an_administrator_opens_accounts(session: Any) -> None:
    with pytest.raises(DomainError) as refused:
        accounts.open_account(
            newcomer(session),
            username="nguoimoi",
            password=GOOD,
            roles=frozenset({Role.officer}),
            actor=actor("lanhdao"),
            at=now(),
        )
    assert refused.value.code == "dossier.role_not_allowed"


# ---- delegation ----------------------------------------------------------------------------------
def cover(session: Any, absent: str, deputy: str, by: str, hours: int = 8) -> StandIn:
    start = now()
    values = {
        "officer": session.get(Officer, actor(absent).officer_id),
        "deputy": session.get(Officer, actor(deputy).officer_id),
        "starts": start,
        "ends": start + dt.timedelta(hours=hours),
    }
    return catalogue.create(StandIn, values, actor=actor(by), at=start)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("absent", "deputy", "by"),
    [
        ("chuyenvien", "chuyenvien2", "truongphong"),
        ("truongphong", "chuyenvien", "lanhdao"),
        ("cv.datdai", "tp.datdai", "quantri"),
    ],
)
def test_a_delegation_is_given_by_who_may(session: Any, absent: str, deputy: str, by: str) -> None:
    assert cover(session, absent, deputy, by).deputy.full_name == actor(deputy).name


@pytest.mark.parametrize(
    ("absent", "deputy", "by", "hours", "code"),
    [
        ("lanhdao", "truongphong", "truongphong", 8, "dossier.role_not_allowed"),
        ("cv.datdai", "truongphong", "truongphong", 8, "dossier.role_not_allowed"),
        ("chuyenvien", "chuyenvien.krongana", "lanhdao", 8, "officer.outside"),
        ("chuyenvien", "chuyenvien", "truongphong", 8, "officer.outside"),
        ("chuyenvien", "chuyenvien2", "truongphong", -1, "delegation.period"),
        ("lanhdao.krongana", "chuyenvien.krongana", "lanhdao", 8, "dossier.role_not_allowed"),
    ],
)
def test_nobody_delegates_the_rights_of_others(
    session: Any, absent: str, deputy: str, by: str, hours: int, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        cover(session, absent, deputy, by, hours)
    assert refused.value.code == code
    assert session.scalar(sa.select(sa.func.count(StandIn.id))) == 0


def test_nobody_turns_the_delegation_of_another_department_into_an_own_one(session: Any) -> None:
    row = cover(session, "cv.xaydung", "tp.xaydung", "lanhdao")
    mine = session.get(Officer, actor("chuyenvien").officer_id)
    with pytest.raises(DomainError) as refused:
        catalogue.update(row, {"officer": mine}, actor=actor("truongphong"), at=now())
    assert refused.value.code == "dossier.role_not_allowed"
    session.expire_all()
    assert row.officer.id == actor("cv.xaydung").officer_id
