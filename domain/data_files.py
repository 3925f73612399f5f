"""Files among the data of a procedure: which file a value means, and how many a field takes.

A value is a list of references. The bytes lie in the file store; a reference that has an `id` names a
stored file of the dossier, one that has none was just sent and is not yet part of any dossier.
"""

from dataclasses import dataclass
from typing import Any

from domain.errors import DomainError
from domain.field_kinds import FieldSpec

#: Files that one field may take; one where the field does not say how many.
MOST_FILES = 20


@dataclass(frozen=True)
class FileRef:
    """One file: its name as sent, bytes and pages as kept; `sha256` and `type` only while it has no `id`.

    Only the server makes them: what a program or a file of an import says never names stored bytes.
    """

    name: str
    size: int
    pages: int
    id: str = ""
    sha256: str = ""
    type: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> str:
        """What makes it the same file as another one in its field."""
        return self.id or self.sha256


def most_files(spec: FieldSpec) -> int:
    """How many files a field takes at most."""
    return max(1, min(int(spec.most), MOST_FILES)) if spec.most is not None else 1


def read_files(
    spec: FieldSpec, raw: Any, path: str, problems: dict[str, DomainError]
) -> list[FileRef] | None:
    """The files of a field, each once. What was refused on the way here stands among them as its error."""
    found: dict[str, FileRef] = {}
    for one in raw if isinstance(raw, list | tuple) else ([raw] if raw else []):
        if isinstance(one, FileRef):
            found.setdefault(one.mark, one)
        elif isinstance(one, DomainError):
            problems[path] = DomainError(one.code, field=path, **one.facts)
        elif one:
            problems[path] = DomainError("value.invalid", field=path)
    if path not in problems:
        _count(spec, len(found), path, problems)
    return list(found.values()) or None


def _count(spec: FieldSpec, count: int, path: str, problems: dict[str, DomainError]) -> None:
    most = most_files(spec)
    if count > most:
        problems[path] = DomainError("data.too_many_files", field=path, limit=most)
    elif count and spec.least is not None and count < spec.least:
        problems[path] = DomainError("data.too_few_files", field=path, limit=int(spec.least))


def refs_in(value: Any) -> list[FileRef]:
    """The files in a value of any kind."""
    return [one for one in value if isinstance(one, FileRef)] if isinstance(value, list) else []


def frozen_file(ref: FileRef) -> dict[str, Any]:
    """A stored file as JSON."""
    return {"id": ref.id, "name": ref.name, "size": ref.size, "pages": ref.pages}


def thawed_files(value: Any) -> list[FileRef] | None:
    """Stored files from JSON; what is no file stays aside."""
    rows = [row for row in value if isinstance(row, dict) and row.get("id")]
    found = [
        FileRef(str(r.get("name", "")), int(r.get("size", 0)), int(r.get("pages", 1)), str(r["id"]))
        for r in rows
    ]
    return found or None
