"""The way back: from a form to its row, from a row to the list or page it was opened from.

Nothing is remembered between requests: the address itself carries the list's state in `_flt_0_list`
and the page above in `_flt_0_up` (FAB's templates pass on parameters of that form).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from flask import current_app, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

LIST, UP = "_flt_0_list", "_flt_0_up"


@dataclass(frozen=True)
class _Kept:
    """What FAB's `set_link_filters` takes for a filter: it adds `_flt_0_<column_name>=<value>`."""

    column_name: str
    is_related_view: bool = True


class Links:
    """Parameters that the links of a list carry on."""

    def __init__(self, **kept: str) -> None:
        self._kept = {name: value for name, value in kept.items() if value}

    def get_filters_values(self) -> list[tuple[_Kept, str]]:
        """As FAB's templates read them; values are quoted here because those do not."""
        return [(_Kept(name), quote(value, safe="")) for name, value in self._kept.items()]


def carried() -> dict[str, str]:
    """Parameters of this kind in the present address."""
    return {k: v for k, v in request.args.items() if k in {LIST, UP}}


def inside(path: str) -> bool:
    """Whether an address stays within the product: a path, never another host."""
    return path.startswith("/") and not path.startswith(("//", "/\\"))


def list_url(endpoint: str, args: Any) -> str:
    """The list a page was opened from, in the state it had."""
    up = str(args.get(UP, ""))
    if inside(up):
        return up
    state = str(args.get(LIST, ""))
    base = url_for(f"{endpoint}.list")
    return f"{base}?{state}" if state else base


def referred() -> tuple[str, dict[str, Any], dict[str, str]]:
    """Endpoint, path arguments and query of the page the person came from; empty if unknown."""
    try:
        came = urlsplit(request.referrer or "")
        if came.netloc != request.host:
            return "", {}, {}
        endpoint, args = current_app.url_map.bind("").match(came.path, method="GET")
    except (HTTPException, ValueError):
        return "", {}, {}
    return endpoint, dict(args), {k: v[0] for k, v in parse_qs(came.query).items()}


def back() -> Response:
    """`/back`: one level up from the page the person came from."""
    endpoint, args, query = referred()
    view, _, method = endpoint.rpartition(".")
    kept = {k: v for k, v in query.items() if k in {LIST, UP}}
    if method == "edit" and "pk" in args and f"{view}.show" in current_app.view_functions:
        return redirect(url_for(f"{view}.show", pk=args["pk"], **kept))
    if view and f"{view}.list" in current_app.view_functions:
        return redirect(list_url(view, query))
    return redirect(current_app.appbuilder.get_url_for_index)  # type: ignore[attr-defined]
