"""Two streets of one district, and every question that somebody of one can ask about the other."""
