"""Wrong declarations stop the start with a sentence that names the class and the fix."""

import enum
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import configure_mappers

from domain.roles import Role
from models.base import Row, Screen, Ui
from views.generated.columns import kind_of, register_of
from views.generated.menus import MENUS
from views.generated.titles import msgid

LETTERS = "raedxi"
#: Kinds of which a list can be filtered by value.
FACETED = frozenset({"choice", "yes_no"})


class DeclarationError(Exception):
    """A declaration cannot be served; the text says which and what to do."""


def check_declarations(model: type[Row]) -> None:
    """Raise DeclarationError with the first mistake of a model's declaration, if there is one."""
    configure_mappers()
    for check in CHECKS:
        for mistake in check(model):
            raise DeclarationError(f"{model.__name__}: {mistake}")


def _screen(model: type[Row]) -> Iterator[str]:
    screen: Any = model.__screen__
    if not isinstance(screen, Screen):
        yield "__screen__ must be a Screen(…)."
    elif not screen.title or not screen.plural:
        yield "Screen needs a title and a plural; write title=_l(…), plural=_l(…)."
    elif screen.menu not in MENUS:
        yield f"there is no menu “{screen.menu}”; use one of {_listed(MENUS)}."
    if not isinstance(model.__dict__.get("__str__"), Callable):  # type: ignore[arg-type]
        yield "it needs a __str__ that says in words which row it is."


def _roles(model: type[Row]) -> Iterator[str]:
    roles = model.__screen__.roles  # type: ignore[union-attr]
    if not roles:
        yield "nobody may open it; give roles={Role.…: 'r', …}."
    for role, verbs in roles.items():
        if not isinstance(role, Role):
            yield f"“{role}” is no role; use one of {_listed(r.name for r in Role)}."
        wrong = [letter for letter in verbs if letter not in LETTERS]
        if wrong:
            yield f"“{wrong[0]}” is no right; the letters of {role} may be {LETTERS}."
        if verbs and "r" not in verbs:
            yield f"{role} may act but not read; add the letter r."


def _labels(model: type[Row]) -> Iterator[str]:
    labels: dict[str, str] = {}
    for name, column in sa.inspect(model).columns.items():
        ui = column.info.get("ui")
        if ui is None and name not in {"id", "agency_id", "version"}:
            yield f"column “{name}” has no label; declare it with field(_l(…), …)."
        if isinstance(ui, Ui) and not ui.label:
            yield f"the label of “{name}” is empty."
        if ui is None or column.foreign_keys:
            continue
        try:
            kind_of(column)
        except TypeError:
            yield f"column “{name}” has a type no screen can show; keep it without field()."
    for column in register_of(model).where("exported"):
        label = str(column.ui.label)
        if label in labels:
            yield f"“{labels[label]}” and “{column.name}” share the label “{label}”; change one."
        labels[label] = column.name


def _relations(model: type[Row]) -> Iterator[str]:
    faced = {key for c in register_of(model).relations for key in _local(c.attribute)}
    for name, column in sa.inspect(model).columns.items():
        ui = column.info.get("ui")
        if ui is None or not column.foreign_keys:
            continue
        if (ui.listed or ui.searched or ui.edited) and name not in faced:
            yield f"“{name}” leads to another row; add a relation with related(…) and show that."
        elif ui.listed or ui.edited:
            yield f"“{name}” has a relation with a face; write edited=False, exported=False on it."
    for column in register_of(model).relations:
        if column.attribute.property.direction.name != "MANYTOONE":
            yield f"“{column.name}” is no many-to-one relation; declare it with relationship(…)."
        elif not issubclass(column.target or object, Row):
            yield f"“{column.name}” leads to a table that is no Row; use relationship(…)."


def _local(attribute: Any) -> list[str]:
    return [column.key for column in attribute.property.local_columns]


def _flags(model: type[Row]) -> Iterator[str]:
    register = register_of(model)
    if not register.where("listed"):
        yield "no column is listed; write listed=True on those that the list shows."
    for column in register.where("searched"):
        if column.kind != "text":
            yield f"“{column.name}” is searched but holds no text; take searched=True away."
    for column in register.where("faceted"):
        if column.kind not in FACETED:
            yield f"“{column.name}” is faceted but is no closed list; take faceted=True away."
    for column in register.columns:
        for member in column.members or ():
            if msgid(member) is None:
                yield _wordless(column.name, member)


def _wordless(name: str, member: enum.Enum) -> str:
    kind = type(member).__name__
    return (
        f"{kind}.{member.name} of “{name}” has no words; give {kind} a property label, "
        "or an entry in views/generated/titles.py."
    )


def _order(model: type[Row]) -> Iterator[str]:
    name, direction = model.__screen__.order  # type: ignore[union-attr]
    names = ["id", *(c.name for c in register_of(model).columns if c.kind != "relation")]
    if name not in names:
        yield f"it is ordered by “{name}”, which it does not have; use one of {_listed(names)}."
    if direction not in {"asc", "desc"}:
        yield f"the direction “{direction}” is unknown; write asc or desc."


def _children(model: type[Row]) -> Iterator[str]:
    known = {m.class_.__name__: m.class_ for m in model.registry.mappers}
    for name in model.__screen__.children:  # type: ignore[union-attr]
        child = known.get(name)
        if child is None or getattr(child, "__screen__", None) is None:
            yield f"its child “{name}” is no class with a __screen__; check the spelling."
        elif not any(c.target is model for c in register_of(child).relations):
            yield f"its child “{name}” has no related(…) that leads back to it."


def _required(model: type[Row]) -> Iterator[str]:
    screen = model.__screen__
    addable = any("a" in verbs for verbs in screen.roles.values())  # type: ignore[union-attr]
    for name, column in sa.inspect(model).columns.items():
        ui = column.info.get("ui")
        filled = column.nullable or column.default is not None or column.foreign_keys
        if addable and ui is not None and not ui.edited and not filled:
            yield f"“{name}” must be filled but cannot be edited; give it a default."


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))


CHECKS = (_screen, _roles, _labels, _relations, _flags, _order, _children, _required)
