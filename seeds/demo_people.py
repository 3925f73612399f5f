"""DEMONSTRATION ONLY: synthetic citizens.

Names are put together at random; identity numbers begin with 999, a province code that does not
exist, so that none can belong to a real person.
"""

import datetime as dt
import random

from domain.codes import ApplicantKind
from services.dossier import Person

_FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
_MIDDLE = [
    "Văn",
    "Thị",
    "Hữu",
    "Đức",
    "Minh",
    "Ngọc",
    "Thanh",
    "Quốc",
    "Xuân",
    "Thu",
    "Kim",
    "Gia",
    "Hồng",
    "Mỹ",
    "Tuấn",
    "Bảo",
]
_GIVEN = [
    "An",
    "Anh",
    "Ánh",
    "Bình",
    "Châu",
    "Chiến",
    "Cường",
    "Dũng",
    "Duyên",
    "Đạt",
    "Định",
    "Giang",
    "Hà",
    "Hải",
    "Hạnh",
    "Hiền",
    "Hoa",
    "Hòa",
    "Hùng",
    "Hương",
    "Khánh",
    "Kiên",
    "Lan",
    "Liên",
    "Linh",
    "Long",
    "Mai",
    "Mạnh",
    "Nam",
    "Nga",
    "Nghĩa",
    "Nhung",
    "Phong",
    "Phúc",
    "Phương",
    "Quân",
    "Quỳnh",
    "Sơn",
    "Tâm",
    "Thảo",
    "Thắng",
    "Thủy",
    "Toàn",
    "Trang",
    "Trung",
    "Tú",
    "Uyên",
    "Ước",
    "Vân",
    "Vinh",
    "Xuân",
    "Yến",
]
_HIGHLAND = (
    "Y Thuyên Ayŭn",
    "H’Hương Êban",
    "Y Bhiăm Niê",
    "H’Lan Mlô",
    "Y Khoa Kbuôr",
    "H’Nga Knul",
)
_PLACES = (
    "thôn 3, xã Quảng Tiến, huyện Cư M’gar",
    "buôn Sut M’grư, xã Cư Suê, huyện Cư M’gar",
    "tổ dân phố 5, thị trấn Quảng Phú, huyện Cư M’gar",
    "thôn Hợp Thành, xã Quảng Hiệp, huyện Cư M’gar",
    "buôn Pốk, thị trấn Ea Pốk, huyện Cư M’gar",
    "thôn 8, xã Ea Kpam, huyện Cư M’gar",
)


def person(dice: random.Random) -> Person:
    """A citizen of one of the communes; the number says the year of birth and the sex."""
    name = (
        dice.choice(_HIGHLAND)
        if dice.random() < 0.15
        else " ".join(dice.choice(part) for part in (_FAMILY, _MIDDLE, _GIVEN))
    )
    born = dt.date(dice.randrange(1955, 2000), dice.randrange(1, 13), 15)
    woman = " Thị " in f" {name} " or name.startswith("H’")
    number = f"999{int(woman)}{born:%y}{dice.randrange(10**6):06d}"
    return Person(
        name=name,
        kind=ApplicantKind.citizen,
        id_number=number,
        birth_date=born,
        sex="female" if woman else "male",
        phone=f"09{dice.randrange(10**8):08d}",
        address=f"{dice.choice(_PLACES)}, tỉnh Đắk Lắk",
    )
