"""What became of messages, counted by SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.persistence.tables import message


class Activity:
    """Figures between two instants, the second excluded."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Messages settled in [start, end), by MDS, template, channel, outcome and reason."""
        codes = [
            message.c.mds,
            message.c.template,
            message.c.channel,
            message.c.status.label("outcome"),
            message.c.reason,
        ]
        rows = self._session.execute(
            sa.select(
                *codes,
                sa.func.count().label("count"),
                sa.func.coalesce(sa.func.sum(message.c.sms_parts), 0).label("sms_parts"),
            )
            .where(message.c.settled_at >= start, message.c.settled_at < end)
            .group_by(*codes)
            .order_by(*codes)
        )
        return [dict(row) for row in rows.mappings()]
