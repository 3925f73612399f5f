"""A private PostgreSQL that keeps what it acknowledges, as in an office; gone when the run ends."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.tools.postgres import Cluster

#: Everything else stays as PostgreSQL comes: fsync and synchronous_commit on, 128 MB of buffers.
SETTINGS = {
    "listen_addresses": "",
    "timezone": "Asia/Ho_Chi_Minh",
    "max_wal_size": "4GB",  # the bulk load should not leave checkpoints to the measurements
}


@contextmanager
def server() -> Iterator[Cluster]:
    """Run the server until the block ends; its files are on disk, not in memory."""
    disk = Path("/var/tmp")
    folder = Path(tempfile.mkdtemp(prefix="motcua-bench-", dir=disk if disk.is_dir() else None))
    folder.chmod(0o755)
    cluster = Cluster(SETTINGS, folder)
    try:
        yield cluster
    finally:
        cluster.stop()
