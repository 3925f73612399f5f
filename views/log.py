"""The event log for auditors: who did what, when, in which role, for whom and why."""

import datetime as dt
from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext

from domain.calendar import TZ
from domain.errors import DomainError
from domain.events import TITLES, Tag
from domain.roles import Role
from models.event import Event
from services import eventlog
from services.eventlog import Asked
from views import access, lists
from views.dossier import timeline
from views.fields import read_day
from views.generated.titles import title
from views.lists import Place, Shape, offer, place_for

KEY = "EventLog"
STANDARD = ("moment", "act", "official", "dossier", "reason")
PERMISSION = ("can_read", "EventLog")


class EventLog(BaseView):  # type: ignore[misc]
    """`/nhat-ky`: reads everything of events, changes nothing."""

    route_base = "/nhat-ky"

    @expose("/")
    @access.permission(*PERMISSION)
    def index(self) -> Any:
        """One page of events, newest first."""
        look = lists.look(_shape(), request.args)
        if look.instead:
            return redirect(look.instead)
        asked, errors = _asked()
        found = eventlog.page(asked, after=request.args.get("after"))
        codes = eventlog.codes(found.events)
        pairs = {name: request.args[name] for name in NAMES if request.args.get(name)}
        kept = {**pairs, **look.keep}
        older = url_for(".index", **kept, after=found.older) if found.older else None
        first = url_for(".index", **kept) if request.args.get("after") else None
        page = access.page(
            "log/index.html",
            title=gettext("Event log"),
            rows=[_row(e, codes) for e in found.events],
            tags=[(t.value, gettext(TITLES[t])) for t in Tag],
            given=request.args,
            look=look,
            views=look.bar(pairs),
            errors=errors,
            pager={"older": older, "first": first},
        )
        return page, 422 if errors else 200


#: The filters in an address.
NAMES = ("ma", "viec", "ai", "tu", "den")


def _shape() -> Shape:
    """What the log can show; it is read by its moment alone, so nothing groups it."""
    return Shape(
        key=KEY,
        address=url_for("EventLog.index"),
        columns={
            "moment": gettext("Moment"),
            "act": gettext("Act"),
            "official": gettext("Official"),
            "unit": gettext("Department"),
            "dossier": gettext("Dossier"),
            "reason": gettext("Reason"),
            "address": gettext("Network address"),
        },
        standard=STANDARD,
        words={
            "ma": gettext("Dossier code"),
            "viec": gettext("Act"),
            "ai": gettext("Official"),
            "tu": gettext("From day"),
            "den": gettext("To day"),
        },
    )


@offer
def place(key: str) -> Place | None:
    """Where the log is."""
    if key != KEY:
        return None
    return place_for(PERMISSION, gettext("Event log"), url_for("EventLog.index"))


def _asked() -> tuple[Asked, list[str]]:
    """What the address asks for; what cannot be read is told, never guessed."""
    errors: list[str] = []
    tag = request.args.get("viec", "")
    days: list[dt.datetime | None] = []
    for name in ("tu", "den"):
        try:
            day = read_day(request.args.get(name, ""))
        except DomainError as error:
            errors.append(error.text(gettext))
            day = None
        days.append(dt.datetime.combine(day, dt.time(), TZ) if day else None)
    end = days[1] + dt.timedelta(days=1) if days[1] else None
    asked = Asked(
        tag=Tag(tag) if tag in set(Tag) else None,
        actor=request.args.get("ai", "").strip() or None,
        code=request.args.get("ma", "").strip() or None,
        start=days[0],
        end=end,
    )
    return asked, errors


def _row(event: Event, codes: dict[str, str]) -> dict[str, Any]:
    role = event.actor_role
    return {
        "at": event.at,
        "what": gettext(TITLES[event.tag]),
        "who": event.actor_name,
        "role": title(Role(role)) if role in set(Role) else role,
        "unit": event.actor_unit,
        "for": event.for_name,
        "why": event.reason,
        "changes": timeline.changes(event.changes) if event.dossier_id else [],
        "code": codes.get(event.dossier_id or ""),
        "url": url_for("dossier.show", dossier_id=event.dossier_id) if event.dossier_id else None,
        "address": event.address,
    }
