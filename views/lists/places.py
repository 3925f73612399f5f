"""Which lists there are: each says by itself under which name it is kept, where it is and who may open it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from flask import current_app

from domain.roles import Role
from views import access


class Place(NamedTuple):
    """A list as the pages of views know it. open: the reader may open it; roles: who may at all."""

    title: str
    address: str
    open: bool
    roles: tuple[Role, ...]


Finder = Callable[[str], Place | None]
_finders: list[Finder] = []


def offer(finder: Finder) -> Finder:
    """Let a kind of lists take part: `finder` gives the place of a key, or None when it is not its own."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def place(key: str) -> Place | None:
    """Where the list with this key is; None when there is no such list (any more)."""
    found = (finder(key) for finder in _finders)
    return next((one for one in found if one is not None), None)


def place_for(permission: tuple[str, str], title: str, address: str) -> Place:
    """The place of a list that one permission of the role matrix opens."""
    return Place(title, address, access.may(*permission), roles_with(*permission))


def roles_with(name: str, view: str) -> tuple[Role, ...]:
    """The roles that hold a permission."""
    pair = [f"{re.escape(view)}$", f"{re.escape(name)}$"]
    held = current_app.config["FAB_ROLES"]
    return tuple(role for role in Role if pair in held.get(role.value, []))
