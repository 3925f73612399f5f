"""Scans and files: shown to whoever may see the dossier; each opening is an event."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from models.attachment import Attachment
from services import attachments
from views import present
from views.access import permission, seen
from views.dossier.acts import store
from views.paper import asked, pdf_response, picture_response

blueprint = Blueprint("file", __name__, url_prefix="/tep")


@blueprint.get("/<uuid:file_id>")
@permission("can_read", "DossierFile")
def show(file_id: Any) -> Response:
    """The stored PDF, its fingerprint checked; 404 for a file of another department's dossier."""
    found = seen(Attachment, file_id)
    name = f"{found.id}.pdf"
    return pdf_response(attachments.opened(found, **present.who(), store=store()), name)


@blueprint.get("/<uuid:file_id>/trang/<int:number>")
@permission("can_read", "DossierFile")
def page(file_id: Any, number: int) -> Response:
    """One page as a picture: `?w=` dots wide, `?q=` degrees turned. Recorded like the file."""
    found = seen(Attachment, file_id)
    width, turn = asked()
    facts = {"width": width, "turn": turn, **present.who(), "store": store()}
    return picture_response(lambda: attachments.page(found, number, **facts))
