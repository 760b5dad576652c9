"""Owns counters. Publishes incremented."""
