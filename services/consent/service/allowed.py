"""Who may call what."""

from __future__ import annotations

from services import roles

#: Bind partners by contracts.
CONTRACTS = frozenset({roles.ADMIN, roles.DPO})
#: Read which partners there are.
PARTNERS = CONTRACTS | roles.PROFESSIONNELS
#: Read what a person accepts and refuses.
READERS = roles.PROFESSIONNELS | {roles.DPO}
#: Write down a withdrawal or an opposition: whoever receives the person.
ANY_AGENT = roles.AGENTS | {roles.DPO}
