"""Shaping a draft: parts are added, changed, copied, moved and taken out, and what names them follows."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from domain.field_kinds import FieldKind
from models.event import Event
from models.procedure import (
    CaseTerm,
    DataField,
    FeeRule,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
)
from services import catalogue, designing, procedure
from services.part_names import key_of, renamed
from tests.factories.dossiers import actor, now, version_of


def who() -> dict[str, Any]:
    return {"actor": actor("quantri"), "at": now()}


@pytest.fixture
def draft(session: Any) -> ProcedureVersion:
    return procedure.draft_from(version_of(), **who())


def field(
    draft: ProcedureVersion, label: str, kind: FieldKind = FieldKind.text, **more: Any
) -> Any:
    return designing.add(draft, DataField, {"label": label, "kind": kind, **more}, **who())


def keys(draft: ProcedureVersion) -> list[str]:
    draft_fields = sa.select(DataField).where(DataField.version_id == draft.id)
    ordered = sa.inspect(draft).session.scalars(draft_fields.order_by(DataField.position))
    return [f.key for f in ordered]


def places(rows: list[Any]) -> list[int]:
    return sorted(row.position for row in rows)


def events(session: Any, row_id: str) -> list[Tag]:
    query = sa.select(Event.tag).where(Event.subject_id == row_id).order_by(Event.id)
    return [*session.scalars(query)]


# ---- names ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Diện tích đất (m²)", "dien_tich_dat_m2"),
        ("Đường Y Bliă", "duong_y_blia"),
        ("2 bên", "muc_2_ben"),
        ("In", "in_1"),
        ("***", "muc"),
        ("x" * 80, "x" * 36),
    ],
)
def test_key_is_made_from_words(words: str, key: str) -> None:
    assert key_of(words) == key


def test_key_that_is_taken_gets_a_number() -> None:
    assert key_of("Tên", {"ten", "ten_2"}) == "ten_3"


@pytest.mark.parametrize(
    ("text", "fresh"),
    [
        ("dien_tich > 50 và dien_tich_2 < 1", "s > 50 và dien_tich_2 < 1"),
        ('loai = "dien_tich" hoặc dien_tich = 1', 'loai = "dien_tich" hoặc s = 1'),
        ("sum(bang, “dien_tich”) + dien_tich", "sum(bang, “dien_tich”) + s"),
        ("dien_tich(1)", "dien_tich(1)"),
    ],
)
def test_renaming_in_a_formula_leaves_texts_and_other_names(text: str, fresh: str) -> None:
    assert renamed(text, "dien_tich", "s") == fresh


# ---- adding and changing -------------------------------------------------------------------------
def test_add_stands_last_has_a_name_and_leaves_one_event(session: Any, draft: Any) -> None:
    first, second = field(draft, "Diện tích"), field(draft, "Diện tích")
    assert keys(draft) == ["dien_tich", "dien_tich_2"]
    assert (first.position, second.position) == (1, 2)
    assert events(session, second.id) == [Tag.catalogue_create]


def test_add_sent_twice_makes_one_part(session: Any, draft: Any) -> None:
    values = {"label": "Tên", "kind": FieldKind.text}
    made = [
        designing.add(
            draft, DataField, values, **who(), row_id="0192f0aa-1111-7222-8333-444455556666"
        )
        for _ in range(2)
    ]
    assert made[0].id == made[1].id
    assert keys(draft) == ["ten"]


def test_change_of_a_name_is_followed_by_columns_and_conditions(session: Any, draft: Any) -> None:
    table = field(draft, "Đoạn", FieldKind.group)
    column = field(draft, "Dài", FieldKind.number, group="doan")
    other = field(draft, "Ghi chú", show_if="dem(doan) > 1")
    fee = designing.add(
        draft,
        FeeRule,
        {"name": "Phí", "moment": "on_receipt", "quantity": 'tong(doan, "dai")'},
        **who(),
    )
    designing.change(table, {"label": "Đoạn", "kind": FieldKind.group, "key": "duong"}, **who())
    for row in (column, other, fee):
        session.refresh(row)
    assert (column.group, other.show_if) == ("duong", "dem(duong) > 1")
    assert fee.quantity == 'tong(duong, "dai")'
    assert events(session, other.id) == [Tag.catalogue_create, Tag.catalogue_update]


def test_change_refuses_what_somebody_else_changed_meanwhile(session: Any, draft: Any) -> None:
    row = field(draft, "Tên")
    seen = catalogue.stamp(row)
    designing.change(row, {"label": "Họ tên"}, **who())
    with pytest.raises(DomainError) as refused:
        designing.change(row, {"label": "Tên gọi"}, seen=seen, **who())
    assert refused.value.code == "row.stale"


def test_nothing_of_a_published_version_changes(session: Any, draft: Any) -> None:
    row = field(draft, "Tên")
    procedure.publish(draft, **who())
    acts = (
        lambda: designing.move(row, 1, **who()),
        lambda: designing.copy(row, **who()),
        lambda: designing.remove(row, **who()),
        lambda: designing.change(row, {"label": "x"}, **who()),
        lambda: field(draft, "Khác"),
    )
    for act in acts:
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "procedure.read_only"


# ---- moving --------------------------------------------------------------------------------------
def test_move_renumbers_and_leaves_one_event(session: Any, draft: Any) -> None:
    rows = [field(draft, label) for label in ("Một", "Hai", "Ba")]
    designing.move(rows[2], -1, **who())
    assert keys(draft) == ["mot", "ba", "hai"]
    assert places(rows) == [1, 2, 3]
    assert events(session, rows[2].id) == [Tag.catalogue_create, Tag.catalogue_update]
    assert events(session, rows[1].id) == [Tag.catalogue_create]


def test_move_beyond_the_end_changes_nothing_and_leaves_no_event(session: Any, draft: Any) -> None:
    row = field(draft, "Một")
    designing.move(row, -1, **who())
    designing.move(row, 5, **who())
    assert events(session, row.id) == [Tag.catalogue_create]


def test_move_of_a_table_takes_its_columns_along(session: Any, draft: Any) -> None:
    field(draft, "Trên")
    table = field(draft, "Bảng", FieldKind.group)
    field(draft, "Dưới")
    field(draft, "Cột a", group="bang")
    last = field(draft, "Cột b", group="bang")
    designing.move(table, -1, **who())
    assert keys(draft) == ["bang", "cot_a", "cot_b", "tren", "duoi"]
    designing.move(last, -1, **who())
    assert keys(draft) == ["bang", "cot_b", "cot_a", "tren", "duoi"]
    designing.move(last, -3, **who())
    assert keys(draft)[:3] == ["bang", "cot_b", "cot_a"]


def test_move_of_a_step_is_followed_by_what_names_its_number(session: Any, draft: Any) -> None:
    steps = draft.steps
    second, third, last = steps[1], steps[2], steps[-1]
    designing.change(last, {"same_as": 3}, **who())
    asked = field(draft, "Ý kiến", stages="intake, 3")
    designing.move(second, 1, **who())
    for row in (second, third, last, asked):
        session.refresh(row)
    assert (third.position, second.position) == (2, 3)
    assert last.same_as == 2
    assert asked.stages == "intake, 2"


def test_move_refuses_a_step_before_the_one_whose_person_it_takes(session: Any, draft: Any) -> None:
    third = draft.steps[2]
    designing.change(third, {"same_as": 2}, **who())
    with pytest.raises(DomainError) as refused:
        designing.move(third, -1, **who())
    assert refused.value.code == "step.order"
    session.refresh(third)
    assert third.position == 3


def test_move_of_what_is_gone_says_so(session: Any, draft: Any) -> None:
    row = field(draft, "Một")
    catalogue.delete(row, **who())
    with pytest.raises(DomainError) as refused:
        designing.move(row, 1, **who())
    assert refused.value.code == "row.not_found"


# ---- copying and taking out ----------------------------------------------------------------------
def test_copy_stands_behind_with_a_name_of_its_own(session: Any, draft: Any) -> None:
    row = field(draft, "Tên", help="Như trên căn cước")
    field(draft, "Khác")
    fresh = designing.copy(row, **who())
    assert keys(draft) == ["ten", "ten_2", "khac"]
    assert fresh.help == "Như trên căn cước"
    assert events(session, fresh.id) == [Tag.catalogue_create]


def test_copy_of_a_table_has_columns_of_its_own(session: Any, draft: Any) -> None:
    table = field(draft, "Bảng", FieldKind.group)
    field(draft, "Cột", group="bang")
    fresh = designing.copy(table, **who())
    assert keys(draft) == ["bang", "cot", "bang_2", "cot_2"]
    assert [f.group for f in draft.data_fields if f.key == "cot_2"] == [fresh.key]


@pytest.mark.parametrize("model", [CaseTerm, FeeRule, ProcedureStep, RequiredDocument])
def test_copy_of_every_kind_of_part(session: Any, draft: Any, model: Any) -> None:
    lists = {CaseTerm: "case_terms", FeeRule: "fees", ProcedureStep: "steps"}
    name = lists.get(model, "documents")
    if model is CaseTerm:
        designing.add(draft, CaseTerm, {"name": "Nhà ở", "term": "5wd"}, **who())
        session.refresh(draft)
    part, before = getattr(draft, name)[0], len(getattr(draft, name))
    fresh = designing.copy(part, **who())
    session.expire_all()
    rows = getattr(draft, name)
    assert len(rows) == before + 1
    if designing.numbered(model):
        assert places(rows) == [*range(1, before + 2)]
        assert fresh.position == part.position + 1


def test_remove_takes_the_columns_and_the_others_move_up(session: Any, draft: Any) -> None:
    table = field(draft, "Bảng", FieldKind.group)
    column = field(draft, "Cột", group="bang")
    last = field(draft, "Sau")
    designing.remove(table, **who())
    assert keys(draft) == ["sau"]
    session.refresh(last)
    assert last.position == 1
    assert events(session, column.id)[-1] is Tag.catalogue_delete


def test_remove_refuses_a_step_that_others_name(session: Any, draft: Any) -> None:
    asked = field(draft, "Ý kiến", stages="2")
    with pytest.raises(DomainError) as refused:
        designing.remove(draft.steps[1], **who())
    assert refused.value.code == "step.referred"
    assert refused.value.facts["parts"] == [asked.label]


# ---- rules, whatever the door --------------------------------------------------------------------
CHOICE, NUMBER, TABLE = FieldKind.choice, FieldKind.number, FieldKind.group


@pytest.mark.parametrize(
    ("values", "code", "at"),
    [
        ({"key": "Dien Tich"}, "data.key", "key"),
        ({"key": "1a"}, "data.key", "key"),
        ({"key": "if"}, "data.key_word", "key"),
        ({"key": "co_san"}, "data.key_taken", "key"),
        ({"show_if": "dien tich > 5"}, "formula.invalid", "show_if"),
        ({"required_if": "open(1)"}, "formula.function", "required_if"),
        ({"calculated": "[a, b]"}, "formula.forbidden", "calculated"),
        ({"check": "1 > "}, "formula.invalid", "check"),
        ({"kind": CHOICE}, "data.choices", "choices"),
        ({"kind": CHOICE, "choices": "Chỗ xe = Chỗ để xe"}, "data.choice_code", "choices"),
        ({"kind": CHOICE, "choices": "a = A\na = B"}, "data.choice_twice", "choices"),
        ({"kind": CHOICE, "choices": "Chỗ xe\nKho", "default": "nha"}, "value.choice", "default"),
        ({"kind": NUMBER, "least": "mười"}, "number.invalid", "least"),
        ({"kind": NUMBER, "least": "10", "most": "1,5"}, "data.bounds", "most"),
        ({"kind": FieldKind.date, "least": "0,5"}, "number.invalid", "least"),
        ({"kind": NUMBER, "default": "x"}, "number.invalid", "default"),
        ({"kind": FieldKind.date, "default": "32/13/2026"}, "date.invalid", "default"),
        ({"stages": "intake, hai"}, "data.stage", "stages"),
        ({"group": "khong_co"}, "data.no_table", "group"),
        ({"group": "bang", "kind": FieldKind.person}, "data.column_kind", "kind"),
    ],
)
def test_field_that_cannot_work_is_refused_at_its_place(
    session: Any, draft: Any, values: dict[str, Any], code: str, at: str
) -> None:
    field(draft, "Có sẵn")
    field(draft, "Bảng", TABLE)
    with pytest.raises(DomainError) as refused:
        given = {"key": "moi", "label": "Mới", "kind": FieldKind.text, "version": draft, **values}
        catalogue.create(DataField, given, **who())
    assert (refused.value.code, refused.value.field) == (code, at)
    assert keys(draft) == ["co_san", "bang"]


def test_table_with_columns_stays_a_table(session: Any, draft: Any) -> None:
    table = field(draft, "Bảng", TABLE)
    field(draft, "Cột", group="bang")
    with pytest.raises(DomainError) as refused:
        designing.change(table, {"kind": FieldKind.text}, **who())
    assert (refused.value.code, refused.value.field) == ("data.has_columns", "kind")


@pytest.mark.parametrize(
    ("model", "values", "code", "at"),
    [
        (RequiredDocument, {"name": "Đơn", "only_if": "(("}, "formula.invalid", "only_if"),
        (RequiredDocument, {"name": "Đơn", "condition": "Ủy quyền"}, "case.key", "condition"),
        (RequiredDocument, {"name": "Đơn", "copies": -1}, "number.invalid", "copies"),
        (FeeRule, {"name": "Phí", "moment": "on_receipt", "quantity": "x ** 9"}, "", "quantity"),
        (FeeRule, {"name": "Phí", "moment": "on_receipt", "free_if": "1 +"}, "", "free_if"),
        (CaseTerm, {"name": "Nhà ở", "term": "5wd", "case": "Nha o"}, "case.key", "case"),
        (ProcedureStep, {"name": "Xem", "kind": "work", "role": "officer", "same_as": 99},
         "step.same_as", "same_as"),
    ],
)  # fmt: skip
def test_other_parts_are_refused_at_their_place(
    session: Any, draft: Any, model: Any, values: dict[str, Any], code: str, at: str
) -> None:
    with pytest.raises(DomainError) as refused:
        designing.add(draft, model, values, **who())
    assert refused.value.field == at
    assert refused.value.code == code or (not code and refused.value.code.startswith("formula."))


def test_case_stands_once_and_a_period_ends_after_it_begins(session: Any, draft: Any) -> None:
    designing.add(draft, CaseTerm, {"name": "Nhà ở", "term": "5wd", "case": "house"}, **who())
    with pytest.raises(DomainError) as refused:
        designing.add(draft, CaseTerm, {"name": "Khác", "term": "5wd", "case": "house"}, **who())
    assert (refused.value.code, refused.value.field) == ("row.duplicate", "case")
    with pytest.raises(DomainError) as refused:
        catalogue.update(draft, {"valid_to": draft.valid_from.replace(year=2001)}, **who())
    assert (refused.value.code, refused.value.field) == ("period.backwards", "valid_to")
