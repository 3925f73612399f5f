"""The words on screen for every closed list: English message ids, translated at display."""

from enum import StrEnum

from domain.codes import (
    ApplicantKind,
    Channel,
    Clock,
    CopyKind,
    FeeMoment,
    Outcome,
    PauseKind,
    PauseMode,
    Policy,
    Status,
    StepKind,
    StepState,
    TermUnit,
    Verb,
)
from domain.roles import Role
from domain.text import N_

#: Enum → value → English message id; by class, for several lists share a word ("assign").
TITLES: dict[type[StrEnum], dict[str, str]] = {
    Status: {
        "new": N_("Newly registered"),
        "received": N_("Received"),
        "not_accepted": N_("Not accepted"),
        "processing": N_("In process"),
        "awaiting_supplement": N_("Awaiting supplement"),
        "awaiting_payment": N_("Awaiting payment"),
        "withdrawn": N_("Withdrawn by the applicant"),
        "stopped": N_("Stopped"),
        "processed": N_("Processed"),
        "returned": N_("Result returned"),
    },
    Clock: {
        "not_started": N_("Not started"),
        "runs": N_("Running"),
        "paused": N_("Paused"),
        "stopped": N_("Ended"),
    },
    Verb: {
        "register": N_("Register"),
        "receive": N_("Receive"),
        "refuse_intake": N_("Refuse at the counter"),
        "ask_before_intake": N_("Ask to complete the papers"),
        "forward": N_("Forward"),
        "assign": N_("Assign"),
        "take_over": N_("Take over"),
        "consult": N_("Ask for an opinion"),
        "answer_consult": N_("Give an opinion"),
        "request_supplement": N_("Request supplement"),
        "receive_supplement": N_("Receive supplement"),
        "request_payment": N_("Ask for payment"),
        "record_payment": N_("Record payment"),
        "propose": N_("Propose"),
        "approve": N_("Approve"),
        "send_back": N_("Send back"),
        "suspend": N_("Suspend"),
        "resume": N_("Resume"),
        "extend": N_("Apologise and re-appoint"),
        "transfer": N_("Transfer to another agency"),
        "answer_transfer": N_("Return the transferred work"),
        "finish": N_("Finish"),
        "refuse": N_("Refuse after appraisal"),
        "stop": N_("Stop processing"),
        "return_result": N_("Return the result"),
        "withdraw": N_("Withdraw"),
        "correct_procedure": N_("Correct the procedure"),
        "add_attachment": N_("Attach a file"),
        "reprint": N_("Print again"),
        "comment": N_("Comment"),
    },
    StepKind: {
        "receive": N_("Receipt"),
        "assign": N_("Assignment"),
        "work": N_("Work"),
        "consult": N_("Opinion"),
        "sign": N_("Signature"),
        "number": N_("Number and stamp"),
        "wait_applicant": N_("Waiting for the applicant"),
        "wait_payment": N_("Waiting for payment"),
        "posting": N_("Public posting"),
        "external": N_("External body"),
        "transfer": N_("Transfer"),
        "return_result": N_("Return of the result"),
    },
    StepState: {
        "pending": N_("Not yet begun"),
        "open": N_("Open"),
        "waiting": N_("Waiting"),
        "done": N_("Done"),
        "sent_back": N_("Sent back"),
        "cancelled": N_("Cancelled"),
    },
    Outcome: {
        "granted": N_("Granted"),
        "refused": N_("Refused"),
        "withdrawn": N_("Withdrawn"),
        "stopped": N_("Stopped"),
        "not_accepted": N_("Not accepted"),
    },
    Channel: {
        "in_person": N_("In person"),
        "online": N_("Online"),
        "postal": N_("Public postal service"),
    },
    ApplicantKind: {
        "citizen": N_("Citizen"),
        "enterprise": N_("Enterprise"),
        "household_business": N_("Household business"),
        "organisation": N_("Organisation"),
    },
    CopyKind: {
        "original": N_("Original"),
        "copy": N_("Copy"),
        "electronic": N_("Electronic copy"),
        "certified": N_("Certified copy"),
    },
    FeeMoment: {
        "on_receipt": N_("On receipt"),
        "on_supplement": N_("On supplement"),
        "on_return": N_("On return of the result"),
    },
    TermUnit: {
        "wd": N_("working days"),
        "wh": N_("working hours"),
        "cd": N_("calendar days"),
        "same_day": N_("same day"),
    },
    Policy: {
        "keep_time": N_("Keep the time of day"),
        "end_of_day": N_("End of the day"),
    },
    PauseMode: {
        "pause": N_("The clock pauses"),
        "restart": N_("The clock starts again"),
    },
    PauseKind: {
        "supplement": N_("supplement"),
        "payment": N_("financial obligation"),
        "force_majeure": N_("force majeure"),
        "outage": N_("outage"),
    },
    Role: {
        "admin": N_("Administrator"),
        "clerk": N_("Counter clerk"),
        "officer": N_("Department officer"),
        "head": N_("Head of department"),
        "leader": N_("Signing leader"),
        "cashier": N_("Cashier"),
        "registrar": N_("Registrar of documents"),
        "auditor": N_("Auditor"),
        "province_leader": N_("Leader of the province"),
        "system": N_("System"),
    },
}


def title(member: StrEnum) -> str:
    """English message id of one member of a closed list; KeyError for a list that has none."""
    return TITLES[type(member)][member.value]
