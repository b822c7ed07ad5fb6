"""The practice district: invented people and cases, made through the real use cases, the same at every run."""
