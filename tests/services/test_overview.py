"""What an officer received last, without reading all dossiers."""

import datetime as dt

from domain.codes import Status
from services import overview
from tests.services import small_office
from tests.services.small_office import NOW, Office


def test_received_by_gives_the_officers_own_of_the_last_month_the_newest_first(
    office: Office, session: object
) -> None:
    mine = {"receiver_id": office.clerk.officer_id}

    def on(days: int, name: str, **more: object) -> None:
        small_office.dossier(office, name, received_at=NOW - dt.timedelta(days=days), **more)

    on(40, "Tháng trước", **mine)
    on(2, "Hôm kia", **mine)
    on(1, "Hôm qua", **mine, status=Status.new, code=None)
    on(1, "Của người khác", receiver_id=office.officer.officer_id)
    found = overview.received_by(office.clerk, NOW, limit=5)
    assert [one.owner_name for one in found] == ["Hôm qua", "Hôm kia"]
    assert overview.received_by(office.clerk, NOW, limit=1) == found[:1]
