"""Other procedures of a case beside the mediation: which are under way, how they ended, what may be opened."""
