"""Small files of published cases for tests."""

from pathlib import Path
from typing import Any

import yaml


def case(**changes: Any) -> dict[str, Any]:
    """A case of three workers who claim 1,000 yuan and get it; `sums` are claimed, agreed, recovered in yuan."""
    claimed, agreed, recovered = changes.pop("sums", (1000, 1000, 1000))
    plain: dict[str, Any] = {
        "id": "T-1",
        "title": "测试案例",
        "source": [{"publisher": "测试", "date": "2025-03-03"}],
        "parties": {"workers": ["甲某", "乙某", "丙某"], "employers": ["某公司"]},
        "channel": "IN_WALKIN",
        "dispute_types": ["拖欠工资"],
        "workers_count": {"value": 3, "q": "exact"},
        "claims": [{"item": "工资", "amount": claimed}],
        "outcome": {"result": "settled"},
        "amounts": {
            "claimed": {"value": claimed},
            "agreed": {"value": agreed},
            "awarded": {"value": None},
            "recovered": {"value": recovered},
        },
        "steps": ["IN_WALKIN", "SESSION", "AGREE_FULL", "PAY_FULL", "CLOSE_OK"],
    }
    return {**plain, **changes}


def write(folder: Path, *cases: dict[str, Any]) -> Path:
    file = folder / "cases.yaml"
    text = yaml.safe_dump({"cases": list(cases)}, allow_unicode=True, sort_keys=False)
    file.write_text(text.replace("&id001 ", "").replace("*id001", ""), "utf-8")
    return file
