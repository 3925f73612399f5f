"""Pages as a person uses them: find a form, fill it in, send it."""

import html
import re
from typing import Any

from flask.testing import FlaskClient

from models.dossier import Dossier

_FORM = re.compile(r"<form[^>]*?action=\"([^\"]*)\"[^>]*>(.*?)</form>", re.DOTALL)
_INPUT = re.compile(r"<input[^>]*>")
_AREA = re.compile(r"<textarea[^>]*name=\"([^\"]*)\"[^>]*>(.*?)</textarea>", re.DOTALL)
_SELECT = re.compile(r"<select[^>]*name=\"([^\"]*)\"[^>]*>(.*?)</select>", re.DOTALL)
_OPTION = re.compile(r"<option[^>]*selected[^>]*value=\"([^\"]*)\"")


def address(dossier: Dossier) -> str:
    """Where a dossier is looked at."""
    return f"/ho-so/{dossier.id}"


def fields(page: str, action: str) -> dict[str, str]:
    """What the form with this address would send as it stands. Fails when there is no such form."""
    for target, body in _FORM.findall(page):
        if html.unescape(target).partition("?")[0] == action:
            return _values(body)
    raise AssertionError(f"the page has no form for {action}")


def _values(body: str) -> dict[str, str]:
    found = {}
    for tag in _INPUT.findall(body):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if name and not (kind in ("checkbox", "radio") and "checked" not in tag):
            found[name] = _attribute(tag, "value") or ""
    found |= {name: html.unescape(text.strip()) for name, text in _AREA.findall(body)}
    for name, options in _SELECT.findall(body):
        chosen = _OPTION.findall(options)
        found[name] = html.unescape(chosen[0]) if chosen else ""
    return found


def _attribute(tag: str, name: str) -> str | None:
    match = re.search(rf"\b{name}=\"([^\"]*)\"", tag)
    return html.unescape(match[1]) if match else None


def act_of(dossier: Dossier, slug: str) -> str:
    """Where the form of an act stands open."""
    return f"{address(dossier)}?viec={slug}"


def offered(page: str) -> list[str]:
    """Slugs of the acts that a dossier page offers, the next one first."""
    return list(dict.fromkeys(re.findall(r" data-act=\"([a-z-]+)\"", page)))


def standing(page: str) -> list[str]:
    """Slugs of the acts whose form stands open."""
    return re.findall(r"<section class=\"card act\" id=\"([a-z-]+)\"[^>]*(?<!hidden)>", page)


def send(client: FlaskClient, dossier: Dossier, slug: str, **typed: Any) -> Any:
    """Open the dossier, fill in the form of one act and send it; the answer as it comes."""
    page = client.get(act_of(dossier, slug))
    assert page.status_code == 200
    target = f"{address(dossier)}/{slug}"
    return client.post(target, data={**fields(page.text, target), **typed})
