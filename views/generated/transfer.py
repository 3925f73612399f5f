"""The files of a register: exports, the printed book, and taking in a file after a trial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote

from flask import Response, abort, flash, redirect, request, stream_with_context, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, lazy_gettext as _l

from domain.errors import DomainError
from models.scope import Scope, current, within
from services import catalogue
from services.jobs import Progress
from views import jobs, kept_forms, present
from views.generated import files, taking
from views.generated.columns import Register, register_of
from views.generated.listing import COUNTED, State, counted, ordered, read_state

#: A longer list is written by a job, which can be left and found again.
AT_ONCE = COUNTED
#: A larger file is taken in by a job.
MOST_BYTES = 100_000
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
    import_template = "generated/import.html"

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

    @expose("/import", methods=["GET", "POST"])
    @has_access
    def take_in(self) -> Any:
        """Take in a file; the first sending only tries it and says what would happen."""
        if request.method == "GET" or kept_forms.only_show():
            return self._import_page(200)
        upload = request.files.get("file")
        content = upload.read() if upload else b""
        try:
            if not content:
                raise DomainError("file.empty")
            if len(content) > MOST_BYTES:
                files.look(self.register, content)
                return taking.asked(self.register, content, trial=request.form.get("really") != "1")
            lines, errors = files.read_file(self.register, content)
        except DomainError as error:
            return self._import_page(422, refusal=error.text(gettext))
        trial = bool(errors) or request.form.get("really") != "1"
        wrong = {number for number, _ in errors}
        good = [line for line in lines if line.number not in wrong]
        taken = catalogue.take_in(self.register.model, good, trial=trial, **present.who())
        errors = sorted([*errors, *taken.errors], key=lambda pair: pair[0])
        if errors or trial:
            return self._import_page(422 if errors else 200, taken=taken, errors=errors)
        flash(taking.counts(taken), "success")
        return redirect(url_for(f"{self.endpoint}.list"), 303)

    def _import_page(
        self,
        status: int,
        refusal: str = "",
        taken: catalogue.Taken | None = None,
        errors: Sequence[tuple[int, DomainError]] = (),
    ) -> tuple[str, int]:
        page = self.render_template(
            self.import_template,
            title=_l("Import: %(title)s", title=self.register.screen.plural),
            refusal=refusal,
            tried=taking.counts(taken) if taken and not errors else "",
            errors=[[str(n), self._label(e), e.text(gettext)] for n, e in errors],
            columns=self.register.where("edited"),
            back=url_for(f"{self.endpoint}.list"),
            sample=url_for(f"{self.endpoint}.export", form="xlsx") if self.may("export") else "",
        )
        return str(page), status

    def _label(self, error: DomainError) -> str:
        column = self.register.get(error.field)
        return str(column.ui.label) if column is not None else ""


def _inside(scope: Scope, pieces: Iterator[Any]) -> Iterator[Any]:
    """An answer is sent after its request has ended, scope included: enter it again."""
    with within(scope):
        yield from pieces
