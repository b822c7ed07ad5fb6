"""待遇计算 in a case: reading what was typed, and filling the demands of a party with what was computed."""
