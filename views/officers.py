"""Officers: the generated register, and the account that lets an officer sign in."""

from typing import Any

from flask import abort, flash, redirect, url_for
from flask_appbuilder import expose
from flask_babel import gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from domain.errors import DomainError
from domain.roles import Role
from models.officer import Officer
from services import accounts
from views import access, kept_forms, present
from views.access import may, permission
from views.generated.interface import McInterface
from views.generated.titles import title
from views.generated.view import McModelView


class AccountForm(FlaskForm):  # type: ignore[misc]
    """What the administrator says about an account."""

    username = StringField(_l("User name"), description=_l("Small letters, digits, dots, hyphens"))
    password = PasswordField(
        _l("New password"), description=_l("At least 10 characters; empty keeps the present one")
    )
    roles = SelectMultipleField(
        _l("Roles"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    active = BooleanField(_l("May sign in"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = [(r.value, title(r)) for r in Role if r is not Role.system]

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field."""
        field = self[error.field] if error.field in self._fields else self.username
        field.errors = [*field.errors, error.text(gettext)]


class OfficerView(McModelView):
    """The generated register with the account on the page of an officer."""

    datamodel = McInterface(Officer)
    show_template = "officers/show.html"

    def render_template(self, template: str, **values: Any) -> str:
        """Tell the page of an officer which account there is."""
        if template == self.show_template:
            values["officer"] = self._row(values["pk"])
            values["manages"] = may("can_use", "Accounts")
        return str(super().render_template(template, **values))

    @expose("/account/<pk>", methods=["GET", "POST"])
    @permission("can_use", "Accounts")
    def account(self, pk: str) -> Any:
        """Open an account, or change its roles, its password and whether it may sign in."""
        officer = self.datamodel.get(pk)
        if officer is None:
            abort(404)
        form, user = AccountForm(), officer.user
        if not form.is_submitted():
            if user is not None:
                form = AccountForm(
                    username=user.username, roles=[r.name for r in user.roles], active=user.active
                )
            return self._account(form, officer)
        if kept_forms.only_show():
            return self._account(form, officer)
        if form.validate():
            try:
                self._store(form, officer)
            except DomainError as error:
                form.refuse(error)
            else:
                flash(gettext("Saved."), "success")
                return redirect(url_for(f"{self.endpoint}.show", pk=pk), 303)
        return self._account(form, officer), 422

    def _store(self, form: AccountForm, officer: Officer) -> None:
        roles = frozenset(Role(name) for name in form.roles.data or ())
        if officer.user is None:
            accounts.open_account(
                officer,
                username=form.username.data or "",
                password=form.password.data or "",
                roles=roles,
                **present.who(),
            )
        else:
            accounts.change_account(
                officer,
                roles=roles,
                active=bool(form.active.data),
                password=form.password.data or "",
                **present.who(),
            )

    def _account(self, form: AccountForm, officer: Officer) -> str:
        back = url_for(f"{self.endpoint}.show", pk=officer.id)
        page_title = gettext("Account of %(name)s", name=officer.full_name)
        return access.page(
            "officers/account.html", form=form, officer=officer, title=page_title, back=back
        )
