"""The routers of the JSON API, in the order of the documentation."""

from . import session

ROUTERS = (session.router,)
