"""The routers of all pages."""

from . import account, home, login, reference

ROUTERS = (home.router, login.router, account.router, reference.router)
