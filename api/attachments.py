"""Files that somebody handed in, sent back so that they can be saved and never run."""

from urllib.parse import quote

from fastapi.responses import Response
from sqlalchemy.orm import Session

from mediation.cases.evidence import evidence_file
from mediation.cases.evidence_rows import item_among
from mediation.cases.file_kinds import file_name
from mediation.cases.view import case_view
from mediation.people.actor import Actor
from mediation.runtime import Runtime

HARMLESS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "x-download-options": "noopen",
}
"""Even a browser that is told to open the file runs nothing of it."""


def attached(name: str) -> dict[str, str]:
    """The header under which a browser saves the file by its Chinese name."""
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


def evidence_answer(session: Session, runtime: Runtime, case_id: int, evidence_id: int, actor: Actor) -> Response:
    """The bytes as they were filed, always as a download: the file is somebody's, not ours. NotFound for others."""
    row = item_among(case_view(session, runtime, case_id, actor).evidence, evidence_id)
    item, content = evidence_file(session, case_id, row.id)
    actor.looks.note_thing(case_id, "evidence", f"{item.number} {item.name}")
    headers = {**attached(file_name(item.name, item.media_type)), **HARMLESS}
    return Response(content, media_type="application/octet-stream", headers=headers)
