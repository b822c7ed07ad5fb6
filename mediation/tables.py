"""Imports every model once, so that all tables and foreign keys are known."""

from .arrival import models as arrival
from .assignments import models as assignments
from .cases import access_models
from .cases import models as cases
from .consents import models as consents
from .db import Base
from .deadlines import models as deadlines
from .documents import models as documents
from .findings import models as findings
from .groups import models as groups
from .limitation import models as limitation
from .logins import models as logins
from .meetings import models as meetings
from .offers import models as offers
from .people import models as people
from .recovery import models as recovery
from .reminders import models as reminders
from .retention import models as retention
from .sealing import models as sealing

metadata = Base.metadata

__all__ = [
    "access_models",
    "arrival",
    "assignments",
    "cases",
    "consents",
    "deadlines",
    "documents",
    "findings",
    "groups",
    "limitation",
    "logins",
    "meetings",
    "metadata",
    "offers",
    "people",
    "recovery",
    "reminders",
    "retention",
    "sealing",
]
