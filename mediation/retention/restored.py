"""The list of what was destroyed, kept outside the database, to be destroyed again after a backup was restored.

A file of JSON lines without any personal data; it belongs beside the backups, as the key file does not. Each line: the
case, the classes, when, by whom, and the certificate.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.models import Case
from ..db import dump
from ..documents.models import Document
from ..errors import BadInput
from ..people.actor import CLOCK
from ..people.models import Organisation
from ..runtime import Runtime
from .deciding import carry_out
from .due import standing
from .models import Deletion

FILE = "deletions.jsonl"


def list_file(runtime: Runtime) -> Path:
    return runtime.settings.data_folder / FILE


def keep_list(runtime: Runtime, file: Path | None = None) -> int:
    """Write down what the file does not have yet; how many lines. Nothing that is in the file is ever removed."""
    file = file or list_file(runtime)
    known = {(one["case"], one["at"]) for one in _lines(file)} if file.exists() else set()
    with runtime.database.read() as session:
        new = [one for one in _done(session) if (one["case"], one["at"]) not in known]
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as f:
            f.writelines(dump(one) + "\n" for one in new)
            f.flush()
            os.fsync(f.fileno())
    return len(new)


def _done(session: Session) -> Iterator[dict[str, Any]]:
    query = (
        select(Deletion, Case.number, Organisation.path, Document.number)
        .join(Case, Case.id == Deletion.case_id)
        .join(Organisation, Organisation.id == Deletion.organisation_id)
        .outerjoin(Document, Document.id == Deletion.document_id)
        .where(Deletion.state == "done")
        .order_by(Deletion.id)
    )
    for row, number, path, certificate in session.execute(query):
        at: Any = row.decided_at
        yield {
            "case": number,
            "place": path,
            "classes": row.classes,
            "ground": row.ground,
            "closed_on": str(row.closed_on),
            "due_on": str(row.due_on),
            "at": at.isoformat(),
            "proposed_by": row.proposed_by_id,
            "approved_by": row.decided_by_id,
            "certificate": certificate,
        }


def _lines(file: Path) -> Sequence[Mapping[str, Any]]:
    """BadInput where the file is none of ours."""
    try:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        return [line for line in lines if line["case"] and line["classes"] and line["at"] and line["place"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"删除清单 {file} 无法读取，请从备份取回这个文件后重试。") from error


def reapply(runtime: Runtime, file: Path | None = None) -> Iterator[tuple[str, bool]]:
    """Destroy again whatever a restored backup has brought back: case number, and whether it had to be.

    One case is one transaction. The two who decided stand in the new certificate, as they did in the first.
    """
    for line in _lines(file or list_file(runtime)):
        with runtime.database.write() as session:
            yield line["case"], _again(session, runtime, line)


def _again(session: Session, runtime: Runtime, line: Mapping[str, Any]) -> bool:
    query = select(Case.id, Organisation).join(Organisation, Organisation.id == Case.organisation_id)
    found = session.execute(query.where(Case.number == line["case"])).first()
    if found is None:
        return False
    case_id, place = found
    now = standing(session, runtime, case_id)
    lost = [name for name in line["classes"] if name not in now.gone]
    if not lost:
        return False
    waits = select(Deletion).where(Deletion.case_id == case_id, Deletion.state != "done")
    row = session.scalars(waits).one_or_none() or Deletion(case_id=case_id, organisation_id=place.id)
    row.classes, row.ground = lost, line["ground"]
    row.closed_on, row.due_on = date.fromisoformat(line["closed_on"]), date.fromisoformat(line["due_on"])
    row.state, row.found_at, row.proposed_at = "proposed", runtime.clock.now(), runtime.clock.now()
    row.proposed_by_id = line["proposed_by"]
    session.add(row)
    session.flush()
    key = f"reapply-{case_id}-{line['at']}-{'-'.join(lost)}"[:100]
    carry_out(session, runtime, row, now, place, role="clock", key=key, actor=CLOCK, approved_by=line["approved_by"])
    return True
