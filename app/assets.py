"""Our own files: an address that changes with the content, so that a browser asks for each once.

Flask's ``static`` route is answered here. ``url_for("static", filename=…)`` carries a hash of what is
served; with that hash the answer may be kept for ever, without it the browser asks again each time.
Style sheets name their fonts and pictures with hashes too. A body is read, rewritten and compressed
once per process and read anew only when the file on the disk is another one.
"""

import gzip
import hashlib
import mimetypes
import re
import stat
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
#: Compressed by their own format already; a second time only costs.
PACKED = (".woff", ".woff2", ".png", ".jpg", ".webp", ".ico")
_NAMED = re.compile(r"url\((['\"]?)(?!data:|#|https?:|/)([^'\")?#]+)\1\)")
TYPES = {".woff2": "font/woff2", ".woff": "font/woff", ".js": "text/javascript"}


class Asset(NamedTuple):
    """A file ready to be sent; `packed` is empty when compressing does not pay."""

    seen: tuple[int, int]
    hash: str
    body: bytes
    packed: bytes
    kind: str


_kept: dict[str, Asset] = {}


def _seen(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return (state.st_mtime_ns, state.st_size) if stat.S_ISREG(state.st_mode) else None


def find(root: str, filename: str) -> Asset | None:
    """The file below `root`; None when there is no such file."""
    joined = safe_join(root, filename)
    path = Path(joined) if joined else None
    seen = _seen(path) if path else None
    if path is None or seen is None:
        return None
    kept = _kept.get(str(path))
    if kept is None or kept.seen != seen:
        kept = _kept[str(path)] = _read(root, filename, path, seen)
    return kept


def _read(root: str, filename: str, path: Path, seen: tuple[int, int]) -> Asset:
    body = path.read_bytes()
    if path.suffix == ".css":
        body = _with_hashes(root, Path(filename).parent, body.decode()).encode()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(filename)[0] or "application/octet-stream"
    packed = b"" if path.suffix in PACKED else gzip.compress(body, 9, mtime=0)
    if len(packed) >= len(body):
        packed = b""
    return Asset(seen, hashlib.sha256(body).hexdigest()[:12], body, packed, kind)


def _with_hashes(root: str, folder: Path, sheet: str) -> str:
    def named(match: re.Match[str]) -> str:
        found = find(root, (folder / match[2]).as_posix())
        return f'url("{match[2]}?v={found.hash}")' if found else match[0]

    return _NAMED.sub(named, sheet)


def _add_hash(endpoint: str, values: dict[str, Any]) -> None:
    """Put the hash behind every address of a file of ours."""
    if endpoint == "static" and values.get("filename"):
        found = find(str(current_app.static_folder), values["filename"])
        values["v"] = found.hash if found else None


def _serve(filename: str) -> Response:
    asset = find(str(current_app.static_folder), filename)
    if asset is None:
        raise NotFound
    pack = bool(asset.packed) and "gzip" in request.accept_encodings
    answer = Response(asset.packed if pack else asset.body, content_type=_content_type(asset.kind))
    if asset.packed:
        answer.headers["Vary"] = "Accept-Encoding"
    if pack:
        answer.headers["Content-Encoding"] = "gzip"
    answer.set_etag(f"{asset.hash}-gz" if pack else asset.hash)
    current = request.args.get("v") == asset.hash
    answer.headers["Cache-Control"] = FOREVER if current else ASK_AGAIN
    return answer.make_conditional(request)


def _content_type(kind: str) -> str:
    text = kind.startswith("text/") or kind == "image/svg+xml"
    return f"{kind}; charset=utf-8" if text else kind


def init_app(app: Flask) -> None:
    """Answer for `static` and hash its addresses."""
    app.url_defaults(_add_hash)
    app.view_functions["static"] = _serve
