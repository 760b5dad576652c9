"""What consent does. The entrypoint opens and commits the transaction."""
