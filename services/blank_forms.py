"""Blank forms of papers to hand in: a file that goes with a component of a draft and with every dossier
received under it. It lies in the file store as it was sent, because people write into it."""

import datetime as dt
import io
import zipfile
from typing import Any, BinaryIO

from domain.errors import DomainError
from models.procedure import RequiredDocument
from services import catalogue
from services.acting import Actor
from services.attachments import original_name
from services.convert import check_pdf
from services.filestore import FileStore

MOST = 10_000_000
#: Ending of the name → its media type.
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
#: What only one kind of office file has.
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
#: Parts of office files that run or hide something.
_ACTIVE = ("/vbaproject.bin", "/basic/", "/scripts/", "/activex/", "/embeddings/")
#: More parts than any form has; a list that long is an attack.
_MOST_PARTS = 2000
_NONE: dict[str, Any] = dict.fromkeys(("blank_name", "blank_type", "blank_size", "blank_sha256"))


def attach(
    document: RequiredDocument,
    upload: BinaryIO,
    name: str,
    *,
    actor: Actor,
    at: dt.datetime,
    store: FileStore,
) -> RequiredDocument:
    """Put a blank form in the place of what there was. The bytes are safe before the row names them.

    Errors: file.empty, file.too_large, file.mismatch, file.broken, file.encrypted, file.active,
    blank.type, blank.active, procedure.read_only, row.not_found.
    """
    data = upload.read(MOST + 1)
    if len(data) > MOST:
        raise DomainError("file.too_large", field="file", limit=MOST // 1_000_000)
    kind, plain = kind_of(data), original_name(name)
    if plain.lower().rpartition(".")[2] != kind:
        raise DomainError("file.mismatch", field="file")
    values = {
        "blank_name": plain,
        "blank_type": kind,
        "blank_size": len(data),
        "blank_sha256": store.put(data),
    }
    catalogue.update(document, values, actor=actor, at=at)
    return document


def take_away(document: RequiredDocument, *, actor: Actor, at: dt.datetime) -> None:
    """No blank form goes with the paper any more. Errors: procedure.read_only, row.not_found."""
    catalogue.update(document, _NONE, actor=actor, at=at)


def content(document: RequiredDocument, store: FileStore) -> bytes:
    """The file as it was sent. Errors: row.not_found where there is none, file.damaged."""
    if document.blank_sha256 is None:
        raise DomainError("row.not_found")
    return store.get(document.blank_sha256)


def kind_of(data: bytes) -> str:
    """One of TYPES, told by the content. Errors: as `attach`."""
    if not data:
        raise DomainError("file.empty", field="file")
    if b"%PDF-" in data[:1024]:
        check_pdf(data)
        return "pdf"
    if not data.startswith(b"PK\x03\x04"):
        raise DomainError("blank.type", field="file")
    return _office(data)


def _office(data: bytes) -> str:
    """Which office file it is; only its list of parts is read, nothing is unpacked but that one word."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or any(part.flag_bits & 1 for part in parts):
                raise DomainError("file.broken", field="file")
            names = [part.filename.lower() for part in parts]
            _refuse_active(names)
            found = next((kind for part, kind in _PARTS.items() if part in names), "")
            return found or _open_document(archive, parts[0])
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, IndexError):
        raise DomainError("file.broken", field="file") from None


def _refuse_active(names: list[str]) -> None:
    if any(mark in f"/{name}" for name in names for mark in _ACTIVE):
        raise DomainError("blank.active", field="file")


def _open_document(archive: zipfile.ZipFile, first: zipfile.ZipInfo) -> str:
    """OpenDocument says what it is in its first part."""
    if first.filename == "mimetype" and first.file_size < 200:
        said = archive.read(first).decode("ascii", "replace").strip()
        for kind in ("odt", "ods"):
            if said == TYPES[kind]:
                return kind
    raise DomainError("blank.type", field="file")
