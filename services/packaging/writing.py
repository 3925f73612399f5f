"""A procedure version as one reviewable text."""

import datetime as dt
import re

from domain.events import Tag
from domain.unicode import nfc
from models.procedure import ProcedureVersion
from services.acting import Actor
from services.packaging import notation
from services.packaging.body import body_of, values_of
from services.packaging.seal import hash_of, sign
from services.recording import record
from services.transaction import transaction

FORMAT, FORMAT_VERSION = "mot-cua-thu-tuc", 1
#: The release that writes; pyproject.toml says the same.
PRODUCT_VERSION = "0.1.0"
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


def export(version: ProcedureVersion, *, secret: str, by: str, at: dt.datetime) -> str:
    """The version with its procedure and all its parts as YAML, its hash and the mark of `secret` on top.

    by: name of who exports. The source decree stands in the header for those who read it first.
    """
    body = body_of(*values_of(version))
    header: dict[str, object] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "product_version": PRODUCT_VERSION,
        "exported_at": at.replace(microsecond=0).isoformat(),
        "exported_by": nfc(by).strip(),
        "decree": body["version"].get("legal_basis") or body["version"].get("source"),
        "sha256": hash_of(body),
    }
    header = {key: value for key, value in header.items() if value is not None}
    # What is signed is what is read back: texts.
    header["signature"] = sign({k: str(v) for k, v in header.items()}, secret)
    return notation.write({**header, **body})


def note_export(version: ProcedureVersion, *, actor: Actor, at: dt.datetime) -> None:
    """Leave the event that a version left the product as a package: which one, and its hash."""
    with transaction():
        changes = {
            "procedure": version.procedure.code,
            "version": version.key,
            "sha256": hash_of(body_of(*values_of(version))),
        }
        record(Tag.catalogue_export, version, actor=actor, at=at, changes=changes)


def file_name(version: ProcedureVersion) -> str:
    """`<code>-<key>.yaml`, in letters that every file system takes."""
    words = f"{version.procedure.code}-{version.key}"
    return f"{_UNFIT.sub('-', words).strip('-.') or 'thu-tuc'}.yaml"
