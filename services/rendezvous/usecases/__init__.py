"""What rendezvous does: one function per use case, inside the entrypoint's transaction."""
