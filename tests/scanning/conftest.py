"""A place for scans of its own, and the work as the server does it."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.base import db
from models.scan import ScanBatch
from models.scope import within
from services.acting import scope_of
from services.scanning import work
from services.scanning.filing import Place, take
from tests.factories import dossiers as make


@pytest.fixture
def secret(app: Any) -> str:
    """What marks are signed with."""
    return str(app.config["SECRET_KEY"])


@pytest.fixture
def place(tmp_path: Path, secret: str) -> Place:
    """Where this test keeps its scans and files."""
    return Place.below(tmp_path / "uploads", secret)


@pytest.fixture
def hand_in(session: Any, place: Place) -> Callable[..., str]:
    """Hand a file in as an officer does; gives the id of its batch."""

    def act(data: bytes, name: str = "quet.pdf", who: str = "tiepnhan") -> str:
        actor = make.actor(who)
        with within(scope_of(actor)):
            return take(
                io.BytesIO(data),
                name,
                source="upload",
                post=actor.home,
                actor=actor,
                at=make.now(),
                place=place,
            ).batch_id

    return act


@pytest.fixture
def scan(hand_in: Callable[..., str], place: Place) -> Callable[..., ScanBatch]:
    """Hand a file in and work through it."""

    def act(data: bytes, **more: Any) -> ScanBatch:
        batch_id = hand_in(data, **more)
        work.work(batch_id, place=place, now=make.now)
        db.session.expire_all()
        return db.session.get_one(ScanBatch, batch_id)

    return act
