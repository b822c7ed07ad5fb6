"""The practice district: invented people, invented disputes, a year of real use cases up to today."""
