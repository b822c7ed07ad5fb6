"""The JSON API. One module per noun with a `router`, listed in `routers.py`; every endpoint has a pydantic return type.

A program logs in with `POST /api/v1/session`, keeps the cookie, and sends the `csrf_token` it was given back as the
header X-CSRF-Token with every request that changes something.
"""
