"""The product as people meet it: a real server process on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class LiveServer:
    """`url` has no slash at its end; `database_url` is what the server works on."""

    url: str
    database_url: str
    process: subprocess.Popen[bytes]
    log: Path

    def output(self) -> str:
        """All that the server has written so far."""
        return self.log.read_text(encoding="utf-8")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(url: str) -> int:
    """Status of a GET request; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@contextmanager
def serve(
    database_url: str, folder: Path, more: Mapping[str, str], seconds: float = 60
) -> Iterator[LiveServer]:
    """Run ``python run.py`` until the block ends; refuses a server that is not ready in time."""
    port = free_port()
    log = folder / f"server-{port}.log"
    environment = {**os.environ, "DATABASE_URL": database_url, "PORT": str(port), "WORKERS": "2"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "run.py"],
            cwd=ROOT,
            env={**environment, **more},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = LiveServer(f"http://127.0.0.1:{port}", database_url, process, log)
    try:
        _wait(server, seconds)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(server: LiveServer, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while answer(f"{server.url}/readyz") != 200:
        if server.process.poll() is not None or time.monotonic() > deadline:
            state = server.process.returncode
            raise RuntimeError(f"the server did not start ({state}):\n{server.output()}")
        time.sleep(0.05)
