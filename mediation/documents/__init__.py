"""Papers: text rendered and frozen inside the event, DOCX and PDF made from the frozen text on first need."""
