"""What the nightly check found wrong: a broken audit chain, a changed or vanished file."""
