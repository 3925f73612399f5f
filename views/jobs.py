"""Long work of a person: asked for, watched, left, found again, and its file fetched."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, abort, current_app, flash, jsonify, redirect, request, url_for
from flask_babel import force_locale, get_locale, gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from models.base import db
from models.job import Job
from models.officer import Officer
from models.scope import NOTHING, within
from services import jobs
from services.acting import actor_of, scope_of
from services.jobs import Progress
from views import access, present

log = logging.getLogger("motcua.jobs")
blueprint = Blueprint("jobs", __name__, url_prefix="/viec-chay-lau")
#: kind → the work: (facts, progress) → (name of the file, its type, its content)
KINDS: dict[str, Callable[[dict[str, Any], Progress], tuple[str, str, bytes]]] = {}
_at_work = threading.Lock()


def asked(kind: str, title: str, facts: dict[str, Any]) -> Response:
    """Put work into the person's list, see that somebody does it, and show the list."""
    words = {"title": title, "language": str(get_locale()), "facts": facts}
    jobs.ask(int(current_user.id), kind, **words, at=present.now())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if not app.testing:
        start(app)
    flash(gettext("This takes a while. You may leave this page; the file waits here."), "info")
    return redirect(url_for("jobs.show"), 303)


def start(app: Flask) -> None:
    """Do all that waits in a thread of this process, unless one is at it already."""
    threading.Thread(target=work_off, args=(app,), name="jobs", daemon=True).start()


def work_off(app: Flask) -> int:
    """Do what waits, one after another; gives how many were done."""
    count = 0
    if not _at_work.acquire(blocking=False):
        return count
    try:
        while _next(app):
            count += 1
    finally:
        _at_work.release()
    return count


def _next(app: Flask) -> bool:
    with app.app_context():
        job = jobs.take(present.now())
        if job is None:
            return False
        job_id, kind, facts, language = job.id, job.kind, job.facts, job.language
        scope = _scope(job.user_id)
        try:
            with within(scope), force_locale(language):
                made = KINDS[kind](facts, _progress(app, job_id))
            jobs.finish(job_id, *made, present.now())
        except Exception:
            log.exception("job failed")
            db.session.rollback()
            jobs.fail(job_id, present.now())
        return True


def _progress(app: Flask, job_id: str) -> Progress:
    """Told through a connection of its own: the work may be in the middle of reading."""

    def tell(done: int, total: int) -> None:
        with app.app_context():
            jobs.tell(job_id, done, total, present.now())

    return tell


def _scope(user_id: int) -> Any:
    """The rights the person has now, not those of the moment of asking."""
    query = sa.select(Officer).where(Officer.user_id == user_id, Officer.active)
    officer = db.session.scalars(query).one_or_none()
    if officer is None or not officer.user.active:
        return NOTHING
    return scope_of(actor_of(officer, present.now(), None))


# ---- the list ------------------------------------------------------------------------------------
@blueprint.get("")
@access.permission("can_use", "Home")
def show() -> str:
    """One's long work, the newest first; renews itself while anything runs."""
    found = jobs.mine(int(current_user.id))
    part = "jobs/_list.html" if "phan" in request.args else "jobs/index.html"
    busy = any(job.state in jobs.OPEN for job in found)
    return access.page(part, title=gettext("Long work"), jobs=found, busy=busy)


@blueprint.get("/so")
@access.permission("can_use", "Home")
def count() -> Response:
    """{running}: how many pieces of one's work are not finished; for a mark in the menu."""
    return jsonify(running=jobs.running(int(current_user.id)))


@blueprint.get("/<uuid:job_id>/tep")
@access.permission("can_use", "Home")
def file(job_id: Any) -> Response:
    """What came of it, for the person who asked."""
    query = sa.select(Job).where(Job.id == str(job_id), Job.user_id == int(current_user.id))
    job = db.session.scalars(query).one_or_none()
    if job is None or job.content is None:
        abort(404)
    answer = Response(job.content, content_type=job.file_type)
    answer.headers.set("Content-Disposition", "attachment", filename=job.file_name)
    return answer
