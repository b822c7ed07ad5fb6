"""The routers of all pages."""

from . import (
    account,
    case_changes,
    case_file,
    cases,
    downloads,
    events,
    home,
    inbox,
    intake,
    law,
    login,
    overdue,
    queue,
    receipts,
    reference,
    workflows,
)

ROUTERS = (
    home.router,
    login.router,
    account.router,
    reference.router,
    cases.router,
    intake.router,
    case_file.router,
    events.router,
    case_changes.router,
    downloads.router,
    queue.router,
    overdue.router,
    receipts.router,
    inbox.router,
    workflows.router,
    law.router,
)
