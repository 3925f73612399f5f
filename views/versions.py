"""Versions of procedures: the generated screens, and the acts that make a draft law."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_appbuilder import expose
from flask_babel import gettext, lazy_gettext as _l

from domain.errors import DomainError
from models.procedure import ProcedureVersion, VersionState
from services import procedure as verbs
from views import present
from views.access import may, permission
from views.generated.interface import McInterface
from views.generated.view import McModelView

_DONE = {
    "publish": _l("The version is published; it can no longer be changed."),
    "retire": _l("The version is retired; running dossiers keep it."),
    "draft": _l("A draft was made; change it and publish it."),
}


class ProcedureVersionView(McModelView):
    """The generated register with three acts on the page of a version."""

    datamodel = McInterface(ProcedureVersion)
    show_template = "versions/show.html"

    def render_template(self, template: str, **values: Any) -> str:
        """Tell the page of a version which acts its reader may do now."""
        if template == self.show_template:
            values["version"] = self._row(values["pk"])
            values["acts"] = acts_of(values["version"])
            values["period"] = period_of(values["version"])
        return str(super().render_template(template, **values))

    def further(self) -> list[dict[str, str]]:
        """The way to a package of another office."""
        if not may("can_use", "Publish"):
            return []
        address = url_for("Packages.form")
        label = gettext("Take in a procedure")
        return [{"url": address, "label": label, "icon": "bi-box-arrow-in-down"}]

    @expose("/publish/<pk>", methods=["POST"])
    @permission("can_use", "Publish")
    def publish(self, pk: str) -> Any:
        """Make a draft the law of its period."""
        return self._turn("publish", pk, verbs.publish)

    @expose("/retire/<pk>", methods=["POST"])
    @permission("can_use", "Publish")
    def retire(self, pk: str) -> Any:
        """Receive nothing new under a version."""
        return self._turn("retire", pk, verbs.retire)

    @expose("/draft/<pk>", methods=["POST"])
    @permission("can_use", "Publish")
    def draft(self, pk: str) -> Any:
        """Copy a version into a draft."""
        return self._turn("draft", pk, verbs.draft_from)

    def _turn(self, act: str, pk: str, verb: Callable[..., ProcedureVersion]) -> Any:
        version = self.datamodel.get(pk)
        if version is None:
            abort(404)
        try:
            done = verb(version, **present.who())
        except DomainError as error:
            flash(error.text(gettext), "danger")
            return self._page(self._row(pk)), 422
        flash(str(_DONE[act]), "success")
        return redirect(url_for(f"{self.endpoint}.show", pk=done.id), 303)


def period_of(version: ProcedureVersion) -> str:
    """When a version is in force, where a reader would ask; nothing where its dates say it all."""
    today = present.now().date()
    if version.state is VersionState.retired:
        return ""
    after = verbs.coming(version, today)
    day = f"{version.valid_from:%d/%m/%Y}"
    if version.valid_from > today:
        return _not_yet(version, verbs.in_force(version, today), day)
    if version.state is VersionState.draft:
        return gettext("When published it is in force at once.")
    if after is None or (version.valid_to and version.valid_to < today):
        return ""
    facts = {"day": f"{after.valid_from:%d/%m/%Y}", "key": after.key}
    return gettext("From %(day)s on version %(key)s takes its place by itself.", **facts)


def _not_yet(version: ProcedureVersion, now: ProcedureVersion | None, day: str) -> str:
    """Of a version whose day has not come: which one is received under until then."""
    published = version.state is VersionState.published
    if now is None and published:
        return gettext("In force from %(day)s; nothing is received until then.", day=day)
    if now is None:
        return gettext("When published it is in force from %(day)s.", day=day)
    if published:
        facts = {"day": day, "key": now.key}
        return gettext("In force from %(day)s; until then version %(key)s is.", **facts)
    return gettext(
        "When published it is in force from %(day)s; until then version %(key)s stays.",
        day=day,
        key=now.key,
    )


def acts_of(version: ProcedureVersion) -> tuple[str, ...]:
    """What this reader may do with a version now: publish, draft, retire."""
    if not may("can_use", "Publish"):
        return ()
    return {
        VersionState.draft: ("publish",),
        VersionState.published: ("draft", "retire"),
        VersionState.retired: ("draft",),
    }[version.state]
