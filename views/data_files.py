"""Files of data fields between two pages: kept at once, and named by a signed text in the form.

Beside the input `d-anh-file`, in which files are chosen or dropped, stands a tick `d-anh` for each file
that the server has already; without its tick it is left out. Only the server can sign such a text, so
that no form can name a stored file that whoever sends it has not sent or seen.
"""

import os
from typing import Any

from flask import current_app, g, has_request_context, request
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer

from domain.data_files import FileRef
from domain.errors import DomainError
from services.attachments import MAX_FILE, original_name
from services.convert import to_pdf
from views.stored import store

#: What browsers offer to choose from.
ACCEPT = "application/pdf,image/*"
Taken = FileRef | DomainError


def token(ref: FileRef) -> str:
    """The text by which a form names a file."""
    return _signer().dumps([ref.name, ref.size, ref.pages, ref.id, ref.sha256, ref.type])


def taken(form: Any, name: str, *, uploads: bool) -> list[Taken]:
    """The files of one field: those the form names, then those that were just sent with it.

    uploads: whether sent files are kept (not so where a form is only tried).
    """
    named = [_named(text) for text in form.getlist(name) if isinstance(text, str) and text]
    return [*named, *(_sent(name) if uploads else ())]


def _named(text: str) -> Taken:
    try:
        ref = FileRef(*_signer().loads(text))
    except (BadSignature, TypeError, ValueError):
        return DomainError("value.invalid")
    if ref.id:
        return ref
    try:
        os.utime(
            store().path(ref.sha256)
        )  # young again: the sweep leaves it until the form is sent
    except (DomainError, OSError):
        return DomainError("data.file_gone", name=ref.name)
    return ref


def _sent(name: str) -> list[Taken]:
    if not has_request_context():
        return []
    kept = g.setdefault("data_files", {})  # the same form may be read twice in one request
    if name not in kept:
        files = request.files.getlist(f"{name}-file")
        kept[name] = [_kept(file) for file in files if file.filename]
    return kept[name]


def _kept(file: Any) -> Taken:
    """Check a sent file as any other, and keep it as the PDF that it becomes."""
    name = original_name(file.filename)
    try:
        data = file.stream.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            raise DomainError("file.too_large", limit=MAX_FILE // 1_000_000)
        made = to_pdf(data, name)
    except DomainError as error:
        return DomainError("data.file_refused", name=name, reason=error.text(gettext))
    return FileRef(name, len(made.pdf), made.pages, "", store().put(made.pdf), made.original_type)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="data-file")  # type: ignore[arg-type]
