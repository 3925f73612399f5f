"""Write a made-up old book: `python -m benchmarks.import_book ROWS FILE [--procedure CODE]`.

The file is for `flask --app run import dossiers FILE`; nine rows of ten are returned, one still runs.
"""

import argparse
import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.names import any_name

HEADER = (
    *("Số thứ tự", "Mã hồ sơ cũ", "Ngày nhận", "Mã thủ tục", "Người nộp", "Số CCCD/CMND"),
    *("Điện thoại", "Địa chỉ", "Hẹn trả", "Ngày trả", "Kết quả", "Trạng thái", "Ghi chú"),
)
FIRST_DAY = dt.date(2010, 1, 4)


def rows(count: int, procedure: str) -> Iterator[tuple[object, ...]]:
    """Rows of a book, 40 a day; numbers begin again every year."""
    dice = random.Random(2014)
    year, order = 0, 0
    for number in range(count):
        day = FIRST_DAY + dt.timedelta(days=number // 40)
        order = order + 1 if day.year == year else 1
        year = day.year
        done = number % 10 != 0
        yield (
            order,
            f"{order:05d}/TNHS",
            f"{day:%d/%m/%Y}",
            procedure,
            any_name(dice),
            f"{dice.randrange(10**9):09d}",
            f"0905{dice.randrange(10**6):06d}",
            f"Thôn {dice.randrange(1, 20)}",
            f"{day + dt.timedelta(days=5):%d/%m/%Y}",
            f"{day + dt.timedelta(days=4):%d/%m/%Y}" if done else "",
            f"GCN {order}/{day.year}" if done else "",
            "Đã trả kết quả" if done else "Đang giải quyết",
            "",
        )


def main() -> None:
    """Write the file named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--procedure", default="1.001612", help="code of the catalogue")
    given = parser.parse_args()
    with given.file.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows(given.rows, given.procedure))


if __name__ == "__main__":
    main()
