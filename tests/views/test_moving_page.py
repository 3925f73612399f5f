"""The page on which running dossiers of an older version are moved."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import StepKind
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from services import procedure
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.factories.pages import Page
from tests.house.test_catalogue import troubles

FORM = "//div[contains(@class, 'moving')]//form[@method='post']"


@pytest.fixture
def admin(session: Any, login: Any) -> Any:
    return login(Role.admin)


def renewed(**more: Any) -> Any:
    """A new version of a procedure, in force from today on, whose work has another name."""
    who: dict[str, Any] = {"actor": made.actor("quantri"), "at": made.now()}
    draft = procedure.draft_from(made.version_of(made.SUSPENSION), **who)
    draft.valid_from = made.now().date()
    work = next(s for s in draft.steps if s.kind is StepKind.work)
    work.name = "Thẩm định và kiểm tra thực địa"
    for name, value in more.items():
        setattr(work, name, value)
    db.session.commit()
    return procedure.publish(draft, **who)


def page_of(admin: Any, version: Any) -> Page:
    return Page(admin.get(f"/thiet-ke/{version.id}/chuyen-ho-so"))


def send(admin: Any, version: Any, viec: str, **typed: Any) -> Any:
    values = page_of(admin, version).values(FORM)
    address = page_of(admin, version).find(FORM).get("action")
    return admin.post(address, data={**values, **typed, "viec": viec})


def versions(*ids: str) -> set[str]:
    query = sa.select(Dossier.version_id).where(Dossier.id.in_(ids))
    return set(db.session.scalars(query))


def test_the_page_lists_what_runs_proposes_the_mapping_and_names_no_applicant(admin):
    dossier = made.at_step(StepKind.work, made.SUSPENSION)
    code, owner = dossier.code, dossier.owner_name
    answer = admin.get(f"/thiet-ke/{renewed().id}/chuyen-ho-so")
    page = Page(answer)
    assert code in page.text and owner not in page.text
    assert "Thẩm định và kiểm tra thực địa" in page.text
    assert not troubles(answer.get_data(as_text=True))


def test_chosen_dossiers_are_moved_and_the_others_stay(admin):
    one = made.at_step(StepKind.work, made.SUSPENSION).id
    other = made.at_step(StepKind.work, made.SUSPENSION).id
    old = versions(other)
    version = renewed()
    new = version.id
    answer = send(admin, version, "chon", **{"ho-so": one, "reason": "Quyết định mới"})
    assert answer.status_code == 303
    assert versions(one) == {new} and versions(other) == old
    moved = db.session.get_one(Dossier, one)
    assert [s.name for s in live(moved)] == ["Thẩm định và kiểm tra thực địa"]


def test_all_are_moved_at_once_and_a_refused_one_is_named(admin):
    one = made.at_step(StepKind.work, made.SUSPENSION)
    held = made.at_step(StepKind.work, made.SUSPENSION)
    ids, code = (one.id, held.id), held.code
    verbs = made.verbs
    verbs.suspend(
        held, kind="outage", reason="Mất điện", actor=made.actor("truongphong"), at=made.now()
    )
    version = renewed()
    new = version.id
    answer = send(admin, version, "tat-ca", reason="Quyết định mới")
    assert answer.status_code == 422
    page = Page(answer)
    assert code in page.find("//*[contains(@class, 'error-summary')]").text_content()
    assert versions(ids[0]) == {new} and versions(ids[1]) != {new}
    assert page.values(FORM)["reason"] == "Quyết định mới"


def test_without_a_reason_nothing_moves_and_what_was_chosen_stays(admin):
    dossier = made.at_step(StepKind.work, made.SUSPENSION).id
    version = renewed()
    new = version.id
    answer = send(admin, version, "chon", **{"ho-so": dossier, "han": "reckoned"})
    page = Page(answer)
    assert answer.status_code == 422 and page.error("reason")
    assert page.values(FORM)["ho-so"] == dossier and page.values(FORM)["han"] == "reckoned"
    assert versions(dossier) != {new}


def test_a_step_in_hand_without_a_goal_is_named_before_anything_moves(admin):
    dossier = made.at_step(StepKind.work, made.SUSPENSION)
    work = live(dossier)[0].definition_id
    kept = dossier.id
    version = renewed()
    new = version.id
    typed = {"ho-so": kept, "reason": "Luật mới", f"b-{work}": ""}
    answer = send(admin, version, "chon", **typed)
    assert answer.status_code == 422 and versions(kept) != {new}
    assert Page(answer).all("//tr[contains(@class, 'moving-open')]")


def test_a_version_whose_day_has_not_come_takes_nothing(admin):
    dossier = made.at_step(StepKind.work, made.SUSPENSION).id
    who: dict[str, Any] = {"actor": made.actor("quantri"), "at": made.now()}
    later = procedure.publish(procedure.draft_from(made.version_of(made.SUSPENSION), **who), **who)
    new = later.id
    page = page_of(admin, later)
    assert page.find("//button[@value='chon']").get("disabled") is not None
    answer = send(admin, later, "chon", **{"ho-so": dossier, "reason": "Sớm"})
    assert answer.status_code == 422 and versions(dossier) != {new}
