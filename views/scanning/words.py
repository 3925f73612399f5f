"""What is said about scans: why pages wait, why a file failed, what came of a stack."""

from flask_babel import gettext, ngettext

from domain.errors import MESSAGES, DomainError
from domain.text import N_
from models.scan import PieceState, ScanBatch

#: Why a piece lies in the tray; refusals of a dossier have their own sentence.
WHY: dict[str, str] = {
    "no_mark": N_("No cover sheet and no slip lies before these pages."),
    "unreadable": N_("There is a mark on the first page, but it cannot be read."),
    "unknown": N_("The mark names a dossier that is not here."),
    "unproven": N_("Only the bar code could be read; it proves nothing."),
    "untrue": N_("The mark does not agree with the dossier it names; print the cover sheet anew."),
    "several": N_("The first page bears marks of several dossiers."),
    "other_dossier": N_("A slip of another dossier lies among pages behind a cover sheet."),
    "dossier.not_allowed": N_("The dossier takes no more files in its present state."),
}
CAME = {
    "upload": N_("dropped on the page"),
    "folder": N_("from the scanner's folder"),
    "command": N_("from the command line"),
}


def why(code: str | None) -> str:
    """Why pages wait in the tray."""
    known = WHY.get(code or "")
    if known is not None:
        return gettext(known)
    plain = MESSAGES.get(code or "", "")
    if plain and "%(" not in plain:
        return gettext(plain)
    return gettext("The dossier did not take these pages.")


def failure(batch: ScanBatch) -> str:
    """Why a file could not be read."""
    return DomainError(batch.error or "file.broken", **batch.facts).text(gettext)


def came(batch: ScanBatch) -> str:
    """Where a stack came from."""
    return gettext(CAME.get(batch.source, CAME["upload"]))


def summary(batch: ScanBatch) -> str:
    """What came of a stack, in one line."""
    states = [p.state for p in batch.pieces]
    filed, left = states.count(PieceState.filed), states.count(PieceState.open)
    parts = [
        ngettext("%(num)d page", "%(num)d pages", batch.pages or 0),
        ngettext("%(num)d piece filed", "%(num)d pieces filed", filed),
    ]
    if left:
        parts.append(ngettext("%(num)d waits in the tray", "%(num)d wait in the tray", left))
    if batch.blanks:
        parts.append(
            ngettext("%(num)d blank page left out", "%(num)d blank pages left out", batch.blanks)
        )
    return " · ".join(parts)
