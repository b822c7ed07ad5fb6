"""Programs that some tests drive. Where one is missing the test fails and says what to install; nothing is skipped."""

import shutil

import pytest

PACKAGES = {"chromium": "chromium", "soffice": "libreoffice-writer-nogui", "pdftoppm": "poppler-utils"}
"""Program → the Debian package it comes in. `.ci/run` installs them."""


def program(name: str) -> str:
    """The path of an installed program."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"the program {name} is missing: apt-get install {PACKAGES[name]} (or run .ci/run)", pytrace=False)
    return found
