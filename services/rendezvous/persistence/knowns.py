"""What is known of others: personnes, agents, sites, dossiers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from services.rendezvous.domain.projections import Assignment, KnownPersonne, KnownSite
from services.rendezvous.persistence.tables import assignment, dossier, personne, site


class Knowns:
    """Projections, written by events (and by a first read), in any order across aggregates."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_personne(self, known: KnownPersonne) -> None:
        """Remember a personne not known yet; one that is known keeps what is newer."""
        self._session.execute(pg.insert(personne).values(vars(known)).on_conflict_do_nothing())

    def set_deceased(self, personne_id: UUID) -> None:
        """The personne has died."""
        self._set_personne(personne_id, "deceased", value=True)

    def set_protected(self, personne_id: UUID, *, protected: bool) -> None:
        """The personne's file is (no longer) protected."""
        self._set_personne(personne_id, "protected", value=protected)

    def protected_among(self, ids: Collection[UUID]) -> frozenset[UUID]:
        """Those of these personnes whose file is protected."""
        if not ids:
            return frozenset()
        query = sa.select(personne.c.personne_id).where(
            personne.c.personne_id == sa.any_(sa.cast(list(ids), pg.ARRAY(pg.UUID))),
            personne.c.protected,
        )
        return frozenset(self._session.scalars(query))

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

    def assignments_on(self, agent_ids: Collection[UUID], day: date) -> dict[UUID, Assignment]:
        """The post of each of these agents on a day, where there is one."""
        rows = self._session.execute(
            sa.select(assignment)
            .where(
                assignment.c.agent_id == sa.any_(sa.cast(list(agent_ids), pg.ARRAY(pg.UUID))),
                assignment.c.effective_on <= day,
            )
            .ext(pg.distinct_on(assignment.c.agent_id))
            .order_by(assignment.c.agent_id, assignment.c.effective_on.desc())
        )
        return {row.agent_id: Assignment(**row._mapping) for row in rows}

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

    def put_referent(self, dossier_id: UUID, agent_id: UUID | None) -> None:
        """The dossier's lead référent is now this agent; None when it closes."""
        row = pg.insert(dossier).values(dossier_id=dossier_id, referent_agent_id=agent_id)
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[dossier.c.dossier_id],
                set_={"referent_agent_id": row.excluded.referent_agent_id},
            )
        )

    def referents_of(self, dossier_ids: Collection[UUID]) -> dict[UUID | None, UUID | None]:
        """The lead référent of each of these dossiers."""
        if not dossier_ids:
            return {}
        rows = self._session.execute(
            sa.select(dossier).where(
                dossier.c.dossier_id == sa.any_(sa.cast(list(dossier_ids), pg.ARRAY(pg.UUID)))
            )
        )
        return {row.dossier_id: row.referent_agent_id for row in rows}

    def referent_of(self, dossier_id: UUID) -> UUID | None:
        """The lead référent of an open dossier."""
        found: UUID | None = self._session.scalar(
            sa.select(dossier.c.referent_agent_id).where(dossier.c.dossier_id == dossier_id)
        )
        return found

    def _set_personne(self, personne_id: UUID, flag: str, *, value: bool) -> None:
        flags = {"deceased": False, "protected": False, flag: value}
        row = pg.insert(personne).values(personne_id=personne_id, **flags)
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[personne.c.personne_id], set_={flag: row.excluded[flag]}
            )
        )
