"""Money: agreements with promises as rows, awards, and the append-only ledger of what was received."""
