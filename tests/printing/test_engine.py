"""The engine: strict about its own templates, the same whoever else is printing."""

import io
import threading

import pypdf
import pytest
from jinja2 import UndefinedError

from printing import engine, templates, typefaces
from printing.engine import A5, PaperError, render_pdf
from printing.registry import PAPERS, render
from tests.printing import samples


def faces(pdf: bytes) -> set[str]:
    """The faces that visible text is set in."""
    found: set[str] = set()

    def note(text, _ctm, _matrix, font, _size):
        if text.strip():
            found.add(str(font["/BaseFont"]).strip("/").split("+")[-1])

    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=note)
    return found


def test_a_style_the_engine_ignores_is_an_error_when_strict():
    html = '<p style="float: left">a</p>'
    with pytest.raises(PaperError, match="float"):
        render_pdf(html, title="x", paper=A5, strict=True)
    assert engine.page_count(render_pdf(html, title="x", paper=A5)) == 1


@pytest.mark.parametrize("code", list(PAPERS))
def test_every_letter_is_of_the_embedded_face(code):
    used = faces(render(code, samples.ALL[code]()))
    assert used <= {"Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"}
    assert {"Tinos-Regular", "Tinos-Bold"} <= used


@pytest.mark.parametrize("code", list(PAPERS))
def test_no_paper_names_a_face_that_it_does_not_bring_along(code):
    for page in pypdf.PdfReader(io.BytesIO(render(code, samples.ALL[code]()))).pages:
        for font in page["/Resources"]["/Font"].values():
            assert "+Tinos-" in font.get_object()["/BaseFont"]


def test_faces_come_with_their_licence():
    assert "SIL OPEN FONT LICENSE" in (typefaces.FOLDER / "OFL.txt").read_text()
    assert {file.name for file in typefaces.FOLDER.glob("*.ttf")} == set(typefaces.FILES.values())


def test_papers_made_at_once_do_not_mix(words):
    wrong: list[str] = []

    def work(code: str) -> None:
        for _ in range(3):
            text = words(render(code, samples.ALL[code](edition="2018")))
            title = "".join(PAPERS[code].title("2018").upper().split())
            if title not in text:
                wrong.append(code)

    threads = [threading.Thread(target=work, args=(code,)) for code in PAPERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_title_of_a_document_is_text():
    pdf = render_pdf("<p>a</p>", title="</title><p>b</p> & Ê", paper=A5)
    assert pypdf.PdfReader(io.BytesIO(pdf)).metadata.title == "</title><p>b</p> & Ê"


def test_every_form_has_its_folder_and_every_folder_its_form():
    folders = {path.parent.name for path in templates.FOLDER.glob("*/template.html")}
    assert folders == {paper.template for paper in PAPERS.values() if paper.template}


def test_a_misspelt_field_stops_the_paper():
    with pytest.raises(UndefinedError):
        templates.environment().from_string("{{ sheet.nmae }}").render(sheet=samples.slip())
