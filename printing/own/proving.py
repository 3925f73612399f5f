"""A template proved before it is kept: filled in with everything and with next to nothing."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any

from domain.data_fields import FieldSpec
from domain.errors import DomainError
from printing import own
from printing.own import Own, samples


def mistakes(
    template: Own, fields: Sequence[FieldSpec], keys: Collection[str], at: dt.datetime
) -> list[DomainError]:
    """What is wrong with a template: seen at once, else when it is filled in. Nothing is set on paper.

    fields: those it is filled in from. keys: names of further fields that it may use.
    """
    found = own.check(template, own.known(template.form, fields, keys))
    if found:
        return found
    copies = template.paper.copies
    try:
        bare, full = samples.bare(template.form, at), samples.full(template.form, at)
        own.html(template, bare, samples.data(fields, whole=False), copies=copies)
        own.html(template, full, samples.data(fields), copies=copies)
    except DomainError as error:
        return [error]
    return []


def press(
    at: dt.datetime,
) -> Callable[[dict[str, Any], Sequence[FieldSpec], Collection[str]], list[DomainError]]:
    """What proves the printed papers of a package (`services.packaging.Press`) at a moment."""

    def proved(
        values: dict[str, Any], fields: Sequence[FieldSpec], keys: Collection[str]
    ) -> list[DomainError]:
        size = values["size"].value
        made = Own(form=values["form"], name=values["name"], size=size, body=values["body"])
        return mistakes(made, fields, keys, at)

    return proved
