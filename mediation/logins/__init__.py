"""Logging in beyond the password: second factor, single sign-on, tokens for programs, throttling, own sessions."""
