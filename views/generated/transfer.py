"""The files that leave a register: exports and the printed book."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote

from flask import Response, abort, request, stream_with_context
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access

from models.scope import Scope, current, within
from services import catalogue
from services.jobs import Progress
from views import jobs, present
from views.generated import files, taking
from views.generated.columns import Register, register_of
from views.generated.listing import COUNTED, State, counted, ordered, read_state

#: A longer list is written by a job, which can be left and found again.
AT_ONCE = COUNTED
#: Rows between two looks at the bar.
STEP = 200


def exported(facts: dict[str, Any], progress: Progress) -> tuple[str, str, bytes]:
    """The job: the rows of a list as csv or xlsx; (name, type, content)."""
    register = register_of(taking.model_named(facts["register"]))
    state = read_state(register, dict(parse_qsl(facts["query"])))
    total = ordered(state).order_by(None).count()
    progress(0, total)

    def told(number: int) -> None:
        if number % STEP == 0:
            progress(number, total)

    if facts["form"] == "pdf":
        book = files.as_book(state, told)
        progress(total, total)
        return f"{register.screen.plural}.pdf", "application/pdf", book
    writer = files.as_csv if facts["form"] == "csv" else files.as_xlsx
    pieces = (p.encode() if isinstance(p, str) else p for p in writer(state, told))
    content = b"".join(pieces)
    progress(total, total)
    kind = "text/csv; charset=utf-8" if facts["form"] == "csv" else files.XLSX_TYPE
    return f"{register.screen.plural}.{facts['form']}", kind, content


jobs.KINDS["export"] = exported


class Transfer:
    """Mixin of McModelView."""

    register: Register
    endpoint: str
    render_template: Any
    may: Any

    @expose("/export/<string:form>")
    @has_access
    def export(self, form: str) -> Any:
        """The rows of the list as csv or xlsx, sent while they are read."""
        if form not in {"csv", "xlsx"}:
            abort(404)
        state = self._noted(form)
        if counted(state) > AT_ONCE:
            return self._asked(form, state)
        made = files.as_csv(state) if form == "csv" else files.as_xlsx(state)
        pieces = _inside(current(), made)
        kind = "text/csv; charset=utf-8" if form == "csv" else files.XLSX_TYPE
        return Response(stream_with_context(pieces), content_type=kind, headers=self._named(form))

    @expose("/book")
    @has_access
    def book(self) -> Any:
        """The rows of the list as a printed book."""
        state = self._noted("pdf")
        if counted(state) > AT_ONCE:
            return self._asked("pdf", state)
        content = files.as_book(state)
        return Response(content, content_type="application/pdf", headers=self._named("pdf"))

    def _asked(self, form: str, state: State) -> Any:
        facts = {"register": self.register.name, "form": form, "query": state.query()}
        return jobs.asked("export", str(self.register.screen.plural), facts)

    def _noted(self, form: str) -> State:
        state = read_state(self.register, request.args)
        catalogue.note_export(self.register.model, form=form, query=state.query(), **present.who())
        return read_state(self.register, request.args)

    def _named(self, form: str) -> dict[str, str]:
        name = f"{self.register.screen.plural}.{form}"
        plain = f"{self.register.model.__tablename__}.{form}"
        disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
        return {"Content-Disposition": disposition}


def _inside(scope: Scope, pieces: Iterator[Any]) -> Iterator[Any]:
    """An answer is sent after its request has ended, scope included: enter it again."""
    with within(scope):
        yield from pieces
