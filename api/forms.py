"""What a person typed in a form, and the form shown again with it.

Names with dots are nested: `promises.0.amount` is the column `amount` of the first row of the table `promises`. Names
that begin with an underscore belong to the shell (`_csrf`, `_key`, `_more`) and are no answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from mediation.errors import BadInput, MediationError

_DEEPEST = 5
"""No form of ours nests deeper than a column of a row of a table."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent. `media_type` is the browser's claim and proves nothing."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a submitted form in their order; texts are kept exactly as typed."""

    items: tuple[tuple[str, str], ...] = ()
    uploads: tuple[tuple[str, Upload], ...] = ()

    def text(self, name: str) -> str:
        """The last text under this name without outer spaces; "" if there is none."""
        return next((text.strip() for key, text in reversed(self.items) if key == name), "")

    def texts(self, name: str) -> list[str]:
        return [text for key, text in self.items if key == name]

    def files(self, name: str) -> list[Upload]:
        return [upload for key, upload in self.uploads if key == name]

    @property
    def more_rows(self) -> str | None:
        """The table for which "one more row" was pressed: show the form again and save nothing."""
        return self.text("_more") or None

    def nested(self) -> dict[str, Any]:
        """The answers with tables as lists of rows, for pydantic. Rows in which nothing was typed are left out.

        Row numbers may have gaps: `row_numbers` of the shown form tells which typed row an answer row was.
        """
        tree: dict[str, Any] = {}
        for name, text in self.items:
            if not name.startswith("_"):
                _put(tree, name.split("."), text)
        return {name: _rows(value) for name, value in tree.items()}

    def row_numbers(self, table: str) -> list[int]:
        """The numbers of the rows in which something was typed, in the order of `nested()[table]`."""
        named = [(name.split("."), text) for name, text in self.items if name.startswith(table + ".")]
        return sorted({int(parts[1]) for parts, text in named if text.strip() and parts[1].isdecimal()})


def _put(tree: dict[str, Any], parts: list[str], text: str) -> None:
    if len(parts) > _DEEPEST:
        raise BadInput("表单中有无法识别的填写项，内容未保存。请刷新页面后重新填写。")
    for part in parts[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            raise BadInput(f"表单项“{'.'.join(parts)}”重复，请刷新页面后重新填写。")
        tree = branch
    tree[parts[-1]] = text


def _rows(value: Any) -> Any:
    """A mapping with only row numbers as keys is a table."""
    if not isinstance(value, dict) or not value or not all(key.isdecimal() for key in value):
        return value
    rows = [value[key] for key in sorted(value, key=int)]
    return [row for row in rows if not _blank(row)]


def _blank(row: Any) -> bool:
    return not any(text.strip() for text in row.values()) if isinstance(row, dict) else not row.strip()


async def _typed_form(request: Request) -> Typed:
    if not request.headers.get("content-type", "").lower().startswith(_FORMS):
        return Typed()
    texts, uploads = [], []
    async with request.form(max_files=200, max_fields=20_000) as form:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                texts.append((name, value))
            elif value.filename:
                media_type = value.content_type or "application/octet-stream"
                uploads.append((name, Upload(value.filename, media_type, await value.read())))
    return Typed(tuple(texts), tuple(uploads))


TypedForm = Annotated[Typed, Depends(_typed_form)]


@dataclass(frozen=True)
class Form:
    """A form as templates show it: what stands in each field, and what is wrong with it."""

    values: tuple[tuple[str, str], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: MediationError | None = None
    """Why the form was not accepted; its sentence stands above the fields."""
    more_rows: str | None = None

    @classmethod
    def filled(cls, values: Mapping[str, Any]) -> "Form":
        """A form shown for the first time with proposals; lists of mappings become table rows."""
        return cls(tuple(_flat(values)))

    @classmethod
    def again(cls, typed: Typed, refusal: MediationError | None = None) -> "Form":
        """The form with everything that was typed and the reason why it is shown again."""
        errors = dict(refusal.fields) if isinstance(refusal, BadInput) else {}
        return cls(typed.items, _by_typed_row(errors, typed), refusal, typed.more_rows)

    @cached_property
    def _last(self) -> Mapping[str, str]:
        """The last text under each name; a roster of a thousand workers is looked up thousands of times."""
        return dict(self.values)

    @cached_property
    def _pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.values)

    def value(self, name: str) -> str:
        return self._last.get(name, "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def chosen(self, name: str, code: str) -> bool:
        return (name, code) in self._pairs

    def rows(self, table: str, at_least: int = 1) -> list[int]:
        """The row numbers to show: those that were typed, one more if asked for, and never fewer than `at_least`."""
        typed = {name.split(".")[1] for name, _ in self.values if name.startswith(table + ".")}
        shown = max([int(n) + 1 for n in typed if n.isdecimal()] + [0]) + (self.more_rows == table)
        return list(range(max(min(shown, 10_000), at_least)))


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple) and all(isinstance(row, Mapping) for row in value):
            for number, row in enumerate(value):
                yield from _flat(row, f"{prefix}{name}.{number}.")
        elif isinstance(value, list | tuple):
            yield from ((prefix + name, str(one)) for one in value)
        elif value is not None:
            yield prefix + name, str(value)


def _by_typed_row(errors: Mapping[str, str], typed: Typed) -> dict[str, str]:
    """Answers count rows without the blank ones; the form shows them where they were typed."""
    tables = {name.split(".")[0] for name in errors if "." in name}
    numbers = {table: typed.row_numbers(table) for table in tables}
    moved = {}
    for name, sentence in errors.items():
        parts = name.split(".")
        if len(parts) > 1 and parts[1].isdecimal() and int(parts[1]) < len(numbers[parts[0]]):
            parts[1] = str(numbers[parts[0]][int(parts[1])])
        moved[".".join(parts)] = sentence
    return moved
