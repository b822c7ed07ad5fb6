"""Whether the law as data holds together with everything that rests on it, on a given day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..law.periods import Period
from .resting import Room, cited_rows, counted_with, every, on_article


@dataclass(frozen=True, slots=True)
class Checked:
    """`faults` ("file:line: sentence") must be mended; `hints` are worth a look."""

    faults: tuple[str, ...]
    hints: tuple[str, ...]


def check_law(room: Room, workflows: Path, templates: Path, today: date) -> Checked:
    """What loading cannot see: days that have passed, cites of papers and code lists, periods that workflows need."""
    faults = (
        *_workflow_faults(room, today),
        *_period_faults(room, workflows, today),
        *_review_faults(room, workflows, today),
        *_code_faults(room, workflows),
        *_paper_faults(room, templates),
    )
    return Checked(tuple(faults), tuple(_hints(room, today)))


def _workflow_faults(room: Room, today: date) -> Iterator[str]:
    """Every period of a current workflow exists and has a version in force today."""
    for definition in room.definitions:
        for rule in definition.deadlines.values():
            for id in counted_with(rule):
                if not any(period.in_force(today) for period in room.law.periods.get(id, ())):
                    at = _line(definition.path, f"{id}")
                    yield f"{at}: 期限“{rule.name}”所用的“{id}”在{today}没有施行中的版本，请补充新的版本"


def _period_faults(room: Room, workflows: Path, today: date) -> Iterator[str]:
    """Periods in force rest on articles in force; a period that ended has a successor."""
    for id, versions in room.law.periods.items():
        current = [period for period in versions if period.in_force(today)]
        if not current and all(_ended(period, today) for period in versions):
            yield f"{_row(workflows, id)}: “{id}”已经失效而没有新的版本，请补充"
        for cite in {cite for period in current for cite in period.cites}:
            if cite.in_force_to and cite.in_force_to < today:
                yield f"{_row(workflows, id)}: “{id}”所引的“{cite.id}”已于{cite.in_force_to}失效，请改引现行条文"


def _ended(period: Period, today: date) -> bool:
    return period.in_force_to is not None and period.in_force_to < today


def _review_faults(room: Room, workflows: Path, today: date) -> Iterator[str]:
    for statute in room.law.statutes.values():
        if statute.reviewed_on > today:
            yield f"{_row(workflows, statute.id)}: “{statute.id}”的核对日期 {statute.reviewed_on} 还没有到，请核对"


def _code_faults(room: Room, workflows: Path) -> Iterator[str]:
    for row, cites in cited_rows(room.codes):
        for id in cites:
            if id not in room.law.statutes:
                at = _line(workflows / "codes" / f"{row.list_name}.yaml", f"  {row.code}:")
                yield f"{at}: “{row.title}”引用了不存在的条文“{id}”，请在 law/statutes/ 补上或改正"


def _paper_faults(room: Room, templates: Path) -> Iterator[str]:
    for paper in room.papers:
        for id in paper.basis:
            if id not in room.law.statutes:
                at = _line(templates / f"{paper.code}.txt.j2", "basis:")
                yield f"{at}: 文书“{paper.title}”引用了不存在的条文“{id}”，请在 law/statutes/ 补上或改正"


def _hints(room: Room, today: date) -> Iterator[str]:
    law = room.law
    for key, versions in law.amounts.items():
        last = versions[-1].in_force_to
        if last and last.year < today.year - 1:
            yield f"数额“{versions[-1].title}”（{key}）只到{last}，请补充新的数值"
    if today.year + 1 not in law.calendar.calendars and today.month >= 11:
        yield f"{today.year + 1}年的放假安排还没有录入，涉及该年的日期都是暂定"
    unused = [id for id in law.statutes if on_article(room, id).nothing]
    if unused:
        yield f"{len(unused)}条条文目前没有任何期限、数额、公式、文书依靠：{'、'.join(unused)}"
    doubtful = sum(bool(period.unverified_because) for period in every(law.periods))
    yield f"待核实：{len(law.doubts)}个事项，牵涉{doubtful}个期限（mediation law list --unverified）"


def _row(workflows: Path, id: str) -> str:
    """Where a row with this id begins, in whichever file of the law."""
    for path in sorted((workflows / "law").rglob("*.yaml")):
        found = _find(path, f"{id}:")
        if found:
            return f"{path}:{found}"
    return f"{workflows / 'law'}:1"


def _line(path: Path, text: str) -> str:
    return f"{path}:{_find(path, text.strip()) or 1}"


def _find(path: Path, text: str) -> int | None:
    """The first line that has the text at its start, else anywhere."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    starts = (n for n, line in enumerate(lines, 1) if line.lstrip().startswith(text))
    inside = (n for n, line in enumerate(lines, 1) if text in line and not text.endswith(":"))
    return next(starts, None) or next(inside, None)
