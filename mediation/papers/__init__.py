"""What is written on paper: templates, facts, the text made from both, DOCX and PDF from the text. No database."""
