"""Deadlines as rows: when, why, under which article; opened, closed, extended and suspended with a ledger."""
