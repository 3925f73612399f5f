"""Many officers at once: each in a thread of its own, with its own session and scope."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from models.base import db
from models.scope import everything, within
from services.acting import Actor, scope_of


def at_once(app: Flask, acts: list[tuple[Actor, Callable[[], Any]]]) -> list[Any]:
    """Start all acts together; what each returned, or the error it ended with, in the same order."""
    db.session.remove()  # an open read would go on seeing the state before the acts
    with app.app_context(), everything():
        scopes = [scope_of(actor) for actor, _ in acts]
        db.session.remove()
    ready = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        with app.app_context(), within(scopes[number]):
            ready.wait()
            try:
                answers[number] = acts[number][1]()
            except Exception as error:
                answers[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers
