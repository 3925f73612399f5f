"""The page of a replay, and its table as a file."""

from typing import Any

import pytest

from domain.codes import StepKind
from domain.roles import Role
from models.base import db
from services import procedure
from tests.factories import dossiers as made
from tests.factories.pages import Page
from tests.house.test_catalogue import troubles


@pytest.fixture
def draft(session: Any) -> Any:
    who: dict[str, Any] = {"actor": made.actor("quantri"), "at": made.now()}
    return procedure.draft_from(made.version_of(made.SUSPENSION), **who)


def test_the_page_states_figures_steps_and_assumptions(draft, login):
    made.processed()
    answer = login(Role.admin).get(f"/thiet-ke/{draft.id}/chay-lai")
    page = Page(answer)
    work = next(s.name for s in draft.steps if s.kind is StepKind.work)
    assert work in page.text and "Giả định khi tính" in page.text
    assert page.all("//*[contains(@class, 'tile')]/b")[0].text_content() == "1"
    assert not troubles(answer.get_data(as_text=True))


def test_the_csv_has_a_line_for_each_step_of_the_table(draft, login):
    made.processed()
    answer = login(Role.admin).get(f"/thiet-ke/{draft.id}/chay-lai?tep=csv")
    lines = answer.get_data(as_text=True).strip().splitlines()
    steps = [s for s in draft.steps if s.kind is not StepKind.return_result]
    assert answer.mimetype == "text/csv" and len(lines) == 1 + len(steps)


def test_nothing_done_yet_is_said_and_a_term_that_cannot_be_read_is_named(draft, login):
    admin = login(Role.admin)
    assert "chưa có hồ sơ nào" in Page(admin.get(f"/thiet-ke/{draft.id}/chay-lai")).text
    made.processed()
    draft.legal_term = "ba ngày"
    db.session.commit()
    answer = admin.get(f"/thiet-ke/{draft.id}/chay-lai")
    assert answer.status_code == 422 and "ba ngày" in Page(answer).text
