"""Applications of the parties, drafted from the file: what may be drafted now, from which facts, for whom."""
