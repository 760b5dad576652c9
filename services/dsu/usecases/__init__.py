"""What dsu does: open, follow, record, close; let in those who may, and journal them."""
