"""The columns that describe one field of data, wherever administrators define some: of a procedure
version, of a register of their own."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from domain.field_kinds import FieldKind
from domain.roles import Role
from models.base import field
from models.types import Choice, Members, Text

CONDITION = _l("A case or a condition over the data, such as authorised or dien_tich > 50")


class DataColumns:
    """What a field is called, what it asks for and who sees it; columns of a table name it as `group`."""

    position: Mapped[int] = field(_l("Order"), default=0, listed=True)
    key: Mapped[str] = field(
        _l("Field name"),
        Text(40),
        listed=True,
        searched=True,
        help=_l("Small letters without marks, as conditions and papers call it: dien_tich"),
    )
    label: Mapped[str] = field(_l("Label"), Text(300), listed=True, searched=True)
    label_en: Mapped[str | None] = field(_l("Label in English"), Text(300), default=None)
    kind: Mapped[FieldKind] = field(
        _l("Kind"), Choice(FieldKind, guarded=False), listed=True, faceted=True
    )
    group: Mapped[str | None] = field(
        _l("Column of table"),
        Text(40),
        default=None,
        help=_l("The field name of the table that this is a column of"),
    )
    help: Mapped[str | None] = field(_l("Help"), Text(1000), default=None, multiline=True)
    required: Mapped[bool] = field(_l("Required"), default=False, listed=True)
    required_if: Mapped[str | None] = field(
        _l("Required if"), Text(1000), default=None, help=CONDITION
    )
    show_if: Mapped[str | None] = field(_l("Shown if"), Text(1000), default=None, help=CONDITION)
    calculated: Mapped[str | None] = field(
        _l("Calculated"),
        Text(1000),
        default=None,
        help=_l("A formula over other fields, such as dien_tich * so_ngay"),
    )
    default: Mapped[str | None] = field(_l("Default"), Text(500), default=None)
    choices: Mapped[str | None] = field(
        _l("Choices"),
        Text(8000),
        default=None,
        multiline=True,
        help=_l("One on each line, the code first if conditions use it: cho_xe = Chỗ để xe"),
    )
    least: Mapped[str | None] = field(
        _l("At least"),
        Text(20),
        default=None,
        help=_l("A number; for a date, days from today: 0 is today; for files, how many"),
    )
    most: Mapped[str | None] = field(_l("At most"), Text(20), default=None)
    check: Mapped[str | None] = field(_l("Must hold"), Text(1000), default=None, help=CONDITION)
    check_message: Mapped[str | None] = field(
        _l("Said if it does not hold"), Text(300), default=None
    )
    readers: Mapped[str | None] = field(
        _l("Seen by"),
        Members(Role, 300),
        default=None,
        help=_l("Roles that see it; empty: all who see the dossier"),
    )
    listed: Mapped[bool] = field(
        _l("In lists and filters"),
        default=False,
        help=_l("Work lists can be narrowed by it"),
    )
    searched: Mapped[bool] = field(
        _l("Found by search"), default=False, help=_l("Its words find the dossier")
    )
