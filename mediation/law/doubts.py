"""What nobody has verified yet, as data: each open point says why, and what rests on it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mediation.law.reading import SOURCES, Row, gathered

MARKS = ("open", "watch")
KINDS = ("instruments", "articles", "periods", "amounts", "calendars", "formulas", "sources", "topics")
"""What an open point may touch. `topics` are words for what has no id."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One open point. `mark` open: what it touches counts as unverified; watch: it only has to be kept an eye on."""

    id: str
    number: int
    title: str
    reason: str
    mark: str
    touches: Mapping[str, tuple[str, ...]]

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def text(self) -> str:
        """As people read it beside whatever rests on it."""
        return f"{self.title}：{self.reason}"


class Doubts:
    """The open points by id, asked by what they touch; every id they name is held against `known` by `check`."""

    def __init__(self, place: Path, faults: list[str]) -> None:
        self._rows: dict[str, Row] = {}
        self.by_id = {key: self._read(key, row) for key, row in gathered(place, "unverified", faults)}

    def _read(self, key: str, row: Row) -> Doubt:
        self._rows[key] = row
        touched = row.row("touches")
        doubt = Doubt(
            id=key,
            number=row.maybe_count("number") or 0,
            title=row.text("title"),
            reason=row.text("reason"),
            mark=row.choice("mark", MARKS, "open"),
            touches={kind: touched.texts(kind) for kind in KINDS} if touched else {},
        )
        if touched:
            touched.finish()
        if not any(doubt.touches.values()):
            row.fault("没有写明牵涉什么，请在 touches 列出", "touches")
        row.finish()
        return doubt

    def of(self, source: str, **ids: str) -> tuple[Doubt, ...]:
        """The open points (not the merely watched ones) that touch a row: by its ids per kind, or by its source."""
        tags = set(source.split("/"))
        return tuple(
            doubt
            for doubt in self.by_id.values()
            if doubt.mark == "open"
            and (
                tags & set(doubt.touches.get("sources", ()))
                or any(id in doubt.touches[kind] for kind, id in ids.items())
            )
        )

    def check(self, known: Mapping[str, Collection[str]]) -> None:
        """Every id is one of `known`, else a fault beside those of reading; kinds not given are not checked."""
        known = {"sources": SOURCES, **known}
        for key, kind, id in self._named():
            if kind in known and id not in known[kind]:
                self._rows[key].row("touches").fault(f"牵涉的“{id}”不存在，请核对编号", kind)  # type: ignore[union-attr]

    def _named(self) -> Iterator[tuple[str, str, str]]:
        for key, doubt in self.by_id.items():
            for kind, ids in doubt.touches.items():
                yield from ((key, kind, id) for id in ids)


def reasons(verified: bool, source: str, note: str | None, doubts: Iterable[Doubt]) -> tuple[str, ...]:
    """Why a row is not verified: its own note when its source is weak, then the open points that touch it."""
    weak = not set(source.split("/")) <= {"S", "L"}
    own = [note or f"来源标记{source}，没有核对原文"] if weak and not verified else []
    return (*own, *(doubt.text for doubt in doubts))
