"""Dates, money and numbers in generated forms: what is typed, and what is shown back."""

import datetime as dt

import pytest

from domain.errors import DomainError
from domain.roles import Role
from models.applicant import Applicant
from models.procedure import FeeRule
from tests.factories.pages import Page
from tests.tools.engines import sqlite_only
from views.generated import values
from views.generated.columns import register_of


def column(model, kind):
    return next(c for c in register_of(model).columns if c.kind == kind)


@sqlite_only
@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1.234.567", 1234567), ("1234567", 1234567), ("1 234 567", 1234567), ("1,234,567", 1234567),
     ("12,000", 12000), ("12.000 đ", 12000), ("500000 đồng", 500000), ("0", 0)],
)  # fmt: skip
def test_money_is_read_however_it_is_grouped(app, typed, amount):
    assert values.read(column(FeeRule, "money"), typed) == amount


@sqlite_only
@pytest.mark.parametrize(
    "typed", ["1.5", "1,5", "12.00", "1.234,5", "1.234.56", "x", "1e6", "1..000"]
)
def test_money_that_may_be_something_else_is_refused(app, typed):
    with pytest.raises(DomainError) as refused:
        values.read(column(FeeRule, "money"), typed)
    assert refused.value.code == "money.invalid"


@sqlite_only
def test_day_is_shown_in_full_when_it_was_typed_short(session, login):
    client = login(Role.clerk)
    answer = client.post("/danh-muc/applicant/add", data=_person(client, "1/2/85"))
    assert answer.status_code == 303
    assert "01/02/1985" in client.get(answer.headers["Location"]).text
    assert session.scalars(session.query(Applicant).statement).first() is not None


def _person(client, born):
    page = Page(client.get("/danh-muc/applicant/add"))
    sent = page.values("//form[@id='model_form']")
    return {**sent, "name": "Nguyễn Thị Hoa", "birth_date": born}


@sqlite_only
def test_month_before_day_is_refused_at_the_field_and_stays_as_typed(session, login):
    client = login(Role.clerk)
    answer = client.post("/danh-muc/applicant/add", data=_person(client, "2/13/85"))
    page = Page(answer)
    assert answer.status_code == 422
    assert "31/12/2026" in page.error("birth_date")
    assert page.find("//*[@id='birth_date']").get("value") == "2/13/85"


@sqlite_only
@pytest.mark.parametrize(
    "typed", ["1/2/26 9:30", "9:30 1/2/26", "01/02/2026 9h30", "2026-02-01T09:30"]
)
def test_moment_is_read_with_the_hour_on_either_side(app, typed):
    from models.officer import StandIn

    found = values.read(column(StandIn, "moment"), typed)
    assert found.replace(tzinfo=None) == dt.datetime(2026, 2, 1, 9, 30)
