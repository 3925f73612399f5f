"""One's own account. All others stand on the page of their officer, and roles stand in the code."""

from typing import Any

from flask import abort
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.security.views import UserDBModelView as Base

from domain.roles import Role
from views.generated.titles import title


class UserDBModelView(Base):  # type: ignore[misc]
    """FAB's page of the signed-in person. Its lists and forms of all accounts are left out: they
    leave no event, and its acts would ask for no sign-in."""

    include_route_methods = frozenset({"userinfo", "action"})
    formatters_columns = {"roles": lambda roles: ", ".join(title(Role(r.name)) for r in roles)}

    @expose("/action/<string:name>/<pk>", methods=["POST"])
    @has_access
    def action(self, name: str, pk: str) -> Any:
        """The one act there is: go and choose another password."""
        if name != "resetmypassword":
            abort(404)
        return self.resetmypassword(None)
