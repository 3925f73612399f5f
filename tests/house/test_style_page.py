"""The style page shows what there is: no piece of the kit is missing on it."""

import re
from pathlib import Path

import config

KIT = [Path(config.ROOT, "app/templates/kit", name) for name in ("macros.html", "forms.html")]
PAGE = Path(config.ROOT, "app/templates/style/index.html")
#: Parts of other pieces, or nothing to look at.
INSIDE = {
    "control",
    "picked",
    "required_mark",
    "help_and_errors",
    "csrf",
    "once",
    "blank",
    "dt",
    "span",
}


def test_every_piece_of_the_kit_stands_on_the_style_page() -> None:
    pieces = {m for file in KIT for m in re.findall(r"{% macro (\w+)", file.read_text("utf-8"))}
    shown = set(re.findall(r"kit\.(\w+)\(", PAGE.read_text("utf-8")))
    assert pieces - shown - INSIDE == set()
    assert pieces >= INSIDE


def test_every_whole_page_loads_the_tokens_before_the_rules_that_use_them() -> None:
    pages = Path(config.ROOT, "app/templates").rglob("*.html")
    whole = [text for page in pages if "<html" in (text := page.read_text("utf-8"))]
    assert len(whole) > 2
    assert all("'tokens.css', 'app.css'" in text for text in whole)
