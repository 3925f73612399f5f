"""Who is at the screen: FAB's accounts tied to officers, permissions from the code, scope per request."""

import datetime as dt
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import Flask, g, request
from flask_appbuilder.security.sqla.manager import SecurityManager as BaseManager
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app import clock, identities, roles
from app.account import UserDBModelView
from models import marks, scope
from models.base import db
from models.officer import Officer
from services.acting import Actor, actor_of, next_turn
from services.transaction import transaction


class SecurityManager(BaseManager):
    """Permissions come from the role matrix in the code, so a database row can never widen them."""

    userdbmodelview = UserDBModelView

    def register_views(self) -> None:
        """Sign in, one's own page and password. FAB's screens of users, roles and permissions are left
        out: accounts stand on the page of their officer, and what a role may do is code."""
        builder = self.appbuilder
        builder.add_api(self.security_api)
        self.auth_view = self.authdbview()
        builder.add_view_no_menu(self.resetmypasswordview())
        builder.add_view_no_menu(self.auth_view)
        self.limiter.limit(self.auth_rate_limit, methods=["POST"])(self.auth_view.blueprint)
        self.user_view = builder.add_view_no_menu(self.userdbmodelview)

    def load_user(self, pk: str) -> Any:
        """The account with its roles; None when closed."""
        found = identities.known(int(pk))
        if found is None:
            found = identities.keep(int(pk), self._account(int(pk)))
        return found.user

    def _account(self, pk: int) -> Any:
        options = [joinedload(self.user_model.roles), joinedload(self.user_model.groups)]
        user = db.session.get(self.user_model, pk, options=options)
        return user if user and user.is_active else None

    def update_user_auth_stat(self, user: Any, success: bool = True) -> None:
        """Count the sign-in in a transaction that takes its turn, so that it never fails on a lock."""
        with transaction():
            account = db.session.get(self.user_model, user.id, populate_existing=True)
            account.login_count = (account.login_count or 0) + (1 if success else 0)
            account.fail_login_count = 0 if success else (account.fail_login_count or 0) + 1
            if success:
                account.last_login = clock.now().replace(tzinfo=None)

    def _has_view_access(self, user: Any, permission_name: str, view_name: str) -> bool:
        if "granted" not in g:
            own = {r.name for r in self.get_user_roles(user)}
            covered = {p.role.value for p in current_actor().posts if p.for_id is not None}
            g.granted = roles.granted(frozenset(own | covered))
        return (permission_name, view_name) in g.granted

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Ask the matrix; strangers have nothing but the public pages, which ask nothing."""
        if not current_user.is_authenticated:
            return False
        return self._has_view_access(current_user, permission_name, view_name)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing that asks for a permission is public."""
        return False


def current_actor() -> Actor:
    """The officer of this request; an account without an officer has no posts."""
    if "actor" not in g:
        g.actor = Actor(None, "", "", ())
        if current_user.is_authenticated:
            found = identities.known(current_user.id) or identities.keep(current_user.id, None)
            if found.actor is None:
                found = identities.complete(found, *_actor(current_user.id))
            g.actor = replace(found.actor, address=request.remote_addr)
            g.scope = found.scope
    return g.actor


def _actor(user_id: int) -> tuple[Actor, dt.datetime | None]:
    """The officer with all posts, and the moment when a stand-in begins or ends."""
    query = (
        sa.select(Officer)
        .where(Officer.user_id == user_id, Officer.active)
        .options(joinedload(Officer.unit), joinedload(Officer.user))
    )
    officer = db.session.scalars(query).unique().one_or_none()
    if officer is None:
        return Actor(None, current_user.get_full_name(), "", ()), None
    now = clock.now()
    return actor_of(officer, now), next_turn(officer, now)


def _enter() -> None:
    """Every request runs inside the scope of its officer; a stranger's scope is empty."""
    if request.endpoint == "static" or not current_user.is_authenticated:
        return
    actor = current_actor()
    if actor.posts:
        g.scope_token = scope.enter(g.scope)


def _leave(_error: BaseException | None) -> None:
    marks.begin(None)
    token = g.pop("scope_token", None)
    if token is not None:
        scope.leave(token)


HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'; frame-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), serial=(self), geolocation=(), microphone=()",
}


def _headers(response):
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    """Scope and headers around every request."""
    app.before_request(_enter)
    app.teardown_request(_leave)
    app.after_request(_headers)
    app.jinja_env.globals["actor"] = current_actor
    app.jinja_env.globals["may"] = lambda permission, view: app.appbuilder.sm.has_access(
        permission, view
    )
