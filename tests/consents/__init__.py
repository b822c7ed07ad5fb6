"""Tests of privacy notices and consents."""
