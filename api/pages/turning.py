"""Turning the pages of a list."""

from fastapi import Request

LAST = 100_000


def page_number(request: Request, name: str = "page") -> int:
    """Counts from 1; an address that somebody mistyped shows the first page. `name`: of several lists on one page."""
    text = request.query_params.get(name, "")
    plausible = text.isascii() and text.isdecimal() and len(text) < 7
    return min(max(int(text), 1), LAST) if plausible else 1
