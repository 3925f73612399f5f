"""Scans and files of a dossier: taken in as PDF, read back unchanged. TT 01/2023/TT-VPCP."""

import datetime as dt
import logging
from typing import BinaryIO

import sqlalchemy as sa

from domain import names
from domain.codes import Verb
from domain.errors import DomainError
from domain.events import Tag
from models.attachment import Attachment
from models.base import db
from models.dossier import Dossier, DossierPaper
from models.event import Event
from models.ids import uuid7
from models.procedure import RequiredDocument
from models.scope import everything
from services import pages
from services.acting import Actor, Post
from services.convert import Converted, to_pdf
from services.dossier.guard import check
from services.filestore import FileStore
from services.recording import record
from services.transaction import locked, transaction

log = logging.getLogger(__name__)

#: What a file is to its dossier; those of data fields come by `services.dossier.data_files`.
KINDS = frozenset({"scan", "draft", "result", "authorisation", "answer", "other"})
MAX_FILE, MAX_DOSSIER = 20_000_000, 100_000_000
#: A file without a row is left alone for this long: its row may be on the way.
ORPHAN_AGE = 24 * 3600
#: Pages that one officer looks at within this time belong to one opening of the file.
LEAFING = dt.timedelta(minutes=30)


def attach(
    dossier: Dossier | str,
    upload: bytes | BinaryIO,
    name: str,
    *,
    paper_id: str | None = None,
    kind: str = "scan",
    title: str | None = None,
    actor: Actor,
    at: dt.datetime,
    store: FileStore,
    limit: int = MAX_FILE,
    version: int | None = None,
    op_id: str | None = None,
) -> Attachment:
    """Add a file to a dossier. The bytes are safe before the row that names them is written.

    limit: largest upload in bytes. A form sent twice (`op_id`) gives the first attachment again.
    Errors: file.* of `services.convert`, file.too_large, file.dossier_full, value.invalid,
    dossier.stale, and the guards of the state machine.
    """
    if kind not in KINDS:
        raise DomainError("value.invalid", field="kind")
    original = original_name(name)
    # The slow part comes first, so that nobody waits for the lock meanwhile.
    converted = to_pdf(_bytes(upload, limit), original)
    sha256 = store.put(converted.pdf)
    with transaction():
        known = _repeated(op_id)
        if known is not None:
            return known
        row = locked(dossier, version, moves=False)
        check(Verb.add_attachment, row, actor, None, at)
        post = _post(row, actor)
        _check_paper(row, paper_id)
        check_room(row, len(converted.pdf))
        made = _row(row, converted, sha256, original, post, actor, at)
        made.paper_id, made.kind = paper_id, kind
        made.title = _plain(title) or _stem(original)
        db.session.add(made)
        db.session.flush()
        changes = {"title": made.title, "kind": kind, "pages": made.pages, "sha256": sha256}
        record(
            Tag.file_attach,
            made,
            actor=actor,
            at=at,
            dossier=row,
            post=post,
            changes=changes,
            op_id=op_id,
        )
    return made


def read(attachment: Attachment, store: FileStore) -> bytes:
    """The PDF as it was stored. Errors: file.damaged when it is missing or was changed."""
    try:
        return store.get(attachment.sha256)
    except DomainError:
        log.error("stored file damaged", extra={"attachment": attachment.id})
        raise


def opened(attachment: Attachment, *, actor: Actor, at: dt.datetime, store: FileStore) -> bytes:
    """The PDF, and the event that this officer opened it. Errors: file.damaged."""
    data = read(attachment, store)
    with transaction():
        row = db.session.get_one(Attachment, attachment.id)
        record(Tag.file_read, row, actor=actor, at=at, dossier=row.dossier)
    return data


def page(
    attachment: Attachment,
    number: int,
    *,
    width: int,
    turn: int = 0,
    actor: Actor,
    at: dt.datetime,
    store: FileStore,
) -> bytes:
    """A page as a picture. Leafing through a file for a while is one opening, hence one event.

    Errors: file.damaged, file.broken, row.not_found for a page that is not there.
    """
    data = read(attachment, store)
    picture = pages.image_of(data, number, width=width, turn=turn, kept=store.root / ".pages")
    if not _opened_lately(attachment, actor, at):
        with transaction():
            row = db.session.get_one(Attachment, attachment.id)
            record(Tag.file_read, row, actor=actor, at=at, dossier=row.dossier)
    return picture


def _opened_lately(attachment: Attachment, actor: Actor, at: dt.datetime) -> bool:
    query = sa.select(Event.id).where(
        Event.subject_kind == Attachment.__name__,
        Event.subject_id == attachment.id,
        Event.tag == Tag.file_read,
        Event.actor_id == actor.officer_id,
        Event.at > at - LEAFING,
    )
    return db.session.scalar(query.limit(1)) is not None


def sweep(store: FileStore) -> int:
    """Remove what failed uploads left: files that no row named for a day; gives their number."""
    removed = 0
    for name in store.old(ORPHAN_AGE):
        with everything():
            used = _named(name)
        if not used:
            store.remove(name)
            removed += 1
    return removed


def _named(sha256: str) -> bool:
    """Whether a dossier or a component of a procedure names the file."""
    rows = (Attachment.sha256 == sha256, RequiredDocument.blank_sha256 == sha256)
    return any(
        db.session.scalar(sa.select(sa.literal(1)).where(row).limit(1)) is not None for row in rows
    )


# ---- parts ---------------------------------------------------------------------------------------
def _bytes(upload: bytes | BinaryIO, limit: int) -> bytes:
    data = upload if isinstance(upload, bytes) else upload.read(limit + 1)
    if len(data) > limit:
        raise DomainError("file.too_large", field="file", limit=limit // 1_000_000)
    return data


def _repeated(op_id: str | None) -> Attachment | None:
    if op_id is None:
        return None
    subject = db.session.scalar(sa.select(Event.subject_id).where(Event.op_id == op_id))
    return db.session.get(Attachment, subject) if subject else None


def _post(dossier: Dossier, actor: Actor) -> Post:
    """The post whose agency works on the dossier; that agency owns the row."""
    agencies = {dossier.agency_id} | {leg.agency_id for leg in dossier.legs}
    post = next((p for p in actor.posts if p.agency_id in agencies), None)
    if post is None:
        raise DomainError("scope.outside")
    return post


def _check_paper(dossier: Dossier, paper_id: str | None) -> None:
    if paper_id is None:
        return
    paper = db.session.get(DossierPaper, paper_id)
    if paper is None or paper.dossier_id != dossier.id:
        raise DomainError("value.invalid", field="paper_id")


def check_room(dossier: Dossier, size: int) -> None:
    """Refuse so many bytes more than a dossier holds. Errors: file.dossier_full."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Attachment.size), 0))
    kept = db.session.scalar(query.where(Attachment.dossier_id == dossier.id)) or 0
    if int(kept) + size > MAX_DOSSIER:
        raise DomainError("file.dossier_full", field="file", limit=MAX_DOSSIER // 1_000_000)


def _row(
    dossier: Dossier,
    converted: Converted,
    sha256: str,
    original: str,
    post: Post,
    actor: Actor,
    at: dt.datetime,
) -> Attachment:
    return Attachment(
        id=uuid7(),
        agency_id=post.agency_id,
        dossier_id=dossier.id,
        original_name=original,
        original_type=converted.original_type,
        size=len(converted.pdf),
        pages=converted.pages,
        sha256=sha256,
        added_at=at,
        added_by=actor.name,
    )


def original_name(name: str) -> str:
    """The name without any path that a browser may have sent along; its ending is kept when cut."""
    last = _plain(name).replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, ending = last.rpartition(".")
    return last if len(last) <= 255 else stem[: 254 - len(ending[:20])] + dot + ending[:20]


def _stem(name: str) -> str:
    return (name.rpartition(".")[0] or name or "scan")[:300]


def _plain(text: str | None) -> str:
    return " ".join(names.nfc(text or "").split())[:300]
