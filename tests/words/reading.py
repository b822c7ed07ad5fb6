"""What a reader of a page meets in Chinese: texts and spoken attributes, but for what is marked as Chinese."""

from collections.abc import Iterator
from html.parser import HTMLParser

from .collect import CHINESE

SPOKEN = ("title", "alt", "aria-label", "placeholder", "data-label", "data-confirm", "label")
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))


class _Reader(HTMLParser):
    """Keeps the language of every open element; what stands in a field was typed or chosen and is nobody's word."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.met: list[str] = []

    @property
    def language(self) -> str:
        return self.open[-1][1] if self.open else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or ("zh" if tag == "textarea" else self.language)
        if not language.startswith("zh"):
            self.met += [told for name in SPOKEN if CHINESE.search(told := given.get(name) or "")]
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if CHINESE.search(data) and not self.language.startswith("zh"):
            self.met.append(" ".join(data.split()))


def chinese_of(page: str) -> Iterator[str]:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    yield from reader.met
