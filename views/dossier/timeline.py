"""Events as sentences: what was done, by whom, in which role, for whom, why, and what changed."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from itertools import groupby
from typing import Any

from flask_babel import gettext

from domain.codes import PauseKind
from domain.errors import DomainError
from domain.events import TITLES, Tag
from domain.money import format_vnd
from domain.roles import Role
from domain.text import N_
from models.event import Event
from printing import issued
from views.generated.titles import title
from views.generated.values import term_words

ICONS = {
    Tag.dossier_receive: "bi-inbox",
    Tag.dossier_comment: "bi-chat-left",
    Tag.dossier_record_data: "bi-input-cursor-text",
    Tag.dossier_request_supplement: "bi-file-earmark-minus",
    Tag.dossier_receive_supplement: "bi-file-earmark-plus",
    Tag.dossier_approve: "bi-pen",
    Tag.dossier_finish: "bi-patch-check",
    Tag.dossier_return_result: "bi-box-arrow-up-right",
    Tag.paper_print: "bi-printer",
    Tag.paper_reprint: "bi-printer",
    Tag.file_attach: "bi-paperclip",
    Tag.file_read: "bi-eye",
    Tag.dossier_record_payment: "bi-cash-coin",
}


#: What the timeline can be narrowed to: kind → its name; and second part of a tag → kind.
KINDS = {"step": N_("Steps"), "paper": N_("Papers"), "fee": N_("Fees"), "talk": N_("Exchanges")}
_KIND = {
    **dict.fromkeys(("paper", "file", "batch", "piece", "supplement"), "paper"),
    **dict.fromkeys(("note", "consult", "transfer", "leg"), "talk"),
    "payment": "fee",
    "data": "paper",
    "page": "paper",
}


def kind(tag: Tag) -> str:
    """To which part of the timeline an event belongs; what leads the dossier on is a step."""
    return _KIND.get(tag.value.split(":")[1], "step")


def days(
    events: Iterable[Event], only: str = "", *, unread: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Events newest first, folded by day: [{day, count, events: items of kit.timeline}].

    only: a key of KINDS; anything else shows all. unread: labels of data that is not for the reader.
    """
    if only in KINDS:
        events = [e for e in events if kind(e.tag) == only]
    folded = []
    for day, group in groupby(events, key=lambda e: e.at.date()):
        items = [item(event, unread) for event in group]
        folded.append({"day": day, "count": len(items), "events": items})
    return folded


def item(event: Event, unread: Collection[str] = ()) -> dict[str, Any]:
    """One event as an entry of kit.timeline."""
    said = dict(event.changes)
    if "data" in said:
        said["data"] = {k: v for k, v in said["data"].items() if k not in unread}
    return {
        "title": gettext(TITLES[event.tag]),
        "at": event.at,
        "actor": _who(event),
        "role": _role(event),
        "icon": ICONS.get(event.tag, "bi-dot"),
        "text": event.reason,
        "changes": changes(said),
        "kind": kind(event.tag),
    }


def _who(event: Event) -> str:
    if event.for_name:
        return gettext("%(name)s for %(other)s", name=event.actor_name, other=event.for_name)
    return event.actor_name


def _role(event: Event) -> str:
    try:
        role = title(Role(event.actor_role))
    except ValueError:
        role = ""
    return ", ".join(filter(None, (role, event.actor_unit)))


# ---- changes -------------------------------------------------------------------------------------
def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value)))
    return "" if value is None else str(value)


def _moment(value: Any) -> str:
    return f"{dt.datetime.fromisoformat(value):%H:%M %d/%m/%Y}" if value else ""


def _money(value: Any) -> str:
    return f"{format_vnd(int(value))} đ"


def term_text(value: Any) -> str:
    """“3wd” as “3 working days” in the reader's language."""
    try:
        return term_words(str(value))
    except DomainError:
        return ""


def _yes(value: Any) -> str:
    return gettext("Yes") if value else gettext("No")


def _pause(value: Any) -> str:
    return title(PauseKind(value)) if value in set(PauseKind) else ""


def _paper(value: Any) -> str:
    return issued.names().get(str(value), "")


def _lacks(value: Any) -> str:
    return "; ".join(
        f"{row.get('paper')}: {row.get('wrong')} → {row.get('needed')}" for row in value
    )


def _fees(value: Any) -> str:
    return "; ".join(f"{row['name']}: {_money(row['amount'])}" for row in value)


def _data(value: dict[str, list[str]]) -> str:
    """What was filled in: each field from what to what."""
    return "; ".join(f"{label}: {_pair(pair, str) or '–'}" for label, pair in value.items())


#: key of `changes` → its name and how its value is read; a key that is not here is not for people.
_KEYS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "code": (N_("Dossier code"), _words),
    "due_at": (N_("Appointment"), _moment),
    "procedure": (N_("Procedure"), _words),
    "step": (N_("Step"), _words),
    "next": (N_("Next"), _words),
    "to": (N_("To"), _words),
    "from": (N_("From"), _words),
    "holder": (N_("In hand of"), _words),
    "items": (N_("To be completed"), _lacks),
    "override": (N_("Allowed by a leader"), lambda value: _yes(True) if value else ""),
    "name": (N_("What is to be paid"), _words),
    "amount": (N_("Amount"), _money),
    "fees": (N_("Cancelled"), _fees),
    "kind": (N_("Cause"), _pause),
    "asked": (N_("Asked"), _words),
    "term": (N_("Term"), term_text),
    "silence": (N_("Silence means consent"), _yes),
    "agrees": (N_("Agrees"), _yes),
    "number": (N_("Number"), _words),
    "paper": (N_("Paper"), _paper),
    "print": (N_("Print no."), _words),
    "receiver": (N_("Handed to"), _words),
    "slip_collected": (N_("Slip collected"), _yes),
    "result_no": (N_("Number of the result"), _words),
    "result_text": (N_("Result"), _words),
    "title": (N_("Name of the file"), _words),
    "pages": (N_("Pages"), _words),
    "data": (N_("Data"), _data),
}
#: Keys kept as [before, after].
_PAIRS = {"due_at", "holder", "procedure"}


def changes(values: dict[str, Any]) -> list[str]:
    """The changes of an event as short sentences, in the order they were recorded."""
    found = []
    for key, value in values.items():
        if key in _KEYS:
            label, read = _KEYS[key]
            text = _pair(value, read) if key in _PAIRS and isinstance(value, list) else read(value)
            if text:
                found.append(f"{gettext(label)}: {text}")
    return found


def _pair(value: list[Any], read: Callable[[Any], str]) -> str:
    """Before → after; nothing when nothing changed."""
    before, after = (read(part) if part is not None else "" for part in value[:2])
    if before == after:
        return ""
    return f"{before} → {after or '–'}" if before else after
