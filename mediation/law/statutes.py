"""Articles of law as data: what they say in short, since when, and how surely the text was read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mediation.law.reading import Row, gathered, rows

WHOLE = "全文"
_ARTICLE = re.compile(r"第([一二三四五六七八九十百千零]+)条")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Statute:
    """One article (or paragraph, or item). `source` is the tag S, L, B, P, M or D; only S and L count as verified.

    `in_force_from` is None where the day is not known.
    """

    id: str
    law: str
    short: str
    article: str
    number: int | None
    gist: str
    in_force_from: date | None
    in_force_to: date | None
    reviewed_on: date
    source: str
    verified: bool
    note: str | None = None

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def text(self) -> str:
        """As it is quoted: 《企业劳动争议协商调解规定》第二十九条."""
        return f"《{self.short}》" + ("" if self.article == WHOLE else self.article)


def read_statutes(place: Path, faults: list[str]) -> dict[str, Statute]:
    """All articles of a file or a folder of files by id, in the order of the files."""
    found: dict[str, Statute] = {}
    for key, law in gathered(place, "instruments", faults):
        for statute, article in _articles(key, law):
            if statute.id in found:
                article.fault("在别处已有，请删去一处")
            found[statute.id] = statute
        law.finish()
    return found


def _articles(key: str, law: Row) -> list[tuple[Statute, Row]]:
    name, short, since, until = (
        law.text("name"),
        law.text("short"),
        law.since("in_force_from"),
        law.maybe_day("in_force_to"),
    )
    law.maybe_text("number")
    law.maybe_text("note")
    articles = law.row("articles")
    if articles is None:
        law.fault("没有列出任何条文（articles）")
        return []
    found = []
    for article_id, row in rows(articles.node, law.faults):
        if article_id != key and not article_id.startswith(f"{key}-"):
            row.fault(f"的编号应以“{key}-”开头")
        found.append((_statute(article_id, row, name, short, since, until), row))
    return found


def _statute(id: str, row: Row, law: str, short: str, since: date | None, until: date | None) -> Statute:
    source, verified = row.source()
    article = row.text("article")
    statute = Statute(
        id=id,
        law=law,
        short=short,
        article=article,
        number=_number(id, article, row),
        gist=row.text("gist"),
        in_force_from=row.maybe_day("in_force_from") or since,
        in_force_to=row.maybe_day("in_force_to") or until,
        reviewed_on=row.day("reviewed_on"),
        source=source,
        verified=verified,
        note=row.maybe_text("note"),
    )
    if not verified and not statute.note:
        row.fault("未经核实，请在 note 写明缘由")
    row.finish()
    return statute


def _number(id: str, article: str, row: Row) -> int | None:
    written = _ARTICLE.match(article)
    if written is None:
        return None
    digits = re.search(r"-(\d+)", id)
    if digits is None or chinese_number(int(digits[1])) != written[1]:
        row.fault(f"的编号与条文“{article}”不一致", "article")
        return None
    return int(digits[1])


def chinese_number(n: int) -> str:
    """1 to 9999 as statutes number their articles: 12 十二, 103 一百零三, 1259 一千二百五十九."""
    text, places = "", ["", "十", "百", "千"]
    for place, digit in enumerate(reversed(str(n))):
        text = _DIGITS[int(digit)] + (places[place] if digit != "0" else "") + text
    text = re.sub("零+", "零", text).rstrip("零")
    return text.removeprefix("一") if text.startswith("一十") else text


def resolve(row: Row, key: str, statutes: Mapping[str, Statute]) -> tuple[Statute, ...]:
    """The statutes a row names under `key`; an unknown id is a fault."""
    ids = row.texts(key)
    for unknown in (i for i in ids if i not in statutes):
        row.fault(f"引用了不存在的条文“{unknown}”，请在 statutes/ 补上或改正", key)
    return tuple(statutes[i] for i in ids if i in statutes)
