"""The words of every closed list. Members are kept as codes; here they get the name a person reads.

The law's lists have theirs in `domain/titles.py`, those of the models below. A list declared beside
its register may bring its own: a property `label` of the enum that gives an English message id.
"""

import enum

from flask_babel import gettext

from domain.text import N_
from domain.titles import TITLES as LAW
from models.calendar import DayKind
from models.organisation import UnitKind
from models.outcome import ActionKind, ActionMoment
from models.procedure import Level, VersionState
from models.register import RegisterUse

TITLES: dict[type[enum.Enum], dict[str, str]] = {
    **LAW,
    DayKind: {
        "off": N_("Day off"),
        "makeup": N_("Make-up working day"),
        "swapped": N_("Swapped working day"),
    },
    UnitKind: {
        "province": N_("Province"),
        "district": N_("District"),
        "commune": N_("Commune"),
        "department": N_("Department"),
        "counter": N_("Counter"),
    },
    Level: {
        "province": N_("Province"),
        "district": N_("District"),
        "commune": N_("Commune"),
        "land_office": N_("Land registration office"),
    },
    RegisterUse: {
        "draft": N_("Draft"),
        "open": N_("In use"),
        "closed": N_("Closed"),
    },
    ActionMoment: {
        "entry": N_("When the step opens"),
        "exit": N_("When the step is done"),
    },
    ActionKind: {
        "print": N_("A paper is to be printed"),
        "fee": N_("A fee is asked for"),
        "notify": N_("Officers are told"),
        "register": N_("A result is registered"),
    },
    VersionState: {
        "draft": N_("Draft"),
        "published": N_("Published"),
        "retired": N_("Retired"),
    },
}


def msgid(member: enum.Enum) -> str | None:
    """English message id of a member; None for one that has no words."""
    label = getattr(member, "label", None)
    return label if isinstance(label, str) else TITLES.get(type(member), {}).get(member.value)


def title(member: enum.Enum) -> str:
    """The member's name in the reader's language."""
    found = msgid(member)
    return gettext(found) if found else str(member.value)
