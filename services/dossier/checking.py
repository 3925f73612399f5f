"""Everything that is wrong with a visit at the counter, found in one go."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain import land
from domain.errors import DomainError
from services.dossier.forms import Intake, plain

#: How a part of the parcel is read; the form calls it `land_<part>`.
_PARCEL: dict[str, Callable[..., str]] = {
    "map_sheet": land.check_parcel,
    "parcel_no": land.check_parcel,
    "area": lambda text, *, field: land.write_area(land.read_area(text, field=field)),
}


def problems(form: Intake, on: dt.date) -> list[DomainError]:
    """What cannot be kept of a visit, each with its field: persons, way of return, parcel."""
    return _examined(form, on)[1]


def checked(form: Intake, on: dt.date) -> Intake:
    """The visit with clean values. Errors: the first of `problems`."""
    clean, found = _examined(form, on)
    if found:
        raise found[0]
    return clean


def _examined(form: Intake, on: dt.date) -> tuple[Intake, list[DomainError]]:
    found: list[DomainError] = []
    owner = form.owner.examined("owner", on, found)
    submitter = form.submitter.examined("submitter", on, found) if form.submitter else None
    if form.return_method == "post" and not plain(form.return_address):
        found.append(DomainError("return_address.required", field="return_address"))
    details = dict(form.details)
    if details.get("land"):
        details["land"] = _parcel(details["land"], found)
    return replace(form, owner=owner, submitter=submitter, details=details), found


def _parcel(typed: dict[str, Any], found: list[DomainError]) -> dict[str, str]:
    parcel = {name: plain(text) for name, text in typed.items()}
    for name, read in _PARCEL.items():
        if parcel.get(name):
            try:
                parcel[name] = read(parcel[name], field=f"land_{name}")
            except DomainError as error:
                found.append(error)
    return parcel
