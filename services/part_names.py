"""The names of the parts of a draft: made from words, told apart by a number, followed when they change."""

import keyword
import re
from collections.abc import Collection, Iterable
from typing import Any

from domain.unicode import fold
from models.outcome import ProcedureResult
from models.procedure import CaseTerm, DataField, FeeRule
from models.register import Register, RegisterField

#: The column that names a part within its version.
NAMES: dict[type[Any], str] = {
    DataField: "key",
    RegisterField: "key",
    CaseTerm: "case",
    FeeRule: "code",
    ProcedureResult: "code",
    Register: "code",
}
#: The words that a name is made from where none was written.
WORDS: dict[type[Any], str] = {
    DataField: "label",
    RegisterField: "label",
    CaseTerm: "name",
    FeeRule: "name",
    ProcedureResult: "name",
    Register: "name",
}
LONGEST = 40
_QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*'|[“”][^“”]*[“”]|[‘’][^‘’]*[‘’])")
#: Room for the number that tells names apart.
_STEM = LONGEST - 4


def key_of(words: str, taken: Collection[str] = ()) -> str:
    """A name made from words: “Diện tích (m²)” is dien_tich_m2, with _2, _3 … where that is taken."""
    stem = re.sub(r"[^a-z0-9_]", "", fold(words).replace(" ", "_"))
    if not stem[:1].isalpha():
        stem = f"muc_{stem}"
    stem = stem[:_STEM].rstrip("_")
    if keyword.iskeyword(stem):
        stem += "_1"
    return stem if stem not in taken else next_key(stem, taken)


def next_key(name: str, taken: Collection[str]) -> str:
    """The name with the first number from 2 on that is free."""
    stem, number = name[:_STEM], 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def names_of(rows: Iterable[Any]) -> set[str]:
    """The names by which these parts are known in their version."""
    return {getattr(row, NAMES[type(row)]) for row in rows if type(row) in NAMES}


def with_name(model: type[Any], values: dict[str, Any], others: Iterable[Any]) -> dict[str, Any]:
    """The values of a part; an empty name is made from its words, other than those of `others`."""
    name = NAMES.get(model)
    words = values.get(WORDS.get(model, ""))
    if name is None or values.get(name) or not words:
        return values
    return {**values, name: key_of(str(words), names_of(others))}


def renamed(text: str, old: str, new: str) -> str:
    """A formula in which one name is written otherwise; what stands in quotes stays."""
    pieces = _QUOTED.split(text)
    name = re.compile(rf"(?<![\w.]){re.escape(old)}(?!\w|\s*\()")
    return "".join(p if n % 2 else name.sub(new, p) for n, p in enumerate(pieces))


def column_renamed(text: str, table: str, old: str, new: str) -> str:
    """A formula in which a column is written otherwise: its name beside others of its row, and in quotes
    where a function goes through its table, as in sum(phuong_tien, "so_luong")."""
    within = re.compile(
        rf"(?<![\w.])({re.escape(table)}\s*,\s*)([\"'“”‘’]){re.escape(old)}([\"'“”‘’])"
    )
    return renamed(within.sub(rf"\g<1>\g<2>{new}\g<3>", text), old, new)
