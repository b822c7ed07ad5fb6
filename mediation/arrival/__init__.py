"""People arrive: is their matter here already, which body should take it, and how they follow it without an account."""
