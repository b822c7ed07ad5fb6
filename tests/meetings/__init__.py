"""Mediation meetings: rooms, times, slots, bookings, notices, calendars."""
