"""Taking over the stock: each row its own outcome, a handful of statements for a batch.

The 8,941 dossiers on file in the first quarter of 2023 come in this way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.errors import DomainError
from services.dsu.domain.annuaire import Agent, Personne, check_place
from services.dsu.domain.dossier import Dossier
from services.dsu.domain.errors import (
    AgentUnknown,
    DateRefused,
    NotAReferent,
    PersonneAlreadyFollowed,
    PersonneDeceased,
    PersonneUnknown,
    ReferenceAlreadyUsed,
)
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases import annuaire
from services.dsu.usecases.opening import opened_fact


@dataclass(frozen=True, kw_only=True)
class Row:
    """One dossier of the stock; `reference` is its key in the software it comes from."""

    reference: str
    personne_ids: list[UUID]
    mds: str
    site: str
    referent_agent_id: UUID
    opened_on: date


@dataclass(kw_only=True)
class _Known:
    """What the database knows of a whole batch, read once."""

    today: date
    references: Mapping[str, tuple[UUID, frozenset[UUID]]]
    repeated: frozenset[str]
    agents: Mapping[UUID, Agent]
    #: The MDS of each site.
    sites: Mapping[str, str]
    personnes: Mapping[UUID, Personne]
    followed: set[UUID]


def import_dossiers(uow: UnitOfWork, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Open what can be; answers one outcome per row, in order.

    Personnes must be known here already: accueil's facts come before the stock. A batch that
    loses a race against another for the same personne or reference is undone as a whole
    (PersonneAlreadyFollowed, ReferenceAlreadyUsed): send it again.
    """
    known = _look_up(uow, rows)
    opened: list[Dossier] = []
    outcomes = [_outcome(row, known, opened) for row in rows]
    if opened:
        uow.imports.add_all(opened)
        uow.publish(*map(opened_fact, opened))
    return outcomes


def _look_up(uow: UnitOfWork, rows: Sequence[Row]) -> _Known:
    references = Counter(row.reference for row in rows)
    personne_ids = list({key for row in rows for key in row.personne_ids})
    # Before the references: the same batch committed in between must be found there, not refused.
    followed = uow.imports.followed(personne_ids)
    return _Known(
        today=uow.today,
        references=uow.imports.by_reference(list(references)),
        repeated=frozenset(name for name, count in references.items() if count > 1),
        agents=annuaire.agents_today(uow, {row.referent_agent_id for row in rows}),
        sites=annuaire.mds_of(uow, {row.site for row in rows}),
        personnes=uow.annuaire.personnes(personne_ids),
        followed=followed,
    )


def _outcome(row: Row, known: _Known, opened: list[Dossier]) -> dict[str, Any]:
    try:
        existing = _already_there(row, known)
        if existing is not None:
            return {"reference": row.reference, "outcome": "EXISTING", "dossier_id": existing}
        _check(row, known)
    except DomainError as error:
        return {
            "reference": row.reference,
            "outcome": "REFUSED",
            "code": error.code,
            "detail": error.detail,
        }
    dossier = _open(row)
    opened.append(dossier)
    known.followed.update(row.personne_ids)
    return {"reference": row.reference, "outcome": "CREATED", "dossier_id": dossier.dossier_id}


def _already_there(row: Row, known: _Known) -> UUID | None:
    if row.reference in known.repeated:
        raise ReferenceAlreadyUsed("reference : deux lignes de l’envoi portent cette référence.")
    if row.reference not in known.references:
        return None
    dossier_id, members = known.references[row.reference]
    if members != set(row.personne_ids):
        raise ReferenceAlreadyUsed("reference : déjà reprise pour d’autres personnes.")
    return dossier_id


def _check(row: Row, known: _Known) -> None:
    if row.opened_on > known.today:
        raise DateRefused("opened_on : ce jour est dans l’avenir.")
    check_place(row.mds, row.site, known.sites)
    _check_referent(row, known)
    for index, key in enumerate(row.personne_ids):
        personne = known.personnes.get(key)
        if personne is None:
            raise PersonneUnknown(f"personne_ids[{index}] : pas encore connue ici.")
        if personne.deceased:
            raise PersonneDeceased(f"personne_ids[{index}] : personne décédée.")
        if key in known.followed:
            raise PersonneAlreadyFollowed(f"personne_ids[{index}] : déjà dans un dossier ouvert.")


def _check_referent(row: Row, known: _Known) -> None:
    agent = known.agents.get(row.referent_agent_id)
    if agent is None or not agent.active:
        raise AgentUnknown("referent_agent_id : agent inconnu de l’annuaire ou inactif.")
    if not agent.can_be_referent:
        raise NotAReferent("referent_agent_id : ni ASS ni CESF.")


def _open(row: Row) -> Dossier:
    dossier = Dossier.open(
        personne_ids=row.personne_ids,
        mds=row.mds,
        site=row.site,
        referent_agent_id=row.referent_agent_id,
        opened_on=row.opened_on,
    )
    dossier.reference = row.reference
    return dossier
