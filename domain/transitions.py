"""The transitions of a dossier: one table on one page (one-stop.md §2.2).

docs/states.md is generated from it by `python -m domain.states`.
"""

from typing import NamedTuple

from domain.codes import Status as S, Verb as V
from domain.roles import ACTING, Role as R


class Row(NamedTuple):
    """One transition: `no` of one-stop.md §2.2 (0 = none), who does it, on which form, and why.

    A from-status None means that there is no dossier yet; `to` None leaves the status as it is.
    """

    no: int
    verb: V
    froms: tuple[S | None, ...]
    to: S | None
    roles: frozenset[R]
    form: str
    source: str


_NONE = (None,)
_INTAKE = (None, S.new)
_UNDER_WAY = (S.received, S.processing)
_WAITING = (S.awaiting_supplement, S.awaiting_payment)
_NOT_DONE = (*_UNDER_WAY, *_WAITING)
_AT_WORK = (S.processing, *_WAITING)
_PAYABLE = (S.received, S.processing, S.awaiting_supplement, S.processed)

_SYSTEM = frozenset({R.system})
_COUNTER = frozenset({R.clerk})
_CASH = frozenset({R.clerk, R.cashier})
_DESK = frozenset({R.officer, R.head})
_HEADS = frozenset({R.head, R.leader})
_LEADER = frozenset({R.leader})
_OFFICE = frozenset({R.officer, R.head, R.leader, R.registrar})
_HOUSE = _OFFICE | _CASH

_N61 = "NĐ 61/2018 "
_LAND = "Trang TTHC đất đai 7/2026"
_OUTAGE = "NĐ 99/2022 (biện pháp bảo đảm); thủ tục khác: chưa xác minh"
_UNVERIFIED = "chưa xác minh"

# fmt: off
TRANSITIONS: tuple[Row, ...] = (
    Row(1, V.register, _NONE, S.new, _COUNTER | _SYSTEM, "", _N61 + "Đ16; NĐ 309/2026"),
    Row(2, V.receive, _INTAKE, S.received, _COUNTER, "receipt_slip", _N61 + "Đ17 k1c, k3"),
    Row(3, V.ask_before_intake, _INTAKE, S.new, _COUNTER,
        "supplement_request", _N61 + "Đ15 k3, Đ17 k1a"),
    Row(4, V.refuse_intake, _INTAKE, S.not_accepted, _COUNTER, "refusal", _N61 + "Đ17 k1b"),
    Row(5, V.finish, (S.received,), S.processed, _COUNTER | _OFFICE, "", _N61 + "Đ17 k4"),
    Row(6, V.forward, (S.received,), S.processing, _COUNTER, "control_slip", _N61 + "Đ18 k2"),
    Row(6, V.forward, (S.processing,), S.processing, _HOUSE, "control_slip", _N61 + "Đ18 k2"),
    Row(7, V.assign, _AT_WORK, None, _HEADS, "", _N61 + "Đ19 k1"),
    Row(7, V.take_over, _NOT_DONE, None, _HOUSE, "", _N61 + "Đ19 k1"),
    Row(7, V.propose, (S.processing,), S.processing, _DESK | _LEADER, "", _N61 + "Đ19 k2"),
    Row(7, V.approve, (S.processing,), S.processing, _HEADS, "", _N61 + "Đ19 k3"),
    Row(7, V.send_back, (S.processing,), S.processing, _OFFICE,
        "control_slip", _N61 + "Đ19 k2–3"),
    Row(8, V.request_supplement, (S.processing,), S.awaiting_supplement, _DESK,
        "supplement_request", _N61 + "Đ19 k4, Đ11 k2c"),
    Row(9, V.receive_supplement, (S.awaiting_supplement,), S.processing, _COUNTER,
        "", _N61 + "Đ19 k4"),
    Row(10, V.consult, (S.processing,), S.processing, _DESK, "", _N61 + "Đ19 k5"),
    Row(10, V.answer_consult, _AT_WORK, None, _OFFICE | _SYSTEM, "", _N61 + "Đ19 k5"),
    Row(11, V.request_payment, (S.processing,), S.awaiting_payment, _DESK | {R.cashier},
        "", _LAND),
    Row(11, V.record_payment, (S.awaiting_payment,), S.processing, _CASH, "fee_receipt", _LAND),
    Row(11, V.record_payment, _PAYABLE, None, _CASH, "fee_receipt", "Danh mục HinhThucThu"),
    Row(12, V.refuse, (S.processing,), S.processed, _HEADS, "refusal", _N61 + "Đ19 k8"),
    Row(12, V.stop, (S.processing,), S.stopped, _HEADS,
        "stop_notice", _N61 + "Đ19 k8; TT 03/2025 Mẫu 05"),
    Row(12, V.stop, _WAITING, S.stopped, _HEADS, "stop_notice", _UNVERIFIED),
    Row(13, V.withdraw, (S.new, *_NOT_DONE), S.withdrawn, _COUNTER,
        "", "Danh mục trạng thái quốc gia; chi tiết: chưa xác minh"),
    Row(14, V.extend, (S.processing,), S.processing, _LEADER, "apology", _N61 + "Đ19 k9"),
    Row(15, V.finish, (S.processing,), S.processed, _OFFICE, "", _N61 + "Đ19–20"),
    Row(16, V.return_result, (S.processed,), S.returned, _COUNTER, "", _N61 + "Đ20 k2–4"),
    Row(0, V.suspend, _UNDER_WAY, None, _HEADS, "", _OUTAGE),
    Row(0, V.resume, _UNDER_WAY, None, _HEADS | _SYSTEM, "", _OUTAGE),
    Row(0, V.transfer, _UNDER_WAY, S.processing, _COUNTER | _OFFICE,
        "control_slip", _N61 + "Đ18 k3, Đ19 k6–7"),
    Row(0, V.answer_transfer, _AT_WORK, None, _COUNTER | _OFFICE | _SYSTEM,
        "control_slip", _N61 + "Đ19 k6–7"),
    Row(0, V.correct_procedure, (S.new, *_UNDER_WAY), None, _COUNTER | {R.head},
        "receipt_slip", _UNVERIFIED),
    Row(0, V.move_version, _NOT_DONE, None, frozenset({R.admin}), "", _UNVERIFIED),
    Row(0, V.add_attachment, (S.new, *_NOT_DONE, S.processed), None, ACTING,
        "", "TT 01/2023/TT-VPCP; chi tiết: chưa xác minh"),
    Row(0, V.reprint, tuple(S), None, ACTING - _SYSTEM, "", _UNVERIFIED),
    Row(0, V.record_data, (*_UNDER_WAY, *_WAITING), None, _HOUSE, "", _UNVERIFIED),
    Row(0, V.comment, tuple(S), None, ACTING, "", _UNVERIFIED),
)
# fmt: on
