"""The limitation of each demand as a living clock (时效): its events, its deadline, its reasons, legal aid in time."""
