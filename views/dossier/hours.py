"""Days and hours that forms propose or complete, by the calendar of the office that resolves."""

import datetime as dt
from itertools import islice

from domain.calendar import at_minute
from models.organisation import Unit
from services.working_time import calendar_of

#: Working days a citizen is given to complete a dossier, until the officer says otherwise. No law
#: fixes it for all fields: it only fills the box in.
TO_COMPLETE = 10


def closing(unit: Unit, day: dt.date) -> dt.datetime | None:
    """When the office closes on that day; None on a day off."""
    spans = calendar_of(unit, day).spans(day)
    return at_minute(day, spans[-1][1]) if spans else None


def to_complete(unit: Unit, today: dt.date) -> dt.date:
    """The day by which a citizen is asked to complete a dossier."""
    calendar = calendar_of(unit, today)
    working = (day for day, spans in calendar.days_from(today + dt.timedelta(1)) if spans)
    return next(islice(working, TO_COMPLETE - 1, None))
