"""Which files a scanner may hand in, told by their first bytes."""

from domain.errors import DomainError
from services.convert import media_type

KINDS = {
    "application/pdf": (".pdf",),
    "image/tiff": (".tif", ".tiff"),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
}
ENDINGS = frozenset(ending for endings in KINDS.values() for ending in endings)


def kind_of(head: bytes) -> str:
    """The media type of a scan. Errors: file.empty, scan.type."""
    if not head:
        raise DomainError("file.empty", field="file")
    try:
        kind = media_type(head)
    except DomainError:
        kind = ""
    if kind not in KINDS:
        raise DomainError("scan.type", field="file")
    return kind
