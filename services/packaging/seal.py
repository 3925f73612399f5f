"""The hash of what a package contains, and the mark of the installation that wrote it."""

import enum
import hashlib
import hmac
import json
from typing import Any


class Origin(enum.StrEnum):
    """What the seal says: from here; unchanged from elsewhere; changed after export; without a seal."""

    here = "here"
    elsewhere = "elsewhere"
    changed = "changed"
    unsealed = "unsealed"


def hash_of(body: dict[str, Any]) -> str:
    """SHA-256 over the content in one form, whatever its layout; in hexadecimal."""
    return hashlib.sha256(_canonical(body)).hexdigest()


def sign(header: dict[str, Any], secret: str) -> str:
    """HMAC-SHA-256 over the header, which holds the hash of the content; in hexadecimal."""
    signed = {k: v for k, v in header.items() if k != "signature" and v is not None}
    return hmac.new(secret.encode(), _canonical(signed), hashlib.sha256).hexdigest()


def origin_of(header: dict[str, Any], found: str, secret: str) -> Origin:
    """Where a package comes from, by its header and the hash of what it contains."""
    if not header.get("sha256"):
        return Origin.unsealed
    if not hmac.compare_digest(str(header["sha256"]).encode(), found.encode()):
        return Origin.changed
    given = str(header.get("signature") or "").encode()
    ours = bool(secret) and hmac.compare_digest(given, sign(header, secret).encode())
    return Origin.here if ours else Origin.elsewhere


def _canonical(value: dict[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return text.encode()
