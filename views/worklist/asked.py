"""What an address of the work-list asks for; every filter stands in it, so that Back keeps them."""

import uuid
from collections.abc import Mapping
from typing import NamedTuple

from flask import abort, url_for

from domain.codes import StepKind
from domain.text import N_
from services import worklist as service

#: tab → its address and its name.
TABS: dict[service.Tab, tuple[str, str]] = {
    "mine": ("cua-toi", N_("Mine")),
    "department": ("cua-phong", N_("My department's")),
    "others": ("cho-nguoi-khac", N_("Waiting for others")),
    "supplement": ("cho-bo-sung", N_("Awaiting supplement")),
    "soon": ("sap-tre", N_("Nearly late")),
}
#: A tab is asked for by its address or by the name services know it by.
SLUGS: dict[str, service.Tab] = {
    name: tab for tab, (slug, _) in TABS.items() for name in (slug, tab)
}
#: Addresses of former tabs: the tab that holds the same now, and whether only what is late.
FORMER: dict[str, tuple[service.Tab, bool]] = {
    "dang-cho": ("others", False),
    "waiting": ("others", False),
    "tre": ("soon", True),
    "late": ("soon", True),
}
LONGEST = 120
#: What the names of filters over the data of a procedure begin with, and how many there may be.
DATA, MOST_ASKED = "d-", 40
#: How the list is shown: columns, groups, view.
LOOK, LONGEST_LOOK = ("cot", "nhom", "xem"), 1000


class Asked(NamedTuple):
    """A tab, narrowed, and a place in it; `keep` is how it is shown (`views.lists`), as (name, value)."""

    tab: service.Tab
    narrow: service.Narrow
    after: str | None = None
    before: str | None = None
    keep: tuple[tuple[str, str], ...] = ()

    @property
    def filters(self) -> dict[str, str]:
        """The filters as they stand in an address; empty ones do not."""
        narrow = self.narrow
        found = {
            "q": narrow.q,
            "thu-tuc": narrow.procedure,
            "buoc": narrow.kind.value if narrow.kind else None,
            "nguoi": narrow.holder,
            "tre": "1" if narrow.late else None,
        }
        found |= {f"{DATA}{name}": value for name, value in narrow.data}
        return {name: value for name, value in found.items() if value}

    @property
    def params(self) -> dict[str, str]:
        """All that the address says."""
        place = {"sau": self.after, "truoc": self.before}
        kept = {name: value for name, value in place.items() if value}
        return {"tab": TABS[self.tab][0], **self.filters, **dict(self.keep), **kept}

    def address(self, tab: service.Tab | None = None, **place: str) -> str:
        """This list, or another tab narrowed alike, from its beginning or from `sau` or `truoc`."""
        slug = TABS[tab or self.tab][0]
        values = {"tab": slug, **self.filters, **dict(self.keep), **place}
        return url_for("worklist.show", **values)

    def here(self, endpoint: str = "worklist.show") -> str:
        """The very page that was asked for."""
        return url_for(endpoint, **self.params)


def read(values: Mapping[str, str]) -> Asked:
    """What an address asks for; 404 for a tab that is none. A filter that cannot be is none."""
    name = values.get("tab", "cua-toi")
    tab, late = FORMER.get(name) or (SLUGS.get(name), False)
    if tab is None:
        abort(404)
    holder = values.get("nguoi", "")
    narrow = service.Narrow(
        q=" ".join(values.get("q", "").split())[:LONGEST] or None,
        procedure=_id(values.get("thu-tuc", "")),
        kind=_kind(values.get("buoc", "")),
        holder=holder if holder == service.NOBODY else _id(holder),
        late=late or values.get("tre") == "1",
        data=_data(values),
    )
    keep = tuple((n, values[n][:LONGEST_LOOK]) for n in LOOK if values.get(n))
    return Asked(tab, narrow, values.get("sau") or None, values.get("truoc") or None, keep)


def _data(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What is asked of the data of one procedure; without a procedure nothing can be."""
    if not _id(values.get("thu-tuc", "")):
        return ()
    pairs = ((n.removeprefix(DATA), v.strip()) for n, v in values.items() if n.startswith(DATA))
    return tuple((name, text[:LONGEST]) for name, text in pairs if text)[:MOST_ASKED]


def _id(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def _kind(text: str) -> StepKind | None:
    return StepKind(text) if text in set(StepKind) else None
