"""Waits, reinforcements and figures."""
