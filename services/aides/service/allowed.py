"""Who may call what."""

from __future__ import annotations

from services import roles

#: Grant, in the name of the département.
DECIDERS = frozenset({roles.RESPONSABLE, roles.DIRECTION})
#: Vote, follow and pay the money.
BUDGET = frozenset({roles.DIRECTION, roles.FINANCE})
#: Read how a file was examined.
EXAMINERS = roles.PROFESSIONNELS | {roles.DIRECTION}
#: Read a demande.
READERS = roles.AGENTS | BUDGET
