"""No route is open by accident: the whole URL map, as a stranger and as every role.

What a route asks for is written in `addresses.py` a second time, by hand, and compared with what it does.
A new route is refused until it stands in one of the tables there.
"""

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from PIL import Image
from werkzeug.routing import Rule

from app.roles import declared
from domain.roles import Role
from models.ids import uuid7
from seeds.demo import PASSWORD, accounts, first_of_each_role
from tests.factories import dossiers as make, screens
from tests.house.addresses import (
    API,
    GENERATED,
    HELD,
    PAGES,
    PICKED,
    PUBLIC,
    REST,
    SCREENS,
    VALUES,
)
from tests.tools.engines import sqlite_only

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ROLES = [role for role in Role if role is not Role.system]


class Call(NamedTuple):
    """One method of one rule; `holders` may call it (None: everybody)."""

    rule: str
    method: str
    holders: frozenset[Role] | None
    url: str

    @property
    def api(self) -> bool:
        """Whether it is for programs, which sign in with a token."""
        return self.rule.startswith("/api/")


def holders_of(rule: str, method: str) -> frozenset[Role] | None:
    """Who may call a rule, from the tables above; KeyError when it stands in none."""
    if rule in PUBLIC:
        return None
    if rule in PAGES:
        return frozenset(HELD.get(PAGES[rule], ()))
    screens_by_table = {m.__tablename__: m.__screen__ for m in declared()}
    if found := GENERATED.match(rule):
        table, letters = found[1], SCREENS[found[2]]
        if found[2] == "pick/<relation>" and table not in PICKED:
            letters = "r"  # nothing to pick: there is no such page, whoever asks
    else:
        found = REST.match(rule)
        if not found:
            raise KeyError(rule)
        table, letters = found[1], API[method]
    granted = screens_by_table[table].roles.items()
    # The picker is a help of the forms: reading alone does not open it (hence "ae").
    return frozenset(role for role, verbs in granted if set(letters) & set(verbs))


def filled(rule: Rule) -> str:
    """The address of a rule with values that lead to nothing."""
    values = {name: VALUES.get(name, uuid7()) for name in rule.arguments}
    if "relation" in values:
        values["relation"] = PICKED.get(rule.rule.split("/")[2], "none")
    out = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), rule.rule)
    return f"{out}?q=zzzzqqqq"


def calls(app: Any) -> Iterator[Call]:
    """Every method of every rule."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Call(rule.rule, method, holders_of(rule.rule, method), filled(rule))


def refused(answer: Any) -> bool:
    """Whether somebody was sent away: to the sign-in page, or with 401 or 403."""
    to_login = answer.status_code == 302 and "/login" in answer.headers["Location"]
    return answer.status_code in {401, 403} or to_login


def send(client: Any, call: Call, **more: Any) -> Any:
    """Call it; an act on rows needs the name of the act. Refusals in JSON are the quicker ones."""
    data = {"action": "delete_many"} if call.rule.endswith("/action_post") else None
    headers = {"Accept": "application/json", **more}
    return client.open(call.url, method=call.method, data=data, headers=headers, buffered=True)


@sqlite_only
def test_every_route_stands_in_a_table(built_app):
    known = set()
    unknown = []
    for rule in built_app.url_map.iter_rules():
        known.add(rule.rule)
        try:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                holders_of(rule.rule, method)
        except KeyError:
            unknown.append(rule.rule)
    assert unknown == [], "say in addresses.py who may open it"
    assert {*PUBLIC, *PAGES} - known == set(), "these routes are gone"


@sqlite_only
def test_strangers_open_only_what_is_public(app, client):
    tried = list(calls(app))
    open_ones = {c.rule for c in tried if not refused(send(client, c))}
    assert open_ones - PUBLIC.keys() == set()
    # The refresh of a token refuses by itself; all other public routes do answer.
    assert PUBLIC.keys() - open_ones == {"/api/v1/security/refresh"}
    assert len(tried) > 200


@sqlite_only
@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_each_role_by_the_matrix(app, login, role):
    client, tokens = login(role), token(app, role)
    wrong = []
    for call in calls(app):
        if call.rule in PUBLIC:
            continue
        answer = send(client, call, **(tokens if call.api else {}))
        if answer.status_code >= 500 or refused(answer) == (role in (call.holders or ())):
            wrong.append((call.method, call.rule, answer.status_code))
    assert wrong == []


def token(app: Any, role: Role) -> dict[str, str]:
    """The header a program sends for an account of this role."""
    return bearer(app, next(a for a in first_of_each_role() if a.role is role).username)


def bearer(app: Any, username: str) -> dict[str, str]:
    """The header a program sends for this account."""
    body = {"username": username, "password": PASSWORD, "provider": "db"}
    answer = app.test_client().post("/api/v1/security/login", json=body)
    return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}


@sqlite_only
def test_programs_need_a_token_a_cookie_is_not_enough(app, login):
    client = login(Role.admin)
    described = {"/api/<version>/_openapi", "/api/v1/menu/"}  # read only; a browser may ask
    tried = [c for c in calls(app) if c.api and c.rule not in {*PUBLIC, *described}]
    answers = {(c.method, c.rule): send(client, c).status_code for c in tried}
    assert {key for key, status in answers.items() if status != 401} == set()
    assert len(answers) > 80


@sqlite_only
def test_what_changes_something_is_not_done_by_following_a_link(app, login):
    by_rule: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        by_rule.setdefault(rule.rule, set()).update(rule.methods or ())
    only_sent = {rule for rule, methods in by_rule.items() if "GET" not in methods}
    client = login(Role.admin)
    urls = {r.rule: filled(r) for r in app.url_map.iter_rules() if r.rule in only_sent}
    assert {rule: client.get(url).status_code for rule, url in urls.items()} == dict.fromkeys(
        urls, 405
    )
    # The two forms of this product that are sent by POST only, by name, so that this cannot pass on nothing.
    assert {"/ho-so/<uuid:dossier_id>/<slug>", "/danh-muc/unit/delete/<pk>"} <= only_sent


@sqlite_only
@pytest.mark.parametrize("role", [Role.admin, Role.clerk])
def test_forms_from_elsewhere_are_refused(app, login, monkeypatch, role):
    client = login(role)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    tried = [c for c in calls(app) if c.method in UNSAFE and not c.api]
    answers = {(c.method, c.rule): send(client, c).status_code for c in tried}
    assert {key for key, status in answers.items() if status != 400} == set()
    assert len(answers) > 80


# ---- rows of others ------------------------------------------------------------------------------
def scan() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    out.seek(0)
    return out


HOME_DEPARTMENTS = ("TCKH", "MC", "UBND", "VP")


def outsiders() -> list[Any]:
    """Accounts that have nothing to do with a business dossier of the first district: another
    department's officers, and everybody of another agency below the province."""
    return [
        a
        for a in accounts()
        if a.role not in {Role.admin, Role.province_leader}
        and (a.place in {1, 2} or (a.place == 0 and a.function not in HOME_DEPARTMENTS))
    ]


@pytest.fixture
def belongings(session: Any, login: Any) -> dict[str, str]:
    """A dossier with a scan and an issued paper: name of the argument in addresses → id."""
    import sqlalchemy as sa

    from models.attachment import Attachment
    from models.paper import IssuedPaper

    dossier = make.received()
    clerk = login(Role.clerk)
    sent = screens.send(clerk, dossier, "dinh-kem", file=(scan(), "don.png"), paper_id="")
    assert sent.status_code == 303
    issued = clerk.post(f"/ho-so/{dossier.id}/giay/receipt_slip", data={})
    assert issued.status_code == 303
    return {
        "dossier_id": dossier.id,
        "step_id": dossier.steps[0].id,
        "file_id": session.scalars(sa.select(Attachment.id)).one(),
        "paper_id": session.scalars(sa.select(IssuedPaper.id)).one(),
    }


def test_rows_of_another_department_or_agency_are_not_there(app, session, login, belongings):
    """By every address that names a dossier, a file or a paper; derived, so new ones are included."""
    rules = [r for r in app.url_map.iter_rules() if r.arguments & belongings.keys()]
    assert len(rules) >= 10
    before = state(session, belongings)
    strangers = outsiders()
    assert {a.role for a in strangers} >= {Role.clerk, Role.officer, Role.head, Role.leader}
    leaks = []
    for account in strangers:
        client, token_ = login(account.username), bearer(app, account.username)
        for rule in rules:
            more = token_ if rule.rule.startswith("/api/") else {}
            url = re.sub(
                r"<(?:\w+:)?(\w+)>", lambda m: belongings.get(m[1]) or VALUES[m[1]], rule.rule
            )
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                status = client.open(url, method=method, headers=more).status_code
                holders = holders_of(rule.rule, method) or frozenset()
                if status != (404 if account.role in holders else 403):
                    leaks.append((account.username, method, rule.rule, status))
    assert leaks == []
    assert state(session, belongings) == before


def state(session: Any, belongings: dict[str, str]) -> tuple[Any, ...]:
    import sqlalchemy as sa

    from models.dossier import Dossier
    from models.event import Event

    session.expire_all()
    dossier = session.get_one(Dossier, belongings["dossier_id"])
    events = session.scalar(sa.select(sa.func.count()).select_from(Event))
    return dossier.version, dossier.status, events


def test_lists_and_side_doors_do_not_show_rows_of_others(session, login, client, belongings):
    from models.dossier import Dossier

    dossier = session.get_one(Dossier, belongings["dossier_id"])
    code, step, owner = dossier.code, dossier.steps[0].id, dossier.owner_name
    for username in ("tiepnhan.krongana", "cv.xaydung"):
        client = login(username)
        assert owner not in client.get(f"/tra-cuu?q={code}").text
        assert owner not in client.get(f"/viec?q={code}").text
        ticked = {"act": "take_over", "rowid": f"{dossier.id}:{step}:{dossier.version}"}
        answer = client.post("/viec", data=ticked)
        assert (answer.status_code, owner in answer.text) == (422, False)
    foreign = login("tiepnhan.krongana")
    assert foreign.get(f"/tiep-nhan?tiep={dossier.id}").status_code == 404
    assert foreign.get(f"/tiep-nhan?nguoi={dossier.id}").status_code == 404
    outcome = f"/tiep-nhan/ket-qua/{dossier.id}"
    assert foreign.get(outcome).get_json() == {"code": "", "url": ""}
    assert login(Role.clerk).get(outcome).get_json()["code"] == code
    assert owner not in foreign.get("/so-theo-doi").text
    assert owner not in foreign.get("/").text
    applicant = f"/danh-muc/applicant/show/{dossier.applicant_id}"
    assert foreign.get(applicant).status_code == 404
    assert login(Role.clerk).get(applicant).status_code == 200
    assert owner not in client.get(f"/tra-cuu/{code}").text
