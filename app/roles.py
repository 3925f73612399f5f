"""Who may open what: the role matrix, in code. Generated screens add what their models declare."""

import re
from functools import lru_cache

import sqlalchemy as sa
from flask import Flask, current_app
from flask_appbuilder.security.sqla.models import Role as AccountRole

from domain.roles import Role
from models.base import Row, db

#: letter of `Screen.roles` → permission
LETTERS = {
    "r": "can_read",
    "a": "can_add",
    "e": "can_edit",
    "d": "can_delete",
    "x": "can_export",
    "i": "can_import",
}
STAFF = (
    Role.clerk,
    Role.officer,
    Role.head,
    Role.leader,
    Role.cashier,
    Role.registrar,
    Role.auditor,
    Role.province_leader,
)
EVERYONE = (*STAFF, Role.admin)
WORKING = (Role.clerk, Role.officer, Role.head, Role.leader, Role.cashier, Role.registrar)

#: permission, view → roles. The one page an administrator can check.
MATRIX: dict[tuple[str, str], tuple[Role, ...]] = {
    ("can_use", "Home"): EVERYONE,
    ("can_use", "Counter"): (Role.clerk,),
    ("can_use", "ReturnDesk"): (Role.clerk,),
    ("can_use", "Scans"): (Role.clerk, Role.officer, Role.head, Role.registrar),
    ("can_use", "WorkList"): WORKING,
    ("can_use", "Signing"): (Role.head, Role.leader),
    ("can_read", "Dossier"): STAFF,
    ("can_act", "Dossier"): WORKING,
    ("can_export", "Dossier"): STAFF,
    ("can_read", "DossierFile"): STAFF,
    ("can_use", "Search"): STAFF,
    ("can_read", "RegisterBook"): (
        Role.clerk,
        Role.registrar,
        Role.leader,
        Role.auditor,
        Role.province_leader,
    ),
    ("can_read", "RegisterEntry"): EVERYONE,  # each register says who reads it
    ("can_act", "RegisterEntry"): (*WORKING, Role.admin),
    ("can_read", "EventLog"): (Role.auditor,),
    ("can_use", "Publish"): (Role.admin,),
    ("menu_access", "PaperTemplates"): (Role.admin,),
    ("menu_access", "RegisterDesign"): (Role.admin,),
    ("can_use", "Accounts"): (Role.admin,),
    ("can_use", "Style"): (Role.admin,),
    # FAB's own screens
    ("can_this_form_get", "ResetMyPasswordView"): EVERYONE,
    ("can_this_form_post", "ResetMyPasswordView"): EVERYONE,
    ("can_userinfo", "UserDBModelView"): EVERYONE,
    ("can_action", "UserDBModelView"): EVERYONE,
    ("resetmypassword", "UserDBModelView"): EVERYONE,
}


def declared() -> list[type[Row]]:
    """Every model that declares a screen, in the order of declaration."""
    found = [m.class_ for m in Row.registry.mappers if issubclass(m.class_, Row)]
    return sorted((c for c in found if c.__dict__.get("__screen__")), key=lambda c: c.__name__)


def full_matrix() -> dict[tuple[str, str], tuple[Role, ...]]:
    """The matrix with the permissions of all generated screens."""
    matrix = dict(MATRIX)
    for (permission, view), holders in MATRIX.items():
        if permission in {"can_use", "can_read"}:
            matrix[("menu_access", view)] = holders
    for model in declared():
        for letter, permission in LETTERS.items():
            holders = tuple(r for r, verbs in model.__screen__.roles.items() if letter in verbs)
            if holders:
                matrix[(permission, model.__name__)] = holders
        readers = matrix.get(("can_read", model.__name__), ())
        for name in (model.__name__, model.__screen__.menu):
            present = matrix.get(("menu_access", name), ())
            matrix[("menu_access", name)] = tuple(dict.fromkeys((*present, *readers)))
    return matrix


@lru_cache(maxsize=512)
def granted(names: frozenset[str]) -> frozenset[tuple[str, str]]:
    """All (permission, view) pairs that a set of role names holds."""
    return frozenset(pair for pair, holders in full_matrix().items() if names & set(holders))


def fab_roles() -> dict[str, list[list[str]]]:
    """The matrix in the form FAB knows, anchored so that no name matches by its beginning."""
    out: dict[str, list[list[str]]] = {role.value: [] for role in Role if role is not Role.system}
    for (permission, view), holders in full_matrix().items():
        for role in holders:
            out[role.value].append([f"{re.escape(view)}$", f"{re.escape(permission)}$"])
    return out


def check() -> None:
    """Refuse to start when a screen asks for a permission that the matrix does not name."""
    granted.cache_clear()
    known = full_matrix()
    for name, view in current_app.view_functions.items():
        asked = getattr(view, "permission", None)
        if asked is not None and asked not in known:
            raise LookupError(
                f"{name} asks for {asked}, which no role holds: add it to app/roles.py"
            )


def sync(app: Flask) -> None:
    """Create the account roles that are missing; what they may do stays in the code."""
    present = set(db.session.scalars(sa.select(AccountRole.name)))
    for role in Role:
        if role is not Role.system and role.value not in present:
            db.session.add(AccountRole(name=role.value))
    db.session.commit()
