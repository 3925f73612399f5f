"""Several members of a closed list in one column: shown in words, read from words or values."""

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from domain.errors import DomainError
from domain.roles import Role
from models.procedure import Procedure
from views.generated import values
from views.generated.columns import register_of

HOW = register_of(Procedure)["how"]


def test_members_are_shown_in_the_readers_words(app):
    with app.test_request_context(), force_locale("vi"):
        assert values.text(HOW, "in_person\npostal") == "Trực tiếp; Bưu chính công ích"
        assert values.text(HOW, None) == ""


@pytest.mark.parametrize(
    "typed", ["Trực tiếp; Bưu chính công ích", "trực tiếp, postal", "in_person\npostal\nin_person"]
)
def test_members_are_read_from_words_and_values(app, typed):
    with app.test_request_context(), force_locale("vi"):
        assert values.read(HOW, typed) == "in_person\npostal"


def test_a_word_of_no_member_is_refused_at_its_field(app):
    with app.test_request_context(), pytest.raises(DomainError) as raised:
        values.read(HOW, "in_person; by_pigeon")
    assert (raised.value.code, raised.value.field) == ("value.choice", "how")


def test_page_and_form_of_a_procedure_show_words(session, login):
    row = session.scalars(sa.select(Procedure).where(Procedure.how.is_not(None))).first()
    client, base = login(Role.admin), "/danh-muc/procedure"
    assert "Trực tiếp; " in client.get(f"{base}/show/{row.id}").text
    form = client.get(f"{base}/edit/{row.id}").text
    assert 'value="Trực tiếp; ' in form and "in_person" not in form
