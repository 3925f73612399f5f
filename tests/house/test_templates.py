"""Pages hold nothing inline and nothing from outside, so they run under a strict policy."""

import re
from pathlib import Path

import pytest

import config
from app.security import HEADERS
from domain.roles import Role
from tests.factories import dossiers as make
from tests.tools.engines import sqlite_only

APP = config.ROOT / "app"
TEMPLATES = sorted((APP / "templates").rglob("*.html"))
OWN = sorted(
    path
    for path in (APP / "static").rglob("*")
    if path.is_file() and "vendor" not in path.relative_to(APP / "static").parts[0]
)
INLINE = {
    "script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "handler": re.compile(r"\son[a-z]+\s*=\s*[\"'{]", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
}
#: Names of vocabularies look like addresses; nobody ever asks for them.
NAMESPACE = re.compile(r"http://www\.w3\.org/(?:2000/svg|1999/xlink|1999/xhtml)")
OUTSIDE = re.compile(r"(?:https?:)?//[a-z0-9][\w-]*\.[a-z]", re.IGNORECASE)
#: What may be shown unescaped: a widget that a template of ours drew, and two literal quotes.
SAFE = re.compile(
    r"(?:widgets?\b[^{}]*?\([^()]*\)|form_fields\[name\]|' placeholder=\"'|'\"')\s*\|\s*safe\b"
)


def name(path: Path) -> str:
    return path.relative_to(APP).as_posix()


def code(path: Path) -> str:
    """A file without template comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_templates_hold_nothing_inline():
    assert len(TEMPLATES) > 60
    found = [
        (name(path), kind)
        for path in TEMPLATES
        for kind, pattern in INLINE.items()
        if pattern.search(code(path))
    ]
    assert found == []


def test_pages_and_scripts_name_no_address_outside_the_house():
    files = [*TEMPLATES, *(p for p in OWN if p.suffix in {".css", ".js", ".svg", ".html"})]
    assert any(p.suffix == ".js" for p in files) and any(p.suffix == ".css" for p in files)
    found = [
        (name(path), match[0])
        for path in files
        for match in OUTSIDE.finditer(NAMESPACE.sub("", code(path)))
    ]
    assert found == []


def test_templates_escape_what_they_show():
    """Every value is escaped by default; only what a template drew itself is not escaped again."""
    found = []
    for path in TEMPLATES:
        text = code(path)
        found += [(name(path), "autoescape")] if "autoescape false" in text else []
        rest = SAFE.sub("", text)
        found += [(name(path), m[0]) for m in re.finditer(r".{0,40}\|\s*safe\b", rest)]
    assert found == []


def test_scripts_make_no_code_from_text():
    scripts = [path for path in OWN if path.suffix == ".js"]
    assert scripts
    # Markup is set only as a literal of our own; everything else goes in as text.
    risky = re.compile(
        r"\beval\(|new Function\(|\.innerHTML\s*=(?!\s*'<i class=)|document\.write\("
    )
    assert [path.name for path in scripts if risky.search(path.read_text(encoding="utf-8"))] == []


PAGES = ("/", "/viec", "/tiep-nhan", "/tra-cuu", "/danh-muc/unit/list/", "/khong-co")
STRICT = ("default-src 'self'", "object-src 'none'", "base-uri 'self'", "frame-ancestors")


@sqlite_only
@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_policy(app, login, client, path):
    for visitor in (client, login(Role.clerk)):
        headers = visitor.get(path).headers
        assert {h: headers.get(h) for h in HEADERS} == HEADERS
        policy = headers["Content-Security-Policy"]
        assert all(part in policy for part in STRICT)
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"


@sqlite_only
def test_json_and_papers_carry_the_policy_too(app, session, login, client):
    clerk = login(Role.clerk)
    dossier = make.received()
    slip = clerk.post(f"/ho-so/{dossier.id}/giay/receipt_slip", data={})
    answers = [
        clerk.get("/tiep-nhan/thu-tuc?q=khai"),
        clerk.get(slip.headers["Location"]),
        client.get("/api/v1/unit/"),
        client.get("/healthz"),
        client.get("/static/app.css"),
    ]
    assert [a.status_code for a in answers] == [200, 200, 401, 200, 200]
    for answer in answers:
        assert "Content-Security-Policy" in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@sqlite_only
def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app, client):
    answer = client.get("/lang/en")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
