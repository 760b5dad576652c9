"""Time that is taken: by whom, for what, and whether a place can still be had."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from chassis.clock import end_of_day, instant_of
from services.rendezvous.domain.errors import (
    AgentAbsent,
    Closed,
    NotOpen,
    PersonneDeceased,
    SlotTaken,
)
from services.rendezvous.domain.motif import Motif, Shape
from services.rendezvous.domain.rendezvous import Place


class Interval(NamedTuple):
    """From `start` included to `end` excluded."""

    start: datetime
    end: datetime

    def meets(self, other: Interval) -> bool:
        """Whether they overlap; touching is not overlapping."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One resource wanted for a time."""

    kind: str
    resource_id: UUID
    during: Interval
    #: A person's time that a responsable lets overlap; nothing else ever does.
    overridden: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """One stretch of someone's time, as the database says it.

    `kind`: opening, absence, agent, room, vehicle, personne (the last four are occupations),
    closure (`site` None: everywhere), retired (a room or a vehicle, from a day on), or deceased,
    which has no time.
    """

    kind: str
    resource_id: UUID
    during: Interval | None
    site: str | None = None
    kinds: frozenset[str] = frozenset()
    motifs: frozenset[str] = frozenset()
    owner_id: UUID | None = None
    #: A hold whose time has run out: it no longer stands in anyone's way.
    stale: bool = False

    def is_open_for(self, motif: Motif, site: str) -> bool:
        """Whether it is an opening of this site that takes the motif."""
        if self.kind != "opening" or self.site != site:
            return False
        return takes(self.kinds, self.motifs, motif)

    def closes(self, site: str) -> bool:
        """Whether it is a closing of this site."""
        return self.kind == "closure" and self.site in (None, site)


def takes(kinds: Collection[str], motifs: Collection[str], motif: Motif) -> bool:
    """Whether an opening for these kinds and motifs takes a motif; for none, it takes all."""
    return not (kinds or motifs) or motif.kind in kinds or motif.code in motifs


_WHO = {
    "agent": "Un agent a déjà un rendez-vous ou un créneau gardé à cet horaire.",
    "room": "La salle est prise à cet horaire.",
    "vehicle": "Le véhicule est pris à cet horaire.",
    "personne": "La personne a déjà un rendez-vous à cet horaire.",
}


def in_force(motif: Motif, window: Interval) -> Interval:
    """The part of a window on the days when this version of a motif is in force; it may be
    empty, its end then before its start."""
    last = end_of_day(motif.valid_to) if motif.valid_to else window.end
    return Interval(max(window.start, instant_of(motif.valid_from)), min(window.end, last))


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Sorted and disjoint; those that touch become one, empty ones disappear."""
    result: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if result and start <= result[-1].end:
            result[-1] = Interval(result[-1].start, max(end, result[-1].end))
        else:
            result.append(Interval(start, end))
    return result


def hull(intervals: Iterable[Interval]) -> Interval:
    """From the first start to the last end. There is one at least."""
    starts, ends = zip(*intervals, strict=True)
    return Interval(min(starts), max(ends))


def core_of(place: Place) -> Interval:
    """The time the person is there."""
    return Interval(place.starts_at, place.ends_at)


def buffered(core: Interval, shape: Shape) -> Interval:
    """The room's time: the rendezvous and its buffers."""
    return Interval(core.start - shape.before, core.end + shape.after)


def reach_of(place: Place, shape: Shape) -> Interval:
    """The agents' and the vehicle's time: buffers, and the way there and back."""
    return buffered(core_of(place), shape.with_travel(place.travel_minutes))


def claims_of(place: Place, shape: Shape, personne_ids: Collection[UUID]) -> list[Claim]:
    """What a rendezvous takes: agents and vehicle with buffers and travel, room with buffers,
    personnes without."""
    core = core_of(place)
    away = reach_of(place, shape)
    wanted: list[tuple[str, Interval, Collection[UUID | None]]] = [
        ("agent", away, place.agent_ids),
        ("room", buffered(core, shape), [place.room_id]),
        ("vehicle", away, [place.vehicle_id]),
        ("personne", core, personne_ids),
    ]
    return [
        Claim(kind=kind, resource_id=resource_id, during=during)
        for kind, during, ids in wanted
        for resource_id in ids
        if resource_id is not None
    ]


def choose(
    lines: Sequence[Line], candidates: Sequence[UUID], during: Interval, *, own: UUID | None
) -> UUID | None:
    """The first of these rooms or vehicles that is free; None when none is."""
    taken = {
        line.resource_id
        for line in lines
        if (line.kind in _WHO or line.kind == "retired")
        and not line.stale
        and not (own and line.owner_id == own)
        and line.during
        and line.during.meets(during)
    }
    return next((one for one in candidates if one not in taken), None)


def check_place(
    lines: Sequence[Line],
    claims: Sequence[Claim],
    *,
    place: Place,
    motif: Motif,
    own: UUID | None,
    own_is_hold: bool = False,
    override: bool = False,
) -> list[Claim]:
    """The claims of a place that can be had. `own`: the rendezvous or hold that already has part
    of it; `override`: persons' other rendezvous are passed over, and the claims say so.

    Raises PersonneDeceased, Closed, NotOpen, AgentAbsent or SlotTaken.
    """
    if any(line.kind == "deceased" for line in lines):
        raise PersonneDeceased("Vérifiez la fiche de la personne.")
    _check_absences(lines, reach_of(place, motif.shape))
    _check_in_service(lines, claims, None if own_is_hold else own)
    passed_over = _check_taken(lines, claims, own, override=override)
    if not place.outside_opening:
        _check_closures(lines, place)
        for agent_id in place.agent_ids:
            _check_open(lines, agent_id, place, motif)
    return [replace(one, overridden=one.resource_id in passed_over) for one in claims]


def _check_open(lines: Sequence[Line], agent_id: UUID, place: Place, motif: Motif) -> None:
    core = core_of(place)
    openings = merged(
        line.during
        for line in lines
        if line.resource_id == agent_id and line.during and line.is_open_for(motif, place.site)
    )
    if not any(o.start <= core.start and core.end <= o.end for o in openings):
        raise NotOpen(
            "Choisissez un créneau proposé ; un agent peut passer outre (outside_opening)."
        )


def _check_closures(lines: Sequence[Line], place: Place) -> None:
    core = core_of(place)
    if any(line.closes(place.site) and line.during and line.during.meets(core) for line in lines):
        raise Closed("Choisissez un autre jour ; un agent peut passer outre (outside_opening).")


def _check_absences(lines: Sequence[Line], whole: Interval) -> None:
    if any(line.kind == "absence" and line.during and line.during.meets(whole) for line in lines):
        raise AgentAbsent("Choisissez un autre horaire ou un autre agent.")


def _check_in_service(lines: Sequence[Line], claims: Sequence[Claim], own: UUID | None) -> None:
    """Raise SlotTaken for a room or a vehicle that no longer serves then; what a rendezvous has at
    that very time, it keeps."""
    wanted = {claim.resource_id: claim.during for claim in claims}
    had = {
        line.resource_id
        for line in lines
        if own is not None and line.owner_id == own
        if line.during == wanted.get(line.resource_id)
    }
    for line in lines:
        during = wanted.get(line.resource_id)
        if line.kind != "retired" or line.resource_id in had or not (during and line.during):
            continue
        if during.meets(line.during):
            raise SlotTaken(
                "La salle ou le véhicule ne sert plus à cette date ; nommez-en un autre, ou aucun."
            )


def _check_taken(
    lines: Sequence[Line], claims: Sequence[Claim], own: UUID | None, *, override: bool
) -> set[UUID]:
    """The persons whose other rendezvous are passed over. Raises SlotTaken for all the rest."""
    wanted = {claim.resource_id: claim.during for claim in claims}
    passed_over = set()
    for line in lines:
        mine = own is not None and line.owner_id == own
        if line.kind not in _WHO or line.stale or mine or line.during is None:
            continue
        during = wanted.get(line.resource_id)
        if during is None or not during.meets(line.during):
            continue
        if not override or line.kind != "personne":
            raise SlotTaken(_WHO[line.kind])
        passed_over.add(line.resource_id)
    return passed_over
