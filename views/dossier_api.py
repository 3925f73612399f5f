"""Dossiers for programs: one by its code, with the data of its procedure, and what that data looks like."""

from typing import Any

import sqlalchemy as sa
from flask import Response, jsonify
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import protect

from domain.data_fields import freeze
from domain.data_files import FileRef, refs_in
from domain.json_schema import schema
from models.attachment import Attachment
from models.base import db
from models.dossier import Dossier
from models.procedure import ProcedureVersion
from services import attachments, reference
from services.dossier import data
from services.dossier.data_files import readable
from views import present
from views.generated.api import ByToken
from views.paper import pdf_response
from views.stored import store


class DossierApi(ByToken, BaseApi):  # type: ignore[misc]
    """Read only; the same dossiers and the same fields as on the screens."""

    resource_name = "dossier"
    class_permission_name = "Dossier"
    method_permission_name = {"get": "read", "file": "read", "schema": "read"}
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

    @expose("/<code>/file/<uuid:file_id>", methods=["GET"])
    @protect()
    def file(self, code: str, file_id: Any) -> Response:
        """A file of the data of a dossier, as PDF
        ---
        get:
          description: The content of a file that `data` of a dossier names
          parameters:
          - {in: path, name: code, required: true, schema: {type: string}}
          - {in: path, name: file_id, required: true, schema: {type: string, format: uuid}}
          responses:
            200:
              description: The PDF
              content: {application/pdf: {schema: {type: string, format: binary}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        query = sa.select(Attachment).join(Attachment.dossier)
        query = query.where(Dossier.code == code, Attachment.id == str(file_id))
        found = db.session.scalars(query).first()
        roles = {role.value for role in present.actor().roles}
        if found is None or not found.data_key or not readable(found, roles):
            return self.response_404()
        content = attachments.opened(found, **present.who(), store=store())
        return pdf_response(content, f"{found.id}.pdf")

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


def _files(dossier: Dossier, refs: list[FileRef]) -> list[dict[str, Any]]:
    """Files of a field as programs get them; the content is fetched from `url`."""
    return [
        {
            "name": ref.name,
            "size": ref.size,
            "pages": ref.pages,
            "url": f"/api/v1/dossier/{dossier.code}/file/{ref.id}",
        }
        for ref in refs
    ]


def _read_by_me(version: ProcedureVersion) -> list[Any]:
    """The fields that the roles of whoever asks may see."""
    roles = {role.value for role in present.actor().roles}
    return [f for f in data.specs(version) if not f.readers or f.readers & roles]


def _said(dossier: Dossier) -> dict[str, Any]:
    version = data.version_of(dossier)
    seen = {f.key for f in _read_by_me(version)}
    values = data.values_of(dossier, version)
    files = {key: _files(dossier, found) for key, v in values.items() if (found := refs_in(v))}
    given = freeze(values) | files
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
        "data": {key: value for key, value in given.items() if key in seen},
        "schema": f"/api/v1/dossier/schema/{version.id}",
    }
