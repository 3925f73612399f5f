"""Filling in the data of the step in hand."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from domain.codes import Verb
from domain.data_fields import FieldSpec, Values, words
from domain.errors import DomainError
from domain.events import Tag
from models.dossier import Dossier
from services.acting import Actor
from services.dossier import data, data_files
from services.dossier.guard import check, post_on, step_of
from services.recording import record
from services.transaction import locked, repeated, transaction


def record_data(
    dossier: Dossier,
    *,
    typed: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    step_id: str | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Fill in the data of the step in hand; one event says what changed from what to what.

    typed: key → text, list of codes, parts or rows. version: the one looked at.
    Errors: the first that stands at a field; step.not_open, dossier.wrong_step, dossier.stale.
    """
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        check(Verb.record_data, dossier, actor, step, at)
        if step is None or not data.fillable(dossier, step):
            raise DomainError("dossier.wrong_step")
        filled = data.refill(dossier, data.stage_of(step), typed, at.date())
        for problem in filled.problems.values():
            raise problem
        followed = data.version_of(dossier)
        before, fields = data.values_of(dossier, followed), data.specs(followed)
        after = data_files.attach(dossier, fields, filled.values, step.agency_id, actor, at)
        changes = difference(fields, before, after)
        if changes:
            data.replace(dossier, (fields, before), (fields, after))
        record(
            Tag.dossier_record_data,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_on(actor, step),
            changes={"data": changes},
            op_id=op_id,
        )
    return dossier


def difference(fields: Iterable[FieldSpec], before: Values, after: Values) -> dict[str, list[Any]]:
    """Label → [words before, words after] of what differs."""
    return {
        f.label: [words(f, before.get(f.key)), words(f, after.get(f.key))]
        for f in fields
        if before.get(f.key) != after.get(f.key)
    }
