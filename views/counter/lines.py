"""The lines of the page that depend on the procedure: papers, fees, and what is lacking."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import force_locale, gettext, lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, IntegerField, StringField
from wtforms.validators import Length, NumberRange, Optional

from domain.codes import Channel
from domain.data_fields import written
from domain.errors import DomainError
from models.procedure import FeeRule, ProcedureVersion, RequiredDocument
from services.dossier.data import Known
from services.dossier.forms import FeeLine, HandedIn, Lack, plain
from services.dossier.later import may_wait
from services.dossier.pricing import charge
from services.earlier import Earlier
from views.fields import MoneyField
from views.generated.titles import title

EXTRA_PAPERS, SPARE_LACKS = 2, 2
LONGEST = 800
#: The columns of a line of guidance.
LACK = ("paper", "wrong", "needed")
PER = {"page": _l("page"), "copy": _l("copy")}

#: Cases that the page knows without being told: by the channel, or by who stands at the counter.
BY_CHANNEL = {"in_person": True, "not_in_person": False}


class _Line(Form):  # type: ignore[misc]
    """One line; `seen` tells a box without tick from a line that was not on the page yet."""

    seen = HiddenField(default="1")

    @classmethod
    def of(cls, prefix: str, typed: Any, **defaults: Any) -> "_Line":
        """The line as typed, or with its defaults when the page did not show it before."""
        here = typed if typed is not None and f"{prefix}seen" in typed else None
        return cls(here, prefix=prefix, **defaults)


def _count(label: Any) -> IntegerField:
    return IntegerField(
        label,
        [Optional(), NumberRange(0, 999)],
        default=0,
        render_kw={"min": 0, "max": 999, "aria-label": label},
    )


class PaperForm(_Line):
    """A paper of the checklist."""

    handed_in = BooleanField(_l("Handed in"))
    originals = _count(_l("Originals"))
    copies = _count(_l("Copies"))
    name = StringField(_l("Paper"), [Length(max=LONGEST)], render_kw={"aria-label": _l("Paper")})
    reuse = BooleanField(_l("Use it again"))


class FeeForm(_Line):
    """A fee: taken or not, how many, how much where the schedule leaves it open."""

    taken = BooleanField(_l("Collected"))
    quantity = IntegerField(
        _l("Quantity"),
        [Optional(), NumberRange(1, 9999)],
        default=1,
        render_kw={"min": 1, "max": 9999, "aria-label": _l("Quantity")},
    )
    amount = MoneyField(_l("Amount (đồng)"), [Optional()])


class LackForm(_Line):
    """A line of the guidance slip."""

    paper = StringField(_l("Paper"), [Length(max=LONGEST)])
    wrong = StringField(_l("What is wrong"), [Length(max=LONGEST)])
    needed = StringField(_l("What is needed"), [Length(max=LONGEST)])


@dataclass
class PaperLine:
    """A component of the dossier with its line; `asked` when this case requires it."""

    document: RequiredDocument
    form: PaperForm
    asked: bool
    earlier: Earlier | None = None

    @property
    def reused(self) -> bool:
        """Whether the paper of an earlier dossier stands in for a new one."""
        return self.earlier is not None and bool(self.form.reuse.data)

    @property
    def lacking(self) -> bool:
        """Whether it must be there and is not."""
        given = self.form.handed_in.data or self.reused
        return self.asked and self.document.required and not given

    def value(self) -> HandedIn:
        """As the services take it; a paper used again is handed in, and says where it lies."""
        given = bool(self.form.handed_in.data) and not self.reused
        return HandedIn(
            name=self.document.name,
            document_id=self.document.id,
            originals=self.form.originals.data or 0 if given else 0,
            copies=self.form.copies.data or 0 if given else 0,
            handed_in=given or self.reused,
            note=self._where() if self.reused else None,
        )

    def _where(self) -> str:
        assert self.earlier is not None
        day = f"{self.earlier.received_at:%d/%m/%Y}"
        with force_locale("vi"):  # kept with the dossier
            return gettext(
                "Used again from dossier %(code)s of %(day)s", code=self.earlier.code, day=day
            )


@dataclass
class FeeEntry:
    """A fee of the schedule with its line."""

    rule: FeeRule
    form: FeeForm
    fixed: bool
    counted: Decimal | None = None

    @property
    def moment(self) -> str:
        """When it is collected, in words."""
        return title(self.rule.moment)

    @property
    def per(self) -> Any:
        """The word for what the clerk counts; empty when the fee is taken once or reckoned."""
        return "" if self.counted is not None else PER.get(self.rule.per, "")

    @property
    def times(self) -> str:
        """The quantity that the rule's formula came to; one where nothing is counted."""
        return written(self.counted) if self.counted is not None else "1"

    @property
    def later(self) -> bool:
        """Whether its amount may be left open until the return."""
        line = self.value()
        typed = any(str(text).strip() for text in self.form.amount.raw_data or ())
        return line is not None and not typed and may_wait(self.rule, line)

    def value(self) -> FeeLine | None:
        """As the services take it; None when it is not collected."""
        if not self.form.taken.data:
            return None
        amount = self.form.amount.data if self.rule.amount is None else None
        return FeeLine(self.rule.id, self.form.quantity.data or 1, amount)

    def total(self) -> int | None:
        """What it comes to; None when it is not collected or its amount is not written yet."""
        line = self.value()
        try:
            return charge(self.rule, line, self.counted) if line else None
        except DomainError:
            return None


def cases_of(version: ProcedureVersion) -> dict[str, str]:
    """Cases that the clerk ticks: code → words. Those of channel and proxy follow from the page."""
    found = {t.case: t.name for t in version.case_terms if t.case not in BY_CHANNEL}
    for document in version.documents:
        case = document.condition
        if case and case not in BY_CHANNEL and not document.from_register:
            found.setdefault(case, document.condition_text or document.name)
    return found


def case_of_channel(channel: str) -> str:
    """The case that the way of filing is."""
    return "in_person" if channel == Channel.in_person else "not_in_person"


def papers(version: ProcedureVersion, known: Known, typed: Any) -> list[PaperLine]:
    """The checklist: all ticked until told otherwise; what a register holds is not asked."""
    lines = []
    for document in version.documents:
        form = PaperForm.of(
            f"p-{document.id}-",
            typed,
            handed_in=not document.from_register and document.required,
            originals=document.originals,
            copies=document.copies,
        )
        lines.append(PaperLine(document, form, known.asks_for(document)))
    return lines


def extra_papers(typed: Any) -> list[PaperForm]:
    """Lines for papers that the procedure does not list."""
    return [
        PaperForm.of(f"x-{n}-", typed, handed_in=True, originals=1) for n in range(EXTRA_PAPERS)
    ]


def extra_values(lines: list[PaperForm]) -> list[HandedIn]:
    """The extra papers that were named."""
    return [
        HandedIn(
            name=plain(form.name.data),
            originals=form.originals.data or 0,
            copies=form.copies.data or 0,
        )
        for form in lines
        if plain(form.name.data)
    ]


def fees(version: ProcedureVersion, known: Known, typed: Any) -> list[FeeEntry]:
    """The schedule for this case. A fee of a case that the papers do not know is the clerk's to tick."""
    cases = {*cases_of(version), *BY_CHANNEL}
    entries = []
    for rule in version.fees:
        ruled_out = rule.condition in cases and rule.condition not in known.cases
        if ruled_out or not known.charges(rule):
            continue
        fixed = rule.condition is None or rule.condition in known.cases
        form = FeeForm.of(f"f-{rule.id}-", typed, taken=fixed)
        entries.append(FeeEntry(rule, form, fixed, known.number(rule.quantity)))
    return entries


def lacks(typed: Any, missing: list[PaperLine]) -> list[LackForm]:
    """The lines of the guidance slip as typed, else one for each missing paper, and spare ones."""
    sent = 0
    while typed is not None and f"l-{sent}-seen" in typed:
        sent += 1
    lines = [LackForm.of(f"l-{n}-", typed) for n in range(sent)]
    told = {line.paper.data for line in lines}
    # The slip is for the citizen: it is Vietnamese whatever language the clerk reads.
    with force_locale("vi"):
        for paper in missing:
            if paper.document.name[:LONGEST] not in told:
                lines.insert(0, LackForm(paper=paper.document.name, **_default(paper.document)))
    filled = [line for line in lines if any(line.data[k] for k in ("paper", "wrong", "needed"))]
    spare = [LackForm() for _ in range(SPARE_LACKS)]
    return [_renumbered(line, n) for n, line in enumerate([*filled, *spare])]


def _default(document: RequiredDocument) -> dict[str, str]:
    counts = {"originals": document.originals, "copies": document.copies}
    needed = gettext("Originals: %(originals)s; copies: %(copies)s", **counts)
    return {"wrong": gettext("Not handed in"), "needed": needed}


def _renumbered(line: LackForm, number: int) -> LackForm:
    values = {name: line.data[name] for name in ("paper", "wrong", "needed")}
    return LackForm(prefix=f"l-{number}-", **values)


class Mark(NamedTuple):
    """A message at a line: the id of its field, what the line is about, the sentences."""

    id: str
    words: str
    errors: tuple[str, ...]


def marks(form: Form, words: str) -> list[Mark]:
    """The messages of one line."""
    return [Mark(f.id, words, tuple(map(str, f.errors))) for f in form if f.errors]


def check_lacks(lines: list[LackForm]) -> None:
    """Every line that says anything must say all; without any line the first one is marked."""
    written = [line for line in lines if any(plain(line.data[n]) for n in LACK)]
    for line in written or lines[:1]:
        for name in LACK:
            length = len(plain(line.data[name]))
            if not length:
                line[name].errors = [DomainError("value.required").text(gettext)]
            elif length > LONGEST:
                error = DomainError("value.too_long", limit=LONGEST)
                line[name].errors = [error.text(gettext)]


def lack_values(lines: list[LackForm]) -> tuple[Lack, ...]:
    """The lines that say anything. Errors: value.too_long."""
    found = []
    for line in lines:
        parts = [plain(line.data[name]) for name in ("paper", "wrong", "needed")]
        if any(len(part) > LONGEST for part in parts):
            raise DomainError("value.too_long", field="items", limit=LONGEST)
        if any(parts):
            found.append(Lack(*parts))
    return tuple(found)
