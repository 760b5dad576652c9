"""The trade of rendezvous: plain Python, no database, no HTTP."""
