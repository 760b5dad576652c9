"""Statistics, counted by the database."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.rendezvous.domain.rendezvous import CancelledBy, Status
from services.rendezvous.domain.statistics import Outcomes
from services.rendezvous.persistence.activity import post_of_the_day, posts
from services.rendezvous.persistence.tables import motif, rendezvous


class Statistics:
    """What became of rendezvous."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def outcomes(self, first_day: date, last_day: date) -> list[Outcomes]:
        """Over Paris days, both included; the lead agent's post is that of each day."""
        post = posts()
        key = (
            rendezvous.c.mds,
            rendezvous.c.motif,
            sa.func.coalesce(post.c.profession, "INCONNUE").label("profession"),
        )
        query = (
            sa.select(*key, *_MEASURES)
            .select_from(rendezvous)
            .join(motif, motif.c.id == rendezvous.c.motif_id)
            .outerjoin(post, post_of_the_day(post))
            .where(rendezvous.c.held_on.between(first_day, last_day))
            .group_by(*key)
            .order_by(*key)
        )
        return [Outcomes(**row._mapping) for row in self._session.execute(query)]


def _measures() -> tuple[Any, ...]:
    held = rendezvous.c.status == Status.HONOURED
    missed, excused = rendezvous.c.status == Status.MISSED, rendezvous.c.excused
    cancelled_by = rendezvous.c.cancelled_by
    booked_on = sa.cast(sa.func.timezone("Europe/Paris", rendezvous.c.booked_at), sa.Date)
    delay = sa.type_coerce(rendezvous.c.held_on - booked_on, sa.Integer)
    late = rendezvous.c.late_minutes > motif.c.late_after_minutes
    counts = {
        "booked": rendezvous.c.status == Status.BOOKED,
        "held": held,
        "missed_excused": sa.and_(missed, excused),
        "missed_unexcused": sa.and_(missed, ~excused),
        "cancelled_by_personne": cancelled_by == CancelledBy.PERSONNE,
        "cancelled_by_agent": cancelled_by == CancelledBy.AGENT,
        "cancelled_by_systeme": cancelled_by == CancelledBy.SYSTEME,
        "late": sa.and_(late, rendezvous.c.status != Status.CANCELLED),
    }
    shares = {"median": 0.5, "p90": 0.9}
    return (
        *(sa.func.count().filter(which).label(name) for name, which in counts.items()),
        *(
            sa.func.percentile_disc(share).within_group(delay).filter(held).label(name)
            for name, share in shares.items()
        ),
    )


_MEASURES = _measures()
