"""What reception does, one function per act. None commits: the entrypoint does."""
