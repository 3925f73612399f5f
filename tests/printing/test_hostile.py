"""A name is text: nine ways to make a paper fetch or embed something, none of which does.

The vectors are those that make HTML-to-PDF engines fetch addresses or embed local files.
"""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pypdf
import pytest
from jinja2 import TemplateNotFound
from jinja2.exceptions import SecurityError

from printing import contexts as c
from printing.engine import A5, PaperError, render_pdf
from printing.registry import PAPERS, render
from printing.templates import environment
from tests.printing import samples
from tests.printing.conftest import squeezed

SECRET = "root:x:0:0"
VECTORS = {
    "image": '<img src="{web}/a.png">',
    "sheet": '<link rel="stylesheet" href="{web}/a.css">',
    "import": "<style>@import url({web}/b.css);</style>",
    "background": '<p style="background-image: url({web}/b.png)">x</p>',
    "object": '<object data="{web}/c.svg"></object>',
    "font": "<style>@font-face {{ font-family: z; src: url({web}/z.ttf) }}</style>",
    "file image": '<img src="file:///etc/passwd">',
    "attachment": '<link rel="attachment" href="file:///etc/passwd">',
    "engine tag": '<pdf:insertpdf src="{web}/d.pdf"></pdf:insertpdf>',
}
ASKED_OF_THE_ENGINE = ("image", "file image", "engine tag", "sheet", "import", "font")


class _Listener(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def web() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def vector(name: str, web: HTTPServer) -> str:
    return VECTORS[name].format(web=f"http://127.0.0.1:{web.server_port}")


def party(text: str) -> c.Party:
    return c.Party(name=text, address=text, phone="1", email="e")


HOLDERS = {
    "receipt_slip": lambda text: samples.slip(applicant=party(text), request=text, officer=text),
    "supplement_request": lambda text: samples.supplement(applicant=party(text), reason=text),
    "refusal": lambda text: samples.refusal(applicant=party(text), reason=text),
    "apology": lambda text: samples.apology(applicant=party(text), reason=text),
    "stop_notice": lambda text: samples.stop(applicant=party(text), reason=text),
    "control_slip": lambda text: samples.control(applicant=party(text), agency=text),
    "register_book": lambda text: samples.book(
        rows=(samples.register_row(1, applicant=text, note=text),), keeper=text
    ),
    "cover_sheet": lambda text: samples.cover(applicant=party(text), procedure=text),
    "fee_receipt": lambda text: samples.receipt(payer=party(text), cashier=text),
}


def test_every_paper_is_tried():
    assert set(HOLDERS) == set(PAPERS)


@pytest.mark.parametrize("code", list(PAPERS))
@pytest.mark.parametrize("name", list(VECTORS))
def test_a_hostile_name_is_printed_as_the_text_it_is(code, name, web, words):
    text = vector(name, web)
    pdf = render(code, HOLDERS[code](text), strict=True)
    assert squeezed(text) in words(pdf)
    assert web.asked == []
    document = pypdf.PdfReader(io.BytesIO(pdf))
    assert not document.attachments
    assert SECRET.encode() not in pdf


@pytest.mark.parametrize("name", ASKED_OF_THE_ENGINE)
def test_the_engine_itself_refuses_every_address(name, web):
    with pytest.raises(PaperError):
        render_pdf(vector(name, web), title="x", paper=A5, strict=True)
    assert web.asked == []


@pytest.mark.parametrize("name", list(VECTORS))
def test_the_engine_itself_fetches_nothing(name, web):
    try:
        pdf = render_pdf(f"<p>a</p>{vector(name, web)}", title="x", paper=A5)
    except PaperError:
        pdf = b""
    assert web.asked == []
    assert SECRET.encode() not in pdf


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% include '../engine.py' %}", "<b>x</b>&amp;"])
def test_a_name_is_never_read_as_a_template_or_as_markup(text, words):
    for code, holder in HOLDERS.items():
        assert squeezed(text) in words(render(code, holder(text))), code


def test_templates_see_nothing_but_the_forms():
    env = environment()
    for outside in ("../engine.py", "/etc/passwd", "receipt_slip/../../engine.py"):
        with pytest.raises(TemplateNotFound):
            env.get_template(outside)
    assert env.autoescape is True
    with pytest.raises(SecurityError):
        env.from_string("{{ ''.__class__.__mro__ }}").render()
