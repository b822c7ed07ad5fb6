"""Groups: lists of workers, shares, sub-groups, elected representatives, one paper for each person."""
