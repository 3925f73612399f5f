"""Hundreds of sheets of real print, badly scanned: which are matched, and is any matched wrongly?

`SHEETS=1000` in the environment looks at a thousand, which is what docs/scanning.md tells of.
"""

import multiprocessing
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
import segno
import zxingcpp

from services.scanning.marks import find
from tests.scanning import sheets, stacks

SHEETS = int(os.environ.get("SHEETS", "350"))
LEAST = 0.99


@pytest.mark.timeout(600)
def test_of_hundreds_of_bad_scans_99_in_100_are_matched_and_none_wrongly(capsys):
    pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))
    with pool:
        results = dict(pool.map(sheets.checked, range(SHEETS), chunksize=20))
    figures = Counter(results.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\n  {figures['right']} of {SHEETS} sheets matched, {figures['wrong']} wrongly\n"
        )
    lost = [seed for seed, result in results.items() if result != "right"]
    assert figures["wrong"] == 0, lost
    assert figures["right"] >= LEAST * SHEETS, lost


def test_pages_of_plain_print_bear_no_mark_and_raise_no_doubt():
    for number in range(12):
        found = find(stacks.scanned(stacks.text(number), 500 + number))
        assert (found.marks, found.unreadable) == ((), False), number


def test_codes_of_others_are_passed_over():
    page = stacks.text(1).copy()
    for row, words in enumerate(
        (
            "066190001234|240123456|Nguyễn Thị Hoa|15031990|Nữ|Buôn Kô Tam|01012022",
            "https://hoadon.example/tra-cuu?ma=H15.36.00-261123-0001",
            "https://motcua.example/tra-cuu/khong-phai-ma?k=abc",
        )
    ):
        mark = np.array(segno.make(words, error="m").matrix, np.uint8)
        mark = np.kron(255 * (1 - np.pad(mark, 4)), np.ones((5, 5), np.uint8))
        high, wide = mark.shape
        page[900 + 10 : 900 + 10 + high, row * 300 : row * 300 + wide] = mark
    assert find(page) == find(stacks.text(2))


@pytest.mark.parametrize("number", [1, 2], ids=["cover", "slip"])
def test_a_mark_that_is_torn_is_told_as_unreadable_and_proves_nothing(number):
    page = sheets._page(number, 200)[0].copy()
    whole = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    assert find(page).marks and whole
    for code in whole:  # the three corners stay, what lies between them is gone
        place = code.position
        left, top = place.top_left.x, place.top_left.y
        side = place.bottom_right.x - left
        third = round(side / 3.2)
        page[top + third : top + side, left + third : left + side] = 255
    found = find(page)
    assert found.unreadable
    assert not any(mark.proof for mark in found.marks)
