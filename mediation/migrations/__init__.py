"""The history of the database schema. `apply.py` brings a database up to date; `revise.py` writes the next step."""
