"""What can be done, one function per act; the entrypoint owns the transaction."""
