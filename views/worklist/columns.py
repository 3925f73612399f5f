"""What the work-list can show: its columns, the data of the procedure it is narrowed by, its groups."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext, ngettext

from domain.codes import Status, StepKind
from domain.data_fields import FieldSpec
from services import narrowing, work_groups, worklist as service
from services.acting import Actor
from views.generated.titles import title
from views.lists import Look, Place, Shape, offer, place_for
from views.worklist.asked import DATA, TABS, Asked
from views.worklist.rows import Line

KEY = "WorkList"
STANDARD = ("dossier", "procedure", "time")


class Head(NamedTuple):
    """What stands above the lines of a group: its value in words, and how many lines it says it has."""

    label: str
    count: str


def fields(asked: Asked, on: dt.date) -> tuple[FieldSpec, ...]:
    """The listed data of the procedure that the list is narrowed by, as far as a column can hold it."""
    return narrowing.fields_of(asked.narrow.procedure, on)


def shape(data: Sequence[FieldSpec]) -> Shape:
    """The columns in their own order, the data of the procedure after them."""
    columns = {
        "dossier": gettext("Dossier, citizen"),
        "procedure": gettext("Procedure, step"),
        "time": gettext("Time"),
        "subject": gettext("Content of the request"),
        "status": gettext("Status"),
        "received": gettext("Received at"),
        "due": gettext("Due"),
        "unit": gettext("Department"),
        "holder": gettext("In whose hand"),
        "sender": gettext("Sent by"),
        **{f"{DATA}{spec.key}": spec.label for spec in data},
    }
    return Shape(
        key=KEY,
        address=url_for("worklist.show"),
        columns=columns,
        standard=STANDARD,
        fixed=("dossier",),
        groups=dict(zip(work_groups.GROUPS, _groups(), strict=True)),
        words=_words(),
        quiet=frozenset({"tab"}),
    )


def _groups() -> tuple[str, ...]:
    names = (gettext("Procedure"), gettext("Kind of step"), gettext("Status"))
    return (*names, gettext("Department"), gettext("In whose hand"))


def _words() -> dict[str, str]:
    """The filters in words, for what a view asks for and the list cannot read."""
    return {
        "q": gettext("Search words"),
        "thu-tuc": gettext("Procedure"),
        "buoc": gettext("Kind of step"),
        "nguoi": gettext("In whose hand"),
        "tre": gettext("Late only"),
        "tab": gettext("Part of the list"),
    }


def pairs(asked: Asked) -> dict[str, str]:
    """The tab and the filters as they stand in an address."""
    return {"tab": TABS[asked.tab][0], **asked.filters}


def values(work: service.Work, look: Look, data: Sequence[FieldSpec]) -> dict[str, dict[str, str]]:
    """Dossier → name of a column → its value, for the columns that hold data of the procedure."""
    wanted = [spec for spec in data if f"{DATA}{spec.key}" in look.columns]
    found = narrowing.values_of((row.dossier_id for row in work.rows), wanted)
    return {
        dossier_id: {f"{DATA}{key}": text for key, text in row.items()}
        for dossier_id, row in found.items()
    }


def heads(lines: Sequence[Line], look: Look, asked: Asked, actor: Actor, now: dt.datetime) -> dict:
    """Number of a line → the head of the group that begins there."""
    if not look.group or not lines:
        return {}
    totals = service.totals(actor, tab=asked.tab, now=now, group=look.group, narrow=asked.narrow)
    here: dict[Any, int] = {}
    first: dict[Any, int] = {}
    for number, line in enumerate(lines):
        value = line.item.group
        first.setdefault(value, number)
        here[value] = here.get(value, 0) + 1
    return {
        number: Head(_value(look, lines[number].item), _count(here[value], totals, value))
        for value, number in first.items()
    }


def _value(look: Look, item: service.Item) -> str:
    if look.group == "holder" and item.holder is None:
        return gettext("Taken by nobody")
    words = {
        "procedure": lambda: item.procedure,
        "step": lambda: title(StepKind(item.kind)),
        "status": lambda: title(Status(item.status)),
        "unit": lambda: item.unit,
        "holder": lambda: item.holder,
    }[look.group]()
    return f"{look.shape.groups[look.group]}: {words}"


def _count(here: int, totals: dict[Any, int] | None, value: Any) -> str:
    if totals is not None and value in totals:
        return ngettext("%(num)d row in all", "%(num)d rows in all", totals[value])
    return ngettext("%(num)d row on this page", "%(num)d rows on this page", here)


@offer
def place(key: str) -> Place | None:
    """Where the work-list is."""
    if key != KEY:
        return None
    return place_for(("can_use", KEY), gettext("Work list"), url_for("worklist.show"))
