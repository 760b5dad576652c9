"""The rules of financial aid: plain Python, no database, no network."""
