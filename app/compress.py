"""Pages travel compressed: over a slow line the time is the bytes.

Only whole texts of more than a kilobyte; files and streams go as they are. A compressed answer whose
length tells something about its secret (BREACH) is disguised as Django does it: the header of the gzip
format holds a file name of random length, so that equal pages differ in size.
"""

import secrets
import struct
import zlib

from flask import Flask, Response, request

SMALLEST = 1024
LEVEL = 5
MOST_NOISE = 100
KINDS = frozenset(
    {"text/html", "text/plain", "text/css", "text/javascript", "application/json", "image/svg+xml"}
)


def pack(body: bytes) -> bytes:
    """Gzip with a file name of random length in its header."""
    name = secrets.token_hex(MOST_NOISE // 2)[: 1 + secrets.randbelow(MOST_NOISE)].encode()
    head = b"\x1f\x8b\x08\x08" + struct.pack("<L", 0) + b"\x00\xff" + name + b"\x00"
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return head + deflate.compress(body) + deflate.flush() + tail


def _worth_it(response: Response) -> bool:
    return (
        response.mimetype in KINDS
        and response.status_code not in (204, 206, 304)
        and not response.direct_passthrough
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and request.method != "HEAD"
    )


def _compress(response: Response) -> Response:
    if not _worth_it(response):
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) > SMALLEST and request.accept_encodings["gzip"] > 0:
        response.set_data(pack(body))  # sets the length too
        response.headers["Content-Encoding"] = "gzip"
        etag, _weak = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)
    return response


def init_app(app: Flask) -> None:
    """Call before all others: what is registered first sees the answer last."""
    app.after_request(_compress)
