"""Fields of acts that are drawn as lists: lines of a supplement, amounts of fees, data of the procedure."""

from itertools import zip_longest
from typing import Any

from flask_babel import gettext, lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from domain.data_fields import Filled
from domain.errors import DomainError
from domain.money import parse_vnd
from services.dossier import Lack
from services.dossier.forms import checked_lacks
from views.data_form import DataForm

#: Rows of a supplement list that stand ready; more come with “Add rows”.
ROWS = 3


class LackRows(Field):
    """The structured list: which paper, what is wrong, what is needed, which kind of copy.

    Rows that say nothing do not count.
    """

    copies = (
        ("", _l("Any kind")),
        ("original", _l("Original")),
        ("certified", _l("Certified copy")),
        ("copy", _l("Plain copy")),
    )

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three columns as they were typed."""
        self.process_errors = []
        columns = [formdata.getlist(n) for n in Lack.__dataclass_fields__] if formdata else []
        self.rows = [tuple(map(str, row)) for row in zip_longest(*columns, fillvalue="")]
        self.more = ROWS if formdata and "more" in formdata else 0
        self.data = tuple(Lack(*row) for row in self.rows if any(cell.strip() for cell in row[:3]))

    def pre_validate(self, form: Any) -> None:
        """Every row that says anything says all. Errors: dossier.papers_required at this field."""
        try:
            checked_lacks(self.data)
        except DomainError as error:
            raise ValidationError(error.text(gettext)) from None

    def shown(self) -> list[tuple[str, ...]]:
        """The typed rows, filled up with empty ones."""
        blank = [("", "", "", "")]
        return [*self.rows, *blank * (self.more + max(0, ROWS - len(self.rows)))]


class AmountRows(Field):
    """An amount for each open fee; empty means that nothing is paid on it now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fees: list[Any] = []

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Keep what was typed; the fees are known only later."""
        self.process_errors, self.data = [], {}
        self.typed = {k[5:]: v for k, v in formdata.items() if k[:5] == "paid-"} if formdata else {}

    def rows(self) -> list[tuple[Any, str]]:
        """Each open fee with what is typed for it, at first all that is due."""
        return [(f, self.typed.get(f.id, str(f.amount - f.paid))) for f in self.fees]

    def pre_validate(self, form: Any) -> None:
        """Read the amounts. Errors: money.invalid at this field."""
        for fee_id, text in self.typed.items():
            if text.strip():
                try:
                    self.data[fee_id] = parse_vnd(text)
                except DomainError as error:
                    raise ValidationError(error.text(gettext)) from None


class DataInputs(Field):
    """The version's own fields at this step; `views.data_form` reads and shows them."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Keep what was posted; which fields there are is known only later."""
        self.process_errors, self.posted, self.data = [], formdata or None, {}
        self.inputs: DataForm | None = None
        self.filled: Filled | None = None

    def offer(self, inputs: DataForm, filled: Filled) -> None:
        """Say which fields there are, and what reading them gave."""
        self.inputs, self.filled, self.data = inputs, filled, inputs.typed
        inputs.show(filled.shown, filled.values)

    def pre_validate(self, form: Any) -> None:
        """Every message at its input, and a sentence here."""
        if self.inputs is None or self.filled is None or not self.filled.problems:
            return
        self.inputs.refuse(self.filled.problems)
        raise ValidationError(
            "; ".join(f"{label}: {' '.join(said)}" for _, label, said in self.inputs.errors)
        )
