"""The routers of the JSON API, in the order of the documentation."""

from . import case_file, cases, documents, inbox, overdue, periods, queue, reports, session, workflows

ROUTERS = (
    session.router,
    cases.router,
    case_file.router,
    documents.router,
    queue.router,
    inbox.router,
    overdue.router,
    reports.router,
    workflows.router,
    periods.router,
)
"""The operations of workflow events come after these; `events.events_router` makes them from the definitions."""
