"""The routers of all pages."""

from . import (
    account,
    case_changes,
    case_file,
    cases,
    downloads,
    events,
    home,
    intake,
    login,
    queue,
    reference,
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
)
