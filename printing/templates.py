"""The templates' own Jinja environment: sandboxed, escaping, and blind to all but `forms/`."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from domain.money import format_vnd, in_words
from printing import breaking, codes, text, typefaces
from printing.engine import PageSize

FOLDER = Path(__file__).parent / "forms"
# As in the sheet: td.body-name and p.title.
HEAD_SHARE, HEAD_SIZE, TITLE_SIZE = 0.44, 0.92, 1.15
OUTCOMES = {"": "", "early": "Trước hạn", "on_time": "Đúng hạn", "late": "Quá hạn"}


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """Built once per process. A misspelt field stops the paper instead of printing a hole."""
    env = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FileSystemLoader(FOLDER),
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(FILTERS)
    return env


def fill(form: str, values: Mapping[str, object]) -> str:
    """The form's `template.html` with `values`, every one of them escaped."""
    return environment().get_template(f"{form}/template.html").render(values)


def _head_lines(name: str, size: PageSize, face: str = typefaces.REGULAR) -> Markup:
    """A body's name in capitals, in the left column of the head."""
    room = size.inner_width * HEAD_SHARE - 6
    return _even_lines(name, face, size.base_size * HEAD_SIZE, room)


def _title_lines(title: str, size: PageSize) -> Markup:
    """The title of a form in capitals, over the whole width."""
    return _even_lines(title, typefaces.BOLD, size.base_size * TITLE_SIZE, size.inner_width - 6)


def _even_lines(text_: str, face: str, size: float, room: float) -> Markup:
    parts = breaking.balanced(text_.upper(), face, size, room)
    return Markup("<br>").join(escape(part) for part in parts)


#: Our filters, by the name a template calls them.
FILTERS: dict[str, Callable[..., Any]] = {
    "barcode": codes.barcode_image,
    "cover_mark": codes.cover_image,
    "count_or_blank": lambda count: text.two_digits(count) if count else "",
    "day": text.day,
    "dong": text.dong,
    "first_upper": text.first_upper,
    "grouped": format_vnd,
    "head_lines": _head_lines,
    "in_words": in_words,
    "moment": text.moment,
    "or_gap": text.or_gap,
    "outcome": OUTCOMES.__getitem__,
    "qr": codes.qr_image,
    "sentence": text.sentence,
    "title_lines": _title_lines,
    "two_digits": text.two_digits,
}
