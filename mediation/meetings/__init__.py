"""调解会: rooms and free times, three common slots, bookings that never collide, notices to both sides, calendars."""
