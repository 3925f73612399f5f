"""The papers that can be looked at beside the form: scans of what was handed in, and issued papers."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from domain.errors import DomainError
from models.attachment import Attachment
from models.dossier import Dossier
from models.paper import IssuedPaper
from printing.issued import names as paper_names, render
from services import pages, papers as service

#: Dots across of a picture where no script chooses a width.
WIDTH = 1000


@dataclass(frozen=True)
class Sheet:
    """One paper: `pages` is None until it is drawn; `url` its file, and below it its pages."""

    id: str
    title: str
    pages: int | None
    url: str


@dataclass(frozen=True)
class Viewer:
    """The papers in groups, and what is shown first: a paper, its page, turned by so many degrees."""

    groups: list[tuple[str, list[Sheet]]]
    shown: Sheet | None
    page: int
    turn: int

    @property
    def count(self) -> int:
        """How many papers there are."""
        return sum(len(sheets) for _, sheets in self.groups)

    @property
    def around(self) -> tuple[Sheet | None, Sheet | None]:
        """The papers before and after the shown one."""
        sheets = [s for _, group in self.groups for s in group]
        if self.shown is None:
            return None, sheets[0] if sheets else None
        at = sheets.index(self.shown)
        after = sheets[at + 1] if at + 1 < len(sheets) else None
        return sheets[at - 1] if at else None, after


def of(
    dossier: Dossier,
    files: Iterable[Attachment],
    issued: Iterable[IssuedPaper],
    wanted: Mapping[str, str],
) -> Viewer:
    """`wanted`: the address; `xem` names the paper, else it is the first scan, `trang` the page and
    `quay` how far it is turned."""
    names = {p.id: (p.position, p.name) for p in dossier.papers}
    ordered = sorted(files, key=lambda f: (names.get(f.paper_id or "", (1_000, ""))[0], f.id))
    scans = [
        Sheet(f.id, _title(f, names), f.pages, url_for("file.show", file_id=f.id)) for f in ordered
    ]
    printed = [_issued(p, wanted.get("xem") == p.id) for p in issued]
    groups = [(gettext("Scans and files"), scans), (gettext("Issued papers"), printed)]
    chosen = next((s for s in (*scans, *printed) if s.id == wanted.get("xem")), None)
    page, turn = (_number(wanted.get(name, "")) if chosen else 0 for name in ("trang", "quay"))
    most = chosen.pages or 1 if chosen else 1
    first = chosen or (scans[0] if scans else None)
    shown = [g for g in groups if g[1]]
    return Viewer(shown, first, max(1, min(page, most)), turn // 90 * 90 % 360)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _title(file: Attachment, names: dict[str, tuple[int, str]]) -> str:
    """The paper's name says more than the name of the scan, unless the scan was given one."""
    known = names.get(file.paper_id or "")
    return f"{known[0]}. {known[1]}" if known else file.title


def _issued(paper: IssuedPaper, counted: bool) -> Sheet:
    """An issued paper is drawn anew each time, so its pages are counted only when it is shown."""
    name = paper_names()[paper.form]
    title = f"{name} {paper.number}" if paper.number else name
    number = None
    if counted:
        with contextlib.suppress(
            DomainError
        ):  # a template that fails is told where the page is drawn
            number = pages.count_of(render(paper, service.last_print(paper.id)))
    return Sheet(paper.id, title, number, url_for("paper.show", paper_id=paper.id))
