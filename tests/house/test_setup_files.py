"""Installation files: pinned, whole, and free of outside addresses."""

import json
import os
import re
import subprocess

import pytest

import config
from app.cli import assets

ROOT = config.ROOT
HOSTS = re.compile(
    r"https?://[\w.-]*(?:registry|pypi|pythonhosted|npmjs|cdn|unpkg|jsdelivr)[\w.-]*"
)


@pytest.mark.parametrize("name", ["base", "dev", "build"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert pinned
    assert len(entries) == len(pinned)
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not HOSTS.search(text)


@pytest.mark.parametrize("folder", [".", "tests/tools"])
def test_npm_lock_names_contents_not_hosts(folder: str) -> None:
    text = (ROOT / folder / "package-lock.json").read_text(encoding="utf-8")
    packages = {k: v for k, v in json.loads(text)["packages"].items() if k}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())
    assert not HOSTS.search(text)


def test_every_front_end_file_is_laid_out() -> None:
    missing = [name for name in assets.FILES if not (assets.VENDOR / name).is_file()]
    assert missing == []


def test_served_style_sheets_load_nothing_from_outside() -> None:
    sheets = [*assets.VENDOR.rglob("*.css"), *(ROOT / "app" / "static").glob("**/*.css")]
    assert sheets
    outside = re.compile(r"(?:url\(|@import\s*)['\"]?(?:https?:)?//")
    assert [sheet.name for sheet in sheets if outside.search(sheet.read_text("utf-8"))] == []


def test_typeface_of_the_screens_covers_vietnamese() -> None:
    sheet = (assets.VENDOR / "be-vietnam-pro" / "be-vietnam-pro.css").read_text("utf-8")
    named = set(re.findall(r"url\(([^)]+)\)", sheet))
    assert len(named) == len(assets.SUBSETS) * len(assets.WEIGHTS)
    assert all((assets.VENDOR / "be-vietnam-pro" / name).is_file() for name in named)
    assert "U+1EA0-1EF9" in sheet


def test_lay_out_leaves_the_old_files_when_a_package_is_incomplete(tmp_path) -> None:
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    (vendor / "old.js").write_text("1")
    with pytest.raises(FileNotFoundError):
        assets.lay_out(tmp_path / "no-modules", vendor)
    assert (vendor / "old.js").read_text() == "1"


def test_ci_runs_make_test_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    lines = [line for line in script.read_text().splitlines() if not line.startswith("#")]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "exec make test"]
    assert os.access(script, os.X_OK)


def test_help_names_every_target_for_people() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    named = {line.split()[0] for line in done.stdout.splitlines()}
    wanted = {"setup", "run", "test", "lint", "i18n", "migrate", "bench", "help", "lock", "assets"}
    assert wanted <= named
