"""Who may appoint a stand-in for whom (Decree 61/2018, Article 12(8))."""

from domain.errors import DomainError
from domain.roles import Role
from models.officer import Officer, StandIn
from services.acting import Actor


def check(cover: StandIn, actor: Actor) -> None:
    """Refuse a delegation that its writer may not give.

    The administrator for anybody; a leader within the agency; a head within the department. Both
    officers belong to one agency, and nobody stands in for himself. Errors: delegation.period,
    officer.inactive, officer.outside, dossier.role_not_allowed.
    """
    absent, deputy = cover.officer, cover.deputy
    if cover.ends <= cover.starts:
        raise DomainError("delegation.period", field="ends")
    if absent is deputy or absent.agency_id != deputy.agency_id:
        raise DomainError("officer.outside", field="deputy")
    if not deputy.active:
        raise DomainError("officer.inactive", field="deputy")
    check_right(absent, actor)


def check_right(absent: Officer, actor: Actor) -> None:
    """Refuse an actor who may not say who stands in for this officer. Errors: dossier.role_not_allowed."""
    if actor.post(Role.admin) or actor.post(Role.leader, agency_id=absent.agency_id):
        return
    if actor.post(Role.head, unit_id=absent.unit_id) is None:
        raise DomainError("dossier.role_not_allowed", field="officer")
