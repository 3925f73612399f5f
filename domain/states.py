"""Writes docs/states.md from the table of transitions: `python -m domain.states`."""

from pathlib import Path

from domain.codes import Clock, Status, Verb
from domain.roles import Role
from domain.transitions import TRANSITIONS, Row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "states.md"

#: Names of the national list (one-stop.md §2.1); the page is read by officers, in Vietnamese.
STATUS_NAMES: dict[Status, str] = {
    Status.new: "Mới đăng ký",
    Status.received: "Được tiếp nhận",
    Status.not_accepted: "Không được tiếp nhận",
    Status.processing: "Đang xử lý",
    Status.awaiting_supplement: "Yêu cầu bổ sung giấy tờ",
    Status.awaiting_payment: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.withdrawn: "Công dân yêu cầu rút hồ sơ",
    Status.stopped: "Dừng xử lý",
    Status.processed: "Đã xử lý xong",
    Status.returned: "Đã trả kết quả",
}

_CLOCKS = {
    Clock.not_started: "chưa tính",
    Clock.runs: "đang tính",
    Clock.paused: "tạm dừng",
    Clock.stopped: "đã dừng",
}

_VERBS: dict[Verb, str] = {
    Verb.register: "Đăng ký",
    Verb.receive: "Tiếp nhận",
    Verb.refuse_intake: "Từ chối tiếp nhận",
    Verb.ask_before_intake: "Hướng dẫn hoàn thiện trước tiếp nhận",
    Verb.forward: "Chuyển bước",
    Verb.assign: "Phân công",
    Verb.take_over: "Nhận thay",
    Verb.consult: "Lấy ý kiến",
    Verb.answer_consult: "Cho ý kiến",
    Verb.request_supplement: "Yêu cầu bổ sung",
    Verb.receive_supplement: "Nhận bổ sung",
    Verb.request_payment: "Yêu cầu nghĩa vụ tài chính",
    Verb.record_payment: "Ghi nhận nộp tiền",
    Verb.propose: "Trình",
    Verb.approve: "Duyệt",
    Verb.send_back: "Trả lại bước trước",
    Verb.suspend: "Tạm dừng",
    Verb.resume: "Tiếp tục",
    Verb.extend: "Xin lỗi và hẹn lại",
    Verb.transfer: "Chuyển cơ quan khác",
    Verb.answer_transfer: "Cơ quan khác trả lại",
    Verb.finish: "Hoàn thành",
    Verb.refuse: "Từ chối giải quyết",
    Verb.stop: "Dừng giải quyết",
    Verb.return_result: "Trả kết quả",
    Verb.withdraw: "Rút hồ sơ",
    Verb.correct_procedure: "Sửa thủ tục",
    Verb.move_version: "Chuyển sang phiên bản khác",
    Verb.add_attachment: "Đính kèm tệp",
    Verb.reprint: "In lại",
    Verb.comment: "Ghi chú",
    Verb.record_data: "Điền dữ liệu",
}

_ROLES = {
    Role.admin: "quản trị",
    Role.clerk: "người tiếp nhận",
    Role.officer: "chuyên viên",
    Role.head: "trưởng phòng",
    Role.leader: "lãnh đạo ký",
    Role.cashier: "thu phí",
    Role.registrar: "văn thư",
    Role.system: "hệ thống",
}

_FORMS = {
    "": "",
    "receipt_slip": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "supplement_request": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "refusal": "Phiếu từ chối",
    "apology": "Phiếu xin lỗi và hẹn lại",
    "stop_notice": "Thông báo dừng giải quyết",
    "control_slip": "Phiếu kiểm soát",
    "fee_receipt": "Biên lai",
}

_HEAD = """\
# Trạng thái hồ sơ

Trang này được sinh từ `domain/transitions.py` bằng `python -m domain.states`; không sửa tay.
Điều kiện của từng hành động nằm trong `domain/dossier.py`.
"""


def page() -> str:
    """The whole page: statuses, diagram, transitions."""
    return "\n".join([_HEAD, *_statuses(), "", *_diagram(), "", *_transitions(), ""])


def _statuses() -> list[str]:
    rows = [
        f"| {status.national_code} | `{status}` | {STATUS_NAMES[status]} "
        f"| {_CLOCKS[status.clock]} | {'có' if status.terminal else ''} |"
        for status in Status
    ]
    head = [
        "| Mã | Tên trong mã nguồn | Trạng thái | Thời hạn | Kết thúc |",
        "|---|---|---|---|---|",
    ]
    return ["## Mười trạng thái quốc gia", "", *head, *rows]


def _diagram() -> list[str]:
    """One arrow per pair of different statuses, with every verb that leads along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        for status in row.froms:
            if row.to is not None and row.to is not status:
                verbs = arrows.setdefault((status or "[*]", row.to), [])
                if _VERBS[row.verb] not in verbs:
                    verbs.append(_VERBS[row.verb])
    names = [
        f'    state "{status.national_code}. {STATUS_NAMES[status]}" as {status}'
        for status in Status
    ]
    lines = [f"    {start} --> {end}: {', '.join(verbs)}" for (start, end), verbs in arrows.items()]
    ends = [f"    {status} --> [*]" for status in Status if status.terminal]
    chart = ["```mermaid", "stateDiagram-v2", *names, *lines, *ends, "```"]
    return ["## Sơ đồ", "", *chart]


def _transitions() -> list[str]:
    head = [
        "| Số | Hành động | Từ | Đến | Ai làm | Giấy tờ | Căn cứ |",
        "|---|---|---|---|---|---|---|",
    ]
    return ["## Bảng chuyển trạng thái", "", *head, *map(_line, TRANSITIONS)]


def _line(row: Row) -> str:
    cells = (
        str(row.no or "–"),
        f"{_VERBS[row.verb]} (`{row.verb}`)",
        _froms(row),
        STATUS_NAMES[row.to] if row.to else "giữ nguyên",
        ", ".join(_ROLES[role] for role in Role if role in row.roles),
        _FORMS[row.form],
        row.source,
    )
    return f"| {' | '.join(cells)} |"


def _froms(row: Row) -> str:
    if row.froms == tuple(Status):
        return "mọi trạng thái"
    return ", ".join(STATUS_NAMES[status] if status else "chưa có hồ sơ" for status in row.froms)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
