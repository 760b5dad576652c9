"""A seat of a session: who may ask for one, and taking it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from services.rendezvous.domain.errors import (
    NotCollective,
    NotYoursToBook,
    PersonneDeceased,
    PersonneTaken,
    RendezvousUnknown,
    SessionFull,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Claim, Interval, core_of
from services.rendezvous.domain.participation import OpenSession, Participation
from services.rendezvous.domain.projections import KnownPersonne
from services.rendezvous.domain.rendezvous import Rendezvous
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.told import learn_personnes
from services.rendezvous.usecases.viewers import viewer_of, visible
from services.rendezvous.usecases.waiting.freeing import seat_taken

#: Other sessions offered with a refusal: *exemple*.
_OTHERS = 5


@dataclass(frozen=True, kw_only=True)
class Seated:
    """One participation, and the rendezvous it is in."""

    rendezvous: Rendezvous
    participation: Participation


def session_for(
    uow: UnitOfWork, by: Caller, viewer: Viewer, rendezvous_id: UUID
) -> tuple[Rendezvous, Motif]:
    """A session this caller may enrol someone in. What is individual stays hidden as it was."""
    found = uow.agendas.get(rendezvous_id)
    motif = uow.motifs.version(found.motif_id) if found else None
    if found is None or motif is None:
        raise RendezvousUnknown()
    if not found.is_collective:
        visible(uow, viewer_of(uow, by), rendezvous_id)
        raise NotCollective("Choisissez une session collective.")
    try:
        motif.check_enroller(viewer.roles, is_personne=viewer.is_personne)
    except NotYoursToBook:
        if viewer.is_personne:
            raise RendezvousUnknown() from None
        raise
    return found, motif


def take_seat(
    uow: UnitOfWork,
    viewer: Viewer,
    found: Rendezvous,
    personne_id: UUID,
    *,
    own: UUID | None = None,
) -> Seated:
    """Give a person, locked by the caller, a seat of a session. `own`: the hold that keeps it.

    Raises SessionFull or PersonneTaken with other sessions the viewer may take; on a refusal the
    transaction is given up first.
    """
    try:
        return _take(uow, found.id, personne_id, by=viewer.subject, own=own)
    except (SessionFull, PersonneTaken) as refusal:
        uow.rollback()
        others = uow.participations.others(
            found, viewer, personne_id=personne_id, now=uow.now, limit=_OTHERS
        )
        extra: dict[str, Any] = {"alternatives": list(map(_offered, others))}
        if isinstance(refusal, SessionFull):
            extra["attente"] = {"motif": found.motif, "session_id": str(found.id)}
        raise type(refusal)(refusal.detail, extra=extra) from None


def _take(
    uow: UnitOfWork, rendezvous_id: UUID, personne_id: UUID, *, by: str, own: UUID | None
) -> Seated:
    """Locks the rendezvous; the constraint has the last word."""
    rendezvous = uow.agendas.get(rendezvous_id, to_change=True)
    if rendezvous is None:
        raise RendezvousUnknown()
    kept = uow.holds.seats_kept(rendezvous_id, uow.now, own=own)
    session = uow.participations.session_of(rendezvous, kept=kept)
    fact = session.join(personne_id, by=by, now=uow.now)
    during = core_of(rendezvous.place)
    _check_free(uow, personne_id, during)
    uow.agendas.save_seats(rendezvous)
    uow.participations.save(session.of(personne_id))
    claim = Claim(kind="personne", resource_id=personne_id, during=during)
    if not uow.occupations.take(rendezvous_id, [claim]):
        raise PersonneTaken("Choisissez une autre session.")
    uow.publish(fact)
    seat_taken(uow, rendezvous, personne_id)
    return Seated(rendezvous=rendezvous, participation=session.of(personne_id))


def _check_free(uow: UnitOfWork, personne_id: UUID, during: Interval) -> None:
    lines = uow.occupations.situation(
        agent_ids=(), resource_ids=(personne_id,), window=during, now=uow.now
    )
    if any(line.kind == "deceased" for line in lines):
        raise PersonneDeceased("Vérifiez la fiche de la personne.")
    if any(line.kind == "personne" and not line.stale for line in lines):
        raise PersonneTaken("Choisissez une autre session.")
    if any(line.stale for line in lines):
        uow.occupations.sweep({personne_id}, now=uow.now)


def known_personne(uow: UnitOfWork, personne_id: UUID) -> KnownPersonne | None:
    """What is known of a personne; accueil is asked when it has not told (whole). Fails closed."""
    known = uow.knowns.personne(personne_id)
    if known is None or known.told is None:
        return learn_personnes(uow, [personne_id]).get(personne_id)
    return known


def _offered(other: OpenSession) -> dict[str, Any]:
    return {
        "rendezvous_id": str(other.rendezvous.id),
        "starts_at": other.rendezvous.place.starts_at.isoformat(),
        "ends_at": other.rendezvous.place.ends_at.isoformat(),
        "site": other.rendezvous.place.site,
        "seats_left": other.seats_left,
    }
