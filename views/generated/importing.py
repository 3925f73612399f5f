"""The pages of an import: a small file at once, any file by choosing its columns, trying and storing."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, lazy_gettext as _l
from flask_login import current_user

from domain.errors import DomainError
from models.register_import import RegisterImport, RunState
from services import catalogue, register_imports
from views import jobs, kept_forms, present
from views.generated import files, import_page, taking
from views.generated.columns import Register
from views.generated.reading import needed

#: A larger file is taken in by a job, piece by piece.
MOST_BYTES = 100_000
#: Acts of the page of an import that change something while it is at work or waits.
ACTS = {"store", "pause", "go_on", "stop", "columns"}


class Importing:
    """Mixin of McModelView."""

    register: Register
    endpoint: str
    render_template: Any
    may: Any
    import_template = "generated/import.html"
    run_template = "generated/import_run.html"

    @expose("/import", methods=["GET", "POST"])
    @has_access
    def take_in(self) -> Any:
        """A file is sent: to choose its columns, or (a small one) to be tried or stored at once."""
        if request.method == "GET" or kept_forms.only_show():
            return self._import_page(200)
        upload = request.files.get("file")
        try:
            if upload is None:
                raise DomainError("file.empty")
            size = upload.stream.seek(0, 2)
            upload.stream.seek(0)
            if request.form.get("really") == "map" or size > MOST_BYTES:
                return self._begun(upload)
            if not size:
                raise DomainError("file.empty")
            return self._at_once(upload.stream.read())
        except DomainError as error:
            return self._import_page(422, refusal=error.text(gettext))

    def _begun(self, upload: Any) -> Any:
        """Keep the file and lead to the choice of its columns."""
        run = register_imports.begin(
            self.register.name,
            upload.stream,
            upload.filename or "",
            store=taking.store(),
            limit=int(current_app.config["MAX_CONTENT_LENGTH"]),
            user_id=int(current_user.id),
            **present.who(),
        )
        return redirect(self._run_url(run.id), 303)

    def _at_once(self, content: bytes) -> Any:
        """All lines of a small file or none. Errors: those of the file as a whole."""
        lines, errors = files.read_file(self.register, content)
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
            recent=[
                (self._run_url(run.id), run, import_page.state_words(run))
                for run in register_imports.recent(self.register.name)
            ],
        )
        return str(page), status

    def _label(self, error: DomainError) -> str:
        column = self.register.get(error.field)
        return str(column.ui.label) if column is not None else ""

    # ---- one import ------------------------------------------------------------------------------
    @expose("/import/<uuid:run_id>", methods=["GET", "POST"])
    @has_access
    def import_run(self, run_id: Any) -> Any:
        """Choose columns and see the first rows; try; store; pause, go on, stop; how far it is."""
        run = self._run(run_id)
        if request.method == "GET":
            return self._run_page(run, 200)
        act, head = request.form.get("act", ""), run.form["head"]
        try:
            if act in ACTS:
                self._acted(run.id, act)
            elif not self._chosen(run, act):
                if "HX-Request" in request.headers and self._run(run_id).form["head"] != head:
                    return Response(headers={"HX-Refresh": "true"})  # other headings to choose from
                return self._run_page(self._run(run_id), 200 if act == "look" else 422)
        except DomainError as error:
            status = 200 if "HX-Request" in request.headers else 422  # a script shows no refusals
            return self._run_page(self._run(run_id), status, refused=error)
        return redirect(self._run_url(run.id), 303)

    def _acted(self, run_id: str, act: str) -> None:
        who = present.who()
        if act == "pause":
            register_imports.pause(run_id, **who)
        elif act == "columns":
            register_imports.reopen(run_id, **who)
        elif act == "stop":
            register_imports.stop(run_id, store=taking.store(), **who)
        else:
            asked = taking.asked(self.register, self._run_url(run_id), trial=False)
            if act == "go_on":
                register_imports.go_on(run_id, asked, **who)
            else:
                whole = request.form.get("whole") == "1"
                register_imports.start_storing(run_id, asked, whole=whole, **who)
            jobs.wake()

    def _chosen(self, run: RegisterImport, act: str) -> bool:
        """Keep the choice of columns; then try, if that was asked for and nothing is missing."""
        form = request.form
        head = form.get("head", "")
        run = register_imports.choose(
            run.id,
            places=import_page.places_sent(self.register, form),
            match_by=form.get("match_by") or None,
            remembered=form.get("remember") == "1",
            head=int(head) if head.isdecimal() else None,
            store=taking.store(),
            **present.who(),
        )
        if act != "try" or needed(self.register, run.places) or not run.places:
            return False
        asked = taking.asked(self.register, self._run_url(run.id), trial=True)
        register_imports.start_trial(run.id, asked, **present.who())
        jobs.wake()
        return True

    def _run_page(
        self,
        run: RegisterImport,
        status: int,
        *,
        refused: DomainError | None = None,
    ) -> Any:
        mapping = run.state is RunState.mapping
        sent = request.form if request.method == "POST" and "head" in request.form else None
        moving = import_page.progress(run, present.now())
        seen = request.args.get("phan") if request.method == "GET" else None
        part = seen == f"{run.state.value}{run.wanted or ''}" and moving["alive"]
        if seen and not part:  # something else can be done now: the whole page is shown
            return Response(headers={"HX-Refresh": "true"})
        page = self.render_template(
            "generated/_import_moving.html" if part else self.run_template,
            title=_l("Import: %(title)s", title=self.register.screen.plural),
            run=run,
            here=self._run_url(run.id),
            back=url_for(f"{self.endpoint}.take_in"),
            rows_url=url_for(f"{self.endpoint}.list"),
            wrong_url=url_for(f"{self.endpoint}.import_wrong", run_id=run.id),
            refusal=refused.text(gettext) if refused is not None else "",
            choice=import_page.choice(self.register, run, sent, refused) if mapping else None,
            **moving,
        )
        return str(page), status

    @expose("/import/<uuid:run_id>/loi")
    @has_access
    def import_wrong(self, run_id: Any) -> Any:
        """The lines that were not taken in, in the form they came in, with what is wrong of each."""
        run = self._run(run_id)
        lines = register_imports.wrong_lines(run.id)
        if not lines:
            abort(404)
        content = import_page.wrong_file(run, lines)
        form = run.form["kind"]
        kind = "text/csv; charset=utf-8" if form == "csv" else files.XLSX_TYPE
        answer = Response(content, content_type=kind)
        answer.headers.set("Content-Disposition", "attachment", filename=f"dong-loi.{form}")
        return answer

    def _run(self, run_id: Any) -> RegisterImport:
        with contextlib.suppress(DomainError):
            return register_imports.of(str(run_id), self.register.name)
        return abort(404)

    def _run_url(self, run_id: str) -> str:
        return url_for(f"{self.endpoint}.import_run", run_id=run_id)
