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
from views.paper import asked, pdf_response, picture_response

blueprint = Blueprint("file", __name__, url_prefix="/tep")


def seen(file_id: str) -> Attachment:
    """The file, if this officer may see its dossier; 404 otherwise."""
    query = sa.select(Attachment).where(Attachment.id == file_id)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        abort(404)
    return found


@blueprint.get("/<uuid:file_id>")
@permission("can_read", "DossierFile")
def show(file_id: Any) -> Response:
    """The stored PDF, its fingerprint checked; 404 for a file of another department's dossier."""
    found = seen(str(file_id))
    name = f"{found.id}.pdf"
    return pdf_response(attachments.opened(found, **present.who(), store=store()), name)


@blueprint.get("/<uuid:file_id>/trang/<int:number>")
@permission("can_read", "DossierFile")
def page(file_id: Any, number: int) -> Response:
    """One page as a picture: `?w=` dots wide, `?q=` degrees turned. Recorded like the file."""
    found = seen(str(file_id))
    width, turn = asked()
    facts = {"width": width, "turn": turn, **present.who(), "store": store()}
    return picture_response(lambda: attachments.page(found, number, **facts))
