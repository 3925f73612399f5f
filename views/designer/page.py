"""What the page of the designer shows: one section of one version, and the row that stands open."""

from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext

from models.ids import uuid7
from models.procedure import ProcedureVersion, VersionState
from services import catalogue
from services.part_order import columns_of
from services.part_rules import FORMULAS
from services.procedure import in_force
from views import access, present
from views.designer import checking, forms, names, rows
from views.designer.checking import Told
from views.designer.diagram import diagram
from views.designer.preview import preview
from views.designer.sections import BY_SLUG, CHECKS, DATA, GENERAL, SECTIONS, STEPS, Section
from views.generated.columns import register_of
from views.generated.titles import title as title_of
from views.generated.view import shown
from views.versions import acts_of, period_of


@dataclass(frozen=True)
class Place:
    """Where somebody is: a section, the row that is open (of the general section the version itself),
    or a new one, perhaps a column of `table`. gone: the row that was asked for is not there any more."""

    version: ProcedureVersion
    section: Section
    row: Any = None
    adding: bool = False
    table: str = ""
    gone: bool = False

    @property
    def draft(self) -> bool:
        """Whether anything may change."""
        return self.version.state is VersionState.draft

    @property
    def open(self) -> bool:
        """Whether a row stands open."""
        return self.row is not None or self.adding

    def address(self, **more: Any) -> str:
        """The address of this section; `more` are further parameters, empty ones left out."""
        return address(self.version, self.section, **more)

    def act(self, row_id: str, what: str) -> str:
        """Where the button of an act on a row leads."""
        facts = {"version_id": self.version.id, "phan": self.section.slug, "row_id": row_id}
        return url_for("Designer.act", **facts, viec=what)

    @property
    def trial(self) -> str:
        """Where the form on trial asks what follows."""
        return url_for("Designer.preview", version_id=self.version.id)

    @property
    def here(self) -> str:
        """The address of the form that stands open."""
        if self.adding:
            return self.address(them=1, bang=self.table)
        return self.address(sua=None if self.section is GENERAL else self.row.id)


def address(version: ProcedureVersion, section: Section, **more: Any) -> str:
    """The address of a section of a version."""
    given = {name: value for name, value in more.items() if value}
    return url_for("Designer.show", version_id=version.id, phan=section.slug, **given)


def place_of(version_id: Any) -> Place:
    """What the address asks for; 404 for a version or a section that is not there."""
    version = access.seen(ProcedureVersion, version_id)
    section = BY_SLUG.get(request.args.get("phan", GENERAL.slug))
    if section is None:
        abort(404)
    if section is GENERAL:
        return Place(version, section, row=version)
    wanted = request.args.get("sua", "")
    row = part_of(version, section, wanted) if wanted else None
    adding = bool(request.args.get("them")) and section.model is not None and row is None
    table = _table(version, section, row)
    return Place(version, section, row, adding, table, gone=bool(wanted) and row is None)


def part_of(version: ProcedureVersion, section: Section, row_id: str) -> Any:
    """The row of a section with this id, or None."""
    parts = getattr(version, section.rows) if section.rows else []
    return next((part for part in parts if part.id == row_id), None)


def _table(version: ProcedureVersion, section: Section, row: Any) -> str:
    """The table that the open row is a column of."""
    if section is not DATA:
        return ""
    wanted = row.group or "" if row is not None else request.args.get("bang", "")
    known = dict(forms.tables(version))
    return wanted if wanted in known else ""


# ---- the form ------------------------------------------------------------------------------------
def empty_form(place: Place) -> forms.PartForm | None:
    """The form as it stands when it is opened; none when nothing is open or nothing may change."""
    if not place.open or not place.draft or place.section.model is None:
        return None
    made = form_class(place)
    if place.adding:
        data = forms.empty(place.section, place.table)
        return made(formdata=None, data=data, seen=uuid7())
    return made(formdata=None, obj=place.row, seen=catalogue.stamp(place.row))


def form_class(place: Place) -> type[forms.PartForm]:
    """The class of the form of the row that stands open."""
    return forms.form_of(place.section, place.version, place.row, place.table)


@dataclass(frozen=True)
class Group:
    """A group of fields as the form shows it."""

    title: Any
    fields: list[Any]
    folded: bool
    opened: bool


def groups(place: Any, form: forms.PartForm) -> list[Group]:
    found = []
    for fieldset in place.section.fieldsets:
        fields = [form[name] for name in fieldset.names if name in form]
        if fields:
            used = any(_says_something(field) for field in fields)
            found.append(Group(fieldset.title, fields, fieldset.folded, used))
    return found


#: What is there without anybody having written it.
_BY_ITSELF = frozenset({"key", "case", "code", "source"})


def _says_something(field: Any) -> bool:
    """Whether something stands in a field that nobody would miss in a closed group."""
    if field.errors:
        return True
    return bool(field.data) and field.name not in _BY_ITSELF


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
        heading=_heading(place),
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


def _heading(place: Place) -> str:
    """What stands above the form."""
    if place.adding:
        if place.table:
            table = dict(forms.tables(place.version))[place.table]
            return gettext("New column of “%(table)s”", table=table)
        return str(place.section.one)
    if place.row is None or place.section is GENERAL:
        return ""
    return str(place.row)
