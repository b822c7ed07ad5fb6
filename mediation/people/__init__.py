"""People and places: organisations as a tree, persons, employers, log-ins and who may do what where."""
