"""How a list is shown, as its address holds it: which view, which columns in which order, which groups.

Everything of a view stands in the address, so that a copied link shows the same. Only the columns that a
reader has chosen for good stand in where an address names none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request
from flask_login import current_user

from services import kept_views
from services.kept_views import ALL, Kept, View
from views import present
from views.lists import bar

#: Parameters of an address that belong to every list; a filter must not be named so.
VIEW, COLUMNS, GROUP = bar.VIEW, bar.COLUMNS, bar.GROUP
#: Parts of an address that are no part of a view.
PASSING = frozenset({VIEW, bar.OPEN, bar.MOVED})
#: What every list reads in the same way.
OWN = frozenset({COLUMNS, GROUP})
#: Longer than any list of columns that a person chooses.
MOST_NAMES = 100


@dataclass(frozen=True)
class Shape:
    """What a list can show.

    key: its name for ever; address: without conditions; columns: name → label of every column that the
    reader may read; standard: those shown when nobody has chosen; fixed: those always shown; groups:
    name → label of what its rows can be grouped by; words: name → label of its other parameters; quiet:
    those that narrow nothing by themselves, such as the number of rows.
    """

    key: str
    address: str
    columns: Mapping[str, Any]
    standard: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    groups: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)
    quiet: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Look:
    """A list as this request shows it.

    columns: names of the columns in their order; group: what the rows are grouped by, "" for nothing;
    view: the saved view in force; said: columns as the address names them, none where it does not;
    unknown: names in the address that the list does not have.
    """

    shape: Shape
    kept: Kept
    columns: tuple[str, ...]
    group: str
    view: View | None
    said: str
    unknown: tuple[str, ...]
    given: Mapping[str, str]

    @property
    def instead(self) -> str:
        """Where the plain address leads: the view that opens by itself; "" when the list is shown."""
        opens = self.kept.view(self.kept.opens)
        if opens is None or self.given or request.method != "GET":
            return ""
        return bar.address_of(self.shape.address, opens)

    @cached_property
    def keep(self) -> dict[str, str]:
        """What links and forms of the list carry on, by name; empty values are left out."""
        marker = self.view.id if self.view else (ALL if self.kept.opens else "")
        found = {COLUMNS: self.said, GROUP: self.group, VIEW: marker}
        return {name: value for name, value in found.items() if value}

    @property
    def plain(self) -> str:
        """The address of the list without conditions and without a view."""
        opens = self.kept.opens
        return f"{self.shape.address}?{urlencode({VIEW: ALL})}" if opens else self.shape.address

    def full(self, pairs: Mapping[str, str]) -> dict[str, str]:
        """All that the list shows now, columns included: what is saved, and what a copied link says."""
        found = {**pairs, COLUMNS: ".".join(self.columns), GROUP: self.group}
        return {name: value for name, value in found.items() if value}

    def lost(self, pairs: Mapping[str, str]) -> list[str]:
        """Names of the view in force that the list no longer has or can no longer read."""
        if self.view is None:
            return []
        wanted = dict(parse_qsl(self.view.query))
        gone = [
            n for n in wanted if n in self.given and n not in pairs and n not in (COLUMNS, GROUP)
        ]
        return [*gone, *self.unknown]

    def changed(self, pairs: Mapping[str, str]) -> bool:
        """Whether the address differs from the view in force; what the list has lost is no difference."""
        if self.view is None:
            return False
        wanted = dict(parse_qsl(self.view.query))
        gone = {name for name in self.lost(pairs) if name in wanted and name != COLUMNS}
        if GROUP in wanted and wanted[GROUP] in self.unknown:
            gone.add(GROUP)
        columns, quiet = wanted.get(COLUMNS, "").split("."), self.shape.quiet
        wanted[COLUMNS] = ".".join(name for name in columns if name in self.shape.columns)
        shown = {n: v for n, v in self.full(pairs).items() if n in wanted or n not in quiet}
        return {n: v for n, v in wanted.items() if n not in gone} != shown

    def bar(self, pairs: Mapping[str, str]) -> "bar.Bar":
        """What stands above the rows. pairs: the list's own conditions as its address writes them,
        without place, columns, group and view."""
        return bar.made(self, pairs)


def look(shape: Shape, args: Mapping[str, str]) -> Look:
    """Read the address and, in one statement, what its reader has kept of the list."""
    kept = kept_views.kept(shape.key, user_id=int(current_user.id), actor=present.actor())
    said = args.get(COLUMNS, "")
    named = tuple(dict.fromkeys(said.split("."))) if said else ()
    chosen = [n for n in named or kept.columns if n in shape.columns][:MOST_NAMES]
    group = args.get(GROUP, "")
    unknown = [n for n in named if n and n not in shape.columns]
    unknown += [group] if group and group not in shape.groups else []
    return Look(
        shape,
        kept,
        columns=_whole(shape, chosen),
        group=group if group in shape.groups else "",
        view=kept.view(args.get(VIEW, "")),
        said=".".join(_whole(shape, chosen)) if named and chosen else "",
        unknown=tuple(unknown),
        given={n: v for n, v in args.items() if not n.startswith("_flt_")},
    )


def _whole(shape: Shape, chosen: list[str]) -> tuple[str, ...]:
    """The chosen columns, those that always stand there among them; the standard ones for none."""
    if not chosen:
        return shape.standard
    return (*(name for name in shape.fixed if name not in chosen), *chosen)
