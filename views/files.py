"""Scans and files: shown to whoever may see the dossier; each opening is an event."""

from typing import Any

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from models.attachment import Attachment
from services import attachments
from services.dossier.data_files import readable
from views import present
from views.access import permission, seen
from views.paper import asked, pdf_response, picture_response
from views.stored import store

blueprint = Blueprint("file", __name__, url_prefix="/tep")


@blueprint.get("/<uuid:file_id>")
@permission("can_read", "DossierFile")
def show(file_id: Any) -> Response:
    """The stored PDF, its fingerprint checked; 404 for a file of another department's dossier."""
    found = _mine(file_id)
    name = f"{found.id}.pdf"
    return pdf_response(attachments.opened(found, **present.who(), store=store()), name)


@blueprint.get("/<uuid:file_id>/trang/<int:number>")
@permission("can_read", "DossierFile")
def page(file_id: Any, number: int) -> Response:
    """One page as a picture: `?w=` dots wide, `?q=` degrees turned. Recorded like the file."""
    found = _mine(file_id)
    width, turn = asked()
    facts = {"width": width, "turn": turn, **present.who(), "store": store()}
    return picture_response(lambda: attachments.page(found, number, **facts))


def _mine(file_id: Any) -> Attachment:
    """The file, if whoever asks sees its dossier and the data field that it answers; else 404."""
    found: Attachment = seen(Attachment, file_id)
    if not readable(found, {role.value for role in present.actor().roles}):
        abort(404)
    return found
