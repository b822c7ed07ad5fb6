"""The replay of one case, and of a file of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ..cases import models
from ..deadlines.models import Deadline
from ..errors import MediationError, NotFound
from .awards import book_other_sums
from .published import Case, File, Meta
from .stage import Stage, not_in_force
from .steps.intake import CHANNELS, enter
from .steps.mediating import extend_if_needed
from .story import Line, NotYet, Story, begin_story
from .sums import Compared, compare
from .vocabulary import HANDLERS, TITLES


@dataclass(frozen=True, slots=True)
class Ending:
    """Where one proceeding stands after the replay."""

    workflow: str
    workflow_title: str
    state: str
    state_title: str
    outcome: str | None
    outcome_title: str
    open_deadlines: tuple[tuple[str, date, bool], ...]
    """(title, last day, provisional) of what still runs."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one case."""

    case: Case
    number: str | None
    lines: tuple[Line, ...]
    endings: tuple[Ending, ...]
    sums: tuple[Compared, ...]
    notes: tuple[str, ...]

    @property
    def faults(self) -> tuple[Compared, ...]:
        return tuple(found for found in self.sums if found.verdict == "different")

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.expressed)

    @property
    def noted(self) -> tuple[Line, ...]:
        """Steps that are only in the work log, because the procedure could not take them at that point."""
        return tuple(line for line in self.lines if line.noted is not None)

    @property
    def complete(self) -> bool:
        return not self.missing and all(found.verdict in ("equal", "unpublished") for found in self.sums)


def replay(file: File, stage: Stage, *, only: str | None = None) -> Iterable[Replayed]:
    """Every case of the file in its order, or the one with this number."""
    wanted: Sequence[Case] = [case for case in file.cases if only in (None, case.id)]
    if not wanted:
        raise NotFound(f"文件中没有编号为“{only}”的案例，已有：{'、'.join(case.id for case in file.cases)}")
    return (replay_case(case, file.meta, stage) for case in wanted)


def replay_case(case: Case, meta: Meta, stage: Stage) -> Replayed:
    """Act the steps out in their order; a step that cannot be expressed is told and the next one follows."""
    story = begin_story(case, meta, stage)
    for code in case.steps:
        story.lines.append(Line(code))
        _act(story)
    book_other_sums(story)
    return Replayed(case, _number(story), tuple(story.lines), _endings(story), compare(story), _notes(story))


def _act(story: Story) -> None:
    line = story.line
    try:
        day = story.pace.day(story.position, story.today)
        extend_if_needed(story, day)
        story.go_to(day)
        if not (story.registered or line.code in CHANNELS):
            enter(story)
        HANDLERS[line.code](story)
    except NotYet as gap:
        _note(story, gap.area, gap.reason)
    except MediationError as error:
        _note(story, "系统没有允许", _whole(error))


def _note(story: Story, area: str, reason: str) -> None:
    """What the procedure cannot take at this point is kept in the work log, with the reason, and counted apart."""
    line = story.line
    if not story.registered:
        line.area, line.reason = area, reason
        return
    story.activity("other_procedure", f"来源载明：{TITLES[line.code]}")
    line.noted = f"{area}：{reason}"
    story.did(f"程序此时不能办理，记入工作记录（{reason}）")


def _whole(error: MediationError) -> str:
    """The sentence with the sentences about single fields."""
    fields = getattr(error, "fields", {})
    return error.sentence + "".join(f"（{name}：{words}）" for name, words in fields.items())


def _number(story: Story) -> str | None:
    return next(iter(story.read(select(models.Case.number).where(models.Case.id == story.case_id))), None)


def _endings(story: Story) -> tuple[Ending, ...]:
    query = select(models.Proceeding).where(models.Proceeding.case_id == story.case_id)
    return tuple(_ending(story, proceeding) for proceeding in story.read(query.order_by(models.Proceeding.id)))


def _ending(story: Story, proceeding: models.Proceeding) -> Ending:
    definition = story.runtime.machine(proceeding.workflow, proceeding.version).definition
    running = select(Deadline).where(Deadline.proceeding_id == proceeding.id, Deadline.closed_at.is_(None))
    return Ending(
        proceeding.workflow,
        definition.title,
        proceeding.state,
        definition.states[proceeding.state].title,
        proceeding.outcome,
        story.runtime.title("outcomes", proceeding.outcome),
        tuple((d.title, d.legal_due, d.provisional) for d in story.read(running.order_by(Deadline.legal_due))),
    )


def _notes(story: Story) -> tuple[str, ...]:
    """What a reader must know of the whole case: rules younger than the case, provisional days."""
    notes = []
    rows = story.read(select(Deadline).where(Deadline.case_id == story.case_id).order_by(Deadline.id))
    for row in rows:
        since = not_in_force(story.stage.law, row.period, row.start_on) if row.period else None
        if since is not None:
            words = f"“{row.title}”按{since.isoformat()}起施行的规定推算，{row.start_on.isoformat()}时该规定尚未施行"
            notes.append(words)
    if any(row.provisional for row in rows):
        notes.append("部分期限所在年份没有载入放假日历，日期为暂定")
    return tuple(dict.fromkeys(notes))
