"""The difference that a package makes, in lines of a terminal."""

from collections.abc import Iterator

from flask_babel import gettext as _

from services.packaging import Plan
from views import changes
from views.changes import Section

#: Lines of one package; the page of the package has all of them.
MOST = 60


def differences(plan: Plan) -> list[str]:
    """What a package changes, one part or column a line, the register and papers it brings last."""
    lines = [*_said(plan)]
    if len(lines) > MOST:
        lines[MOST:] = [_("and %(count)s more", count=len(lines) - MOST)]
    return lines


def _said(plan: Plan) -> Iterator[str]:
    if plan.procedure is None:
        yield _("a new procedure with a draft")
    elif plan.against is not None:
        yield from _parts(changes.sections(plan.changes))
    for register in plan.registers:
        made = _("is here and stays as it is") if register.known else _("a draft is made")
        yield _("Register: %(name)s", name=f"{register.name} ({register.code}): {made}")
        if register.known:
            yield from _parts(changes.sections(register.changes))
    for one in plan.templates:
        made = _("a draft is made") if one.makes else _("is here already")
        yield _(
            "Printed paper: %(name)s", name=f"{one.after['name']} ({one.after['form']}): {made}"
        )


def _parts(sections: list[Section]) -> Iterator[str]:
    words = changes.what_words()
    for section in sections:
        for block in section.blocks:
            what = str(words[block.what][0])
            name = f"{section.title} · {block.name}" if block.name else section.title
            if block.what in ("added", "removed"):
                yield f"{name}: {what}"
                continue
            for line in block.lines:
                before, after = (
                    "".join(p.text for p in side) for side in (line.before, line.after)
                )
                yield f"{name} · {line.label}: {before or '–'} → {after or '–'}"
