"""Reads the ground of a wish, then takes its place: locks, checks, or alternatives."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from dataclasses import replace as replaced
from uuid import UUID

from chassis.clock import paris_day
from services.rendezvous import accueil
from services.rendezvous.domain.booking import Ground, Wish
from services.rendezvous.domain.errors import AgentAbsent, NotOpen, SlotTaken
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import (
    Claim,
    buffered,
    check_place,
    claims_of,
    core_of,
)
from services.rendezvous.domain.projections import Assignment
from services.rendezvous.domain.rendezvous import Place
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.search import Alternatives, alternatives
from services.rendezvous.usecases.told import learn_dossier, learn_personnes


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A place wanted for these personnes. `own`: the rendezvous or hold that gives up its old
    place; `also`: the resources of that old place."""

    motif: Motif
    place: Place
    personne_ids: tuple[UUID, ...]
    own: UUID | None = None
    also: tuple[UUID, ...] = ()


def read_ground(
    uow: UnitOfWork,
    wish: Wish,
    personne_ids: Collection[UUID],
    *,
    dossier_id: UUID | None = None,
) -> Ground:
    """What the wish rests on; what is not known yet is asked of whom it belongs to (fail closed:
    a fact that is late stops nobody, an owner that is away does)."""
    ground = uow.motifs.ground(
        code=wish.motif,
        site_code=wish.site,
        day=paris_day(wish.starts_at),
        agent_ids=wish.agent_ids,
        personne_ids=personne_ids,
        room_id=wish.room_id,
        dossier_id=dossier_id,
    )
    if dossier_id is not None and ground.dossier is None:
        ground = replaced(ground, dossier=learn_dossier(uow, dossier_id))
    missing_agents = [a for a in wish.agent_ids if a not in ground.agents]
    missing = [p for p in personne_ids if not ground.knows(p)]
    if not missing_agents and not missing:
        return ground
    agents = {agent_id: learn_agent(uow, agent_id) for agent_id in missing_agents}
    learnt = {agent_id: post for agent_id, post in agents.items() if post}
    personnes = {**ground.personnes, **learn_personnes(uow, missing)}
    return replaced(ground, agents={**ground.agents, **learnt}, personnes=personnes)


def learn_agent(uow: UnitOfWork, agent_id: UUID) -> Assignment | None:
    """Ask accueil about an agent not known here, and remember the answer."""
    post = accueil.read_agent(uow.neighbours, agent_id, uow.today)
    if post is not None:
        uow.knowns.put_assignment(post)
    return post


def take_place(uow: UnitOfWork, seat: Seat, take: Callable[[list[Claim]], bool]) -> None:
    """Take the place with `take`, or refuse with alternatives.

    Everything is locked before it is looked at; the exclusion constraint has the last word.
    On a refusal the transaction is given up first, so that nobody waits while others are sought.
    """
    try:
        take_or_refuse(uow, seat, take)
    except (SlotTaken, NotOpen, AgentAbsent) as refusal:
        uow.rollback()
        found = alternatives(
            uow,
            Alternatives(
                motif=seat.motif, place=seat.place, personne_ids=seat.personne_ids, own=seat.own
            ),
        )
        raise type(refusal)(refusal.detail, extra={"alternatives": found}) from None


def take_or_refuse(uow: UnitOfWork, seat: Seat, take: Callable[[list[Claim]], bool]) -> None:
    """Take the place, or refuse without looking for others: the transaction goes on."""
    claims = claims_of(seat.place, seat.motif.shape, seat.personne_ids)
    resources = [claim.resource_id for claim in claims]
    lines = uow.occupations.situation(
        locking={*resources, *seat.also},
        agent_ids=seat.place.agent_ids,
        resource_ids=resources,
        window=buffered(core_of(seat.place), seat.motif.shape),
        now=uow.now,
    )
    check_place(lines, claims, place=seat.place, motif=seat.motif, own=seat.own)
    if any(line.stale for line in lines):
        uow.occupations.sweep(resources, now=uow.now)
    if seat.own is not None:
        uow.occupations.release(seat.own)
    if not take(claims):
        raise SlotTaken("Choisissez un autre créneau.")
