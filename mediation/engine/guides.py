"""办案指引: for each state of each workflow what a mediator who is no lawyer needs to hear now.

The texts stand in `workflows/guides/NAME.yaml`, beside the definitions and outside them: they change no behaviour, so a
better word needs no new version and leaves the digest alone that is stamped on decisions. One file serves all versions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import BrokenDefinition
from ..law import strict_yaml
from ..law.statutes import Statute
from .definition import Definition, Event, State
from .grammar import Block, Source
from .resting import Room, cited_rows, counted_with

TOP = ("guide", "states")
GUIDE = ("now", "next", "ask", "mistakes", "articles")
FEWEST, MOST = 2, 4
"""Questions to the parties, in a state that is no end."""

Guides = Mapping[str, Mapping[str, "Guide"]]
"""By workflow and state."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What happens `now`, the ordinary steps forward (`next`; none where others decide), what to `ask` the parties,
    common `mistakes`, and the articles it rests on.

    Who acts by when is not told here: the state's `acts_next` and `within` say that.
    """

    now: str
    next: tuple[str, ...]
    ask: tuple[str, ...]
    mistakes: tuple[str, ...]
    articles: tuple[Statute, ...]


def load_guides(folder: Path, workflows: Mapping[str, Mapping[int, Definition]], room: Room) -> Guides:
    """One file for each workflow. BrokenDefinition tells every state without a guide, every guide without a state, and
    every article that is unknown or that nothing in the state cites."""
    faults = [
        f"{path}:1: 没有名为“{path.stem}”的流程，请改正文件名或删去"
        for path in sorted(folder.glob("*.yaml"))
        if path.stem not in workflows
    ]
    found: dict[str, Mapping[str, Guide]] = {}
    for name, versions in workflows.items():
        try:
            found[name] = _read(folder / f"{name}.yaml", list(versions.values()), room)
        except BrokenDefinition as broken:
            faults += broken.faults
    if faults:
        raise BrokenDefinition(faults)
    return found


def cited_in(room: Room, definition: Definition, state: State) -> frozenset[str]:
    """The articles that a state's own periods, events, papers and code lists rest on, by id."""
    events = definition.events_from(state.name)
    deadlines = {state.within, *(name for event in events for name in _touched(event))} - {None}
    periods = {id for name in deadlines if name for id in counted_with(definition.deadlines[name])}
    periods |= {id for event in events if event.starts for id in _at_start(room, event.starts)}
    papers = {paper.code: paper.basis for paper in room.papers}
    lists = {ask.choices for event in events for ask in event.asks.values()}
    return frozenset(
        [
            *(cite.id for id in periods for period in room.law.periods.get(id, ()) for cite in period.cites),
            *(id for event in events for code in event.issues for id in papers.get(code, ())),
            *(id for row, cites in cited_rows(room.codes) if row.list_name in lists for id in cites),
        ]
    )


def _touched(event: Event) -> Iterator[str]:
    """The deadlines that an event begins, ends or moves."""
    yield from (*event.opens, *event.closes, *event.suspends, *event.resumes)
    yield from (extension.deadline for extension in event.extends)
    for branch in event.branches:
        yield from (*branch.opens, *branch.closes)


def _at_start(room: Room, workflow: str) -> Iterator[str]:
    """The periods that begin with a proceeding of this workflow."""
    for definition in room.definitions:
        if definition.name == workflow:
            for name in definition.opens_at_start:
                yield from counted_with(definition.deadlines[name])


def _read(path: Path, versions: list[Definition], room: Room) -> Mapping[str, Guide]:
    source = Source(path, strict_yaml.load(path))
    top = Block(source, (), source.tree, TOP)
    if top.needed("guide") != path.stem:
        top.fault("guide", f"guide 写的是“{top.value('guide')}”，与文件名“{path.stem}”不一致")
    blocks = top.blocks("states", GUIDE)
    known = {name: definition for definition in versions for name in definition.states}
    for name in known.keys() - blocks.keys():
        source.fault(("states",), f"状态“{name}”（{known[name].states[name].title}）没有办案指引，请补写")
    for name in blocks.keys() - known.keys():
        source.fault(("states", name), f"流程的各个版本都没有状态“{name}”，请删去或改正")
    guides = {name: _guide(block, known[name], name, room) for name, block in blocks.items() if name in known}
    if source.faults:
        raise BrokenDefinition(source.faults)
    return guides


def _guide(block: Block, definition: Definition, name: str, room: Room) -> Guide:
    state, ask, ids = definition.states[name], block.names("ask"), block.names("articles")
    if not state.final and not FEWEST <= len(ask) <= MOST:
        block.fault("ask", f"“{name}”要写{FEWEST}到{MOST}个问当事人的问题，现有{len(ask)}个")
    known = {event.name: event for event in definition.events_from(name)}
    for event in block.names("next"):
        if event not in known:
            block.source.fault((*block.where, "next", event), f"在状态“{name}”没有事件“{event}”")
        elif state.acts_next not in known[event].by:
            block.source.fault(
                (*block.where, "next", event), f"事件“{event}”不由状态“{name}”的承办角色办理，请删去或换一个"
            )
    cited = cited_in(room, definition, state)
    for id in ids:
        if id not in room.law.statutes:
            block.source.fault((*block.where, "articles", id), f"没有编号为“{id}”的条文，请先补到 law/statutes/")
        elif id not in cited:
            block.source.fault(
                (*block.where, "articles", id), f"状态“{name}”的期限、文书和代码表都没有引用“{id}”，请删去或换一条"
            )
    articles = tuple(room.law.statutes[id] for id in ids if id in room.law.statutes)
    return Guide(block.needed("now"), block.names("next"), ask, block.names("mistakes"), articles)
