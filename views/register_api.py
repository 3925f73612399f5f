"""Registers that administrators define, for programs: their entries, and what the data of one looks like."""

from dataclasses import replace
from typing import Any

from flask import Response, jsonify, request, url_for
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import protect
from werkzeug.exceptions import NotFound

from domain import register as law
from domain.data_fields import FieldSpec, freeze
from domain.json_schema import schema
from models.register import Register, RegisterEntry
from services.registers import definition, entries, listing, writing
from views import present
from views.generated.api import ByToken
from views.registers import words
from views.registers.asked import listed_fields, read, roles_of


class RegisterEntryApi(ByToken, BaseApi):  # type: ignore[misc]
    """Read only; the same registers, entries and fields as on the screens."""

    resource_name = "register"
    class_permission_name = "RegisterEntry"
    method_permission_name = {"get_list": "read", "get": "read", "schema": "read"}
    openapi_spec_tag = "RegisterEntry"

    @expose("/<code>/entry", methods=["GET"])
    @protect()
    def get_list(self, code: str) -> Response:
        """Entries of a register, a page at a time
        ---
        get:
          description: >-
            Entries of a register; d-<field> narrows by a listed field, d-<field>-tu and d-<field>-den from …
            to … where it holds a number, an amount or a day
          parameters:
          - {in: path, name: code, required: true, schema: {type: string}}
          - {in: query, name: q, schema: {type: string}, description: Words to search for}
          - {in: query, name: state, schema: {type: string, enum: [valid, expired, revoked, replaced]}}
          - {in: query, name: registered_on_from, schema: {type: string, format: date}}
          - {in: query, name: registered_on_to, schema: {type: string, format: date}}
          - {in: query, name: valid_to_from, schema: {type: string, format: date}}
          - {in: query, name: valid_to_to, schema: {type: string, format: date}}
          - {in: query, name: agency, schema: {type: string, format: uuid}}
          - in: query
            name: order
            schema: {type: string, enum: [registered_on, number, holder, valid_to]}
            description: With - before it it descends; without it the newest come first
          - {in: query, name: rows, schema: {type: integer, enum: [25, 50, 100]}}
          - {in: query, name: after, schema: {type: string}, description: Cursor of the page before}
          - {in: query, name: before, schema: {type: string}, description: Cursor, going back}
          responses:
            200:
              description: A page of entries; count stops at 1001
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      count: {type: integer}
                      after: {type: string}
                      before: {type: string}
                      next: {type: string}
                      result: {type: array, items: {type: object}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
            422: {$ref: '#/components/responses/422'}
        """
        register = _register(code)
        if register is None:
            return self.response_404()
        wanted = read(register, request.args)
        wrong = next(iter(wanted.problems), "")
        if wrong:
            return self.response_422(message=f"{wrong}: {request.args[wrong]}")
        asked = wanted.asked(listed_fields(register, present.actor()), present.now().date())
        page = listing.page(asked, after=wanted.after, before=wanted.before, limit=wanted.rows)
        following = wanted.query(after=page.after or "", before="")
        here = url_for(f"{self.endpoint}.get_list", code=code)
        return jsonify(
            count=page.total,
            after=page.after or "",
            before=page.before or "",
            next=f"{here}?{following}" if page.after else "",
            result=[_said(register, entry) for entry in page.rows],
        )

    @expose("/<code>/entry/<uuid:pk>", methods=["GET"])
    @protect()
    def get(self, code: str, pk: Any) -> Response:
        """One entry
        ---
        get:
          description: An entry of a register; that it was read leaves an event, once an hour
          parameters:
          - {in: path, name: code, required: true, schema: {type: string}}
          - {in: path, name: pk, required: true, schema: {type: string, format: uuid}}
          responses:
            200:
              description: The entry; `data` conforms to the schema that `schema` leads to
              content: {application/json: {schema: {type: object}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        register = _register(code)
        try:
            if register is None:
                return self.response_404()
            entries.note_look(words.entry_of(register, pk), **present.who())
            return jsonify(result=_said(register, words.entry_of(register, pk)))
        except NotFound:
            return self.response_404()

    @expose("/<code>/schema", methods=["GET"])
    @protect()
    def schema(self, code: str) -> Response:
        """The JSON Schema of the data of a register
        ---
        get:
          description: What `data` of an entry looks like (JSON Schema 2020-12)
          parameters:
          - {in: path, name: code, required: true, schema: {type: string}}
          responses:
            200:
              description: The schema
              content: {application/json: {schema: {type: object}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        register = _register(code)
        if register is None:
            return self.response_404()
        return jsonify(schema(_read_by_me(register), register.name))


def _register(code: str) -> Register | None:
    found = definition.by_code(code)
    may = found is not None and definition.may(found, present.actor(), "read")
    return found if may else None


def _read_by_me(register: Register) -> tuple[FieldSpec, ...]:
    """The fields that the roles of whoever asks may see; one that is not asked any more is not required."""
    fields = definition.seen_fields(
        definition.fields_of(register, all_=True), roles_of(present.actor())
    )
    asked = {f.key for f in definition.fields_of(register)}
    return tuple(f if f.key in asked else replace(f, required=False) for f in fields)


def _said(register: Register, entry: RegisterEntry) -> dict[str, Any]:
    today, seen = present.now().date(), {f.key for f in _read_by_me(register)}
    data = freeze(writing.values_of(entry, register))
    return {
        "id": entry.id,
        "register": register.code,
        "number": entry.number,
        "holder": entry.holder,
        "state": law.standing(entry.state, entry.valid_to, today).value,
        "registered_on": entry.registered_on.isoformat(),
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
        "agency": words.agency(entry),
        "replaces": entry.replaces_id,
        "data": {key: value for key, value in data.items() if key in seen},
        "schema": f"/api/v1/register/{register.code}/schema",
    }
