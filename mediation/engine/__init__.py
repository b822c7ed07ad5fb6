"""The workflow engine: definitions in, decisions out. Pure: no database, no web, no clock of its own."""
