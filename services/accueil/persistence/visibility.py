"""Which files a caller may know of, as SQL: the same rule as `Personne.is_visible_to`."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from services.accueil.domain.personne import AccessKind
from services.accueil.persistence import tables as t


def visible(*, agent_id: UUID | None, sees_protected: bool) -> sa.ColumnElement[bool]:
    """A condition on the current row of `personne`."""
    closed = _standing(AccessKind.CLOSED, agent_id)
    if sees_protected:
        return sa.not_(closed)
    opened = sa.false() if agent_id is None else _standing(AccessKind.OPENED, agent_id)
    return sa.and_(sa.not_(closed), sa.or_(sa.not_(t.personne.c.protected), opened))


def _standing(kind: AccessKind, agent_id: UUID | None) -> sa.ColumnElement[bool]:
    row = t.file_access.c
    query = sa.select(sa.literal(1)).where(
        row.personne_id == t.personne.c.personne_id, row.kind == kind
    )
    if agent_id is not None:
        query = query.where(row.agent_id == agent_id)
    return query.correlate(t.personne).exists()
