"""The rules of notifications, in plain Python: messages, hours, the last check, the cost."""
