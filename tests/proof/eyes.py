"""How a page is judged: by axe, by its width, by the ring around what has the focus."""

from typing import Any

from playwright.sync_api import Page

import config

AXE = config.ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
DESK, PHONE, ZOOMED, NARROW = (1366, 768), (360, 740), (683, 384), (320, 640)
Findings = dict[str, set[str]]

_RUN = """async ([tags, rules]) => {
  const only = rules ? {type: 'rule', values: rules} : {type: 'tag', values: tags};
  const found = await axe.run(document, {
    runOnly: only, resultTypes: ['violations'], iframes: false,
    rules: rules ? {} : {'target-size': {enabled: true}},
  });
  return found.violations.flatMap(v => v.nodes.slice(0, 4).map(
    n => v.id + '  ' + n.target.join(' ') + '  ' +
      (n.any.concat(n.all, n.none)[0] || {message: ''}).message.slice(0, 160)));
}"""
_BUILT = """() => {
  const seen = e => e.getClientRects().length > 0;
  const all = s => [...document.querySelectorAll(s)];
  const name = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') +
    (e.className && e.className.split ? '.' + e.className.split(' ').join('.') : '');
  const out = [];
  const lang = document.documentElement.lang;
  if (lang !== 'vi') out.push('lang ' + lang);
  if (!document.title.trim()) out.push('no title');
  if (all('h1').filter(seen).length !== 1) out.push('h1 × ' + all('h1').filter(seen).length);
  all('table').filter(seen).forEach(t => { if (!t.querySelector('th')) out.push('no headers  ' + name(t)); });
  all('[tabindex]').forEach(e => { if (e.tabIndex > 0) out.push('tabindex  ' + name(e)); });
  return out;
}"""
_RINGS = """() => {
  const look = e => { const s = getComputedStyle(e), p = getComputedStyle(e.parentElement);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor,
            s.textDecorationLine, p.outlineStyle, p.outlineWidth, p.boxShadow, p.borderColor].join('|'); };
  const stops = [...document.querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex]')]
    .filter(e => e.tabIndex >= 0 && !e.disabled && e.getClientRects().length && e.type !== 'hidden' &&
                 getComputedStyle(e).visibility === 'visible');
  const out = [];
  for (const e of stops) {
    e.blur(); document.activeElement.blur && document.activeElement.blur();
    const before = look(e); e.focus({preventScroll: true});
    if (document.activeElement === e && e.matches(':focus-visible') && look(e) === before)
      out.push('no visible focus  ' + e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' ' +
               (e.textContent || e.name || '').trim().slice(0, 40));
  }
  return [stops.length, out];
}"""


class Eyes:
    """A window whose pages are judged; `found` is finding → addresses."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: Findings = {}
        self.source = AXE.read_text(encoding="utf-8")

    def note(self, where: str, lines: list[str]) -> None:
        """Keep findings; the same finding on many pages is one line."""
        for line in lines:
            self.found.setdefault(line, set()).add(where)

    def axe(self, where: str, rules: list[str] | None = None) -> None:
        """Ask axe about the page as it stands."""
        if not self.page.evaluate("typeof window.axe === 'object'"):
            self.page.evaluate(self.source)
        self.note(where, self.page.evaluate(_RUN, [TAGS, rules]))

    def as_seen(self, size: tuple[int, int], theme: str) -> None:
        """Another window size and theme, without loading the page again."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.evaluate(
            "t => { document.documentElement.dataset.theme = t;"
            " document.documentElement.dataset.bsTheme = t; }",
            theme,
        )

    def width(self, where: str) -> None:
        """Nothing runs out of the window sideways."""
        most, width = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if most > width:
            self.note(where, [f"wider than the window at {width} px"])

    def judge(self, where: str, *, looks: int = 4) -> None:
        """The page in its looks: every rule once, colours and targets in as many of the four as said."""
        colours = ["color-contrast", "target-size"]
        self.as_seen(DESK, "light")
        self.note(where, self.page.evaluate(_BUILT))
        self.axe(where)
        self.as_seen(PHONE, "dark")
        self.width(where)
        for size, theme in ((PHONE, "dark"), (PHONE, "light"), (DESK, "dark"))[: looks - 1]:
            self.as_seen(size, theme)
            self.axe(where, colours)
        for size in (ZOOMED, NARROW):
            self.as_seen(size, "light")
            self.width(where)
        self.as_seen(DESK, "light")

    def rings(self, where: str) -> int:
        """Each stop of the Tab key shows that it has the focus; how many there are."""
        self.page.keyboard.press("Tab")
        count, lines = self.page.evaluate(_RINGS)
        self.note(where, lines)
        return int(count)

    def report(self) -> str:
        """All findings, the commonest first."""
        rows = sorted(self.found.items(), key=lambda item: (-len(item[1]), item[0]))
        return "\n".join(
            f"{len(where):3} × {line}\n        {', '.join(sorted(where)[:4])}"
            for line, where in rows
        )


def window(browser: Any, url: str, **options: Any) -> Page:
    """A window without movement, so that colours are what they end as."""
    settings = {"viewport": {"width": 1366, "height": 768}, "reduced_motion": "reduce", **options}
    context = browser.new_context(
        base_url=url, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **settings
    )
    context.set_default_timeout(30_000)
    page: Page = context.new_page()
    return page
