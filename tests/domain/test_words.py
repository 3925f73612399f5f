"""The words of the domain: errors, events, titles and national codes."""

import re
from enum import StrEnum

import pytest

from domain.codes import ApplicantKind, Channel, CopyKind, FeeMoment, Status, Verb
from domain.errors import MESSAGES, DomainError
from domain.events import TITLES as EVENT_TITLES, VERB_TAGS, Tag
from domain.roles import ACTING, Role
from domain.titles import TITLES, title


def test_an_error_speaks_its_sentence_in_the_language_of_the_reader() -> None:
    error = DomainError("dossier.not_allowed", status=Status.awaiting_payment)
    assert error.text() == "This cannot be done while the dossier is “Awaiting payment”."
    vietnamese = {
        error.msgid: "Không làm được khi hồ sơ “%(status)s”.",
        "Awaiting payment": "chờ nghĩa vụ tài chính",
    }
    assert error.text(vietnamese.__getitem__) == (
        "Không làm được khi hồ sơ “chờ nghĩa vụ tài chính”."
    )
    assert str(error).startswith("dossier.not_allowed: This cannot")


def test_an_unknown_code_or_a_missing_fact_is_the_mistake_of_a_programmer() -> None:
    with pytest.raises(AssertionError, match=r"dossier\.unheard_of"):
        DomainError("dossier.unheard_of")
    with pytest.raises(AssertionError, match="papers"):
        DomainError("dossier.papers_missing")


def test_every_message_is_a_sentence_that_can_be_filled() -> None:
    for code, message in MESSAGES.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", code)
        assert message[0] in "“%" or message[0].isupper(), code
        facts = dict.fromkeys(re.findall(r"%\((\w+)\)s", message), "x")
        assert "%(" not in DomainError(code, **facts).text()


def test_every_verb_leaves_an_event_of_its_own() -> None:
    assert set(VERB_TAGS) == set(Verb)
    assert len(set(VERB_TAGS.values())) == len(Verb)


def test_every_tag_is_named_in_three_parts_and_has_a_title() -> None:
    assert set(EVENT_TITLES) == set(Tag)
    assert all(re.fullmatch(r"[a-z]+:[a-z]+:[a-z_]+", tag) for tag in Tag)
    assert all(EVENT_TITLES.values())


@pytest.mark.parametrize("kind", TITLES)
def test_every_member_of_a_closed_list_has_a_title_of_its_own(kind: type[StrEnum]) -> None:
    titles = [title(member) for member in kind]
    assert set(TITLES[kind]) == {member.value for member in kind}
    assert len(set(titles)) == len(titles)


def test_lists_that_share_a_word_keep_their_own_titles() -> None:
    assert title(Verb.assign) == "Assign"
    assert title(Status.stopped) == "Stopped"
    assert title(Verb.receive) == "Receive"


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        (Channel, [1, 2, 3]),
        (ApplicantKind, [0, 1, 2, None]),
        (CopyKind, [0, 1, 2, 1]),
        (FeeMoment, [1, 2, 4]),
    ],
)
def test_national_codes_are_those_of_the_interface(
    members: type[Channel | ApplicantKind | CopyKind | FeeMoment], codes: list[int | None]
) -> None:
    """one-stop.md §2.1: KenhThucHien, applicant type, LoaiBan, HinhThucThu."""
    assert [member.national_code for member in members] == codes


def test_readers_are_not_among_those_who_act() -> None:
    assert set(Role) - ACTING == {Role.admin, Role.auditor, Role.province_leader}
