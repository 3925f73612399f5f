"""A draft replayed over last year's dossiers: the page of what came of it, and its table as a file."""

from typing import Any

from flask import Response, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext

from domain.errors import DomainError
from models.procedure import ProcedureVersion
from services.replay import MOST, Replayed, replay
from views import access, present
from views.generated.files import csv_of

PERMISSION = ("can_use", "Publish")


class Replaying(BaseView):  # type: ignore[misc]
    """`/thiet-ke/<version>/chay-lai`; with `tep=csv` the table as a file."""

    route_base = "/thiet-ke"
    default_view = "show"

    @expose("/<uuid:version_id>/chay-lai")
    @access.permission(*PERMISSION)
    def show(self, version_id: Any) -> Any:
        """How many would have been late, and where they would have queued."""
        version = access.seen(ProcedureVersion, version_id)
        found: Replayed | None = None
        error = ""
        try:
            found = replay(version, present.now())
        except DomainError as refused:
            error = refused.text(gettext)
        if found is not None and request.args.get("tep") == "csv":
            return _file(version, found)
        status = 422 if error else 200
        page = access.page(
            "replaying/index.html",
            title=gettext("Replay over last year's dossiers"),
            version=version,
            found=found,
            error=error,
            most=MOST,
            hours=hours,
        )
        return page, status


def hours(minutes: int) -> str:
    """Working minutes as hours with one decimal, as the reader writes numbers: 3,5."""
    return f"{minutes / 60:.1f}".replace(".", ",").removesuffix(",0")


def _file(version: ProcedureVersion, found: Replayed) -> Response:
    head = [
        gettext("Order"),
        gettext("Work"),
        gettext("Own time known"),
        gettext("By the draft's duration"),
        gettext("Half stay at most (working hours)"),
        gettext("Nine in ten stay at most (working hours)"),
        gettext("Longest queue"),
        gettext("When"),
    ]
    lines = [
        [
            *(str(row.position), row.name, str(row.known), str(row.new)),
            *(hours(row.half), hours(row.nine_in_ten), str(row.most)),
            f"{row.when:%d/%m/%Y %H:%M}" if row.when else "",
        ]
        for row in found.rows
    ]
    name = f"chay-lai-{version.procedure.code}-{version.key}.csv"
    return Response(
        csv_of(head, lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
