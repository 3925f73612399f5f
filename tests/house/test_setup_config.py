"""Settings: each stands once, is documented, and production is never started by accident."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import config

LONG = "0123456789abcdef" * 4


def demo(folder: Path, **more: str) -> config.Loaded:
    return config.load({"DATABASE_URL": f"sqlite:///{folder}/x.db", **more})


def test_settings_document_is_current() -> None:
    written = (config.ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == config.as_markdown(), "run: python config.py > docs/settings.md"


def test_every_setting_stands_once_and_says_why() -> None:
    names = [setting.name for setting in config.SETTINGS]
    assert len(names) == len(set(names))
    assert all(setting.why.endswith(".") for setting in config.SETTINGS)


def test_nothing_reads_the_environment_beside_config() -> None:
    rooms = ("app", "views", "printing", "services", "models", "domain", "seeds")
    files = [path for room in rooms for path in (config.ROOT / room).rglob("*.py")]
    readers = {str(p.relative_to(config.ROOT)) for p in files if "os.environ" in p.read_text()}
    assert readers <= {"app/cli/assets.py"}


def test_defaults_are_those_of_a_newcomer(tmp_path: Path) -> None:
    loaded = demo(tmp_path)
    assert (loaded["HOST"], loaded["PORT"], loaded["PROFILE"]) == (
        "127.0.0.1",
        8080,
        "dak-lak-2014",
    )
    assert loaded["PUBLIC_URL"] == "http://127.0.0.1:8080"
    assert loaded["DEMO"] is True
    assert loaded["UPLOAD_DIR"] == str(tmp_path / "uploads")
    assert loaded["SESSION_COOKIE_SECURE"] is False
    assert loaded["WORKERS"] >= 1


def test_load_understands_short_postgresql_addresses(tmp_path: Path) -> None:
    loaded = demo(tmp_path, DATABASE_URL="postgresql://a@b/c", SECRET_KEY=LONG)
    assert loaded["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://a@b/c"


def test_first_start_creates_a_secret_only_its_owner_reads(tmp_path: Path) -> None:
    first = demo(tmp_path)["SECRET_KEY"]
    file = tmp_path / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first) == 64
    assert demo(tmp_path)["SECRET_KEY"] == first
    assert [p.name for p in tmp_path.iterdir()] == ["secret.key"]


def test_first_start_makes_a_data_folder_only_its_owner_enters(tmp_path: Path) -> None:
    demo(tmp_path / "var")
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_hosts_starting_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    code = "import config, sys; print(config.load()['SECRET_KEY'])"
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=config.ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    assert len({process.communicate()[0] for process in running}) == 1


PRODUCTION = {"MODE": "production", "PUBLIC_URL": "https://motcua.example", "SECRET_KEY": LONG}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"DEMO": "1"}, "DEMO"),
        ({"SECRET_KEY": "", "SECRET_FILE": "/nowhere/secret"}, "/nowhere/secret"),
        ({"MODE": "prod"}, "MODE"),
        ({"PORT": "http"}, "PORT"),
        ({"PROFILE": "dak-lak-1904"}, "dak-lak-1904"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ],
)
def test_start_is_refused_with_a_sentence_when_settings_are_unsafe(
    tmp_path: Path, change: dict[str, str], named: str
) -> None:
    with pytest.raises(config.ConfigError) as refusal:
        demo(tmp_path, **{**PRODUCTION, **change})
    assert named in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_production_binds_the_session_to_its_own_https_host(tmp_path: Path) -> None:
    loaded = demo(tmp_path, **PRODUCTION)
    assert loaded["SESSION_COOKIE_SECURE"] is True
    assert loaded["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert loaded["FAB_SAFE_REDIRECT_HOSTS"] == ["motcua.example"]
    assert loaded["DEMO"] is False


def test_secret_shorter_than_a_guess_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("abc")
    with pytest.raises(config.ConfigError, match="shorter"):
        demo(tmp_path)
