"""Long work: asked for by a person, done by a thread, found again by its list.

One worker takes a piece of work by marking it; it renews the mark with every step. Work whose mark
has grown old belongs to a process that died: it is done again from its start, three times at most.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from models.base import db
from models.job import Job
from services.transaction import transaction

#: A worker silent for so long has died.
LEASE = dt.timedelta(minutes=2)
#: How long what came of it is kept.
KEPT_FOR = dt.timedelta(hours=24)
MOST_TRIES = 3
OPEN = ("waiting", "running")
#: Says how far the work is: (done, total).
Progress = Callable[[int, int], None]


def ask(
    user_id: int,
    kind: str,
    *,
    title: str,
    language: str,
    facts: dict[str, Any],
    at: dt.datetime,
) -> str:
    """Put work into the list and give its id; the same work that is still open is not asked twice."""
    with transaction():
        db.session.execute(sa.delete(Job).where(Job.asked_at < at - KEPT_FOR))
        for job in db.session.scalars(_open(user_id)):
            if (job.kind, job.facts) == (kind, facts):
                return str(job.id)
        job = Job(user_id=user_id, kind=kind, title=title[:200], language=language, facts=facts)
        job.asked_at = at
        db.session.add(job)
        db.session.flush()
        return str(job.id)


def _open(user_id: int) -> Any:
    return sa.select(Job).where(Job.user_id == user_id, Job.state.in_(OPEN))


def mine(user_id: int) -> list[Job]:
    """A person's work, the newest first."""
    query = (
        sa.select(Job).where(Job.user_id == user_id).order_by(Job.asked_at.desc(), Job.id.desc())
    )
    return list(db.session.scalars(query.limit(50)))


def running(user_id: int) -> int:
    """How many pieces of a person's work are not finished."""
    query = sa.select(sa.func.count()).select_from(_open(user_id).subquery())
    return db.session.scalar(query) or 0


def take(at: dt.datetime) -> Job | None:
    """The next piece of work, marked as ours; None when there is nothing to do."""
    with transaction():
        stale = sa.and_(Job.state == "running", Job.heartbeat_at < at - LEASE)
        query = sa.select(Job).where(sa.or_(Job.state == "waiting", stale)).order_by(Job.asked_at)
        job = db.session.scalars(query.limit(1).with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        if job.tries >= MOST_TRIES:
            job.state, job.finished_at = "failed", at
            return None
        job.state, job.tries, job.heartbeat_at, job.done = "running", job.tries + 1, at, 0
        return job


def tell(job_id: str, done: int, total: int, at: dt.datetime) -> None:
    """Renew the mark and say how far the work is."""
    _change(job_id, done=done, total=total, heartbeat_at=at)


def finish(
    job_id: str, name: str, kind: str, content: bytes, at: dt.datetime, said: str = ""
) -> None:
    """Keep what came of it: a file, and a sentence where there is something to say."""
    with transaction():
        job = db.session.get_one(Job, job_id)
        job.facts = {**job.facts, "said": said}
        job.state, job.finished_at = "done", at
        job.file_name, job.file_type, job.content = name, kind, content


def again(job_id: str, user_id: int) -> bool:
    """Let work that did not succeed wait once more; whether there was such work of this person."""
    mine = sa.and_(Job.id == job_id, Job.user_id == user_id, Job.state == "failed")
    fresh = {"state": "waiting", "tries": 0, "done": 0, "heartbeat_at": None, "finished_at": None}
    with transaction():
        changed = db.session.execute(sa.update(Job).where(mine).values(**fresh))
        return bool(changed.rowcount)  # type: ignore[attr-defined]


def interrupted(job: Job, at: dt.datetime) -> bool:
    """Whether the process at work on it has died; the next sweep takes it up again."""
    beat = job.heartbeat_at
    return job.state == "running" and beat is not None and beat < at - LEASE


def fail(job_id: str, at: dt.datetime) -> None:
    """Say that it did not succeed."""
    _change(job_id, state="failed", finished_at=at)


def _change(job_id: str, **values: Any) -> None:
    with transaction():
        db.session.execute(sa.update(Job).where(Job.id == job_id).values(**values))
