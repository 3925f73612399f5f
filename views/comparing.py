"""Two versions of a procedure side by side, as a readable difference."""

from typing import Any

from flask import abort, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext

from models.procedure import ProcedureVersion
from services import comparing
from views import access, changes
from views.generated.titles import title


class Compare(BaseView):  # type: ignore[misc]
    """`/thiet-ke/<version>/so-sanh`: a version against another one of its procedure (`voi`)."""

    route_base = "/thiet-ke"
    default_view = "show"

    @expose("/<uuid:version_id>/so-sanh")
    @access.permission("can_read", "ProcedureVersion")
    def show(self, version_id: Any) -> Any:
        """The difference, by section; without `voi` against the version that was published before."""
        version = access.seen(ProcedureVersion, version_id)
        others = _others(version)
        other = _chosen(version, others)
        found = comparing.compare(other, version) if other is not None else []
        same = comparing.unchanged(version, found) if other is not None else {}
        sections = changes.sections(found, same)
        return access.page(
            "comparing/index.html",
            title=gettext("Compare versions"),
            version=version,
            other=other,
            others=[(v, _words(v)) for v in others],
            state_words=title(version.state),
            sections=sections,
            counts=changes.counts(sections),
            same=sum(same.values()),
            what_words=changes.what_words(),
        )


def _others(version: ProcedureVersion) -> list[ProcedureVersion]:
    """The other versions of the procedure, the newest first."""
    others = [v for v in version.procedure.versions if v.id != version.id]
    return sorted(others, key=lambda v: (v.valid_from, v.key), reverse=True)


def _chosen(version: ProcedureVersion, others: list[ProcedureVersion]) -> ProcedureVersion | None:
    asked = request.args.get("voi")
    if not asked:
        return comparing.before(version)
    found = next((v for v in others if v.id == asked), None)
    if found is None:
        abort(404)
    return found


def _words(version: ProcedureVersion) -> str:
    day = f"{version.valid_from:%d/%m/%Y}"
    return gettext(
        "%(key)s · from %(day)s · %(state)s", key=version.key, day=day, state=title(version.state)
    )
