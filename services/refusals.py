"""Refusals of the database, turned into sentences at their field."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from domain.errors import DomainError
from models.base import Row, db
from models.scope import ScopeViolation

_BY_STATE = {
    "23505": "row.duplicate",
    "23503": "row.in_use",
    "23502": "value.required",
    "23514": "value.invalid",
}
_BY_WORDS = {
    "UNIQUE": "row.duplicate",
    "FOREIGN KEY": "row.in_use",
    "NOT NULL": "value.required",
    "CHECK": "value.invalid",
}


def flush(model: type[Row], foreign: str = "value.choice") -> None:
    """Write, and turn a refusal of the database into a sentence at its field."""
    try:
        db.session.flush()
    except IntegrityError as error:
        code = _code(error)
        code = foreign if code == "row.in_use" else code
        raise DomainError(code, field=_field(model, error)) from error
    except DataError as error:
        raise DomainError("value.invalid") from error
    except StaleDataError as error:
        raise DomainError("row.stale") from error
    except ScopeViolation as error:
        raise DomainError("scope.outside") from error


def _code(error: IntegrityError) -> str:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _BY_STATE.get(state, "value.invalid")
    words = str(error.orig)
    return next(
        (code for word, code in _BY_WORDS.items() if words.startswith(word)), "value.invalid"
    )


def _field(model: type[Row], error: IntegrityError) -> str | None:
    """The column or relation that the broken constraint is about, if it can be told."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        names = [diagnosis.column_name] if diagnosis.column_name else _named(model, diagnosis)
    else:
        names = re.findall(rf"\b{model.__tablename__}\.(\w+)", str(error.orig))
    names = [n for n in names if n not in {"agency_id", "id"}]
    return _faced(model, names[0]) if names else None


def _named(model: type[Row], diagnosis: Any) -> list[str]:
    for constraint in model.__table__.constraints:
        if constraint.name == diagnosis.constraint_name:
            return [column.key for column in constraint.columns]
    return []


def _faced(model: type[Row], name: str) -> str:
    """The relation of a foreign key, since that is the field people see."""
    for relation in sa.inspect(model).relationships:
        if "ui" in relation.info and any(c.key == name for c in relation.local_columns):
            return str(relation.key)
    return name
