"""What must not stand in the database in clear: keys outside it, sealed column types, blind indexes, changing keys."""
