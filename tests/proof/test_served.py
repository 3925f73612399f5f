"""What is sent is small and asked for once: files with hashes, pages compressed, only icons in use."""

import gzip
import re

import pytest

import config
from app import compress
from app.cli import icons, trimming
from domain.roles import Role
from tests.tools.engines import sqlite_only

GZIP = {"Accept-Encoding": "gzip"}
STATIC = re.compile(r"/static/[\w./-]+\?v=[0-9a-f]{12}")


def test_icons_that_pages_name_are_in_the_font_that_is_served() -> None:
    sheet = (icons.VENDOR / icons.SHEET).read_text("utf-8")
    served = set(re.findall(r"\.bi-([a-z0-9-]+)::before", sheet))
    named = icons.used().names & icons.known().keys()
    assert len(named) > 50
    assert named - served == set(), "run `make assets`"
    font = icons.read_woff((icons.VENDOR / icons.FONT).read_bytes())
    points = {code for name, code in icons.known().items() if name in named}
    assert points <= icons._characters(font["cmap"]).keys()


def test_cut_font_draws_an_icon_as_the_whole_one_does() -> None:
    whole = icons.read_woff((icons.PACKAGE / icons.FONT).read_bytes())
    points = sorted(icons.known()[name] for name in ("house", "search", "x-lg"))
    cut = icons.read_woff(icons.write_woff(icons.subset(whole, points)))
    for point in points:
        assert outline(cut, point) == outline(whole, point)
    assert len(cut["glyf"]) < len(whole["glyf"]) / 100


def outline(tables: icons.Tables, point: int) -> bytes:
    """The drawing of a character, without what fills it up to four bytes."""
    glyph = icons._characters(tables["cmap"])[point]
    long = tables["head"][51] == 1
    size = 4 if long else 2
    start, end = (
        int.from_bytes(tables["loca"][size * g : size * (g + 1)]) * (1 if long else 2)
        for g in (glyph, glyph + 1)
    )
    return tables["glyf"][start:end].rstrip(b"\0")


def test_trimming_keeps_what_is_named_and_drops_the_rest() -> None:
    names = trimming.Named(frozenset({"card", "show"}), ("btn-",))
    sheet = (
        "/*! licence */:root{--a:1}.card,.carousel{a:b}.card:not(.fixed){c:d}.btn-new{e:f}"
        ".carousel{g:h}@media print{.carousel{i:j}}@media print{.card.show{k:l}}"
        "@keyframes spin{to{m:n}}"
    )
    assert trimming.trim(sheet, names) == (
        "/*! licence */:root{--a:1}.card{a:b}.card:not(.fixed){c:d}.btn-new{e:f}"
        "@media print{.card.show{k:l}}@keyframes spin{to{m:n}}"
    )


@sqlite_only
def test_address_with_the_hash_may_be_kept_for_ever(app, client) -> None:
    page = client.get("/login/").text
    addresses = set(STATIC.findall(page))
    assert len(addresses) > 10
    assert set(re.findall(r'"(/static/[^"]+)"', page)) == addresses
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@sqlite_only
@pytest.mark.parametrize("behind", ["", "?v=000000000000"])
def test_address_without_the_right_hash_is_asked_for_again(app, client, behind) -> None:
    answer = client.get(f"/static/app.css{behind}")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    again = client.get("/static/app.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@sqlite_only
def test_hash_is_another_one_when_the_file_is(app, client, tmp_path) -> None:
    from app import assets

    (tmp_path / "a.css").write_text("a{b:url('b.svg')}")
    (tmp_path / "b.svg").write_text("<svg/>")
    first = assets.find(str(tmp_path), "a.css")
    (tmp_path / "a.css").write_text("a{c:url('b.svg')}a{}")
    second = assets.find(str(tmp_path), "a.css")
    assert first and second and first.hash != second.hash
    assert re.fullmatch(rb'a\{c:url\("b\.svg\?v=[0-9a-f]{12}"\)\}a\{\}', second.body)


@sqlite_only
def test_fonts_are_named_with_their_hashes(app, client) -> None:
    sheet = client.get("/static/fonts.css").text
    named = re.findall(r'url\("([^"]+)"\)', sheet)
    assert named
    for address in named:
        assert "immutable" in client.get(f"/static/{address}").headers["Cache-Control"]


@sqlite_only
@pytest.mark.parametrize("path", ["../config.py", "%2e%2e/config.py", "no-such.css", "vendor", ""])
def test_nothing_else_is_served(app, client, path) -> None:
    assert client.get(f"/static/{path}").status_code == 404


@sqlite_only
def test_files_travel_compressed_once_and_fonts_as_they_are(app, client) -> None:
    plain, packed = client.get("/static/app.css"), client.get("/static/app.css", headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert (
        gzip.decompress(packed.data)
        == plain.data
        == (config.ROOT / "app/static/app.css").read_bytes()
    )
    font = client.get(f"/static/vendor/{icons.FONT}", headers=GZIP)
    assert "Content-Encoding" not in font.headers


@sqlite_only
def test_pages_travel_compressed_to_those_who_can_read_it(app, login) -> None:
    clerk = login(Role.clerk)
    plain, packed = clerk.get("/tra-cuu"), clerk.get("/tra-cuu", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "</html>" in gzip.decompress(packed.data).decode()


@sqlite_only
def test_small_answers_and_refusals_of_gzip_go_as_they_are(app, client) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers
    refusing = client.get("/login/", headers={"Accept-Encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in refusing.headers


def test_equal_pages_differ_in_size_when_compressed() -> None:
    body = b"<p>the same page</p>" * 200
    sizes = {len(compress.pack(body)) for _ in range(60)}
    assert len(sizes) > 10
    assert gzip.decompress(compress.pack(body)) == body
