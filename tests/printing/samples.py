"""Filled contexts of every paper, synthetic people only, used by the tests of this folder."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from printing import contexts as c

VN = ZoneInfo("Asia/Ho_Chi_Minh")
CODE = "H15.50.05.13-261008-0975"
QR = "https://motcua.daklak.example/tra-cuu?m=H15.50.05.13-261008-0975&t=3q2-7wAAAADf8Jc1Yk9Xew"
RECEIVED = datetime(2026, 1, 5, 9, 5, tzinfo=VN)
DUE = datetime(2026, 6, 29, 16, 0, tzinfo=VN)
REPRINT = c.Reprint(at=datetime(2026, 2, 3, 14, 7, tzinfo=VN), number=2)
SECTION = c.OfficeHead(
    superior="Ủy ban nhân dân huyện Krông Ana",
    place_name="Krông Ana",
    phone="0262 3637 199",
    address="Thị trấn Buôn Trấp, huyện Krông Ana",
)
CENTER = c.OfficeHead(
    superior="Ủy ban nhân dân phường Buôn Ma Thuột",
    office="Trung tâm Phục vụ hành chính công phường Buôn Ma Thuột",
    place_name="Buôn Ma Thuột",
    is_center=True,
    phone="0262 3952 110",
    address="Số 1 đường Lý Nam Đế, phường Buôn Ma Thuột",
)
APPLICANT = c.Party(
    name="H’Hương Êban",
    id_no="066099000123",
    address="Buôn Kô Tam, xã Ea Tu, thành phố Buôn Ma Thuột, tỉnh Đắk Lắk",
    phone="0905 123 456",
    email="huong.eban@thu.example",
)
SUBMITTER = c.Party(name="Y Bhiăm Niê", id_no="066088000456", phone="0914 555 666")
LAND = c.LandParcel(
    map_sheet="27", parcel_no="153", area="1.250,4 m²", address="Buôn Kô Tam, xã Ea Tu"
)
REQUEST = "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất"
PAPERS = (
    c.PaperLine(name="Đơn đăng ký biến động đất đai (Mẫu số 11/ĐK)", kind="Bản chính", quantity=1),
    c.PaperLine(name="Giấy chứng nhận quyền sử dụng đất", kind="Bản chính", quantity=1),
    c.PaperLine(name="Hợp đồng chuyển nhượng đã công chứng", kind="Bản sao", quantity=2),
    c.PaperLine(name="Tờ khai lệ phí trước bạ (Mẫu số 01/LPTB)", kind="Bản chính", quantity=1),
    c.PaperLine(name="Văn bản ủy quyền", kind="Bản điện tử", quantity=1),
)
FEES = (
    c.FeeLine(name="Phí thẩm định hồ sơ", amount=105_000, when="thu khi tiếp nhận"),
    c.FeeLine(name="Lệ phí cấp giấy chứng nhận", amount=21_000, when="thu khi trả kết quả"),
)
RECIPIENTS = ("Như trên", "Bộ phận Tiếp nhận và Trả kết quả", "Lưu: VT, TNMT")


def slip(**changes: object) -> c.SlipContext:
    values: dict[str, object] = {
        "head": SECTION,
        "issued_at": RECEIVED,
        "number": "05/TNHS",
        "edition": "2025",
        "code": CODE,
        "qr": QR,
        "applicant": APPLICANT,
        "submitter": SUBMITTER,
        "submitter_role": "người được ủy quyền",
        "request": REQUEST,
        "land": LAND,
        "papers": PAPERS,
        "sets": 1,
        "term": "03 ngày làm việc",
        "received_at": RECEIVED,
        "due_at": DUE,
        "result_place": "Bộ phận Tiếp nhận và Trả kết quả",
        "fees": FEES,
        "book": "01/2026",
        "order": "0975",
        "officer": "Nguyễn Thị Ước",
        "lookup_url": "motcua.daklak.example/theo-doi-ho-so",
    }
    return c.SlipContext(**{**values, **changes})


def supplement(**changes: object) -> c.SupplementContext:
    items = (
        c.SupplementItem(
            paper="Đơn đăng ký biến động đất đai",
            wrong="thiếu chữ ký của người sử dụng đất",
            needed="bổ sung chữ ký ở trang 2",
            originals=1,
        ),
        c.SupplementItem(
            paper="Giấy chứng nhận kết hôn",
            wrong="bản photo không có chứng thực",
            needed="nộp bản có chứng thực",
            certified=1,
        ),
        c.SupplementItem(paper="Trích lục bản đồ địa chính", needed="nộp thêm", photocopies=2),
    )
    values: dict[str, object] = {
        "head": CENTER,
        "issued_at": RECEIVED,
        "number": "07/HDHS",
        "edition": "2025",
        "code": CODE,
        "qr": QR,
        "applicant": APPLICANT,
        "request": REQUEST,
        "items": items,
        "reason": "Hồ sơ chưa đủ thành phần theo quy định của thủ tục.",
        "reply_by": DUE,
        "officer": "Đặng Văn Ổn",
    }
    return c.SupplementContext(**{**values, **changes})


def refusal(**changes: object) -> c.RefusalContext:
    values: dict[str, object] = {
        "head": SECTION,
        "issued_at": RECEIVED,
        "number": "03/TCHS",
        "edition": "2018",
        "code": CODE,
        "qr": QR,
        "applicant": APPLICANT,
        "request": REQUEST,
        "reason": "Thửa đất đang có tranh chấp, Tòa án nhân dân huyện đã thụ lý.",
        "legal_basis": "Điều 45 Luật Đất đai năm 2024.",
        "guidance": "Nộp lại hồ sơ khi có bản án, quyết định đã có hiệu lực pháp luật.",
        "officer": "Nguyễn Thị Ước",
    }
    return c.RefusalContext(**{**values, **changes})


def apology(**changes: object) -> c.ApologyContext:
    values: dict[str, object] = {
        "head": SECTION,
        "issued_at": RECEIVED,
        "number": "02/PXL",
        "edition": "2018",
        "code": CODE,
        "qr": QR,
        "applicant": APPLICANT,
        "request": REQUEST,
        "received_at": RECEIVED,
        "due_at": DUE,
        "new_due_at": DUE + timedelta(days=5, minutes=30),
        "reason": "Chờ ý kiến của Chi nhánh Văn phòng Đăng ký đất đai.",
        "signer": c.Signer(authority="KT. Chủ tịch", title="Phó Chủ tịch", name="Trần Đình Khuê"),
        "recipients": RECIPIENTS,
    }
    return c.ApologyContext(**{**values, **changes})


def stop(**changes: object) -> c.StopContext:
    values: dict[str, object] = {
        "head": CENTER,
        "issued_at": RECEIVED,
        "number": "04/TB-TTPVHCC",
        "edition": "2025",
        "code": CODE,
        "qr": QR,
        "applicant": APPLICANT,
        "request": REQUEST,
        "received_at": RECEIVED,
        "stopped_at": DUE,
        "reason": "Người nộp hồ sơ đề nghị dừng giải quyết bằng văn bản.",
        "legal_basis": "Nghị định số 118/2025/NĐ-CP.",
        "signer": c.Signer(title="Giám đốc", name="Lê Thị Ngọc Ảnh"),
        "returned": ("Giấy chứng nhận quyền sử dụng đất", "Văn bản ủy quyền"),
        "recipients": RECIPIENTS,
    }
    return c.StopContext(**{**values, **changes})


def control(**changes: object) -> c.ControlSlipContext:
    lines = (
        c.HandoverLine(
            unit="Bộ phận Tiếp nhận và Trả kết quả",
            given_at=RECEIVED,
            giver="Nguyễn Thị Ước",
            taken_at=RECEIVED + timedelta(minutes=40),
            taker="Y Thuân Mlô",
            outcome="early",
            note="Hồ sơ giấy 07 tờ",
        ),
        c.HandoverLine(
            unit="Phòng Tài nguyên và Môi trường",
            given_at=RECEIVED + timedelta(days=1),
            giver="Y Thuân Mlô",
            taken_at=RECEIVED + timedelta(days=1, hours=1),
            taker="Phạm Quốc Đạt",
            outcome="on_time",
        ),
        c.HandoverLine(
            unit="Văn phòng HĐND và UBND huyện",
            given_at=RECEIVED + timedelta(days=2),
            giver="Phạm Quốc Đạt",
            outcome="late",
            note="Chờ xác minh thực địa",
        ),
    )
    values: dict[str, object] = {
        "head": SECTION,
        "issued_at": RECEIVED,
        "number": "05/PKS",
        "edition": "2018",
        "code": CODE,
        "qr": QR,
        "agency": "Phòng Tài nguyên và Môi trường huyện Krông Ana",
        "applicant": APPLICANT,
        "procedure": REQUEST,
        "received_at": RECEIVED,
        "due_at": DUE,
        "lines": lines,
    }
    return c.ControlSlipContext(**{**values, **changes})


def register_row(order: int, **changes: object) -> c.RegisterRow:
    values: dict[str, object] = {
        "order": order,
        "code": f"H15.50.05.13-261008-{order:04d}",
        "procedure": REQUEST,
        "sets": 1,
        "applicant": "H’Hương Êban",
        "address": "Buôn Kô Tam, xã Ea Tu, thành phố Buôn Ma Thuột",
        "phone": "0905 123 456",
        "lead_unit": "Phòng Tài nguyên và Môi trường",
        "received_at": RECEIVED,
        "due_at": DUE,
        "returned_at": DUE if order % 3 else None,
        "result_channel": "Trực tiếp",
        "note": "Trước hạn" if order % 3 else "",
    }
    return c.RegisterRow(**{**values, **changes})


def book(count: int = 12, **changes: object) -> c.RegisterBookContext:
    values: dict[str, object] = {
        "head": SECTION,
        "issued_at": DUE,
        "edition": "2018",
        "book": "01/2026",
        "first_day": date(2026, 1, 1),
        "last_day": date(2026, 3, 31),
        "rows": tuple(register_row(order) for order in range(1, count + 1)),
        "keeper": "Nguyễn Thị Ước",
        "signer": c.Signer(title="Trưởng bộ phận", name="Trần Đình Khuê"),
    }
    return c.RegisterBookContext(**{**values, **changes})


def receipt(**changes: object) -> c.FeeReceiptContext:
    values: dict[str, object] = {
        "head": SECTION,
        "issued_at": RECEIVED,
        "number": "0012",
        "code": CODE,
        "qr": QR,
        "payer": APPLICANT,
        "request": REQUEST,
        "lines": FEES,
        "cashier": "Hồ Thị Lựu",
        "method": "Tiền mặt",
        "series": "AA-26T",
    }
    return c.FeeReceiptContext(**{**values, **changes})


def cover(**changes: object) -> c.CoverContext:
    line = c.CoverLine(number=2, paper="Giấy chứng nhận quyền sử dụng đất", qr="MC1:SAMPLE")
    values: dict[str, object] = {
        "head": SECTION,
        "issued_at": RECEIVED,
        "code": CODE,
        "applicant": APPLICANT,
        "procedure": REQUEST,
        "lines": (line,),
    }
    return c.CoverContext(**{**values, **changes})


ALL = {
    "cover_sheet": cover,
    "receipt_slip": slip,
    "supplement_request": supplement,
    "refusal": refusal,
    "apology": apology,
    "stop_notice": stop,
    "control_slip": control,
    "register_book": book,
    "fee_receipt": receipt,
}
