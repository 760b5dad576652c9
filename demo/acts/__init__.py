"""What the people of the replay do, as requests to the public APIs: one module per errand."""
