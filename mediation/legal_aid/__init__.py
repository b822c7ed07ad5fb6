"""Legal aid as a procedure: whose means are examined, what is given in advance, what a termination brings."""
