"""HTTP: a JSON API under /api/v1 and server-rendered pages, both over the same use cases."""
