"""Who may act: the roles of a one-stop office (one-stop.md §2.2)."""

from enum import StrEnum


class Role(StrEnum):
    """Role of an officer; CD, the applicant, never signs in here and has no role."""

    admin = "admin"
    clerk = "clerk"  # MC, người tiếp nhận at the one-stop counter
    officer = "officer"  # CV, chuyên viên
    head = "head"  # LĐP, trưởng phòng, and TB-MC at the counter
    leader = "leader"  # LĐ, the leader who signs
    cashier = "cashier"  # TC, thu phí
    registrar = "registrar"  # VT, văn thư: number and stamp
    auditor = "auditor"
    province_leader = "province_leader"
    system = "system"  # sweeps, messages of other agencies, repairs


#: Roles that may write on a dossier; all others only read.
ACTING = frozenset(
    {
        Role.clerk,
        Role.officer,
        Role.head,
        Role.leader,
        Role.cashier,
        Role.registrar,
        Role.system,
    }
)
