"""What time makes happen: missed deadlines fire their event, due reminders are judged again and sent."""
