"""What the product itself tells an officer, and that it was read."""

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from services.dossier import telling
from views import access, present

PERMISSION = ("can_use", "WorkList")
blueprint = Blueprint("notices", __name__, url_prefix="/thong-bao")
MOST = 50


@blueprint.get("")
@access.permission(*PERMISSION)
def show() -> str:
    """The newest lines, unread ones first."""
    rows = telling.notices(present.actor().officer_id, limit=MOST)
    return access.page("notices/index.html", title=gettext("Notices"), rows=rows)


@blueprint.post("/da-doc")
@access.permission(*PERMISSION)
def read() -> Response:
    """One line was read, or all of them."""
    chosen = request.form.get("id") or None
    telling.mark_read(present.actor().officer_id, at=present.now(), notice_id=chosen)
    return redirect(url_for("notices.show"), 303)
