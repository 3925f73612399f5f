"""Files among the data of a dossier: rows of `attachment` like its scans, known by the field they answer.

What is taken out of a field stays with the dossier, as everything that was handed in does.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import sqlalchemy as sa

from domain.data_fields import FieldSpec, Values
from domain.data_files import FileRef
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from models.attachment import Attachment
from models.base import db
from models.dossier import Dossier
from models.ids import uuid7
from services import attachments
from services.acting import Actor

#: What such a file is to its dossier.
KIND = "data"


def attach(
    dossier: Dossier,
    fields: Iterable[FieldSpec],
    values: Values,
    agency_id: str,
    actor: Actor,
    at: dt.datetime,
) -> Values:
    """The values with every file that was just sent made part of the dossier, within the transaction.

    agency_id: of the post that acts, which owns the rows. The bytes are in the store already.
    Errors: file.dossier_full; data.file_gone for a file of another dossier, at its field.
    """
    found = dict(values)
    for spec in fields:
        refs = values.get(spec.key) if spec.kind is FieldKind.file else None
        if not refs:
            continue
        _check_own(dossier, spec, refs)
        _check_room(dossier, spec, refs)
        found[spec.key] = [
            ref if ref.id else _attached(dossier, spec, ref, agency_id, actor, at) for ref in refs
        ]
    return found


def show_to_readers(fields: Iterable[FieldSpec], values: Values) -> None:
    """Files that another version's field takes over are seen by whom that field is for."""
    for spec in fields:
        refs = values.get(spec.key) if spec.kind is FieldKind.file else None
        if refs:
            ids = [ref.id for ref in refs]
            for row in db.session.scalars(sa.select(Attachment).where(Attachment.id.in_(ids))):
                row.data_key, row.readers = spec.key, _readers(spec)


def readable(file: Attachment, roles: Collection[str]) -> bool:
    """Whether somebody with these roles may see a file of a dossier that they see."""
    return not file.readers or bool({*file.readers.split()} & {*roles})


def _check_own(dossier: Dossier, spec: FieldSpec, refs: Sequence[FileRef]) -> None:
    named = {ref.id for ref in refs if ref.id}
    query = sa.select(Attachment.id).where(
        Attachment.id.in_(named), Attachment.dossier_id == dossier.id, Attachment.kind == KIND
    )
    strange = named - set(db.session.scalars(query)) if named else set()
    for ref in refs:
        if ref.id in strange:
            raise DomainError("data.file_gone", field=spec.key, name=ref.name)


def _check_room(dossier: Dossier, spec: FieldSpec, refs: Sequence[FileRef]) -> None:
    try:
        attachments.check_room(dossier, sum(ref.size for ref in refs if not ref.id))
    except DomainError as error:
        raise DomainError(error.code, field=spec.key, **error.facts) from None


def _attached(
    dossier: Dossier,
    spec: FieldSpec,
    ref: FileRef,
    agency_id: str,
    actor: Actor,
    at: dt.datetime,
) -> FileRef:
    row = Attachment(
        id=uuid7(),
        agency_id=agency_id,
        dossier=dossier,
        kind=KIND,
        data_key=spec.key,
        readers=_readers(spec),
        title=f"{spec.label}: {ref.name}"[:300],
        original_name=attachments.original_name(ref.name),
        original_type=ref.type,
        size=ref.size,
        pages=ref.pages,
        sha256=ref.sha256,
        added_at=at,
        added_by=actor.name,
    )
    db.session.add(row)
    return replace(ref, id=row.id, sha256="", type="")


def _readers(spec: FieldSpec) -> str | None:
    return " ".join(sorted(spec.readers)) or None
