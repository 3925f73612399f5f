"""Make the icon font of the product: only the icons that its pages name.

The package holds two thousand icons and weighs more than all our scripts together. The font is cut
anew whenever a template changes; the class names stay those of the package.
"""

import os
import re
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "node_modules" / "bootstrap-icons" / "font"
VENDOR = ROOT / "app" / "static" / "vendor"
SHEET, FONT = "bootstrap-icons.min.css", "fonts/bootstrap-icons.woff"
#: Where icons are named, and by what kind of file.
PLACES = ("app", "views", "models", "domain", "services", "seeds")
KINDS = {".html", ".js", ".css", ".py"}
_NAME = re.compile(r"\bbi-([a-z0-9]+(?:-[a-z0-9]+)*)")
_POINT = re.compile(r'content:\s*"\\([fF][0-9a-fA-F]{3})"')
_RULE = re.compile(r'\.bi-([a-z0-9-]+)::before\s*\{\s*content:\s*"\\([0-9a-f]+)"')
#: Layout features and glyph names are of no use to a page.
DROPPED = {"GSUB", "post", "cmap", "glyf", "loca", "hmtx"}

Tables = dict[str, bytes]


class Used(NamedTuple):
    """Names written in the sources; code points written in style sheets of ours."""

    names: frozenset[str]
    points: frozenset[int]


def used(root: Path = ROOT) -> Used:
    """Every icon that a template, script, sheet or declaration names."""
    names: set[str] = set()
    points: set[int] = set()
    for place in PLACES:
        for path in sorted((root / place).rglob("*")):
            if path.suffix in KINDS and "vendor" not in path.parts:
                text = path.read_text(encoding="utf-8")
                names |= set(_NAME.findall(text))
                if path.suffix == ".css":
                    points |= {int(code, 16) for code in _POINT.findall(text)}
    return Used(frozenset(names), frozenset(points))


def known(package: Path = PACKAGE) -> dict[str, int]:
    """Name → code point of every icon of the package."""
    sheet = (package / "bootstrap-icons.css").read_text(encoding="utf-8")
    return {name: int(code, 16) for name, code in _RULE.findall(sheet)}


def read_woff(data: bytes) -> Tables:
    """Tables of a WOFF 1 file by their tag."""
    found = {}
    for i in range(struct.unpack(">H", data[12:14])[0]):
        tag, start, packed, size, _sum = struct.unpack_from(">4s4I", data, 44 + 20 * i)
        raw = data[start : start + packed]
        found[tag.decode()] = raw if packed == size else zlib.decompress(raw)
    return found


def write_woff(tables: Tables) -> bytes:
    """The tables as a WOFF 1 file."""
    start = 44 + 20 * len(tables)
    entries, bodies, plain = b"", b"", 12 + 16 * len(tables)
    for tag, body in sorted(tables.items()):
        packed = min(zlib.compress(body, 9), body, key=len)
        offset = start + len(bodies)
        entries += struct.pack(
            ">4s4I", tag.encode(), offset, len(packed), len(body), _checksum(body)
        )
        bodies += packed + bytes(-len(packed) % 4)
        plain += len(body) + -len(body) % 4
    size = start + len(bodies)
    head = struct.pack(">4sIIHHIHH5I", b"wOFF", 65536, size, len(tables), 0, plain, 1, 0, *[0] * 5)
    return head + entries + bodies


def _checksum(body: bytes) -> int:
    padded = body + bytes(-len(body) % 4)
    return sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF


def subset(tables: Tables, points: list[int]) -> Tables:
    """A font of `points` only, its glyphs numbered anew."""
    glyph_of = _characters(tables["cmap"])
    chosen = [0, *(glyph_of[p] for p in points)]
    long = struct.unpack_from(">h", tables["head"], 50)[0] == 1
    unit, factor = ("I", 1) if long else ("H", 2)
    count = len(tables["loca"]) // struct.calcsize(unit)
    where = [w * factor for w in struct.unpack(f">{count}{unit}", tables["loca"])]
    wide = struct.unpack_from(">H", tables["hhea"], 34)[0]
    outlines, places, widths = b"", [0], b""
    for glyph in chosen:
        outline = tables["glyf"][where[glyph] : where[glyph + 1]]
        outlines += outline + bytes(-len(outline) % 4)
        places.append(len(outlines))
        advance = struct.unpack_from(">H", tables["hmtx"], 4 * min(glyph, wide - 1))[0]
        side = struct.unpack_from(">h", outline, 2)[0] if outline else 0
        widths += struct.pack(">Hh", advance, side)
    kept = {tag: body for tag, body in tables.items() if tag not in DROPPED}
    kept["head"] = _patched(kept["head"], 50, 1)
    kept["hhea"] = _patched(kept["hhea"], 34, len(chosen))
    kept["maxp"] = _patched(kept["maxp"], 4, len(chosen))
    post = struct.pack(">I", 0x00030000) + tables["post"][4:32]
    loca = struct.pack(f">{len(places)}I", *places)
    return {
        **kept,
        "glyf": outlines,
        "loca": loca,
        "hmtx": widths,
        "cmap": _cmap(points),
        "post": post,
    }


def _patched(table: bytes, at: int, value: int) -> bytes:
    return table[:at] + struct.pack(">H", value) + table[at + 2 :]


def _characters(cmap: bytes) -> dict[int, int]:
    """Code point → glyph, from the table of Windows (format 4)."""
    for i in range(struct.unpack_from(">H", cmap, 2)[0]):
        platform, encoding, at = struct.unpack_from(">HHI", cmap, 4 + 8 * i)
        if (platform, encoding) == (3, 1) and struct.unpack_from(">H", cmap, at)[0] == 4:
            return _format4(cmap, at)
    raise ValueError("the icon font has no table of characters that is understood")


def _format4(cmap: bytes, at: int) -> dict[int, int]:
    n = struct.unpack_from(">H", cmap, at + 6)[0] // 2
    ends, starts, deltas, ranges = (at + 14, at + 16 + 2 * n, at + 16 + 4 * n, at + 16 + 6 * n)
    found = {}
    for i in range(n):
        end, start, delta, jump = (
            struct.unpack_from(">H", cmap, part + 2 * i)[0]
            for part in (ends, starts, deltas, ranges)
        )
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if jump:
                glyph = struct.unpack_from(">H", cmap, ranges + 2 * i + jump + 2 * (code - start))[
                    0
                ]
            found[code] = (glyph + delta) & 0xFFFF
    return found


def _cmap(points: list[int]) -> bytes:
    """A table of characters of format 4, one segment for each."""
    codes = [*sorted(points), 0xFFFF]
    glyph = {p: i + 1 for i, p in enumerate(points)}
    deltas = [(glyph.get(c, 0) - c) & 0xFFFF if c != 0xFFFF else 1 for c in codes]
    n = len(codes)
    power = 1 << (n.bit_length() - 1)
    search = (2 * n, 2 * power, power.bit_length() - 1, 2 * n - 2 * power)
    body = struct.pack(">4H", *search) + struct.pack(f">{n}H", *codes) + bytes(2)
    body += struct.pack(f">{n}H", *codes) + struct.pack(f">{n}H", *deltas) + bytes(2 * n)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + struct.pack(">3H", 4, len(body) + 6, 0) + body


def lay_out(package: Path = PACKAGE, vendor: Path = VENDOR) -> None:
    """Write the sheet and the font of the icons in use."""
    codes, wanted = known(package), used()
    names = sorted(wanted.names & codes.keys())
    points = sorted({codes[name] for name in names} | (wanted.points & set(codes.values())))
    font = write_woff(subset(read_woff((package / FONT).read_bytes()), points))
    sheet = (package / "bootstrap-icons.css").read_text(encoding="utf-8")
    rules = [
        '@font-face{font-display:block;font-family:"bootstrap-icons";'
        f'src:url("{FONT}") format("woff")}}',
        sheet[sheet.index(".bi::before") : sheet.index(".bi-123::before")].strip(),
        *(f'.bi-{name}::before{{content:"\\{codes[name]:x}"}}' for name in names),
    ]
    (vendor / "fonts").mkdir(parents=True, exist_ok=True)
    replace(vendor / FONT, font)
    replace(vendor / SHEET, "\n".join(rules).encode() + b"\n")


def replace(path: Path, body: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(body)
    draft.replace(path)
