"""A register is one class of at most 30 lines; every screen of every register, as every role."""

import inspect

import pytest

from domain.roles import Role

ROLES = [role for role in Role if role is not Role.system]
LETTER = {
    "list/": "r",
    "add": "a",
    "export/csv": "x",
    "export/xlsx": "x",
    "book": "x",
    "import": "i",
}


def test_a_register_takes_at_most_30_lines_and_no_view_code(registers):
    for cls in vars(registers).values():
        lines = [line for line in inspect.getsource(cls).splitlines() if line.strip()]
        assert len(lines) <= 30, f"{cls.__name__} has {len(lines)} lines"


@pytest.mark.parametrize("role", ROLES)
def test_every_screen_answers_each_role_as_declared(login, registers, role):
    from views.generated import declared

    client = login(role)
    for model in declared():
        verbs = model.__screen__.roles.get(role, "")
        for page, letter in LETTER.items():
            url = f"/danh-muc/{model.__tablename__}/{page}"
            answer = client.get(url, buffered=True)
            expected = 200 if letter in verbs else 403
            assert answer.status_code == expected, (url, role)


@pytest.mark.parametrize("role", ROLES)
def test_menu_shows_what_the_role_may_read_and_nothing_else(login, registers, role):
    from views.generated import declared

    text = login(role).get("/back", follow_redirects=True).text
    for model in declared():
        link = f'href="/danh-muc/{model.__tablename__}/list/"'
        assert (link in text) == ("r" in model.__screen__.roles.get(role, "")), (link, role)


@pytest.mark.parametrize("role", ROLES)
def test_rows_answer_each_role_as_declared(login, registers, keep, role):
    verbs = registers.Hive.__screen__.roles.get(role, "")
    row = keep(registers.Hive, label="Tổ", temper="calm")
    client, url = login(role), "/danh-muc/test_hive"
    assert client.get(f"{url}/show/{row.id}").status_code == (200 if "r" in verbs else 403)
    assert client.get(f"{url}/edit/{row.id}").status_code == (200 if "e" in verbs else 403)
    picks = 200 if set("ae") & set(verbs) else 403
    assert client.get(f"{url}/pick/keeper").status_code == picks
    act = client.post(f"{url}/action_post", data={"action": "delete_many", "rowid": row.id})
    assert act.status_code == (200 if "d" in verbs else 403)


def test_strangers_open_nothing(client, registers):
    from views.generated import declared

    for model in declared():
        base = f"/danh-muc/{model.__tablename__}"
        for page in (*LETTER, "show/x", "edit/x", "pick/x"):
            assert client.get(f"{base}/{page}").status_code == 302, page
        assert client.post(f"{base}/delete/x").status_code == 302
        assert client.post(f"{base}/action_post").status_code == 401
        assert client.post(f"{base}/action/delete_many/x").status_code == 401


def test_fold_is_the_same_in_the_database_and_in_python(session):
    import sqlalchemy as sa

    from domain.names import fold

    samples = (
        *("Đắk Lắk", "Cư M’gar", "Cư M'gar", "NGUYỄN THỊ THUỶ", "Hoà", "Y Bhiăm Niê", "ƀuôn"),
        *("H’Hương Êban", "Đa\u0323t", "Ðạt", "ð", "  a -- b  ", "số 12/QĐ-UBND", "", "ﬁ", "½"),
        *("zero\u200bwidth", "a_b", "č ĭ ŏ ŭ ñ"),
    )
    for sample in samples:
        assert session.scalar(sa.select(sa.func.mc_fold(sample))) == fold(sample), sample
