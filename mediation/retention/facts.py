"""What guards may know of destruction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from ..cases.models import Case
from .models import Deletion

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "erased": select(func.count(Deletion.id))
    .where(Deletion.case_id == Case.id, Deletion.state == "done", cast(Deletion.classes, String).like("%narrative%"))
    .correlate(Case)
    .scalar_subquery(),
}
"""`erased`: how often the content of the file was destroyed."""
