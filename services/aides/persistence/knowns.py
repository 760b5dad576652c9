"""What other services told us: people and dossiers, in whatever order it came."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.upsert import upsert
from services.aides.domain.dossier import KnownDossier
from services.aides.persistence import tables as t
from services.protection import Protection


class Knowns:
    """What other services told us: upserts, no order assumed across aggregates."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def personne_registered(self, personne_id: UUID) -> None:
        """A new file, open and closed to nobody in particular; what is already known stays."""
        new = {"personne_id": personne_id, **_row(Protection(), protected=False)}
        self._session.execute(pg.insert(t.personne).values(new).on_conflict_do_nothing())

    def personne_deceased(self, personne_id: UUID, died_on: date) -> None:
        """A personne has died."""
        self._mark(personne_id, {"died_on": died_on})

    def protection_told(
        self, personne_id: UUID, told: Protection | None, *, protected: bool
    ) -> None:
        """Who may know of a file; without the lists, `protected` is all that was told."""
        self._mark(personne_id, _row(told, protected=protected))

    def learn_protection(self, personne_id: UUID, found: Protection) -> None:
        """What accueil answered; a fact that says it whole is newer, or will be."""
        row = _row(found, protected=found.protected)
        insert = pg.insert(t.personne).values(personne_id=personne_id, **row)
        self._session.execute(
            insert.on_conflict_do_update(
                index_elements=[t.personne.c.personne_id],
                set_=row,
                where=t.personne.c.closed_to.is_(None),
            )
        )

    def protections(self, personne_ids: Collection[UUID]) -> dict[UUID, Protection]:
        """Who may know of these files, as far as accueil's facts have said it whole."""
        c = t.personne.c
        rows = self._session.execute(
            sa.select(c.personne_id, c.protected, c.opened_to, c.closed_to).where(
                c.personne_id.in_(personne_ids)
            )
        )
        said = {row[0]: Protection.told(*row[1:]) for row in rows}
        return {key: protection for key, protection in said.items() if protection}

    def any_deceased(self, personne_ids: Sequence[UUID]) -> bool:
        """Whether one of these people has died."""
        c = t.personne.c
        query = sa.select(c.personne_id).where(
            c.personne_id.in_(personne_ids), c.died_on.is_not(None)
        )
        return self._session.scalar(query.limit(1)) is not None

    def site_is(self, site: str, mds: str) -> None:
        """A site belongs to an MDS."""
        upsert(self._session, t.site, {"site": site, "mds": mds})

    def mds_of(self, site: str) -> str | None:
        """The MDS of a site, None for one not told yet."""
        return self._session.scalar(sa.select(t.site.c.mds).where(t.site.c.site == site))

    def put_dossier(self, dossier_id: UUID, known: KnownDossier) -> None:
        """Whom a dossier is about, and whether it is open from now on."""
        upsert(self._session, t.dossier, _dossier_row(dossier_id, known))

    def learn_dossier(self, dossier_id: UUID, found: KnownDossier) -> None:
        """What dsu answered; a fact that says it whole is newer, or will be."""
        row = _dossier_row(dossier_id, found)
        self._session.execute(
            pg.insert(t.dossier)
            .values(row)
            .on_conflict_do_update(
                index_elements=[t.dossier.c.dossier_id],
                set_={"personne_ids": row["personne_ids"]},
                where=t.dossier.c.personne_ids.is_(None),
            )
        )

    def dossier(self, dossier_id: UUID) -> KnownDossier | None:
        """A dossier, as far as dsu's facts have said it whole."""
        row = self._session.execute(
            sa.select(t.dossier).where(t.dossier.c.dossier_id == dossier_id)
        ).one_or_none()
        if row is None or row.personne_ids is None:
            return None
        return KnownDossier(is_open=row.is_open, personne_ids=frozenset(row.personne_ids))

    def _mark(self, personne_id: UUID, marks: Mapping[str, Any]) -> None:
        row = {"personne_id": personne_id, **marks}
        upsert(self._session, t.personne, row, initially={"protected": False})


def _dossier_row(dossier_id: UUID, known: KnownDossier) -> dict[str, Any]:
    return {
        "dossier_id": dossier_id,
        "is_open": known.is_open,
        "personne_ids": sorted(known.personne_ids),
    }


def _row(told: Protection | None, *, protected: bool) -> dict[str, Any]:
    return {
        "protected": protected,
        "opened_to": sorted(told.opened_to) if told else None,
        "closed_to": sorted(told.closed_to) if told else None,
    }
