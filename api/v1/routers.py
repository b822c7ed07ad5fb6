"""The routers of the JSON API, in the order of the documentation."""

from . import (
    case_file,
    cases,
    documents,
    entitlements,
    inbox,
    law,
    limitation,
    overdue,
    parties,
    periods,
    queue,
    referrals,
    reports,
    routes,
    session,
    undo,
    workflows,
)

ROUTERS = (
    session.router,
    cases.router,
    case_file.router,
    parties.router,
    undo.router,
    routes.router,
    limitation.router,
    documents.router,
    queue.router,
    inbox.router,
    overdue.router,
    reports.router,
    referrals.router,
    workflows.router,
    periods.router,
    entitlements.router,
    law.router,
)
"""The operations of workflow events come after these; `events.events_router` makes them from the definitions."""
