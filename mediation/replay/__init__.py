"""Published cases acted out again through the real use cases, with their sums compared and every gap said aloud."""
