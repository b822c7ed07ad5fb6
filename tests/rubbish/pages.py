"""What a browser would find on a page: links, and forms with everything that may be filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """`fields`: name and proposed value, in their order; `options`: what may be chosen under a name."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attributes: Sequence[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        self.links += [told[name] for name in ("href", "hx-get") if told.get(name, "").startswith("/")]
        if tag == "form":
            self._form = Form(told.get("action", ""), told.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._fill(self._form, tag, told)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def _fill(self, form: Form, tag: str, told: Mapping[str, str]) -> None:
        name = told.get("name", "")
        if tag == "option":
            form.options.setdefault(self._select, []).append(told.get("value", ""))
        elif tag == "select":
            self._select = name
            form.fields.append((name, ""))
        elif tag == "textarea" or (tag == "button" and name):
            form.fields.append((name, told.get("value", "")))
        elif tag == "input" and told.get("type") == "file":
            form.files.append(name)
        elif tag == "input" and told.get("type") in ("checkbox", "radio"):
            form.options.setdefault(name, []).append(told.get("value", "on"))
            form.fields.append((name, ""))
        elif tag == "input" and name:
            form.fields.append((name, told.get("value", "")))


def read(text: str) -> tuple[list[str], list[Form]]:
    """Its links within the site, and its forms."""
    page = _Page()
    page.feed(text)
    return page.links, page.forms
