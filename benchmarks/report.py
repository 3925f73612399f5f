"""The tables that a run prints: every figure, then the ratios."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.drive import Measured
from benchmarks.process import Memory
from benchmarks.targets import OF_PEERS, SCENARIOS

PRODUCT = "motcua"


@dataclass(frozen=True)
class Cell:
    """One scenario of one target: a client alone, then several at once.

    `cpu_ms`: processor time of server and database for one request under load. It says more than
    the other figures on a machine that is busy with something else too.
    """

    solo: Measured
    many: Measured
    cpu_ms: float


@dataclass
class Result:
    """Everything measured of one target. `floor` marks the one that is no peer but a minimum."""

    name: str
    pid: int
    import_s: float
    ready_s: float
    idle: Memory
    floor: bool = False
    loaded: Memory | None = None
    cells: dict[str, Cell] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        """Answers that were not what a person would call right."""
        return sum(cell.solo.wrong + cell.many.wrong for cell in self.cells.values())


def text(results: Sequence[Result], rows: int, clients: int) -> str:
    """The whole report in Markdown."""
    parts = [
        f"{rows:,} dossiers, PostgreSQL with durable defaults, 2 workers each",
        _table(_measured_head(clients), _measured(results)),
        _table(_RATIO_HEAD, _ratios(results)),
        _table(_PROCESS_HEAD, _processes(results)),
    ]
    return "\n\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _measured_head(clients: int) -> list[str]:
    many = f"{clients} clients"
    return [
        *("scenario", "target", "1 client: median ms", "p99 ms"),
        *(f"{many}: median ms", "p99 ms", "req/s", "CPU ms", "bytes", "wrong"),
    ]


def _measured(results: Sequence[Result]) -> Iterable[list[str]]:
    for scenario in SCENARIOS:
        for result in results:
            cell = result.cells.get(scenario)
            if cell:
                yield [
                    *(scenario, result.name, _ms(cell.solo.median_ms), _ms(cell.solo.p99_ms)),
                    *(_ms(cell.many.median_ms), _ms(cell.many.p99_ms)),
                    *(_ms(cell.many.per_second), _ms(cell.cpu_ms), f"{cell.many.size:,}"),
                    str(cell.solo.wrong + cell.many.wrong),
                ]


def _ms(value: float) -> str:
    return f"{value:.1f}"


_RATIO_HEAD = (
    *("scenario", "req/s ÷ best peer", "1 client: best peer ÷ product", "CPU: peer ÷ product"),
    *("req/s ÷ tuned floor", "1 client: floor ÷ product", "CPU: floor ÷ product"),
)


def _ratios(results: Sequence[Result]) -> Iterable[list[str]]:
    product = next((r for r in results if r.name == PRODUCT), None)
    peers = [r for r in results if r.name != PRODUCT and not r.floor]
    floor = [r for r in results if r.floor]
    for scenario, cell in product.cells.items() if product else ():
        yield [scenario, *_against(cell, scenario, peers), *_against(cell, scenario, floor)]


def _against(cell: Cell, scenario: str, others: Sequence[Result]) -> list[str]:
    """How many times the product is better than the best of the others, loaded and alone."""
    found = [r.cells.get(OF_PEERS.get(scenario, scenario)) for r in others]
    cells = [c for c in found if c]
    if not cells:
        return ["–", "–", "–"]
    rate = cell.many.per_second / max(c.many.per_second for c in cells)
    wait = min(c.solo.median_ms for c in cells) / cell.solo.median_ms
    cpu = min(c.cpu_ms for c in cells) / max(cell.cpu_ms, 0.01)
    return [f"{rate:.1f}×", f"{wait:.1f}×", f"{cpu:.1f}×"]


_PROCESS_HEAD = (
    *("target", "import s", "start to ready s", "idle PSS MB"),
    *("highest RSS of a process MB", "PSS after the load MB"),
)


def _processes(results: Sequence[Result]) -> Iterable[list[str]]:
    for result in results:
        loaded = result.loaded or result.idle
        yield [
            *(result.name, f"{result.import_s:.2f}", f"{result.ready_s:.2f}"),
            *(str(result.idle.pss), str(loaded.rss), str(loaded.pss)),
        ]
