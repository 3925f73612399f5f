"""An office's existing book becomes dossiers: read, checked row by row, written batch by batch."""

from services.importing.dossiers import Report, import_dossiers
from services.importing.parsing import Problem

__all__ = ["Problem", "Report", "import_dossiers"]
