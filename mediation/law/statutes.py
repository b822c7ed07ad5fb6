"""Articles of law as data: what they say in short, since when, and how surely the text was read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from mediation.law.doubts import Doubt, Doubts, reasons
from mediation.law.reading import Row, gathered, rows

WHOLE = "全文"
_ARTICLE = re.compile(r"第([一二三四五六七八九十百千零]+)条")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Statute:
    """One article (or paragraph, or item). `source` is the tag S, L, B, P, M or D; only S and L count as verified.

    `in_force_from` is None where the day is not known. `doubts` are the open points that touch it.
    """

    id: str
    instrument: str
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
    doubts: tuple[Doubt, ...] = ()

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def text(self) -> str:
        """As it is quoted: 《企业劳动争议协商调解规定》第二十九条."""
        return f"《{self.short}》" + ("" if self.article == WHOLE else self.article)

    @property
    def unverified_because(self) -> tuple[str, ...]:
        """The reasons; empty when verified."""
        return reasons(self.verified, self.source, f"{self.text}：{self.note}", self.doubts)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One law, rule or notice. `number` is how it was issued; `in_force_from` None: the day is not known."""

    id: str
    name: str
    short: str
    number: str | None
    in_force_from: date | None
    in_force_to: date | None
    note: str | None
    articles: tuple[Statute, ...]


def read_instruments(place: Path, doubts: Doubts, faults: list[str]) -> dict[str, Instrument]:
    """All laws with their articles, of a file or a folder of files, in the order of the files."""
    found: dict[str, Instrument] = {}
    seen: set[str] = set()
    for key, law in gathered(place, "instruments", faults):
        found[key] = _instrument(key, law, doubts, seen)
        law.finish()
    return found


def _instrument(key: str, law: Row, doubts: Doubts, seen: set[str]) -> Instrument:
    bare = Instrument(
        id=key,
        name=law.text("name"),
        short=law.text("short"),
        number=law.maybe_text("number"),
        in_force_from=law.since("in_force_from"),
        in_force_to=law.maybe_day("in_force_to"),
        note=law.maybe_text("note"),
        articles=(),
    )
    articles = law.row("articles")
    if articles is None:
        law.fault("没有列出任何条文（articles）")
        return bare
    found = []
    for id, row in rows(articles.node, law.faults):
        statute = _article(id, row, bare)
        if id in seen:
            row.fault("在别处已有，请删去一处")
        seen.add(id)
        found.append(_doubted(statute, doubts.of(statute.source, instruments=key, articles=id)))
    return replace(bare, articles=tuple(found))


def _doubted(statute: Statute, doubts: tuple[Doubt, ...]) -> Statute:
    return replace(statute, verified=False, doubts=doubts) if doubts else statute


def _article(id: str, row: Row, law: Instrument) -> Statute:
    if id != law.id and not id.startswith(f"{law.id}-"):
        row.fault(f"的编号应以“{law.id}-”开头")
    source, verified = row.source()
    article = row.text("article")
    statute = Statute(
        id=id,
        instrument=law.id,
        law=law.name,
        short=law.short,
        article=article,
        number=_number(id, article, row),
        gist=row.text("gist"),
        in_force_from=row.maybe_day("in_force_from") or law.in_force_from,
        in_force_to=row.maybe_day("in_force_to") or law.in_force_to,
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
