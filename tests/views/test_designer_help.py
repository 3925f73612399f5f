"""The help beside a condition."""

from typing import Any

from domain.field_kinds import FieldKind
from domain.formula import FUNCTIONS, parse
from domain.roles import Role
from services.procedure import draft_from
from tests.factories.designs import address, field, who
from tests.factories.dossiers import version_of
from tests.factories.pages import Page
from views.designer import names


def test_help_explains_every_function_and_its_examples_can_be_read(app: Any) -> None:
    assert names.FUNCTIONS.keys() == set(FUNCTIONS.values())
    for text, _ in (*names.FUNCTIONS.values(), *names.EXAMPLES):
        parse(text)


def test_the_help_of_a_condition_names_what_may_stand_there(login: Any, session: Any) -> None:
    admin, draft = login(Role.admin), draft_from(version_of(), **who())
    field(draft, "Loại", kind=FieldKind.choice, choices="xe = Để xe\nkho = Kho")
    field(draft, "Bảng", kind=FieldKind.group)
    field(draft, "Dài", kind=FieldKind.number, group="bang")
    page = Page(admin.get(address(draft, "phi", them="1")))
    offered = [b.get("data-insert") for b in page.all("//*[@data-into='only_if']//button")]
    assert {'loai = "xe"', "dem(bang)", 'tong(bang, "dai")', "authorised", "và"} <= {*offered}
    column = Page(admin.get(address(draft, "du-lieu", them="1", bang="bang")))
    inside = [b.get("data-insert") for b in column.all("//*[@data-into='calculated']//button")]
    assert "dai" in inside and 'tong(bang, "dai")' not in inside
