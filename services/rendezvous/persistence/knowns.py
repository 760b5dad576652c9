"""What is known of others: personnes, agents, sites, dossiers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.upsert import upsert
from services.protection import Protection
from services.rendezvous.domain.projections import (
    Assignment,
    KnownDossier,
    KnownPersonne,
    KnownSite,
)
from services.rendezvous.persistence.tables import assignment, dossier, personne, site

#: The first day and the last.
Days = tuple[date, date]


class Knowns:
    """Projections, written by events (and by a first read), in any order across aggregates."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_personne(self, known: KnownPersonne) -> None:
        """Remember a personne not known yet, or not whole; one that is keeps what is newer."""
        told = _protection_row(known.told, protected=False)
        row = pg.insert(personne).values(
            personne_id=known.personne_id, deceased=known.deceased, **told
        )
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[personne.c.personne_id],
                set_=told,
                where=sa.and_(personne.c.closed_to.is_(None), row.excluded.closed_to.is_not(None)),
            )
        )

    def set_deceased(self, personne_id: UUID) -> None:
        """The personne has died."""
        self._mark(personne_id, {"deceased": True})

    def set_protection(
        self, personne_id: UUID, told: Protection | None, *, protected: bool
    ) -> None:
        """Who may know of a file; without the lists, `protected` is all that was told."""
        self._mark(personne_id, _protection_row(told, protected=protected))

    def personne(self, personne_id: UUID) -> KnownPersonne | None:
        """A personne, if anything of them was told."""
        row = self._session.execute(
            sa.select(personne).where(personne.c.personne_id == personne_id)
        ).one_or_none()
        return as_personne(row._asdict()) if row else None

    def personnes(self, personne_ids: Collection[UUID]) -> dict[UUID, KnownPersonne]:
        """Those of these personnes of whom anything was told."""
        rows = self._session.execute(
            sa.select(personne).where(
                personne.c.personne_id == sa.any_(sa.cast(list(personne_ids), pg.ARRAY(pg.UUID)))
            )
        )
        return {row.personne_id: as_personne(row._asdict()) for row in rows}

    def put_assignment(self, known: Assignment) -> None:
        """Remember an agent's post from a day on; the same day again replaces it."""
        row = pg.insert(assignment).values(vars(known))
        changed = {c.name: row.excluded[c.name] for c in assignment.c if not c.primary_key}
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[assignment.c.agent_id, assignment.c.effective_on], set_=changed
            )
        )

    def assignment_on(self, agent_id: UUID, day: date) -> Assignment | None:
        """The agent's post on a day, active or not."""
        row = self._session.execute(
            sa.select(assignment)
            .where(assignment.c.agent_id == agent_id, assignment.c.effective_on <= day)
            .order_by(assignment.c.effective_on.desc())
            .limit(1)
        ).one_or_none()
        return Assignment(**row._mapping) if row else None

    def posts_of(self, agent_id: UUID) -> list[Assignment]:
        """All the posts of an agent, past and to come, in order."""
        rows = self._session.execute(
            sa.select(assignment)
            .where(assignment.c.agent_id == agent_id)
            .order_by(assignment.c.effective_on)
        )
        return [Assignment(**row._mapping) for row in rows]

    def site_codes(self, mds: str) -> list[str]:
        """The open sites of an MDS."""
        return list(
            self._session.scalars(
                sa.select(site.c.site).where(site.c.mds == mds, site.c.open).order_by(site.c.site)
            )
        )

    def stand_ins(self, mds: str, day: date, *, also: Collection[UUID] = ()) -> list[Assignment]:
        """Agents in post on a day in an MDS, the volants of any, and those named."""
        posts = (
            sa.select(assignment)
            .where(assignment.c.effective_on <= day)
            .ext(pg.distinct_on(assignment.c.agent_id))
            .order_by(assignment.c.agent_id, assignment.c.effective_on.desc())
            .subquery()
        )
        rows = self._session.execute(
            sa.select(posts).where(
                posts.c.active,
                sa.or_(
                    posts.c.mds == mds,
                    posts.c.volant,
                    posts.c.agent_id == sa.any_(sa.cast(list(also), pg.ARRAY(pg.UUID))),
                ),
            )
        )
        return [Assignment(**row._mapping) for row in rows]

    def put_site(self, known: KnownSite) -> None:
        """Remember a site."""
        row = pg.insert(site).values(vars(known))
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[site.c.site],
                set_={"mds": row.excluded.mds, "open": row.excluded.open},
            )
        )

    def site(self, code: str) -> KnownSite | None:
        """A site by its code."""
        row = self._session.execute(sa.select(site).where(site.c.site == code)).one_or_none()
        return KnownSite(**row._mapping) if row else None

    def sites(self, codes: Collection[str]) -> dict[str, KnownSite]:
        """Those of these sites that are known."""
        rows = self._session.execute(sa.select(site).where(site.c.site.in_(codes)))
        return {row.site: KnownSite(**row._mapping) for row in rows}

    def has_mds(self, mds: str) -> bool:
        """Whether any open site is of this MDS."""
        return bool(
            self._session.scalar(sa.select(sa.exists().where(site.c.mds == mds, site.c.open)))
        )

    def put_dossier(self, known: KnownDossier) -> None:
        """Whom the dossier is about, and its lead référent from now on."""
        upsert(self._session, dossier, _dossier_row(known))

    def add_dossier(self, known: KnownDossier) -> None:
        """Remember a dossier not known yet, or not whole; one that is keeps what is newer."""
        row = pg.insert(dossier).values(_dossier_row(known))
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[dossier.c.dossier_id],
                set_={"personne_ids": row.excluded.personne_ids},
                where=dossier.c.personne_ids.is_(None),
            )
        )

    def _mark(self, personne_id: UUID, marks: Mapping[str, Any]) -> None:
        row = {"personne_id": personne_id, **marks}
        upsert(self._session, personne, row, initially={"deceased": False, "protected": False})


#: Every search of free slots runs it; see docs/decisions/0011.
def as_dossier(values: Mapping[str, Any]) -> KnownDossier | None:
    """A dossier out of the JSON of a row; None when it does not say whom it is about."""
    if values["personne_ids"] is None:
        return None
    referent = values["referent_agent_id"]
    return KnownDossier(
        dossier_id=_uuid(values["dossier_id"]),
        referent_agent_id=_uuid(referent) if referent else None,
        personne_ids=frozenset(map(_uuid, values["personne_ids"])),
    )


def as_personne(values: Mapping[str, Any]) -> KnownPersonne:
    """A personne out of a row, or of the JSON of one."""
    lists = [
        None if values[name] is None else [_uuid(one) for one in values[name]]
        for name in ("opened_to", "closed_to")
    ]
    return KnownPersonne(
        personne_id=_uuid(values["personne_id"]),
        deceased=values["deceased"],
        told=Protection.told(values["protected"], *lists),
    )


def _protection_row(told: Protection | None, *, protected: bool) -> dict[str, Any]:
    return {
        "protected": told.protected if told else protected,
        "opened_to": sorted(told.opened_to) if told else None,
        "closed_to": sorted(told.closed_to) if told else None,
    }


def _dossier_row(known: KnownDossier) -> dict[str, Any]:
    return vars(known) | {"personne_ids": sorted(known.personne_ids)}


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
