"""待遇计算: what the law gives for given facts, as pure functions that show every step. Computed is not owed."""
