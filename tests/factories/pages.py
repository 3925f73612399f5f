"""A page as the browser holds it: its fields with what they would send, and the messages beside them."""

from typing import Any

import lxml.html


class Page:
    """The HTML of an answer."""

    def __init__(self, answer: Any) -> None:
        self.tree = lxml.html.fromstring(answer.get_data(as_text=True))

    @property
    def text(self) -> str:
        """Everything a person reads."""
        return " ".join(self.tree.text_content().split())

    def find(self, path: str) -> Any:
        """The first element of an XPath; fails when there is none."""
        found = self.tree.xpath(path)
        assert found, f"the page has no {path}"
        return found[0]

    def all(self, path: str) -> list[Any]:
        """All elements of an XPath."""
        return list(self.tree.xpath(path))

    def words(self, element_id: str) -> str:
        """What stands in an element."""
        return " ".join(self.find(f"//*[@id='{element_id}']").text_content().split())

    def error(self, field_id: str) -> str:
        """The message at a field; empty when there is none."""
        box = self.find(f"//*[@id='{field_id}']/ancestor::div[contains(@class, 'field')][1]")
        found = box.xpath(".//*[contains(@class, 'field-error')]")
        return " ".join(found[0].text_content().split()) if found else ""

    def values(self, form: str = "//form[@id='counter']") -> dict[str, Any]:
        """What sending the form as it is would send, its buttons left out."""
        fields = self.find(form)
        out: dict[str, Any] = {}
        for name, raw in fields.form_values():
            value = raw.removeprefix("\n")  # the line break after <textarea> is no text
            if name in out:
                out[name] = [*([out[name]] if isinstance(out[name], str) else out[name]), value]
            else:
                out[name] = value
        return out
