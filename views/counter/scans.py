"""Scans chosen beside the papers of the checklist: kept with the dossier once it is received."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import flash, request
from flask_babel import gettext

from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from services import attachments
from services.papers import key_of
from views import present
from views.stored import store

_NAME = re.compile(r"p-([0-9a-f-]{36})-file")


def chosen() -> Iterator[tuple[str, int, Any]]:
    """(id of the document, number, file) of every file that was sent along."""
    for field in request.files:
        found = _NAME.fullmatch(field)
        for number, file in enumerate(request.files.getlist(field) if found else ()):
            if found and file.filename:
                yield found[1], number, file


def keep(dossier: Dossier) -> None:
    """Attach what was chosen. The dossier is received whatever becomes of a file: what cannot be
    kept is said, and may be attached again on the dossier's page."""
    dossier_id = dossier.id
    papers: Mapping[str | None, str] = {p.document_id: p.id for p in dossier.papers}
    for document_id, number, file in chosen():
        key = key_of(dossier_id, f"{document_id}-{number}")
        try:
            attachments.attach(
                dossier_id,
                file.stream,
                file.filename,
                paper_id=papers.get(document_id),
                store=store(),
                op_id=key,
                **present.who(),
            )
        except DomainError as error:
            db.session.rollback()
            name = {"name": file.filename, "reason": error.text(gettext)}
            flash(gettext("The file %(name)s was not kept: %(reason)s", **name), "warning")
