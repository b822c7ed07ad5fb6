"""The file of one paper, for those who may see its case. Reads only, takes no lock."""

from sqlalchemy.orm import Session

from ..documents.files import PaperFile, file_of
from ..documents.models import Document
from ..errors import NotFound
from ..people.actor import Actor
from ..runtime import Runtime
from .access import UNSEEN, seen
from .proceedings import dispute_of


def document_file(session: Session, runtime: Runtime, document_id: int, kind: str, actor: Actor) -> PaperFile:
    """Name, media type and bytes of a paper as `docx` or `pdf`; NotFound where it is not there, or not for this person.

    The bytes take some tenths of a second to make: use a reading session, never one that holds a lock.
    """
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound(UNSEEN)
    connection = session.connection()
    seen(actor, runtime.reading.row(connection, dispute_of(connection, document.case_id), runtime.clock.now()))
    return file_of(document, kind, runtime.settings.font_folder)
