"""Saved views: private and shared, defaults of a person and of a role, columns, events, agencies."""

import pytest
import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.event import Event
from models.officer import Officer
from models.saved_view import ListChoice, SavedView
from models.scope import everything, within
from services import saved_views as verbs
from services.acting import scope_of
from services.kept_views import ALL, every, kept
from tests.factories import dossiers as make

LIST = "WorkList"


def who(username):
    """The account and the actor, as every verb takes them."""
    actor = make.actor(username)
    return {"user_id": account(actor), "actor": actor}


def account(actor):
    return make.db.session.scalar(sa.select(Officer.user_id).where(Officer.id == actor.officer_id))


def saved(username="truongphong", name="Trễ hạn", query="tre=1", **more):
    return verbs.save(
        more.pop("list_key", LIST), name=name, query=query, at=make.now(), **who(username), **more
    )


def seen(username, list_key=LIST):
    person = who(username)
    with within(scope_of(person["actor"])):
        return kept(list_key, **person)


def tags(session):
    found = session.scalars(sa.select(Event).where(Event.tag.startswith("list:")))
    return [e.tag for e in sorted(found, key=lambda e: e.id)]


def test_save_keeps_an_address_for_its_owner_alone_and_leaves_no_event(session):
    view = saved(query="tre=1&buoc=sign")
    assert [(v.name, v.query, v.mine) for v in seen("truongphong").views] == [
        ("Trễ hạn", "tre=1&buoc=sign", True)
    ]
    assert seen("chuyenvien").views == ()
    assert seen("truongphong", "RegisterBook").views == ()
    assert tags(session) == []
    assert view.made_by == "Lê Văn Bình"


def test_save_of_a_form_sent_twice_keeps_one(session):
    key = "0192aaaa-0000-7000-8000-000000000001"
    assert saved(row_id=key).id == saved(row_id=key).id == key
    assert session.scalar(sa.select(sa.func.count(SavedView.id))) == 1


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("  ", "tre=1", "value.required"),
        ("x" * 81, "tre=1", "value.too_long"),
        ("Trễ  hạn", "tre=1", "view.name_taken"),
        ("Khác", "q=" + "x" * 2000, "view.too_long"),
    ],
)
def test_save_refuses_a_name_or_an_address_that_cannot_be_kept(session, name, query, code):
    saved()
    with pytest.raises(DomainError) as refused:
        saved(name=name, query=query)
    assert refused.value.code == code


def test_save_refuses_more_views_than_anybody_looks_through(session, monkeypatch):
    monkeypatch.setattr(verbs, "MOST", 2)
    saved(name="1")
    saved(name="2")
    with pytest.raises(DomainError) as refused:
        saved(name="3")
    assert refused.value.code == "view.too_many"
    saved(name="3", list_key="RegisterBook")


def test_share_shows_a_view_to_the_role_in_the_agency_and_is_an_event(session):
    view = saved(roles=[Role.officer])
    assert [(v.name, v.mine, v.roles) for v in seen("chuyenvien").views] == [
        ("Trễ hạn", False, (Role.officer,))
    ]
    assert seen("tiepnhan").views == ()
    assert seen("truongphong.krongana").views == ()
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.view_share)).one()
    assert event.subject_id == view.id
    assert event.changes == {"list": LIST, "name": "Trễ hạn", "roles": [[], ["officer"]]}


@pytest.mark.parametrize("username", ["chuyenvien", "tiepnhan", "vanthu", "thuquy", "kiemtra"])
def test_share_is_refused_to_who_leads_nobody(session, username):
    with pytest.raises(DomainError) as refused:
        saved(username, roles=[Role.officer])
    assert refused.value.code == "dossier.role_not_allowed"
    assert session.scalar(sa.select(sa.func.count(SavedView.id))) == 0


def test_views_of_the_administrator_reach_the_roles_of_every_agency(session):
    saved("quantri", name="Chung", roles=[Role.clerk])
    for username in ("tiepnhan", "tiepnhan.krongana"):
        assert [v.name for v in seen(username).views] == ["Chung"]


def test_change_renames_shares_and_takes_back_with_one_event_each(session):
    view = saved()
    change = {"at": make.now(), **who("truongphong")}
    verbs.change(view.id, name="Gấp", roles=[], **change)
    assert tags(session) == []
    verbs.change(view.id, name="Gấp", roles=[Role.officer], **change)
    verbs.change(view.id, name="Rất gấp", roles=[Role.officer], **change)
    verbs.change(view.id, name="Rất gấp", roles=[], **change)
    assert tags(session) == [Tag.view_share, Tag.view_change, Tag.view_withdraw]
    assert seen("chuyenvien").views == ()


def test_overwrite_and_remove_of_a_shared_view_are_events_of_a_private_one_not(session):
    by = {"at": make.now(), **who("truongphong")}
    private, shared = saved(name="Riêng"), saved(name="Chung", roles=[Role.officer])
    for view in (private, shared):
        verbs.overwrite(view.id, query="buoc=sign", **by)
        assert verbs.remove(view.id, **by) == LIST
    assert tags(session) == [Tag.view_share, Tag.view_change, Tag.view_withdraw]
    assert seen("truongphong").views == ()


@pytest.mark.parametrize("username", ["chuyenvien", "lanhdao", "truongphong.krongana"])
def test_nobody_changes_the_view_of_somebody_else(session, username):
    view = saved(roles=[Role.officer, Role.leader])
    by = {"at": make.now(), **who(username)}
    view_id = view.id
    for act in (
        lambda: verbs.change(view_id, name="x", roles=[], **by),
        lambda: verbs.overwrite(view_id, query="", **by),
        lambda: verbs.remove(view_id, **by),
    ):
        with within(scope_of(by["actor"])), pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "row.not_found"
    with everything():
        assert session.get_one(SavedView, view_id).name == "Trễ hạn"


def test_administrator_sets_the_default_of_a_role_and_a_second_one_replaces_it(session):
    first, second = (saved(name=n, roles=[Role.officer, Role.head]) for n in ("Một", "Hai"))
    first_id, second_id = first.id, second.id
    by = {"at": make.now(), **who("quantri")}
    verbs.set_default(first_id, roles=[Role.officer, Role.head], **by)
    assert seen("chuyenvien").opens == first_id
    verbs.set_default(second_id, roles=[Role.officer], **by)
    assert seen("chuyenvien").opens == second_id
    assert seen("truongphong").opens == first_id
    assert tags(session)[-2:] == [Tag.view_default, Tag.view_default]
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.view_default)).all()[-1]
    assert event.changes["replaces"] == ["Một"]


def test_default_of_a_role_is_refused_to_others_and_for_a_role_that_does_not_have_the_view(session):
    view_id = saved(roles=[Role.officer]).id
    for username, roles, code in (
        ("truongphong", [Role.officer], "dossier.role_not_allowed"),
        ("quantri", [Role.clerk], "view.not_shared"),
    ):
        with pytest.raises(DomainError) as refused:
            verbs.set_default(view_id, roles=roles, at=make.now(), **who(username))
        assert refused.value.code == code


def test_default_of_ones_own_comes_before_that_of_the_role_and_all_before_both(session):
    shared = saved(roles=[Role.officer])
    role_id, own_id = shared.id, saved("chuyenvien", name="Của tôi").id
    verbs.set_default(role_id, roles=[Role.officer], at=make.now(), **who("quantri"))
    person = who("chuyenvien")
    for choice, opens in ((own_id, own_id), (ALL, ""), ("", role_id), (role_id, role_id)):
        verbs.open_with(LIST, choice, **person)
        found = seen("chuyenvien")
        assert (found.chosen, found.opens) == (choice, opens)
    verbs.change(role_id, name="Trễ hạn", roles=[], at=make.now(), **who("truongphong"))
    assert seen("chuyenvien").opens == ""
    with pytest.raises(DomainError):
        verbs.open_with(LIST, role_id, **person)


def test_default_that_was_deleted_is_none(session):
    view_id = saved("chuyenvien").id
    person = who("chuyenvien")
    verbs.open_with(LIST, view_id, **person)
    verbs.remove(view_id, at=make.now(), **person)
    assert (seen("chuyenvien").chosen, seen("chuyenvien").opens) == ("", "")


def test_columns_are_remembered_for_each_person_and_list_in_their_order(session):
    person = who("chuyenvien")
    verbs.choose_columns(LIST, ["time", "dossier"], user_id=person["user_id"])
    assert seen("chuyenvien").columns == ("time", "dossier")
    assert seen("truongphong").columns == seen("chuyenvien", "RegisterBook").columns == ()
    verbs.choose_columns(LIST, [], user_id=person["user_id"])
    assert seen("chuyenvien").columns == ()
    assert session.scalar(sa.select(sa.func.count()).select_from(ListChoice)) == 1
    assert tags(session) == []


def test_a_list_asks_for_all_of_this_in_one_statement(session):
    saved(roles=[Role.officer])
    person = who("chuyenvien")
    statements = []
    listen = lambda *a: statements.append(a[2])  # noqa: E731
    session.commit()
    with within(scope_of(person["actor"])):
        session.connection()
        sa.event.listen(session.get_bind(), "before_cursor_execute", listen)
        try:
            assert len(kept(LIST, **person).views) == 1
        finally:
            sa.event.remove(session.get_bind(), "before_cursor_execute", listen)
    assert len(statements) == 1


def test_page_of_all_views_shows_an_administrator_what_is_shared_anywhere(session):
    saved(name="Riêng")
    saved(name="Chung", roles=[Role.officer])
    saved("truongphong.krongana", name="Nơi khác", roles=[Role.officer])
    names = {}
    for username in ("quantri", "chuyenvien", "truongphong"):
        person = who(username)
        with within(scope_of(person["actor"])):
            names[username] = [v.name for v in every(**person)]
    assert names == {
        "quantri": ["Chung", "Nơi khác"],
        "chuyenvien": ["Chung"],
        "truongphong": ["Chung", "Riêng"],
    }
