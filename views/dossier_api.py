"""Dossiers for programs: one by its code, with the data of its procedure, and what that data looks like."""

from typing import Any

import sqlalchemy as sa
from flask import Response, jsonify
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import protect

from domain.data_fields import freeze
from domain.json_schema import schema
from models.base import db
from models.dossier import Dossier
from models.procedure import ProcedureVersion
from services import reference
from services.dossier import data
from views import present
from views.generated.api import ByToken


class DossierApi(ByToken, BaseApi):  # type: ignore[misc]
    """Read only; the same dossiers and the same fields as on the screens."""

    resource_name = "dossier"
    class_permission_name = "Dossier"
    method_permission_name = {"get": "read", "schema": "read"}
    openapi_spec_tag = "Dossier"

    @expose("/<code>", methods=["GET"])
    @protect()
    def get(self, code: str) -> Response:
        """One dossier by its code
        ---
        get:
          description: A dossier with the data that its procedure asks for
          parameters:
          - {in: path, name: code, required: true, schema: {type: string}}
          responses:
            200:
              description: The dossier; `data` conforms to the schema that `schema` leads to
              content: {application/json: {schema: {type: object}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        found = db.session.scalars(sa.select(Dossier).where(Dossier.code == code)).first()
        if found is None:
            return self.response_404()
        return jsonify(result=_said(found))

    @expose("/schema/<uuid:pk>", methods=["GET"])
    @protect()
    def schema(self, pk: Any) -> Response:
        """The JSON Schema of a version's data
        ---
        get:
          description: What `data` of a dossier of this version looks like (JSON Schema 2020-12)
          parameters:
          - {in: path, name: pk, required: true, schema: {type: string, format: uuid}}
          responses:
            200:
              description: The schema
              content: {application/json: {schema: {type: object}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        version = reference.version(str(pk))
        if version is None:
            return self.response_404()
        return jsonify(schema(_read_by_me(version), str(version)))


def _read_by_me(version: ProcedureVersion) -> list[Any]:
    """The fields that the roles of whoever asks may see."""
    roles = {role.value for role in present.actor().roles}
    return [f for f in data.specs(version) if not f.readers or f.readers & roles]


def _said(dossier: Dossier) -> dict[str, Any]:
    version = data.version_of(dossier)
    seen = {f.key for f in _read_by_me(version)}
    values = freeze(data.values_of(dossier, version))
    return {
        "id": dossier.id,
        "code": dossier.code,
        "status": dossier.status.value,
        "procedure": version.procedure.code,
        "version": version.key,
        "received_at": dossier.received_at.isoformat(),
        "due_at": dossier.due_at.isoformat() if dossier.due_at else None,
        "applicant": dossier.owner_name,
        "subject": dossier.subject,
        "data": {key: value for key, value in values.items() if key in seen},
        "schema": f"/api/v1/dossier/schema/{version.id}",
    }
