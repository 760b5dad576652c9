"""What is free."""
