"""The closed lists of the one-stop mechanism, with their national codes (one-stop.md §2.1)."""

from enum import StrEnum


class Clock(StrEnum):
    """What the processing time does in a status."""

    not_started = "not_started"
    runs = "runs"
    paused = "paused"
    stopped = "stopped"


class Status(StrEnum):
    """The ten national statuses of a dossier, in the order of their codes 1–10."""

    new = "new"
    received = "received"
    not_accepted = "not_accepted"
    processing = "processing"
    awaiting_supplement = "awaiting_supplement"
    awaiting_payment = "awaiting_payment"
    withdrawn = "withdrawn"
    stopped = "stopped"
    processed = "processed"
    returned = "returned"

    @property
    def national_code(self) -> int:
        """Code 1–10 of the national list."""
        return list(Status).index(self) + 1

    @property
    def clock(self) -> Clock:
        """Whether the processing time runs; `processed` is the end time for “đúng hạn”."""
        return _CLOCKS[self]

    @property
    def terminal(self) -> bool:
        """True when nothing more is done to the dossier."""
        return self in TERMINAL


_CLOCKS = {
    Status.new: Clock.not_started,
    Status.received: Clock.runs,
    Status.not_accepted: Clock.not_started,
    Status.processing: Clock.runs,
    Status.awaiting_supplement: Clock.paused,
    Status.awaiting_payment: Clock.paused,
    Status.withdrawn: Clock.stopped,
    Status.stopped: Clock.stopped,
    Status.processed: Clock.stopped,
    Status.returned: Clock.stopped,
}

TERMINAL = frozenset({Status.not_accepted, Status.withdrawn, Status.stopped, Status.returned})


class Verb(StrEnum):
    """Every act an officer may do to a dossier; one service function each."""

    register = "register"
    receive = "receive"
    refuse_intake = "refuse_intake"
    ask_before_intake = "ask_before_intake"
    forward = "forward"
    assign = "assign"
    take_over = "take_over"
    consult = "consult"
    answer_consult = "answer_consult"
    request_supplement = "request_supplement"
    receive_supplement = "receive_supplement"
    request_payment = "request_payment"
    record_payment = "record_payment"
    propose = "propose"
    approve = "approve"
    send_back = "send_back"
    suspend = "suspend"
    resume = "resume"
    extend = "extend"
    transfer = "transfer"
    answer_transfer = "answer_transfer"
    finish = "finish"
    refuse = "refuse"
    stop = "stop"
    return_result = "return_result"
    withdraw = "withdraw"
    correct_procedure = "correct_procedure"
    move_version = "move_version"
    add_attachment = "add_attachment"
    reprint = "reprint"
    comment = "comment"
    record_data = "record_data"


class StepKind(StrEnum):
    """The work of one step of a procedure."""

    receive = "receive"
    assign = "assign"
    work = "work"
    consult = "consult"
    sign = "sign"
    number = "number"  # văn thư: number, stamp, register
    wait_applicant = "wait_applicant"
    wait_payment = "wait_payment"
    posting = "posting"  # niêm yết công khai
    external = "external"
    transfer = "transfer"
    return_result = "return_result"


class StepState(StrEnum):
    """Where one step of one dossier stands."""

    pending = "pending"
    open = "open"
    waiting = "waiting"
    done = "done"
    sent_back = "sent_back"
    cancelled = "cancelled"


class Outcome(StrEnum):
    """How a dossier ended."""

    granted = "granted"
    refused = "refused"
    withdrawn = "withdrawn"
    stopped = "stopped"
    not_accepted = "not_accepted"


class Channel(StrEnum):
    """National list KenhThucHien."""

    in_person = "in_person"
    online = "online"
    postal = "postal"

    @property
    def national_code(self) -> int:
        """1 trực tiếp, 2 trực tuyến, 3 bưu chính công ích."""
        return list(Channel).index(self) + 1


class ApplicantKind(StrEnum):
    """Who applies; the national list has no code for an organisation that is no enterprise."""

    citizen = "citizen"
    enterprise = "enterprise"
    household_business = "household_business"
    organisation = "organisation"

    @property
    def national_code(self) -> int | None:
        """0 công dân, 1 doanh nghiệp, 2 hộ kinh doanh; None for the others."""
        return {"citizen": 0, "enterprise": 1, "household_business": 2}.get(self.value)


class CopyKind(StrEnum):
    """National list LoaiBan; a certified copy is reported as a copy."""

    original = "original"
    copy = "copy"
    electronic = "electronic"
    certified = "certified"

    @property
    def national_code(self) -> int:
        """0 bản chính, 1 bản sao (certified or not), 2 bản điện tử."""
        return {"original": 0, "copy": 1, "electronic": 2, "certified": 1}[self.value]


class FeeMoment(StrEnum):
    """National list HinhThucThu: when a fee is collected."""

    on_receipt = "on_receipt"
    on_supplement = "on_supplement"
    on_return = "on_return"

    @property
    def national_code(self) -> int:
        """1 khi tiếp nhận, 2 khi bổ sung, 4 khi trả kết quả."""
        return {"on_receipt": 1, "on_supplement": 2, "on_return": 4}[self.value]


class TermUnit(StrEnum):
    """What a term counts: working days, working hours, calendar days, or the day itself."""

    wd = "wd"
    wh = "wh"
    cd = "cd"
    same_day = "same_day"


class Policy(StrEnum):
    """At what time of the due day a term in days ends; a choice of the unit."""

    keep_time = "keep_time"
    end_of_day = "end_of_day"


class PauseMode(StrEnum):
    """What a supplement does to the clock; a choice of the procedure (one-stop.md §2.2 no. 9)."""

    pause = "pause"
    restart = "restart"


class PauseKind(StrEnum):
    """Why the clock stands still; force majeure and outage: NĐ 99/2022."""

    supplement = "supplement"
    payment = "payment"
    force_majeure = "force_majeure"
    outage = "outage"


class EntryState(StrEnum):
    """How an entry stands. `expired` is never kept: it follows from the day on which it is asked."""

    valid = "valid"
    expired = "expired"
    revoked = "revoked"
    replaced = "replaced"


class ResultAct(StrEnum):
    """What a dossier does to a register."""

    create = "create"
    amend = "amend"
    supersede = "supersede"
    revoke = "revoke"
