"""DEMONSTRATION ONLY: accounts, officers and synthetic dossiers. Never loaded in production mode."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as AccountRole, User
from flask_babel import lazy_gettext as _l
from werkzeug.security import generate_password_hash

from domain.names import clean_name
from domain.roles import Role
from domain.titles import title
from models.base import db
from models.ids import uuid7
from models.officer import Officer
from models.organisation import Unit

PASSWORD = "MotCua-2026"

#: profile → district or commune where most accounts sit, a neighbour, a commune below, the operator.
_PLACES = {
    "dak-lak-2014": ("DL-648", "DL-655", "DL-24262", "DL-STTTT"),
    "dak-lak-2026": ("DL-24280", "DL-24538", "DL-24133", "DL"),
}


@dataclass(frozen=True)
class Account:
    """One demonstration account; `place` indexes `_PLACES`, `function` names the department."""

    username: str
    role: Role
    title: object
    full_name: str
    place: int
    function: str
    password: str = PASSWORD


_ROWS = (
    # the nine that the start prints, one per role
    ("tiepnhan", Role.clerk, "Trần Thanh Hùng", 0, "MC"),
    ("chuyenvien", Role.officer, "Nguyễn Thị Lan", 0, "TCKH"),
    ("truongphong", Role.head, "Lê Văn Bình", 0, "TCKH"),
    ("lanhdao", Role.leader, "Phạm Hữu Thọ", 0, "UBND"),
    ("thuquy", Role.cashier, "Đặng Thị Ước", 0, "MC"),
    ("vanthu", Role.registrar, "Võ Thị Ánh", 0, "VP"),
    ("kiemtra", Role.auditor, "Y Bhiăm Niê", 0, "VP"),
    ("quantri", Role.admin, "Hoàng Đức Minh", 3, "VP"),
    ("lanhdaotinh", Role.province_leader, "Huỳnh Quốc Bảo", 4, "UBND"),
    # colleagues, so that every department can do its steps
    ("chuyenvien2", Role.officer, "Trương Công Định", 0, "TCKH"),
    ("cv.xaydung", Role.officer, "Bùi Minh Tuấn", 0, "KTHT"),
    ("tp.xaydung", Role.head, "Đỗ Xuân Trường", 0, "KTHT"),
    ("cv.moitruong", Role.officer, "Hồ Thu Thảo", 0, "TNMT"),
    ("tp.moitruong", Role.head, "Ngô Gia Khánh", 0, "TNMT"),
    ("cv.datdai", Role.officer, "Dương Ngọc Hà", 0, "VPDK"),
    ("tp.datdai", Role.head, "Phan Ngọc Thạch", 0, "VPDK"),
    ("cv.tuphap", Role.officer, "Lý Hồng Nhung", 0, "TP"),
    ("tp.tuphap", Role.head, "Mai Văn Quân", 0, "TP"),
    ("cv.laodong", Role.officer, "H’Hương Êban", 0, "LD"),
    ("tp.laodong", Role.head, "Vũ Thị Duyên", 0, "LD"),
    ("tiepnhan2", Role.clerk, "Nguyễn Hữu Phúc", 0, "MC"),
    ("tiepnhan.krongana", Role.clerk, "Trần Thị Mai", 1, "MC"),
    ("chuyenvien.krongana", Role.officer, "Lê Quốc Toàn", 1, "TCKH"),
    ("truongphong.krongana", Role.head, "Phạm Thị Yến", 1, "TCKH"),
    ("lanhdao.krongana", Role.leader, "Trần Hữu Thọ", 1, "UBND"),
    ("vanthu.krongana", Role.registrar, "Đinh Thị Hoa", 1, "VP"),
    ("tiepnhan.xa", Role.clerk, "Nguyễn Thị Hương", 2, "MC"),
    ("chuyenvien.xa", Role.officer, "Y Thuyên Ayŭn", 2, "UBX"),
    ("lanhdao.xa", Role.leader, "Cao Văn Sơn", 2, "UBND"),
)
#: function of 2014 → function of 2026, for accounts of departments that no longer exist.
_LATER = {"TCKH": "PKT", "KTHT": "PKT", "TNMT": "PKT", "TP": "VP", "LD": "VHXH", "UBX": "PKT"}


def accounts() -> list[Account]:
    """All demonstration accounts; the first of each role is the one the start prints."""
    return [
        Account(username, role, _l(title(role)), name, place, function)
        for username, role, name, place, function in _ROWS
    ]


def first_of_each_role() -> list[Account]:
    """One account per role, in the order of the day."""
    seen: dict[Role, Account] = {}
    for account in accounts():
        seen.setdefault(account.role, account)
    return list(seen.values())


def load(dossiers: int = 0) -> None:
    """Accounts with their officers, then synthetic dossiers; what is there already stays."""
    if db.session.scalar(sa.select(User.id).limit(1)) is None:
        _Staff().run()
        db.session.commit()
    if dossiers:
        from seeds import demo_dossiers

        demo_dossiers.load(dossiers)


class _Staff:
    """Officers and accounts of one profile."""

    def __init__(self) -> None:
        units = {u.code: u for u in db.session.scalars(sa.select(Unit))}
        self.profile = "dak-lak-2014" if "DL-648" in units else "dak-lak-2026"
        root = next(u for u in units.values() if u.parent_id is None)
        places = [units[code] for code in _PLACES[self.profile]]
        self.places = [*places, root]
        self.root = root
        self.units = list(units.values())
        self.roles = {r.name: r for r in db.session.scalars(sa.select(AccountRole))}
        self.secret = generate_password_hash(PASSWORD)

    def run(self) -> None:
        for account in accounts():
            self.add(account)

    def add(self, account: Account) -> None:
        """One account and the officer it belongs to."""
        family, _, given = account.full_name.rpartition(" ")
        user = User(
            username=account.username,
            first_name=given,
            last_name=family or given,
            email=f"{account.username}@vidu.invalid",
            password=self.secret,
            active=True,
            roles=[self.roles[account.role.value]],
        )
        unit = self.unit(account)
        db.session.add(user)
        db.session.flush()
        db.session.add(
            Officer(
                id=uuid7(),
                agency_id=unit.agency_id,
                full_name=clean_name(account.full_name),
                title=str(_VIETNAMESE[account.role]),
                unit_id=unit.id,
                user_id=user.id,
                active=True,
            )
        )

    def unit(self, account: Account) -> Unit:
        """The department of the account's agency with the function, or its leadership."""
        agency = self.places[account.place]
        wanted = account.function
        if self.profile == "dak-lak-2026":
            wanted = _LATER.get(wanted, wanted)
        mine = [u for u in self.units if u.agency_id == agency.id and u.id != agency.id]
        by_function = {u.function: u for u in mine}
        return by_function.get(wanted) or by_function.get("UBND") or (mine or [agency])[0]


#: Titles as they stand in the register of officers (data, not interface).
_VIETNAMESE = {
    Role.admin: "Quản trị hệ thống",
    Role.clerk: "Công chức tiếp nhận và trả kết quả",
    Role.officer: "Chuyên viên",
    Role.head: "Trưởng phòng",
    Role.leader: "Phó Chủ tịch Ủy ban nhân dân",
    Role.cashier: "Thủ quỹ",
    Role.registrar: "Văn thư",
    Role.auditor: "Kiểm soát thủ tục hành chính",
    Role.province_leader: "Phó Chủ tịch Ủy ban nhân dân tỉnh",
}
