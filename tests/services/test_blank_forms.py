"""Blank forms of papers: which files are taken, that they go with the version, that nothing sweeps them."""

import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from domain.errors import DomainError
from domain.events import Tag
from services import attachments, blank_forms, designing, procedure
from services.filestore import FileStore
from tests.factories.dossiers import version_of
from tests.services.test_designing import draft, events, who

__all__ = ["draft"]


def office(*parts: str, **content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
        for name in parts:
            archive.writestr(name, "x")
    return out.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")
ODT = office("content.xml", mimetype=blank_forms.TYPES["odt"])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (DOCX, "docx"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (ODT, "odt"),
        (office("content.xml", mimetype=blank_forms.TYPES["ods"]), "ods"),
    ],
)
def test_office_files_are_told_by_their_content(data: bytes, kind: str) -> None:
    assert blank_forms.kind_of(data) == kind


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.empty"),
        (b"\xd0\xcf\x11\xe0 an older file", "blank.type"),
        (b"MZ program", "blank.type"),
        (office("readme.txt"), "blank.type"),
        (DOCX[:60], "file.broken"),
        (office("word/document.xml", "word/vbaProject.bin"), "blank.active"),
        (office("word/document.xml", "word/embeddings/ole1.bin"), "blank.active"),
        (office("Basic/Standard/Module1.xml", mimetype=blank_forms.TYPES["odt"]), "blank.active"),
        (b"%PDF-1.4 nothing", "file.broken"),
    ],
)
def test_what_may_harm_or_cannot_be_read_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        blank_forms.kind_of(data)
    assert refused.value.code == code


def attached(document: Any, store: FileStore, data: bytes = DOCX, name: str = "Đơn.docx") -> Any:
    return blank_forms.attach(document, io.BytesIO(data), name, store=store, **who())


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


def test_attach_keeps_the_file_as_it_was_sent_and_leaves_one_event(
    session: Any, draft: Any, files: FileStore
) -> None:
    document = attached(draft.documents[0], files)
    assert (document.blank_name, document.blank_type) == ("Đơn.docx", "docx")
    assert blank_forms.content(document, files) == DOCX
    assert events(session, document.id) == [Tag.catalogue_update]
    blank_forms.take_away(document, **who())
    assert document.blank_name is None and document.blank_sha256 is None


def test_attach_refuses_a_name_that_says_something_else(
    session: Any, draft: Any, files: FileStore
) -> None:
    for name in ("đơn.pdf", "đơn", "đơn.docm"):
        with pytest.raises(DomainError) as refused:
            attached(draft.documents[0], files, name=name)
        assert refused.value.code == "file.mismatch"


def test_attach_refuses_what_is_too_large(
    session: Any, draft: Any, files: FileStore, monkeypatch: Any
) -> None:
    monkeypatch.setattr(blank_forms, "MOST", len(DOCX) - 1)
    with pytest.raises(DomainError) as refused:
        attached(draft.documents[0], files)
    assert refused.value.code == "file.too_large"


def test_attach_refuses_a_published_version(session: Any, files: FileStore) -> None:
    with pytest.raises(DomainError) as refused:
        attached(version_of().documents[0], files)
    assert refused.value.code == "procedure.read_only"


def test_new_draft_and_copy_of_the_paper_have_the_form_too(
    session: Any, draft: Any, files: FileStore
) -> None:
    document = attached(draft.documents[0], files)
    assert designing.copy(document, **who()).blank_name == "Đơn.docx"
    again = procedure.draft_from(draft, **who())
    assert again.documents[0].blank_sha256 == document.blank_sha256


def test_sweep_leaves_blank_forms_that_a_version_names(
    session: Any, draft: Any, files: FileStore
) -> None:
    document = attached(draft.documents[0], files)
    lost = files.put(b"nobody names it")
    for name in (str(document.blank_sha256), lost):
        long_ago = time.time() - 3 * attachments.ORPHAN_AGE
        os.utime(files.path(name), (long_ago, long_ago))
    assert attachments.sweep(files) == 1
    assert blank_forms.content(document, files) == DOCX
