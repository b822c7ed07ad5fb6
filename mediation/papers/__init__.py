"""What is written on paper: templates and their facts, the text made from both, and DOCX and PDF from the text. No database."""
