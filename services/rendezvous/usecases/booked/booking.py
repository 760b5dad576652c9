"""Hold, book, move: what takes a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import VersionMismatch
from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from services.rendezvous.domain.booking import (
    Ground,
    Wish,
    check_for_self,
    check_links,
    check_override,
    check_personnes,
    place_of,
)
from services.rendezvous.domain.errors import (
    HoldUnknown,
    MotifUnknown,
    NotYoursToBook,
    TooLateToCancel,
    WholeRefused,
)
from services.rendezvous.domain.hold import HOLD_FOR, Hold
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Claim
from services.rendezvous.domain.participation import opened
from services.rendezvous.domain.rendezvous import (
    Action,
    Links,
    Marks,
    Origin,
    OverrideReason,
    Place,
    Rendezvous,
    booked,
)
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.booked.seating import Seat, read_ground, seat_of, take_place
from services.rendezvous.usecases.viewers import (
    Line,
    booker_of,
    line_of,
    own_line,
    viewer_of,
    visible,
)
from services.rendezvous.usecases.waiting.freeing import (
    place_left,
    seat_left,
    session_changed,
    wait_may_end,
)

_WISH = tuple(field.name for field in fields(Wish))


def read_wish(body: Mapping[str, Any]) -> Wish:
    """A wish out of a request's fields; those that are not its own are left alone."""
    given = {name: body[name] for name in _WISH if name in body}
    return Wish(**given | {"agent_ids": tuple(given["agent_ids"])})


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What is wanted of a booking: for whom, tied to what, marked how, against what."""

    personne_ids: tuple[UUID, ...]
    links: Links
    marks: Marks
    override: OverrideReason | None = None


def hold(uow: UnitOfWork, *, by: Caller, wish: Wish) -> Hold:
    """Keep a place for a few minutes. A person keeps one place at a time."""
    viewer = booker_of(by)
    if viewer.is_personne:
        _give_back_others(uow, viewer)
    ground = read_ground(uow, wish, ())
    motif, place = place_of(wish, ground, viewer, now=uow.now)
    kept = Hold(
        id=new_id(),
        motif_id=motif.id,
        motif=motif.code,
        place=place,
        held_by=viewer.subject,
        expires_at=uow.now + HOLD_FOR,
    )
    seat = seat_of(wish, motif, place, ground, personne_ids=(), viewer=viewer)
    take_place(uow, seat, partial(_keep, uow, kept))
    uow.schedule("hold_expiry", kept.id, kept.expires_at)
    return kept


def release_hold(uow: UnitOfWork, *, by: Caller, hold_id: UUID) -> None:
    """Give a kept place back. Raises HoldUnknown for someone else's, HoldGone when too late."""
    kept = _own_hold(uow, by, hold_id)
    kept.release(uow.now)
    uow.holds.set_status(kept.id, kept.status)
    uow.occupations.release(kept.id)
    uow.unschedule("hold_expiry", kept.id)


def book(
    uow: UnitOfWork,
    *,
    by: Caller,
    demand: Demand,
    wish: Wish | None = None,
    hold_id: UUID | None = None,
) -> Line:
    """Book a place asked for, or one that was held."""
    viewer = booker_of(by)
    check_for_self(viewer, demand.personne_ids, demand.links, demand.marks)
    kept = _own_hold(uow, by, hold_id) if hold_id else None
    wish = _wanted(uow, demand, wish, kept)
    motif, place, ground = _agreed(uow, by, demand, wish, delay_met=kept is not None)
    rendezvous, fact = booked(
        rendezvous_id=new_id(),
        motif=motif,
        place=place,
        personne_ids=demand.personne_ids,
        links=demand.links,
        by=viewer.subject,
        now=uow.now,
        marks=Marks(origin=Origin.PERSONNE) if viewer.is_personne else demand.marks,
    )
    seat = _seat_for(viewer, demand, wish, kept, (motif, place, ground))
    participations, facts = opened(rendezvous, fact, by=viewer.subject, now=uow.now)
    take_place(uow, seat, partial(_store, uow, rendezvous, wish=wish, by=by.subject))
    _use_up(uow, kept)
    uow.participations.save(*participations)
    uow.publish(*facts)
    wait_may_end(uow, rendezvous)
    seat_left(uow, rendezvous)
    return own_line(viewer, rendezvous, participations, instructions=motif.instructions)


def _seat_for(
    viewer: Viewer,
    demand: Demand,
    wish: Wish,
    kept: Hold | None,
    agreed: tuple[Motif, Place, Ground],
) -> Seat:
    return seat_of(
        wish,
        *agreed,
        personne_ids=demand.personne_ids,
        own=kept.id if kept else None,
        override=wish.override is not None,
        viewer=viewer,
        own_is_hold=kept is not None,
    )


def _use_up(uow: UnitOfWork, kept: Hold | None) -> None:
    if kept is not None:
        uow.holds.set_status(kept.id, kept.status)
        uow.unschedule("hold_expiry", kept.id)


def _wanted(uow: UnitOfWork, demand: Demand, wish: Wish | None, kept: Hold | None) -> Wish:
    """The place asked for, or the one that was held, used up."""
    if kept is not None:
        kept.use(uow.now)
        wish = wish_of(kept)
    if wish is None:
        raise MotifUnknown("Donnez un motif ou une réservation provisoire.", field="/motif")
    return replace(wish, override=demand.override)


def _agreed(
    uow: UnitOfWork, by: Caller, demand: Demand, wish: Wish, *, delay_met: bool
) -> tuple[Motif, Place, Ground]:
    """The motif, the place and what they rest on, once every rule but free time is met."""
    viewer = booker_of(by)
    ground = read_ground(uow, wish, demand.personne_ids, dossier_id=demand.links.dossier_id)
    motif, place = place_of(wish, ground, viewer, now=uow.now, delay_met=delay_met)
    if wish.override is not None:
        check_override(viewer_of(uow, by), wish, place.mds)
    check_personnes(demand.personne_ids, motif, ground, viewer)
    check_links(demand.personne_ids, motif, demand.links, ground)
    return motif, place, ground


def _store(
    uow: UnitOfWork,
    rendezvous: Rendezvous,
    place: Place,
    claims: list[Claim],
    *,
    wish: Wish,
    by: str,
) -> bool:
    _record_override(uow, rendezvous, wish, by, claims)
    return store(uow, rendezvous, place, claims)


def _record_override(
    uow: UnitOfWork, rendezvous: Rendezvous, wish: Wish, by: str, claims: list[Claim]
) -> None:
    """Only what was passed over is recorded: a right that was of no use leaves no trace."""
    if wish.override is not None and any(claim.overridden for claim in claims):
        rendezvous.overrule(wish.override, by=by, now=uow.now)


def move(
    uow: UnitOfWork,
    *,
    by: Caller,
    rendezvous_id: UUID,
    expected: int | None,
    changes: Mapping[str, Any],
) -> Line:
    """Give a rendezvous another place; it keeps its id, and the old place is free at once.

    It is read without a lock first: whoever takes places locks resources before rows.
    """
    viewer = viewer_of(uow, by)
    found = visible(uow, viewer, rendezvous_id)
    seen = found.rendezvous
    expect_version(seen.version, expected)
    seen.check(Action.MOVE)
    if viewer.is_personne:
        _check_own_move(uow, seen, changes)
    wish = _moved_wish(seen, changes)
    ground = read_ground(uow, wish, seen.personne_ids)
    same_hour = wish.starts_at == seen.place.starts_at
    motif, place = place_of(wish, ground, viewer, now=uow.now, delay_met=same_hour)
    check_override(viewer, wish, place.mds)
    seat = seat_of(
        wish,
        motif,
        place,
        ground,
        personne_ids=seen.personne_ids,
        own=seen.id,
        also=(*seen.place.agent_ids, *seen.place.resource_ids),
        # What the person has at the very same time already, they had before.
        override=wish.override is not None or place.keeps_time_of(seen.place),
        viewer=viewer,
        same_team=viewer.is_personne,
    )
    take_place(uow, seat, partial(_move_locked, uow, seen, seat, wish=wish, by=by.subject))
    return line_of(uow, viewer, replace(found, instructions=motif.instructions))


def holds_ran_out(uow: UnitOfWork, hold_ids: Sequence[UUID]) -> None:
    """Free the places kept past their time; a hold used or given back meanwhile is left."""
    uow.holds.expire(hold_ids, now=uow.now)


def _keep(uow: UnitOfWork, kept: Hold, place: Place, claims: list[Claim]) -> bool:
    kept.place = place
    return uow.holds.add(kept, claims)


def store(uow: UnitOfWork, rendezvous: Rendezvous, place: Place, claims: list[Claim]) -> bool:
    """Store a new rendezvous in the place it was given. False when something was taken."""
    rendezvous.place = place
    return uow.agendas.add(rendezvous, claims)


def _move_locked(
    uow: UnitOfWork,
    seen: Rendezvous,
    seat: Seat,
    place: Place,
    claims: list[Claim],
    *,
    wish: Wish,
    by: str,
) -> bool:
    current = uow.agendas.get(seen.id, to_change=True)
    if current is None or current.version != seen.version:
        raise VersionMismatch("Relisez la fiche, puis refaites votre modification.")
    left, overruled = (seen.place, seen.motif), seen.overruled
    moved = uow.participations.session_of(seen) if seen.is_collective else seen
    fact = moved.move(place, seat.motif)
    if place.keeps_time_of(left[0]) and wish.override is None:
        seen.override_reason, seen.override_by, seen.override_at = overruled
    _record_override(uow, seen, wish, by, claims)
    uow.agendas.save_place(seen)
    uow.publish(fact)
    if place.agent_ids != left[0].agent_ids or not place.keeps_time_of(left[0]):
        place_left(uow, *left)
    if seen.is_collective:
        session_changed(uow, seen)
        seat_left(uow, seen)
    return uow.occupations.take(seen.id, claims)


def _own_hold(uow: UnitOfWork, by: Caller, hold_id: UUID) -> Hold:
    kept = uow.holds.get(hold_id)
    if kept is None or kept.held_by != by.subject:
        raise HoldUnknown()
    return kept


def _give_back_others(uow: UnitOfWork, viewer: Viewer) -> None:
    uow.holds.lock_holder(viewer.subject)
    for hold_id in uow.holds.open_of(viewer.subject):
        kept = uow.holds.get(hold_id)
        if kept is not None and uow.now < kept.expires_at:
            kept.release(uow.now)
            uow.holds.set_status(kept.id, kept.status)
            uow.occupations.release(kept.id)
            uow.unschedule("hold_expiry", kept.id)


def wish_of(kept: Hold) -> Wish:
    return Wish(
        motif=kept.motif,
        site=kept.place.site,
        agent_ids=kept.place.agent_ids,
        starts_at=kept.place.starts_at,
        room_id=kept.place.room_id,
        vehicle_id=kept.place.vehicle_id,
        zone=kept.place.zone,
        outside_opening=kept.place.outside_opening,
        outside_delay=kept.place.outside_delay,
        kept=kept.place,
    )


def _moved_wish(seen: Rendezvous, changes: Mapping[str, Any]) -> Wish:
    """What is null is given up; what is absent stays, on the same site."""
    dropped: dict[str, Any] = {n: None for n in ("room_id", "vehicle_id") if n in changes}
    return Wish(
        motif=seen.motif,
        site=changes.get("site", seen.place.site),
        agent_ids=tuple(changes.get("agent_ids", seen.place.agent_ids)),
        starts_at=changes["starts_at"],
        room_id=changes.get("room_id"),
        vehicle_id=changes.get("vehicle_id"),
        zone=changes.get("zone", seen.place.zone),
        outside_opening=changes.get("outside_opening", False),
        outside_delay=changes.get("outside_delay", False),
        kept=replace(seen.place, **dropped),
        override=changes.get("override"),
    )


def _check_own_move(uow: UnitOfWork, seen: Rendezvous, changes: Mapping[str, Any]) -> None:
    if seen.is_collective:
        raise WholeRefused("Annulez votre participation, puis choisissez une autre session.")
    if set(changes) != {"starts_at"}:
        raise NotYoursToBook("Vous pouvez seulement changer l’heure.")
    motif = uow.motifs.version(seen.motif_id)
    if motif is None or uow.now > motif.cancellable_until(seen.place.starts_at):
        raise TooLateToCancel("Appelez le secrétariat de votre MDS.")
