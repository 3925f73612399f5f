"""The guards around the table: holder, clock, step, once-only, papers, result, fee, reason."""

from dataclasses import replace

import pytest

from domain.dossier import (
    Facts,
    Outcome,
    Status,
    StepKind,
    Verb,
    allowed_verbs,
    check_reason,
    next_status,
)
from domain.errors import DomainError
from domain.roles import Role

READY = Facts(is_holder=True, has_result=True, days_to_due=5)


def refusal(verb: Verb, status: Status | None, role: Role, **facts: object) -> DomainError:
    """The error of a verb under READY changed by these facts."""
    with pytest.raises(DomainError) as caught:
        next_status(verb, status, {role}, facts=replace(READY, **facts))  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("source", "verb", "status", "role", "facts", "code"),
    [
        (
            "NĐ 61 Đ17 k1: complete papers",
            Verb.receive,
            Status.new,
            Role.clerk,
            {"papers_missing": ("Đơn", "CCCD")},
            "dossier.papers_missing",
        ),
        (
            "NĐ 61 Đ11 k2c: one supplement",
            Verb.request_supplement,
            Status.processing,
            Role.officer,
            {"supplement_requests": 1},
            "dossier.supplement_twice",
        ),
        (
            "NĐ 61 Đ19 k9: one re-appointment",
            Verb.extend,
            Status.processing,
            Role.leader,
            {"extensions": 1},
            "dossier.extended_twice",
        ),
        (
            "NĐ 61 Đ19 k9: one day before",
            Verb.extend,
            Status.processing,
            Role.leader,
            {"days_to_due": 0},
            "extension.too_late",
        ),
        (
            "NĐ 61 Đ19 k9: the notice is a setting",
            Verb.extend,
            Status.processing,
            Role.leader,
            {"days_to_due": 2, "extension_notice_days": 3},
            "extension.too_late",
        ),
        (
            "NĐ 61 Đ19 k9: not once overdue",
            Verb.extend,
            Status.processing,
            Role.leader,
            {"overdue": True},
            "extension.too_late",
        ),
        (
            "no deadline to extend",
            Verb.extend,
            Status.processing,
            Role.leader,
            {"days_to_due": None},
            "extension.no_deadline",
        ),
        (
            "NĐ 61 Đ19 k3: signed at a sign step",
            Verb.approve,
            Status.processing,
            Role.leader,
            {"step_kind": StepKind.work},
            "dossier.wrong_step",
        ),
        (
            "a signature is not passed by",
            Verb.forward,
            Status.processing,
            Role.leader,
            {"step_kind": StepKind.sign},
            "dossier.wrong_step",
        ),
        (
            "an opinion is answered, not forwarded",
            Verb.forward,
            Status.processing,
            Role.officer,
            {"step_kind": StepKind.consult},
            "dossier.wrong_step",
        ),
        (
            "NĐ 61 Đ19: finished with a result",
            Verb.finish,
            Status.processing,
            Role.registrar,
            {"has_result": False},
            "dossier.no_result",
        ),
        (
            "NĐ 61 Đ20: handed over with a result",
            Verb.return_result,
            Status.processed,
            Role.clerk,
            {"has_result": False},
            "dossier.no_result",
        ),
        (
            "NĐ 61 Đ20: fee before handing over",
            Verb.return_result,
            Status.processed,
            Role.clerk,
            {"fee_due": 50_000},
            "dossier.fee_unpaid",
        ),
        (
            "only the holder",
            Verb.forward,
            Status.processing,
            Role.officer,
            {"is_holder": False},
            "dossier.not_holder",
        ),
        (
            "suspended",
            Verb.forward,
            Status.processing,
            Role.officer,
            {"paused": True},
            "dossier.paused",
        ),
        (
            "suspended twice",
            Verb.suspend,
            Status.processing,
            Role.head,
            {"paused": True},
            "dossier.paused",
        ),
        (
            "not suspended",
            Verb.resume,
            Status.processing,
            Role.head,
            {},
            "dossier.not_paused",
        ),
    ],
)
def test_a_guard_refuses(
    source: str, verb: Verb, status: Status, role: Role, facts: dict[str, object], code: str
) -> None:
    assert refusal(verb, status, role, **facts).code == code, source


def test_the_missing_papers_are_named_at_their_field() -> None:
    error = refusal(Verb.receive, None, Role.clerk, papers_missing=("Đơn", "CCCD"))
    assert error.field == "papers"
    assert error.text() == "These papers are still missing: Đơn; CCCD."


def test_a_leader_may_allow_a_second_supplement() -> None:
    facts = replace(READY, supplement_requests=1, override_by_leader=True)
    status = next_status(Verb.request_supplement, Status.processing, {Role.officer}, facts=facts)
    assert status is Status.awaiting_supplement


def test_a_refusal_notice_is_handed_over_without_a_result() -> None:
    """one-stop.md §2.2 no. 12: the refusal is entered in “trả kết quả”."""
    facts = Facts(has_result=False, outcome=Outcome.refused)
    assert next_status(Verb.return_result, Status.processed, {Role.clerk}, facts=facts) is (
        Status.returned
    )


def test_being_overdue_never_forbids_handing_over() -> None:
    """one-stop.md §2.2, design note (c)."""
    late = replace(READY, overdue=True, days_to_due=-30)
    assert next_status(Verb.return_result, Status.processed, {Role.clerk}, facts=late) is (
        Status.returned
    )
    assert next_status(Verb.finish, Status.processing, {Role.registrar}, facts=late) is (
        Status.processed
    )


def test_the_system_acts_without_holding_the_step() -> None:
    """Silence means consent: nobody answered, the sweep records it."""
    facts = Facts(step_kind=StepKind.consult)
    roles = {Role.system}
    assert next_status(Verb.answer_consult, Status.processing, roles, facts=facts) is (
        Status.processing
    )


def test_while_suspended_the_applicant_may_still_withdraw_and_pay() -> None:
    paused = replace(READY, paused=True)
    verbs = allowed_verbs(Status.processing, set(Role), paused)
    assert set(verbs) == {
        Verb.resume,
        Verb.assign,
        Verb.take_over,
        Verb.record_payment,
        Verb.answer_transfer,
        Verb.answer_consult,
        Verb.stop,
        Verb.withdraw,
        Verb.add_attachment,
        Verb.reprint,
        Verb.comment,
    }


@pytest.mark.parametrize(
    ("status", "role", "step", "verbs"),
    [
        (None, Role.clerk, None, "register receive refuse_intake ask_before_intake"),
        (
            Status.new,
            Role.clerk,
            None,
            "receive refuse_intake ask_before_intake withdraw correct_procedure"
            " add_attachment reprint comment",
        ),
        (
            Status.processing,
            Role.officer,
            StepKind.work,
            "forward take_over consult request_supplement request_payment propose send_back"
            " transfer answer_transfer finish add_attachment reprint comment record_data",
        ),
        (
            Status.processing,
            Role.leader,
            StepKind.sign,
            "assign take_over approve send_back suspend extend transfer answer_transfer finish"
            " refuse stop add_attachment reprint comment record_data",
        ),
        (
            Status.awaiting_supplement,
            Role.clerk,
            StepKind.wait_applicant,
            "take_over receive_supplement record_payment answer_transfer withdraw"
            " add_attachment reprint comment record_data",
        ),
        (
            Status.processed,
            Role.clerk,
            StepKind.return_result,
            "record_payment return_result add_attachment reprint comment",
        ),
        (Status.returned, Role.clerk, None, "reprint comment"),
        (Status.processing, Role.auditor, StepKind.work, ""),
    ],
)
def test_allowed_verbs_are_exactly_the_buttons(
    status: Status | None, role: Role, step: StepKind | None, verbs: str
) -> None:
    facts = replace(READY, step_kind=step)
    assert list(allowed_verbs(status, {role}, facts)) == [Verb(verb) for verb in verbs.split()]


def test_a_stranger_to_the_step_sees_no_button_of_the_holder() -> None:
    verbs = allowed_verbs(Status.processing, {Role.officer}, replace(READY, is_holder=False))
    assert list(verbs) == [
        Verb.take_over,
        Verb.answer_transfer,
        Verb.add_attachment,
        Verb.reprint,
        Verb.comment,
    ]


@pytest.mark.parametrize(
    "verb",
    [
        "refuse_intake",
        "send_back",
        "request_supplement",
        "suspend",
        "extend",
        "refuse",
        "stop",
        "withdraw",
        "correct_procedure",
        "move_version",
    ],
)
def test_check_reason_wants_one_where_the_law_does(verb: str) -> None:
    for empty in ("", "  \n"):
        with pytest.raises(DomainError) as caught:
            check_reason(Verb(verb), empty)
        assert (caught.value.code, caught.value.field) == ("dossier.reason_required", "reason")
    assert check_reason(Verb(verb), "  thiếu chữ ký ") == "thiếu chữ ký"


def test_check_reason_asks_none_of_other_verbs() -> None:
    assert check_reason(Verb.forward, "") == ""
