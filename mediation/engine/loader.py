"""Reads definition files strictly. Every fault is told at once, as file:line and a Chinese sentence."""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from ..errors import BrokenDefinition
from ..law import strict_yaml
from .asks import answers_model
from .checks import check, check_folder
from .definition import TODAY, Ask, Branch, DeadlineRule, Definition, Event, Extension, State
from .grammar import ASK, BRANCH, DEADLINE, EVENT, EXTENSION, STATE, TOP, Block, Source
from .vocabulary import Vocabulary

_DAYS = re.compile(r"([+-]?[0-9]{1,3})d")
_VERSIONED = re.compile(r"(?P<name>.+)\.v(?P<version>[0-9]+)")


def load_definition(path: Path, vocabulary: Vocabulary, previous: Definition | None = None) -> Definition:
    """The checked definition of one file; BrokenDefinition otherwise. `previous` is the version before it, if any."""
    source = Source(path, strict_yaml.load(path))
    definition = _Builder(source, vocabulary).definition()
    check(source, definition, vocabulary, previous)
    if source.faults:
        raise BrokenDefinition(source.faults)
    for event in definition.events.values():
        answers_model(event, vocabulary)
    return definition


def load_folder(folder: Path, vocabulary: Vocabulary) -> Mapping[str, Mapping[int, Definition]]:
    """All versions of all workflows: NAME.yaml is current, versions/NAME.vN.yaml are those that old cases run on."""
    faults: list[str] = []
    loaded: dict[str, dict[int, Definition]] = {}
    for name, paths in sorted(_files(folder).items()):
        previous = None
        for path in paths:
            try:
                previous = _named(load_definition(path, vocabulary, previous), name)
                loaded.setdefault(name, {})[previous.version] = previous
            except BrokenDefinition as broken:
                faults += broken.faults
    if not faults:
        faults += check_folder(folder, loaded, vocabulary)
    if faults:
        raise BrokenDefinition(faults)
    return MappingProxyType({name: MappingProxyType(versions) for name, versions in loaded.items()})


def _files(folder: Path) -> dict[str, list[Path]]:
    """Paths by workflow, oldest version first and the current one last."""
    found: dict[str, list[tuple[float, Path]]] = {}
    for path in folder.glob("*.yaml"):
        found.setdefault(path.stem, []).append((float("inf"), path))
    for path in (folder / "versions").glob("*.yaml"):
        if (match := _VERSIONED.fullmatch(path.stem)) is None:
            raise BrokenDefinition([f"{path}:1: 旧版本的文件名应当形如 dispute.v1.yaml"])
        found.setdefault(match["name"], []).append((int(match["version"]), path))
    return {name: [path for _, path in sorted(rows)] for name, rows in found.items()}


def _named(definition: Definition, name: str) -> Definition:
    path = definition.path
    if definition.name != name:
        raise BrokenDefinition([f"{path}:1: workflow 写的是“{definition.name}”，与文件名“{name}”不一致"])
    match = _VERSIONED.fullmatch(path.stem)
    if match and int(match["version"]) != definition.version:
        raise BrokenDefinition([f"{path}:1: version 写的是 {definition.version}，与文件名不一致"])
    return definition


class _Builder:
    """Turns the marked tree into a Definition; whatever is unreadable becomes a fault and a harmless default."""

    def __init__(self, source: Source, vocabulary: Vocabulary) -> None:
        self.source = source
        self.vocabulary = vocabulary
        self.open_states: tuple[str, ...] = ()

    def definition(self) -> Definition:
        top = Block(self.source, (), self.source.tree, TOP)
        for key in ("states", "events"):
            if key not in top:
                top.fault(key, f"定义必须填写“{key}”")
        states = {name: _state(name, block) for name, block in top.blocks("states", STATE).items()}
        self.open_states = tuple(state.name for state in states.values() if not state.final)
        events = {name: self.event(name, block) for name, block in top.blocks("events", EVENT).items()}
        deadlines = {name: self.deadline(name, block) for name, block in top.blocks("deadlines", DEADLINE).items()}
        return Definition(
            name=top.needed("workflow"),
            version=_version(top),
            title=top.needed("title"),
            initial=top.needed("initial"),
            states=MappingProxyType(states),
            events=MappingProxyType(events),
            deadlines=MappingProxyType(deadlines),
            renamed=MappingProxyType(_renamed(top)),
            digest=sha256(self.source.path.read_bytes()).hexdigest()[:16],
            path=self.source.path,
            opens_at_start=top.names("opens_at_start"),
            issues_at_start=top.names("issues_at_start"),
            about=top.text("about"),
        )

    def event(self, name: str, block: Block) -> Event:
        if not block.names("by"):
            block.fault("by", f"事件“{name}”没有写明谁可以办理（by），默认谁都不能办理")
        return Event(
            name=name,
            title=block.needed("title"),
            help=block.text("help") or "",
            by=block.names("by"),
            from_=self.from_(block),
            anywhere=block.value("from") == "any",
            branches=_branches(block),
            asks=MappingProxyType({name: _ask(name, ask) for name, ask in block.blocks("asks", ASK).items()}),
            guards=block.names("guards"),
            effects=block.names("effects"),
            closes=block.names("closes"),
            opens=block.names("opens"),
            extends=tuple(_extension(item) for item in block.listed("extends", EXTENSION)),
            suspends=block.names("suspends"),
            resumes=block.names("resumes"),
            issues=block.names("issues"),
            starts=block.text("starts"),
            on_end=block.names("on_end"),
            confirm=block.text("confirm"),
            group=block.text("group"),
        )

    def from_(self, block: Block) -> tuple[str, ...]:
        value = block.value("from")
        if value == "any":
            return self.open_states
        if isinstance(value, list):
            return block.names("from")
        return (name,) if (name := block.needed("from")) else ()

    def deadline(self, name: str, block: Block) -> DeadlineRule:
        period = block.text("period")
        remind = _remind(block)
        known = self.vocabulary.period(period)
        return DeadlineRule(
            name=name,
            title=block.text("title", required=period is None) or (known.title if known else ""),
            period=period,
            on=block.text("on"),
            from_=block.text("from"),
            each=block.text("each"),
            owner=block.text("owner", required=not remind) or next(iter(remind), ""),
            target=_target(block),
            remind=MappingProxyType(remind),
            on_missed=block.text("on_missed"),
            legal=known is not None and known.is_law,
            instead=MappingProxyType(_instead(block)),
        )


def _version(top: Block) -> int:
    value = top.value("version")
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    top.fault("version", "“version”应当是 1、2、3…这样的版本号")
    return 1


def _state(name: str, block: Block) -> State:
    return State(
        name=name,
        title=block.needed("title"),
        final=block.flag("final", False),
        acts_next=block.text("acts_next"),
        within=block.text("within"),
        help=block.text("help") or "",
    )


def _branches(block: Block) -> tuple[Branch, ...]:
    if isinstance(block.value("to"), list):
        return tuple(
            Branch(
                to=_target_state(item.needed("state")),
                guards=item.names("guards"),
                outcome=item.text("outcome"),
                closes=item.names("closes"),
                opens=item.names("opens"),
            )
            for item in block.listed("to", BRANCH)
        )
    return (Branch(_target_state(block.needed("to")), (), None),)


def _target_state(name: str) -> str | None:
    return None if name == "same" else name


def _ask(name: str, block: Block) -> Ask:
    type, default = block.needed("type"), block.value("default")
    default = str(default) if isinstance(default, str) else default  # an answer, and no word of ours
    today = type == "date" and default == TODAY
    return Ask(
        name=name,
        type=type,
        title=block.needed("title"),
        required=block.flag("required", True),
        help=block.text("help") or "",
        choices=block.text("choices"),
        default=None if today else default,
        many=block.flag("many", False),
        today=today,
        fresh=block.flag("fresh", False),
        same_as=block.names("same_as"),
    )


def _extension(block: Block) -> Extension:
    until, days = block.text("until"), block.text("days")
    if (until is None) == (days is None):
        block.fault("deadline", "延长期限要么写 until（约定的新日期），要么写 days（延长的天数），只写一项")
    return Extension(block.needed("deadline"), until, days)


def _remind(block: Block) -> dict[str, tuple[int, ...]]:
    table = block.table("remind")
    return {role: _offsets(table, role) for role in table}


def _instead(block: Block) -> dict[str, Mapping[str, str]]:
    table = block.table("instead")
    return {
        fact: {value: choices.needed(value) for value in choices} for fact in table for choices in [table.table(fact)]
    }


def _offsets(table: Block, role: str) -> tuple[int, ...]:
    days = {_days(table, role, text) for text in table.names(role)}
    return tuple(sorted(day for day in days if day is not None))


def _days(block: Block, key: str, text: str) -> int | None:
    if (match := _DAYS.fullmatch(text)) is None:
        block.fault(key, f"“{text}”应当写成 -5d（提前五天）、0d（当天）、1d（过后一天）")
        return None
    return int(match[1])


def _target(block: Block) -> int | None:
    if (text := block.text("target")) is None or (days := _days(block, "target", text)) is None:
        return None
    if days >= 0:
        block.fault("target", "内部目标（target）应当早于法定期限，例如 -2d")
    return -days


def _renamed(top: Block) -> dict[str, str]:
    table = top.table("renamed")
    return {old: table.needed(old) for old in table}
