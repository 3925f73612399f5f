"""What the page of the designer shows: one section of one version, and the row that stands open."""

from typing import Any

from flask import request, url_for

from models.procedure import ProcedureVersion, VersionState
from services.part_order import columns_of
from services.part_rules import FORMULAS
from services.procedure import in_force
from views import access, present
from views.designer import checking, forms, names, rows
from views.designer.checking import Told
from views.designer.diagram import diagram
from views.designer.parts import Spot, groups, heading
from views.designer.preview import preview
from views.designer.sections import BY_SLUG, CHECKS, DATA, GENERAL, SECTIONS, STEPS, Section
from views.generated.columns import register_of
from views.generated.titles import title as title_of
from views.generated.view import shown
from views.versions import acts_of, period_of


class Place(Spot):
    """Where somebody is in the designer of a procedure version."""

    model, by_slug, first = ProcedureVersion, BY_SLUG, GENERAL
    view, named = "Designer", "version_id"

    @property
    def version(self) -> ProcedureVersion:
        """The version that is shaped."""
        version: ProcedureVersion = self.owner
        return version

    @property
    def draft(self) -> bool:
        """Whether anything may change."""
        return self.version.state is VersionState.draft


def address(version: ProcedureVersion, section: Section, **more: Any) -> str:
    """The address of a section of a version."""
    return Place(version, section).address(**more)


# ---- the page ------------------------------------------------------------------------------------
def draw(
    place: Place, form: forms.PartForm | None, typed: Any = None, blank_error: str = ""
) -> str:
    """The page; `typed` is what was sent to the preview, `blank_error` why a blank form was refused."""
    version, section = place.version, place.section
    found = checking.told(version)
    title = f"{version.procedure.code} · {version.procedure.name}"
    return access.page(
        "designer/page.html",
        title=title,
        version=version,
        state=title_of(version.state),
        place=place,
        section=section,
        acts=acts_of(version),
        period=period_of(version),
        tabs=_tabs(version, section, found),
        errors=[f for f in found if f.severity == "error"],
        checks_url=address(version, CHECKS),
        lines=rows.of(section, version, found),
        at=request.args.get("dong", ""),
        form=form,
        groups=groups(place, form) if form is not None else [],
        kinds={f.name: forms.kinds_of(section, f.name) for f in form} if form is not None else {},
        conditions=FORMULAS.get(section.model, ()) if section.model is not None else (),
        helper=names.helper(version, place.table) if form is not None else None,
        columns=columns_of(place.row, version) if place.row is not None else [],
        facts=_facts(place) if form is None and place.row is not None else [],
        of_row=_of_row(place, found),
        grouped=checking.grouped(found) if section is CHECKS else [],
        preview=preview(version, typed, present.now().date()) if section is DATA else None,
        diagram=diagram(version, found) if section is STEPS else None,
        heading=heading(place),
        blank_error=blank_error,
        **_compared(version),
    )


def _compared(version: ProcedureVersion) -> dict[str, Any]:
    """Where the version is compared with the one in force today, else with the nearest other one."""
    now = in_force(version, present.now().date())
    other = now if now is not None and now.id != version.id else None
    given = {"voi": other.id} if other is not None else {}
    several = len(version.procedure.versions) > 1
    url = url_for("Compare.show", version_id=version.id, **given) if several else ""
    return {"compare_url": url, "in_force": other is not None}


def _tabs(version: ProcedureVersion, section: Section, found: list[Told]) -> list[dict[str, Any]]:
    """The sections with their counts, and the gravest finding of each."""
    marks: dict[str, set[str]] = {}
    for finding in found:
        marks.setdefault(finding.section.slug, set()).add(finding.severity)
    tabs = []
    for one in SECTIONS:
        count = len(getattr(version, one.rows)) if one.rows else None
        mark = marks.get(one.slug, set())
        tabs.append(
            {
                "url": address(version, one),
                "label": one.label,
                "active": one is section,
                "count": len(found) if one is CHECKS else count,
                "mark": "error" if "error" in mark else "warning" if mark else "",
            }
        )
    return tabs


def _of_row(place: Place, found: list[Told]) -> list[Told]:
    """The findings about the row that stands open."""
    if place.row is None:
        return []
    mine = "" if place.section is GENERAL else place.row.id
    return [f for f in found if f.section is place.section and f.part_id == mine]


def _facts(place: Place) -> list[tuple[Any, Any]]:
    """(label, value) of everything that stands in a row, for those who only read."""
    model: Any = place.section.model
    register = register_of(model)
    columns = [register[name] for name in place.section.names]
    pairs = ((c.ui.label, shown(c, place.row)) for c in columns)
    return [(label, value) for label, value in pairs if value not in (None, "", False)]
