"""Pages kept in memory for the person they were drawn for, as long as nothing has been written.

A page is taken from memory only for the same account with the same posts, scope, language and other
things of the session, the same address, within the same minute, and while the mark of the data
(`models.marks`) is the one read before the page was drawn: whatever is committed by whomever, the
next request draws anew, so nobody ever sees old data. The token of the forms and the fresh ids that
a page carries are put in again on every use.
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from app import clock, identities
from models.ids import made, uuid7
from views import frames

#: Endpoints whose pages are kept: what is opened all day long.
ENDPOINTS = frozenset({"worklist.show", "Counter.open", "RegisterBook.index", "HomeView.index"})
#: Pages kept by a process, the latest used ones; about fifty kilobytes each.
MOST = 200
#: What of the session does not show on a page: the token is put in anew.
_TOKEN, _ADDRESS = "token", "address"
_UNSEEN = frozenset({"csrf_token", "_fresh", "_permanent"})


class Kept(NamedTuple):
    """A page in pieces: between two of them comes a hole, a fresh id or the token (`between`)."""

    mark: str
    pieces: tuple[str, ...]
    between: tuple[str, ...]
    ids: int


def _pages() -> OrderedDict[Any, Kept]:
    pages: OrderedDict[Any, Kept] = current_app.extensions["kept_pages"]
    return pages


def _key() -> Any:
    """Everything a page depends on besides the data; None when it may not be kept."""
    if request.endpoint not in ENDPOINTS or "sau" in request.args:
        return None  # nobody opens the pages further on twice
    reader = _reader()
    return None if reader is None else (reader, request.full_path)


def _reader() -> Any:
    """Who reads, in which way and when; None when nothing may be kept."""
    if request.method != "GET" or "_flashes" in session:
        return None
    found = g.get("identity")
    if found is None or found.actor is None or not current_user.is_authenticated:
        return None
    shown = tuple(sorted((k, repr(v)) for k, v in session.items() if k not in _UNSEEN))
    heads = tuple(request.headers.get(name) for name in ("HX-Request", "HX-Target", "Accept"))
    minute = clock.now().replace(second=0, microsecond=0)
    who = (current_user.id, found.mark, found.actor.posts, found.scope)
    return (who, shown, request.host, heads, minute)


def _look() -> Response | None:
    """The page of this request, if it is kept; else remember that it may be."""
    key = _key() if current_app.config["KEEP_PAGES"] else None
    mark = identities.mark() if key is not None else None
    if mark is None:
        return None
    pages = _pages()
    kept = pages.get(key)
    if kept is not None and kept.mark == mark.data:
        pages.move_to_end(key)
        return Response(_together(kept, {}), content_type="text/html; charset=utf-8")
    g.keep = (key, mark.data, made.set([]))
    return None


def _together(kept: Kept, holes: Mapping[str, str]) -> str:
    fill = {str(number): uuid7() for number in range(kept.ids)} | holes
    if _TOKEN in kept.between:
        fill[_TOKEN] = generate_csrf()
    out = [kept.pieces[0]]
    for name, piece in zip(kept.between, kept.pieces[1:], strict=True):
        out += (fill[name], piece)
    return "".join(out)


def framed(key: Any, holes: Mapping[str, str], draw: Callable[[Mapping[str, str]], str]) -> str:
    """A page whose holes (name → HTML) differ each time, while what stands around them is kept.

    key: all that the rest of the page depends on besides its reader and the data. draw: gives the
    whole page, with what it is given in place of the holes.
    """
    reader, mark = _reader() if current_app.config["KEEP_PAGES"] else None, identities.mark()
    if reader is None or mark is None:
        return draw(holes)
    pages, whole = _pages(), (reader, request.endpoint, key)
    kept = pages.get(whole)
    if kept is None or kept.mark != mark.data:
        marks = {name: f"hole{os.urandom(8).hex()}" for name in holes}
        page, ids = _drawn(lambda: draw({n: Markup(m) for n, m in marks.items()}))
        cuts = {m: n for n, m in marks.items()} | {_address(): _ADDRESS}
        kept = _apart(page, mark.data, ids, cuts)
        _remember(whole, kept)
    pages.move_to_end(whole)
    return _together(kept, {**holes, _ADDRESS: _address()})


def _address() -> str:
    """Where the switches of the shell return to: the one thing of the address that every page repeats."""
    return f'value="{escape(request.full_path)}"'


def _drawn(draw: Callable[[], str]) -> tuple[str, list[str]]:
    """The page, and the ids that were made for it."""
    ids = made.get()
    if ids is not None:  # the page will be kept as a whole too
        return draw(), ids
    token = made.set([])
    try:
        return draw(), made.get() or []
    finally:
        made.reset(token)


def _remember(key: Any, kept: Kept) -> None:
    pages = _pages()
    pages[key] = kept
    pages.move_to_end(key)
    while len(pages) > MOST:
        pages.popitem(last=False)


def _keep(response: Response) -> Response:
    """Keep a page that was drawn without saying anything only once."""
    waiting = g.pop("keep", None)
    if waiting is None:
        return response
    key, mark, token = waiting
    ids = made.get() or []
    made.reset(token)
    plain = response.status_code == 200 and not response.is_streamed
    if plain and response.mimetype == "text/html" and _key() == key:
        _remember(key, _apart(response.get_data(as_text=True), mark, ids, {}))
    return response


def _apart(text: str, mark: str, ids: list[str], holes: Mapping[str, str]) -> Kept:
    """Cut a page at its holes, at its token and at the ids that were made while it was drawn."""
    seen = [i for i in dict.fromkeys(ids) if i in text]
    names = {one: str(number) for number, one in enumerate(seen)} | holes
    token = g.get("csrf_token")
    if token:
        names[token] = _TOKEN
    cut = os.urandom(8).hex()
    for words, name in names.items():
        text = text.replace(words, f"{cut}{name}{cut}")
    parts = text.split(cut)
    return Kept(mark, tuple(parts[::2]), tuple(parts[1::2]), len(seen))


def _forget(_error: BaseException | None) -> None:
    waiting = g.pop("keep", None)
    if waiting is not None:
        made.reset(waiting[2])


def init_app(app: Flask) -> None:
    """Look after the scope is entered, keep before the headers are set."""
    app.extensions["kept_pages"] = OrderedDict()
    frames.bind(framed)
    app.before_request(_look)
    app.after_request(_keep)
    app.teardown_request(_forget)
