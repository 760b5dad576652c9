"""Where aggregates are found and kept. Few statements each: a replay makes thousands of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.locks import lock_resources
from services.aides.domain.activite import Tally
from services.aides.domain.decision import Decision
from services.aides.domain.demande import Demande, Outcome, Status
from services.aides.domain.enveloppe import Enveloppe, LedgerLine
from services.aides.domain.examen import PastAid
from services.aides.domain.nature import Nature
from services.aides.domain.paiement import Paiement
from services.aides.domain.reglement import Reglement
from services.aides.persistence import tables as t

_GRANTING = (Outcome.GRANTED, Outcome.PARTLY)


class ReglementRepository:
    """Stored versions of the règlement."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, reglement: Reglement) -> None:
        self._session.add(reglement)

    def get(self, reglement_id: UUID) -> Reglement:
        found = self._session.get(Reglement, reglement_id)
        if found is None:
            raise NotFound("Aucun règlement à cet identifiant.")
        return found

    def in_force(self, on: date) -> Reglement | None:
        """The version in force on a day."""
        effective_from = t.reglement.c.effective_from
        return self._session.scalar(
            sa.select(Reglement)
            .where(effective_from <= on)
            .order_by(effective_from.desc())
            .limit(1)
        )

    def is_empty(self) -> bool:
        return self._session.scalar(sa.select(t.reglement.c.id).limit(1)) is None

    def all(self) -> Sequence[Reglement]:
        return self._session.scalars(
            sa.select(Reglement).order_by(t.reglement.c.effective_from)
        ).all()


class EnveloppeRepository:
    """Envelopes and their ledger."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, enveloppe: Enveloppe) -> None:
        self._session.add(enveloppe)
        self._session.flush()
        rows = [
            {"year": enveloppe.year, "nature": nature, "enveloppe_id": enveloppe.id}
            for nature in enveloppe.natures
        ]
        self._session.execute(sa.insert(t.enveloppe_nature), rows)

    def get(self, enveloppe_id: UUID, *, lock: bool = False) -> Enveloppe:
        """One envelope. Raises NotFound."""
        found = self._one(t.enveloppe.c.id == enveloppe_id, lock=lock)
        if found is None:
            raise NotFound("Aucune enveloppe à cet identifiant.")
        return found

    def covering(self, nature: Nature, year: int, *, lock: bool = False) -> Enveloppe | None:
        """The year's envelope for a nature."""
        covers = t.enveloppe_nature
        chosen = (
            sa.select(covers.c.enveloppe_id)
            .where(covers.c.year == year, covers.c.nature == str(nature))
            .scalar_subquery()
        )
        return self._one(t.enveloppe.c.id == chosen, lock=lock)

    def _one(self, condition: sa.ColumnElement[bool], *, lock: bool) -> Enveloppe | None:
        query = sa.select(Enveloppe).where(condition)
        if lock:
            # What was read before waiting for the lock is stale: read the row again, once our
            # own changes are written.
            self._session.flush()
            query = query.with_for_update().execution_options(populate_existing=True)
        return self._session.scalar(query)

    def write(self, line: LedgerLine) -> None:
        values = {name: value for name, value in asdict(line).items() if name != "number"}
        self._session.execute(sa.insert(t.mouvement).values(values))

    def of_year(self, year: int) -> Sequence[Enveloppe]:
        return self._session.scalars(
            sa.select(Enveloppe).where(t.enveloppe.c.year == year).order_by(t.enveloppe.c.id)
        ).all()

    def ledger(self, enveloppe_id: UUID, *, after: int, limit: int) -> Sequence[LedgerLine]:
        """Lines in the order they were written."""
        rows = self._session.execute(
            sa.select(t.mouvement)
            .where(t.mouvement.c.enveloppe_id == enveloppe_id, t.mouvement.c.number > after)
            .order_by(t.mouvement.c.number)
            .limit(limit)
        )
        return [LedgerLine(**row) for row in rows.mappings()]


class DemandeRepository:
    """Demandes, decisions, payments and what is counted from them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, demande: Demande) -> None:
        self._session.add(demande)

    def get(self, demande_id: UUID, *, lock: bool = False) -> Demande:
        """One demande. Raises NotFound."""
        query = sa.select(Demande).where(t.demande.c.id == demande_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        found = self._session.scalar(query)
        if found is None:
            raise NotFound("Aucune demande à cet identifiant.")
        return found

    def page(
        self,
        *,
        mds: Sequence[str] | None,
        status: Status | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Demande]:
        """Demandes by age. `mds` None: all of them."""
        query = sa.select(Demande).order_by(t.demande.c.id).limit(limit)
        if mds is not None:
            query = query.where(t.demande.c.mds.in_(mds))
        if status is not None:
            query = query.where(t.demande.c.status == status)
        if after is not None:
            query = query.where(t.demande.c.id > after)
        return self._session.scalars(query).all()

    def lock_household(self, personne_ids: Sequence[UUID]) -> None:
        """One decision at a time about these people."""
        lock_resources(self._session, [f"foyer:{personne_id}" for personne_id in personne_ids])

    def granted_to(
        self, personne_ids: Sequence[UUID], *, since: date, excluding: UUID
    ) -> Sequence[PastAid]:
        """Aids granted to any of these people since a day, withdrawn ones left out."""
        c = t.demande.c
        rows = self._session.execute(
            sa.select(c.nature, c.granted_cents, c.decided_on).where(
                c.personne_ids.op("&&")(sa.cast(list(personne_ids), pg.ARRAY(pg.UUID))),
                c.outcome.in_(_GRANTING),
                c.decided_on >= since,
                c.status != Status.WITHDRAWN,
                c.id != excluding,
            )
        )
        return [
            PastAid(nature=nature, amount_cents=cents, decided_on=decided_on)
            for nature, cents, decided_on in rows
        ]

    def add_decision(self, decision: Decision) -> None:
        self._session.add(decision)

    def decisions(self, demande_id: UUID) -> Sequence[Decision]:
        return self._session.scalars(
            sa.select(Decision)
            .where(t.decision.c.demande_id == demande_id)
            .order_by(t.decision.c.rank)
        ).all()

    def add_paiement(self, paiement: Paiement) -> None:
        self._session.add(paiement)

    def paiement_by_reference(self, reference: str) -> Paiement | None:
        return self._session.scalar(sa.select(Paiement).where(t.paiement.c.reference == reference))

    def paiements(self, demande_id: UUID) -> Sequence[Paiement]:
        return self._session.scalars(
            sa.select(Paiement)
            .where(t.paiement.c.demande_id == demande_id)
            .order_by(t.paiement.c.instalment)
        ).all()

    def tally(self, first: date, last: date) -> Sequence[Tally]:
        """Decisions of a period, summed by every code the report needs."""
        d, a = t.decision.c, t.demande.c
        codes = (a.mds, a.nature, d.outcome, d.instance, a.partner)
        rows = self._session.execute(
            sa.select(
                *codes,
                sa.func.count().label("count"),
                sa.func.sum(d.amount_cents).label("amount_cents"),
            )
            .join_from(t.decision, t.demande, d.demande_id == a.id)
            .where(d.decided_on.between(first, last))
            .group_by(*codes)
        )
        return [
            Tally(**{**row, "amount_cents": int(row["amount_cents"])}) for row in rows.mappings()
        ]


class KnownRepository:
    """What other services told us: upserts, no order assumed across aggregates."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def personne_registered(self, personne_id: UUID) -> None:
        insert = pg.insert(t.personne).values(personne_id=personne_id)
        self._session.execute(insert.on_conflict_do_nothing())

    def personne_deceased(self, personne_id: UUID, died_on: date) -> None:
        insert = pg.insert(t.personne).values(personne_id=personne_id, died_on=died_on)
        self._session.execute(
            insert.on_conflict_do_update(
                index_elements=[t.personne.c.personne_id], set_={"died_on": died_on}
            )
        )

    def any_deceased(self, personne_ids: Sequence[UUID]) -> bool:
        c = t.personne.c
        query = sa.select(c.personne_id).where(
            c.personne_id.in_(personne_ids), c.died_on.is_not(None)
        )
        return self._session.scalar(query.limit(1)) is not None

    def dossier_is(self, dossier_id: UUID, *, is_open: bool) -> None:
        insert = pg.insert(t.dossier).values(dossier_id=dossier_id, is_open=is_open)
        self._session.execute(
            insert.on_conflict_do_update(
                index_elements=[t.dossier.c.dossier_id], set_={"is_open": is_open}
            )
        )

    def is_closed(self, dossier_id: UUID) -> bool:
        """True only for a dossier known to be closed."""
        query = sa.select(t.dossier.c.is_open).where(t.dossier.c.dossier_id == dossier_id)
        return self._session.scalar(query) is False
