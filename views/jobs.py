"""Long work of a person: asked for, watched, left, found again, and its file fetched."""

import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
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
from services.acting import Actor, actor_of, scope_of
from services.jobs import Progress
from views import access, present

log = logging.getLogger("motcua.jobs")
blueprint = Blueprint("jobs", __name__, url_prefix="/viec-chay-lau")
#: kind → the work: (facts, progress) → (name of the file, its type, its content)
KINDS: dict[str, Callable[[dict[str, Any], Progress], tuple[str, str, bytes]]] = {}
_at_work = threading.Lock()


def asked(kind: str, title: str, facts: dict[str, Any]) -> Response:
    """Put work into the person's list, see that somebody does it, and show the list."""
    words = {"title": title, "language": str(get_locale())}
    jobs.ask(int(current_user.id), kind, **words, facts=facts, at=present.now())
    wake()
    flash(
        gettext("This takes a while. You may leave this page; what comes of it waits here."), "info"
    )
    return redirect(url_for("jobs.show"), 303)


def wake() -> None:
    """See that somebody does what was just asked for."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if not app.testing:
        start(app)


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
        job_id, kind, language = job.id, job.kind, job.language
        facts = {**job.facts, "job": job_id, "user": job.user_id}
        scope = _scope(job.user_id)
        try:
            with within(scope), force_locale(language):
                made = KINDS[kind](facts, _progress(app, job_id))
            jobs.finish(job_id, *made, present.now(), said=facts.get("said", ""))
        except Exception:
            log.exception("job failed")
            db.session.rollback()
            jobs.fail(job_id, present.now())
        finally:
            with contextlib.suppress(OSError):
                _bar(app, job_id).unlink(missing_ok=True)
        return True


def _progress(app: Flask, job_id: str) -> Progress:
    """Told through a connection of its own: the work may be in the middle of reading. In the middle
    of writing SQLite admits no second writer: then a small file says it to all processes."""

    def tell(done: int, total: int) -> None:
        alone = db.session.get_bind().dialect.name == "sqlite"
        if alone and db.session().info.get("in_verb"):
            _draw_bar(_bar(app, job_id), done, total)
            return
        with app.app_context():
            jobs.tell(job_id, done, total, present.now())

    return tell


def _bar(app: Flask, job_id: str) -> Path:
    return Path(app.config["UPLOAD_DIR"]).with_name("progress") / job_id


def _draw_bar(place: Path, done: int, total: int) -> None:
    """Written whole or not at all; where it cannot be written the bar stands still, no more."""
    draft = place.with_suffix(".new")
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_text(f"{done} {total}", encoding="ascii")
        draft.replace(place)


def _how_far(job: Job) -> tuple[int, int]:
    """(done, total) of a piece of work, whoever is at it."""
    if job.state == "running":
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        with contextlib.suppress(OSError, ValueError):
            done, total = _bar(app, job.id).read_text(encoding="ascii").split()
            return int(done), int(total)
    return job.done, job.total


def _scope(user_id: int) -> Any:
    """The rights the person has now, not those of the moment of asking."""
    found = person(user_id)
    return NOTHING if found is None else scope_of(found)


def person(user_id: int) -> Actor | None:
    """Who asked for the work; None when the account is closed."""
    query = sa.select(Officer).where(Officer.user_id == user_id, Officer.active)
    officer = db.session.scalars(query).one_or_none()
    if officer is None or not officer.user.active:
        return None
    return actor_of(officer, present.now(), None)


# ---- the list ------------------------------------------------------------------------------------
@blueprint.get("")
@access.permission("can_use", "Home")
def show() -> str:
    """One's long work, the newest first; renews itself while anything runs."""
    found = jobs.mine(int(current_user.id))
    part = "jobs/_list.html" if "phan" in request.args else "jobs/index.html"
    at = present.now()
    return access.page(
        part,
        title=gettext("Long work"),
        jobs=found,
        bars={job.id: _how_far(job) for job in found},
        stopped={job.id for job in found if jobs.interrupted(job, at)},
        busy=any(job.state in jobs.OPEN for job in found),
    )


@blueprint.post("/<uuid:job_id>/lai")
@access.permission("can_use", "Home")
def again(job_id: Any) -> Response:
    """Start work that did not succeed once more; what it had already stored is not stored twice."""
    if not jobs.again(str(job_id), int(current_user.id)):
        flash(gettext("This work is under way or finished already."), "info")
    wake()
    return redirect(url_for("jobs.show"), 303)


@blueprint.get("/so")
@access.permission("can_use", "Home")
def count() -> Response:
    """{running}: how many pieces of one's work are not finished; for a mark in the menu."""
    return jsonify(running=jobs.running(int(current_user.id)))


@blueprint.get("/<uuid:job_id>/tep")
@access.permission("can_use", "Home")
def file(job_id: Any) -> Response:
    """What came of it, for the person who asked."""
    mine = (Job.id == str(job_id), Job.user_id == int(current_user.id), Job.state == "done")
    query = sa.select(Job).where(*mine)
    job = db.session.scalars(query).one_or_none()
    if job is None or job.content is None or not job.file_name:
        abort(404)
    answer = Response(job.content, content_type=job.file_type)
    answer.headers.set("Content-Disposition", "attachment", filename=job.file_name)
    return answer
