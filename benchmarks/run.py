"""Measure the product beside its peers: `python -m benchmarks.run --rows 1000000`.

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
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import config
from benchmarks import fill, peer_rows, product, report
from benchmarks.drive import Client, Make, Sample, drive, together
from benchmarks.process import Served, cpu_seconds, import_seconds, memory, serve
from benchmarks.report import PRODUCT, Cell, Result
from benchmarks.server import server
from benchmarks.targets import PEERS, SCENARIOS, Peer, signed_in
from tests.tools.postgres import Cluster
from tests.tools.serving import free_port

#: Requests before measuring, so that both workers have opened their connections and templates.
WARM_UP = 8
#: Turns of each contestant in a scenario.
TURNS = 4


def main(arguments: list[str] | None = None) -> int:
    """Run everything, print the report; 1 when any answer was wrong."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _options(arguments)
    if options.cold:
        os.environ["KEEP_PAGES"] = "0"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motcua-bench-")))
        results = Run(options, stack.enter_context(server()), folder, stack).all()
    print("\n" + report.text(results, options.rows, options.clients), flush=True)
    if options.out:
        facts = [asdict(result) for result in results]
        options.out.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return 1 if any(result.wrong for result in results) else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    everybody = [PRODUCT, *(peer.name for peer in PEERS)]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="dossiers in every database")
    parser.add_argument("--seconds", type=float, default=10, help="of each scenario under load")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--targets", type=_names(everybody), default=everybody)
    parser.add_argument("--scenarios", type=_names(SCENARIOS), default=list(SCENARIOS))
    parser.add_argument(
        "--cold", action="store_true", help="the product draws every page anew (KEEP_PAGES=0)"
    )
    parser.add_argument("--out", type=Path, help="write the figures as JSON too")
    return parser.parse_args(arguments)


def _names(known: Any) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        chosen = text.split(",")
        if not set(chosen) <= set(known):
            raise argparse.ArgumentTypeError(f"choose from {', '.join(known)}")
        return [name for name in known if name in chosen]

    return read


@dataclass
class Turns:
    """What the turns of one contestant in one scenario gave."""

    solo: list[Sample] = field(default_factory=list)
    many: list[Sample] = field(default_factory=list)
    cpu: float = 0.0

    def cell(self) -> Cell:
        """All turns together."""
        many = together(self.many)
        return Cell(together(self.solo), many, self.cpu * 1000 / many.requests)


@dataclass
class Contestant:
    """A running server with its result so far; `finish` looks at what it has kept."""

    result: Result
    client: Callable[[str], Client]
    makers: Mapping[str, Make]
    finish: Callable[[], None] = lambda: None


class Run:
    """One run: its server, its folder, what was asked for. All servers run until the end."""

    def __init__(
        self, options: argparse.Namespace, cluster: Cluster, folder: Path, stack: ExitStack
    ) -> None:
        self.options, self.cluster, self.folder, self.stack = options, cluster, folder, stack
        self.peers_filled = False

    def all(self) -> list[Result]:
        """Start everybody, then measure one scenario after the other."""
        chosen = self.options.targets
        rivals = [self.product()] if PRODUCT in chosen else []
        rivals += [self.peer(peer) for peer in PEERS if peer.name in chosen]
        for scenario in self.options.scenarios:
            self._measure(scenario, [r for r in rivals if scenario in r.makers])
        for rival in rivals:
            rival.result.loaded = memory(rival.result.pid)
            rival.finish()
        return [rival.result for rival in rivals]

    def product(self) -> Contestant:
        """Fill and start the product."""
        name, folder, cluster = PRODUCT, self.folder, self.cluster
        cluster.create(name)
        url, dsn = cluster.url(name), cluster.dsn(name)
        product.initialise(url, folder)
        reference = self._timed(name, lambda: fill.product(dsn, self.options.rows))
        imports = self._imports(product.IMPORTS, config.ROOT, product.environment(url, folder))
        running = self.stack.enter_context(product.served(url, folder, free_port()))
        desk = product.sit_down(running.port, dsn, reference)
        makers = desk.makers(self.options.rows)
        result = self._started(name, running, imports)
        return Contestant(result, desk.client, makers, desk.verify)

    def peer(self, peer: Peer) -> Contestant:
        """Start a peer on a copy of the peers' tables."""
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
        server = (peer.command(port), peer.folder, environment)
        running = self.stack.enter_context(serve(*server, port=port, ready=peer.sign_in, log=log))
        client = signed_in(peer, port)
        makers = peer.makers(client, self.options.rows)
        return Contestant(
            self._started(name, running, imports, peer.floor), lambda _scenario: client, makers
        )

    def _started(self, name: str, running: Served, imports: float, floor: bool = False) -> Result:
        pid = running.process.pid
        return Result(name, pid, imports, running.ready_s, memory(pid), floor)

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

    def _measure(self, scenario: str, rivals: list[Contestant]) -> None:
        """Drive everybody in short turns, so that a busy minute of the machine hits all alike."""
        dice = random.Random(1)
        for rival in rivals:
            for _ in range(WARM_UP):
                rival.client(scenario).send(rival.makers[scenario](dice))
        turns = {id(rival): Turns() for rival in rivals}
        for number in range(TURNS):
            for rival in rivals:
                self._turn(scenario, rival, turns[id(rival)], number)
        for rival in rivals:
            cell = turns[id(rival)].cell()
            rival.result.cells[scenario] = cell
            print(_line(rival.result.name, scenario, cell), flush=True)

    def _turn(self, scenario: str, rival: Contestant, turns: Turns, number: int) -> None:
        client, make = rival.client(scenario), rival.makers[scenario]
        seconds = self.options.seconds / TURNS
        turns.solo.append(drive(client, make, seconds / 2, 1, seed=f"solo {number}"))
        pids = (rival.result.pid, self.cluster.server.pid)
        before = cpu_seconds(*pids)
        turns.many.append(drive(client, make, seconds, self.options.clients, seed=number))
        turns.cpu += cpu_seconds(*pids) - before

    def _timed(self, name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        done = work()
        spent = time.perf_counter() - start
        print(f"{name}: {self.options.rows:,} dossiers filled in {spent:.0f} s", flush=True)
        return done


def _line(name: str, scenario: str, cell: Cell) -> str:
    solo, many = cell.solo, cell.many
    wrong = solo.wrong + many.wrong
    return (
        f"{name:<13} {scenario:<7} {solo.median_ms:8.1f} ms alone {many.median_ms:8.1f} ms "
        f"{many.p99_ms:8.1f} ms p99 {many.per_second:8.1f}/s {cell.cpu_ms:8.1f} ms CPU"
        + (f"  {wrong} wrong, such as {many.example or solo.example}" if wrong else "")
    )


if __name__ == "__main__":
    sys.exit(main())
