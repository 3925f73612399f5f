"""Blank forms of papers to hand in, for whoever needs one: clerks, officers, and people at home."""

import io
from typing import Any

from flask import Blueprint, abort, send_file
from werkzeug.wrappers import Response

from models.base import db
from models.procedure import RequiredDocument, VersionState
from models.scope import everything
from services import blank_forms
from views.access import may
from views.stored import store

blueprint = Blueprint("blank_form", __name__)


@blueprint.get("/mau-don/<uuid:document_id>")
def show(document_id: Any) -> Response:
    """The file under its own name: a PDF to look at and print, anything else to keep.

    A published form is for everybody, that of a draft for those who shape it.
    """
    with everything():
        found = db.session.get(RequiredDocument, str(document_id))
        draft = found is not None and found.version.state is VersionState.draft
    if found is None or found.blank_sha256 is None or (draft and not may("can_use", "Publish")):
        abort(404)
    kind = str(found.blank_type)
    answer = send_file(
        io.BytesIO(blank_forms.content(found, store())),
        mimetype=blank_forms.TYPES[kind],
        as_attachment=kind != "pdf",
        download_name=found.blank_name,
        etag=str(found.blank_sha256),
    )
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    return answer


def register(appbuilder: Any) -> None:
    """Whole files leave here without signing in: not too many of them for one address."""
    appbuilder.sm.limiter.limit("60 per minute")(blueprint)
