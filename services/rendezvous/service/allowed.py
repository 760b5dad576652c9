"""Who may call what."""

from __future__ import annotations

from services import roles

#: Set up motifs and zones.
CONFIGURERS = frozenset({roles.RESPONSABLE, roles.ADMIN})
#: Tell what a site has.
EQUIPPERS = CONFIGURERS | {roles.SECRETAIRE}
#: Open and close an agent's time.
PLANNERS = roles.AGENTS | {roles.ADMIN}
#: Take, keep and look up a rendezvous: an agent, or the person for themselves.
BOOKERS = roles.AGENTS | {roles.PERSONNE}
#: Read what can be booked.
READERS = BOOKERS | CONFIGURERS
SERVICE = frozenset({roles.SERVICE})
