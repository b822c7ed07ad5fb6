"""Every operation of the application, read from its own table of routes: a new one is met without a word here."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from api.first_use import flattened


@dataclass(frozen=True)
class Operation:
    """`path` with its parameters in braces; `choices` are the words that a parameter may be; `body`: its JSON shape."""

    method: str
    path: str
    queries: Mapping[str, Any]
    """Query parameters by name, with their JSON shapes."""
    choices: Mapping[str, Sequence[str]]
    body: Mapping[str, Any] | None = None
    documented: Sequence[int] = ()
    family: int = 1
    """How many operations have the same endpoint behind them."""
    pattern: re.Pattern[str] = field(default=re.compile(""), compare=False)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def parameters(self) -> Sequence[str]:
        return re.findall(r"{(\w+)}", self.path)


def operations(app: FastAPI) -> Sequence[Operation]:
    """In the order of the table. The description itself and the static files are no operations."""
    paths = app.openapi()["paths"]
    routes = [c for c in iter_route_contexts(list(flattened(app.routes))) if isinstance(c.original_route, APIRoute)]
    families = Counter(route.original_route.endpoint.__code__ for route in routes)
    return [
        _operation(method, context.path_format or "", context.original_route, paths, families)
        for context in routes
        for method in sorted(context.methods or ())
    ]


def _operation(method: str, path: str, route: Any, paths: Mapping[str, Any], families: Mapping[Any, int]) -> Operation:
    told = paths.get(path, {}).get(method.lower(), {})
    fields = [*_flat(route.dependant, "path_params"), *_flat(route.dependant, "query_params")]
    return Operation(
        method,
        path,
        {one["name"]: one for one in told.get("parameters", ()) if one["in"] == "query"}
        or {f.alias: {} for f in _flat(route.dependant, "query_params")},
        {f.alias: words for f in fields if (words := _words(f.field_info.annotation))},
        next((content["schema"] for content in told.get("requestBody", {}).get("content", {}).values()), None),
        [int(code) for code in told.get("responses", {})],
        families[route.endpoint.__code__],
        re.compile(re.sub(r"{\w+}", "([^/]+?)", path.replace(".", r"\.")) + "$"),
    )


def _flat(dependant: Any, what: str) -> Iterator[Any]:
    yield from getattr(dependant, what)
    for below in dependant.dependencies:
        yield from _flat(below, what)


def _words(annotation: Any) -> Sequence[str]:
    return [str(word) for word in get_args(annotation)] if get_origin(annotation) is Literal else []
