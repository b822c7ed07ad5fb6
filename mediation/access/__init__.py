"""Restricted cases, and opening a case in an emergency with a review afterwards."""
