"""The counter's page as a clerk works it: typed into, sent, read back."""

from typing import Any

import sqlalchemy as sa

from models.base import db
from models.dossier import Dossier
from tests.factories import dossiers as make
from tests.factories.pages import Page


def typed(answer: Any) -> dict[str, Any]:
    """What a browser would send back from a page as it was shown."""
    return Page(answer).values()


def send(client: Any, values: dict[str, Any], action: str, **more: Any) -> Any:
    """One press of a button of the page."""
    return client.post("/tiep-nhan", data={**values, **more, "action": action})


def chosen(client: Any, code: str = make.BUSINESS, **more: Any) -> dict[str, Any]:
    """The page with a procedure chosen and the person filled in."""
    answer = send(client, typed(client.get("/tiep-nhan")), "choose", procedure=code)
    assert answer.status_code == 200
    person = {
        "owner_name": "Nguyễn Thị Hoa",
        "owner_id_number": "066190001234",
        "owner_birth_date": "15/03/1990",
        "owner_sex": "female",
        "owner_phone": "0905 123 456",
        "owner_address": "Buôn Kô Tam",
        "subject": "Mở quán cà phê",
    }
    return {**typed(answer), **person, **more}


def only() -> Dossier:
    """The only dossier there is."""
    return db.session.scalars(sa.select(Dossier)).one()


def papers(answer: Any) -> dict[str, Any]:
    """Name of a paper on the checklist → its box."""
    rows = Page(answer).all("//*[@id='part-papers']//tbody/tr[.//label]")
    return {r.find(".//label").text: r.find(".//input[@type='checkbox']") for r in rows}
