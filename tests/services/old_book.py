"""An old book for the tests of the import: rows that are good but for what a test says."""

import csv
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.dossier import Dossier
from models.scope import Scope, within
from services.acting import system
from services.importing import Report, import_dossiers
from tests.services.small_office import NOW, Office

HEADER = [
    *("STT", "Mã hồ sơ cũ", "Ngày nhận", "Mã thủ tục", "Người nộp", "Số CCCD/CMND", "Điện thoại"),
    *("Địa chỉ", "Hẹn trả", "Ngày trả", "Kết quả", "Trạng thái", "Ghi chú"),
]


def write(
    folder: Path,
    *rows: dict[str, str],
    header: list[str] = HEADER,
    name: str = "so.csv",
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> Path:
    """A CSV of rows, each given by the cells that differ from a good row."""
    path = folder / name
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        for number, changes in enumerate(rows, 1):
            writer.writerow([(good(number) | changes).get(h, "") for h in header])
    return path


def good(number: int) -> dict[str, str]:
    """The cells of a row with nothing wrong."""
    return {
        "STT": str(number),
        "Mã hồ sơ cũ": f"{number:04d}/TNHS",
        "Ngày nhận": "03/03/2014",
        "Mã thủ tục": "9.T99",
        "Người nộp": "Đặng Thị Ước",
        "Số CCCD/CMND": "240123456",
        "Điện thoại": "0905 123 456",
        "Địa chỉ": "Thôn 3, xã Ea Kpam",
        "Hẹn trả": "07/03/2014",
        "Ngày trả": "06/03/2014",
        "Kết quả": "Giấy chứng nhận 12/2014",
        "Trạng thái": "Đã trả kết quả",
        "Ghi chú": "",
    }


RUNNING = {"Ngày trả": "", "Kết quả": "", "Trạng thái": "Đang giải quyết"}


def take(path: Path, office: Office, **more: Any) -> Report:
    """Import a book as the system, inside the agency of the office."""
    unit = more.pop("unit", office.agency)
    actor = system(office.agency.id, office.counter.id)
    scope = frozenset({office.agency.id})
    with within(Scope(agencies=scope, writes=scope)):
        return import_dossiers(path, unit=unit, actor=actor, at=NOW, **more)


def found(report: Report) -> list[tuple[int, str, str]]:
    """Row, column and code of every problem."""
    return [(p.row, p.column.value, p.error.code) for p in report.problems]


def one(session: Session) -> Dossier:
    """The only dossier there is."""
    return session.scalars(sa.select(Dossier)).one()
