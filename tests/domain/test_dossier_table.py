"""The table of transitions against the law: who may do what, from where to where."""

import pytest

from domain.dossier import Clock, Facts, Outcome, Status, Verb, next_status, outcome_of
from domain.errors import DomainError
from domain.roles import Role
from domain.states import PAGE, page
from domain.transitions import TRANSITIONS

#: Facts under which no guard of any verb but `resume` refuses.
READY = Facts(is_holder=True, has_result=True, days_to_due=5)

MC, CV, LDP, LD, VT, TC = (
    Role.clerk,
    Role.officer,
    Role.head,
    Role.leader,
    Role.registrar,
    Role.cashier,
)


@pytest.mark.parametrize(
    ("source", "verb", "start", "end", "role"),
    [
        ("1 NĐ 61 Đ16", "register", None, "new", MC),
        ("1 NĐ 309/2026 kiosk", "register", None, "new", Role.system),
        ("2 NĐ 61 Đ17 k1c", "receive", None, "received", MC),
        ("2 NĐ 61 Đ17 k3", "receive", "new", "received", MC),
        ("3 NĐ 61 Đ15 k3", "ask_before_intake", None, "new", MC),
        ("3 NĐ 61 Đ17 k1a", "ask_before_intake", "new", "new", MC),
        ("4 NĐ 61 Đ17 k1b", "refuse_intake", None, "not_accepted", MC),
        ("4 NĐ 61 Đ17 k1b", "refuse_intake", "new", "not_accepted", MC),
        ("5 NĐ 61 Đ17 k4", "finish", "received", "processed", MC),
        ("6 NĐ 61 Đ18 k2", "forward", "received", "processing", MC),
        ("6 NĐ 61 Đ18 k2", "forward", "processing", "processing", CV),
        ("7 NĐ 61 Đ19 k1", "assign", "processing", "processing", LDP),
        ("7 NĐ 61 Đ19 k2", "propose", "processing", "processing", CV),
        ("7 NĐ 61 Đ19 k3", "approve", "processing", "processing", LDP),
        ("7 NĐ 61 Đ19 k3", "approve", "processing", "processing", LD),
        ("7 NĐ 61 Đ19 k3", "send_back", "processing", "processing", LD),
        ("8 NĐ 61 Đ19 k4", "request_supplement", "processing", "awaiting_supplement", CV),
        ("9 NĐ 61 Đ19 k4", "receive_supplement", "awaiting_supplement", "processing", MC),
        ("10 NĐ 61 Đ19 k5", "consult", "processing", "processing", CV),
        ("10 NĐ 61 Đ19 k5", "answer_consult", "processing", "processing", CV),
        ("10 silence", "answer_consult", "awaiting_payment", "awaiting_payment", Role.system),
        ("11 land", "request_payment", "processing", "awaiting_payment", CV),
        ("11 land", "record_payment", "awaiting_payment", "processing", TC),
        ("11 HinhThucThu 1", "record_payment", "received", "received", MC),
        ("11 HinhThucThu 2", "record_payment", "awaiting_supplement", "awaiting_supplement", TC),
        ("11 HinhThucThu 4", "record_payment", "processed", "processed", TC),
        ("12 NĐ 61 Đ19 k8", "refuse", "processing", "processed", LD),
        ("12 TT 03/2025 Mẫu 05", "stop", "processing", "stopped", LD),
        ("12 chưa xác minh", "stop", "awaiting_supplement", "stopped", LD),
        ("13", "withdraw", "new", "withdrawn", MC),
        ("13", "withdraw", "received", "withdrawn", MC),
        ("13", "withdraw", "processing", "withdrawn", MC),
        ("13", "withdraw", "awaiting_supplement", "withdrawn", MC),
        ("13", "withdraw", "awaiting_payment", "withdrawn", MC),
        ("14 NĐ 61 Đ19 k9", "extend", "processing", "processing", LD),
        ("15 NĐ 61 Đ19–20", "finish", "processing", "processed", VT),
        ("16 NĐ 61 Đ20 k2–4", "return_result", "processed", "returned", MC),
        ("Đ18 k3", "transfer", "received", "processing", MC),
        ("Đ19 k6–7", "answer_transfer", "processing", "processing", CV),
        ("NĐ 99/2022", "suspend", "processing", "processing", LDP),
        ("chưa xác minh", "correct_procedure", "received", "received", MC),
        ("chưa xác minh", "comment", "returned", "returned", CV),
    ],
)
def test_next_status_follows_the_law(
    source: str, verb: str, start: str | None, end: str, role: Role
) -> None:
    status = Status(start) if start else None
    assert next_status(Verb(verb), status, {role}, facts=READY) is Status(end), source


@pytest.mark.parametrize(
    ("verb", "start", "role", "code"),
    [
        ("receive", None, CV, "dossier.role_not_allowed"),
        ("receive", "received", MC, "dossier.already_received"),
        ("receive", "returned", MC, "dossier.already_received"),
        ("refuse_intake", "received", MC, "dossier.not_allowed"),
        ("forward", "received", CV, "dossier.role_not_allowed"),
        ("forward", "new", MC, "dossier.not_allowed"),
        ("assign", "processing", CV, "dossier.role_not_allowed"),
        ("approve", "processing", CV, "dossier.role_not_allowed"),
        ("approve", "processing", VT, "dossier.role_not_allowed"),
        ("request_supplement", "received", CV, "dossier.not_allowed"),
        ("request_supplement", "processing", MC, "dossier.role_not_allowed"),
        ("receive_supplement", "processing", MC, "dossier.not_allowed"),
        ("refuse", "processing", CV, "dossier.role_not_allowed"),
        ("extend", "processing", LDP, "dossier.role_not_allowed"),
        ("extend", "awaiting_supplement", LD, "dossier.not_allowed"),
        ("return_result", "processing", MC, "dossier.not_allowed"),
        ("return_result", "processed", CV, "dossier.role_not_allowed"),
        ("withdraw", "processed", MC, "dossier.not_allowed"),
        ("forward", "processing", Role.admin, "dossier.role_not_allowed"),
        ("comment", "processing", Role.auditor, "dossier.role_not_allowed"),
        ("comment", None, MC, "dossier.not_allowed"),
    ],
)
def test_next_status_refuses_everybody_and_everything_else(
    verb: str, start: str | None, role: Role, code: str
) -> None:
    with pytest.raises(DomainError) as caught:
        next_status(Verb(verb), Status(start) if start else None, {role}, facts=READY)
    assert caught.value.code == code


def test_several_roles_may_what_any_of_them_may() -> None:
    roles = {Role.auditor, MC, LD}
    assert next_status(Verb.extend, Status.processing, roles, facts=READY) is Status.processing
    assert next_status(Verb.withdraw, Status.new, roles, facts=READY) is Status.withdrawn


def test_readers_and_administrators_do_nothing_to_a_dossier() -> None:
    readers = {Role.admin, Role.auditor, Role.province_leader}
    acts = {row.verb for row in TRANSITIONS if not row.roles.isdisjoint(readers)}
    assert acts == {Verb.move_version}  # by which a new law reaches what runs, and nothing else


def test_every_row_names_its_source_and_every_verb_has_a_row() -> None:
    assert all(row.source for row in TRANSITIONS)
    assert {row.verb for row in TRANSITIONS} == set(Verb)
    assert {row.no for row in TRANSITIONS} == set(range(17))


def test_no_status_and_verb_lead_two_ways() -> None:
    pairs = [(row.verb, status) for row in TRANSITIONS for status in row.froms]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(
    ("code", "status", "clock", "terminal"),
    [
        (1, Status.new, Clock.not_started, False),
        (2, Status.received, Clock.runs, False),
        (3, Status.not_accepted, Clock.not_started, True),
        (4, Status.processing, Clock.runs, False),
        (5, Status.awaiting_supplement, Clock.paused, False),
        (6, Status.awaiting_payment, Clock.paused, False),
        (7, Status.withdrawn, Clock.stopped, True),
        (8, Status.stopped, Clock.stopped, True),
        (9, Status.processed, Clock.stopped, False),
        (10, Status.returned, Clock.stopped, True),
    ],
)
def test_statuses_are_the_national_ones(
    code: int, status: Status, clock: Clock, terminal: bool
) -> None:
    """one-stop.md §2.1."""
    assert (status.national_code, status.clock, status.terminal) == (code, clock, terminal)
    assert len(Status) == 10


def test_verbs_that_end_a_dossier_give_its_outcome() -> None:
    ends = {verb: outcome_of(verb) for verb in Verb if outcome_of(verb)}
    assert ends == {
        Verb.refuse_intake: Outcome.not_accepted,
        Verb.finish: Outcome.granted,
        Verb.refuse: Outcome.refused,
        Verb.stop: Outcome.stopped,
        Verb.withdraw: Outcome.withdrawn,
    }


def test_the_page_of_states_is_current() -> None:
    """After a change of the table: python -m domain.states."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_of_states_shows_every_row_and_status() -> None:
    lines = page().splitlines()
    assert sum(line.startswith("| ") and "(`" in line for line in lines) == len(TRANSITIONS)
    assert all(any(f"as {status}" in line for line in lines) for status in Status)
    assert "    processed --> returned: Trả kết quả" in lines
