"""Declarations: those of the product are right; each mistake stops the start with a sentence."""

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask_appbuilder.security.sqla.models  # noqa: F401  (officers lead to accounts)
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

import models
from domain.roles import Role
from models.base import Row, Screen, field, related
from models.types import Choice, Id, Json, Text
from tests.views.generated.conftest import forget
from views.generated import declared
from views.generated.checks import DeclarationError, check_declarations
from views.generated.columns import register_of

READERS = {Role.clerk: "r"}


class Wordless(enum.StrEnum):
    """A closed list without words."""

    odd = "odd"


def screen(**changes: Any) -> Screen:
    """A right declaration with changes."""
    right = {"title": "Probe", "plural": "Probes", "menu": "reference", "roles": READERS}
    return Screen(**(right | changes))


@contextmanager
def probe(declared_screen: Any = None, **parts: Any) -> Iterator[type[Row]]:
    """A register `Probe` with a right column `name` and other parts, for a moment."""
    body = {
        "__tablename__": "test_probe",
        "__screen__": declared_screen or screen(),
        "__annotations__": {"name": Mapped[str], **parts.pop("types", {})},
        "name": field("Name", Text(20), listed=True, searched=True),
        "__str__": lambda self: self.name,
        **parts,
    }
    made = type("Probe", (Row,), {k: v for k, v in body.items() if v is not None})
    try:
        yield made
    finally:
        forget(made)


def to_unit(**flags: Any) -> dict[str, Any]:
    """A foreign key to the units."""
    column = field("Unit", Id, sa.ForeignKey("unit.id"), **flags)
    return {"unit_id": column, "types": {"unit_id": Mapped[str]}}


def bare(name: str, column: Any, kind: Any = str) -> dict[str, Any]:
    """One more column."""
    return {name: column, "types": {name: Mapped[kind]}}


@pytest.mark.parametrize("model", declared(), ids=lambda model: model.__name__)
def test_every_declaration_of_the_product_is_right(model):
    check_declarations(model)


def test_a_right_register_passes():
    with probe() as right:
        check_declarations(right)
        assert [c.name for c in register_of(right).columns] == ["name"]


MISTAKES: list[tuple[str, Any, dict[str, Any]]] = [
    ("must be a Screen", "menu", {}),
    ("needs a title", screen(title=""), {}),
    ("needs a title", screen(plural=""), {}),
    ("there is no menu “referense”", screen(menu="referense"), {}),
    ("__str__", None, {"__str__": None}),
    ("nobody may open it", screen(roles={}), {}),
    ("“clark” is no role", screen(roles={"clark": "r"}), {}),
    ("“z” is no right", screen(roles={Role.clerk: "rz"}), {}),
    ("may act but not read", screen(roles={Role.clerk: "ae"}), {}),
    ("column “extra” has no label", None, bare("extra", mapped_column(Text(5)))),
    ("label of “extra” is empty", None, bare("extra", field("", Text(5)))),
    ("type no screen can show", None, bare("extra", field("Extra", Json), dict)),
    ("share the label “Name”", None, bare("extra", field("Name", Text(5)))),
    ("add a relation with related", None, to_unit(listed=True)),
    ("no column is listed", None, {"name": field("Name", Text(20))}),
    ("searched but holds no text", None, bare("extra", field("Extra", searched=True), int)),
    ("faceted but is no closed list", None, bare("extra", field("Extra", faceted=True), int)),
    ("has no words", None, bare("extra", field("Extra", Choice(Wordless)), Wordless)),
    ("ordered by “nmae”", screen(order=("nmae", "asc")), {}),
    ("direction “up”", screen(order=("name", "up")), {}),
    ("child “Porbe”", screen(children=("Porbe",)), {}),
    ("no related(…) that leads back", screen(children=("Unit",)), {}),
    (
        "must be filled but cannot be edited",
        screen(roles={Role.clerk: "ra"}),
        bare("extra", field("Extra", Text(5), edited=False)),
    ),
]


@pytest.mark.parametrize(("sentence", "declaration", "parts"), MISTAKES, ids=lambda v: str(v)[:30])
def test_a_wrong_declaration_names_the_class_and_the_fix(sentence, declaration, parts):
    with probe(declaration, **parts) as wrong, pytest.raises(DeclarationError) as raised:
        check_declarations(wrong)
    text = str(raised.value)
    assert text.startswith("Probe: ")
    assert sentence in text
    assert text.endswith(".")


def test_a_relation_with_a_face_hides_its_foreign_key():
    parts = to_unit()
    parts["unit"] = related("Unit", foreign_keys=[parts["unit_id"]], listed=True)
    parts["types"]["unit"] = Mapped[models.organisation.Unit]
    with probe(**parts) as wrong, pytest.raises(DeclarationError, match="write edited=False"):
        check_declarations(wrong)


def test_the_start_stops_on_a_wrong_declaration(tmp_path):
    import config
    from app import create_app

    loaded = config.load({"DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "SECRET_KEY": "x" * 40})
    with (
        probe(screen(menu="referense")),
        pytest.raises(DeclarationError, match="Probe: there is no menu"),
    ):
        create_app(loaded)
