"""The tokens: readable in both themes, explained in docs/design.md, and the only place of a colour."""

import re

import pytest

import config
from views.style import COLOURS

STATIC = config.ROOT / "app" / "static"
SHEET = (STATIC / "tokens.css").read_text(encoding="utf-8")
#: Text on its grounds: 4.5 to 1 (WCAG 1.4.3).
TEXT = {
    "text": ("bg", "surface", "surface-2", "surface-3", "accent-pale", "neutral-pale"),
    "text-soft": ("bg", "surface", "surface-2", "surface-3", "neutral-pale", "accent-pale"),
    "accent": ("bg", "surface", "surface-2", "surface-3", "accent-pale"),
    "accent-strong": ("bg", "surface", "surface-3", "accent-pale"),
    "danger": ("bg", "surface", "surface-3", "danger-pale"),
    "warning": ("bg", "surface", "surface-3", "warning-pale"),
    "success": ("bg", "surface", "surface-3", "success-pale"),
    "info": ("bg", "surface", "info-pale"),
    "neutral": ("surface", "neutral-pale"),
    "on-accent": ("accent", "accent-strong"),
    "on-danger": ("danger",),
    "on-success": ("success",),
    "on-seal": ("seal",),
    "side-text": ("side-bg", "side-on"),
    "side-soft": ("side-bg",),
    "side-on-text": ("side-on", "side-bg"),
}
#: Edges of fields, focus rings and the current place: 3 to 1 (WCAG 1.4.11).
SHAPES = {
    "line-strong": ("bg", "surface"),
    "focus": ("bg", "surface", "surface-3"),
    "side-focus": ("side-bg", "side-on"),
}
_WORDS = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")


def theme(name: str) -> dict[str, str]:
    block = SHEET[SHEET.index(f'[data-bs-theme="{name}"] {{') :]
    return dict(_WORDS.findall(block[: block.index("}")]))


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Ratio of two colours by WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_pair_in_use_can_be_read(name):
    colours = theme(name)
    low = [
        (front, ground, round(contrast(colours[front], colours[ground]), 2))
        for pairs, least in ((TEXT, 4.5), (SHAPES, 3.0))
        for front, grounds in pairs.items()
        for ground in grounds
        if contrast(colours[front], colours[ground]) < least
    ]
    assert low == []


def test_both_themes_name_the_same_colours():
    assert theme("light").keys() == theme("dark").keys()
    assert set(COLOURS) <= theme("light").keys()


def test_page_of_the_design_explains_every_token():
    words = (config.ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    tokens = set(re.findall(r"--([\w-]+):", SHEET))
    named = {
        token
        for token in tokens
        if f"`--{token}`" in words or re.search(rf"`--{token[:-1]}\d…\d`", words)
    }
    assert tokens - named == set()


def test_no_other_sheet_holds_a_colour():
    sheets = [p for p in STATIC.glob("*.css") if p.name not in {"tokens.css", "fonts.css"}]
    assert len(sheets) > 4
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b(?!\w)|\b(?:rgb|hsl)a?\(")
    found = [
        (path.name, line)
        for path in sheets
        for line in path.read_text(encoding="utf-8").splitlines()
        if colour.search(re.sub(r"url\(.*?\)", "", line))
    ]
    assert found == []
