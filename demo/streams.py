"""Random streams: one per purpose, all drawn from the seed, none shared.

A stream is named by what it decides; adding a purpose or a person therefore never shifts what
another stream draws, and a plan computed twice is the same to the last digit.
"""

from __future__ import annotations

import hashlib
import random


def stream(seed: int, *purpose: object) -> random.Random:
    """A generator for one purpose. Simulation, not cryptography."""
    name = "/".join(str(part) for part in (seed, *purpose))
    digest = hashlib.sha256(name.encode()).digest()
    return random.Random(int.from_bytes(digest[:16]))  # noqa: S311 - a replay that repeats itself


def key(seed: int, *parts: object) -> str:
    """An idempotency key that a restarted driver derives again (64 hexadecimal digits)."""
    name = "/".join(str(part) for part in (seed, *parts))
    return hashlib.sha256(name.encode()).hexdigest()
