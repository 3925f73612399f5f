"""Hostile or incomplete packages: each part is refused at its place, nothing of it is kept."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from domain.errors import DomainError
from models.outcome import ProcedureResult, StepAction
from models.paper_template import PaperTemplate
from models.procedure import ProcedureVersion
from models.register import Register
from services import packaging
from services.filestore import FileStore
from services.packaging import Refused, notation
from tests.services.test_blank_forms import office
from tests.services.whole_procedure import (
    everything_gone,
    export,
    plan,
    shelf,
    take,
    text,
    version,
)

__all__ = ["shelf", "text", "version"]


# ---- what is refused ---------------------------------------------------------------------------------
def tree_of(text: str, change: Callable[[Any], None]) -> str:
    tree = yaml.safe_load(text)
    files = {name: base64.b64decode(data) for name, data in tree.pop("files").items()}
    change(tree)
    return notation.write(tree, files)


def drop(*names: str) -> Callable[[Any], None]:
    return lambda tree: [tree.pop(name) for name in names] and None


def put(*path: Any) -> Callable[[Any], None]:
    """The last word of a path replaces what stands there."""

    def change(tree: Any) -> None:
        for step in path[:-2]:
            tree = tree[step]
        tree[path[-2]] = path[-1]

    return change


ENDLESS = (
    f"{{% set list = {[*range(40)]} %}}"
    + "".join(f"{{% for {a} in list %}}" for a in "abcdef")
    + "x"
    + "{% endfor %}" * 6
)
UNRESOLVED: dict[str, tuple[Callable[[Any], None], str, str]] = {
    "register": (drop("registers"), "results[1].register", "package.no_register"),
    "paper of an action": (drop("templates"), "actions[1].form", "package.no_paper"),
    "certificate": (drop("templates"), "registers[1].form", "package.no_paper"),
    "register nobody names": (
        put("version", "results", []), "registers[1].code", "package.register_unnamed"
    ),
    "pattern": (put("registers", 0, "pattern", "GP"), "registers[1].pattern", "register.pattern"),
    "end that is no date": (
        put("registers", 0, "ends_key", "tuyen_duong"), "registers[1].ends_key",
        "register.date_field",
    ),
    "field of a register": (
        put("registers", 0, "data_fields", 2, "choices", "X = Một"),
        "registers[1].data_fields[3].choices", "data.choice_code",
    ),
    "file read": (
        put("templates", 1, "body", "{% include '/etc/passwd' %}"), "templates[2].body",
        "template.forbidden",
    ),
    "class reached": (
        put("templates", 1, "body", "{{ ''.__class__.__mro__ }}"), "templates[2].body",
        "template.forbidden",
    ),
    "endless": (put("templates", 1, "body", ENDLESS), "templates[2].body", "template.endless"),
    "script": (
        put("templates", 1, "body", "<script>x</script>"), "templates[2].body", "template.html_tag"
    ),
    "unknown value": (
        put("templates", 0, "body", "{{ data.khong_co }}"), "templates[1].body",
        "template.unknown",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNRESOLVED)
def test_what_cannot_be_resolved_is_refused_at_its_place(
    session: Any, version: ProcedureVersion, text: str, shelf: FileStore, name: str
) -> None:
    change, place, code = UNRESOLVED[name]
    everything_gone(session, version)
    wrong = tree_of(text, change)
    found = [(p.place, p.error.code) for p in plan(wrong).problems]
    assert (place, code) in found
    with pytest.raises(Refused) as refused:
        take(wrong, shelf)
    assert all(p.error.text() for p in refused.value.problems)
    for model in (Register, PaperTemplate, ProcedureResult, StepAction):
        assert session.scalar(sa.select(sa.func.count()).select_from(model)) == 0


UNREADABLE: dict[str, tuple[Callable[[str], str], str, str]] = {
    "unknown key of a register": (
        lambda t: t.replace("    entry: Giấy phép\n", "    entry: Giấy phép\n    xyz: 1\n"),
        "registers[1].xyz", "package.unknown_key",
    ),
    "unknown key of a paper": (
        lambda t: t.replace("    own: true\n", "    own: true\n    path: /etc\n"),
        "templates[2].path", "package.unknown_key",
    ),
    "code of a paper": (
        lambda t: t.replace("- form: giay_phep\n", "- form: ../giay\n"), "templates[2].form",
        "template.code",
    ),
    "size of a sheet": (
        lambda t: t.replace("size: a4", "size: a0"), "templates[1].size", "package.choice"
    ),
    "registers no list": (lambda t: t.replace("registers:\n", "registers: x\nx:\n"), "registers",
                          "package.expected_list"),
    "register twice": (
        lambda t: tree_of(t, lambda tree: tree["registers"].append(tree["registers"][0])),
        "registers[2].code", "row.duplicate",
    ),
    "field twice": (
        lambda t: t.replace("key: ghi_chu", "key: dien_tich"),
        "registers[1].data_fields[10].key", "data.key_taken",
    ),
    "circle in a register": (
        lambda t: tree_of(t, put("registers", 0, "data_fields", 3, "calculated", "dien_tich + 1")),
        "registers[1].data_fields", "formula.circle",
    ),
    "result twice": (
        lambda t: tree_of(t, lambda x: x["version"]["results"].append(x["version"]["results"][0])),
        "results[2].code", "row.duplicate",
    ),
    "long label": (
        lambda t: t.replace("label: Ghi chú nội bộ", "label: " + "a" * 3_000_000),
        "registers[1].data_fields[10].label", "value.too_long",
    ),
    "no base64": (lambda t: t.replace("    UEs", "    U§s"), "files.{sha}", "package.not_base"),
    "other bytes": (lambda t: t.replace("    UEs", "    UEt"), "files.{sha}",
                    "package.fingerprint"),
    "no file": (lambda t: t[: t.index("files:")], "documents[1].blank_sha256", "package.no_file"),
    "file nobody names": (
        lambda t: tree_of(t, lambda tree: [tree["version"]["documents"][0].pop(n) for n in
                                           ("blank_name", "blank_sha256")] and None),
        "files.{sha}", "package.file_unnamed",
    ),
    "name of another kind": (
        lambda t: t.replace("don-de-nghi.docx", "don.pdf"), "documents[1].blank_name",
        "file.mismatch",
    ),
    "files no mapping": (lambda t: t[: t.index("files:")] + "files: [a]\n", "files",
                         "package.expected_map"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_hostile_enclosure_is_refused_at_its_place(
    version: ProcedureVersion, text: str, name: str
) -> None:
    change, place, code = UNREADABLE[name]
    place = place.replace("{sha}", version.documents[0].blank_sha256 or "")
    wrong = change(text)
    assert wrong != text
    with pytest.raises(Refused) as refused:
        packaging.read(wrong)
    assert (place, code) in [(p.place, p.error.code) for p in refused.value.problems]
    assert all(p.error.text() for p in refused.value.problems)


def test_file_that_runs_something_is_no_blank_form(
    session: Any, version: ProcedureVersion, shelf: FileStore
) -> None:
    paper = version.documents[0]
    paper.blank_sha256 = shelf.put(office("word/document.xml", "word/vbaProject.bin"))
    session.commit()
    with pytest.raises(Refused) as refused:
        packaging.read(export(version, shelf))
    assert refused.value.problems[0].error.code == "blank.active"


def test_blank_forms_too_large_for_a_package_are_said_before_it_is_written(
    session: Any, version: ProcedureVersion, shelf: FileStore
) -> None:
    version.documents[0].blank_size = 6_000_000
    session.commit()
    with pytest.raises(DomainError) as refused:
        export(version, shelf)
    assert refused.value.code == "package.files_large"
