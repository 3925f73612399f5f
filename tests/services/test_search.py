"""Search: by code, number and words, through the scope, page after page."""

import contextlib
import datetime as dt
import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from domain.codes import ApplicantKind
from domain.errors import DomainError
from domain.names import fold
from models.applicant import Applicant
from models.base import db
from models.ids import uuid7
from models.procedure import VersionState
from models.scope import Scope, within
from services import search
from services.lookup import find_applicants, suggest_procedures
from tests.services import small_office
from tests.services.small_office import NOW, Office
from tests.tools.engines import postgresql_only, sqlite_only


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    small_office.dossier(
        made,
        "Nguyễn Văn Ánh",
        code="H15.99-261008-0975",
        owner_id_number="066190123456",
        owner_phone="0905111222",
    )
    small_office.dossier(made, "Đặng Thị Ước", legacy_code="0123/TNHS", code="H15.99-261008-0976")
    small_office.dossier(made, "Y Bliă Niê Kdăm", code="H15.99-261008-0977")
    small_office.dossier(made, "Văn Nguyễn Ánh Hồng", code="H15.99-261008-0978")
    session.commit()
    with small_office.alone(made):
        yield made


def names(text: str, **more) -> list[str]:
    return [row.owner_name for row in search.find(text, **more).rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("H15.99-261008-0975", "Nguyễn Văn Ánh"),
        (" h15.99–261008–0975 ", "Nguyễn Văn Ánh"),
        ("0975", "Nguyễn Văn Ánh"),
        ("975", "Nguyễn Văn Ánh"),
        ("066190123456", "Nguyễn Văn Ánh"),
        ("066 190 123 456", "Nguyễn Văn Ánh"),
        ("3456", "Nguyễn Văn Ánh"),
        ("123456", "Nguyễn Văn Ánh"),
        ("0905111222", "Nguyễn Văn Ánh"),
        ("+84 905 111 222", "Nguyễn Văn Ánh"),
        ("11222", "Nguyễn Văn Ánh"),
        ("0123/TNHS", "Đặng Thị Ước"),
        ("0123/tnhs", "Đặng Thị Ước"),
        ("dang thi uoc", "Đặng Thị Ước"),
        ("ĐẶNG UOC", "Đặng Thị Ước"),
        ("uoc dang", "Đặng Thị Ước"),
        ("bliă nie", "Y Bliă Niê Kdăm"),
        ("ước 0976", "Đặng Thị Ước"),
        ("y kdam", "Y Bliă Niê Kdăm"),
        ("261008-0977", "Y Bliă Niê Kdăm"),
    ],
)
def test_find_gives_the_one_dossier_meant(office, text, found):
    assert names(text) == [found]


def test_find_gives_the_whole_name_first_and_similar_names_on_the_next_page(office, session):
    for name in ("Đặng Thị Ước Mơ", "Dang Thi Uoc"):
        small_office.dossier(office, name)
    session.commit()
    found = search.find("đặng thị ước")
    assert [row.owner_name for row in found.rows] == ["Dang Thi Uoc", "Đặng Thị Ước"]
    assert found.wider
    more = search.find("đặng thị ước", after=found.after)
    assert "Đặng Thị Ước Mơ" in [row.owner_name for row in more.rows]


def test_find_reads_decomposed_letters_like_composed_ones(office):
    assert names(unicodedata.normalize("NFD", "Đặng Thị Ước")) == ["Đặng Thị Ước"]


def test_find_puts_words_as_typed_before_words_in_another_order(office):
    assert names("nguyen anh van") == ["Văn Nguyễn Ánh Hồng", "Nguyễn Văn Ánh"]
    assert names("van anh") == ["Nguyễn Văn Ánh", "Văn Nguyễn Ánh Hồng"]


def test_find_takes_the_last_word_for_unfinished_where_no_whole_one_fits(office, session):
    assert set(names("nguyen van an")) == {"Nguyễn Văn Ánh", "Văn Nguyễn Ánh Hồng"}
    small_office.dossier(office, "Nguyễn Văn Minh An")
    session.commit()
    assert names("nguyen van an") == ["Nguyễn Văn Minh An"]
    assert names("nguyen van minh a") == ["Nguyễn Văn Minh An"]


@pytest.mark.parametrize(
    "text",
    [
        "cong ty trach nhiem",
        "nguyet anh ea tul thuong mai",
        "mot thanh vien thuong m",
        "thuong mai 2026",
        "thanh vien mot 20",
    ],
)
def test_find_knows_three_words_of_a_name_of_very_many(office, session, text):
    name = "Công ty trách nhiệm hữu hạn một thành viên Thương mại Nguyệt Ánh Êa Tul 2026"
    small_office.dossier(office, name)
    session.commit()
    assert names(text) == [name]


def test_find_puts_the_newest_first(office):
    assert names("h15") == [
        "Văn Nguyễn Ánh Hồng",
        "Y Bliă Niê Kdăm",
        "Đặng Thị Ước",
        "Nguyễn Văn Ánh",
    ]


@pytest.mark.parametrize(
    "text", ["", "  ", "%", "_", "'", '"', "%%%", '" OR "', "NEAR(", "*", "zzz", "9999", "12"]
)
def test_find_gives_nothing_when_nothing_is_meant(office, text):
    assert names(text) == []


@pytest.mark.parametrize(
    "text", ["nguyen' OR 1=1 --", 'anh" NOT "x', "anh)", "col:anh", "an% _", "^anh", "a\\", "[a"]
)
def test_find_survives_the_signs_of_query_languages(office, text):
    assert set(names(text)) <= {"Nguyễn Văn Ánh", "Văn Nguyễn Ánh Hồng"}


@pytest.mark.parametrize(("between", "many"), [("", 16), (" Thế", 14)])
def test_find_pages_through_all_passes_without_repeating_or_losing(office, session, between, many):
    for i in range(7):
        small_office.dossier(office, f"Ánh{between} Nguyễn {i}")
        small_office.dossier(office, f"Nguyễn{between} Ánh {i}")
    session.commit()
    text = fold(f"nguyen{between} anh")
    whole = search.find(text, limit=100)
    assert whole.after is None
    pages, after = [], None
    while True:
        page = search.find(text, limit=3, after=after)
        pages += page.rows
        after = page.after
        if after is None:
            break
        assert len(page.rows) == 3
    assert tuple(pages) == whole.rows
    assert len(whole.rows) == many
    assert [r.owner_name[:6] for r in whole.rows[:7]] == ["Nguyễn"] * 7


@pytest.mark.parametrize("after", ["", "x", "0.", "0.abc", "99999.x", "-1.x"])
def test_find_refuses_a_cursor_that_is_none(office, after):
    with pytest.raises(DomainError) as refused:
        search.find("anh", after=after)
    assert refused.value.code == "request.invalid"


def test_find_stays_inside_the_scope(office):
    elsewhere = Scope(agencies=frozenset({uuid7()}))
    here = Scope(agencies=frozenset({office.agency.id}))
    for text in ("nguyen van anh", "0975", "066190123456", "H15.99-261008-0975", "van", "3456"):
        with within(elsewhere):
            assert names(text) == []
        with within(here):
            assert "Nguyễn Văn Ánh" in names(text)


def test_find_follows_a_change_and_a_removal(office, session):
    made = small_office.dossier(office, "Lê Bá Trước")
    session.commit()
    made.search_key = "le ba sau"
    session.commit()
    assert names("truoc") == []
    assert names("ba sau") == ["Lê Bá Trước"]
    session.delete(made.legs[0])
    session.delete(made)
    session.commit()
    assert names("ba sau") == []


@sqlite_only
def test_find_works_in_a_vacuumed_copy(office, session, tmp_path):
    copy = tmp_path / "copy.db"
    session.commit()
    with contextlib.closing(sqlite3.connect(db.engine.url.database)) as original:
        original.execute("VACUUM INTO ?", [str(copy)])
    with sa.create_engine(f"sqlite:///{copy}").connect() as other:
        found = other.exec_driver_sql(
            "SELECT d.owner_name FROM dossier_search s JOIN dossier_search_row r ON r.id = s.rowid "
            "JOIN dossier d ON d.id = r.dossier_id WHERE dossier_search MATCH 'uoc'"
        )
        assert found.scalars().all() == ["Đặng Thị Ước"]


@postgresql_only
@pytest.mark.parametrize("text", ["đặng ước", "đặng thị ước", "đặng thị nhật ước"])
def test_find_uses_its_indexes_under_row_level_security(office, session, text):
    session.commit()
    small_office.multiply(small_office.dossier(office), 6_000)
    session.execute(sa.text("ANALYZE dossier_search"))  # as the server does by itself after a while
    looks = [look for group in search._plan(text) for look in group]
    with within(Scope(agencies=frozenset({office.agency.id}))):
        for look, narrow in [(x, n) for x in looks for n in (x.narrow, x.at_once) if n]:
            query = narrow(search.listed()).order_by(look.key.desc()).limit(20)
            query = query.params(look.values)
            plan = "\n".join(session.scalars(_explained(session, query)))
            assert "ix_dossier_search" in plan or "ix_dossier_name_key" in plan, plan
            assert "Seq Scan on dossier" not in plan


def _explained(session, query):
    compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    return sa.text("EXPLAIN " + str(compiled).replace(":", "\\:"))


# ---- procedures ----------------------------------------------------------------------------------
@pytest.fixture
def procedures(office, session):
    small_office.procedure(office.agency, "9.000101", "Cấp giấy phép xây dựng nhà ở riêng lẻ Z")
    small_office.procedure(
        office.agency, "9.000102", "Đăng ký biến động đất đai Z", aliases="qsd, sd"
    )
    small_office.procedure(
        office.agency, "9.000103", "Cấp giấy phép xây dựng tạm Z", state=VersionState.draft
    )
    small_office.procedure(
        office.agency, "9.000104", "Giấy phép xây dựng cũ Z", valid_to=dt.date(2020, 1, 1)
    )
    session.commit()
    return office


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9.000101", "9.000101"),
        ("9.00010", "9.000101"),
        ("dktlhkdt", "9.T99"),
        ("dktlhkd t", "9.T99"),
        ("gpxdnorlz", "9.000101"),
        ("cgpxdnor", "9.000101"),
        ("qsd", "9.000102"),
        ("nha rieng le z", "9.000101"),
        ("Biến Động đất z", "9.000102"),
        ("đăng ký hộ kinh doanh", "1.001612"),
    ],
)
def test_suggest_gives_the_procedure_first(procedures, text, code):
    assert suggest_procedures(text, on=NOW.date())[0].code == code


def test_suggest_leaves_out_drafts_and_what_is_no_longer_in_force(procedures):
    codes = {s.code for s in suggest_procedures("giay phep xay dung z", on=NOW.date(), limit=50)}
    assert "9.000101" in codes
    assert codes.isdisjoint({"9.000103", "9.000104"})


def test_suggest_gives_at_most_the_limit(procedures):
    assert len(suggest_procedures("", on=NOW.date(), limit=2)) == 2


# ---- applicants ----------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["hoa binh", "0600123456", "0905 333 444", "binh hoa"])
def test_find_applicants_by_number_telephone_and_words(office, session, text):
    for name, number, phone in (
        ("Công ty Hòa Bình", "0600123456", "0905333444"),
        ("Công ty Hòa Thuận", "0600123457", "0905333445"),
    ):
        session.add(
            Applicant(
                agency_id=office.agency.id,
                kind=ApplicantKind.enterprise,
                name=name,
                tax_code=number,
                phone=phone,
                search_key=search.names.fold(f"{name} {number} {phone}"),
            )
        )
    session.commit()
    assert [p.name for p in find_applicants(text)] == ["Công ty Hòa Bình"]
    with within(Scope(agencies=frozenset({uuid7()}))):
        assert find_applicants(text) == ()
