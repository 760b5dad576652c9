"""Whom a freed time suits. A part of the line is read at once, then there is only arithmetic, but
for those who would have a rendezvous earlier: the list is held for some milliseconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from chassis.clock import paris_day
from services.rendezvous.agenda import Who
from services.rendezvous.domain.attente import Attente
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.offre import Freed, expiry_of
from services.rendezvous.domain.projections import KnownPersonne
from services.rendezvous.domain.rendezvous import Rendezvous, Status
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.slots.search import Creneau, Search, find_each, find_free
from services.rendezvous.usecases.supply.worked_days import closings

IsOff = Callable[[date], bool]
_STEP, _FINEST = timedelta(minutes=15), timedelta(minutes=1)


class Time(NamedTuple):
    """A start that could be offered, and until when it could be answered."""

    motif: Motif
    creneau: Creneau
    expires_at: datetime

    @property
    def core(self) -> Interval:
        """The time it takes of a person."""
        return Interval(self.creneau.starts_at, self.creneau.ends_at)


@dataclass(frozen=True, kw_only=True)
class Matching:
    """A freed time, and what decides whom of a part of the line it suits."""

    uow: UnitOfWork
    freed: Freed
    motifs: Mapping[str, Motif]
    #: By motif, what is free, in order; who has a rendezvous already is sought for apart.
    times: Mapping[str, Sequence[Time]]
    known: Mapping[UUID, KnownPersonne]
    busy: Mapping[UUID, Sequence[Interval]]
    #: The rendezvous that some would like earlier.
    theirs: Mapping[UUID, Rendezvous]
    ended: frozenset[UUID]
    #: Whether a day gives no time to answer.
    is_off: IsOff

    def first(self, entry: Attente) -> Time | None:
        """The first start that suits; None when none does."""
        return next(self._suiting(entry), None)

    def at(self, entry: Attente, start: datetime) -> Time | None:
        """That very start, if it suits."""
        return next((one for one in self._suiting(entry) if one.creneau.starts_at == start), None)

    def _suiting(self, entry: Attente) -> Iterator[Time]:
        if entry.id in self.ended or not self._may_meet(entry):
            return
        times = self._earlier(entry) if entry.rendezvous_id else self.times[entry.motif]
        for one in times:
            if entry.wanted.suits(one.creneau.starts_at) and self._is_free(entry, one.core):
                yield one

    def _may_meet(self, entry: Attente) -> bool:
        """All of them alive, and none whose file accueil closes to one of the agents. A personne
        of whom nothing is known is offered nothing."""
        for personne_id in entry.personne_ids:
            one = self.known.get(personne_id)
            if one is None or one.deceased or one.told is None:
                return False
            if any(one.told.is_closed_to(agent_id) for agent_id in self.freed.agent_ids):
                return False
        return True

    def _is_free(self, entry: Attente, core: Interval) -> bool:
        """Those whose rendezvous would move are found free by the search, which leaves it out."""
        return entry.rendezvous_id is not None or not any(
            taken.meets(core) for one in entry.personne_ids for taken in self.busy.get(one, ())
        )

    def _earlier(self, entry: Attente) -> Iterator[Time]:
        """Who has a rendezvous already is only offered what comes before it, as if they had not."""
        held = self.theirs.get(entry.rendezvous_id) if entry.rendezvous_id else None
        if held is None or held.status is not Status.BOOKED:
            return iter(())
        motif = self.motifs[entry.motif]
        end = min(self.freed.to_at, held.place.starts_at)
        search = _search(self.freed, motif, end=end, personne_ids=entry.personne_ids, own=held.id)
        return _offerable(motif, find_free(self.uow, search), self.uow.now, self.is_off)


def read_matching(
    uow: UnitOfWork, freed: Freed, line: Sequence[Attente], motifs: Mapping[str, Motif]
) -> Matching:
    """What decides. A number of statements that does not grow with the line, but for those who
    would have a rendezvous earlier: each costs a search of their own."""
    people = {personne_id for entry in line for personne_id in entry.personne_ids}
    wanted = [motifs[code] for code in sorted({entry.motif for entry in line})]
    earlier = [entry.rendezvous_id for entry in line if entry.rendezvous_id]
    is_off = partial(closings(uow, uow.today, paris_day(freed.to_at)).is_off, freed.mds)
    return Matching(
        uow=uow,
        freed=freed,
        motifs=motifs,
        times=_times(uow, freed, wanted, is_off),
        known=uow.knowns.personnes(people),
        busy=busy_of(uow, people, freed.from_at, freed.to_at + _longest(wanted)),
        theirs={one.id: one for one in uow.agendas.get_many(earlier)} if earlier else {},
        ended=frozenset(uow.attentes.ended_among([entry.id for entry in line])),
        is_off=is_off,
    )


def busy_of(
    uow: UnitOfWork, personne_ids: Iterable[UUID], start: datetime, end: datetime
) -> dict[UUID, list[Interval]]:
    """When these personnes are taken meanwhile."""
    lines = uow.occupations.situation(
        agent_ids=(), resource_ids=list(personne_ids), window=Interval(start, end), now=uow.now
    )
    found: dict[UUID, list[Interval]] = defaultdict(list)
    for line in lines:
        if line.kind == "personne" and line.during and not line.stale:
            found[line.resource_id].append(line.during)
    return found


def _times(
    uow: UnitOfWork, freed: Freed, motifs: Sequence[Motif], is_off: IsOff
) -> dict[str, list[Time]]:
    found = find_each(uow, [_search(freed, motif, end=freed.to_at) for motif in motifs])
    return {
        motif.code: list(_offerable(motif, creneaux, uow.now, is_off))
        for motif, creneaux in zip(motifs, found, strict=True)
    }


def _search(
    freed: Freed,
    motif: Motif,
    *,
    end: datetime,
    personne_ids: tuple[UUID, ...] = (),
    own: UUID | None = None,
) -> Search:
    return Search(
        motif=motif,
        agent_ids=freed.agent_ids,
        who=Who.TOGETHER,
        window=Interval(freed.from_at, end),
        sites=(freed.site,),
        room_id=freed.room_id,
        personne_ids=personne_ids,
        own=own,
        step=_FINEST if freed.motif else _STEP,
    )


def _offerable(
    motif: Motif, creneaux: Iterable[Creneau], now: datetime, is_off: IsOff
) -> Iterator[Time]:
    """Those that leave time to answer, on days when this version of the motif is in force."""
    for creneau in creneaux:
        expires_at = expiry_of(motif, creneau.starts_at, now, is_off)
        if expires_at is not None and motif.is_valid_on(paris_day(creneau.starts_at)):
            yield Time(motif, creneau, expires_at)


def _longest(motifs: Sequence[Motif]) -> timedelta:
    return max((motif.shape.duration for motif in motifs), default=timedelta(0))
