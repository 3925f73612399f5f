"""The job that tries or stores a file of a register, piece by piece, and what came of it in words."""

from typing import Any

from flask import current_app
from flask_babel import get_locale, gettext
from flask_login import current_user

from models.base import Row
from models.register_import import RegisterImport, RunState
from services import catalogue, import_runs, register_imports
from services.acting import Actor
from services.filestore import FileStore
from services.jobs import Progress
from services.register_imports import Asked
from views import jobs, present
from views.generated import values
from views.generated.columns import Register, register_of
from views.generated.reading import LineReader


def model_named(name: str) -> type[Row]:
    """The register of this name."""
    return next(m.class_ for m in Row.registry.mappers if m.class_.__name__ == name)


def counts(taken: catalogue.Taken) -> str:
    """What became of a small file, in a sentence."""
    return gettext(
        "New rows: %(new)s; changed rows: %(changed)s.", new=taken.created, changed=taken.changed
    )


def store() -> FileStore:
    """Where the files of imports lie."""
    return register_imports.store_below(current_app.config["UPLOAD_DIR"])


def asked(register: Register, page: str, *, trial: bool) -> Asked:
    """How the work stands in the person's list of long work."""
    title = gettext("Import: %(title)s", title=register.screen.plural)
    if trial:
        title = " – ".join([title, gettext("Try only")])
    return Asked(int(current_user.id), title, str(get_locale()), page)


def taken_in(facts: dict[str, Any], progress: Progress) -> tuple[str, str, bytes]:
    """The job. What came of it stands on the page of the import; `facts["said"]` is its sentence."""
    actor = jobs.person(facts["user"])
    register = register_of(model_named(facts["register"]))
    if actor is not None and may_import(register, actor):
        run = register_imports.of(facts["import"], register.name)
        reader = LineReader(register, run.places)
        job = import_runs.Job(register.model, reader, store(), actor, present.now, progress)
        import_runs.carry_out(run.id, job)
        facts["said"] = said(register_imports.of(facts["import"], register.name))
    return "", "", b""


def may_import(register: Register, actor: Actor) -> bool:
    """Whether the person still has the right, which may have been taken away since it was asked for."""
    return any("i" in register.screen.roles.get(role, "") for role in actor.roles)


def said(run: RegisterImport) -> str:
    """How an import stands, in a sentence."""
    if run.said:
        return run.said
    if run.state is RunState.tried and run.tried:
        trial = gettext("This was a trial: nothing has been stored yet.")
        return " ".join([numbers(run.tried), trial])
    if run.state is RunState.paused:
        return gettext(
            "Paused: %(done)s of %(total)s lines are stored.",
            done=values.number(run.done),
            total=values.number(run.total),
        )
    if run.state in (RunState.done, RunState.stopped):
        return numbers({name: getattr(run, name) for name in register_imports.COUNTS})
    return ""


def numbers(found: dict[str, int]) -> str:
    """The four counts in a sentence."""
    return gettext(
        "New: %(new)s; changed: %(changed)s; the same: %(same)s; wrong: %(wrong)s.",
        new=values.number(found["created"]),
        changed=values.number(found["changed"]),
        same=values.number(found["same"]),
        wrong=values.number(found["wrong"]),
    )


jobs.KINDS["import"] = taken_in
