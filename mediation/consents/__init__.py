"""Privacy notices and consents: what people were told, what they agreed to and when, and what they took back."""
