"""Rendezvous: taking a place, and what becomes of it."""
