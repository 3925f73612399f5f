"""`flask --app run import dossiers`: what it prints, the file of errors, how it ends."""

import csv
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from models.dossier import Dossier
from models.organisation import Unit
from tests.services import small_office
from tests.services.small_office import Office

HEADER = "STT,Ngày nhận,Mã thủ tục,Người nộp,Điện thoại\n"
GOOD = "1,03/03/2014,9.T99,Đặng Thị Ước,0905123456\n"
BAD = "2,31/02/2014,9.T99,,=1+1\n"


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


@pytest.fixture
def run(app, office, tmp_path):
    def invoke(text, *args):
        path = tmp_path / "so.csv"
        path.write_text(text, encoding="utf-8")
        command = ["import", "dossiers", str(path), *args]
        return app.test_cli_runner().invoke(args=command)

    return invoke


def kept(session) -> int:
    session.rollback()
    query = sa.select(sa.func.count()).select_from(Dossier).where(Dossier.legacy_code == "1/2014")
    return session.scalar(query)


def test_command_imports_and_ends_well(run, session):
    answer = run(HEADER + GOOD, "--unit", "T99")
    assert answer.exit_code == 0, answer.output
    assert kept(session) == 1


def test_command_writes_nothing_on_a_trial(run, session):
    answer = run(HEADER + GOOD, "--unit", "T99", "--dry-run")
    assert answer.exit_code == 0, answer.output
    assert kept(session) == 0


def test_command_tells_bad_rows_and_writes_them_all_to_a_file(run, session, tmp_path):
    errors = tmp_path / "loi.csv"
    answer = run(HEADER + GOOD + BAD, "--unit", "T99", "--errors", str(errors))
    assert answer.exit_code == 1
    assert "Ngày nhận" in answer.output
    assert kept(session) == 1
    with errors.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["Dòng", "Cột", "Giá trị", "Lý do"]
    assert [row[:3] for row in rows] == [
        ["3", "Ngày nhận", "31/02/2014"],
        ["3", "Người nộp", ""],
        ["3", "Điện thoại", "'=1+1"],
    ]
    assert all(row[3] for row in rows)


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("Một,Hai\n1,2\n", ("--unit", "T99")),
        (HEADER + GOOD, ("--unit", "NOWHERE")),
        (HEADER + GOOD, ()),
    ],
    ids=["no-columns", "unknown-unit", "several-agencies"],
)
def test_command_says_in_one_sentence_why_a_file_cannot_be_imported(run, session, text, args):
    small_office.build("T88", "H15.88")
    assert session.query(Unit).filter(Unit.is_agency).count() > 1
    session.commit()
    answer = run(text, *args)
    assert answer.exit_code == 2
    assert len(answer.output.strip().splitlines()) == 1
    assert "Traceback" not in answer.output
    assert kept(session) == 0
