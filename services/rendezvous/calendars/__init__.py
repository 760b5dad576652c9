"""Agents' calendar programs: what they are told (`ics`), what is read of theirs (`external`)."""
