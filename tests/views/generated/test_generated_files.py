"""Exports, the printed book and imports: what leaves is what the list shows, and can come back."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook

from domain.roles import Role

HIVE = "/danh-muc/test_hive"


@pytest.fixture
def hives(registers, keep):
    """Two hives with every kind of value, one with a name that looks like a formula."""
    keeper = keep(registers.Keeper, code="K1", name="Y Bhiăm Niê")
    full = keep(
        registers.Hive,
        label="=1+1",
        temper="wild",
        price=1_234_567,
        weight=Decimal("1.5"),
        frames=3,
        settled=dt.date(2026, 7, 1),
        opens=dt.time(7, 30),
        seen_at=dt.datetime(2026, 4, 6, 9, 5),
        note="dòng một\ndòng hai",
        keeper=keeper,
    )
    return full, keep(registers.Hive, label="Đạt", temper="calm", alive=False, note="hai  cách ")


def send(client, content: bytes, name="rows.csv", really="1"):
    """Send a file to the import page."""
    data = {"file": (io.BytesIO(content), name), "really": really}
    return client.post(f"{HIVE}/import", data=data, content_type="multipart/form-data")


def count(session, model) -> int:
    """All rows."""
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def table(answer) -> list[list[str]]:
    """Cells of a CSV answer."""
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_csv_holds_exactly_the_rows_of_the_list(login, hives):
    client = login(Role.clerk)
    rows = table(client.get(f"{HIVE}/export/csv?temper=calm", buffered=True))
    assert [row[1] for row in rows[1:]] == ["Đạt"]
    rows = table(client.get(f"{HIVE}/export/csv?order=-label", buffered=True))
    assert len(rows) == 3
    assert rows[1][1] == "Đạt"


def test_csv_runs_no_formula_and_names_its_file(login, hives):
    answer = login(Role.clerk).get(f"{HIVE}/export/csv", buffered=True)
    assert "'=1+1" in [row[1] for row in table(answer)]
    assert answer.get_data().startswith("\ufeff".encode())
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_xlsx_keeps_dates_and_numbers_as_such_and_runs_no_formula(login, hives):
    answer = login(Role.clerk).get(f"{HIVE}/export/xlsx?temper=wild", buffered=True)
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, sheet[2], strict=True))
    kinds = {name: cell.data_type for name, cell in row.items()}
    assert "f" not in kinds.values()
    values = [cell.value for cell in sheet[2]]
    assert "=1+1" in values
    assert 1_234_567 in values
    assert dt.datetime(2026, 7, 1) in values
    assert "K1" in values


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_taken_in_again_changes_nothing(login, session, hives, form):
    client = login(Role.clerk)
    content = client.get(f"{HIVE}/export/{form}", buffered=True).data
    before = state(session, type(hives[0]))
    answer = send(client, content, f"rows.{form}")
    assert answer.status_code == 303
    session.expire_all()
    assert state(session, type(hives[0])) == before


def state(session, model) -> list[tuple]:
    """All values of all rows."""
    return sorted(map(tuple, session.execute(sa.select(*model.__table__.c))), key=str)


def test_a_changed_export_changes_its_rows_and_adds_new_ones(login, session, hives):
    client = login(Role.clerk)
    rows = table(client.get(f"{HIVE}/export/csv", buffered=True))
    head, by_name = rows[0], {row[1]: row for row in rows[1:]}
    by_name["Đạt"][1] = "Đạt mới"
    new = [""] * len(head)
    new[1], new[2] = "Ước", by_name["Đạt"][2]
    new[5] = "4"
    out = io.StringIO()
    csv.writer(out).writerows([head, by_name["Đạt"], new])
    assert send(client, out.getvalue().encode()).status_code == 303
    session.expire_all()
    labels = set(session.scalars(sa.select(type(hives[0]).label)))
    assert labels == {"=1+1", "Đạt mới", "Ước"}


def test_a_trial_changes_nothing_and_says_what_would_happen(login, registers, session):
    content = "label;temper;frames\r\nTổ một;wild;3\r\nTổ hai;calm;4\r\n".encode()
    client = login(Role.clerk)
    answer = send(client, content, really="0")
    assert answer.status_code == 200
    assert count(session, registers.Hive) == 0
    assert send(client, content).status_code == 303
    assert count(session, registers.Hive) == 2


def test_an_import_with_one_wrong_line_names_it_and_stores_nothing(login, registers, session, keep):
    keep(registers.Hive, label="Đã có", temper="calm")
    lines = ("label,temper,settled,frames", "Tốt,wild,01/07/2026,1", "Xấu,wild,31/02/2026,1")
    content = "\r\n".join([*lines, "Lạ,hung dữ,,1", "Đã có,calm,,1", "Tốt,wild,,1"]).encode()
    answer = send(login(Role.clerk), content)
    assert answer.status_code == 422
    for number in ("3", "4", "5", "6"):
        assert f'<th scope="row">{number}</th>' in answer.text
    assert '<th scope="row">2</th>' not in answer.text
    assert "INSERT" not in answer.text
    assert count(session, registers.Hive) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 not a workbook",
        b"\xff\xfe\x00\x01",
        b"label\nA\n",
        b'label,temper,frames\n"A,wild,1\n',
        b"a,b,c\n1,2,3\n",
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(login, registers, content):
    answer = send(login(Role.clerk), content)
    assert answer.status_code == 422
    assert "alert-danger" in answer.text


def test_a_workbook_that_is_a_bomb_or_names_other_files_is_refused(login, registers):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 300_000_000)
    assert send(login(Role.clerk), bomb.getvalue(), "x.xlsx").status_code == 422


def test_an_import_cannot_touch_rows_of_another_agency(login, registers, keep, session):
    hive = keep(registers.Hive, "D2", label="Tổ bên kia", temper="calm")
    content = f"id,label,temper,frames\r\n{hive.id},Cướp,wild,1\r\n".encode()
    assert send(login(Role.clerk), content).status_code == 422
    session.expire_all()
    assert session.get(registers.Hive, hive.id).label == "Tổ bên kia"


def test_files_leave_events(login, registers, session, hives):
    from models.event import Event

    client = login(Role.clerk)
    client.get(f"{HIVE}/export/csv?q=dat", buffered=True)
    book = Workbook()
    book.active.append(["label", "temper", "frames"])
    book.active.append(["Mới", "wild", 2])
    out = io.BytesIO()
    book.save(out)
    assert send(client, out.getvalue(), "x.xlsx").status_code == 303
    found = {e.tag.value: e for e in session.scalars(sa.select(Event))}
    assert found["catalogue:record:export"].changes == {"form": "csv", "query": "q=dat"}
    assert found["catalogue:record:import"].changes == {"created": 1, "changed": 0}
    assert found["catalogue:record:create"].changes["label"] == [None, "Mới"]


def test_book_prints_the_rows_of_the_list(login, hives, tmp_path):
    import subprocess

    answer = login(Role.clerk).get(f"{HIVE}/book?temper=calm")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    path = tmp_path / "book.pdf"
    path.write_bytes(answer.data)
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    assert "Đạt" in text
    assert "=1+1" not in text
