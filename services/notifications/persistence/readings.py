"""What agents and managers look at: lists, the call-back list. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.message import Message, Status
from services.notifications.domain.reasons import CALL_BACK
from services.notifications.persistence.messages import as_message
from services.notifications.persistence.tables import message

_FILTERS = ("mds", "site", "status", "template", "channel", "subject_id", "personne_id")


class Readings:
    """Reads over the messages. `territory` is None for those who see every MDS."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def messages(
        self,
        *,
        territory: Sequence[str] | None,
        filters: dict[str, Any],
        limit: int,
        after: UUID | None,
    ) -> list[Message]:
        """Newest first, `limit` at most, from after a message on."""
        query = self._seen_by(territory)
        for name in _FILTERS:
            if filters.get(name) is not None:
                query = query.where(message.c[name] == filters[name])
        return self._page(query, limit, after)

    def message(self, message_id: UUID, territory: Sequence[str] | None) -> Message | None:
        """One message, if it is within the territory."""
        row = self._session.execute(
            self._seen_by(territory).where(message.c.message_id == message_id)
        ).one_or_none()
        return as_message(row) if row else None

    def undeliverable(
        self, *, territory: Sequence[str] | None, mds: str | None, limit: int, after: UUID | None
    ) -> list[Message]:
        """Who should be called back: undelivered for a reason a call can mend, not called yet."""
        query = self._seen_by(territory).where(
            message.c.status.in_([Status.FAILED, Status.DROPPED]),
            message.c.reason.in_(sorted(CALL_BACK)),
            message.c.called_back_at.is_(None),
        )
        if mds is not None:
            query = query.where(message.c.mds == mds)
        return self._page(query, limit, after)

    def _seen_by(self, territory: Sequence[str] | None) -> sa.Select[Any]:
        query = sa.select(message)
        return query if territory is None else query.where(message.c.mds.in_(territory))

    def _page(self, query: sa.Select[Any], limit: int, after: UUID | None) -> list[Message]:
        if after is not None:
            query = query.where(message.c.message_id < after)
        newest = query.order_by(message.c.message_id.desc()).limit(limit)
        return [as_message(row) for row in self._session.execute(newest)]
