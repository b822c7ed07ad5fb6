"""A small layered layout for definitions of about fifteen states: boxes in ranks, labels with room of their own.

Ranks follow the order of the states in the file, which is how the author tells the story. Between two ranks of boxes
lies one of labels; long edges get a stop in every rank they cross, so that no line runs through a box. Pixels.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

GAP_X = 18.0
GAP_Y = 20.0
_SWEEPS = 24
_PULLS = 200
_STOP_WEIGHT = 4.0
"""Long edges should run straight; boxes may move aside for them."""
_LOOSE = 0.01
"""A box without lines goes where the others leave room."""


@dataclass(frozen=True, slots=True)
class Size:
    width: float
    height: float


@dataclass(slots=True, eq=False)
class Node:
    """A box (`key` is its state), the label of an edge, or a stop of a long edge; `x` and `y` are its centre."""

    key: str
    rank: int
    size: Size
    weight: float
    x: float = 0.0
    y: float = 0.0
    band: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """An edge as laid out: its nodes from the upper box to the lower one. `upward` says it is read from below."""

    source: str
    target: str
    chain: tuple[Node, ...]
    label: Node
    upward: bool


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    boxes: Mapping[str, Node]
    lines: tuple[Line, ...]
    width: float
    height: float


def lay_out(boxes: Mapping[str, Size], edges: Mapping[tuple[str, str], Size]) -> Layout:
    """`boxes` in story order, the first on top; `edges` from box to box with the size of their label; no loops."""
    ranks = _ranks(list(boxes), edges)
    nodes = {name: Node(name, 2 * ranks[name], size, 1.0) for name, size in boxes.items()}
    lines = tuple(_line(nodes, source, target, label) for (source, target), label in edges.items())
    layers = _layers([*nodes.values(), *(node for line in lines for node in line.chain[1:-1])])
    above, below = _neighbours(lines)
    _order(layers, above, below)
    _place(layers, above, below)
    left = min((node.x - node.size.width / 2 for layer in layers for node in layer), default=0.0)
    for layer in layers:
        for node in layer:
            node.x += GAP_X - left
    right = max((node.x + node.size.width / 2 for layer in layers for node in layer), default=0.0)
    return Layout(nodes, lines, right + GAP_X, _stack(layers))


def _ranks(names: list[str], edges: Mapping[tuple[str, str], Size]) -> dict[str, int]:
    """Longest way down; an edge counts from the earlier state to the later. What no edge reaches goes to the bottom."""
    place = {name: index for index, name in enumerate(names)}
    pairs = {tuple(sorted(edge, key=place.__getitem__)) for edge in edges}
    ranks = dict.fromkeys(names, 0)
    for name in names:
        ranks[name] = max((ranks[upper] + 1 for upper, lower in pairs if lower == name), default=0)
    bottom, touched = max(ranks.values(), default=0), {name for pair in pairs for name in pair}
    return {name: rank if name in touched or name == names[0] else bottom for name, rank in ranks.items()}


def _line(nodes: Mapping[str, Node], source: str, target: str, label: Size) -> Line:
    """The chain of an edge; its label sits next to the box it is read from."""
    upward = nodes[source].rank > nodes[target].rank
    upper, lower = (nodes[target], nodes[source]) if upward else (nodes[source], nodes[target])
    stops = [Node("", rank, Size(6, 0), _STOP_WEIGHT) for rank in range(upper.rank + 1, lower.rank)]
    at = -1 if upward else 0
    stops[at] = Node("", stops[at].rank, label, 1.0)
    return Line(source, target, (upper, *stops, lower), stops[at], upward)


def _layers(nodes: Sequence[Node]) -> list[list[Node]]:
    layers: list[list[Node]] = [[] for _ in range(max((node.rank for node in nodes), default=-1) + 1)]
    for node in nodes:
        layers[node.rank].append(node)
    return layers


_Neighbours = Mapping[Node, Sequence[Node]]


def _neighbours(lines: Sequence[Line]) -> tuple[_Neighbours, _Neighbours]:
    above: dict[Node, list[Node]] = defaultdict(list)
    below: dict[Node, list[Node]] = defaultdict(list)
    for line in lines:
        for upper, lower in pairwise(line.chain):
            below[upper].append(lower)
            above[lower].append(upper)
    return above, below


def _order(layers: list[list[Node]], above: _Neighbours, below: _Neighbours) -> None:
    """Fewest crossings found by sorting each layer by the mean place of its neighbours, down and up in turn."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers, below)
    for sweep in range(_SWEEPS):
        towards, walk = (above, layers) if sweep % 2 == 0 else (below, layers[::-1])
        for layer in walk:
            place = {node: index / len(row) for row in layers for index, node in enumerate(row)}
            layer.sort(key=lambda node: _mean([place[n] for n in towards.get(node, ())], place[node]))
        if (found := _crossings(layers, below)) < fewest:
            best, fewest = [list(layer) for layer in layers], found
    layers[:] = best


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _crossings(layers: Sequence[Sequence[Node]], below: _Neighbours) -> int:
    total = 0
    for upper, lower in pairwise(layers):
        place = {node: index for index, node in enumerate(lower)}
        seen: list[int] = []
        for node in upper:
            ends = sorted(place[n] for n in below.get(node, ()))
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            seen = sorted(seen + ends)
    return total


def _place(layers: Sequence[Sequence[Node]], above: _Neighbours, below: _Neighbours) -> None:
    for layer in layers:
        _settle(layer, [(0.0, node.weight) for node in layer])
    for sweep in range(_PULLS):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            around = [[n.x for n in (*above.get(node, ()), *below.get(node, ()))] for node in layer]
            middle = _mean([x for xs in around for x in xs], 0.0)
            _settle(
                layer,
                [(_mean(xs, middle), node.weight if xs else _LOOSE) for node, xs in zip(layer, around, strict=True)],
            )


def _settle(layer: Sequence[Node], wanted: Sequence[tuple[float, float]]) -> None:
    """The places nearest to the wanted ones (least squares by weight) that keep order and gaps: pool what collides."""
    offsets, at = [], 0.0
    for index, node in enumerate(layer):
        at += (layer[index - 1].size.width + node.size.width) / 2 + GAP_X if index else 0.0
        offsets.append(at)
    pools: list[tuple[float, float, int]] = []
    for (x, weight), offset in zip(wanted, offsets, strict=True):
        mean, count = x - offset, 1
        while pools and pools[-1][0] >= mean:
            other, other_weight, other_count = pools.pop()
            mean = (mean * weight + other * other_weight) / (weight + other_weight)
            weight, count = weight + other_weight, count + other_count
        pools.append((mean, weight, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    for node, mean, offset in zip(layer, means, offsets, strict=True):
        node.x = mean + offset


def _stack(layers: Sequence[Sequence[Node]]) -> float:
    """Set heights; every node learns the height of its layer (`band`). Returns the height of the whole."""
    y = GAP_Y
    for layer in layers:
        band = max(node.size.height for node in layer)
        for node in layer:
            node.y, node.band = y + band / 2, band
        y += band + GAP_Y
    return y
