"""The columns of a book to import: their names, and by which other names offices know them.

The names are part of the file format, so they are Vietnamese in every language. docs/import.md
lists them; a test keeps it complete.
"""

from collections.abc import Sequence
from enum import StrEnum

from domain.errors import DomainError
from domain.names import fold


class Column(StrEnum):
    """A column that is understood; the value is its name in the file."""

    order = "Số thứ tự"
    legacy_code = "Mã hồ sơ cũ"
    received = "Ngày nhận"
    procedure_code = "Mã thủ tục"
    procedure_name = "Tên thủ tục"
    owner = "Người nộp"
    id_number = "Số CCCD/CMND"
    phone = "Điện thoại"
    address = "Địa chỉ"
    subject = "Nội dung"
    sets = "Số bộ"
    due = "Hẹn trả"
    processed = "Ngày có kết quả"
    returned = "Ngày trả"
    result = "Kết quả"
    result_no = "Số kết quả"
    status = "Trạng thái"
    note = "Ghi chú"


#: Other names, among them those of TT 01/2018 form 06 and TT 03/2025 form 07.
ALIASES: dict[Column, tuple[str, ...]] = {
    Column.order: ("STT", "TT", "Số TT"),
    Column.legacy_code: ("Mã hồ sơ", "Mã số hồ sơ", "Số hồ sơ", "Số biên nhận", "Số tiếp nhận"),
    Column.received: ("Nhận hồ sơ", "Ngày nhận hồ sơ", "Ngày tiếp nhận", "Ngày nộp"),
    Column.procedure_code: ("Mã TTHC", "Mã thủ tục hành chính"),
    Column.procedure_name: ("Tên TTHC", "Thủ tục", "Tên thủ tục hành chính", "Loại hồ sơ"),
    Column.owner: (
        "Họ tên",
        "Họ và tên",
        "Người nộp hồ sơ",
        "Chủ hồ sơ",
        "Tên cá nhân, tổ chức",
        "Tổ chức, cá nhân",
    ),
    Column.id_number: ("CCCD", "CMND", "Số CMND", "Số CCCD", "Số CMND/CCCD", "Mã số thuế"),
    Column.phone: ("Số điện thoại", "SĐT", "ĐT"),
    Column.address: ("Địa chỉ, số điện thoại", "Nơi ở", "Địa chỉ thường trú"),
    Column.subject: ("Nội dung yêu cầu", "Nội dung yêu cầu giải quyết", "Trích yếu"),
    Column.sets: ("Số lượng hồ sơ", "Số lượng hồ sơ (bộ)", "Số lượng"),
    Column.due: ("Hẹn trả kết quả", "Ngày hẹn trả", "Ngày hẹn"),
    Column.processed: ("Ngày giải quyết", "Ngày giải quyết xong", "Ngày ký"),
    Column.returned: ("Trả kết quả", "Ngày trả kết quả", "Ngày trả KQ"),
    Column.result: ("Kết quả giải quyết",),
    Column.result_no: ("Số văn bản", "Số quyết định", "Số giấy phép", "Số giấy chứng nhận"),
    Column.status: ("Tình trạng", "Tình trạng hồ sơ", "Trạng thái hồ sơ"),
    Column.note: ("Chú thích",),
}
_KNOWN = {fold(name): column for column in Column for name in (column.value, *ALIASES[column])}
#: Of each group at least one column must be there.
NEEDED: tuple[tuple[Column, ...], ...] = (
    (Column.received,),
    (Column.owner,),
    (Column.procedure_code, Column.procedure_name),
    (Column.legacy_code, Column.order),
)


def recognise(cells: Sequence[object]) -> dict[int, Column]:
    """Position → column of the cells that name one; of a column named twice the first."""
    found: dict[int, Column] = {}
    for position, cell in enumerate(cells):
        column = _KNOWN.get(fold(cell)) if isinstance(cell, str) else None
        if column is not None and column not in found.values():
            found[position] = column
    return found


def check(columns: dict[int, Column]) -> None:
    """Errors: import.column_missing, with the first column that is needed and missing."""
    for group in NEEDED:
        if not set(group) & set(columns.values()):
            raise DomainError("import.column_missing", column=group[0].value)
