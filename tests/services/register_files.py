"""Files for the register of land types, and the way they go: begun, chosen, tried, stored."""

import io
from pathlib import Path
from typing import Any

from app import clock
from models.reference import LandType
from models.register_import import RegisterImport
from services import import_runs, register_imports
from services.filestore import FileStore
from services.register_imports import Asked
from tests.factories.dossiers import actor
from views.generated.columns import register_of
from views.generated.reading import LineReader

PLACES = {"code": 0, "name": 1, "group": 2}
ASKED = Asked(1, "Nhập dữ liệu", "vi", "/")


def content(count: int, prefix: str = "z") -> bytes:
    """A CSV of so many land types."""
    rows = (f"{prefix}{n},Loại đất số {n},Nhóm {n % 7}" for n in range(count))
    return "\r\n".join(["Mã,Tên,Nhóm", *rows]).encode()


def who() -> dict[str, Any]:
    """The administrator, now."""
    return {"actor": actor("quantri"), "at": clock.now()}


def begun(store: FileStore, data: bytes, name: str = "loai-dat.csv") -> str:
    """An import with its columns chosen; its id."""
    run = register_imports.begin(
        "LandType", io.BytesIO(data), name, store=store, limit=10**8, user_id=1, **who()
    )
    return chosen(store, str(run.id))


def chosen(store: FileStore, run_id: str, match_by: str | None = None) -> str:
    """Choose the columns of `content`."""
    choice: dict[str, Any] = {"places": PLACES, "match_by": match_by, "remembered": False}
    register_imports.choose(run_id, **choice, head=None, store=store, **who())
    return run_id


def job(store: FileStore, progress: Any = lambda done, total: None) -> import_runs.Job:
    """What a run needs."""
    reader = LineReader(register_of(LandType), PLACES)
    return import_runs.Job(LandType, reader, store, who()["actor"], clock.now, progress)


def tried(store: FileStore, run_id: str) -> RegisterImport:
    """Try it; as it stands then."""
    register_imports.start_trial(run_id, ASKED, **who())
    import_runs.carry_out(run_id, job(store))
    return register_imports.of(run_id, "LandType")


def store_in(folder: str | Path) -> FileStore:
    """The files of imports below a folder."""
    return register_imports.store_below(folder)
