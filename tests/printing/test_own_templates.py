"""Templates that administrators write: what they may say, what is refused, how fast, and with which line."""

import time
from typing import Any

import pytest

from domain.data_fields import FieldSpec
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from printing import own
from printing.own import Own, samples, sandbox, words
from printing.own.shapes import placeholders
from printing.registry import PAPERS, render
from printing.templates import FOLDER
from tests.printing.conftest import squeezed
from tests.printing.samples import RECEIVED

SIZES = {size: name for name, size in own.SIZES.items()}
WITH_TEMPLATE = [code for code, paper in PAPERS.items() if paper.template]
FIELDS = (
    FieldSpec("dien_tich", "Diện tích", FieldKind.number),
    FieldSpec("muc_dich", "Mục đích", FieldKind.choice, choices=(("xe", "Trông giữ xe"),)),
    FieldSpec(
        "phuong_tien",
        "Phương tiện",
        FieldKind.group,
        columns=(FieldSpec("loai_xe", "Loại xe"), FieldSpec("so_luong", "Số lượng")),
    ),
)
#: Seconds after which a refusal is no longer quick, on a busy machine.
QUICK = 5.0


def built_in(code: str) -> Own:
    """A copy of a built-in form, as an administrator begins with it."""
    paper = PAPERS[code]
    body = (FOLDER / str(paper.template) / "template.html").read_text(encoding="utf-8")
    return Own(form=code, name=paper.name, size=SIZES[paper.size], body=body)


def slip(body: str) -> Own:
    return Own(form="receipt_slip", name="Giấy hẹn", size="a5", body=body)


def permit(body: str) -> Own:
    return Own(form="giay_phep", name="Giấy phép", size="a4", body=body)


def mistakes(template: Own, fields: Any = ()) -> list[DomainError]:
    """As the editor finds them: seen at once, else when it is printed."""
    found = own.check(template, own.known(template.form, fields))
    if found:
        return found
    for make, whole in ((samples.full, True), (samples.bare, False)):
        try:
            own.render(template, make(template.form, RECEIVED), samples.data(fields, whole=whole))
        except DomainError as error:
            return [error]
    return []


# ---- what may be said ----------------------------------------------------------------------------
@pytest.mark.parametrize("code", WITH_TEMPLATE)
def test_a_copied_form_prints_what_the_built_in_one_prints(code, words):
    template, copies = built_in(code), PAPERS[code].copies
    assert mistakes(template) == []
    context = samples.full(code, RECEIVED)
    printed = own.render(template, context, {}, copies=copies)
    assert words(printed) == words(render(code, context, copies=copies, strict=True))


def test_fields_of_the_procedure_and_their_lines_are_printed(words):
    body = (
        "<p>{{ data.dien_tich }} m², {{ data.muc_dich | upper }}</p><table>"
        "{% for row in data.phuong_tien %}<tr><td>{{ loop.index }}</td><td>{{ row.loai_xe }}</td></tr>"
        "{% endfor %}</table>"
    )
    data = {"dien_tich": "12,5", "muc_dich": "Trông giữ xe", "phuong_tien": [{"loai_xe": "Xe tải"}]}
    assert mistakes(permit(body), FIELDS) == []
    read = words(own.render(permit(body), samples.full("giay_phep", RECEIVED), data))
    assert squeezed("12,5 m², TRÔNG GIỮ XE") in read
    assert squeezed("Xe tải") in read


def test_a_value_is_never_markup_or_a_template(words):
    hostile = "<b>đậm</b> {{ 7 * 7 }} &amp; <img src=x>"
    body = "<p>{{ data.a }}</p><p>{{ (data.a ~ '<') | upper }}</p>"
    read = words(own.render(permit(body), samples.full("giay_phep", RECEIVED), {"a": hostile}))
    assert squeezed(hostile) in read
    assert squeezed(hostile.upper() + "<") in read


def test_a_field_that_a_dossier_does_not_have_prints_nothing(words):
    body = "<p>[{{ data.dien_tich }}]{% for row in data.phuong_tien %}x{% endfor %}</p>"
    assert "[]" in words(own.render(permit(body), samples.bare("giay_phep", RECEIVED), {}))


@pytest.mark.parametrize("code", [*WITH_TEMPLATE, "giay_phep"])
def test_everything_in_the_list_beside_the_editor_can_be_put_in_and_means_something(code):
    scope = own.known(code, FIELDS)
    offered = [one for name in ("sheet", "data") for one in placeholders(name, scope.names[name])]
    assert len(offered) > 10
    assert [one.name for one in offered if not one.label] == []
    for one in offered:
        template = Own(form=code, name="Thử", size="a4", body=f"<div>{one.text}</div>")
        assert own.check(template, scope) == [], one.name
        own.render(template, samples.full(code, RECEIVED), samples.data(FIELDS))


def test_every_shared_block_and_filter_is_explained_and_works():
    blocks = set(sandbox.environment().get_template(sandbox.SHARED).module.__dict__)
    assert set(words.MACROS) <= blocks
    assert set(words.FILTERS) <= set(sandbox.filters())
    head = '{% import "_shared/macros.html" as ui %}'
    for name, (text, _meaning) in words.MACROS.items():
        cell = f"<table><tr>{text}</tr></table>" if name == "signer" else text
        cell = f"<p>{text}</p>" if name in ("identity", "address") else cell
        assert mistakes(permit(head + cell)) == [], name


# ---- what is refused -----------------------------------------------------------------------------
def _nested(times: int) -> str:
    return (
        "".join(f"{{% for a{n} in range(1000) %}}" for n in range(times)) + "{% endfor %}" * times
    )


def _doubled(step: str) -> str:
    return "{% set a = 'aaaaaaaaaa' %}" + step * 60 + "{{ a }}"


HOSTILE = {
    "class": "{{ ''.__class__ }}",
    "subclasses": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "class by filter": "{{ ''|attr('__class__') }}",
    "class by item": "{{ ''['__class__'] }}",
    "class by map": "{{ [sheet]|map(attribute='__class__')|list }}",
    "init": "{{ sheet.__init__ }}",
    "globals": "{{ sheet.__init__.__globals__ }}",
    "context class": "{{ paper.context }}",
    "config": "{{ config }}",
    "settings": "{{ settings.SECRET_KEY }}",
    "request": "{{ request.environ }}",
    "self": "{{ self }}",
    "url_for": "{{ url_for('x') }}",
    "lipsum": "{{ lipsum.__globals__ }}",
    "cycler": "{{ cycler.__init__.__globals__ }}",
    "include": "{% include '/etc/passwd' %}",
    "include of a form": "{% include 'receipt_slip/template.html' %}",
    "import": "{% import 'receipt_slip/template.html' as x %}",
    "import by value": "{% import sheet.code as x %}",
    "from": "{% from '/etc/passwd' import a %}",
    "extends": "{% extends '_shared/macros.html' %}",
    "do": "{% do 1 %}",
    "no escaping": "{% autoescape false %}{{ sheet.code }}{% endautoescape %}",
    "safe": "{{ sheet.code | safe }}",
    "range": "{% for i in range(10**9) %}{% endfor %}",
    "long range": "{% for i in range(1000000000) %}x{% endfor %}",
    "nested loops": _nested(6),
    "product": "{{ 'x' * 10**9 }}",
    "product without a power": "{{ 'x' * 1000000000 }}",
    "list product": "{{ [1] * 1000000000 }}",
    "power": "{{ 9**9**9 }}",
    "large numbers": "{{ 10000000000 * 10000000000 * 1000000 }}",
    "wide format": "{{ '%1000000000d' % 1 }}",
    "wide format by filter": "{{ '%1000000000d' | format(1) }}",
    "wide format by method": "{{ '{:1000000000}'.format(1) }}",
    "padding": "{{ 'x'.ljust(1000000000) }}",
    "centring": "{{ 'x' | center(1000000000) }}",
    "rounding": "{{ 1.5 | round(1000000000) }}",
    "replacing": "{{ 'aa' | replace('a', '" + "b" * 40_000 + "') | replace('b', '" + "c" * 40_000 + "') }}",
    "joining": "{{ range(1000) | join('" + "b" * 90_000 + "') }}",
    "doubled text": _doubled("{% set a = a ~ a %}"),
    "doubled sum": _doubled("{% set a = a + a %}"),
    "doubled block": _doubled("{% set a %}{{ a }}{{ a }}{% endset %}"),
    "lists in lists": "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
    "lists compared": "{% set a = [1] %}{% set b = [1] %}"
    + "{% set a = [a, a] %}{% set b = [b, b] %}" * 60
    + "{{ a == b }}",
    "macro in itself": "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m('a') }}",
    "growing macro": "{% macro m(x) %}{{ m(x ~ x) }}{% endmacro %}{{ m('aaaaaaaaaa') }}",
    "macros in macros": "{% macro m0() %}xxxxxxxxxx{% endmacro %}"
    + "".join(
        f"{{% macro m{n}() %}}{{{{ m{n - 1}() }}}}{{{{ m{n - 1}() }}}}{{% endmacro %}}"
        for n in range(1, 28)
    )
    + "{{ m27() }}",
    "long loop": "{% for i in range(1000) %}" + "y" * 90_000 + "{% endfor %}",
    "long loop in a macro": "{% macro m() %}{% for i in range(1000) %}"
    + "y" * 90_000
    + "{% endfor %}{% endmacro %}{{ m() }}",
    "cheating the counter": "{% for x in range(900) | map('_counted', -9999999) %}{% endfor %}",
    "1 MB": "x" * 1_000_001,
    "deep braces": "{{ " + "(" * 40_000 + "1" + ")" * 40_000 + " }}",
    "deep loops": "".join(f"{{% for a{n} in [1] %}}" for n in range(60)) + "{% endfor %}" * 60,
    "file image": '<img src="file:///etc/passwd">',
    "image": '<img src="http://127.0.0.1/a.png">',
    "image of a value": '<img src="{{ sheet.code }}">',
    "made-up image": '<img src="data:image/png;base64,AAAA">',
    "background": '<p style="background-image: url(http://127.0.0.1/b.png)">x</p>',
    "style of the engine": '<p style="-pdf-frame-content: x">x</p>',
    "style sheet": "<style>@import url(http://127.0.0.1/b.css);</style>",
    "link": '<link rel="stylesheet" href="http://127.0.0.1/a.css">',
    "anchor": '<a href="file:///etc/passwd">x</a>',
    "object": "<object data='x'></object>",
    "frame": "<iframe src='x'></iframe>",
    "svg": "<svg><image href='file:///etc/passwd'></image></svg>",
    "script": "<script>1</script>",
    "engine tag": '<pdf:insertpdf src="/etc/passwd">',
    "comment": "<!-- <img src=x> -->",
    "cdata": "<![CDATA[<img src=x>]]>",
    "entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "page number": '<div id="page-number">x</div>',
    "wide cell": '<table><tr><td colspan="99999999">x</td></tr></table>',
    "huge letters": '<p style="font-size: 99999pt">x</p>',
    "many parts": "{% for i in range(900) %}" + "<p>a</p>" * 7 + "{% endfor %}",
    "deep parts": "<div>" * 200 + "</div>" * 200,
    "half a tag": "<p>a</p><p class=",
    "unclosed loop": "{% for x in sheet.papers %}",
    "unclosed braces": "{{ sheet.code ",
    "unclosed tag": "<p><b>x</p>",
    "unclosed end": "<table><tr><td>x",
    "stray end": "x</p>",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_is_refused_with_a_sentence_and_quickly(name):
    template = slip(HOSTILE[name])
    begun = time.monotonic()
    found = mistakes(template)
    assert found, "printed"
    assert time.monotonic() - begun < QUICK
    assert all(error.code.startswith("template.") and error.text() for error in found)


HARMLESS_WITHOUT_CHECKS = {"extends", "no escaping"}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_sandbox_holds_without_the_checks(name):
    """What the checks name the sandbox refuses by itself, or it prints what any paper may say."""
    begun = time.monotonic()
    try:
        pdf = own.render(slip(HOSTILE[name]), samples.full("receipt_slip", RECEIVED), {})
    except DomainError as error:
        assert error.code.startswith("template.")
    else:
        assert name in HARMLESS_WITHOUT_CHECKS
        assert b"root:" not in pdf
    assert time.monotonic() - begun < QUICK


# ---- named with its line -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "code", "facts"),
    [
        ("a\n\n{{ shet.code }}", "unknown_like", {"line": 3, "name": "shet", "like": "sheet"}),
        (
            "a\n{{ sheet.aplicant.name }}",
            "unknown_like",
            {"line": 2, "name": "sheet.aplicant", "like": "sheet.applicant"},
        ),
        (
            "{% for l in sheet.papers %}\n{{ l.nam }}{% endfor %}",
            "unknown_like",
            {"line": 2, "name": "l.nam", "like": "l.name"},
        ),
        ("\n{{ data.dien_tic }}", "unknown_like", {"line": 2, "like": "data.dien_tich"}),
        (
            "{% for r in data.phuong_tien %}\n{{ r.loai }}{% endfor %}",
            "unknown_like",
            {"line": 2, "like": "r.loai_xe"},
        ),
        ("{{ sheet.qqq }}", "unknown", {"line": 1, "name": "sheet.qqq"}),
        (
            '{% import "_shared/macros.html" as ui %}\n{{ ui.openin(sheet, paper) }}',
            "unknown_like",
            {"line": 2, "like": "ui.opening"},
        ),
        ("x\n{{ sheet.code | uper }}", "filter_like", {"line": 2, "like": "upper"}),
        ("{% if sheet.code %}\n{% fro x in y %}", "tag", {"line": 2, "tag": "{% fro %}"}),
        ("x\n{% for x in sheet.papers %}\ny", "unclosed", {"tag": "{% for %}"}),
        ("x\n{{ sheet.papers }}", "several", {"line": 2, "name": "sheet.papers"}),
        ("x\n{{ sheet.applicant }}", "parts", {"line": 2, "name": "sheet.applicant"}),
        ("x\n{{ sheet.land.area }}", "empty", {"line": 2, "name": "area"}),
        ("x\n\n<p><b>x</p>", "html_open", {"line": 3, "tag": "b"}),
        ("x\n<blink>y</blink>", "html_tag", {"line": 2, "tag": "blink"}),
        ("x\n<p>a</p>\n<p onclick='x'>y</p>", "html_attribute", {"line": 3, "name": "onclick"}),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(body, code, facts):
    error = mistakes(slip(body), FIELDS)[0]
    assert error.code == f"template.{code}"
    assert {key: error.facts[key] for key in facts} == facts


def test_a_wrong_name_is_found_where_nothing_is_printed_too():
    found = mistakes(slip("{% if false %}\n{{ sheet.nothing }}\n{% endif %}\n{{ also.not }}"))
    assert [error.facts["line"] for error in found] == [2, 4]


def test_an_error_while_printing_names_the_line_of_the_template_not_of_a_block():
    body = '{% import "_shared/macros.html" as ui %}\n\n{{ ui.bar(sheet.applicant) }}'
    error = mistakes(slip(body))[0]
    assert error.facts["line"] == 3


# ---- parts of fields -----------------------------------------------------------------------------
WITH_PARTS = (
    FieldSpec("nguoi_thue", "Người thuê", FieldKind.person),
    FieldSpec("thua", "Thửa đất", FieldKind.land_parcel),
    FieldSpec("ten_duong", "Tên đường"),
)


def test_parts_of_a_person_and_a_parcel_are_printed_one_by_one(words):
    body = (
        "<p>Bên thuê: {{ data.nguoi_thue.ten | upper }}, sinh {{ data.nguoi_thue.birth_date }};"
        " {{ data['nguoi_thue']['dien_thoai'] }}; thửa {{ data.thua.so_thua }} ({{ data.thua }})</p>"
    )
    person = {"": "Lê Văn Bình, 05/01/1985", "name": "Lê Văn Bình", "birth_date": "05/01/1985"}
    said = {"nguoi_thue": person, "thua": {"": "tờ 2, thửa 15", "parcel_no": "15"}}
    assert mistakes(permit(body), WITH_PARTS) == []
    printed = words(own.render(permit(body), samples.full("giay_phep", RECEIVED), said))
    assert squeezed("LÊ VĂN BÌNH, sinh 05/01/1985;") in printed
    assert squeezed("thửa 15 (tờ 2, thửa 15)") in printed


@pytest.mark.parametrize("said", [{}, {"nguoi_thue": ""}, {"nguoi_thue": "Lê Văn Bình"}])
def test_part_that_an_older_dossier_does_not_have_says_nothing(words, said):
    body = "<p>[{{ data.nguoi_thue.ten }}]</p>"
    assert "[]" in words(own.render(permit(body), samples.full("giay_phep", RECEIVED), said))


@pytest.mark.parametrize(
    ("body", "code", "facts"),
    [
        ("<p>{{ data.nguoi_thue.tuoi }}</p>", "template.unknown", {"name": "data.nguoi_thue.tuoi"}),
        (
            "<p>\n{{ data.nguoi_thue.ngay_sin }}</p>",
            "template.unknown_like",
            {"name": "data.nguoi_thue.ngay_sin", "like": "data.nguoi_thue.ngay_sinh"},
        ),
        ("<p>{{ data.thua.ten }}</p>", "template.unknown", {"name": "data.thua.ten"}),
        ("<p>{{ data.ten_duong.ten }}</p>", "template.unknown", {"name": "data.ten_duong.ten"}),
    ],
)
def test_wrong_part_is_named_with_its_line(body, code, facts):
    (found,) = own.check(permit(body), own.known("giay_phep", WITH_PARTS))
    assert found.code == code
    assert {k: found.facts[k] for k in facts} == facts
    assert found.facts["line"] == body[: body.index("{{")].count("\n") + 1


def test_list_beside_the_editor_offers_every_part_of_a_field():
    data = own.known("giay_phep", WITH_PARTS).names["data"]
    offered = {one.name: one for one in placeholders("data", data)}
    assert offered["data.nguoi_thue.ngay_sinh"].text == "{{ data.nguoi_thue.ngay_sinh }}"
    assert offered["data.nguoi_thue.ngay_sinh"].part == "Date of birth"
    assert "data.thua.to_ban_do" in offered and "data.thua" in offered
    assert not [name for name in offered if name.startswith("data.ten_duong.")]
