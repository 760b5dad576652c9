"""Replay of a published year: plausible people live it through the platform's public APIs."""
