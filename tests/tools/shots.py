"""``make shots``: pictures of every screen, as each role, in two sizes and two themes, for people to look at.

Runs a demonstration of its own and writes build/shots/index.html with all pictures in folders by role;
``--gallery`` writes only the ten main screens, small, into docs/gallery/ for the README.
"""

import argparse
import html
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from seeds.demo import accounts, first_of_each_role
from tests.conftest import CHROMIUM, ENVIRONMENT
from tests.journeys.people import PERSON, choose, sign_in, write
from tests.proof.eyes import DESK, PHONE, window
from tests.proof.screens import Screens
from tests.tools import programs
from tests.tools.serving import LiveServer, serve

ROOT = Path(__file__).resolve().parents[2]
SHOTS, GALLERY = ROOT / "build" / "shots", ROOT / "docs" / "gallery"
SIZES, THEMES = {"wide": DESK, "phone": PHONE}, ("light", "dark")
WINDOWS = 2
ROLE_OF = {a.username: a.role for a in accounts()}
QUALITY, GALLERY_WIDTH = 82, 1100


@dataclass(frozen=True)
class Shown:
    """One screen of the gallery: file name, who sees it, where, in what looks."""

    name: str
    who: str
    url: str
    size: tuple[int, int] = DESK
    theme: str = "light"


MAIN = (
    Shown("home-clerk", "tiepnhan", "/"),
    Shown("counter", "tiepnhan", "/tiep-nhan"),
    Shown("return-desk", "tiepnhan", "/tra-ket-qua"),
    Shown("work-list", "tiepnhan", "/viec"),
    Shown("dossier", "chuyenvien", "/ho-so/*"),
    Shown("dossier-dark", "lanhdao", "/ho-so/*", theme="dark"),
    Shown("search", "tiepnhan", "/tra-cuu?q=nguyen"),
    Shown("register-book", "vanthu", "/so-theo-doi"),
    Shown("catalogue", "quantri", "/danh-muc/procedure_version/list/"),
    Shown("phone", "chuyenvien", "/viec", PHONE),
)


# ---- the demonstration ---------------------------------------------------------------------------
def screens_of(server: LiveServer) -> Screens:
    """The addresses of the product that `server` runs."""
    from app import create_app
    from tests.conftest import settings_for

    app = create_app(settings_for(server.database_url, Path(tempfile.gettempdir())))
    return Screens(app, server.database_url)


def chromium(playwright: Playwright) -> Browser:
    """The browser of the tests."""
    found = programs.chromium()
    settings: dict[str, Any] = {"executable_path": found.executable, "args": list(CHROMIUM)}
    browser = playwright.chromium.launch(**settings, env={**os.environ, **found.environment})
    programs.unplug(browser)
    return browser


# ---- all pictures --------------------------------------------------------------------------------
def name_of(url: str) -> str:
    """A file name for an address; dossiers are told apart by the end of their id."""
    short = re.sub(r"[0-9a-f]{8}-?[0-9a-f-]{17,21}([0-9a-f]{6})", r"\1", url.strip("/"))
    return re.sub(r"[^\w.-]+", "_", short) or "home"


def picture(page: Page, folder: Path, name: str) -> Iterator[Path]:
    """The page as it stands, in both sizes and themes."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.evaluate(
                "t => { const r = document.documentElement; r.dataset.theme = r.dataset.bsTheme = t; }",
                theme,
            )
            path = folder / f"{name}.{size}.{theme}.webp"
            _save(page.screenshot(), path)
            yield path


def _save(png: bytes, path: Path, width: int | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(BytesIO(png)).convert("RGB")
    if width and image.width > width:
        image = image.resize((width, image.height * width // image.width), Image.Resampling.LANCZOS)
    image.save(path, "WEBP", quality=QUALITY, method=3)


def walk(server: LiveServer, usernames: list[str]) -> list[Path]:
    """All screens of some people, in a browser of its own."""
    taken: list[Path] = []
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        screens = screens_of(server)
        for username in usernames:
            page = window(browser, server.url)
            folder = SHOTS / username
            if username == first_of_each_role()[0].username:
                page.goto("/login/")
                taken += picture(page, SHOTS / "stranger", "login")
            sign_in(page, username)
            for url in screens.of(page, ROLE_OF[username]):
                page.goto(url)
                taken += picture(page, folder, name_of(url))
            page.context.close()
        browser.close()
    return taken


def contact_sheet(taken: list[Path]) -> None:
    """build/shots/index.html: every picture, by person and screen."""
    rows: dict[tuple[str, str], list[Path]] = {}
    for path in sorted(taken):
        rows.setdefault((path.parent.name, path.name.split(".")[0]), []).append(path)
    out = [
        '<!doctype html><meta charset="utf-8"><title>Screens</title>',
        "<style>body{font:14px sans-serif}img{height:260px;border:1px solid #999;margin:4px}</style>",
    ]
    for (who, name), paths in rows.items():
        out.append(f"<h2>{html.escape(who)} · {html.escape(name)}</h2>")
        for path in paths:
            link = html.escape(path.relative_to(SHOTS).as_posix())
            out.append(f'<a href="{link}"><img loading="lazy" src="{link}" alt="{link}"></a>')
    (SHOTS / "index.html").write_text("\n".join(out), encoding="utf-8")


# ---- the gallery ---------------------------------------------------------------------------------
def gallery(server: LiveServer) -> list[Path]:
    """The ten main screens, each once."""
    taken = []
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        screens = screens_of(server)
        for shown in MAIN:
            page = window(browser, server.url, color_scheme=shown.theme)
            sign_in(page, shown.who)
            page.set_viewport_size({"width": shown.size[0], "height": shown.size[1]})
            _open(page, shown, screens)
            taken.append(GALLERY / f"{shown.name}.webp")
            _save(page.screenshot(), taken[-1], GALLERY_WIDTH)
            page.context.close()
        browser.close()
    return taken


def _open(page: Page, shown: Shown, screens: Screens) -> None:
    if shown.url == "/ho-so/*":
        page.goto(screens.in_hand(page)[0])
    elif shown.url == "/tiep-nhan":
        choose(page, "dang ky thanh lap ho kinh doanh")
        write(page, {**PERSON, "subject": "Mở quán cà phê tại xã Quảng Tiến"})
    else:
        page.goto(shown.url)
    page.wait_for_load_state("networkidle")


# ---- the command ---------------------------------------------------------------------------------
def main(arguments: list[str]) -> int:
    """All pictures and the gallery, or the gallery alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gallery", action="store_true", help="only the ten of the README")
    only_gallery = parser.parse_args(arguments).gallery
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/motcua.db"
        more = {"UPLOAD_DIR": f"{folder}/uploads", "DEMO": "1", "DEMO_DOSSIERS": "160"}
        with serve(url, Path(folder), {**ENVIRONMENT, **more}, seconds=300) as server:
            taken = gallery(server)
            size = sum(p.stat().st_size for p in taken)
            print(f"{len(taken)} pictures in {GALLERY}, {size / 1e6:.2f} MB")
            if not only_gallery:
                _everything(server)
    print(f"{time.monotonic() - started:.0f} s")
    return 0


def _everything(server: LiveServer) -> None:
    shutil.rmtree(SHOTS, ignore_errors=True)
    names = [a.username for a in first_of_each_role()]
    parts = [names[i::WINDOWS] for i in range(WINDOWS)]
    with ThreadPoolExecutor(WINDOWS) as pool:
        taken = [p for part in pool.map(lambda names: walk(server, names), parts) for p in part]
    contact_sheet(taken)
    print(f"{len(taken)} pictures in {SHOTS}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
