"""The components of a dossier: what lies in it, what is missing, and what this case does not ask."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.data_files import refs_in
from models.attachment import Attachment
from models.dossier import Dossier, DossierPaper
from models.procedure import RequiredDocument
from services.dossier.data import Known, values_of, version_of

IN, MISSING, AWAITED, NOT_ASKED = "in", "missing", "awaited", "not_asked"


@dataclass(frozen=True)
class Entry:
    """One paper. `case`: the case in which it is asked, in words; `scans`: its files.

    document: the component that it answers, which may have a blank form.
    """

    name: str
    state: str
    originals: int = 0
    copies: int = 0
    note: str = ""
    case: str = ""
    scans: tuple[Attachment, ...] = ()
    document: RequiredDocument | None = None


@dataclass(frozen=True)
class Checklist:
    """`rows` of this case; `others`: what the procedure asks only in other cases."""

    rows: list[Entry]
    others: list[Entry]
    loose: list[Attachment] = field(default_factory=list)

    @property
    def handed_in(self) -> int:
        """How many papers are there."""
        return sum(row.state == IN for row in self.rows)

    @property
    def asked(self) -> int:
        """How many papers should be there."""
        return sum(row.state != NOT_ASKED for row in self.rows)


def of(dossier: Dossier, files: Iterable[Attachment]) -> Checklist:
    """Papers in the order of the receipt, each with its scans; `files` without a paper are loose.

    What stands with the data stands only there.
    """
    version = version_of(dossier)
    values = values_of(dossier, version)
    of_fields = {ref.id for value in values.values() for ref in refs_in(value)}
    by_paper: dict[str, list[Attachment]] = {}
    for file in files:
        if file.id not in of_fields:
            by_paper.setdefault(file.paper_id or "", []).append(file)
    documents = {d.id: d for d in version.documents}
    known = Known(version, dossier.cases, values, dossier.received_at.date())
    awaited = {i.paper for s in dossier.supplements if not s.answered_at for i in s.items}
    rows = [
        Entry(
            p.name,
            _state(known, p, documents.get(p.document_id or ""), awaited),
            p.originals,
            p.copies,
            p.note or "",
            scans=tuple(by_paper.get(p.id, ())),
            document=documents.get(p.document_id or ""),
        )
        for p in dossier.papers
    ]
    listed = {p.document_id for p in dossier.papers}
    others = [
        Entry(d.name, NOT_ASKED, case=d.condition_text or "")
        for d in documents.values()
        if d.id not in listed and not _asked(known, d)
    ]
    return Checklist(rows, others, by_paper.get("", []))


def _state(
    known: Known, paper: DossierPaper, document: RequiredDocument | None, awaited: set[str]
) -> str:
    if paper.name in awaited:
        return AWAITED
    if paper.handed_in:
        return IN
    return MISSING if document is None or _asked(known, document) else NOT_ASKED


def _asked(known: Known, document: RequiredDocument) -> bool:
    """Whether this case asks for it, and of the citizen: what a register holds is not asked."""
    return document.required and known.asks_for(document)
