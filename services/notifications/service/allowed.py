"""Who may call what."""

from __future__ import annotations

from services import roles

#: Follow the messages of a territory.
READERS = frozenset({roles.SECRETAIRE, roles.RESPONSABLE, roles.ADMIN})
#: See what a message would say.
AUTHORS = roles.AGENTS | {roles.ADMIN}
