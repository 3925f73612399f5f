"""The verbs of a dossier, one function each; screens, API, command line and jobs all come in here."""

from services.dossier.ending import (
    correct_procedure,
    finish,
    refuse,
    return_result,
    stop,
    withdraw,
)
from services.dossier.fill_in import record_data
from services.dossier.forms import FeeLine, HandedIn, Intake, Lack, Person
from services.dossier.intake import ask_before_intake, receive, refuse_intake
from services.dossier.money import record_payment
from services.dossier.moving import move_version
from services.dossier.transfer import answer_consult, consult, transfer
from services.dossier.waiting import (
    extend,
    receive_supplement,
    request_payment,
    request_supplement,
    resume,
    suspend,
)
from services.dossier.work import (
    approve,
    assign,
    comment,
    forward,
    propose,
    send_back,
    take_over,
)

__all__ = [
    "FeeLine",
    "HandedIn",
    "Intake",
    "Lack",
    "Person",
    "answer_consult",
    "approve",
    "ask_before_intake",
    "assign",
    "comment",
    "consult",
    "correct_procedure",
    "extend",
    "finish",
    "forward",
    "move_version",
    "propose",
    "receive",
    "receive_supplement",
    "record_data",
    "record_payment",
    "refuse",
    "refuse_intake",
    "request_payment",
    "request_supplement",
    "resume",
    "return_result",
    "send_back",
    "stop",
    "suspend",
    "take_over",
    "transfer",
    "withdraw",
]
