"""Names of a draft that are followed when they change, contradictions that are refused, fees in order."""

from typing import Any

import pytest

from domain.errors import DomainError
from domain.events import Tag
from domain.field_kinds import FieldKind
from domain.roles import Role
from models.procedure import CaseTerm, FeeRule, ProcedureStep, RequiredDocument
from services import designing
from tests.services.test_designing import draft, events, field, keys, who

__all__ = ["draft"]


def part(draft: Any, model: Any, **values: Any) -> Any:
    return designing.add(draft, model, values, **who())


def renamed_to(session: Any, row: Any, **values: Any) -> None:
    designing.change(row, values, **who())
    session.expire_all()


def test_change_of_a_column_is_followed_in_its_row_and_in_sums(session: Any, draft: Any) -> None:
    field(draft, "Xe", FieldKind.group)
    count = field(draft, "Số lượng", FieldKind.number, group="xe")
    beside = field(draft, "Bánh", FieldKind.number, group="xe", calculated="so_luong * 4")
    total = field(
        draft, "Tổng", FieldKind.number, calculated="tong(xe, “so_luong”) + sum( xe , 'so_luong')"
    )
    words = field(draft, "Ghi chú", show_if='tong = "so_luong" hoặc dem(xe) > 1')
    fee = part(draft, FeeRule, name="Phí", moment="on_receipt", quantity='sum(xe, "so_luong")')
    renamed_to(session, count, key="so_xe")
    assert beside.calculated == "so_xe * 4"
    assert total.calculated == "tong(xe, “so_xe”) + sum( xe , 'so_xe')"
    assert fee.quantity == 'sum(xe, "so_xe")'
    assert words.show_if == 'tong = "so_luong" hoặc dem(xe) > 1'  # a text is no column


def test_change_of_a_case_is_followed_by_papers_fees_and_conditions(
    session: Any, draft: Any
) -> None:
    case = part(draft, CaseTerm, name="Lễ hội", case="le_hoi", term="3wd")
    paper = part(draft, RequiredDocument, name="Kịch bản", condition="le_hoi")
    other = part(draft, RequiredDocument, name="Đơn", only_if='không le_hoi và "le_hoi" = "le_hoi"')
    fee = part(draft, FeeRule, name="Phí", moment="on_receipt", condition="le_hoi")
    step = part(
        draft, ProcedureStep, name="Ý kiến", kind="work", role=Role.officer, only_if="le_hoi"
    )
    renamed_to(session, case, case="su_kien")
    assert (paper.condition, fee.condition, step.only_if) == ("su_kien",) * 3
    assert other.only_if == 'không su_kien và "le_hoi" = "le_hoi"'
    assert events(session, paper.id) == [Tag.catalogue_create, Tag.catalogue_update]


def test_change_of_a_case_that_the_counter_knows_itself_leaves_the_others(
    session: Any, draft: Any
) -> None:
    case = part(draft, CaseTerm, name="Ủy quyền", case="authorised", term="3wd")
    paper = part(draft, RequiredDocument, name="Giấy ủy quyền", condition="authorised")
    renamed_to(session, case, case="uy_quyen_khac")
    assert paper.condition == "authorised"


def test_change_of_the_code_of_a_fee_leaves_fields_of_that_name(session: Any, draft: Any) -> None:
    field(draft, "Phí", key="phi")
    fee = part(draft, FeeRule, name="Phí", code="phi", moment="on_receipt", only_if="phi > 1")
    renamed_to(session, fee, code="phi_moi")
    assert fee.only_if == "phi > 1"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"calculated": "1 + 1", "required": True}, "required"),
        ({"calculated": "1 + 1", "required_if": "sai"}, "required_if"),
        ({"calculated": "1 + 1", "default": "3"}, "default"),
        ({"required": True, "show_if": "sai"}, "required"),
        ({"required_if": "đúng", "show_if": "1 > 2"}, "required_if"),
        ({"show_if": "không đúng"}, "show_if"),
        ({"kind": FieldKind.heading, "required": True}, "required"),
        ({"kind": FieldKind.file, "most": "0"}, "most"),
        ({"kind": FieldKind.file, "most": "21"}, "most"),
    ],
)
def test_field_that_contradicts_itself_is_refused_at_what_is_too_much(
    session: Any, draft: Any, values: Any, name: str
) -> None:
    with pytest.raises(DomainError) as refused:
        field(draft, "Tổng", **{"kind": FieldKind.number, **values})
    assert refused.value.field == name
    assert keys(draft) == []


def test_field_that_is_shown_on_some_days_only_may_be_required(session: Any, draft: Any) -> None:
    shown = 'hom_nay() > ngay("01/01/2090")'
    assert field(draft, "Sau này", required=True, show_if=shown).id


def test_fees_are_moved_and_keep_the_order_they_are_given(session: Any, draft: Any) -> None:
    made = [part(draft, FeeRule, name=n, moment="on_receipt") for n in ("Cuối", "Đầu", "Giữa")]
    designing.move(made[0], 2, **who())
    session.expire_all()
    assert [fee.name for fee in draft.fees][-3:] == ["Đầu", "Giữa", "Cuối"]
    assert [fee.position for fee in draft.fees] == [*range(1, len(draft.fees) + 1)]
    twin = designing.copy(made[1], **who())
    session.expire_all()
    assert draft.fees[-3:] == [twin, made[2], made[0]]
