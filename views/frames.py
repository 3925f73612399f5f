"""Pages of which only some parts change from one request to the next. The application keeps the rest."""

from collections.abc import Callable, Mapping
from typing import Any

Draw = Callable[[Mapping[str, str]], str]
Framed = Callable[[Any, Mapping[str, str], Draw], str]

_framed: Framed = lambda _key, holes, draw: draw(holes)  # noqa: E731


def bind(framed: Framed) -> None:
    """Say who keeps the frames; called once by the application."""
    global _framed
    _framed = framed


def framed(key: Any, holes: Mapping[str, str], draw: Draw) -> str:
    """The page that `draw` gives, with `holes` (name → HTML) put into what is kept of it.

    key: all that the frame depends on besides its reader and the data: a filter, which links there
    are. `draw` gets name → what to write into the page at this place, and writes it as it is.
    """
    return _framed(key, holes, draw)
