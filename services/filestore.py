"""Files under their own fingerprint, outside the web root: written whole or not at all."""

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from domain.errors import DomainError

_NAME = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """Files below one folder, each named by the SHA-256 of its bytes.

    The same bytes are kept once. A file is never changed; a crash leaves either nothing or a file
    that no row names yet, which `old()` finds again.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def put(self, data: bytes) -> str:
        """Keep bytes and return their SHA-256; when this returns they survive a power cut."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if path.exists() and self._intact(path, name):
            os.utime(path)  # young again, so that no sweep takes it before its row is written
            return name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{name}.{secrets.token_hex(8)}")
        try:
            self._write(draft, data)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        self._sync_folders(path.parent)
        return name

    def take(self, stream: BinaryIO, limit: int) -> tuple[str, int]:
        """Keep what a stream gives, piece by piece; its SHA-256 and size.

        Errors: file.empty, file.too_large beyond `limit` bytes; nothing is left behind then.
        """
        begun = self.root / "00"
        begun.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = begun / f".{secrets.token_hex(16)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        known, size = hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb") as file:
                while part := stream.read(1 << 20):
                    size += len(part)
                    if size > limit:
                        facts = {"limit": limit // 1_000_000}
                        raise DomainError("file.too_large", field="file", **facts)
                    known.update(part)
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            if not size:
                raise DomainError("file.empty", field="file")
            path = self._path(known.hexdigest())
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        self._sync_folders(path.parent)
        return path.name, size

    def path(self, name: str) -> Path:
        """Where a file lies, for a reader that wants it piece by piece. Errors: file.damaged."""
        path = self._path(name)
        if not path.is_file():
            raise DomainError("file.damaged")
        return path

    def get(self, name: str) -> bytes:
        """The bytes of a file. Errors: file.damaged when it is missing or not what was put in."""
        try:
            data = self._path(name).read_bytes()
        except OSError:
            raise DomainError("file.damaged") from None
        if hashlib.sha256(data).hexdigest() != name:
            raise DomainError("file.damaged")
        return data

    def remove(self, name: str) -> None:
        """Forget a file; one that is not there is no error."""
        self._path(name).unlink(missing_ok=True)

    def old(self, seconds: int) -> Iterator[str]:
        """Names of files nobody has put for so long; drafts that a crash left are thrown away."""
        limit = time.time() - seconds
        for path in sorted(self.root.glob("??/*")):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime > limit:
                    continue
                if _NAME.fullmatch(path.name):
                    yield path.name
                elif path.name.startswith("."):
                    path.unlink()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise DomainError("file.damaged")
        return self.root / name[:2] / name

    @staticmethod
    def _intact(path: Path, name: str) -> bool:
        return hashlib.sha256(path.read_bytes()).hexdigest() == name

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _sync_folders(self, folder: Path) -> None:
        """The name of the file, and that of a new folder, must reach the disk as well."""
        for place in (folder, self.root):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
