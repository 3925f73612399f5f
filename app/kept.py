"""Pages kept in memory for the person they were drawn for, as long as nothing has been written.

A page is taken from memory only for the same account with the same posts, scope, language and other
things of the session, the same address, within the same minute, and while the mark of the data
(`models.marks`) is the one read before the page was drawn: whatever is committed by whomever, the
next request draws anew, so nobody ever sees old data. The token of the forms and the fresh ids that
a page carries are put in again on every use.
"""

import os
from collections import OrderedDict
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from app import clock, identities
from models.ids import made, uuid7

#: Endpoints whose pages are kept: what is opened all day long.
ENDPOINTS = frozenset(
    {"worklist.show", "Counter.open", "RegisterBook.index", "Search.index", "HomeView.index"}
)
#: Pages kept by a process, the latest used ones; about fifty kilobytes each.
MOST = 200
#: What of the session does not show on a page: the token is put in anew.
_UNSEEN = frozenset({"csrf_token", "_fresh", "_permanent"})


class Kept(NamedTuple):
    """A page in pieces: between two of them comes the number of a fresh id, or -1 for the token."""

    mark: str
    pieces: tuple[str, ...]
    between: tuple[int, ...]
    ids: int


def _pages() -> OrderedDict[Any, Kept]:
    pages: OrderedDict[Any, Kept] = current_app.extensions["kept_pages"]
    return pages


def _key() -> Any:
    """Everything a page depends on besides the data; None when it may not be kept."""
    if request.method != "GET" or request.endpoint not in ENDPOINTS or "_flashes" in session:
        return None
    found = g.get("identity")
    if found is None or found.actor is None or not current_user.is_authenticated:
        return None
    shown = tuple(sorted((k, repr(v)) for k, v in session.items() if k not in _UNSEEN))
    heads = tuple(request.headers.get(name) for name in ("HX-Request", "HX-Target", "Accept"))
    minute = clock.now().replace(second=0, microsecond=0)
    who = (current_user.id, found.mark, found.actor.posts, found.scope)
    return (who, shown, request.host, request.full_path, heads, minute)


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
        return Response(_together(kept), content_type="text/html; charset=utf-8")
    g.keep = (key, mark.data, made.set([]))
    return None


def _together(kept: Kept) -> str:
    ids = [uuid7() for _ in range(kept.ids)]
    out = [kept.pieces[0]]
    for number, piece in zip(kept.between, kept.pieces[1:], strict=True):
        out.append(generate_csrf() if number < 0 else ids[number])
        out.append(piece)
    return "".join(out)


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
        pages = _pages()
        pages[key] = _apart(response.get_data(as_text=True), mark, ids)
        pages.move_to_end(key)
        while len(pages) > MOST:
            pages.popitem(last=False)
    return response


def _apart(text: str, mark: str, ids: list[str]) -> Kept:
    """Cut a page at its token and at the ids that were made while it was drawn."""
    seen = [i for i in dict.fromkeys(ids) if i in text]
    cut = os.urandom(8).hex()
    for number, one in enumerate(seen):
        text = text.replace(one, f"{cut}{number};{cut}")
    token = g.get("csrf_token")
    if token:
        text = text.replace(token, f"{cut}-1;{cut}")
    parts = text.split(cut)
    return Kept(mark, tuple(parts[::2]), tuple(int(p[:-1]) for p in parts[1::2]), len(seen))


def _forget(_error: BaseException | None) -> None:
    waiting = g.pop("keep", None)
    if waiting is not None:
        made.reset(waiting[2])


def init_app(app: Flask) -> None:
    """Look after the scope is entered, keep before the headers are set."""
    app.extensions["kept_pages"] = OrderedDict()
    app.before_request(_look)
    app.after_request(_keep)
    app.teardown_request(_forget)
