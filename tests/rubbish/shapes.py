"""Plausible JSON for a shape of the OpenAPI description, then spoilt in one place or two."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.rubbish import values

Hints = Callable[[str], Sequence[str]]
"""What the pages offer to choose under a name."""


@dataclass(frozen=True)
class Plausible:
    """`shapes`: the named ones of the description."""

    shapes: Mapping[str, Any]
    chance: random.Random

    def body(self, shape: Mapping[str, Any], hints: Hints, name: str = "") -> Any:
        """Something of this shape; what need not be told is told every third time."""
        if "$ref" in shape:
            return self.body(self.shapes[shape["$ref"].rsplit("/", 1)[1]], hints, name)
        if options := shape.get("enum") or shape.get("anyOf") or shape.get("oneOf") or shape.get("allOf"):
            chosen = self.chance.choice(options)
            return self.body(chosen, hints, name) if isinstance(chosen, dict) else chosen
        if shape.get("type") == "array":
            return [self.body(shape.get("items", {}), hints, name) for _ in range(self.chance.randint(0, 2))]
        if "properties" in shape:
            told = shape.get("required", ())
            kept = [one for one in shape["properties"] if one in told or self.chance.random() < 0.35]
            return {one: self.body(shape["properties"][one], hints, one) for one in kept}
        return shape["const"] if "const" in shape else self._scalar(shape, hints(name))

    def _scalar(self, shape: Mapping[str, Any], offered: Sequence[str]) -> Any:
        if shape.get("type") in ("string", "integer") and offered:
            text = self.chance.choice(offered)
            return int(text) if shape["type"] == "integer" and text.isdecimal() else text
        return _scalar(shape, self.chance)


def _scalar(shape: Mapping[str, Any], chance: random.Random) -> Any:
    if examples := shape.get("examples"):
        return chance.choice(examples)
    form = shape.get("format", shape.get("type"))
    known = {
        "integer": chance.randint(1, 9),
        "number": 1.5,
        "boolean": chance.random() < 0.8,
        "date": chance.choice(("2026-09-18", "2026-09-01", "2026-10-08")),
        "date-time": "2026-09-18T09:00:00+08:00",
        "time": "10:00",
        "null": None,
        "object": {},
    }
    return known.get(str(form), "已当面核对。")


def spoilt(body: Any, chance: random.Random) -> Any:
    """The body with one to three places turned into rubbish; now and then all of it."""
    if chance.random() < 0.05:
        return values.value(chance)
    for _ in range(chance.choice((0, 0, 1, 1, 1, 2, 3))):
        body = _spoil(body, chance)
    return body


def _spoil(part: Any, chance: random.Random) -> Any:
    if isinstance(part, dict) and part and chance.random() < 0.9:
        name = chance.choice(list(part))
        what = chance.random()
        if what < 0.08:
            return {key: told for key, told in part.items() if key != name}
        if what < 0.16:
            return {**part, values.text(chance): values.value(chance)}
        return {**part, name: _spoil(part[name], chance)}
    if isinstance(part, list) and part and chance.random() < 0.85:
        place = chance.randrange(len(part))
        return [_spoil(one, chance) if n == place else one for n, one in enumerate(part)]
    return values.value(chance)


def encoded(body: Any) -> bytes:
    """As JSON, with what no encoder would write: numbers beyond all floats, half characters, endless brackets."""
    raw: list[str] = []

    def put(value: Any) -> Any:
        if isinstance(value, values.Raw):
            raw.append(str(value))
            return f"\x01{len(raw) - 1}\x01"
        if isinstance(value, dict):
            return {key: put(told) for key, told in value.items()}
        return [put(told) for told in value] if isinstance(value, list) else value

    text = json.dumps(put(body))
    for number, told in enumerate(raw):
        text = text.replace(f'"\\u0001{number}\\u0001"', told)
    return text.encode()
