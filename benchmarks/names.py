"""Made-up Vietnamese people: 12,960 names of three words, 700,000 of four. None is anybody's."""

import random

_FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương"
_MIDDLE = "Văn Thị Hữu Đức Minh Ngọc Thanh Quốc Xuân Thu Kim Bảo Gia Hồng Mỹ Tuấn"
_GIVEN = (
    "An Anh Ánh Bình Châu Chiến Cường Dũng Duyên Đạt Định Giang Hà Hải Hạnh Hậu Hiền Hiếu Hoa Hòa "
    "Hùng Hương Khánh Kiên Lan Liên Linh Long Mai Mạnh Nam Nga Nghĩa Nhung Phong Phúc Phương Quân "
    "Quỳnh Sơn Tâm Thảo Thắng Thủy Toàn Trang Trung Tú Uyên Ước Vân Vinh Xuân Yến"
)
FAMILY, MIDDLE, GIVEN = _FAMILY.split(), _MIDDLE.split(), _GIVEN.split()


def three_words(dice: random.Random) -> str:
    """A name such as people are looked up by."""
    return f"{dice.choice(FAMILY)} {dice.choice(MIDDLE)} {dice.choice(GIVEN)}"


def four_words(dice: random.Random) -> str:
    """A name with two given words."""
    first, second = dice.sample(GIVEN, 2)
    return f"{dice.choice(FAMILY)} {dice.choice(MIDDLE)} {first} {second}"
