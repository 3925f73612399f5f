"""Format, style, types and the direction of imports are tests like any other."""

import subprocess
import sys

import pytest

import config

CHECKS = {
    "format": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "style": [sys.executable, "-m", "ruff", "check", "."],
    "types": [sys.executable, "-m", "mypy"],
    "imports": [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
    ],
}


@pytest.mark.parametrize("name", CHECKS)
def test_code_passes_the_check(name: str) -> None:
    done = subprocess.run(
        CHECKS[name], cwd=config.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
