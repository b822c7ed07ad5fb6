"""Parameters that many operations share: ids in the address, pages of lists, the key against doing things twice."""

from typing import Annotated

from fastapi import Depends, Header, Path, Query

LARGEST = 2**62
"""Ids beyond this are unknown without asking the database, which could not even read them."""

CaseId = Annotated[int, Path(title="案件编号", ge=1, le=LARGEST)]
ProceedingId = Annotated[int, Path(title="程序编号", ge=1, le=LARGEST)]
RowId = Annotated[int, Path(title="条目编号", ge=1, le=LARGEST)]
Offset = Annotated[int, Query(title="跳过多少条", ge=0, le=1_000_000)]
Limit = Annotated[int, Query(title="最多返回多少条", ge=1, le=200)]

_KEY = Header(
    alias="Idempotency-Key",
    title="防重复编号",
    description="防重复编号：8至80个可见的英文字符。同一编号重复发送，只生效一次，回答与第一次相同。",
    min_length=8,
    max_length=80,
    pattern=r"^[\x21-\x7e]+$",
)


def _required(key: Annotated[str, _KEY]) -> str:
    return key


RequiredKey = Annotated[str, Depends(_required)]
"""The idempotency key, which every change through the API must carry."""
