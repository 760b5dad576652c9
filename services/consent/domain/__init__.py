"""Rules of information sharing, in plain Python: no database, no bus, no clock of its own."""
