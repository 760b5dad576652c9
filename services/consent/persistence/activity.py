"""Counts by Paris day: agreements, acts of sharing, what left and what was kept back, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.consent.domain.livraison import State
from services.consent.persistence import tables

_NONE = sa.null()


class Activity:
    """Figures about nobody in particular."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, first_day: date, last_day: date) -> list[dict[str, Any]]:
        """One row per measure, partner and reason; both days included."""
        found: list[dict[str, Any]] = []
        for measure, query, column in _measures():
            day = sa.func.date(sa.func.timezone("Europe/Paris", column))
            rows = self._session.execute(query.where(day >= first_day, day <= last_day))
            found += [{"measure": measure, **row} for row in rows.mappings()]
        return found


def _measures() -> list[tuple[str, sa.Select[Any], sa.ColumnElement[Any]]]:
    consent, partage, livraison = (
        tables.consentement.c,
        tables.partage.c,
        tables.livraison.c,
    )
    delivered = _by(livraison.partenaire).where(livraison.state == State.DELIVERED)
    refused = _by(livraison.partenaire, reason=livraison.reason)
    given = _by(consent.partenaire, mds=consent.mds)
    signed = _by(partage.partenaire, mds=partage.mds, reason=partage.basis)
    ended = _by(partage.partenaire, mds=partage.mds, reason=partage.end_reason)
    return [
        ("CONSENT_GRANTED", given, consent.granted_at),
        ("CONSENT_WITHDRAWN", given, consent.withdrawn_at),
        ("PARTAGE_SIGNED", signed, partage.signed_at),
        ("PARTAGE_ENDED", ended, partage.ended_at),
        ("DELIVERED", delivered, livraison.decided_at),
        ("UNCERTAIN", refused.where(livraison.state == State.UNCERTAIN), livraison.decided_at),
        ("SUPPRESSED", refused.where(livraison.state == State.SUPPRESSED), livraison.decided_at),
    ]


def _by(
    partenaire: sa.ColumnElement[Any],
    *,
    mds: sa.ColumnElement[Any] | None = None,
    reason: sa.ColumnElement[Any] | None = None,
) -> sa.Select[Any]:
    groups = [column for column in (partenaire, mds, reason) if column is not None]
    return (
        sa.select(
            partenaire.label("partenaire"),
            (_NONE if mds is None else mds).label("mds"),
            (_NONE if reason is None else reason).label("reason"),
            sa.func.count().label("count"),
        )
        .group_by(*groups)
        .order_by(*groups)
    )
