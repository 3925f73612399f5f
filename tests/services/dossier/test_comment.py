"""A note in the history of the dossier."""

import pytest

from domain.events import Tag
from tests.services.dossier.common import (
    Case,
    act,
    is_done_once,
    leaves_its_event,
    new_events,
    received,
    refuses,
    refuses_everybody_else,
    returned,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="comment",
    make=received,
    who="tiepnhan2",
    tag=Tag.dossier_comment,
    role="clerk",
    unit="DL-648-MC",
    versioned=False,
    facts=lambda dossier: {"text": "Đã gọi điện cho dân"},
    reason="Đã gọi điện cho dân",
    wrong=(
        ("kiemtra", "dossier.role_not_allowed"),
        ("tiepnhan.krongana", "dossier.role_not_allowed"),
        ("lanhdaotinh", "dossier.role_not_allowed"),
    ),
)


def test_comment_never_outdates_what_somebody_else_is_typing(session):
    dossier = received()
    before = dossier.version
    assert CASE.do(dossier).version == before


@pytest.mark.parametrize("status", ["received", "returned"])
def test_comment_is_possible_to_the_end_and_after(session, status):
    dossier = received() if status == "received" else returned()
    with new_events() as found:
        act("comment", dossier, who="tiepnhan", text="Ghi chú")
    assert [e.tag for e in found] == [Tag.dossier_comment]


def test_comment_without_words_is_refused(session):
    dossier = received()
    with refuses("value.required", "text"):
        act("comment", dossier, who="tiepnhan", text=" ")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_comment_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_comment_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_comment_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
