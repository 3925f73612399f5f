"""Measure the product beside its peers: `python -m benchmarks.run --rows 200000`.

Nothing but this run uses its database server, and nothing of it is left behind.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import config
from benchmarks import fill, peer_rows, product, report
from benchmarks.drive import Client, Make, drive
from benchmarks.process import cpu_seconds, import_seconds, memory, serve
from benchmarks.report import PRODUCT, Cell, Result
from benchmarks.server import server
from benchmarks.targets import PEERS, SCENARIOS, Peer, signed_in
from tests.tools.postgres import Cluster
from tests.tools.serving import free_port

#: Requests before measuring, so that both workers have opened their connections and templates.
WARM_UP = 8


def main(arguments: list[str] | None = None) -> int:
    """Run everything, print the report; 1 when any answer was wrong."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as name, server() as cluster:
        run = Run(options, cluster, Path(name))
        results = [run.product()] if PRODUCT in options.targets else []
        results += [run.peer(peer) for peer in PEERS if peer.name in options.targets]
    print("\n" + report.text(results, options.rows, options.clients), flush=True)
    if options.out:
        facts = [asdict(result) for result in results]
        options.out.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return 1 if any(result.wrong for result in results) else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    everybody = [PRODUCT, *(peer.name for peer in PEERS)]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="dossiers in every database")
    parser.add_argument("--seconds", type=float, default=10, help="of each scenario under load")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--targets", type=_names(everybody), default=everybody)
    parser.add_argument("--scenarios", type=_names(SCENARIOS), default=list(SCENARIOS))
    parser.add_argument("--out", type=Path, help="write the figures as JSON too")
    return parser.parse_args(arguments)


def _names(known: Any) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        chosen = text.split(",")
        if not set(chosen) <= set(known):
            raise argparse.ArgumentTypeError(f"choose from {', '.join(known)}")
        return [name for name in known if name in chosen]

    return read


class Run:
    """One run: its server, its folder, what was asked for."""

    def __init__(self, options: argparse.Namespace, cluster: Cluster, folder: Path) -> None:
        self.options, self.cluster, self.folder = options, cluster, folder
        self.peers_filled = False

    def product(self) -> Result:
        """Fill and measure the product."""
        name, folder, cluster = PRODUCT, self.folder, self.cluster
        cluster.create(name)
        url = cluster.url(name)
        product.initialise(url, folder)
        reference = self._timed(name, lambda: fill.product(cluster.dsn(name), self.options.rows))
        environment = product.environment(url, folder)
        imports = self._imports(product.IMPORTS, config.ROOT, environment)
        with product.served(url, folder, free_port()) as running:
            pid = running.process.pid
            result = Result(name, pid, imports, running.ready_s, memory(pid))
            desk = product.sit_down(running.port, cluster.dsn(name), reference)
            for scenario, make in desk.makers(self.options.rows).items():
                if scenario in self.options.scenarios:
                    self._measure(result, scenario, desk.client(scenario), make)
            result.loaded = memory(pid)
            desk.verify()
        cluster.drop(name)
        return result

    def peer(self, peer: Peer) -> Result:
        """Measure a peer on a copy of the peers' tables."""
        name, cluster = peer.name, self.cluster
        if not self.peers_filled:
            cluster.create("peers")
            self._timed("peers", lambda: peer_rows.fill(self._peers_dsn(), self.options.rows))
            self.peers_filled = True
        cluster.create(name, template="peers")
        environment = {**os.environ, "DATABASE_URL": cluster.url(name)}
        self._prepare(peer, environment)
        imports = self._imports(peer.imports, peer.folder, environment)
        port, log = free_port(), self.folder / f"{name}.log"
        with serve(
            *(peer.command(port), peer.folder, environment), port=port, ready=peer.sign_in, log=log
        ) as running:
            pid = running.process.pid
            result = Result(name, pid, imports, running.ready_s, memory(pid), peer.floor)
            client = signed_in(peer, port)
            makers = peer.makers(client, self.options.rows)
            for scenario in self.options.scenarios:
                if scenario in makers:
                    self._measure(result, scenario, client, makers[scenario])
            result.loaded = memory(pid)
        cluster.drop(name)
        return result

    def _imports(self, statement: str, folder: Path, environment: Mapping[str, str]) -> float:
        times = 3 if self.options.seconds >= 5 else 1
        return import_seconds(statement, folder, environment, times)

    def _peers_dsn(self) -> str:
        # The tables belong to the role that the peers sign in with.
        return self.cluster.dsn("peers", "motcua")

    def _prepare(self, peer: Peer, environment: Mapping[str, str]) -> None:
        subprocess.run(
            [sys.executable, *peer.prepare],
            cwd=peer.folder,
            env=dict(environment),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _measure(self, result: Result, scenario: str, client: Client, make: Make) -> None:
        dice = random.Random(1)
        for _ in range(WARM_UP):
            client.send(make(dice))
        seconds = self.options.seconds
        solo = drive(client, make, min(5, max(seconds / 2, 0.5)), 1, seed=2)
        pids = (result.pid, self.cluster.server.pid)
        before = cpu_seconds(*pids)
        many = drive(client, make, seconds, self.options.clients, seed=3)
        spent = (cpu_seconds(*pids) - before) * 1000 / many.requests
        result.cells[scenario] = Cell(solo, many, spent)
        print(
            f"{result.name:<13} {scenario:<7} {solo.median_ms:8.1f} ms alone "
            f"{many.median_ms:8.1f} ms {many.p99_ms:8.1f} ms p99 {many.per_second:8.1f}/s "
            f"{spent:8.1f} ms CPU"
            f"{self._wrong(solo.wrong + many.wrong, many.example or solo.example)}",
            flush=True,
        )

    @staticmethod
    def _wrong(count: int, example: str) -> str:
        return f"  {count} wrong, such as {example}" if count else ""

    def _timed(self, name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        done = work()
        spent = time.perf_counter() - start
        print(f"{name}: {self.options.rows:,} dossiers filled in {spent:.0f} s", flush=True)
        return done


if __name__ == "__main__":
    sys.exit(main())
