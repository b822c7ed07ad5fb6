"""What each step code of a published case does, by theme. `mediation.replay.vocabulary` puts the themes together."""
