"""A server process under measurement: how long it takes to start, how much memory it holds."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tools.serving import answer


@dataclass
class Served:
    """A running server: `ready_s` from the command to the first good answer."""

    port: int
    process: subprocess.Popen[bytes]
    ready_s: float


@dataclass(frozen=True)
class Memory:
    """Megabytes: `pss` of the whole family of processes, `rss` the highest of one of them."""

    pss: int
    rss: int


def import_seconds(
    statement: str, folder: Path, environment: Mapping[str, str], times: int = 3
) -> float:
    """The best time of a new interpreter that imports the application."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", statement], cwd=folder, env=dict(environment), check=True
        )
        best = min(best, time.perf_counter() - start)
    return best


@contextmanager
def serve(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    port: int,
    ready: str,
    log: Path,
) -> Iterator[Served]:
    """Run a server until the block ends; refuses one that has no good answer within 120 s."""
    start = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(command), cwd=folder, env=dict(environment), stdout=output, stderr=output
        )
    try:
        while answer(f"http://127.0.0.1:{port}{ready}") != 200:
            if process.poll() is not None or time.perf_counter() - start > 120:
                text = log.read_text(encoding="utf-8", errors="replace")
                raise SystemExit(f"{command} did not start:\n{text[-3000:]}")
            time.sleep(0.02)
        yield Served(port, process, time.perf_counter() - start)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def memory(pid: int) -> Memory:
    """Memory of a process and all its descendants."""
    pss, rss = 0, 0
    for one in _family(pid):
        try:
            status = Path(f"/proc/{one}/status").read_text(encoding="ascii", errors="replace")
            shares = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        rss = max(rss, _kilobytes("VmHWM", status))
        pss += _kilobytes("Pss", shares)
    return Memory(pss // 1024, rss // 1024)


def cpu_seconds(*pids: int) -> float:
    """Processor time that these processes and all their living descendants have used so far."""
    ticks = 0
    for one in (child for pid in pids for child in _family(pid)):
        try:
            stat = Path(f"/proc/{one}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        user, system = stat.rpartition(")")[2].split()[11:13]
        ticks += int(user) + int(system)
    return ticks / os.sysconf("SC_CLK_TCK")


def _kilobytes(name: str, text: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
    return int(found.group(1)) if found else 0


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            try:
                stat = Path(entry.path, "stat").read_text(encoding="ascii", errors="replace")
            except OSError:
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found
