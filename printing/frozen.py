"""Contexts as plain JSON values and back: what an issued paper is kept as."""

import dataclasses
import types
import typing
from datetime import date, datetime
from typing import Any


def freeze(value: Any) -> Any:
    """A context, or any part of one, in JSON's types; moments in ISO form."""
    if dataclasses.is_dataclass(value):
        return {f.name: freeze(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [freeze(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def thaw(kind: type[Any], values: dict[str, Any]) -> Any:
    """The context of class `kind` from its frozen values.

    A field that was added to the class later takes its default; one that was dropped is ignored,
    so that a paper of years ago still prints.
    """
    hints = typing.get_type_hints(kind)
    known = {f.name for f in dataclasses.fields(kind)}
    return kind(**{k: _thawed(hints[k], v) for k, v in values.items() if k in known})


def _thawed(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _thawed(next(p for p in parts if p is not type(None)), value)
    if origin is tuple:
        return tuple(_thawed(parts[0], part) for part in value)
    if dataclasses.is_dataclass(hint):
        return thaw(typing.cast(type[Any], hint), value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is date:
        return date.fromisoformat(value)
    return value
