"""What the QR marks on our own papers say, and whether they say it truly.

A slip bears the look-up address of its dossier with a secret; a cover sheet for scanning bears a short
signed text. Either counts only when its proof agrees with the dossier it names, so a mark that was
misread, made up or printed for another paper leads nowhere. No article of law asks for them.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from domain.numbering import looks_like_code

#: Capitals, digits and `:.-` only: a QR code packs these twice as densely.
_COVER = re.compile(r"MC1:([A-Z0-9.\-]{8,40}):(\d{1,3}):([A-Z2-7]{12})")
_PAGE = "/tra-cuu/"


@dataclass(frozen=True)
class Mark:
    """What a mark says: the code, the number of a paper (0: none in particular), and its proof.

    `cover`: a sheet that only separates and is itself no paper of the dossier. An empty `proof` is
    a mark that names a code and proves nothing, such as the bar code of a slip.
    """

    code: str
    proof: str = ""
    paper: int = 0
    cover: bool = False


def slip_token(secret: str, dossier_id: str) -> str:
    """What opens one dossier to whoever holds its slip: 22 characters, 132 bits."""
    digest = hmac.new(secret.encode(), f"slip:{dossier_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:22]


def cover_text(secret: str, code: str, number: int, dossier_id: str, paper_id: str | None) -> str:
    """The text of a cover sheet's mark for the paper with this number in the dossier."""
    return f"MC1:{code}:{number}:{_cover_proof(secret, code, number, dossier_id, paper_id)}"


def _cover_proof(secret: str, code: str, number: int, dossier_id: str, paper_id: str | None) -> str:
    """60 bits over everything the sheet stands for: a paper that moved up makes it void."""
    said = f"cover:{code}:{number}:{dossier_id}:{paper_id or ''}"
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:12]


def read_mark(text: str) -> Mark | None:
    """What a text found on a page says, if it is one of our marks at all."""
    text = text.strip()
    if found := _COVER.fullmatch(text):
        code, number, proof = found.groups()
        return Mark(code, proof, int(number), cover=True) if looks_like_code(code) else None
    if looks_like_code(text):
        return Mark(text)
    if _PAGE not in text or len(text) > 400:
        return None
    try:
        parts = urlsplit(text)
        code = parts.path.partition(_PAGE)[2].strip("/")
        proof = parse_qs(parts.query).get("k", [""])[0]
    except ValueError:
        return None
    return Mark(code, proof) if looks_like_code(code) else None


def agrees(mark: Mark, secret: str, dossier_id: str, paper_id: str | None) -> bool:
    """Whether the proof of a mark is that of this dossier, and of this paper on a cover sheet."""
    wanted = (
        _cover_proof(secret, mark.code, mark.paper, dossier_id, paper_id)
        if mark.cover
        else slip_token(secret, dossier_id)
    )
    return hmac.compare_digest(mark.proof.encode(), wanted.encode())
