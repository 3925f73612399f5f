"""Scans and files: shown to whoever may see the dossier; each opening is an event."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort
from werkzeug.wrappers import Response

from models.attachment import Attachment
from models.base import db
from services import attachments
from views import present
from views.access import permission
from views.dossier.acts import store
from views.paper import pdf_response

blueprint = Blueprint("file", __name__, url_prefix="/tep")


@blueprint.get("/<uuid:file_id>")
@permission("can_read", "DossierFile")
def show(file_id: Any) -> Response:
    """The stored PDF, its fingerprint checked; 404 for a file of another department's dossier."""
    query = sa.select(Attachment).where(Attachment.id == str(file_id))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        abort(404)
    name = f"{found.id}.pdf"
    return pdf_response(attachments.opened(found, **present.who(), store=store()), name)
