"""Who may call what."""

from __future__ import annotations

from services import roles

#: Set up motifs and zones.
CONFIGURERS = frozenset({roles.RESPONSABLE, roles.ADMIN})
#: Tell what a site has.
EQUIPPERS = CONFIGURERS | {roles.SECRETAIRE}
#: Open and close an agent's time.
PLANNERS = roles.AGENTS | {roles.ADMIN}
#: Take up in bulk what an absent agent holds.
TAKE_UP = frozenset({roles.SECRETAIRE, roles.RESPONSABLE})
#: Take, keep and look up a rendezvous: an agent, or the person for themselves.
BOOKERS = roles.AGENTS | {roles.PERSONNE}
#: Read what can be booked.
READERS = BOOKERS | CONFIGURERS
#: Ask for volants and decide of their days: a responsable for their MDS, the direction for all.
STEERERS = frozenset({roles.RESPONSABLE, roles.DIRECTION})
SERVICE = frozenset({roles.SERVICE})
