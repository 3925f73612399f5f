"""The generated REST API of one register, for programs that sign in with a token (JWT).

Addresses read as those of the screens: `q`, filters by column, `order`, `after`, `before`, `rows`.
Only the columns a person may edit can be written; anything else in a body is refused.
"""

from typing import Any

from flask import Response, jsonify, request, url_for
from flask_appbuilder.api import ModelRestApi, expose
from flask_appbuilder.api.manager import OpenApi
from flask_appbuilder.hooks import before_request
from flask_appbuilder.security.decorators import protect
from flask_babel import gettext
from flask_jwt_extended import get_jwt_identity, verify_jwt_in_request
from flask_login import current_user
from marshmallow import RAISE, Schema, fields

from domain.errors import DomainError
from models.base import Row
from services import catalogue
from views import present
from views.generated import values
from views.generated.columns import Column, Register
from views.generated.interface import McInterface
from views.generated.listing import counted, page_of, read_state
from views.generated.view import STATUS

PERMISSIONS = {
    "get_list": "read",
    "get": "read",
    "post": "add",
    "put": "edit",
    "delete": "delete",
}
_FIELDS: dict[str, type[fields.Field]] = {
    "integer": fields.Integer,
    "money": fields.Integer,
    "decimal": fields.Float,
    "yes_no": fields.Boolean,
    "date": fields.Date,
    "moment": fields.DateTime,
    "time": fields.Time,
}


class Related(Schema):
    """A related row."""

    id = fields.String()
    text = fields.String()


def _field(column: Column, act: str) -> fields.Field:
    about = {"description": f"{column.ui.label}. {column.ui.help or ''}".strip()}
    if column.kind == "choice":
        about["enum"] = [m.value for m in column.members or ()]  # type: ignore[assignment]
    if act == "read" and column.kind == "relation":
        return fields.Nested(Related, allow_none=True, metadata=about)
    made = _FIELDS.get(column.kind, fields.String)
    required = act == "add" and column.required and column.default is None
    return made(allow_none=not column.required, required=required, metadata=about)


def _schema(name: str, columns: tuple[Column, ...], act: str) -> Schema:
    """What is read, added or edited, for the description of the API."""
    made = {c.name: _field(c, act) for c in columns}
    if act == "read":
        made = {"id": fields.String(), **made, "stamp": fields.String()}
    meta = type("Meta", (), {"unknown": RAISE})
    schema: Schema = type(name, (Schema,), {**made, "Meta": meta})()
    return schema


class ByToken:
    """Who asks is told by a token alone, and every refusal is a sentence."""

    allow_browser_login = False
    csrf_exempt = True  # a token in a header cannot be sent by another site's form

    @before_request
    def _one_person(self) -> Response | None:
        """The token decides who acts: a cookie of somebody else beside it is refused."""
        verify_jwt_in_request()
        same = current_user.is_authenticated and current_user.get_id() == get_jwt_identity()
        return None if same else self.response_401()

    def response_401(self) -> Response:
        """Nobody is signed in."""
        return refused(401, gettext("Please sign in."))

    def response_403(self) -> Response:
        """The role has no such right."""
        sentence = gettext("You may not do this. Ask your administrator if you need the right.")
        return refused(403, sentence)

    def response_404(self) -> Response:
        """No such row, or none that this person may see."""
        return refused(404, gettext("There is nothing here, or it belongs to another unit."))


class McApi(ByToken, ModelRestApi):  # type: ignore[misc]
    """List, read, add, change and delete rows of one declared model."""

    datamodel: McInterface
    method_permission_name = PERMISSIONS
    exclude_route_methods = frozenset({"info"})

    @property
    def register(self) -> Register:
        """What the model declares."""
        return self.datamodel.register

    def _init_properties(self) -> None:
        register = self.register
        self.class_permission_name = register.name
        self.resource_name = register.model.__tablename__
        self.openapi_spec_tag = str(register.screen.plural)
        self.label_columns = {c.name: c.ui.label for c in register.columns}
        self.list_columns = self.show_columns = [c.name for c in register.shown]
        self.add_columns = self.edit_columns = [c.name for c in register.where("edited")]
        edited = register.where("edited")
        self.list_model_schema = _schema(f"{register.name}Listed", register.shown, "read")
        self.show_model_schema = _schema(f"{register.name}Shown", register.shown, "read")
        self.add_model_schema = _schema(f"{register.name}Added", edited, "add")
        self.edit_model_schema = _schema(f"{register.name}Changed", edited, "edit")
        super()._init_properties()

    # ---- reading ---------------------------------------------------------------------------------
    @expose("/", methods=["GET"])
    @protect()
    def get_list(self) -> Response:
        """Rows, a page at a time
        ---
        get:
          description: Rows of the register; filter by any closed list, yes/no or relation by name
          parameters:
          - {in: query, name: q, schema: {type: string}, description: Words to search for}
          - {in: query, name: order, schema: {type: string}, description: Column; - descends}
          - {in: query, name: rows, schema: {type: integer, enum: [25, 50, 100]}}
          - {in: query, name: after, schema: {type: string}, description: Cursor of the page before}
          - {in: query, name: before, schema: {type: string}, description: Cursor, going back}
          responses:
            200:
              description: A page of rows; count stops at 1001
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      count: {type: integer}
                      after: {type: string}
                      before: {type: string}
                      next: {type: string}
                      result:
                        type: array
                        items:
                          $ref: '#/components/schemas/{{self.__class__.__name__}}.get_list'
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
        """
        state = read_state(self.register, request.args)
        page = page_of(state, self.register.shown)
        following = state.query(after=page.after, before="")
        answer = {
            "count": counted(state),
            "after": page.after,
            "before": page.before,
            "next": f"{url_for(f'{self.endpoint}.get_list')}?{following}" if page.after else "",
            "result": [self._out(row) for row in page.rows],
        }
        return jsonify(answer)

    @expose("/<string:pk>", methods=["GET"])
    @protect()
    def get(self, pk: str) -> Response:
        """One row
        ---
        get:
          parameters:
          - {in: path, name: pk, required: true, schema: {type: string, format: uuid}}
          responses:
            200:
              description: The row
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      result:
                        $ref: '#/components/schemas/{{self.__class__.__name__}}.get'
            401: {$ref: '#/components/responses/401'}
            404: {$ref: '#/components/responses/404'}
        """
        row = self.datamodel.get(pk)
        return self.response_404() if row is None else jsonify(result=self._out(row))

    def _out(self, row: Row) -> dict[str, Any]:
        shown = {c.name: values.plain(c, getattr(row, c.name)) for c in self.register.shown}
        return {"id": row.id, **shown, "stamp": catalogue.stamp(row)}

    # ---- writing ---------------------------------------------------------------------------------
    @expose("/", methods=["POST"])
    @protect()
    def post(self) -> Response:
        """Add a row
        ---
        post:
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: '#/components/schemas/{{self.__class__.__name__}}.post'
          responses:
            201:
              description: The row as it is kept now
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      id: {type: string}
                      result:
                        $ref: '#/components/schemas/{{self.__class__.__name__}}.get'
            401: {$ref: '#/components/responses/401'}
            422: {$ref: '#/components/responses/422'}
        """
        body = self._body()
        if isinstance(body, Response):
            return body
        found, wrong = self._read(body, self.register.where("edited"))
        if wrong:
            return wrong
        try:
            row = catalogue.create(self.register.model, found, **present.who())
        except DomainError as error:
            return _refusal(error)
        answer = jsonify(id=row.id, result=self._out(row))
        answer.status_code = 201
        return answer

    @expose("/<string:pk>", methods=["PUT"])
    @protect()
    def put(self, pk: str) -> Response:
        """Change a row; columns left out stay as they are
        ---
        put:
          parameters:
          - {in: path, name: pk, required: true, schema: {type: string, format: uuid}}
          - {in: header, name: If-Match, schema: {type: string}, description: stamp of the row}
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: '#/components/schemas/{{self.__class__.__name__}}.put'
          responses:
            200:
              description: The row as it is kept now
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      result:
                        $ref: '#/components/schemas/{{self.__class__.__name__}}.get'
            401: {$ref: '#/components/responses/401'}
            404: {$ref: '#/components/responses/404'}
            422: {$ref: '#/components/responses/422'}
        """
        row = self.datamodel.get(pk)
        if row is None:
            return self.response_404()
        body = self._body()
        if isinstance(body, Response):
            return body
        found, wrong = self._read(body, tuple(c for c in self._editable() if c.name in body))
        if wrong:
            return wrong
        seen = request.headers.get("If-Match", "").strip('" ') or None
        try:
            row = catalogue.update(row, found, seen=seen, **present.who())
        except DomainError as error:
            return _refusal(error)
        return jsonify(result=self._out(row))

    @expose("/<string:pk>", methods=["DELETE"])
    @protect()
    def delete(self, pk: str) -> Response:
        """Delete a row
        ---
        delete:
          parameters:
          - {in: path, name: pk, required: true, schema: {type: string, format: uuid}}
          responses:
            200: {description: It is deleted}
            401: {$ref: '#/components/responses/401'}
            404: {$ref: '#/components/responses/404'}
            422: {$ref: '#/components/responses/422'}
        """
        row = self.datamodel.get(pk)
        if row is None:
            return self.response_404()
        try:
            catalogue.delete(row, **present.who())
        except DomainError as error:
            return _refusal(error)
        return jsonify(message=gettext("Deleted."))

    def _editable(self) -> tuple[Column, ...]:
        return self.register.where("edited")

    def _body(self) -> dict[str, Any] | Response:
        """The object that was sent; anything it holds beside writable columns is refused."""
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            return refused(400, gettext("The request could not be understood."))
        unknown = sorted(body.keys() - {c.name for c in self._editable()})
        if unknown:
            sentence = gettext("This cannot be written here.")
            return refused(422, sentence, {name: [sentence] for name in unknown})
        return body

    def _read(
        self, body: dict[str, Any], columns: tuple[Column, ...]
    ) -> tuple[dict[str, Any], Response | None]:
        found: dict[str, Any] = {}
        errors: dict[str, list[str]] = {}
        for column in columns:
            raw = body.get(column.name)
            if column.name not in body and column.default is not None:
                continue
            try:
                found[column.name] = values.read(column, _scalar(column, raw))
            except DomainError as error:
                errors[column.name] = [error.text(gettext)]
        if not errors:
            return found, None
        return found, refused(422, gettext("Something in what you entered is not right."), errors)


def _scalar(column: Column, raw: Any) -> Any:
    """Lists and objects are no values, except the {id, text} of a relation."""
    nested = isinstance(raw, list) or (isinstance(raw, dict) and column.kind != "relation")
    if nested:
        raise DomainError("value.invalid", field=column.name)
    return raw


def refused(status: int, sentence: str, errors: dict[str, list[str]] | None = None) -> Response:
    """A JSON answer that says no: message, and errors by column if any."""
    answer: Response = jsonify(message=sentence, **({"errors": errors} if errors else {}))
    answer.status_code = status
    return answer


def _refusal(error: DomainError) -> Response:
    sentence = error.text(gettext)
    errors = {error.field: [sentence]} if error.field else None
    return refused(STATUS.get(error.code, 422), sentence, errors)


class Specification(OpenApi):  # type: ignore[misc]
    """`/api/v1/_openapi`: the description of the API, as far as the person may read it."""

    class_permission_name = "Home"
    method_permission_name = {"get": "use"}

    @expose("/<version>/_openapi", methods=["GET"])
    @protect()
    def get(self, version: str) -> Response:
        """The description of the API
        ---
        get:
          parameters:
          - {in: path, name: version, required: true, schema: {type: string}}
          responses:
            200: {description: An OpenAPI document}
        """
        readable = [api for api in self.appbuilder.baseviews if self._readable(api, version)]
        if not readable:
            return refused(404, gettext("There is nothing here, or it belongs to another unit."))
        specification = self._create_api_spec(version)
        for api in readable:
            api.add_api_spec(specification)
        return jsonify(specification.to_dict())

    def _readable(self, api: Any, version: str) -> bool:
        if not isinstance(api, ByToken):
            return api.__class__.__name__ == "SecurityApi" and api.version == version
        may = self.appbuilder.sm.has_access("can_read", api.class_permission_name)
        return api.version == version and bool(may)
