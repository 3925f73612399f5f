"""Data that a procedure asks for: at the counter, at steps, and what follows from it."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import StepKind, StepState, Verb
from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.dossier import DataValue
from models.fee import DossierFee
from models.ids import uuid7
from services import dossier as verbs
from services.dossier import data
from services.dossier.forms import FeeLine, HandedIn
from services.dossier.guard import check
from services.dossier.steps import live, open_next
from tests.factories import dossiers as made
from tests.factories.procedures import STREET, TYPED, street_permit
from tests.services.dossier.common import MONDAY, act, later, new_events, refuses, stored


@pytest.fixture
def version(session):
    return street_permit()


def form(version, *, papers: int = 2, **typed: Any) -> verbs.Intake:
    """What a clerk sends: the first papers handed in, the fee, and the data with these changes."""
    handed = tuple(HandedIn(d.name, d.id) for d in version.documents[:papers])
    return made.intake(
        STREET, papers=handed, fees=(FeeLine(version.fees[0].id),), data={**TYPED, **typed}
    )


def receive(version, **typed: Any):
    return act("receive", form(version, **typed), who="tiepnhan", at=MONDAY)


def test_receive_keeps_what_was_typed_calculated_and_searched(version):
    dossier = receive(version)
    assert dossier.details["data"] == {
        "tuyen_duong": "Đường Hùng Vương",
        "muc_dich": "xe",
        "dien_tich": 40,
        "tu_ngay": "2026-05-01",
        "den_ngay": "2026-05-10",
        "so_ngay": 10,
        "phuong_tien": [
            {"loai_xe": "Xe máy", "so_luong": 30},
            {"loai_xe": "Ô tô", "so_luong": 2},
        ],
        "tong_xe": 32,
        "cam_ket": True,
    }
    assert dossier.search_key.endswith("duong hung vuong")
    rows = db.session.scalars(sa.select(DataValue).where(DataValue.dossier_id == dossier.id)).all()
    found = {r.key: r.text or r.number or r.day for r in rows}
    assert found["tuyen_duong"] == "duong hung vuong" and found["dien_tich"] == 40
    assert found["muc_dich"] == "|xe|" and str(found["tu_ngay"]) == "2026-05-01"


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"tuyen_duong": " "}, "tuyen_duong", "value.required"),
        ({"muc_dich": "la"}, "muc_dich", "value.choice"),
        ({"muc_dich": "khac"}, "muc_dich_khac", "value.required"),
        ({"dien_tich": "bốn mươi"}, "dien_tich", "number.invalid"),
        ({"dien_tich": "501"}, "dien_tich", "data.range"),
        ({"den_ngay": "30/4/2026"}, "den_ngay", "data.refused"),
        ({"den_ngay": "31/13/2026"}, "den_ngay", "date.invalid"),
        ({"cam_ket": ""}, "cam_ket", "value.required"),
        ({"phuong_tien": [{"so_luong": "3"}]}, "phuong_tien-0-loai_xe", "value.required"),
        (
            {"phuong_tien": [{"loai_xe": "Xe", "so_luong": "0"}]},
            "phuong_tien-0-so_luong",
            "data.least",
        ),
    ],
)
def test_receive_refuses_at_the_field_when_the_data_does_not_fit(version, typed, field, code):
    with refuses(code, field):
        receive(version, **typed)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DataValue)) == 0


def test_what_is_not_shown_is_neither_kept_nor_demanded(version):
    dossier = receive(version, muc_dich="dam_cuoi", muc_dich_khac="thừa")
    kept = dossier.details["data"]
    assert not {"muc_dich_khac", "phuong_tien", "tong_xe", "don_vi_thi_cong"} & kept.keys()


def test_papers_are_asked_by_condition(version):
    with pytest.raises(DomainError) as found:
        receive(version, dien_tich="60")
    assert found.value.code == "dossier.papers_missing"
    assert found.value.facts["papers"] == ("Phương án bảo đảm giao thông",)


@pytest.mark.parametrize(
    ("typed", "amounts"),
    [
        ({}, [400_000]),
        ({"dien_tich": "12,5"}, [125_000]),
        ({"muc_dich": "dam_cuoi"}, []),
    ],
)
def test_fee_is_area_times_days_and_free_for_whom_the_rule_says(version, typed, amounts):
    dossier = receive(version, **typed)
    query = sa.select(DossierFee.amount).where(DossierFee.dossier_id == dossier.id)
    assert list(db.session.scalars(query)) == amounts


def kinds(dossier):
    return [(s.position, s.kind) for s in live(dossier)]


@pytest.mark.parametrize(("area", "passed"), [("40", False), ("20", True)])
def test_step_is_passed_over_when_its_condition_is_not_met(version, area, passed):
    dossier = act("forward", receive(version, dien_tich=area), who="tiepnhan", at=MONDAY)
    assert kinds(dossier) == [(2, StepKind.work), (3, StepKind.consult)]
    for step in live(dossier):
        step.state = StepState.done
    db.session.flush()
    opened = open_next(dossier, dossier.legs[0], later(days=1), "x")
    assert [s.position for s in opened] == [5 if passed else 4]
    skipped = next(s for s in dossier.steps if s.position == 4)
    assert (skipped.state is StepState.cancelled) is passed
    db.session.rollback()


def at_officer(version, **typed: Any):
    dossier = act("forward", receive(version, **typed), who="tiepnhan", at=MONDAY)
    return act("take_over", dossier, who="chuyenvien", at=MONDAY, step_id=live(dossier)[0].id)


def test_record_data_fills_the_fields_of_the_step_and_leaves_exactly_its_event(version):
    dossier = at_officer(version)
    typed = {"ket_qua_kiem_tra": "Đúng hiện trạng,\nkhông cản trở", "tuyen_duong": "sửa trộm"}
    with new_events() as found:
        after = act(
            "record_data", dossier, who="chuyenvien", typed=typed, step_id=live(dossier)[0].id
        )
    assert [e.tag for e in found] == [Tag.dossier_record_data]
    assert found[0].changes == {
        "data": {"Kết quả kiểm tra thực địa": ["", "Đúng hiện trạng,\nkhông cản trở"]}
    }
    kept = after.details["data"]
    assert kept["ket_qua_kiem_tra"].startswith("Đúng") and kept["tuyen_duong"] == "Đường Hùng Vương"
    assert after.search_key.endswith("duong hung vuong")


def test_record_data_sent_twice_is_done_once(version):
    dossier, key = at_officer(version), uuid7()
    facts = {"typed": {"ket_qua_kiem_tra": "Đạt"}, "op_id": key, "step_id": live(dossier)[0].id}
    with new_events() as found:
        for _ in range(2):
            dossier = act("record_data", dossier, who="chuyenvien", **facts)
    assert len(found) == 1


def test_step_is_not_left_before_its_data_is_there(version):
    dossier = at_officer(version)
    step = live(dossier)[0]
    with pytest.raises(DomainError) as found:
        check(Verb.propose, dossier, made.actor("chuyenvien", MONDAY), step, MONDAY)
    assert found.value.code == "data.missing"
    assert found.value.facts["fields"] == ["Kết quả kiểm tra thực địa"]


@pytest.mark.parametrize("who", ["tiepnhan", "truongphong", "lanhdao", "kiemtra"])
def test_record_data_is_refused_to_whoever_does_not_hold_the_step(version, who):
    dossier = at_officer(version)
    before = stored()
    with pytest.raises(DomainError) as found:
        act("record_data", dossier, who=who, typed={"ket_qua_kiem_tra": "Đạt"})
    assert found.value.code in {"dossier.role_not_allowed", "dossier.not_holder"}
    assert stored() == before


def test_correct_procedure_carries_what_the_other_version_asks_for_too(version):
    dossier = receive(version)
    other = made.version_of(made.SUSPENSION, MONDAY.date())
    after = act(
        "correct_procedure", dossier, who="tiepnhan", version_id=other.id, reason="Chọn nhầm"
    )
    assert "data" not in after.details and not after.search_key.endswith("hung vuong")
    assert data.values_of(after) == {}
