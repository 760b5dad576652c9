"""What is proposed for a rendezvous whose agent is absent: loads, then applies the rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice
from operator import attrgetter
from uuid import UUID

from services.rendezvous.agenda import Who
from services.rendezvous.domain.depart import Away
from services.rendezvous.domain.errors import (
    AgentAbsent,
    Closed,
    NotOpen,
    PersonneDeceased,
    SlotTaken,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import (
    Interval,
    Line,
    check_place,
    claims_of,
    reach_of,
)
from services.rendezvous.domain.projections import Assignment
from services.rendezvous.domain.remplacement import (
    MOST_OTHER_TIMES,
    MOST_SUBSTITUTES,
    Proposal,
    Rule,
    Substitute,
    Vacancy,
    in_order,
    is_known_to,
)
from services.rendezvous.domain.rendezvous import Place, Rendezvous
from services.rendezvous.domain.reprise import Act
from services.rendezvous.domain.rights import Seen
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.slots.search import Creneau, Search, find_free

#: Other times are sought over two weeks, then to six weeks after the absence: *exemple*.
_NEAR, _FAR = timedelta(days=14), timedelta(days=42)
_REFUSALS = (SlotTaken, NotOpen, Closed, AgentAbsent, PersonneDeceased)


@dataclass(frozen=True, kw_only=True)
class _Case:
    """One affected rendezvous, the seat that is vacant in it, and who may sit there."""

    rendezvous: Rendezvous
    vacancy: Vacancy
    substitutes: Sequence[Substitute]


class Bench:
    """Who can stand in for one agent who is away. Reads what its cases share once."""

    def __init__(self, uow: UnitOfWork, away: Away) -> None:
        self._uow = uow
        self._away = away
        self._motifs: dict[tuple[str, date], Motif | None] = {}
        self._posts: dict[tuple[str, date, UUID | None], list[Assignment]] = {}
        self._absent: dict[date, Assignment | None] = {}

    def propose(self, seen: Seen, *, masked: bool) -> list[Proposal]:
        """Substitutes at the same hour, other times, cancellation: the first is the rule's choice.

        `seen` is whole. To whom it is masked, the référent is not told: nobody learns from a
        proposal what the rendezvous is about.
        """
        case = self._case(seen, referent_id=None if masked else seen.referent_id)
        cancelled = Proposal(act=Act.CANCEL, rule=Rule.CANCELLATION)
        if case is None:
            return [cancelled]
        return [*self._same_hour(case), *self._other_times(case), cancelled]

    def _case(self, seen: Seen, *, referent_id: UUID | None) -> _Case | None:
        rendezvous, day = seen.rendezvous, seen.rendezvous.held_on
        motif, post = self._motif(rendezvous.motif, day), self._post(day)
        if motif is None or post is None:
            return None
        vacancy = Vacancy(post=post, place=rendezvous.place, motif=motif, referent_id=referent_id)
        rules = {
            other.agent_id: rule
            for other in self._stand_ins(rendezvous.place.mds, day, referent_id)
            if (rule := vacancy.rule_for(other)) is not None
            and (rendezvous.is_collective or _may_know(other.agent_id, seen))
        }
        loads = self._loads(rules, day)
        found = in_order(
            Substitute(agent_id=agent_id, rule=rule, load=loads.get(agent_id, 0))
            for agent_id, rule in rules.items()
        )
        return _Case(rendezvous=rendezvous, vacancy=vacancy, substitutes=found)

    def _same_hour(self, case: _Case) -> list[Proposal]:
        """The substitutes whom the very check of a move lets in, at the hour it has."""
        place, motif = case.rendezvous.place, case.vacancy.motif
        if place.starts_at < self._uow.now or not case.substitutes:
            return []
        ends_at = place.starts_at + motif.shape.duration
        kept = replace(place, ends_at=ends_at, outside_opening=False)
        agents = {*place.agent_ids, *(one.agent_id for one in case.substitutes)}
        lines = self._uow.occupations.situation(
            agent_ids=agents,
            resource_ids=[*agents, *kept.resource_ids, *case.rendezvous.personne_ids],
            window=reach_of(kept, motif.shape),
            now=self._uow.now,
        )
        seats = (
            (one, replace(kept, agent_ids=case.vacancy.team_with(one.agent_id)))
            for one in case.substitutes
        )
        return [
            Proposal(
                act=Act.REASSIGN,
                rule=one.rule,
                agent_ids=taken.agent_ids,
                agent_id=one.agent_id,
                starts_at=taken.starts_at,
                ends_at=taken.ends_at,
                load=one.load,
            )
            for one, taken in seats
            if _is_free(case, taken, lines)
        ][:MOST_SUBSTITUTES]

    def _other_times(self, case: _Case) -> list[Proposal]:
        """The nearest ones; those of the absent agent first when they are the référent, and none
        of one who has left."""
        own = [] if self._away.mds_left else [case.rendezvous.place.agent_ids]
        teams = [case.vacancy.team_with(one.agent_id) for one in case.substitutes]
        start = case.rendezvous.place.starts_at
        far = (max(start, self._away.during.end) if own else start) + _FAR
        if own and case.vacancy.referent_id == self._away.agent_id:
            found = self._free(case, own, far)
            if len(found) < MOST_OTHER_TIMES:
                found += self._free(case, teams, far)
        else:
            found = self._free(case, [*own, *teams], start + _NEAR)
            if len(found) < MOST_OTHER_TIMES:
                found = self._free(case, [*own, *teams], far)
        return [self._move(case, one) for one in found[:MOST_OTHER_TIMES]]

    def _move(self, case: _Case, creneau: Creneau) -> Proposal:
        own = creneau.agent_ids == case.rendezvous.place.agent_ids
        at = case.rendezvous.place.agent_ids.index(self._away.agent_id)
        return Proposal(
            act=Act.MOVE,
            rule=Rule.SAME_AGENT_LATER if own else Rule.SUBSTITUTE_LATER,
            agent_ids=creneau.agent_ids,
            agent_id=None if own else creneau.agent_ids[at],
            starts_at=creneau.starts_at,
            ends_at=creneau.ends_at,
        )

    def _free(
        self, case: _Case, teams: Sequence[tuple[UUID, ...]], until: datetime
    ) -> list[Creneau]:
        if not teams:
            return []
        rendezvous, place = case.rendezvous, case.rendezvous.place
        search = Search(
            motif=case.vacancy.motif,
            window=Interval(max(place.starts_at, self._uow.now), until),
            sites=(place.site,),
            room_id=place.room_id,
            vehicle_id=place.vehicle_id,
            zone=place.zone,
            personne_ids=rendezvous.personne_ids,
            own=rendezvous.id,
        )
        found = merge(
            *(find_free(self._uow, one) for one in _of_teams(search, teams)),
            key=attrgetter("starts_at"),
        )
        others = (one for one in found if one.starts_at != place.starts_at)
        return list(islice(others, MOST_OTHER_TIMES))

    def _motif(self, code: str, day: date) -> Motif | None:
        if (code, day) not in self._motifs:
            self._motifs[code, day] = next(iter(self._uow.motifs.versions(code, day, day)), None)
        return self._motifs[code, day]

    def _post(self, day: date) -> Assignment | None:
        if self._away.post is not None:
            return self._away.post
        if day not in self._absent:
            agent_id = self._away.agent_id
            self._absent[day] = self._uow.knowns.assignment_on(agent_id, day)
        return self._absent[day]

    def _stand_ins(self, mds: str, day: date, referent_id: UUID | None) -> list[Assignment]:
        key = (mds, day, referent_id)
        if key not in self._posts:
            also = [referent_id] if referent_id else []
            self._posts[key] = self._uow.knowns.stand_ins(mds, day, also=also)
        return self._posts[key]

    def _loads(self, agent_ids: Collection[UUID], day: date) -> dict[UUID, int]:
        """Minutes booked from the Monday to the Sunday of a Paris day."""
        if not agent_ids:
            return {}
        monday = day - timedelta(days=day.weekday())
        return self._uow.agendas.minutes_booked(agent_ids, monday, monday + timedelta(days=6))


def _of_teams(search: Search, teams: Sequence[tuple[UUID, ...]]) -> list[Search]:
    """One search for agents who receive alone; one by team for those who receive together."""
    if all(len(team) == 1 for team in teams):
        return [replace(search, agent_ids=tuple(agent_id for (agent_id,) in teams))]
    return [replace(search, agent_ids=team, who=Who.TOGETHER) for team in teams]


def _may_know(agent_id: UUID, seen: Seen) -> bool:
    """Whether the files of all those received are open to an agent; a session shows each of its
    participants apart."""
    return not seen.untold and is_known_to(agent_id, seen.personnes.values())


def _is_free(case: _Case, taken: Place, lines: Sequence[Line]) -> bool:
    """Whether the agents of a place, and all it takes besides, are free."""
    motif, rendezvous = case.vacancy.motif, case.rendezvous
    claims = claims_of(taken, motif.shape, rendezvous.personne_ids)
    wanted = {claim.resource_id for claim in claims}
    try:
        check_place(
            [line for line in lines if line.resource_id in wanted or line.kind == "closure"],
            claims,
            place=taken,
            motif=motif,
            own=rendezvous.id,
            # What the person has at that time already, they had before.
            override=taken.keeps_time_of(rendezvous.place),
        )
    except _REFUSALS:
        return False
    return True
