"""Dossiers for files: exactly the lines of the list, with the data their reader may read."""

import pytest

from domain.roles import Role
from services import export, search, worklist
from services.dossier.forms import FeeLine, HandedIn
from services.worklist import Narrow
from tests.factories import dossiers as made
from tests.factories.procedures import STREET, TYPED, street_permit


@pytest.fixture
def street(session):
    """Two dossiers of a procedure with data, and one of another procedure."""
    version = street_permit()
    papers = tuple(HandedIn(d.name, d.id) for d in version.documents[:2])
    form = {"papers": papers, "fees": (FeeLine(version.fees[0].id),)}
    other = {**TYPED, "tuyen_duong": "Đường Lê Duẩn", "dien_tich": "12,5"}
    found = [made.received(STREET, **form, data=data) for data in (TYPED, other)]
    made.received()
    return version.procedure_id, found


def lines(narrow, who="tiepnhan"):
    return list(export.of_worklist(made.actor(who), tab="mine", now=made.now(), narrow=narrow))


@pytest.mark.parametrize("q", [None, "le duan", "khong co ai"])
def test_file_holds_the_lines_of_the_list_in_its_order(street, q, monkeypatch):
    monkeypatch.setattr(export, "STRETCH", 1)
    for narrow in (Narrow(q=q), Narrow(q=q, procedure=street[0])):
        shown = worklist.worklist(made.actor("tiepnhan"), tab="mine", now=made.now(), narrow=narrow)
        written = [line.facts.id for line in lines(narrow)]
        assert written == [row.dossier_id for row in shown.rows]


def test_data_comes_with_the_list_of_one_procedure_only(street):
    procedure_id, (first, _) = street
    found = {line.facts.id: line.data for line in lines(Narrow(procedure=procedure_id))}
    assert found[first.id]["dien_tich"][1] == 40
    assert [row["loai_xe"] for row in found[first.id]["phuong_tien"][1]] == ["Xe máy", "Ô tô"]
    assert all(line.data == {} for line in lines(Narrow()))


def test_field_that_is_not_for_the_reader_is_left_out(street):
    procedure_id, (first, _) = street
    hidden = "ket_qua_kiem_tra"
    details = dict(first.details)
    details["data"] = {**details["data"], hidden: "Đạt"}
    first.details = details
    from models.base import db

    db.session.commit()
    clerk, officer = {Role.clerk.value}, {Role.officer.value}
    assert hidden not in {f.key for f in export.fields(procedure_id, clerk)}
    assert hidden in {f.key for f in export.fields(procedure_id, officer)}
    found = {line.facts.id: line.data for line in lines(Narrow(procedure=procedure_id))}
    assert hidden not in found[first.id]


def test_search_is_written_out_whole_but_for_similar_names(session, monkeypatch):
    monkeypatch.setattr(export, "STRETCH", 2)
    for _ in range(5):
        made.received(owner=made.Person(name="Nguyễn Văn An"))
    made.received(owner=made.Person(name="Nguyễn Văn An Bình"))
    written = [line.facts.id for line in export.of_search("nguyen van an")]
    assert written == [row.id for row in search.find("nguyen van an", limit=100).rows]
    assert len(written) == 5
