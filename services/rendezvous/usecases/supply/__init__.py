"""What agents can be booked for: their time, closings, rooms and vehicles."""
