"""Owns mirrors of counters. Listens to compteur."""
