"""The benchmark runs: its rows satisfy the database, its requests are answered as people expect."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import config


@pytest.mark.timeout(300)
def test_a_small_run_measures_product_and_peer(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    options = ["--rows", "2000", "--seconds", "0.2", "--clients", "2"]
    options += ["--targets", "motcua,fab_stock", "--out", str(figures)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.run", *options],
        cwd=config.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    # Status 0 means that no answer was wrong and every acknowledged receipt was found whole.
    assert done.returncode == 0, done.stdout + done.stderr
    product, peer = json.loads(figures.read_text(encoding="utf-8"))
    scenarios = {"list", "book", "deep", "search", "form", "create", "slip"}
    assert (product["name"], set(product["cells"])) == ("motcua", scenarios)
    assert (peer["name"], set(peer["cells"])) == ("fab_stock", scenarios - {"book", "slip"})
    assert "| create | " in done.stdout.split("req/s ÷ best peer")[1]
