"""The package of a procedure that is not here, for the tests of packages."""

import datetime as dt
from typing import Any

import yaml

from domain.calendar import TZ
from models.procedure import ProcedureVersion
from services import packaging
from services.procedure import parts_of
from tests.factories.dossiers import actor, now

#: A moment that stands still: two exports of one version are the same text.
AT = dt.datetime(2026, 11, 27, 8, 0, tzinfo=TZ)
SECRET = "only-for-this-test-" * 3


def who() -> dict[str, Any]:
    return {"actor": actor("quantri"), "at": now()}


def text_of(version: ProcedureVersion) -> str:
    return packaging.export(version, secret=SECRET, by="Nguyễn Văn An", at=AT)


def body(text: str) -> dict[str, Any]:
    tree = yaml.safe_load(text)
    return {"procedure": tree["procedure"], "version": tree["version"]}


def erase(session: Any, version: ProcedureVersion) -> None:
    """The version, its parts and, with its last version, the procedure are not here any more."""
    owner = version.procedure
    for part in parts_of(version):
        session.delete(part)
    session.flush()
    session.delete(version)
    session.flush()
    session.expire(owner)
    if not owner.versions:
        session.delete(owner)
    session.commit()
