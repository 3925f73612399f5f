"""Versions of procedures: draft → published (read-only) → retired."""

import datetime as dt
from typing import Any

import pytest

from domain.errors import DomainError
from domain.events import Tag
from models.event import Event
from models.procedure import ProcedureVersion, VersionState
from services import procedure
from tests.factories.dossiers import actor, now, version_of


def administrator() -> dict[str, Any]:
    return {"actor": actor("quantri"), "at": now()}


def test_draft_from_copies_papers_steps_and_fees(session: Any) -> None:
    old = version_of()
    draft = procedure.draft_from(old, **administrator())
    assert draft.state is VersionState.draft
    assert [s.name for s in draft.steps] == [s.name for s in old.steps]
    assert [d.name for d in draft.documents] == [d.name for d in old.documents]
    assert [f.code for f in draft.fees] == [f.code for f in old.fees]
    assert draft.key not in {old.key}


def test_publish_ends_the_version_before_it_and_leaves_one_event(session: Any) -> None:
    old = version_of()
    draft = procedure.draft_from(old, **administrator())
    procedure.publish(draft, **administrator())
    assert draft.state is VersionState.published
    assert old.valid_to == draft.valid_from - dt.timedelta(days=1)
    events = session.query(Event).filter(Event.subject_id == draft.id).all()
    assert [e.tag for e in events] == [Tag.catalogue_create, Tag.procedure_publish]


def test_publish_refuses_a_version_that_is_not_a_draft(session: Any) -> None:
    with pytest.raises(DomainError) as refused:
        procedure.publish(version_of(), **administrator())
    assert refused.value.code == "procedure.not_draft"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"legal_term": None}, "procedure.no_term"), ({"legal_term": "3 ngày"}, "term.invalid")],
)
def test_publish_refuses_a_draft_a_dossier_would_stumble_over(
    session: Any, change: dict[str, Any], code: str
) -> None:
    draft = procedure.draft_from(version_of(), **administrator())
    for name, value in change.items():
        setattr(draft, name, value)
    session.commit()
    with pytest.raises(DomainError) as refused:
        procedure.publish(draft, **administrator())
    assert refused.value.code == code
    assert session.get(ProcedureVersion, draft.id).state is VersionState.draft


def test_publish_refuses_a_draft_without_steps(session: Any) -> None:
    draft = procedure.draft_from(version_of(), **administrator())
    for step in draft.steps:
        session.delete(step)
    session.commit()
    with pytest.raises(DomainError) as refused:
        procedure.publish(draft, **administrator())
    assert refused.value.code == "procedure.no_steps"


def test_retire_stops_receipts_from_today_on(session: Any) -> None:
    version = procedure.retire(version_of(), **administrator())
    assert version.state is VersionState.retired
    with pytest.raises(DomainError) as refused:
        procedure.retire(version, **administrator())
    assert refused.value.code == "procedure.not_live"


@pytest.mark.parametrize("verb", [procedure.publish, procedure.retire, procedure.draft_from])
def test_only_an_administrator_changes_the_law(session: Any, verb: Any) -> None:
    with pytest.raises(DomainError) as refused:
        verb(version_of(), actor=actor("truongphong"), at=now())
    assert refused.value.code == "dossier.role_not_allowed"
