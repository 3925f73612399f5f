"""People and bodies found from anywhere: name and birth year, numbers, telephone, tax code, by scope."""

import datetime as dt

import pytest
import sqlalchemy as sa

from domain.codes import ApplicantKind
from models.applicant import Applicant
from models.base import db
from models.scope import Scope, within
from services import people
from services.search_sources import SOURCES
from tests.factories import dossiers as make


def person(name, born=None, **more):
    return make.received(owner=make.Person(name=name, birth_date=born, **more))


@pytest.fixture
def office(session):
    """Two of one name, one of a similar name, a company, and somebody without a dossier."""
    person("Nguyễn Văn Ánh", dt.date(1990, 3, 15), id_number="066190001234", phone="0905111222")
    person("Nguyễn Văn Ánh", dt.date(1985, 1, 2), id_number="066185005678")
    person("Nguyễn Ánh Văn", dt.date(1990, 7, 1), id_number="066190009999")
    alone = Applicant(name="Lê Thị Lẻ", kind=ApplicantKind.citizen, tax_code="0401234567")
    alone.agency_id = make.actor("tiepnhan").home.agency_id
    alone.search_key = "le thi le 0401234567"
    db.session.add(alone)
    db.session.commit()


def found(text):
    return [(p.name, p.birth_date.year if p.birth_date else None) for p in people.find(text)]


@pytest.mark.parametrize(
    ("typed", "years"),
    [
        ("nguyen van anh", {1990, 1985}),
        ("nguyen van anh 1990", {1990}),
        ("Nguyễn Văn Ánh 02/01/1985", {1985}),
        ("nguyen van anh 1991", set()),
        ("nguyen van a 1985", {1985}),
        ("066190001234", {1990}),
        ("066 190 001 234", {1990}),
        ("1234", {1990}),
        ("0905 111 222", {1990}),
        ("0401234567", {None}),
        ("không ai cả", set()),
        ("%", set()),
        ("1", set()),
    ],
)
def test_people_are_found_by_what_is_known_of_them(office, typed, years):
    assert {year for _, year in found(typed)} == years


def test_whole_name_is_enough_and_its_words_in_another_order_are_looked_for_without_one(office):
    assert [name for name, _ in found("nguyen van anh")] == ["Nguyễn Văn Ánh", "Nguyễn Văn Ánh"]
    assert {name for name, _ in found("van anh nguyen")} == {"Nguyễn Văn Ánh", "Nguyễn Ánh Văn"}


def test_words_of_a_request_are_no_name(office, session):
    session.execute(sa.update(Applicant).values(address="Phường Tự An"))
    assert found("kinh doanh") == []


def test_people_of_another_agency_are_not_found(office):
    with within(Scope(agencies=frozenset(["0192aaaa-0000-7000-8000-000000000000"]))):
        for typed in ("nguyen van anh", "066190001234", "1234", "0401234567"):
            assert people.find(typed) == (), typed


def test_their_dossiers_are_listed_newest_first_page_after_page(session):
    mine = [person("Trần Thị Bưởi", id_number="066190007777").id for _ in range(3)]
    person("Ai Đó", id_number="066190008888")
    (one,) = people.find("066190007777")
    row = session.get_one(Applicant, one.id)
    first = people.dossiers_of(row, limit=2)
    second = people.dossiers_of(row, limit=2, after=first.after)
    assert [r.id for r in (*first.rows, *second.rows)] == mine[::-1]
    assert second.after is None


def test_every_source_answers_in_the_same_shape(office):
    for source in SOURCES:
        for hit in source.find("nguyen van anh 1990", make.now().date(), 5):
            assert hit.id and hit.title
    hit, *_ = SOURCES[0].find("nguyen van anh 1990", make.now().date(), 5)
    assert hit.hint.startswith("15/03/1990 · 066190001234")
