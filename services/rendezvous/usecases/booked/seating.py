"""Reads the ground of a wish, then takes its place: locks, checks, or alternatives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Any
from uuid import UUID

from chassis.clock import paris_day
from services.rendezvous import accueil
from services.rendezvous.domain.booking import Ground, Wish, choice_of
from services.rendezvous.domain.errors import AgentAbsent, Closed, NotOpen, SlotTaken
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import (
    Claim,
    Line,
    buffered,
    check_place,
    choose,
    claims_of,
    core_of,
    reach_of,
)
from services.rendezvous.domain.projections import Assignment
from services.rendezvous.domain.rendezvous import Place
from services.rendezvous.domain.resource import ResourceKind
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.slots.alternatives import Refused, alternatives
from services.rendezvous.usecases.told import learn_dossier, learn_personnes


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A place wanted for these personnes. `own`: the rendezvous or hold that gives up its old
    place; `also`: the resources of that old place; `override`: whatever else they have then.
    `rooms`, `vehicles`: among which the first free one is taken.

    Of the call it comes from, for what a refusal proposes: `viewer`, who makes it; `same_team`,
    that it changes the hour alone; `own_is_hold`, that its own is a hold, which still stands when
    it is refused, and is no right to what was retired meanwhile."""

    motif: Motif
    place: Place
    personne_ids: tuple[UUID, ...]
    own: UUID | None = None
    also: tuple[UUID, ...] = ()
    rooms: tuple[UUID, ...] = ()
    vehicles: tuple[UUID, ...] = ()
    override: bool = False
    viewer: Viewer | None = None
    same_team: bool = False
    own_is_hold: bool = False

    def refused(self) -> Refused:
        """What others are sought for."""
        return Refused(
            motif=self.motif,
            place=self.place,
            personne_ids=self.personne_ids,
            own=None if self.own_is_hold else self.own,
            viewer=self.viewer,
            same_team=self.same_team,
            any_room=bool(self.rooms),
            any_vehicle=bool(self.vehicles),
            keeps_travel=self.own is not None and not self.own_is_hold,
        )

    def settled(self, lines: Sequence[Line]) -> Place:
        """The place with the room and the vehicle that are free. Raises SlotTaken for want of
        one."""
        place, shape = self.place, self.motif.shape
        chosen: dict[str, Any] = {}
        wanted = (
            ("room_id", self.rooms, buffered(core_of(place), shape), "Aucune salle"),
            ("vehicle_id", self.vehicles, reach_of(place, shape), "Aucun véhicule"),
        )
        for name, candidates, during, none in wanted:
            if candidates:
                chosen[name] = choose(lines, candidates, during, own=self.own)
                if chosen[name] is None:
                    raise SlotTaken(f"{none} du site n’est libre à cet horaire.")
        return replaced(place, **chosen) if chosen else place


#: Why a place cannot be had now: another may.
PLACE_REFUSALS = (SlotTaken, NotOpen, Closed, AgentAbsent)
#: Stores the place as it was settled, with what it claims. False when something was taken.
Take = Callable[[Place, list[Claim]], bool]


def seat_of(wish: Wish, motif: Motif, place: Place, ground: Ground, **more: Any) -> Seat:
    """The seat a wish means."""
    return Seat(
        motif=motif,
        place=place,
        rooms=choice_of(wish, motif, ground, ResourceKind.ROOM),
        vehicles=choice_of(wish, motif, ground, ResourceKind.VEHICLE),
        **more,
    )


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
        resource_ids=[one for one in (wish.room_id, wish.vehicle_id) if one],
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


def take_place(uow: UnitOfWork, seat: Seat, take: Take) -> None:
    """Take the place with `take`, or refuse with alternatives.

    Everything is locked before it is looked at; the exclusion constraint has the last word.
    On a refusal the transaction is given up first, so that nobody waits while others are sought.
    """
    try:
        take_or_refuse(uow, seat, take)
    except PLACE_REFUSALS as refusal:
        uow.rollback()
        found = alternatives(uow, seat.refused())
        raise type(refusal)(refusal.detail, extra={"alternatives": found}) from None


def take_or_refuse(uow: UnitOfWork, seat: Seat, take: Take, *, locked: bool = False) -> None:
    """Take the place, or refuse without looking for others: the transaction goes on.

    Every room the place could be given is locked with the rest: who books next sees which one
    was taken. `locked`: the caller did, in a round of its own for several places."""
    shape = seat.motif.shape
    wanted = [claim.resource_id for claim in claims_of(seat.place, shape, seat.personne_ids)]
    resources = list(dict.fromkeys([*wanted, *seat.rooms, *seat.vehicles]))
    lines = uow.occupations.situation(
        locking=() if locked else {*resources, *seat.also},
        agent_ids=seat.place.agent_ids,
        resource_ids=resources,
        window=reach_of(seat.place, shape),
        now=uow.now,
    )
    place = seat.settled(lines)
    claims = check_place(
        lines,
        claims_of(place, shape, seat.personne_ids),
        place=place,
        motif=seat.motif,
        own=seat.own,
        own_is_hold=seat.own_is_hold,
        override=seat.override,
    )
    if any(line.stale for line in lines):
        uow.occupations.sweep(resources, now=uow.now)
    if seat.own is not None:
        uow.occupations.release(seat.own)
    if not take(place, claims):
        raise SlotTaken("Choisissez un autre créneau.")
