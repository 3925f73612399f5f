"""Files as citizens and scanners send them, made for tests."""

import io
import random

from PIL import Image, ImageDraw
from pypdf import PdfWriter


def picture(size=(400, 300), form="JPEG", mode="RGB", **more) -> bytes:
    image = Image.new(mode, size, "white" if mode not in ("1", "I;16") else 1)
    if mode != "I;16":
        ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill=0)
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def photo(width=4000, height=3000, **more) -> bytes:
    """What a phone makes of a page of text on a table: shades, noise and fine marks."""
    chance = random.Random(7)
    small = Image.effect_noise((width // 8, height // 8), 40).convert("RGB")
    image = small.resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    for _ in range(3000):
        x, y = chance.randrange(width), chance.randrange(height)
        pen.line((x, y, x + 30, y + 8), fill=(20, 20, 30), width=4)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, **more)
    return out.getvalue()


def pdf(pages=1, change=None, **write) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
