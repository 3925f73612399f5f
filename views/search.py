"""Search: a code, a name without diacritics, an identity or telephone number, an old number."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from markupsafe import Markup, escape

from domain import numbering
from domain.errors import DomainError
from models.applicant import Applicant
from services import people, search
from services.search_sources import told
from views import access, export, frames, present
from views.clock import reader_clock

ROWS, PEOPLE = 25, 5


class Search(BaseView):  # type: ignore[misc]
    """One box for everything."""

    route_base = "/tra-cuu"
    default_view = "index"

    @expose("", methods=["GET"])
    @access.permission("can_use", "Search")
    def index(self) -> Any:
        """The findings; a whole code leads straight to its dossier."""
        typed = " ".join(request.args.get("q", "").split())[:120]
        after = request.args.get("sau") or None
        found, status = search.Results((), None), 200
        try:
            found = search.find(typed, limit=ROWS, after=after) if typed else found
        except DomainError:
            after, status = None, 400
        if len(found.rows) == 1 and not after and numbering.looks_like_code(typed):
            return redirect(f"/ho-so/{found.rows[0].id}")
        return self._page(typed, found, after), status

    @expose("/xuat/<string:form>", methods=["GET"])
    @access.permission(*export.PERMISSION)
    def export(self, form: str) -> Any:
        """What is found, before names that are only similar, as csv or xlsx."""
        typed = " ".join(request.args.get("q", "").split())[:120]
        return export.sent(export.of_search(typed), form)

    @expose("/nguoi/<uuid:person_id>", methods=["GET"])
    @access.permission("can_read", "Applicant")
    def person(self, person_id: Any) -> Any:
        """What is known of a person or body, and their dossiers within sight."""
        someone = access.seen(Applicant, person_id)
        after = request.args.get("sau") or None
        try:
            found = people.dossiers_of(someone, after=after, limit=ROWS)
        except DomainError:
            return redirect(url_for("Search.person", person_id=someone.id))
        here = {"person_id": someone.id}
        older = url_for("Search.person", **here, sau=found.after) if found.after else None
        first = url_for("Search.person", **here) if after else None
        pager = {"newer": first, "older": older, "newer_label": gettext("From the start")}
        return self.render_template(
            "search/person.html",
            title=someone.name,
            person=someone,
            rows=found.rows,
            left=reader_clock(present.actor(), present.now()),
            pager=pager if first or older else None,
        )

    def _page(self, typed: str, found: search.Results, after: str | None) -> str:
        first = url_for("Search.index", q=typed) if after else None
        older = url_for("Search.index", q=typed, sau=found.after) if found.after else None
        pager = {"newer": first, "older": older, "newer_label": gettext("From the start")}
        if found.wider:
            pager["older_label"] = gettext("Similar names")
        looked = typed and not after and access.may("can_read", "Applicant")
        known = people.find(typed, limit=PEOPLE) if looked else ()
        table = render_template(
            "search/_found.html",
            people=[(one, told(one)) for one in known],
            q=typed,
            rows=found.rows,
            further=after is not None,
            left=reader_clock(present.actor(), present.now()),
            writes=access.may(*export.PERMISSION),
            pager=pager if first or older else None,
        )

        def draw(given: Mapping[str, str]) -> str:
            page = self.render_template(
                "search/index.html", title=gettext("Search"), empty=not found.rows, **given
            )
            return str(page)

        holes = {"q": escape(typed), "found": Markup(table)}
        return frames.framed(bool(found.rows), holes, draw)
