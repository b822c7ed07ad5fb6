"""The documentation of the JSON API, made from its own OpenAPI description; no outside script.

One page lists the operations, each has a page of its own: all of them at once would be two megabytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from .templating import page

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Item:
    """A parameter or a field of a body."""

    name: str
    title: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    tag: str
    title: str
    description: str
    parameters: tuple[Item, ...]
    body: tuple[Item, ...]
    result: tuple[Item, ...]
    errors: tuple[tuple[str, str], ...]


@router.get("/docs")
def reference(request: Request, operation: str = "") -> Response:
    """`operation`: one of them, as `POST /api/v1/cases`."""
    document = request.app.openapi()
    method, _, path = operation.partition(" ")
    told = document["paths"].get(path, {}).get(method.lower())
    if told is not None:
        return page(
            request, "reference/operation.html", operation=_operation(document, method, path, told), prose=_prose
        )
    listed: dict[str, list[tuple[str, str, str]]] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            listed.setdefault(_tag(told), []).append((method.upper(), path, told.get("summary", path)))
    status = 404 if operation else 200
    return page(request, "reference/reference.html", status, info=document["info"], listed=listed, prose=_prose)


def _prose(text: str) -> Markup:
    """Text in which `backticks` mark code."""
    parts = enumerate(text.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in parts)


def _tag(told: Mapping[str, Any]) -> str:
    return str(next(iter(told.get("tags", [])), ""))


def _operation(document: Mapping[str, Any], method: str, path: str, told: Mapping[str, Any]) -> Operation:
    responses = told["responses"]
    good = [told for code, told in responses.items() if code < "300"]
    return Operation(
        method,
        path,
        _tag(told),
        told.get("summary", path),
        told.get("description", ""),
        tuple(_parameter(document, p) for p in told.get("parameters", [])),
        tuple(_deep_fields(document, _schema(told.get("requestBody", {})))),
        tuple(_fields(document, _schema(good[0] if good else {}))),
        tuple((code, told["description"]) for code, told in responses.items() if code >= "400"),
    )


def _schema(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    content: Mapping[str, Any] = next(iter(holder.get("content", {}).values()), {})
    schema: Mapping[str, Any] = content.get("schema", {})
    return schema


def _parameter(document: Mapping[str, Any], told: Mapping[str, Any]) -> Item:
    schema = told.get("schema", {})
    title = told.get("description") or schema.get("title", "")
    return Item(told["name"], title, _kind(document, schema), told.get("required", False))


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Item]:
    found = _resolved(document, schema)
    if found.get("type") == "array":
        found = _resolved(document, found["items"])
    required = found.get("required", ())
    for name, field in found.get("properties", {}).items():
        title = field.get("description") or field.get("title") or ""
        yield Item(name, title, _kind(document, field), name in required)


def _deep_fields(document: Mapping[str, Any], schema: Mapping[str, Any], prefix: str = "") -> Iterator[Item]:
    """What is to be sent, with the fields of objects and of table rows below their own: `answers.promises[].amount`."""
    properties = _resolved(document, schema).get("properties", {})
    for item in _fields(document, schema):
        field = properties.get(item.name, {})
        yield replace(item, name=prefix + item.name, title=item.title + _choices(field))
        inside = _resolved(document, field)
        rows = inside.get("type") == "array"
        if "properties" in (inside := _resolved(document, inside.get("items", {})) if rows else inside):
            yield from _deep_fields(document, inside, f"{prefix}{item.name}{'[]' if rows else ''}.")


def _choices(field: Mapping[str, Any]) -> str:
    """The codes that may be sent, with their titles."""
    listed = field.get("oneOf") or field.get("items", {}).get("oneOf", ())
    codes = [f"`{one['const']}` {one['title']}" for one in listed if "const" in one]
    return f"：{'、'.join(codes)}" if codes else ""


def _kind(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """The type in the words of JSON Schema, for instance `string (date)` or `Demand[]`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        kinds = [_kind(document, one) for one in schema["anyOf"] if one.get("type") != "null"]
        return " | ".join(kinds)
    if schema.get("type") == "array":
        return _kind(document, schema.get("items", {})) + "[]"
    shape = f" ({schema['format']})" if "format" in schema else ""
    return f"{schema.get('type', 'any')}{shape}"
