"""Reminders as rows: planned when a deadline opens, judged again when due, sent outside any transaction."""
