"""Headings are matched to columns by name, without marks, nearly, and each only once."""

import pytest

from domain.headings import likeness, propose

WANTED = [
    ("id", ["id"]),
    ("code", ["code", "Mã"]),
    ("name", ["name", "Tên lĩnh vực"]),
    ("tax_code", ["tax_code", "Mã số thuế"]),
    ("phone", ["phone", "Điện thoại"]),
]


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (["Mã", "Tên lĩnh vực"], {"code": 0, "name": 1}),
        (["STT", "TEN LINH VUC", "ma"], {"name": 1, "code": 2}),
        (["tax code", "Mã số thuế của hộ"], {"tax_code": 0}),
        (["Số điện thoại", "Dien thoai ban"], {"phone": 0}),
        (["Tên lĩnh vựcc"], {"name": 0}),
        (["Ghi chú", "Lỗi", ""], {}),
        (["ID", "Mã"], {"id": 0, "code": 1}),
    ],
)
def test_headings_are_proposed_for_the_columns_they_mean(headings, found):
    assert propose(headings, WANTED) == found


def test_likeness_is_whole_only_for_the_same_words():
    assert likeness("Đắk Lắk", "dak lak") == 1.0
    assert 0.72 < likeness("Họ tên", "Họ và tên") < 1.0
    assert likeness("Địa chỉ", "Điện thoại") < 0.72
    assert likeness("", "Mã") == 0.0
