"""Who may call what."""

from __future__ import annotations

from services import roles

#: Set up motifs and rooms.
CONFIGURERS = frozenset({roles.RESPONSABLE, roles.ADMIN})
#: Open and close an agent's time.
PLANNERS = roles.AGENTS | {roles.ADMIN}
#: Take, keep and look up a rendezvous: an agent, or the person for themselves.
BOOKERS = roles.AGENTS | {roles.PERSONNE}
#: Read what can be booked.
READERS = BOOKERS | CONFIGURERS
SERVICE = frozenset({roles.SERVICE})
