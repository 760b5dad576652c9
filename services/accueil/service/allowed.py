"""Who may call what: secretaries, social workers and responsables work with people."""

from __future__ import annotations

from services import roles

#: Read a person's file: those who receive people, and the DPO.
READERS = roles.AGENTS | {roles.DPO}
#: Read the annuaire.
ANNUAIRE_READERS = READERS | {roles.ADMIN, roles.DIRECTION}
ADMIN = frozenset({roles.ADMIN})
#: Load a takeover: the IT team, or a responsable.
IMPORTERS = frozenset({roles.ADMIN, roles.RESPONSABLE})
SERVICE = frozenset({roles.SERVICE})
