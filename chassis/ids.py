"""Identifiers: UUIDv7, sortable by creation, drawn from technical time (RFC 9562 §5.7)."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
