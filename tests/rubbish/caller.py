"""Makes one call of an operation out of rubbish: likely enough to get far, wrong in a place or two."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from mediation.cases.models import Proceeding
from mediation.engine.definition import Event
from tests.rubbish import values
from tests.rubbish.pages import Form, read
from tests.rubbish.routes import Operation
from tests.rubbish.shapes import Plausible, encoded, spoilt
from tests.rubbish.world import World
from tests.walks.telling import Teller

LIKELY = 0.85
"""How often a part of a call is one that may be right."""
FORM = "application/x-www-form-urlencoded"
EDGE = "----------------rubbish"

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Call:
    """One request as it goes over the wire."""

    operation: Operation
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.operation.name}\n  {self.url[:600]}\n  {dict(self.headers)}\n  {self.body[:900]!r}"


@dataclass
class Caller:
    """Somebody in one role, who has looked at the pages first and knows the addresses and forms that stand there."""

    world: World
    role: str
    chance: random.Random
    operations: Sequence[Operation]
    shapes: Mapping[str, Any]
    known: dict[str, list[str]] = field(default_factory=dict)
    questions: dict[str, list[str]] = field(default_factory=dict)
    """By operation, the queries that links have."""
    forms: dict[str, list[Form]] = field(default_factory=dict)
    offers: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    """What pages offer to choose, by case and name."""
    asked: list[str] = field(default_factory=list)
    """Names of query parameters that some link or search form has."""
    calls: int = 0

    @property
    def _plausible(self) -> Plausible:
        return Plausible(self.shapes, self.chance)

    def look_round(self, pages: int) -> None:
        """Follow links, each kind of page at most twice."""
        client = self.world.client(self.role)
        waiting, seen, visits = ["/", *self.world.landmarks], set[str](), dict[str, int]()
        while waiting and len(seen) < pages:
            url = waiting.pop(0)
            operation = self._operation("GET", urlsplit(url).path)
            if url in seen or operation is None or visits.get(operation.name, 0) >= 2:
                continue
            seen.add(url)
            visits[operation.name] = visits.get(operation.name, 0) + 1
            answer = client.get(url)
            if answer.headers.get("content-type", "").startswith("text/html"):
                waiting += self._learn(url, answer.text)

    def _learn(self, url: str, text: str) -> list[str]:
        links, forms = read(text)
        for method, address in [("GET", a) for a in links] + [(f.method.upper(), f.action or url) for f in forms]:
            if operation := self._operation(method, urlsplit(address).path):
                self._remember(self.known.setdefault(operation.name, []), urlsplit(address).path)
                if urlsplit(address).query:
                    self._remember(self.questions.setdefault(operation.name, []), urlsplit(address).query)
            for name, value in parse_qsl(urlsplit(address).query):
                self._remember(self.asked, name)
                self._remember(self.offers.setdefault((_case(url), name), []), value)
        for form in forms:
            if form.method == "get":
                for name, _ in form.fields:
                    self._remember(self.asked, name)
            elif operation := self._operation("POST", urlsplit(form.action or url).path):
                self.forms.setdefault(urlsplit(form.action or url).path, []).append(form)
            for name, options in form.options.items():
                self.offers.setdefault((_case(url), name.rsplit(".", 1)[-1]), []).extend(filter(None, options))
        return links

    def _offered(self, path: str, name: str) -> Sequence[str]:
        """What may be chosen under this name in this case, else in any."""
        here = self.offers.get((_case(path), name))
        return here or next((offer for (_, known), offer in self.offers.items() if known == name), ())

    @staticmethod
    def _remember(kept: list[str], one: str) -> None:
        if one and one not in kept:
            kept.append(one)

    def _operation(self, method: str, path: str) -> Operation | None:
        fitting = (o for o in self.operations if o.method == method and o.pattern.match(path))
        return next(fitting, None)

    # ── one call ──

    def call(self, operation: Operation) -> Call:
        self.calls += 1
        path = self._path(operation)
        url = quote(path, safe="/%") + self._query(operation)
        headers = {"accept-language": "zh"}
        if operation.method == "GET":
            return Call(operation, url, headers | self._htmx())
        kind, body = self._json(operation, path) if self._speaks_json(operation) else self._form(operation, path)
        if self.chance.random() < 0.03:
            body = body[: self.chance.randint(0, len(body))]
        if self.chance.random() < 0.02:
            kind = self.chance.choice(
                ("text/plain", "multipart/form-data", "application/json", FORM + "; charset=x", "")
            )
        return Call(operation, url, headers | self._key(operation) | self._htmx() | {"content-type": kind}, body)

    def _htmx(self) -> Mapping[str, str]:
        return {"hx-request": "true"} if self.chance.random() < 0.1 else {}

    def _key(self, operation: Operation) -> Mapping[str, str]:
        if self.chance.random() < 0.02:
            return {"idempotency-key": self.chance.choice(("", "x", "y" * 200, "a b c d e f g h", "\x7f" * 9))}
        return {"idempotency-key": f"rubbish-{self.role}-{self.calls}"} if operation.api else {}

    def _path(self, operation: Operation) -> str:
        known = self._addresses(operation)
        path = operation.path
        if known and self.chance.random() < LIKELY:
            path = self.chance.choice(known)
            if self.chance.random() < 0.8:
                return path
            parts = path.split("/")
            open_ones = [n for n, part in enumerate(operation.path.split("/")) if "{" in part]
            for place in self.chance.sample(open_ones, min(len(open_ones), 1)):
                parts[place] = self._odd_part()
            return "/".join(parts)
        for name in operation.parameters:
            before, after = path.split(f"{{{name}}}", 1)
            path = before + self._parameter(operation, name, before) + after
        return path

    def _addresses(self, operation: Operation) -> Sequence[str]:
        """Addresses of this operation that pages told of; many of the API are those of pages with something before."""
        if operation.api and operation.name not in self.known:
            likely = sorted({"/api/v1" + path for paths in self.known.values() for path in paths})
            self.known[operation.name] = [path for path in likely if operation.pattern.match(path)]
        return self.known.get(operation.name, ())

    def _odd_part(self) -> str:
        told = str(self.chance.choice(values.IDS)) if self.chance.random() < 0.5 else values.text(self.chance)[:200]
        return quote(told, safe="") or "%20"

    def _parameter(self, operation: Operation, name: str, before: str) -> str:
        if self.chance.random() > LIKELY:
            return self._odd_part()
        if name == "proceeding_id":
            return str(self._proceeding(operation))
        if name == "case_id" and self.chance.random() < 0.6:
            return str(self.chance.choice([case for case, _ in self.offers if case] or [1]))
        if name.endswith("_id"):
            return str(self.chance.choice(self.world.ids(before.split("/")[-2], _case(before)) or range(1, 40)))
        words = operation.choices.get(name) or self._offered("", name) or self._words()
        return quote(self.chance.choice(words), safe="")

    def _words(self) -> Sequence[str]:
        """Names that stand in some address."""
        parts = {part for paths in self.known.values() for path in paths for part in path.split("/")}
        return sorted(part for part in parts if part and not part.isdecimal()) or ["dispute"]

    def _query(self, operation: Operation) -> str:
        """What is required is mostly there; the rest is rubbish, some of it twice."""
        needed = [name for name, told in operation.queries.items() if told.get("required")]
        told = {name: self._likely(operation, name) for name in needed if self.chance.random() < 0.9}
        parts = [urlencode({name: text}, errors="surrogatepass") for name, text in told.items()]
        if (known := self.questions.get(operation.name)) and self.chance.random() < 0.7:
            parts = self.chance.choice(known).split("&")
        if self.chance.random() < (0.7 if operation.method == "GET" else 0.1):
            names = [*operation.queries] * 4 + (self.asked if not operation.api else []) + ["q", "page", "x[]", "张"]
            for name in self.chance.choices(names, k=self.chance.choice((1, 1, 2, 3, 6))):
                likely = self.chance.random() < 0.5
                text = self._likely(operation, name) if likely else values.text(self.chance)[:4000]
                parts += [urlencode({name: text}, errors="surrogatepass")] * self.chance.choice((1, 1, 1, 2))
        if self.chance.random() < 0.05:
            parts.append(self.chance.choice(("%FF%FE=%C3%28", "=", "&&&", "%", "a=%ED%A0%80", "offset")))
        return "?" + "&".join(parts) if parts else ""

    def _likely(self, operation: Operation, name: str) -> str:
        if choices := operation.choices.get(name):
            return self.chance.choice(choices)
        if name in ("from", "to") or name.endswith("_on"):
            return self.chance.choice(("2026-01-01", "2026-09-30"))
        shape = operation.queries.get(name, {}).get("schema", {"type": "string"})
        told = self._plausible.body(shape, lambda name: self._offered("", name), name)
        return "" if told is None else str(told)

    # ── bodies ──

    def _speaks_json(self, operation: Operation) -> bool:
        return operation.api and "multipart" not in str(operation.body) and not self._takes_file(operation)

    def _takes_file(self, operation: Operation) -> bool:
        body = operation.body or {}
        shape = self.shapes.get(str(body.get("$ref", "")).rsplit("/", 1)[-1], body)
        return any(
            told.get("contentMediaType") or told.get("format") == "binary"
            for told in shape.get("properties", {}).values()
        )

    def _proceeding(self, operation: Operation) -> int:
        """Of the right workflow, and mostly in a state that knows the event."""
        rows = self.world.proceedings()
        own = [row for row in rows.values() if f"/{row.workflow}/" in operation.path]
        ripe = [row for row in own if (e := self._event(row, operation.path)) and row.state in e.from_]
        chosen = ripe if ripe and self.chance.random() < 0.9 else own or list(rows.values())
        return self.chance.choice(chosen).id

    def _event(self, row: Proceeding, path: str) -> Event | None:
        definition = self.world.office.runtime.machine(row.workflow, row.version).definition
        return definition.events.get(path.rsplit("/", 1)[1])

    def _answers(self, path: str) -> Mapping[str, Any] | None:
        """Likely answers, where the path ends in a proceeding and an event of it."""
        parts = path.split("/")
        row = self.world.proceedings().get(_number(parts[-2]))
        if row is None or (event := self._event(row, path)) is None:
            return None
        with self.world.office.database.read() as session:
            return Teller(self.world.office.runtime, session, row.case_id, self.chance).answers(event, row.id)

    def _json(self, operation: Operation, path: str) -> tuple[str, bytes]:
        body = self._plausible.body(operation.body or {}, lambda name: self._offered(path, name))
        if isinstance(body, dict) and "revision" in body:
            body["revision"] = self._revision(operation, path)
            if "/{proceeding_id}/" in operation.path and (told := self._answers(path)) is not None:
                body["answers"] = told
        return "application/json", encoded(spoilt(body, self.chance))

    def _revision(self, operation: Operation, path: str) -> int:
        numbers = [number for number in map(_number, path.split("/")) if number]
        rows = self.world.proceedings()
        if numbers and "{proceeding_id}" in operation.path:
            return rows[numbers[-1]].revision if numbers[-1] in rows else 0
        return next((row.revision for row in rows.values() if numbers[:1] == [row.case_id]), 0)

    def _form(self, operation: Operation, path: str) -> tuple[str, bytes]:
        known = self.forms.get(path)
        if known:
            form = self.chance.choice(known)
        else:
            shape = self.shapes.get(str((operation.body or {}).get("$ref", "")).rsplit("/", 1)[-1], {})
            names = list(shape.get("properties", {})) or [n for f in self._any_form() for n, _ in f.fields]
            form = Form(path, "post", [(name, "") for name in names], files=["file"])
        likely = dict(_flat(self._answers(path) or {})) | {"_revision": str(self._revision(operation, path))}
        fields = [(name, likely.pop(name, None) or self._told(form, name, value)) for name, value in form.fields]
        fields = self._spoilt_fields([*fields, *likely.items()])
        if form.files or self.chance.random() < 0.15:
            return self._multipart(fields, form.files or ["file"])
        return FORM, urlencode(fields, errors="surrogatepass").encode()

    def _any_form(self) -> Sequence[Form]:
        forms = [form for path in sorted(self.forms) for form in self.forms[path]]
        return [self.chance.choice(forms)] if forms else []

    def _told(self, form: Form, name: str, value: str) -> str:
        if name == "_key":
            return f"rubbish-{self.role}-{self.calls}"
        if options := form.options.get(name):
            return self.chance.choice(options)
        if value or self.chance.random() < 0.3 or name.startswith("_"):
            return value
        last = name.rsplit(".", 1)[-1]
        if last.endswith("_on") or "day" in last:
            return "2026-09-18"
        return (
            self.chance.choice(("1200.50", "3"))
            if any(w in last for w in ("amount", "count", "sum", "wage"))
            else "王五"
        )

    def _spoilt_fields(self, fields: Fields) -> Fields:
        fields = [f for f in fields if f[0] != "_more" or self.chance.random() < 0.05]
        for _ in range(self.chance.choice((0, 0, 1, 1, 1, 2, 4))):
            told = values.text(self.chance)
            what = self.chance.random()
            place = self.chance.randrange(len(fields)) if fields else 0
            if what < 0.7 and fields:
                fields[place] = (fields[place][0], told)
            elif what < 0.8 and fields:
                fields.insert(place, (fields[place][0], told))
            elif what < 0.9 and fields:
                fields.pop(place)
            else:
                fields.append((self._odd_name(fields), told))
        return fields

    def _odd_name(self, fields: Fields) -> str:
        some = self.chance.choice(fields)[0] if fields else "x"
        table = some.split(".")[0]
        odd = (".", "..a", "a.b.c.d", f"{some}.0", f"{some}.x.y", f"{table}.99999999999.amount", f"{table}.².amount")
        more = (
            f"{table}.١.amount",
            f"{table}.0",
            f"{table}.-1.amount",
            "_more",
            "x" * 3000,
            ".".join("a" * 3000),
            "\x00",
            "",
        )
        return self.chance.choice((*odd, *more, values.text(self.chance)))

    def _multipart(self, fields: Fields, files: Sequence[str]) -> tuple[str, bytes]:
        parts = [f'name="{_header(name)}"\r\n\r\n'.encode() + _bytes(told) for name, told in fields]
        for name in files:
            called, content = values.file(self.chance)
            kind = self.chance.choice(("application/pdf", "text/html", "x", "image/png; a=b"))
            head = f'name="{_header(name)}"; filename="{_header(called)}"\r\nContent-Type: {kind}\r\n\r\n'
            parts.append(head.encode() + content)
        if self.chance.random() < 0.05:
            parts = []
        front = f"--{EDGE}\r\nContent-Disposition: form-data; ".encode()
        body = b"".join(front + part + b"\r\n" for part in parts) + f"--{EDGE}--\r\n".encode()
        return f"multipart/form-data; boundary={EDGE}", body


def _number(part: str) -> int:
    return int(part) if part.isdecimal() and part.isascii() and len(part) < 19 else 0


def _case(url: str) -> int:
    """The case that an address speaks of; 0 for none."""
    _, _, rest = url.partition("/cases/")
    return _number(rest.split("/")[0].split("?")[0])


def _flat(told: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Answers as a form has them: tables by row number, lists as their first."""
    for name, value in told.items() if isinstance(told, dict) else enumerate(told):
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            one = value[0] if isinstance(value, list) and value else value
            yield f"{prefix}{name}", str(one).lower() if isinstance(one, bool) else str(one)


def _header(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").encode("utf-8", "replace").decode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
