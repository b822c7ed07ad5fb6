"""Restricted cases, emergency access, and who has looked."""
