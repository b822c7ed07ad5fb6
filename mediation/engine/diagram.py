"""Pictures of a definition: Mermaid text for documents, SVG for the pages. Only titles are shown; nothing is fetched.

The SVG takes its colour from the text around it (currentColor) and has no style sheet, so that it follows dark mode
and a strict content policy. Events that come from many states would hide the story: the box they lead to tells them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape

from .definition import Definition, State
from .graph import edges
from .layout import Layout, Line, Node, Size, lay_out

MANY = 4
"""From this many states on, an event is told in the box it leads to instead of being drawn."""

_FULL_WIDTH = str.maketrans({'"': "”", ":": "：", ";": "；", "#": "＃", "<": "＜", ">": "＞", "\n": " "})
_TITLE, _SMALL = 15.0, 12.0
_LINE = 17.0
_LABEL_WIDTH = 9 * _SMALL

_Moves = Mapping[tuple[str, str], tuple[str, ...]]


def mermaid(definition: Definition) -> str:
    """A `stateDiagram-v2` with Chinese titles; ids are prefixed, because `end` or `state` are words of Mermaid."""
    states = definition.states.values()
    rows = ["stateDiagram-v2"]
    rows += [f'    state "{_plain(state.title)}" as s_{state.name}' for state in states]
    rows.append(f"    [*] --> s_{definition.initial}")
    ways = dict.fromkeys((edge.source, edge.target, edge.event.title) for edge in edges(definition))
    rows += [f"    s_{source} --> s_{target}: {_plain(title)}" for source, target, title in ways]
    rows += [f"    s_{state.name} --> [*]" for state in states if state.final]
    return "\n".join(rows) + "\n"


def svg(
    definition: Definition,
    counts: Mapping[str, int] | None = None,
    median_days: Mapping[str, float] | None = None,
) -> str:
    """The picture as one `<svg>` element; with numbers, each box says how many cases are in it and for how long."""
    layout = _layout(definition)
    arrow = f"flow-arrow-{definition.name}-{definition.version}"
    title = escape(f"{definition.title}（第{definition.version}版）流程图")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow" role="img" aria-label="{title}" '
        f'viewBox="0 0 {layout.width:.0f} {layout.height:.0f}" width="{layout.width:.0f}" '
        f'height="{layout.height:.0f}" color="currentColor" font-family="inherit" font-size="{_SMALL:.0f}">',
        f"<title>{title}</title>",
        f'<defs><marker id="{arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>',
    ]
    moves = _moves(definition)
    ports = _ports(layout)
    parts += [_drawn_line(line, moves[line.source, line.target], ports, arrow) for line in layout.lines]
    for name, node in layout.boxes.items():
        numbers = _numbers(name, counts, median_days)
        parts.append(_drawn_box(definition, definition.states[name], node, numbers))
    return "".join([*parts, "</svg>"])


def _plain(title: str) -> str:
    return title.translate(_FULL_WIDTH)


@lru_cache(maxsize=64)
def _layout(definition: Definition) -> Layout:
    """Made once per definition: live numbers change, the picture does not. One line of each box is kept for them."""
    boxes = {}
    for state in definition.states.values():
        lines = _box_lines(definition, state)
        width = max(_width(state.title, _TITLE), *(_width(line, _SMALL) for line in lines), 9 * _SMALL)
        boxes[state.name] = Size(width + 24, _LINE * (len(lines) + 2) + 12)
    labels = {move: _label_size(titles) for move, titles in _moves(definition).items()}
    return lay_out(boxes, labels)


def _moves(definition: Definition) -> _Moves:
    """The event titles to draw from state to state."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    wide = set(_wide(definition))
    for edge in edges(definition):
        if edge.source != edge.target and (edge.event.title, edge.target) not in wide:
            found[edge.source, edge.target][edge.event.title] = None
    return {move: tuple(titles) for move, titles in found.items()}


def _wide(definition: Definition) -> dict[tuple[str, str], int]:
    """Events that lead into one state from many: (title, target) → from how many."""
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in edges(definition):
        if edge.source != edge.target:
            sources[edge.event.title, edge.target].add(edge.source)
    return {key: len(names) for key, names in sources.items() if len(names) >= MANY}


def _stays(definition: Definition, state: State) -> tuple[str, ...]:
    """The events that leave the state as it is on every branch."""
    events = definition.events_from(state.name)
    return tuple(e.title for e in events if all(b.lands_in(state.name) == state.name for b in e.branches))


def _box_lines(definition: Definition, state: State) -> list[str]:
    """What stands under the title: the time limit, what may be done without leaving, who comes here from everywhere."""
    lines = [f"期限：{definition.deadlines[state.within].title}"] if state.within else []
    lines += [f"↻ {len(stays)} 项不改变状态"] if (stays := _stays(definition, state)) else []
    wide = _wide(definition).items()
    return lines + [f"← {title}（{n} 个状态）" for (title, target), n in wide if target == state.name]


def _numbers(state: str, counts: Mapping[str, int] | None, median_days: Mapping[str, float] | None) -> str:
    told = [f"{counts.get(state, 0)} 件"] if counts is not None else []
    if median_days is not None and state in median_days:
        told.append(f"中位 {median_days[state]:g} 天")
    return " · ".join(told)


def _drawn_box(definition: Definition, state: State, node: Node, numbers: str) -> str:
    kind = "final" if state.final else "initial" if state.name == definition.initial else "open"
    width, height = node.size.width, node.size.height
    x, y = node.x - width / 2, node.y - height / 2
    lines = _box_lines(definition, state)
    tip = "；".join(filter(None, [state.help, "、".join(_stays(definition, state))]))
    rows = [_text(state.title, node.x, y + 22, _TITLE, "state-title", "bold")]
    rows += [_text(line, node.x, y + 22 + _LINE * n, _SMALL, "state-note") for n, line in enumerate(lines, 1)]
    if numbers:
        rows.append(_text(numbers, node.x, y + 22 + _LINE * (len(lines) + 1), _SMALL, "state-numbers", "bold"))
    return (
        f'<g class="state {kind}" data-state="{escape(state.name)}">'
        + (f"<title>{escape(tip)}</title>" if tip else "")
        + f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{14 if state.final else 6}" '
        f'fill="currentColor" fill-opacity="{0.12 if state.final else 0.05}" stroke="currentColor" '
        f'stroke-width="{2 if kind != "open" else 1}"/>' + "".join(rows) + "</g>"
    )


def _drawn_line(line: Line, titles: tuple[str, ...], ports: "_Ports", arrow: str) -> str:
    upper, lower, label = line.chain[0], line.chain[-1], line.label
    first = [(ports[line, upper], upper.y + upper.size.height / 2), (ports[line, upper], upper.y + upper.band / 2)]
    last = [(ports[line, lower], lower.y - lower.band / 2), (ports[line, lower], lower.y - lower.size.height / 2)]
    at = line.chain.index(label)
    half = label.size.height / 2
    to_label = [*first, *_through(line.chain[1:at]), (label.x, label.y - label.band / 2), (label.x, label.y - half)]
    from_label = [
        (label.x, label.y + half),
        (label.x, label.y + label.band / 2),
        *_through(line.chain[at + 1 : -1]),
        *last,
    ]
    runs = [from_label[::-1], to_label[::-1]] if line.upward else [to_label, from_label]
    head = f' marker-end="url(#{arrow})"'
    paths = [
        f'<path d="{_curve(run)}" fill="none" stroke="currentColor" stroke-opacity="0.6"'
        + (' stroke-dasharray="5 3"' if line.upward else "")
        + (head if run is runs[1] else "")
        + "/>"
        for run in runs
    ]
    top = label.y - half + _SMALL
    texts = [_text(row, label.x, top + n * _LINE, _SMALL, "move-title") for n, row in enumerate(_rows(titles))]
    return f'<g class="move" data-from="{line.source}" data-to="{line.target}">' + "".join(paths + texts) + "</g>"


_Ports = Mapping[tuple[Line, Node], float]


def _ports(layout: Layout) -> _Ports:
    """Where lines meet a box: side by side, in the order in which they go on."""
    sides: dict[tuple[Node, bool], list[tuple[float, Line]]] = defaultdict(list)
    for line in layout.lines:
        sides[line.chain[0], True].append((line.chain[1].x, line))
        sides[line.chain[-1], False].append((line.chain[-2].x, line))
    found = {}
    for (box, _), ends in sides.items():
        step = min(26.0, (box.size.width - 24) / len(ends))
        for index, (_, line) in enumerate(sorted(ends, key=lambda end: end[0])):
            found[line, box] = box.x + (index - (len(ends) - 1) / 2) * step
    return found


def _through(stops: Iterable[Node]) -> list[tuple[float, float]]:
    """Straight through the whole height of each layer, bending only between layers."""
    return [point for stop in stops for point in ((stop.x, stop.y - stop.band / 2), (stop.x, stop.y + stop.band / 2))]


def _curve(points: list[tuple[float, float]]) -> str:
    x, y = points[0]
    path = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in points[1:]:
        if abs(to_y - y) < 0.5:
            continue
        middle = (y + to_y) / 2
        straight = abs(to_x - x) < 0.5
        path.append(
            f"V{to_y:.1f}" if straight else f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}"
        )
        x, y = (x if straight else to_x), to_y
    return "".join(path)


def _text(text: str, x: float, y: float, size: float, kind: str, weight: str = "normal") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="{size:.0f}" '
        f'font-weight="{weight}" fill="currentColor">{escape(text)}</text>'
    )


def _rows(titles: Iterable[str]) -> list[str]:
    """Label lines: one title a line, long ones broken."""
    most = int(_LABEL_WIDTH / _SMALL)
    return [title[at : at + most] for title in titles for at in range(0, len(title), most)]


def _label_size(titles: Iterable[str]) -> Size:
    rows = _rows(titles)
    return Size(max(_width(row, _SMALL) for row in rows) + 8, len(rows) * _LINE)


def _width(text: str, size: float) -> float:
    """Chinese characters are square, Latin ones about half as wide."""
    return sum(size if ord(char) > 0x2000 else size * 0.56 for char in text)
