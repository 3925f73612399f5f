"""Accounts of officers: opened, given roles, closed by the administrator; every act an event."""

import datetime as dt
import re

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as AccountRole, User
from werkzeug.security import generate_password_hash

from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.officer import Officer
from services.acting import Actor
from services.recording import record
from services.transaction import transaction

#: Shortest password; rules of composition are not used, length and a list of trivial ones are.
SHORTEST = 10
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,40}")
_TRIVIAL = frozenset({"password", "matkhau", "1234567890", "0123456789", "qwertyuiop", "motcua"})


def open_account(
    officer: Officer,
    *,
    username: str,
    password: str,
    roles: frozenset[Role],
    actor: Actor,
    at: dt.datetime,
) -> User:
    """Give an officer an account. Errors: account.*, row.duplicate at `username`, password.weak."""
    _administrator(actor)
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise DomainError("account.username", field="username")
    _check_password(password, username)
    with transaction():
        if officer.user_id is not None:
            raise DomainError("account.exists", field="username")
        if db.session.scalar(sa.select(User.id).where(User.username == username)) is not None:
            raise DomainError("row.duplicate", field="username")
        family, _, given = officer.full_name.rpartition(" ")
        user = User(
            username=username,
            first_name=given,
            last_name=family or given,
            email=f"{username}@motcua.invalid",
            password=generate_password_hash(password),
            active=True,
            roles=_account_roles(roles),
        )
        db.session.add(user)
        db.session.flush()
        officer.user_id = user.id
        changes = {"username": username, "roles": sorted(roles)}
        record(Tag.account_create, officer, actor=actor, at=at, changes=changes)
    return user


def change_account(
    officer: Officer,
    *,
    roles: frozenset[Role],
    active: bool,
    password: str = "",
    actor: Actor,
    at: dt.datetime,
) -> User:
    """Set the roles of an account, close or reopen it, and give a new password when one is typed.

    Errors: account.missing, account.self, password.weak.
    """
    _administrator(actor)
    with transaction():
        user = officer.user
        if user is None:
            raise DomainError("account.missing")
        if officer.id == actor.officer_id and (not active or Role.admin not in roles):
            raise DomainError("account.self", field="roles")
        if password:
            _check_password(password, user.username)
            user.password = generate_password_hash(password)
        before = {"roles": sorted(r.name for r in user.roles), "active": bool(user.active)}
        user.roles = _account_roles(roles)
        user.active = active
        after = {"roles": sorted(roles), "active": active}
        changes = {k: [before[k], after[k]] for k in after if before[k] != after[k]}
        if password:
            changes["password"] = [None, None]
        record(Tag.account_update, officer, actor=actor, at=at, changes=changes)
    return user


def _administrator(actor: Actor) -> None:
    if actor.post(Role.admin) is None:
        raise DomainError("dossier.role_not_allowed")


def _check_password(password: str, username: str) -> None:
    plain = password.casefold()
    if len(password) < SHORTEST or username in plain or any(t in plain for t in _TRIVIAL):
        raise DomainError("password.weak", field="password", shortest=SHORTEST)


def _account_roles(roles: frozenset[Role]) -> list[AccountRole]:
    if not roles:
        raise DomainError("value.required", field="roles")
    if Role.system in roles:
        raise DomainError("value.choice", field="roles")
    names = [r.value for r in roles]
    return list(db.session.scalars(sa.select(AccountRole).where(AccountRole.name.in_(names))))
