"""Registers on the screens: entries made as a request makes them, addresses, what a page says of them."""

from typing import Any

import sqlalchemy as sa

from domain.events import Tag
from models.base import db
from models.event import Event
from models.register import Register, RegisterEntry
from models.scope import within
from services.acting import scope_of
from services.registers import entries
from services.registers.entries import Typed
from tests.factories import dossiers as made
from tests.factories.pages import Page
from tests.factories.registers import CODE, TYPED

LIST = f"/so/{CODE}"
FORM = "//form[contains(@class, 'entry-form')]"
#: What a clerk fills in, as the page names it.
FILLED = {
    **{f"d-{k}": v for k, v in TYPED.items() if k != "phuong_tien"},
    "d-phuong_tien-0-loai_xe": "Xe máy",
    "d-phuong_tien-0-so_luong": "30",
}


def entered(register: Register, who: str = "tiepnhan", **typed: Any) -> RegisterEntry:
    """A permit that a clerk has entered."""
    actor, at = made.actor(who), made.now()
    day = typed.pop("registered_on", None)
    with within(scope_of(actor)):
        filled = Typed({**TYPED, **typed}, registered_on=day)
        entry = entries.enter(register, filled, actor=actor, at=at)
    db.session.commit()
    return entry


def rows(session: Any) -> list[RegisterEntry]:
    """All entries as they stand now, by number."""
    session.expire_all()
    return list(session.scalars(sa.select(RegisterEntry).order_by(RegisterEntry.number)))


def events(session: Any, tag: Tag) -> list[Event]:
    """All events of a kind, the oldest first."""
    session.expire_all()
    return list(session.scalars(sa.select(Event).where(Event.tag == tag).order_by(Event.id)))


def numbers(answer: Any) -> list[str]:
    """The running numbers of the rows of a list."""
    assert answer.status_code == 200
    return [
        row.text_content().strip().partition("/")[0]
        for row in Page(answer).all("//*[@id='so-rows']//tbody/tr/th")
    ]


def opened(client: Any, address: str) -> dict[str, Any]:
    """What the form at this address would send as it stands."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return Page(answer).values(FORM)


def address(entry: RegisterEntry, act: str = "") -> str:
    """Where an entry is looked at, or an act on it."""
    return f"{LIST}/{entry.id}" + (f"/{act}" if act else "")
