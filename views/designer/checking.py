"""What the checks of a draft say, each finding in words and with the place where it is put right."""

from collections.abc import Iterable
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext

from models.procedure import ProcedureVersion
from services import draft_checks
from services.draft_checks import Finding
from views.designer.sections import GENERAL, SECTIONS, Section

_BY_NAME = {section.checked: section for section in SECTIONS if section.checked}


class Told(NamedTuple):
    """A finding in the reader's language. part: the words of the row that part_id names, if it is one."""

    severity: str
    text: str
    section: Section
    part_id: str
    part: str
    field: str
    url: str


def told(version: ProcedureVersion) -> list[Told]:
    """Everything the checks find, errors first in each section."""
    found = [_told(version, finding) for finding in draft_checks.findings(version)]
    return sorted(found, key=lambda one: one.severity != "error")


def _told(version: ProcedureVersion, finding: Finding) -> Told:
    section = _BY_NAME.get(finding.section, GENERAL)
    row = finding.part_id if section is not GENERAL else None
    url = url_for(
        "Designer.show",
        version_id=version.id,
        phan=section.slug,
        sua=row,
        _anchor=finding.field,
    )
    text = finding.text(gettext)
    part = finding.part if row else ""
    return Told(finding.severity, text, section, row or "", part, finding.field or "", url)


def grouped(found: Iterable[Told]) -> list[tuple[Section, list[Told]]]:
    """The findings by section, in the order of the tabs."""
    all_found = [*found]
    by_section = ((s, [one for one in all_found if one.section is s]) for s in SECTIONS)
    return [(section, ones) for section, ones in by_section if ones]
