"""What each paper shows: frozen values, ready to print, no models and no clock.

Texts are plain (never markup), moments are aware datetimes, amounts are whole đồng. An empty text
or None prints as a dotted gap where the form wants the field filled, and not at all where the
field is optional. `edition` picks the circular whose form number the paper names:
`2018` TT 01/2018/TT-VPCP, `2025` TT 03/2025/TT-VPCP, `""` no form number.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Edition = Literal["", "2018", "2025"]
Outcome = Literal["", "early", "on_time", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHead:
    """Who issues the paper, in sentence case: the form puts it in capitals.

    `superior` is the body above (“Ủy ban nhân dân huyện Krông Ana”), `office` the issuing one;
    without it the law's common name is printed. `place_name` stands before the date. `is_body`:
    the body itself issues, under its own name, and not its counter; `superior` may then be empty.
    """

    superior: str
    place_name: str
    office: str = ""
    is_center: bool = False
    is_body: bool = False
    phone: str = ""
    address: str = ""

    @property
    def name(self) -> str:
        """The issuing office; NĐ 61/2018 Đ3: both are names of “Bộ phận Một cửa”."""
        if self.office:
            return self.office
        if self.is_center:
            return "Trung tâm Phục vụ hành chính công"
        return "Bộ phận Tiếp nhận và Trả kết quả"

    @property
    def seat(self) -> str:
        """What stands after “Bộ phận Tiếp nhận và Trả kết quả:” on the forms: whose it is."""
        return self.superior

    @property
    def full_name(self) -> str:
        """The name inside a sentence: a section is named with the body it belongs to."""
        whole = self.is_center or self.is_body
        return self.name if whole else f"{self.name} {self.superior}"

    @property
    def kind(self) -> str:
        """The common name used inside sentences and labels of the forms."""
        if self.is_center:
            return "Trung tâm Phục vụ hành chính công"
        return "Bộ phận Tiếp nhận và Trả kết quả"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person or organisation as the dossier's snapshot has it."""

    name: str
    id_no: str = ""
    tax_code: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """`authority` is the line above (“TM. ỦY BAN NHÂN DÂN”, “KT. CHỦ TỊCH”), `title` the post."""

    title: str
    name: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """That this sheet is not the first: which one (2 = first reprint) and when."""

    at: datetime
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A document handed in: `kind` is “bản chính”, “bản sao”, … as printed."""

    name: str
    kind: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LandParcel:
    """The parcel a land dossier is about; `area` as written, with its unit (“125,4 m²”)."""

    map_sheet: str
    parcel_no: str
    area: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """A fee or charge; `when` says the moment of collection or that it has been paid.

    `amount` is None while nobody knows it: no tariff, and due on return only.
    """

    name: str
    amount: int | None
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What every paper has: who issues it, when, its number and sign, form edition, reprint."""

    head: OfficeHead
    issued_at: datetime
    number: str = ""
    edition: Edition = "2025"
    reprint: Reprint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipContext(Sheet):
    """Mẫu 01: receipt of the dossier and appointment for the result.

    `qr` is the whole look-up address with its token; `lookup_url` the one a person can type.
    `term` is the legal time with its unit (“03 ngày làm việc”). `due_at` None prints a gap.
    `submitter` only when another person hands the dossier in.
    """

    code: str
    qr: str
    applicant: Party
    request: str
    papers: tuple[PaperLine, ...]
    term: str
    received_at: datetime
    due_at: datetime | None
    officer: str
    submitter: Party | None = None
    submitter_role: str = ""
    land: LandParcel | None = None
    sets: int = 1
    result_place: str = ""
    fees: tuple[FeeLine, ...] = ()
    book: str = ""
    order: str = ""
    lookup_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementItem:
    """One thing to complete: which paper, how many of each kind, what is wrong, what is needed."""

    paper: str
    wrong: str = ""
    needed: str = ""
    originals: int = 0
    certified: int = 0
    photocopies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementContext(Sheet):
    """Mẫu 02: request to supplement. `code` and `qr` are empty before acceptance."""

    applicant: Party
    request: str
    items: tuple[SupplementItem, ...]
    reason: str
    officer: str
    code: str = ""
    qr: str = ""
    reply_by: datetime | None = None
    contact_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalContext(Sheet):
    """Mẫu 03: refusal to accept or to process. `guidance` says where or how to go on.

    `signer` when the body refuses after appraisal; else whoever refused at the counter signs.
    """

    applicant: Party
    request: str
    reason: str
    officer: str
    legal_basis: str = ""
    guidance: str = ""
    code: str = ""
    qr: str = ""
    submitter: Party | None = None
    signer: Signer | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyContext(Sheet):
    """Mẫu 04: apology and new appointment. `recipients` are the lines under “Nơi nhận”."""

    code: str
    applicant: Party
    request: str
    received_at: datetime
    due_at: datetime
    new_due_at: datetime
    reason: str
    signer: Signer
    recipients: tuple[str, ...] = ()
    qr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopContext(Sheet):
    """Mẫu 05 of 2025: notice that processing stops. `returned` are papers handed back."""

    code: str
    applicant: Party
    request: str
    received_at: datetime
    stopped_at: datetime
    reason: str
    legal_basis: str
    signer: Signer
    returned: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    qr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLine:
    """One hand-over: from whom, to whom, when each, how the giving unit stood against its time."""

    unit: str
    given_at: datetime | None = None
    giver: str = ""
    taken_at: datetime | None = None
    taker: str = ""
    outcome: Outcome = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSlipContext(Sheet):
    """Mẫu 05 of 2018, 06 of 2025: control slip that travels with the paper dossier."""

    code: str
    agency: str
    applicant: Party
    procedure: str
    received_at: datetime
    due_at: datetime | None
    lines: tuple[HandoverLine, ...]
    qr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One dossier in the register book."""

    order: int
    code: str
    procedure: str
    applicant: str
    address: str
    lead_unit: str
    received_at: datetime
    due_at: datetime | None
    phone: str = ""
    sets: int = 1
    returned_at: datetime | None = None
    result_channel: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterBookContext(Sheet):
    """Mẫu 06 of 2018, 07 of 2025: the register of dossiers, of one book, for a period."""

    book: str
    first_day: date
    last_day: date
    rows: tuple[RegisterRow, ...]
    keeper: str = ""
    signer: Signer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeReceiptContext(Sheet):
    """Receipt for fees and charges paid at the counter; the sum is worked out from `lines`."""

    code: str
    payer: Party
    request: str
    lines: tuple[FeeLine, ...]
    cashier: str
    method: str = ""
    series: str = ""
    qr: str = ""

    @property
    def total(self) -> int:
        """The sum of the lines, in đồng."""
        return sum(line.amount or 0 for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverLine:
    """One cover sheet: the paper whose pages follow it in the scanner, and its mark."""

    number: int
    paper: str
    qr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverContext(Sheet):
    """Cover sheets for scanning, one page each: `lines` are the papers of one dossier."""

    code: str
    applicant: Party
    procedure: str
    lines: tuple[CoverLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts:
    """What a register says of the entry that a certificate is printed of; empty on other papers."""

    register: str = ""
    number: str = ""
    holder: str = ""
    registered_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPaperContext(Sheet):
    """A paper of the office's own design, such as the permit that a procedure ends with.

    `number` is that of the result, where it has been given. `received_at` begins the legal time. A
    certificate of an entry that no dossier made has no `code`; `entry` is what its register says.
    """

    code: str
    applicant: Party
    request: str
    procedure: str
    received_at: datetime
    signer: Signer
    qr: str = ""
    submitter: Party | None = None
    land: LandParcel | None = None
    due_at: datetime | None = None
    result: str = ""
    legal_basis: str = ""
    recipients: tuple[str, ...] = ()
    entry: EntryFacts = EntryFacts()
