"""A page that asks for a right nobody holds stops the start."""

import pytest

from app import roles


def test_check_names_the_page_that_asks_for_an_unknown_right(app, monkeypatch):
    def page():
        """Nothing."""

    page.permission = ("can_use", "Nowhere")
    with app.app_context():
        roles.check()
        monkeypatch.setitem(app.view_functions, "nowhere.page", page)
        with pytest.raises(LookupError, match="Nowhere"):
            roles.check()
