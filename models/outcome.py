"""What a procedure does by itself: the register entries it ends with, what happens when a step opens or
is done."""

import enum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from domain.codes import ResultAct
from domain.roles import Role
from models.base import CATALOGUE, Row, ScopeKind, Screen, Sourced, field, related
from models.data_columns import CONDITION
from models.procedure import ProcedureVersion
from models.register import Register
from models.types import Choice, Id, Members, Text


class ActionMoment(enum.StrEnum):
    """When an action takes place."""

    entry = "entry"
    exit = "exit"


class ActionKind(enum.StrEnum):
    """What is done: a paper printed, a fee asked for, somebody told, a result registered."""

    print = "print"
    fee = "fee"
    notify = "notify"
    register = "register"


class ProcedureResult(Sourced, Row):
    """What a dossier of this version does to a register: which entry, filled from which data."""

    __tablename__ = "procedure_result"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Result in a register"),
        plural=_l("Results in registers"),
        menu="procedures",
        icon="bi-journal-check",
        roles=CATALOGUE,
        order=("position", "asc"),
    )

    position: Mapped[int] = field(_l("Order"), default=0, listed=True)
    code: Mapped[str] = field(_l("Code"), Text(40), listed=True)
    name: Mapped[str] = field(_l("Name"), Text(300), listed=True, searched=True)
    act: Mapped[ResultAct] = field(
        _l("What is done"), Choice(ResultAct), default=ResultAct.create, listed=True
    )
    found_by: Mapped[str | None] = field(
        _l("Number of the entry"),
        Text(40),
        default=None,
        help=_l("The data field in which the number of the known entry stands"),
    )
    fills: Mapped[str | None] = field(
        _l("Filled from"),
        Text(8000),
        default=None,
        multiline=True,
        help=_l(
            "One on each line: field of the register = field or formula of the procedure. "
            "Fields of the same name and kind fill themselves"
        ),
    )
    only_if: Mapped[str | None] = field(_l("Only if"), Text(1000), default=None, help=CONDITION)
    register_id: Mapped[str] = field(
        _l("The register"),
        Id,
        sa.ForeignKey("register.id"),
        index=True,
        edited=False,
        exported=False,
    )
    version_id: Mapped[str] = field(
        _l("Version"),
        Id,
        sa.ForeignKey("procedure_version.id"),
        index=True,
        edited=False,
        exported=False,
    )

    register: Mapped[Register] = related(
        _l("The register"), foreign_keys=[register_id], listed=True
    )
    version: Mapped[ProcedureVersion] = related(
        _l("Version"), foreign_keys=[version_id], back_populates="results"
    )

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.UniqueConstraint("version_id", "code"))

    def __str__(self):
        return self.name


class StepAction(Sourced, Row):
    """What happens by itself when a step opens or is done."""

    __tablename__ = "step_action"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Action of a step"),
        plural=_l("Actions of steps"),
        menu="procedures",
        icon="bi-lightning-charge",
        roles=CATALOGUE,
        order=("position", "asc"),
    )

    position: Mapped[int] = field(_l("Order"), default=0, listed=True)
    step: Mapped[int] = field(_l("Step"), listed=True)
    moment: Mapped[ActionMoment] = field(
        _l("When"), Choice(ActionMoment), default=ActionMoment.exit, listed=True
    )
    kind: Mapped[ActionKind] = field(
        _l("What is done"), Choice(ActionKind), listed=True, faceted=True
    )
    form: Mapped[str | None] = field(_l("Paper"), Text(40), default=None)
    fee: Mapped[str | None] = field(
        _l("Fee"),
        Text(40),
        default=None,
        help=_l("It is then not taken at the counter, but asked for here"),
    )
    result: Mapped[str | None] = field(
        _l("Result in a register"),
        Text(40),
        default=None,
        help=_l("It is then entered here, and not at the end"),
    )
    notified: Mapped[str | None] = field(
        _l("Who is told"),
        Members(Role, 300),
        default=None,
        help=_l("Officers of the agency with these roles"),
    )
    text: Mapped[str | None] = field(
        _l("What they are told"), Text(500), default=None, multiline=True
    )
    only_if: Mapped[str | None] = field(_l("Only if"), Text(1000), default=None, help=CONDITION)
    version_id: Mapped[str] = field(
        _l("Version"),
        Id,
        sa.ForeignKey("procedure_version.id"),
        index=True,
        edited=False,
        exported=False,
    )

    version: Mapped[ProcedureVersion] = related(
        _l("Version"), foreign_keys=[version_id], back_populates="actions"
    )

    def __str__(self):
        return f"{self.step} · {self.kind}"
