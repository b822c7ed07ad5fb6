"""Tables as CSV files that a spreadsheet opens: Chinese stays legible, and no cell can become a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from fastapi.responses import Response

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(text: str) -> str:
    """What somebody typed must not start a formula in a spreadsheet: such a text gets a quote in front."""
    return "'" + text if text.startswith(FORMULAS) else text


def sheet(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """A CSV file to download, with a byte order mark. Cells are texts; those from people go through `guarded`."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    told = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return Response(
        "\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers={"content-disposition": told}
    )
