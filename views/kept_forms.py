"""A form sent after the session had ended is not lost: sign in again, and it is there as it was.

Who had sent it is read from the signed cookie that has grown too old; whoever signs in as somebody
else does not see it. Nothing is done until its person presses the button of the form again: the
form is shown by its own page, which is asked with `only_show` and then does nothing else.
"""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from itsdangerous import BadSignature
from werkzeug.wrappers import Response

from services import kept_forms
from views import access, present

blueprint = Blueprint("kept_forms", __name__)
#: The field that asks a page to show a form with what was typed, and to do nothing.
ONLY_SHOW = "only_show"
#: What the field says when files had been sent along, which are not kept.
FILES_TOO = "files"
#: Pages that know it. Generated screens are known by the name of their method.
PAGES = frozenset(
    {
        *("Counter.send", "Counter.pay", "ReturnDesk.hand_over", "ReturnDesk.pay"),
        *("dossier.act", "signing.act", "signing.several", "worklist.many", "worklist.preview"),
        *("scans.keep", "scans.throw", "Designer.save", "Moving.act", "Packages.check"),
        "Offering.act",
        *("paper_templates.new", "paper_templates.save", "lists.save", "lists.change"),
        *("registers.enter", "registers.perform", "RegisterDesign.create", "RegisterDesign.save"),
    }
)
_METHODS = frozenset({"add", "edit", "take_in", "account", "change", "change_now", "remove"})
_SECRET = frozenset({"csrf_token", ONLY_SHOW})
#: A cookie older than this says nothing about who sits there.
OLDEST = 7 * 24 * 3600


def only_show() -> bool:
    """Whether the form in hand is to be shown again, not carried out; the page says so above."""
    asked = request.form.get(ONLY_SHOW)
    if asked is None:
        return False
    sentence = gettext("This is what you had filled in. Nothing was carried out yet.")
    if asked == FILES_TOO:
        sentence += " " + gettext("Files could not be kept: choose them again.")
    flash(sentence, "warning")
    return True


def sent_too_late() -> Response | None:
    """Keep the form in hand and lead to it; None when it cannot be kept or is not ours.

    A script that sent it is told where to lead: its answer takes the cookie of the old session away.
    """
    answer = _kept()
    if answer is None or "HX-Request" not in request.headers:
        return answer
    return Response(status=204, headers={"HX-Redirect": answer.headers["Location"]})


def _kept() -> Response | None:
    by_program = request.accept_mimetypes.best == "application/json"
    if request.method != "POST" or by_program or not _from_here():
        return None
    user_id = current_user.id if current_user.is_authenticated else _former()
    if user_id is None:
        return None
    if not _shown_again():
        return None if current_user.is_authenticated else _tell_and_sign_in()
    path = request.full_path.rstrip("?")
    kept_id = kept_forms.keep(user_id, path=path[:500], fields=_typed(), at=present.now())
    address = url_for("kept_forms.show", form_id=kept_id)
    if current_user.is_authenticated:
        return redirect(address, 303)
    flash(
        gettext("Your session had ended. Sign in again: what you typed is kept and comes back."),
        "warning",
    )
    return redirect(url_for("AuthDBView.login", next=address), 303)


def _tell_and_sign_in() -> Response:
    sentence = gettext("Your session had ended, so nothing was done. Sign in and do it again.")
    flash(sentence, "warning")
    return redirect(url_for("AuthDBView.login"), 303)


def _from_here() -> bool:
    """Only a page of this site sends forms that are worth keeping."""
    return request.headers.get("Origin", "") == request.host_url.rstrip("/")


def _former() -> int | None:
    """The account of the session that has ended, by its cookie, which we have signed."""
    cookie = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"], "")
    reader = current_app.session_interface.get_signing_serializer(current_app)  # type: ignore[attr-defined]
    try:
        named = reader.loads(cookie, max_age=OLDEST).get("_user_id")
    except BadSignature:
        return None
    return int(named) if str(named).isdecimal() else None


def _shown_again() -> bool:
    return shown_again(request.endpoint or "")


def shown_again(endpoint: str) -> bool:
    """Whether the page of this address shows a form again that was sent too late."""
    view, _, method = endpoint.rpartition(".")
    if endpoint in PAGES:
        return True
    made = {v.endpoint for v in current_app.appbuilder.baseviews if hasattr(v, "register")}  # type: ignore[attr-defined]
    return method in _METHODS and view in made


def _typed() -> list[tuple[str, str]]:
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in _SECRET and "password" not in name
    ]
    files = any(file.filename for file in request.files.values())
    return [*typed, (ONLY_SHOW, FILES_TOO)] if files else typed


@blueprint.get("/bieu-mau-giu-lai/<uuid:form_id>")
@access.permission("can_use", "Home")
def show(form_id: Any) -> Any:
    """Lead the person on to the form: by itself, or by a button where no script runs."""
    found = kept_forms.kept(str(form_id), user_id=int(current_user.id), at=present.now())
    if found is None:
        flash(gettext("This form is no longer kept, or somebody else had filled it in."), "warning")
        return redirect("/", 303)
    asked = (ONLY_SHOW, dict(found.fields).get(ONLY_SHOW, "1"))
    return access.page(
        "kit/kept_form.html",
        title=gettext("What you had typed is still here"),
        path=found.path,
        fields=[*(f for f in found.fields if f[0] != ONLY_SHOW), asked],
    )
