"""The state machine of a dossier: guards around the one table of domain/transitions.py.

`next_status` is the only source of a status.
"""

from collections.abc import Collection
from dataclasses import dataclass

from domain.codes import (
    ApplicantKind,
    Channel,
    Clock,
    CopyKind,
    FeeMoment,
    Outcome,
    Status,
    StepKind,
    StepState,
    Verb,
)
from domain.errors import DomainError
from domain.roles import Role
from domain.steps import StepDef, next_steps, opening, send_back_target
from domain.transitions import TRANSITIONS, Row

__all__ = [
    "TRANSITIONS",
    "ApplicantKind",
    "Channel",
    "Clock",
    "CopyKind",
    "Facts",
    "FeeMoment",
    "Outcome",
    "Row",
    "Status",
    "StepDef",
    "StepKind",
    "StepState",
    "Verb",
    "allowed_verbs",
    "check_reason",
    "next_status",
    "next_steps",
    "opening",
    "outcome_of",
    "send_back_target",
]

#: Done only by the officer who holds the current step; the system acts on nobody's behalf.
_HOLDER = frozenset(
    {
        Verb.forward,
        Verb.propose,
        Verb.approve,
        Verb.send_back,
        Verb.consult,
        Verb.answer_consult,
        Verb.request_supplement,
        Verb.request_payment,
        Verb.transfer,
        Verb.finish,
        Verb.refuse,
        Verb.record_data,
    }
)
#: Acts that still may happen while the clock is suspended: nothing that moves the work on.
_WHILE_SUSPENDED = frozenset(
    {
        Verb.resume,
        Verb.assign,
        Verb.take_over,
        Verb.record_payment,
        Verb.answer_consult,
        Verb.answer_transfer,
        Verb.stop,
        Verb.withdraw,
        Verb.add_attachment,
        Verb.reprint,
        Verb.comment,
    }
)
#: A step that waits for a signature or an opinion is left by signing or answering only.
_STEP_KINDS = {
    Verb.forward: frozenset(StepKind) - {StepKind.sign, StepKind.consult},
    Verb.propose: frozenset({StepKind.work}),
    Verb.approve: frozenset({StepKind.sign}),
    Verb.answer_consult: frozenset({StepKind.consult}),
}
_REASONED = frozenset(
    {
        Verb.refuse_intake,
        Verb.send_back,
        Verb.request_supplement,
        Verb.suspend,
        Verb.extend,
        Verb.refuse,
        Verb.stop,
        Verb.withdraw,
        Verb.correct_procedure,
        Verb.move_version,
    }
)


@dataclass(frozen=True)
class Facts:
    """What the guards look at, as it stands once the act is done as asked.

    `fee_due` is what is still unpaid of what is due now, in đồng; `step_kind` is the kind of the
    step acted upon (None: none open); `days_to_due` counts calendar days to the due day (None:
    no due day). `overdue` is a property of the clock: it never forbids handing over a result.
    """

    supplement_requests: int = 0
    override_by_leader: bool = False
    extensions: int = 0
    is_holder: bool = False
    step_kind: StepKind | None = None
    paused: bool = False
    has_result: bool = False
    outcome: Outcome | None = None
    fee_due: int = 0
    papers_missing: tuple[str, ...] = ()
    overdue: bool = False
    days_to_due: int | None = None
    extension_notice_days: int = 1


def next_status(
    verb: Verb, status: Status | None, roles: Collection[Role], *, facts: Facts
) -> Status:
    """Status after `verb` (one-stop.md §2.2, no. 1–16); `status` None when there is no dossier.

    Errors: dossier.not_allowed, dossier.already_received, dossier.role_not_allowed,
    dossier.paused, and whatever the guards of the verb say.
    """
    row = _row(verb, status, roles)
    _check_holder(verb, roles, facts)
    _check_clock(verb, facts)
    _check_step(verb, facts)
    _check_limits(verb, facts)
    _check_result(verb, facts)
    kept = row.to or status
    if kept is None:
        raise AssertionError(f"row of {verb} keeps a status that is not there")
    return kept


def allowed_verbs(status: Status | None, roles: Collection[Role], facts: Facts) -> tuple[Verb, ...]:
    """Exactly the verbs that `next_status` lets these roles do now, in the order of Verb."""
    return tuple(verb for verb in Verb if _allowed(verb, status, roles, facts))


def check_reason(verb: Verb, reason: str) -> str:
    """The trimmed reason. Errors: dossier.reason_required for verbs the law wants reasoned."""
    if verb in _REASONED and not reason.strip():
        raise DomainError("dossier.reason_required", field="reason")
    return reason.strip()


def outcome_of(verb: Verb) -> Outcome | None:
    """The outcome a verb gives the dossier; a refusal notice is what is then handed over."""
    return {
        Verb.refuse_intake: Outcome.not_accepted,
        Verb.finish: Outcome.granted,
        Verb.refuse: Outcome.refused,
        Verb.stop: Outcome.stopped,
        Verb.withdraw: Outcome.withdrawn,
    }.get(verb)


def _allowed(verb: Verb, status: Status | None, roles: Collection[Role], facts: Facts) -> bool:
    try:
        next_status(verb, status, roles, facts=facts)
    except DomainError:
        return False
    return True


def _row(verb: Verb, status: Status | None, roles: Collection[Role]) -> Row:
    rows = [row for row in TRANSITIONS if row.verb is verb and status in row.froms]
    if not rows:
        if verb is Verb.receive:
            raise DomainError("dossier.already_received")
        raise DomainError("dossier.not_allowed", status=status or "", verb=verb)
    for row in rows:
        if not row.roles.isdisjoint(roles):
            return row
    raise DomainError("dossier.role_not_allowed", verb=verb)


def _check_holder(verb: Verb, roles: Collection[Role], facts: Facts) -> None:
    if verb in _HOLDER and not facts.is_holder and Role.system not in roles:
        raise DomainError("dossier.not_holder")


def _check_clock(verb: Verb, facts: Facts) -> None:
    if facts.paused and verb not in _WHILE_SUSPENDED:
        raise DomainError("dossier.paused")
    if verb is Verb.resume and not facts.paused:
        raise DomainError("dossier.not_paused")


def _check_step(verb: Verb, facts: Facts) -> None:
    kinds = _STEP_KINDS.get(verb)
    if kinds and facts.step_kind is not None and facts.step_kind not in kinds:
        raise DomainError("dossier.wrong_step")


def _check_limits(verb: Verb, facts: Facts) -> None:
    """Once only: NĐ 61/2018 Đ11 k2c (supplement) and Đ19 k9 (re-appointment, 01 day before)."""
    again = verb is Verb.request_supplement and facts.supplement_requests > 0
    if again and not facts.override_by_leader:
        raise DomainError("dossier.supplement_twice")
    if verb is not Verb.extend:
        return
    if facts.extensions:
        raise DomainError("dossier.extended_twice")
    if facts.days_to_due is None:
        raise DomainError("extension.no_deadline")
    if facts.overdue or facts.days_to_due < facts.extension_notice_days:
        raise DomainError("extension.too_late", days=facts.extension_notice_days)


def _check_result(verb: Verb, facts: Facts) -> None:
    """NĐ 61/2018 Đ17 k1 (complete papers), Đ20 (result and fee before handing over)."""
    if verb is Verb.receive and facts.papers_missing:
        raise DomainError("dossier.papers_missing", field="papers", papers=facts.papers_missing)
    refused = verb is Verb.return_result and facts.outcome is Outcome.refused
    if verb in (Verb.finish, Verb.return_result) and not (facts.has_result or refused):
        raise DomainError("dossier.no_result", field="result")
    if verb is Verb.return_result and facts.fee_due > 0:
        raise DomainError("dossier.fee_unpaid", field="fee", amount=facts.fee_due)
