"""A procedure version as one reviewable text, with everything that it cannot do without."""

import datetime as dt
import re

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from domain.unicode import nfc
from models.base import db
from models.paper_template import PaperTemplate, TemplateState
from models.procedure import ProcedureVersion
from services.acting import Actor
from services.filestore import FileStore
from services.packaging import notation
from services.packaging.body import Content, body_of, content_of, registers_of
from services.packaging.seal import hash_of, sign
from services.recording import record
from services.transaction import transaction

FORMAT, FORMAT_VERSION = "mot-cua-thu-tuc", 2
#: The release that writes; pyproject.toml says the same.
PRODUCT_VERSION = "0.1.0"
#: What blank forms of one version may weigh: in base64, and with all that is written, a package stays
#: below its limit.
MOST_FILES = 5_000_000
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


def export(
    version: ProcedureVersion,
    *,
    secret: str,
    by: str,
    at: dt.datetime,
    store: FileStore | None = None,
) -> str:
    """The version with its procedure and all that belongs to it as YAML, its hash and the mark of
    `secret` on top.

    by: name of who exports. The source decree stands in the header for those who read it first.
    store: where the blank forms lie. Errors: file.damaged, package.files_large.
    """
    body = body_of(gathered(version))
    files = _files(version, store)
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
    return notation.write({**header, **body}, files)


def gathered(version: ProcedureVersion) -> Content:
    """All that a package of this version says, without its files."""
    return content_of(version, _templates(version))


def _templates(version: ProcedureVersion) -> list[PaperTemplate]:
    """The printed papers of this procedure, and those of the office that its actions and registers name:
    the one that is printed from, else the draft."""
    codes = {action.form for action in version.actions if action.form}
    codes |= {register.form for register in registers_of(version) if register.form}
    general = sa.and_(PaperTemplate.procedure_id.is_(None), PaperTemplate.form.in_(codes))
    query = sa.select(PaperTemplate).where(
        PaperTemplate.state != TemplateState.retired,
        sa.or_(PaperTemplate.procedure_id == version.procedure_id, general),
    )
    found: dict[str, PaperTemplate] = {}
    for row in db.session.scalars(query.order_by(PaperTemplate.series, PaperTemplate.number)):
        if row.series not in found or row.state is TemplateState.published:
            found[row.series] = row
    return sorted(found.values(), key=lambda row: (row.form, row.procedure_id or ""))


def _files(version: ProcedureVersion, store: FileStore | None) -> dict[str, bytes]:
    named = {d.blank_sha256: d.blank_size or 0 for d in version.documents if d.blank_sha256}
    if not named:
        return {}
    if store is None:
        raise ValueError("this version has blank forms: say where they lie")
    if sum(named.values()) > MOST_FILES:
        raise DomainError("package.files_large", limit=MOST_FILES // 1_000_000)
    return {name: store.get(name) for name in named}


def note_export(version: ProcedureVersion, *, actor: Actor, at: dt.datetime) -> None:
    """Leave the event that a version left the product as a package: which one, and its hash."""
    with transaction():
        changes = {
            "procedure": version.procedure.code,
            "version": version.key,
            "sha256": hash_of(body_of(gathered(version))),
        }
        record(Tag.catalogue_export, version, actor=actor, at=at, changes=changes)


def file_name(version: ProcedureVersion) -> str:
    """`<code>-<key>.yaml`, in letters that every file system takes."""
    words = f"{version.procedure.code}-{version.key}"
    return f"{_UNFIT.sub('-', words).strip('-.') or 'thu-tuc'}.yaml"
