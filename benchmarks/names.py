"""Made-up Vietnamese people, as distinct as a province's: none is anybody's.

Family names come as often as they do in the country, the other words more evenly. Two or three given
words follow the family name, sometimes with a second family name of the mother's: a million draws
have more than half a million different names.
"""

import random
from itertools import accumulate

#: Family names with how many of a thousand people bear them; the last ones are of the highlands.
_FAMILY = (
    "Nguyễn 315 Trần 109 Lê 89 Phạm 59 Hoàng 42 Huỳnh 34 Phan 37 Vũ 26 Võ 24 Đặng 21 Bùi 20 Đỗ 14 "
    "Hồ 13 Ngô 13 Dương 10 Lý 9 Đinh 8 Đoàn 8 Trịnh 8 Trương 9 Mai 7 Lương 7 Đào 7 Cao 6 Hà 6 Lâm 6 "
    "Tạ 5 Phùng 5 Tô 5 Vương 4 Thái 4 Châu 4 Quách 3 Kiều 3 Nông 4 Tăng 3 La 3 Chu 3 Thân 2 Lưu 3 "
    "Văn 2 Từ 2 Triệu 3 Hứa 2 Mạc 2 Bành 1 Niê 9 Kdăm 4 Byă 3 Ksor 3 Mlô 3 Êban 3 Hđơk 2 Ayũn 2"
)
_MIDDLE = (
    "Văn Thị Hữu Đức Minh Ngọc Thanh Quốc Xuân Thu Kim Bảo Gia Hồng Mỹ Tuấn Anh Duy Hoài Thùy Công "
    "Đình Quang Trọng Tấn Phương Khánh Diệu Bích Nhật Hải Trung Tiến Mạnh Phúc Việt Nguyên Cẩm Như "
    "Ánh Lan Tường Vân Thiên Huy Chí Thế Viết Bá Sỹ Đăng Khắc Thành Vĩnh An Hoàng Tú Yến Quỳnh Kiều "
    "Thảo Trúc Mai Hà Bình Cao Nam Phi Thái Tân"
)
_GIVEN = (
    "An Anh Ánh Bình Châu Chiến Cường Dũng Duyên Đạt Định Giang Hà Hải Hạnh Hậu Hiền Hiếu Hoa Hòa "
    "Hùng Hương Khánh Kiên Lan Liên Linh Long Mai Mạnh Nam Nga Nghĩa Nhung Phong Phúc Phương Quân "
    "Quỳnh Sơn Tâm Thảo Thắng Thủy Toàn Trang Trung Tú Uyên Ước Vân Vinh Xuân Yến Bách Bảo Bích Cẩm "
    "Chi Chinh Chung Công Cúc Danh Diễm Diệp Diệu Dung Duy Dương Đài Đăng Đào Điệp Đoan Đông Đức Gấm "
    "Hằng Hân Hảo Hiệp Hoài Hoan Hoàng Học Hồng Huân Huệ Huy Huyền Hưng Hường Khải Khang Khoa Khôi "
    "Khương Kiều Kim Lam Lâm Lệ Lĩnh Loan Lộc Lợi Luân Lương Ly Lý Mẫn Minh My Mỹ Ngà Ngân Ngọc "
    "Nguyên Nguyệt Nhàn Nhân Nhật Nhi Nhiên Như Oanh Phát Phú Phụng Phước Quang Quế Quốc Quý Quyên "
    "Quyết Sang Sáng Sinh Tài Tân Tấn Thạch Thái Thanh Thành Thi Thiện Thiên Thịnh Thoa Thơ Thu Thuận "
    "Thúy Thư Thương Tiên Tiến Tín Tình Tính Toản Trà Trâm Trí Triết Trinh Trọng Trúc Trường Tuấn "
    "Tuệ Tùng Tuyền Tuyết Tường Vi Việt Vũ Vy Vỹ Ý Yên"
)
_PAIRS = _FAMILY.split()
FAMILY, MIDDLE, GIVEN = _PAIRS[::2], _MIDDLE.split(), _GIVEN.split()
_WEIGHTS = list(accumulate(int(n) for n in _PAIRS[1::2]))


def any_name(dice: random.Random) -> str:
    """A name as they stand in a register: of three words, four, now and then five."""
    words = [
        _family(dice),
        dice.choice(MIDDLE),
        *dice.sample(GIVEN, 1 if dice.random() < 0.4 else 2),
    ]
    if dice.random() < 0.05:
        words.insert(1, _family(dice))
    return " ".join(words)


def looked_for(dice: random.Random) -> str:
    """What somebody types who looks for a person: three or four words of a name."""
    middle, given = dice.choice(MIDDLE), dice.sample(GIVEN, 1 if dice.random() < 0.5 else 2)
    return " ".join([_family(dice), middle, *given])


def _family(dice: random.Random) -> str:
    return dice.choices(FAMILY, cum_weights=_WEIGHTS)[0]
