"""The catalogue is complete: what the code says, what the framework says, and what people then see."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import (
    DEFAULT_KEYWORDS,
    extract_from_dir,
    extract_from_file,
)
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import config
from app.roles import declared
from domain import events, titles
from domain.codes import Status, StepKind
from domain.errors import MESSAGES
from domain.roles import Role
from models.base import db
from printing.registry import PAPERS
from tests.factories import dossiers as make
from tests.tools.engines import sqlite_only

FOLDER = config.ROOT / "translations"
CATALOGUES = FOLDER / "vi" / "LC_MESSAGES"
#: As `make i18n` calls the extraction.
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_l": None, "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@cache
def vietnamese(name: str) -> Catalog:
    """One of our catalogues, as written (not as compiled)."""
    with (CATALOGUES / f"{name}.po").open("rb") as file:
        return read_po(file, locale="vi")


def msgids(message: Any) -> Any:
    """The key of a message, plural or not."""
    return message[0] if isinstance(message, tuple) else message


@cache
def ours() -> dict[str, str]:
    """Every msgid in our Python and templates → one place where it stands."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        mapping, options = parse_mapping_cfg(file)
    found = extract_from_dir(config.ROOT, mapping, options, KEYWORDS)
    return {msgids(message): f"{name}:{line}" for name, line, message, _, _ in found}


def package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


@cache
def framework() -> frozenset[str]:
    """Every msgid in the framework's Python; its templates are replaced by ours."""
    found = extract_from_dir(
        package("flask_appbuilder"),
        [("**.py", "python")],
        keywords={**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None},
    )
    return frozenset(msgids(message) for _, _, message, _, _ in found)


@cache
def fields() -> frozenset[str]:
    """Every msgid of WTForms."""
    found: set[str] = set()
    for path in package("wtforms").rglob("*.py"):
        for _, message, _, _ in extract_from_file(
            "python", path, keywords=KEYWORDS | {"n": (1, 2)}
        ):
            found.add(msgids(message))
    return frozenset(found)


def translated(catalogue: Catalog, msgid: str) -> str:
    """The Vietnamese of a msgid in a catalogue; empty when there is none."""
    message = catalogue.get(msgid)
    if message is None:
        return ""
    return message.string[0] if isinstance(message.string, tuple) else str(message.string)


def say(msgid: str) -> str:
    """The Vietnamese of a msgid as pages say it: both catalogues are read."""
    return translated(vietnamese("messages"), msgid) or translated(vietnamese("fab"), msgid)


def test_everything_the_product_says_has_a_vietnamese_sentence():
    missing = {m: where for m, where in ours().items() if not say(m)}
    assert len(ours()) > 500
    assert missing == {}


def test_everything_the_framework_says_has_a_vietnamese_sentence():
    missing = {m for m in framework() if not say(m)}
    assert len(framework()) > 100
    assert missing == set()


def test_everything_fields_say_has_a_vietnamese_sentence():
    assert len(fields()) > 30
    assert {m for m in fields() if not translated(vietnamese("wtforms"), m)} == set()


def entries() -> Iterator[tuple[str, Message]]:
    for name in ("messages", "fab", "wtforms"):
        for message in vietnamese(name):
            if message.id:
                yield name, message


def texts(value: Any) -> list[str]:
    return list(value) if isinstance(value, tuple | list) else [str(value)]


def test_no_translation_is_a_guess_or_left_over():
    guesses = [(name, m.id) for name, m in entries() if m.fuzzy]
    left = [m.id for name, m in entries() if name == "messages" and msgids(m.id) not in ours()]
    assert guesses == []
    assert left == [], "run: make i18n"


def test_translations_fill_in_the_same_facts():
    wrong = []
    for name, message in entries():
        wanted = set(PLACEHOLDER.findall(" ".join(texts(message.id))))
        if any(set(PLACEHOLDER.findall(t)) != wanted for t in texts(message.string)):
            wrong.append((name, message.id, message.string))
    assert wrong == []


def test_translations_are_composed_letters_without_stray_blanks():
    wrong = []
    for name, message in entries():
        for text in texts(message.string):
            clean = unicodedata.normalize("NFC", text)
            same_edges = (
                texts(message.id)[0].strip() != texts(message.id)[0] or text == text.strip()
            )
            if clean != text or not same_edges:
                wrong.append((name, message.id))
    assert wrong == []


def test_each_msgid_stands_in_one_catalogue_only():
    """Two catalogues that both know a msgid may differ, and nobody sees which one wins."""
    framework_ids = {m.id for m in vietnamese("fab") if m.id}
    both = framework_ids & {m.id for m in vietnamese("messages") if m.id}
    differ = {
        m: (translated(vietnamese("fab"), m), translated(vietnamese("messages"), m))
        for m in both
        if translated(vietnamese("fab"), m) != translated(vietnamese("messages"), m)
    }
    assert differ == {}


def closed_words() -> Iterator[tuple[str, str]]:
    """Every English word of closed lists, events and errors with the place it belongs to."""
    for code, sentence in MESSAGES.items():
        yield f"error {code}", sentence
    for tag, sentence in events.TITLES.items():
        yield f"event {tag}", str(sentence)
    for enumeration, words in titles.TITLES.items():
        for value, word in words.items():
            yield f"{enumeration.__name__}.{value}", word


def test_every_error_event_and_closed_list_has_words():
    assert set(events.Tag) == set(events.TITLES)
    for enumeration, words in titles.TITLES.items():
        assert {m.value for m in enumeration} == set(words), enumeration
    missing = [(where, w) for where, w in closed_words() if not say(w)]
    assert missing == []


@sqlite_only
def test_labels_of_every_register_are_vietnamese(app):
    from views.generated.columns import register_of

    plain = []
    for model in declared():
        screen, register = model.__screen__, register_of(model)
        names = [screen.title, screen.plural, *(c.ui.label for c in register.columns)]
        names += [c.ui.help for c in register.columns if c.ui.help]
        for name in names:
            english = getattr(name, "_args", (str(name),))[0]
            if not say(english):
                plain.append((model.__name__, english))
    assert plain == []


# ---- what people see -----------------------------------------------------------------------------
#: Words that are the same in both languages or are proper names, formats and codes.
SAME = frozenset({"Email", "VNeID", "EN", "VI", "QR", "PDF", "CSV", "XLSX"})
RAW = {
    "identifier": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "None": re.compile(r"\b(?:None|True|False|undefined|nan)\b"),
    "JSON": re.compile(r"[{\[]\s*['\"]\w+['\"]\s*[:,]"),
    "placeholder": re.compile(r"%\(\w+\)"),
    "object": re.compile(r"<\w+(?:\.\w+)* object|&lt;"),
    "value of a closed list": re.compile(
        r"\b(?!e_mail)(?:[a-z]+_[a-z_]+)\b|\b(?:\w+:){2}\w+\b(?<!\d)"
    ),
}


@cache
def english() -> frozenset[str]:
    """Msgids whose Vietnamese differs: none of these may be read on a Vietnamese page."""
    msgids, said = set(), set()
    for _, message in entries():
        msgids.update(" ".join(t.split()) for t in texts(message.id))
        said.update(" ".join(t.split()) for t in texts(message.string))
    return frozenset(msgids) - said - SAME  # "In" is a Vietnamese word too


def seen(tree: Any) -> Iterator[str]:
    """Visible text, and what is read out or shown on hovering. What people typed is not ours."""
    for gone in tree.xpath("//script | //style | //*[@data-verbatim]"):
        gone.drop_tree()
    attributes = ("placeholder", "title", "aria-label", "alt")
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        yield from filter(None, (element.text, element.tail))
        yield from filter(None, (element.get(name) for name in attributes))


#: Registers whose rows are known by such a code, under the heading “Code” or “Case”: the
#: administrator matches papers, fees and terms of a procedure by it.
CODED = ("national_status", "paper_form", "case_term", "required_document", "fee_rule", "procedure")


@cache
def codes() -> frozenset[str]:
    """Codes that may stand in those registers, and nowhere else."""
    with (config.ROOT / "seeds" / "conditions.csv").open(encoding="utf-8") as file:
        cases = {row["code"] for row in csv.DictReader(file)}
    return frozenset({*map(str, Status), *PAPERS, *cases})


#: Values of closed lists that are one English word.
VALUES = frozenset(value for words in titles.TITLES.values() for value in words)


def troubles(page: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """English sentences and raw values that a person would read on a page, `allowed` left out."""
    tree = lxml.html.fromstring(page)
    assert tree.get("lang") == "vi"
    found = []
    for text in seen(tree):
        words = " ".join(text.split())
        if words in allowed:
            continue
        if words in VALUES:
            found.append(f"value of a closed list: {words}")
        if words in english():
            found.append(f"English: {words}")
        found += [f"{name}: {words}" for name, raw in RAW.items() if raw.search(words)]
    return found


def pages_of(client: Any, role: Role, dossiers: list[Any]) -> Iterator[str]:
    """Addresses of everything this role can look at."""
    yield from ("/", "/viec", "/viec?tab=cua-phong", "/viec?tab=dang-cho", "/tiep-nhan")
    yield from ("/tra-cuu", "/tra-cuu?q=zzzz", "/tra-cuu?q=hoa", "/tra-ket-qua", "/so-theo-doi")
    yield from ("/nhat-ky/", "/users/userinfo/", "/resetmypassword/form")
    yield from (f"/ho-so/{d.id}" for d in dossiers)
    for model in declared():
        verbs, base = model.__screen__.roles.get(role, ""), f"/danh-muc/{model.__tablename__}"
        if "r" in verbs:
            yield f"{base}/list/"
            row = db.session.scalars(db.select(model).limit(1)).first()
            if row is not None:
                yield f"{base}/show/{row.id}"
                if "e" in verbs:
                    yield f"{base}/edit/{row.id}"
        if "a" in verbs:
            yield f"{base}/add"
        if "i" in verbs:
            yield f"{base}/import"


def in_many_states() -> list[Any]:
    """Dossiers that together show most of what a dossier page can show."""
    from services import dossier as verbs
    from services.dossier.forms import Lack

    asked = make.at_step(StepKind.work, fee=100_000)
    lack = Lack("Đơn đề nghị", "Chưa ký", "Ký vào đơn")
    verbs.request_supplement(
        asked, items=(lack,), reason="Thiếu chữ ký", actor=holder(asked), at=make.now()
    )
    ready = make.processed()
    returned = make.processed()
    verbs.return_result(
        returned,
        receiver="Nguyễn Thị Hoa",
        receiver_id="066190001234",
        slip_collected=True,
        actor=make.actor("tiepnhan"),
        at=make.now(),
    )
    refused = make.intake()
    verbs.refuse_intake(
        refused, reason="Không thuộc thẩm quyền", actor=make.actor("tiepnhan"), at=make.now()
    )
    return [make.received(), asked, make.at_step(StepKind.sign), ready, returned]


def holder(dossier: Any) -> Any:
    from services.dossier.steps import live

    return make.doer(live(dossier)[0])


@sqlite_only
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.system])
def test_pages_speak_vietnamese_to_each_role(app, session, login, role):
    dossiers = in_many_states()
    client = login(role)
    found: dict[str, list[str]] = {}
    read = 0
    for url in pages_of(client, role, dossiers):
        answer = client.get(url)
        # 422: a published procedure says that it cannot be changed.
        assert answer.status_code in {200, 403, 404, 422}, url
        read += answer.status_code == 200
        coded = url.startswith(tuple(f"/danh-muc/{table}" for table in CODED))
        if wrong := troubles(answer.text, codes() if coded else frozenset()):
            found[url] = sorted(set(wrong))
    assert read > 15
    assert found == {}


@sqlite_only
def test_errors_and_forms_speak_vietnamese(app, session, login, client):
    clerk = login(Role.clerk)
    answers = {
        "sign-in": client.get("/login/"),
        "not found": clerk.get("/khong-co"),
        "forbidden": clerk.get("/nhat-ky/"),
        "method": clerk.get("/tiep-nhan/hen-tra"),
        "nothing typed": clerk.post("/tiep-nhan", data={"action": "receive"}),
        "bad fields": clerk.post(
            "/danh-muc/applicant/add", data={"name": "", "phone": "x", "birth_date": "32/13/2026"}
        ),
    }
    statuses = [200, 404, 403, 405, 422, 422]
    assert [a.status_code for a in answers.values()] == statuses
    assert {name: troubles(a.text) for name, a in answers.items() if troubles(a.text)} == {}


@cache
def vietnamese_only() -> frozenset[str]:
    """Translations that differ from their msgids: none of these may be read on an English page."""
    said, msgids = set(), set()
    for _, message in entries():
        msgids.update(" ".join(t.split()) for t in texts(message.id))
        said.update(" ".join(t.split()) for t in texts(message.string))
    return frozenset(said) - msgids - SAME - {"Tiếng Việt"}


def left_vietnamese(page: str, rows: bool) -> list[str]:
    """Texts of the product that an English reader would find in Vietnamese. What stands in the
    cells of a table of rows is data: names of units, papers and procedures."""
    tree = lxml.html.fromstring(page)
    assert tree.get("lang") == "en"
    for gone in tree.xpath("//*[@lang='vi'] | //*[contains(@class, 'menu-who')]"):
        gone.drop_tree()
    if rows:
        for gone in tree.xpath("//td | //dd | //option | //textarea | //h1"):
            gone.drop_tree()
    return sorted({w for w in (" ".join(t.split()) for t in seen(tree)) if w in vietnamese_only()})


@sqlite_only
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.system])
def test_pages_speak_english_to_each_role_that_chose_it(app, session, login, role):
    dossiers = in_many_states()
    client = login(role)
    assert client.post("/tuy-chon", data={"language": "en"}).status_code == 303
    found: dict[str, list[str]] = {}
    for url in pages_of(client, role, dossiers):
        answer = client.get(url)
        if answer.status_code == 200 and (
            wrong := left_vietnamese(answer.text, url.startswith("/danh-muc/"))
        ):
            found[url] = wrong
    assert found == {}


@sqlite_only
def test_the_walk_would_notice_english_and_raw_values(app):
    """The reader above reads: each kind of mistake on an otherwise right page is found."""
    right = "<html lang='vi'><body><p>Tiếp nhận hồ sơ</p></body></html>"
    assert troubles(right) == []
    for wrong in ("Receive a dossier", "None", "awaiting_supplement", "dossier:step:forward"):
        assert troubles(right.replace("Tiếp nhận hồ sơ", wrong)) != [], wrong
    assert troubles(right.replace("hồ sơ", "0192f0aa-1111-7222-8333-444455556666")) != []
