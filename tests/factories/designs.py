"""The designer of procedures in tests: its addresses, its form, fields of a draft."""

from typing import Any

from domain.field_kinds import FieldKind
from models.procedure import DataField, ProcedureVersion
from services import designing
from tests.factories.dossiers import actor, now
from tests.factories.pages import Page

FORM = "//form[@data-part-form]"


def who() -> dict[str, Any]:
    return {"actor": actor("quantri"), "at": now()}


def address(version: ProcedureVersion, phan: str = "", **more: str) -> str:
    query = "&".join(f"{k}={v}" for k, v in {"phan": phan, **more}.items() if v)
    return f"/thiet-ke/{version.id}" + (f"?{query}" if query else "")


def field(draft: ProcedureVersion, label: str, **more: Any) -> Any:
    values = {"label": label, "kind": FieldKind.text, **more}
    return designing.add(draft, DataField, values, **who())


def send(admin: Any, url: str, **typed: Any) -> Any:
    """Open the form at this address, fill it in and send it; None leaves a value out."""
    page = Page(admin.get(url))
    values = {k: v for k, v in {**page.values(FORM), **typed}.items() if v is not None}
    return admin.post(page.find(FORM).get("action"), data=values)
