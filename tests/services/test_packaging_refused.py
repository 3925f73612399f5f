"""Hostile packages: each is refused with its place, quickly, and nothing of it ever runs."""

from collections.abc import Callable
from typing import Any

import pytest

from services import packaging
from services.packaging import Refused
from tests.services.packages import SECRET
from tests.tools.engines import sqlite_only

BOMB = "\n".join(
    ["a: &a [x, x, x, x, x, x, x, x, x]"]
    + [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
)


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


HOSTILE: dict[str, tuple[Callable[[str], Any], str, str]] = {
    "empty": (lambda _: "", "", "file.empty"),
    "only space": (lambda _: " \n\n", "", "file.empty"),
    "binary": (lambda _: bytes(range(256)), "", "package.not_text"),
    "nul": (lambda text: text + "\x00", "", "package.not_text"),
    "half a letter": (lambda text: text + "\ud800", "", "package.not_text"),
    "UTF-16": (lambda text: text.encode("utf-16"), "", "package.not_text"),
    "zip": (lambda _: b"PK\x03\x04\xff\xfe", "", "package.not_text"),
    "not YAML": (lambda _: "format: [mot-cua-thu-tuc", "", "package.not_yaml"),
    "tabs": (lambda text: text.replace("  name:", "\tname:", 1), "", "package.not_yaml"),
    "a bell": (swap("Tuyến đường", "Tuyến\x07đường"), "", "package.not_yaml"),
    "a list": (lambda _: "- format\n- mot-cua-thu-tuc", "", "package.format"),
    "another YAML": (lambda _: "services:\n  web: {image: x}", "", "package.format"),
    "two documents": (lambda text: f"{text}---\n{text}", "", "package.several"),
    "bomb": (lambda text: f"{text}{BOMB}\n", "a", "package.reference"),
    "an anchor alone": (swap("legal_term: 5wd", "legal_term: &x 5wd"), "version.legal_term",
                        "package.reference"),
    "merge key": (swap("legal_term: 5wd", "<<: *x"), "version.<<", "package.reference"),
    "python object": (
        swap("legal_term: 5wd", "legal_term: !!python/object/apply:os.system ['id']"),
        "version.legal_term",
        "package.tag",
    ),
    "python name": (swap("legal_term: 5wd", "legal_term: !!python/name:os.system"),
                    "version.legal_term", "package.tag"),
    "tagged key": (swap("legal_term: 5wd", "!!python/tuple x: 5wd"), "version", "package.tag"),
    "deep": (swap("legal_term: 5wd", "legal_term: " + "[" * 5000 + "]" * 5000),
             "version.legal_term[1][1][1][1][1][1][1]", "package.deep"),
    "many": (swap("legal_term: 5wd", f"legal_term: [{'1,' * 70_000}1]"), "", "package.too_many"),
    "newer": (swap("format_version: 2", "format_version: 3"), "format_version", "package.newer"),
    "far newer": (swap("format_version: 2", f"format_version: {'9' * 5000}"), "format_version",
                  "package.newer"),
    "no version": (swap("format_version: 2\n", ""), "format_version", "package.format_version"),
    "unknown key on top": (lambda text: f"{text}macro: x\n", "macro", "package.unknown_key"),
    "unknown key": (swap("legal_term:", "legal_trem:"), "version.legal_trem",
                    "package.unknown_key"),
    "foreign key": (swap("legal_term: 5wd", "agency_id: x"), "version.agency_id",
                    "package.unknown_key"),
    "state": (swap("legal_term: 5wd", "state: published"), "version.state", "package.unknown_key"),
    "key twice": (swap("legal_term: 5wd", "legal_term: 5wd\n  legal_term: 9wd"),
                  "version.legal_term", "package.twice"),
    "unknown enum": (swap("kind: sign", "kind: seal"), "steps[4].kind", "package.choice"),
    "role that no officer has": (swap("role: head", "role: root"), "steps[4].role",
                                 "package.choice"),
    "unknown reader": (swap("        - head\n", "        - tất cả\n"), "data_fields[15].readers",
                       "package.choice"),
    "bad formula": (swap("only_if: dien_tich > 50", "only_if: dien_tich >"),
                    "documents[4].only_if", "formula.invalid"),
    "formula that runs": (
        swap("only_if: dien_tich > 50", "only_if: __import__('os').system('id')"),
        "documents[4].only_if",
        "formula.invalid",
    ),
    "power": (swap("dien_tich * so_ngay", "9**9**9"), "fees[1].quantity", "formula.invalid"),
    "circle": (
        lambda text: swap("calculated: days(tu_ngay, den_ngay)", "calculated: tong_xe + 1")(
            swap("sum(phuong_tien, \"so_luong\")", "so_ngay + 1")(text)
        ),
        "data_fields",
        "formula.circle",
    ),
    "bad term": (swap("legal_term: 5wd", "legal_term: 5 ngày"), "version.legal_term",
                 "term.invalid"),
    "bad day": (swap("valid_from: 2010-01-01", "valid_from: 2010-02-30"), "version.valid_from",
                "package.day"),
    "no day": (swap("  valid_from: 2010-01-01\n", ""), "version.valid_from", "value.required"),
    "bad number": (swap("amount: 1000", "amount: 1e9"), "fees[1].amount", "number.invalid"),
    "negative": (swap("amount: 1000", "amount: -5"), "fees[1].amount", "number.invalid"),
    "huge number": (swap("amount: 1000", f"amount: {'9' * 400}"), "fees[1].amount",
                    "number.invalid"),
    "bad yes": (swap("silence: true", "silence: maybe"), "steps[3].silence", "package.yes_no"),
    "long label": (swap("label: Diện tích (m²)", f"label: {'a' * 301}"), "data_fields[5].label",
                   "value.too_long"),
    "10 MB label": (swap("label: Diện tích (m²)", f"label: {'a' * 10_000_000}"), "",
                    "file.too_large"),
    "list for a text": (swap("legal_term: 5wd", "legal_term: [5wd]"), "version.legal_term",
                        "package.expected_text"),
    "text for a list": (lambda text: text.split("  fees:")[0] + "  fees: none\n", "version.fees",
                        "package.expected_list"),
    "text for a row": (lambda text: f"{text}    - none\n", "fees[2]", "package.expected_map"),
    "no procedure": (lambda text: text.split("procedure:")[0], "procedure",
                     "package.expected_map"),
    "no field": (swap("    code: HKD\n", ""), "procedure.field.code", "value.required"),
    "too many rows": (lambda text: text + "    - code: X\n" * 600, "version.fees",
                      "package.too_many"),
    "name twice": (swap("key: so_luong", "key: loai_xe"), "data_fields[12].key", "data.key_taken"),
    "person of a later step": (swap("only_if: dien_tich > 20", "same_as: 5"), "steps[4].same_as",
                               "step.same_as"),
}  # fmt: skip


@pytest.fixture(scope="module")
def kept() -> dict[str, str]:
    """The text of one package, for tests that need no database besides."""
    return {}


@sqlite_only
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_package_is_refused_with_its_place(
    request: pytest.FixtureRequest, engine_name: str, kept: dict[str, str], name: str
) -> None:
    if not kept:
        kept["street"] = request.getfixturevalue("street")
    change, place, code = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        packaging.read(change(kept["street"]), secret=SECRET)
    found = [(p.place, p.error.code) for p in refused.value.problems]
    assert (place, code) in found
    assert all(p.error.text() for p in refused.value.problems)


def test_everything_that_is_wrong_is_told_at_once(street: str) -> None:
    text = street.replace("5wd", "5 ngày").replace("kind: sign", "kind: seal")
    with pytest.raises(Refused) as refused:
        packaging.read(text)
    assert [p.place for p in refused.value.problems] == [
        "version.legal_term",
        "steps[4].kind",
        "steps[5].kind",
    ]


def test_thousand_faults_are_counted_not_listed(street: str) -> None:
    rows = "".join(f"    - code: X{n}\n      moment: nie\n" for n in range(400))
    with pytest.raises(Refused) as refused:
        packaging.read(street + rows)
    assert len(refused.value.problems) == 100 and refused.value.more == 700
