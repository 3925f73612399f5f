"""What a dossier does to registers: the results of its version, each once, filled from its data."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from domain import formula
from domain.codes import ResultAct
from domain.data_fields import FieldSpec, typed_again
from domain.errors import DomainError
from domain.register import fills_of
from models.base import db
from models.dossier import Dossier
from models.outcome import ActionKind, ProcedureResult
from models.procedure import ProcedureVersion
from models.register import Register, RegisterEntry
from services.acting import Actor, Post
from services.dossier import data, interlink
from services.registers import definition, entries, writing

#: Where a dossier remembers what it has entered: procedure and code of the result → id of the entry. A new
#: version of the procedure knows what was done under the old one, another procedure does not.
KEY = "registered"
#: Names that stand in formulas beside the data, and what they are: facts of the dossier itself.
FACTS: dict[str, str] = {
    "chu_ho_so": "owner_name",
    "so_giay_to": "owner_id_number",
    "dia_chi_chu_ho_so": "owner_address",
    "dien_thoai": "owner_phone",
    "ma_ho_so": "code",
    "noi_dung": "subject",
    "so_ket_qua": "result_no",
}
#: The day on which it is entered.
TODAY = "ngay_vao_so"
CREATING = frozenset({ResultAct.create, ResultAct.supersede})


def sources(
    result: ProcedureResult, fields: Iterable[FieldSpec], asked: Iterable[FieldSpec]
) -> dict[str, str]:
    """Field of the register → the formula that fills it: as written, else the field of the same name."""
    known = {f.key: f for f in asked}
    found = {f.key: f.key for f in fields if f.key in known and known[f.key].kind is f.kind}
    return found | {fill.key: fill.formula for fill in fills_of(result.fills)}


def facts(dossier: Dossier, today: dt.date) -> dict[str, Any]:
    """What formulas may name of the dossier itself."""
    return {**{n: getattr(dossier, c) for n, c in FACTS.items()}, TODAY: today}


# ---- what is to be done --------------------------------------------------------------------------
def done(dossier: Dossier) -> dict[str, str]:
    """Procedure and code of a result (`mark`) → the id of the entry it made or changed."""
    found: dict[str, str] = (dossier.details or {}).get(KEY) or {}
    return found


def mark(dossier: Dossier, result: ProcedureResult) -> str:
    """What a result is remembered by."""
    return f"{dossier.procedure_id}:{result.code}"


def entries_of(dossier: Dossier) -> list[RegisterEntry]:
    """The entries that a dossier has made or changed, as far as they may be seen here."""
    ids = set(done(dossier).values())
    query = sa.select(RegisterEntry).where(
        sa.or_(RegisterEntry.dossier_id == dossier.id, RegisterEntry.id.in_(ids))
    )
    return list(db.session.scalars(query.order_by(RegisterEntry.entered_at)))


def at_the_end(
    dossier: Dossier, version: ProcedureVersion, today: dt.date
) -> list[ProcedureResult]:
    """The results that are left when the work ends: no action of a step has them, their condition holds."""
    earlier = {a.result for a in version.actions if a.kind is ActionKind.register}
    known = data.known(dossier, today, version)
    return [
        r
        for r in version.results
        if r.code not in earlier
        and mark(dossier, r) not in done(dossier)
        and known.holds(r.only_if)
    ]


def names_result(dossier: Dossier, today: dt.date) -> bool:
    """Whether what is entered when the work ends gives the result its number."""
    version = data.version_of(dossier)
    coming = at_the_end(dossier, version, today) if version.results else []
    made = {mark(dossier, r) for r in version.results if r.act in CREATING} & done(dossier).keys()
    return bool(made) or any(r.act in CREATING for r in coming)


# ---- doing it ------------------------------------------------------------------------------------
def finish(dossier: Dossier, *, actor: Actor, at: dt.datetime, agency_id: str) -> None:
    """Enter what is left when the work ends with a result that was granted. Errors: as `perform`."""
    version = data.version_of(dossier)
    for result in at_the_end(dossier, version, at.date()) if version.results else ():
        perform(dossier, result, actor=actor, at=at, agency_id=agency_id)


def perform(
    dossier: Dossier, result: ProcedureResult, *, actor: Actor, at: dt.datetime, agency_id: str
) -> RegisterEntry | None:
    """Write a result into its register, once; None where it was written before.

    The number of a new entry is the number of the result where none was named. Errors:
    register.entry_missing, register.not_filled naming the fields, those of `services.registers.entries`.
    """
    if mark(dossier, result) in done(dossier):
        return None
    register = definition.by_id(result.register_id)
    post = actor.post(agency_id=agency_id) or Post(actor.home.role, agency_id, agency_id)
    who = {"actor": actor, "at": at, "dossier": dossier, "post": post}
    try:
        entry = _write(dossier, result, register, agency_id, who)
    except DomainError as error:
        raise _explained(error, result, register) from error
    _remember(dossier, result, entry, register, actor, at)
    return entry


def _write(
    dossier: Dossier,
    result: ProcedureResult,
    register: Register,
    agency_id: str,
    who: dict[str, Any],
) -> RegisterEntry:
    reason = f"{result.name} · {dossier.code}"
    if result.act is ResultAct.create:
        return entries.enter(register, _typed(dossier, result, register, who["at"]), **who)
    entry = _known(dossier, result, register, agency_id)
    if result.act is ResultAct.revoke:
        return entries.revoke(entry, reason=reason, **who)
    typed = _typed(dossier, result, register, who["at"], entry)
    act = entries.amend if result.act is ResultAct.amend else entries.replace
    return act(entry, typed, reason=reason, **who)


def _known(
    dossier: Dossier, result: ProcedureResult, register: Register, agency_id: str
) -> RegisterEntry:
    """The entry whose number stands in the data. Errors: register.entry_missing."""
    value = data.values_of(dossier).get(result.found_by or "")
    number = str(value or "").strip()
    query = sa.select(RegisterEntry).where(
        RegisterEntry.register_id == register.id,
        RegisterEntry.agency_id == agency_id,
        sa.func.mc_fold(RegisterEntry.number) == sa.func.mc_fold(number),
    )
    found = db.session.scalars(query).first() if number else None
    if found is None:
        raise DomainError("register.entry_missing", number=number or "–", register=register.name)
    return found


def _typed(
    dossier: Dossier,
    result: ProcedureResult,
    register: Register,
    at: dt.datetime,
    entry: RegisterEntry | None = None,
) -> "entries.Typed":
    """What the dossier's data says for the register's fields; what it says nothing about stays."""
    version = data.version_of(dossier)
    fields = {f.key: f for f in definition.fields_of(register)}
    today = at.date()
    known = data.known(dossier, today, version)
    names = {**known.names, **facts(dossier, today)}
    values: dict[str, Any] = writing.values_of(entry, register) if entry is not None else {}
    for key, text in sources(result, fields.values(), data.specs(version)).items():
        value = _evaluated(text, names, today)
        if value is not None:
            values[key] = value
    typed = {k: typed_again(fields[k], v) for k, v in values.items() if k in fields}
    return entries.Typed(data=typed, holder="" if entry is not None else dossier.owner_name)


def _evaluated(text: str, names: Mapping[str, Any], today: dt.date) -> Any:
    """A name gives the whole value, whatever its shape; anything else is a formula."""
    if text in names:
        return names[text]
    try:
        return formula.evaluate(text, names, today)
    except DomainError:
        return None


def _explained(error: DomainError, result: ProcedureResult, register: Register) -> DomainError:
    """An error at a field of the register, which is not on the page: its label is named instead."""
    labels = {f.key: f.label for f in definition.fields_of(register)}
    key = (error.field or "").split("-")[0]
    if key not in labels:
        return error
    return DomainError("register.not_filled", result=result.name, label=labels[key])


def _remember(
    dossier: Dossier,
    result: ProcedureResult,
    entry: RegisterEntry,
    register: Register,
    actor: Actor,
    at: dt.datetime,
) -> None:
    details = {**(dossier.details or {}), KEY: {**done(dossier), mark(dossier, result): entry.id}}
    found: dict[str, Any] = {"details": details}
    if result.act in CREATING and not dossier.result_no:
        found["result_no"] = entry.number
        found["result_text"] = dossier.result_text or register.entry or register.name
    interlink.set_at_home(dossier, actor, at, **found)
