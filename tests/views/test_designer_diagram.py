"""The drawing of the steps: every step once, no box over another, forks that come together again."""

from collections import Counter
from itertools import combinations, pairwise
from typing import Any

import lxml.html
import pytest
from flask import render_template

from domain.codes import StepKind
from domain.roles import Role
from models.procedure import Level, ProcedureStep, ProcedureVersion
from services.draft_checks.finding import found
from views.designer import diagram as drawing
from views.designer.diagram import Box, Content, Diagram, Words, layout

LONG = "Thẩm định hồ sơ, kiểm tra thực địa; thông báo thiếu giấy tờ một lần " * 3


def content(name: str, shape: str = "work", text: str = LONG) -> Content:
    words = (Words("kind", f"{name} · Xử lý"), Words("name", text), Words("who", "Chuyên viên"))
    return Content(name, words, shape)


def blocks(*sizes: int) -> list[list[Content]]:
    """Blocks of so many steps side by side; every third step waits."""
    names = iter(range(1, 1000))
    return [
        [content(str(n := next(names)), "wait" if n % 3 == 0 else "work") for _ in range(size)]
        for size in sizes
    ]


SIZES = [
    (1,),
    (1, 1, 1, 1, 1),
    (1, 2, 1, 1),
    (2, 3, 2),
    (4,),
    (1, 8, 1),
    (1,) * 40,
    (1, 2, 1, 3, 1, 1, 2, 2, 1, 5) * 2,
]
layouts = pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: str(sum(sizes)))


def apart(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    below = one.y + one.height <= other.y or other.y + other.height <= one.y
    return beside or below


@layouts
def test_every_step_is_drawn_once_and_over_no_other(sizes: tuple[int, ...]) -> None:
    made = layout(blocks(*sizes))
    assert [box.content.id for box in made.boxes] == [str(n + 1) for n in range(sum(sizes))]
    assert all(apart(one, other) for one, other in combinations(made.boxes, 2))


@layouts
def test_everything_lies_within_the_drawing(sizes: tuple[int, ...]) -> None:
    made = layout(blocks(*sizes))
    for box in made.boxes:
        assert box.x >= 0 and box.x + box.width <= made.width
        assert box.y >= 0 and box.y + box.height <= made.height
        for text in box.texts:
            right = text.x + drawing.length(text.text, text.style == "name")
            assert box.x < text.x and right <= box.x + box.width
            assert box.y < text.y < box.y + box.height
    for x, y in (corner for line in made.lines for corner in line.corners):
        assert 0 <= x <= made.width and 0 <= y <= made.height


@layouts
def test_lines_lead_from_each_row_to_the_next_and_join(sizes: tuple[int, ...]) -> None:
    made = layout(blocks(*sizes))
    rows = in_rows(made, sizes)
    for before, after in pairwise(rows):
        leave = {foot(box) for box in before}
        reach = {head(box) for box in after}
        drawn = [line.corners for line in made.lines]
        lines = [line for line in drawn if line[0] in leave or line[-1] in reach]
        assert Counter(line[0] for line in lines if line[0] in leave) == Counter(leave)
        assert Counter(line[-1] for line in lines if line[-1] in reach) == Counter(reach)
        meeting = {line[-1] for line in lines if line[0] in leave} - reach
        parting = {line[0] for line in lines if line[-1] in reach} - leave
        assert meeting == parting and len(meeting) <= 1
    least = sum(max(len(a), len(b)) for a, b in pairwise(rows))
    assert len(made.lines) >= least


@layouts
def test_lines_run_down_or_across_and_through_no_box(sizes: tuple[int, ...]) -> None:
    made = layout(blocks(*sizes))
    heads = {head(box) for box in made.boxes}
    for line in made.lines:
        assert line.tip == (line.corners[-1] in heads)
        for (x, y), (to_x, to_y) in pairwise(line.corners):
            assert (x == to_x and y <= to_y) or y == to_y
            for box in made.boxes:
                across = min(x, to_x) < box.x + box.width and box.x < max(x, to_x)
                inside = box.y < y < box.y + box.height
                assert not (y == to_y and across and inside)


def in_rows(made: Diagram, sizes: tuple[int, ...]) -> list[list[Box]]:
    boxes = iter(made.boxes)
    return [[next(boxes) for _ in range(size)] for size in sizes]


def foot(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height


def head(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y


def test_a_sequence_fits_on_a_telephone_and_many_lanes_are_scrolled_to() -> None:
    assert layout(blocks(1, 1)).width <= 296
    assert not layout(blocks(1, 2)).scrolled
    assert layout(blocks(1, 3)).scrolled


def test_long_words_are_broken_and_long_texts_are_cut() -> None:
    assert drawing.wrapped("a" * 60, 100, 9)[0].startswith("aaa")
    assert "".join(drawing.wrapped("a" * 60, 100, 9)) == "a" * 60
    lines = drawing.wrapped(LONG, 150, 2)
    assert len(lines) == 2 and lines[-1].endswith("…")
    assert all(drawing.length(line) <= 150 for line in lines)
    assert drawing.wrapped("", 100, 2) == []


# ---- with the words of a version -----------------------------------------------------------------
def version() -> ProcedureVersion:
    rows: list[tuple[StepKind, Role, dict[str, Any]]] = [
        (StepKind.receive, Role.clerk, {"term": "4wh"}),
        (StepKind.work, Role.officer, {"group": 1, "term": "3wd", "function": "KTHT"}),
        (StepKind.consult, Role.officer, {"group": 1, "term": "2wd", "silence": True}),
        (StepKind.external, Role.clerk, {"external_body": "Công an", "outside_total": True}),
        (StepKind.transfer, Role.officer, {"target_level": Level.commune}),
        (StepKind.sign, Role.leader, {"only_if": "dien_tich > 100", "same_as": 2, "term": "mai"}),
        (StepKind.return_result, Role.clerk, {}),
    ]
    steps = [
        ProcedureStep(id=f"s{n}", position=n, name=f"Việc {n}", kind=kind, role=role, **more)
        for n, (kind, role, more) in enumerate(rows, 1)
    ]
    return ProcedureVersion(steps=steps)


def test_boxes_say_what_their_steps_are(app: Any) -> None:
    with app.test_request_context():
        made = drawing.diagram(version())
    assert made is not None
    boxes = {box.content.id: box for box in made.boxes}
    assert boxes["s2"].y == boxes["s3"].y
    shapes = {box.content.id: box.content.shape for box in made.boxes}
    assert [shapes[f"s{n}"] for n in range(1, 8)] == [
        *("end", "work", "work", "wait", "wait", "work", "end")
    ]
    assert [box.content.id for box in made.boxes if box.content.dashed] == ["s6"]
    said = {id_: " ".join(t.text for t in box.texts) for id_, box in boxes.items()}
    assert "3 ngày làm việc" in said["s2"] and "KTHT" in said["s2"]
    assert "Im lặng là đồng ý" in said["s3"]
    assert "Công an" in said["s4"]
    assert "dien_tich > 100" in said["s6"]
    assert " mai " in said["s6"]  # a term that cannot be read is shown as it is


def test_the_gravest_finding_marks_a_box(app: Any) -> None:
    draft = version()
    findings = [
        found("steps.no_term", "steps", draft.steps[3], "term"),
        found("steps.role", "steps", draft.steps[5], "role", role=Role.clerk, kind=StepKind.sign),
        found("steps.no_term", "steps", draft.steps[5], "term"),
        found("steps.no_sign", "steps"),
    ]
    with app.test_request_context():
        made = drawing.diagram(draft, findings)
    assert made is not None
    marks = {box.content.id: box.content.mark for box in made.boxes if box.content.mark}
    assert marks == {"s4": "warning", "s6": "error"}
    words = {box.content.id: box.texts[-1] for box in made.boxes if box.content.mark}
    assert {id_: text.style for id_, text in words.items()} == {"s4": "mark", "s6": "mark"}
    assert words["s6"].text == "Lỗi"


def test_a_version_without_steps_has_no_drawing(app: Any) -> None:
    with app.test_request_context():
        assert drawing.diagram(ProcedureVersion(steps=[])) is None


def test_the_drawing_is_named_and_every_box_leads_to_its_line(app: Any) -> None:
    draft = version()
    draft.steps[1].name = "<script>alert(1)</script>"
    with app.test_request_context():
        page = render_template("designer/_diagram.html", diagram=drawing.diagram(draft))
    tree = lxml.html.fromstring(page)
    [svg] = tree.xpath("//svg")
    assert svg.get("role") == "group"
    assert tree.xpath(f"//title[@id='{svg.get('aria-labelledby')}']/text()")
    assert tree.xpath("//svg/a/@href") == [f"#dong-s{n}" for n in range(1, 8)]
    assert all(
        "Việc" in a.text_content() or "script" in a.text_content() for a in tree.xpath("//svg/a")
    )
    assert not tree.xpath("//script | //@style")
